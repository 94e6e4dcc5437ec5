//! What became of an account between two audits. What vanished out of sight is not gone, and what came into sight is not
//! new: each has a list of its own.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::past::{Blind, Head, Seen, Snapshot, State};
use crate::model::{Quota, Region, Usd};

/// From how many percent on a quota is told.
const NEAR: f64 = 80.0;

/// What is different in the newer of two audits. A finding stands in one list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// The older audit.
    pub before: Head,
    /// The newer one.
    pub after: Head,
    /// Found now, and not then, when it would have been seen.
    pub new: Vec<Seen>,
    /// Found now; then nobody could have seen it.
    pub newly_seen: Vec<Hidden>,
    /// Found then and not now, where everything was looked at: fixed, or away.
    pub gone: Vec<Seen>,
    /// Found then; now nobody could have seen it.
    pub hidden: Vec<Hidden>,
    /// Found in both, counted or left out in another way or for another reason. Its price may be another too.
    pub state_changed: Vec<Changed>,
    /// Found in both at another price.
    pub price_changed: Vec<Changed>,
    /// Those that are as they were; another score alone is no change. Not in the JSON, which has their number.
    #[serde(skip)]
    pub same: Vec<Seen>,
    /// How many they are.
    pub unchanged: u64,
    /// Dollars a month of those of them that count.
    pub unchanged_usd: Usd,
    /// How many quotas were used to 80 % and more then.
    pub quotas_near_before: u64,
    /// How many are now.
    pub quotas_near_after: u64,
    /// Quotas that passed 80 % one way or the other.
    pub quotas: Vec<QuotaChange>,
}

/// A finding that one of the two audits could not have seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hidden {
    /// As the audit that did see it told.
    pub finding: Seen,
    /// Why the other could not.
    pub why: Blind,
}

/// A finding of both audits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// As it was.
    pub before: Seen,
    /// As it is.
    pub after: Seen,
}

impl Changed {
    /// What the change does to the waste total.
    pub fn difference(&self) -> Usd {
        self.after.waste() - self.before.waste()
    }
}

/// A quota that passed 80 %.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuotaChange {
    /// `vpc`.
    pub service_code: String,
    /// `L-` and eight characters, or this program's own.
    pub quota_code: String,
    /// Name.
    pub name: String,
    /// Where.
    pub region: Region,
    /// Percent used then. Absent when nobody knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// Percent used now. Absent when nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<f64>,
}

impl Seen {
    /// Whether its money belongs in the waste total.
    pub fn counts(&self) -> bool {
        self.look.state == State::Counts
    }

    /// What it adds to the waste total.
    pub fn waste(&self) -> Usd {
        self.look.monthly_usd.filter(|_| self.counts()).unwrap_or(Usd::ZERO)
    }
}

impl Changes {
    /// What is different in `after`.
    pub fn between(before: &Snapshot, after: &Snapshot) -> Changes {
        let mut changes = Changes { before: before.head.clone(), after: after.head.clone(), ..Changes::default() };
        for (id, now) in &after.findings {
            match before.findings.get(id) {
                Some(then) => changes.both(then, now),
                None => match before.sight.blind_to(now) {
                    Some(why) => changes.newly_seen.push(Hidden { finding: now.clone(), why }),
                    None => changes.new.push(now.clone()),
                },
            }
        }
        for (_, then) in before.findings.iter().filter(|(id, _)| !after.findings.contains_key(*id)) {
            match after.sight.blind_to(then) {
                Some(why) => changes.hidden.push(Hidden { finding: then.clone(), why }),
                None => changes.gone.push(then.clone()),
            }
        }
        changes.quotas(before, after);
        changes.sort();
        changes
    }

    fn both(&mut self, then: &Seen, now: &Seen) {
        let changed = || Changed { before: then.clone(), after: now.clone() };
        let (old, new) = (&then.look, &now.look);
        if (old.state, old.reason) != (new.state, new.reason) {
            self.state_changed.push(changed());
        } else if old.monthly_usd != new.monthly_usd {
            self.price_changed.push(changed());
        } else {
            self.same.push(now.clone());
            self.unchanged += 1;
            self.unchanged_usd += now.waste();
        }
    }

    fn quotas(&mut self, before: &Snapshot, after: &Snapshot) {
        let is_near = |used: Option<f64>| used.is_some_and(|used| used >= NEAR);
        let near = |quotas: &[Quota]| quotas.iter().filter(|quota| is_near(quota.used_percent)).count() as u64;
        (self.quotas_near_before, self.quotas_near_after) = (near(&before.quotas), near(&after.quotas));
        let key = |quota: &Quota| (quota.region.clone(), quota.quota_code.clone());
        let of = |snapshot: &Snapshot| -> std::collections::BTreeMap<_, Quota> {
            snapshot.quotas.iter().map(|quota| (key(quota), quota.clone())).collect()
        };
        let (then, now) = (of(before), of(after));
        let mut all: Vec<_> = then.keys().chain(now.keys()).collect();
        all.sort();
        all.dedup();
        for key in all {
            let (old, new) = (then.get(key), now.get(key));
            let used = |quota: Option<&Quota>| quota.and_then(|quota| quota.used_percent);
            let Some(quota) = new.or(old).filter(|_| is_near(used(old)) != is_near(used(new))) else { continue };
            self.quotas.push(QuotaChange {
                service_code: quota.service_code.clone(),
                quota_code: quota.quota_code.clone(),
                name: quota.name.clone(),
                region: quota.region.clone(),
                before: used(old),
                after: used(new),
            });
        }
    }

    /// Most money first, then by identity.
    fn sort(&mut self) {
        let order = |seen: &Seen| (Reverse(seen.waste()), Reverse(seen.look.monthly_usd), seen.id.clone());
        self.new.sort_by_key(order);
        self.gone.sort_by_key(order);
        self.newly_seen.sort_by_key(|hidden| order(&hidden.finding));
        self.hidden.sort_by_key(|hidden| order(&hidden.finding));
        let by_difference =
            |changed: &Changed| (Reverse(changed.difference().micros().unsigned_abs()), changed.after.id.clone());
        self.state_changed.sort_by_key(by_difference);
        self.price_changed.sort_by_key(by_difference);
    }

    /// What the findings that count and that nobody had seen before are: the new ones, and how many of them are only
    /// newly in sight.
    pub fn new_that_count(&self) -> (usize, usize) {
        let new = self.new.iter().filter(|seen| seen.counts()).count();
        let seen = self.newly_seen.iter().filter(|hidden| hidden.finding.counts()).count();
        (new + seen, seen)
    }
}

#[cfg(test)]
mod tests;
