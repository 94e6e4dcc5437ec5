//! CloudWatch Logs.

use crate::model::Resource;
use crate::model::{Need, Needs};

/// Storage of what was logged; ingestion was billed when it arrived.
///
/// AWS bills the compressed size and does not say whether `storedBytes` is that size, so the figure is the
/// most it can be.
pub fn log_group(group: &Resource) -> Needs {
    let gib = group.number("stored_gib").unwrap_or_default();
    if gib <= 0.0 {
        return Needs::free();
    }
    let storage = Need::storage("log storage", "cloudwatch.logs.storage", gib);
    Needs { parts: vec![storage], upper_bound: true, ..Needs::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(gib: f64) -> Resource {
        crate::scan::testing::resource("logs:log-group", serde_json::json!({ "stored_gib": gib }))
    }

    #[test]
    fn empty_group_is_free_and_a_full_one_pays_by_the_gib_at_most() {
        assert_eq!(log_group(&group(0.0)), Needs::free());
        let needs = log_group(&group(40.0));
        assert!(needs.upper_bound);
        assert_eq!(needs.parts, [Need::storage("log storage", "cloudwatch.logs.storage", 40.0)]);
    }
}
