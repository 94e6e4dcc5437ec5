use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ledger::{Days, Ledger, spans};
use crate::aws::kept;
use crate::model::{Bill, Usd};

/// What Cost Explorer answered today, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The day it was asked on (UTC), of which it has nothing itself.
    pub today: Date,
    /// When it was asked.
    pub fetched_at: Timestamp,
    /// Amounts day by day.
    pub ledger: Ledger,
    /// Whose they are.
    #[serde(default)]
    pub whose: Whose,
    /// Whether amounts after discounts are among them.
    pub net: bool,
    /// What the rest of the month will bring. Absent until it was asked for.
    pub forecast: Option<Forecast>,
    /// Whether the resources behind the dollars were asked for, be it with "not switched on".
    pub resources_known: bool,
    /// How much of the commitments was used. Absent until it was asked for, and where there are none.
    pub used: Option<CommitmentsUsed>,
}

/// Whose charges Cost Explorer was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Whose {
    /// All it tells of, and nobody could say whether that is the whole organization.
    #[default]
    Unknown,
    /// All it tells of, which is this account.
    Own,
    /// Of all it tells of, those of this account, which manages an organization.
    Only(String),
}

/// What the rest of the month will bring, all absent where Cost Explorer has too little history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Forecast {
    /// The mean.
    pub mean: Option<Usd>,
    /// The lower end of the interval.
    pub low: Option<Usd>,
    /// The upper end.
    pub high: Option<Usd>,
}

/// How much of what was committed was used, in percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CommitmentsUsed {
    /// Of Savings Plans.
    pub savings_plans: Option<f64>,
    /// Of reservations.
    pub reservations: Option<f64>,
}

impl Kept {
    /// Whether everything beyond the bill was asked for too.
    pub(super) fn is_complete(&self) -> bool {
        let used = self.used.is_some() || !self.ledger.has_commitments();
        self.forecast.is_some() && self.resources_known && used && self.whose != Whose::Unknown
    }

    /// The bill of the last thirty days, and those of the last month and the present one, unless it has just begun.
    /// `None` when an amount is beyond what money is counted in.
    pub(super) fn bills(&self) -> Option<(Bill, Vec<Bill>)> {
        let forecast = self.forecast.unwrap_or_default();
        let used = self.used.unwrap_or_default();
        let bill = |days: &Days| {
            let bill = self.ledger.bill(days, self.fetched_at)?;
            Some(Bill {
                savings_plans_used_percent: used.savings_plans,
                reservations_used_percent: used.reservations,
                ..bill
            })
        };
        let [days, months @ ..] = spans(self.today);
        let whole = Bill {
            forecast_usd: forecast.mean,
            forecast_low_usd: forecast.low,
            forecast_high_usd: forecast.high,
            ..bill(&days)?
        };
        let months = months.iter().filter(|days| days.count() > 0).map(bill).collect::<Option<_>>()?;
        Some((whole, months))
    }
}

/// Today's answers of an account, if it was asked before: a second look on the same day costs nothing.
pub(super) fn get(folder: Option<&Path>, account: &str, today: Date) -> Option<Kept> {
    let kept: Kept = kept::read(&path(folder?, account)?)?;
    (kept.today == today).then_some(kept)
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
    use jiff::civil::date;

    const ACCOUNT: &str = "111122223333";
    const TODAY: Date = date(2026, 11, 23);

    fn kept() -> Kept {
        Kept { today: TODAY, resources_known: true, forecast: Some(Forecast::default()), ..Kept::default() }
    }

    #[test]
    fn a_bill_serves_its_day_and_its_account() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = Some(folder.path());
        put(folder, ACCOUNT, &kept());
        assert_eq!(get(folder, ACCOUNT, TODAY), Some(kept()));
        assert_eq!(get(folder, ACCOUNT, date(2026, 11, 24)), None);
        assert_eq!(get(folder, "444455556666", TODAY), None);
        assert_eq!(get(None, ACCOUNT, TODAY), None);
    }

    #[test]
    fn an_account_cannot_name_another_folder() {
        assert_eq!(path(Path::new("/cache"), "../../../etc"), None);
    }

    #[test]
    fn a_torn_file_is_asked_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("bill-111122223333.json"), "{\"today\"").expect("a torn file");
        assert_eq!(get(Some(folder.path()), ACCOUNT, TODAY), None);
    }
}
