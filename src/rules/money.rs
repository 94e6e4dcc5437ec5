//! What acting on a finding is worth, and whose figure a dollar belongs to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Cost, Finding, Kind, Resource, ResourceId, Usd};
use crate::score::{Headroom, Worth};

/// Of several findings on one resource the dearest counts, before it one that counts at all; the others say so
/// and add nothing, so that totals are sums of rows.
pub fn count_money_once(findings: &mut [Finding]) {
    type Claim = (bool, Usd, Reverse<String>);
    let claim = |finding: &Finding| -> Option<Claim> {
        let usd = finding.monthly_usd.filter(|usd| *usd > Usd::ZERO)?;
        Some((finding.counts(), usd, Reverse(finding.rule.clone())))
    };
    let mut best: BTreeMap<ResourceId, Claim> = BTreeMap::new();
    for finding in findings.iter() {
        let Some(mine) = claim(finding) else { continue };
        let entry = best.entry(finding.resource.arn.clone()).or_insert_with(|| mine.clone());
        if mine > *entry {
            *entry = mine;
        }
    }
    for finding in findings.iter_mut() {
        let Some((.., Reverse(rule))) = best.get(&finding.resource.arn) else { continue };
        if claim(finding).is_some() && finding.rule != *rule {
            finding.monthly_usd = Some(Usd::ZERO);
            finding.counted_under = Some(rule.clone());
        }
    }
}

/// The lists a cost was read from, each once. `None` when it has no part.
pub fn price_source(cost: &Cost) -> Option<String> {
    let labels: BTreeSet<String> = cost.parts.iter().map(|part| part.source.label()).collect();
    (!labels.is_empty()).then(|| labels.into_iter().collect::<Vec<_>>().join("; "))
}

/// What acting on a finding is worth: dollars, or headroom where a quota is what runs out.
pub fn worth(resource: &Resource, saving: Option<Usd>) -> Worth {
    match (resource.number("used_percent"), resource.flag("adjustable")) {
        (Some(used_percent), Some(adjustable)) if resource.kind == Kind::QUOTA => {
            Worth::Headroom(Headroom { used_percent, hard: !adjustable })
        }
        _ => Worth::Money(saving),
    }
}
