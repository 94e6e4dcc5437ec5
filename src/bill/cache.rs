use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::aws::kept;
use crate::model::{Bill, BillPeriod};

/// A bill as it is kept, with what is needed to complete it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The bill.
    pub bill: Bill,
    /// Record types that are usage, which the forecast is filtered by.
    pub usage: Vec<String>,
    /// Whether the forecast was asked for and answered, be it with "too little history".
    pub forecast_known: bool,
}

/// Today's bill of an account, if it was read before: a second look on the same day costs nothing.
pub(super) fn get(folder: Option<&Path>, account: &str, period: &BillPeriod) -> Option<Kept> {
    let kept: Kept = kept::read(&path(folder?, account)?)?;
    let days = &kept.bill.period;
    (days.start == period.start && days.end == period.end).then_some(kept)
}

/// Keeps a bill until tomorrow's replaces it. Where nothing can be written the next look is paid again.
pub(super) fn put(folder: Option<&Path>, account: &str, kept: &Kept) {
    let Some(path) = folder.and_then(|folder| path(folder, account)) else { return };
    if let Err(error) = kept::write(&path, kept) {
        tracing::warn!(path = %path.display(), %error, "the bill could not be kept");
    }
}

/// `None` for an account that is not twelve digits, lest it name another folder.
fn path(folder: &Path, account: &str) -> Option<PathBuf> {
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| folder.join(format!("bill-{account}.json")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Usd;

    const ACCOUNT: &str = "111122223333";

    fn period(end: &str) -> BillPeriod {
        BillPeriod { start: "2026-10-24".into(), end: end.into(), estimated: true }
    }

    fn kept(end: &str) -> Kept {
        let bill = Bill {
            period: period(end),
            currency: "USD".into(),
            lines: Vec::new(),
            charges: Vec::new(),
            usage_usd: Usd::from_micros(1_284_100_000),
            credits_usd: Usd::ZERO,
            forecast_usd: None,
            fetched_at: "2026-11-23T06:00:00Z".parse().expect("a literal time"),
        };
        Kept { bill, usage: vec!["Usage".into()], forecast_known: true }
    }

    #[test]
    fn a_bill_serves_its_day_and_its_account() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = Some(folder.path());
        put(folder, ACCOUNT, &kept("2026-11-23"));
        assert_eq!(get(folder, ACCOUNT, &period("2026-11-23")), Some(kept("2026-11-23")));
        assert_eq!(get(folder, ACCOUNT, &period("2026-11-24")), None);
        assert_eq!(get(folder, "444455556666", &period("2026-11-23")), None);
        assert_eq!(get(None, ACCOUNT, &period("2026-11-23")), None);
    }

    #[test]
    fn an_account_cannot_name_another_folder() {
        assert_eq!(path(Path::new("/cache"), "../../../etc"), None);
    }

    #[test]
    fn a_torn_file_is_asked_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("bill-111122223333.json"), "{\"period\"").expect("a torn file");
        assert_eq!(get(Some(folder.path()), ACCOUNT, &period("2026-11-23")), None);
    }
}
