//! Where the use of a quota is going, in a few words.

use super::number;
use crate::model::{Quota, Trend};

/// Growth a week below which a quota counts as flat, in its unit: what would be shown as nothing.
const FLAT: f64 = 0.05;

/// `+1.4/wk full in 6 wk`, `flat`; empty where no trend is known.
pub fn words(quota: &Quota) -> String {
    let Some(trend) = &quota.trend else { return String::new() };
    let end = trend.to_exhaustion.map(|days| format!(" full in {}", span(days.likely)));
    match end {
        None if trend.per_week.abs() < FLAT => "flat".to_owned(),
        end => format!("{}{}", growth(trend), end.unwrap_or_default()),
    }
}

fn growth(trend: &Trend) -> String {
    let sign = if trend.per_week < 0.0 { "-" } else { "+" };
    format!("{sign}{}/wk", number(trend.per_week.abs()))
}

/// Days in the largest unit of which there are a few, rounded down: what is near must not look far.
fn span(days: f64) -> String {
    match days {
        days if days < 14.0 => format!("{:.0} d", days.floor()),
        days if days < 91.0 => format!("{:.0} wk", (days / 7.0).floor()),
        days if days < 730.0 => format!("{:.0} mo", (days / 30.44).floor()),
        days => format!("{:.0} y", (days / 365.25).floor()),
    }
}

/// Days until it is full: none left where it is full already, endless where no trend leads there.
pub fn days_left(quota: &Quota) -> f64 {
    if quota.used_percent.is_some_and(|used| used >= 100.0) {
        return 0.0;
    }
    let ahead = quota.trend.as_ref().and_then(|trend| trend.to_exhaustion);
    ahead.map_or(f64::INFINITY, |days| days.likely)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DaysAhead, TrendSource};

    fn quota(per_week: f64, days: Option<f64>) -> Quota {
        let to_exhaustion = days.map(|likely| DaysAhead { likely, earliest: likely, latest: likely });
        let source = TrendSource::Metric;
        let trend = Trend { per_week, days_with_data: 28, days: 28, source, to_80_percent: None, to_exhaustion };
        Quota { trend: Some(trend), limit: 10.0, ..Quota::default() }
    }

    #[test]
    fn trend_is_said_in_a_few_words() {
        let said = |per_week, days| words(&quota(per_week, days));
        assert_eq!(said(1.4, Some(42.0)), "+1.4/wk full in 6 wk");
        assert_eq!(said(3.0, Some(13.9)), "+3/wk full in 13 d");
        assert_eq!(said(3.0, Some(220.0)), "+3/wk full in 7 mo");
        assert_eq!(said(0.02, Some(800.0)), "+<0.1/wk full in 2 y");
        assert_eq!(said(-4.0, None), "-4/wk");
        assert_eq!(said(0.0, None), "flat");
        assert_eq!(words(&Quota::default()), "", "nothing is known");
    }

    #[test]
    fn quota_that_is_full_has_no_days_left() {
        let full = Quota { used_percent: Some(100.0), ..Quota::default() };
        assert_eq!(days_left(&full), 0.0);
        assert_eq!(days_left(&quota(1.0, Some(9.0))), 9.0);
        assert_eq!(days_left(&quota(-1.0, None)), f64::INFINITY);
    }
}
