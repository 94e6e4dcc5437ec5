//! In which regions of the partition `aws` a service has an endpoint: `offered.csv`.
//!
//! Source: endpoint data of botocore 1.44.5, read 2026-11-26. It is used only together with a name that does not
//! resolve: a region younger than the list is asked like any other, and a name that does not resolve although the
//! list has it is a gap.

/// The list itself, as text.
const LIST: &str = include_str!("offered.csv");

/// Whether the list knows the service and does not have it in a region.
pub fn lacks(service: &str, region: &str) -> bool {
    let row = LIST.lines().find_map(|line| line.split_once(',').filter(|(name, _)| *name == service));
    row.is_some_and(|(_, regions)| regions.split(' ').all(|offered| offered != region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_missing_only_where_the_list_knows_it() {
        assert!(lacks("kendra", "eu-north-1"));
        assert!(!lacks("kendra", "eu-west-1"));
        assert!(!lacks("no-such-service", "eu-west-1"));
    }
}
