//! One row for a quota that several regions have.

use std::collections::HashSet;

use super::{is_listed, passes};
use crate::audit::Audit;
use crate::model::Quota;
use crate::tui::filter::Filter;
use crate::tui::view::screen::Screen;

/// What is the same quota wherever it is: service and code.
fn key(quota: &Quota) -> (&str, &str) {
    (&quota.service_code, &quota.quota_code)
}

/// Keeps of each quota the first row, which stands for all its regions: in the screen's own order that of the
/// region with the least headroom.
pub fn fold(quotas: &[Quota], rows: &mut Vec<usize>) {
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(key(&quotas[*row])));
}

/// The other quotas that a row stands for: the same one in other regions, as far as they pass switch and filter.
/// Empty where each region has its row.
pub fn others<'a>(cx: &Screen<'a>, filter: &Filter, quota: &Quota) -> Vec<&'a Quota> {
    if cx.pane.unfolded {
        return Vec::new();
    }
    let same = |other: &&Quota| key(other) == key(quota) && other.region != quota.region;
    let listed = |other: &&Quota| is_listed(other, cx.pane) && (filter.is_empty() || passes(other, filter));
    cx.audit.quotas.iter().filter(same).filter(listed).collect()
}

/// How many rows there would be with nothing hidden.
pub fn all(cx: &Screen<'_>) -> usize {
    let quotas = &cx.audit.quotas;
    if cx.pane.unfolded { quotas.len() } else { quotas.iter().map(key).collect::<HashSet<_>>().len() }
}

/// Where the quota of a row is in another list: its own row, else the one that stands for it.
pub fn position(audit: &Audit, rows: &[usize], row: usize) -> Option<usize> {
    let quota = audit.quotas.get(row)?;
    let is_same = |other: &usize| audit.quotas.get(*other).is_some_and(|other| key(other) == key(quota));
    rows.iter().position(|other| *other == row).or_else(|| rows.iter().position(is_same))
}
