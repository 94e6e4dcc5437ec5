use std::fmt;
use std::str::FromStr;

use super::rollup::Rollup;
use crate::audit::Audit;
use crate::audit::changes::Changes;
use crate::model::Quota;

/// A condition under which a run fails, as a scheduler sets it: `quota>=90%`, `waste>=50`, `gap>0`, `new>0`.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    subject: Subject,
    over: Over,
    bound: f64,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    /// Percent used of any quota. One of which nobody knows the use does not pass the gate, and is told as a gap.
    Quota,
    /// Dollars a month of the findings that count.
    Waste,
    /// How many findings count.
    Finding,
    /// How many things could not be looked at.
    Gap,
    /// How many findings count that the last saved audit does not have.
    New,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    OrEqual,
    More,
}

/// A text that is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no condition: quota, waste, finding, gap or new, then >= or >, then a number, such as quota>=90%")]
pub struct ParseGateError(String);

impl FromStr for Gate {
    type Err = ParseGateError;

    fn from_str(text: &str) -> Result<Gate, ParseGateError> {
        let bad = || ParseGateError(text.chars().take(40).collect());
        let (name, rest) = text.split_once('>').ok_or_else(bad)?;
        let (over, number) = match rest.strip_prefix('=') {
            Some(number) => (Over::OrEqual, number),
            None => (Over::More, rest),
        };
        let subject = match name.trim() {
            "quota" => Subject::Quota,
            "waste" => Subject::Waste,
            "finding" | "findings" => Subject::Finding,
            "gap" | "gaps" => Subject::Gap,
            "new" => Subject::New,
            _ => return Err(bad()),
        };
        let number = number.trim();
        let number = if subject == Subject::Quota { number.strip_suffix('%').unwrap_or(number) } else { number };
        let bound: f64 = number.trim().parse().map_err(|_| bad())?;
        if !bound.is_finite() || bound < 0.0 {
            return Err(bad());
        }
        Ok(Gate { subject, over, bound, text: text.trim().to_owned() })
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Gate {
    fn is_over(&self, value: f64) -> bool {
        match self.over {
            Over::OrEqual => value >= self.bound,
            Over::More => value > self.bound,
        }
    }

    /// What of several audits passes the gate, as a sentence: sums over the accounts, and the worst of their quotas.
    /// `None` when nothing does.
    pub fn passed_by_all(&self, rollup: &Rollup) -> Option<String> {
        let total = &rollup.total;
        let counted = |count: u64, what: &str| {
            let plural = if count == 1 { "" } else { "s" };
            self.is_over(count as f64).then(|| format!("{count} {what}{plural} in all accounts"))
        };
        match self.subject {
            Subject::Quota => {
                let worst = rollup.accounts.iter().filter_map(|entry| Some((entry, entry.worst_quota.as_ref()?)));
                let over: Vec<_> = worst.filter(|(_, quota)| self.is_over(quota.used_percent)).collect();
                let (entry, worst) = over.iter().max_by(|a, b| a.1.used_percent.total_cmp(&b.1.used_percent))?;
                let more =
                    if over.len() > 1 { format!(", and of {} accounts more", over.len() - 1) } else { String::new() };
                let (account, used) = (&entry.account.id, worst.used_percent);
                Some(format!("{} of {account} in {} is used to {used:.0} %{more}", worst.name, worst.region))
            }
            Subject::Waste => {
                let waste = total.monthly_waste_usd;
                self.is_over(waste.dollars()).then(|| format!("{} a month in all accounts", waste.pretty()))
            }
            Subject::Finding => counted(total.findings - total.locked.min(total.findings), "finding"),
            Subject::Gap => counted(total.gaps, "gap"),
            // Each account has a history of its own; the run is refused before it begins.
            Subject::New => None,
        }
    }

    /// Whether it compares with an earlier audit.
    pub fn needs_history(&self) -> bool {
        self.subject == Subject::New
    }

    /// What of the changes since an earlier audit passes the gate, as a sentence. `None` when nothing does, and when
    /// the gate is about one audit alone.
    pub fn passed_by_changes(&self, changes: &Changes) -> Option<String> {
        let (new, unseen) = changes.new_that_count();
        if !self.needs_history() || !self.is_over(new as f64) {
            return None;
        }
        let plural = if new == 1 { "" } else { "s" };
        let since = changes.before.started_at.strftime("%Y-%m-%d %H:%M UTC");
        let unseen = match unseen {
            0 => String::new(),
            unseen => format!("; {unseen} of them where that audit could not look"),
        };
        Some(format!("{new} new finding{plural} since {since}{unseen}"))
    }

    /// What of an audit passes the gate, as a sentence. `None` when nothing does, and when the gate compares with an
    /// earlier audit.
    pub fn passed_by(&self, audit: &Audit) -> Option<String> {
        let counted = |count: usize, what: &str| {
            let plural = if count == 1 { "" } else { "s" };
            self.is_over(count as f64).then(|| format!("{count} {what}{plural}"))
        };
        match self.subject {
            Subject::Quota => {
                let used = |quota: &&Quota| quota.used_percent.is_some_and(|used| self.is_over(used));
                let over: Vec<&Quota> = audit.quotas.iter().filter(used).collect();
                let worst = over
                    .iter()
                    .max_by(|a, b| a.used_percent.unwrap_or(0.0).total_cmp(&b.used_percent.unwrap_or(0.0)))?;
                let more = if over.len() > 1 { format!(", and {} more", over.len() - 1) } else { String::new() };
                let used = worst.used_percent.unwrap_or_default();
                Some(format!("{} in {} is used to {used:.0} %{more}", worst.name, worst.region))
            }
            Subject::Waste => {
                let waste = audit.waste();
                self.is_over(waste.dollars()).then(|| format!("{} a month", waste.pretty()))
            }
            Subject::Finding => counted(audit.findings.iter().filter(|finding| finding.counts()).count(), "finding"),
            Subject::Gap => counted(audit.gap_count(), "gap"),
            Subject::New => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, Gap, Kind, Region, UsageSource, Why};

    fn gate(text: &str) -> Gate {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn quota(used: Option<f64>) -> Quota {
        let quota = Quota {
            quota_code: format!("L-{used:?}"),
            name: "VPCs per Region".to_owned(),
            region: Region::new("eu-west-1"),
            limit: 10.0,
            ..Quota::default()
        };
        match used {
            Some(used) => quota.with_usage(used, UsageSource::Scan, ""),
            None => quota,
        }
    }

    fn audit() -> Audit {
        let mut audit = Audit::default();
        for used in [None, Some(2.0), Some(9.0)] {
            audit.apply(Event::QuotaRead { quota: quota(used) });
        }
        audit
    }

    #[test]
    fn a_gate_names_what_passes_it() {
        let audit = audit();
        assert_eq!(
            gate("quota>=90%").passed_by(&audit).as_deref(),
            Some("VPCs per Region in eu-west-1 is used to 90 %")
        );
        assert_eq!(gate("quota > 90").passed_by(&audit), None);
        let both = gate("quota>=20").passed_by(&audit);
        assert_eq!(both.as_deref(), Some("VPCs per Region in eu-west-1 is used to 90 %, and 1 more"));
    }

    #[test]
    fn nothing_passes_an_empty_audit() {
        for text in ["quota>=0%", "waste>0", "finding>0", "gap>0"] {
            assert_eq!(gate(text).passed_by(&Audit::default()), None, "{text}");
        }
        assert_eq!(gate("waste>=0").passed_by(&Audit::default()).as_deref(), Some("$0.00 a month"));
    }

    #[test]
    fn gaps_are_counted() {
        let mut audit = Audit::default();
        let gap = Gap {
            account: String::new(),
            region: Region::new("eu-west-1"),
            kind: Kind::new("ec2:volume"),
            action: "ec2:DescribeVolumes".to_owned(),
            why: Why::Denied,
            detail: String::new(),
        };
        audit.apply(Event::Missed { gap });
        assert_eq!(gate("gap>0").passed_by(&audit).as_deref(), Some("1 gap"));
    }

    #[test]
    fn new_findings_are_those_the_earlier_audit_lacks_and_the_gate_says_which_it_could_not_see() {
        use crate::audit::changes::Hidden;
        use crate::audit::past::{Blind, Look, Seen, State};
        let seen = |state| Seen {
            id: String::new(),
            rule: String::new(),
            title: String::new(),
            resource: String::new(),
            label: String::new(),
            kind: Kind::new("ec2:volume"),
            region: Region::new("eu-west-1"),
            look: Look { monthly_usd: None, score: 1, state, reason: 0 },
        };
        let hidden = |state| Hidden { finding: seen(state), why: Blind::NotListed };
        let mut changes = Changes::default();
        assert_eq!(gate("new>0").passed_by_changes(&changes), None);
        changes.new = vec![seen(State::Counts), seen(State::Protected)];
        changes.newly_seen = vec![hidden(State::Counts), hidden(State::Ignored)];
        let said = gate("new>=2").passed_by_changes(&changes).expect("two that count");
        assert!(said.starts_with("2 new findings since") && said.contains("1 of them where"), "{said}");
        assert_eq!(gate("new>2").passed_by_changes(&changes), None);
        assert_eq!(
            (gate("gap>0").passed_by_changes(&changes), gate("new>0").passed_by(&Audit::default())),
            (None, None)
        );
        assert!(gate("new>0").needs_history() && !gate("finding>0").needs_history());
    }

    #[test]
    fn what_is_no_condition_is_refused_with_an_example() {
        for text in ["", "quota", "quota>=", "quota>=x", "quota<5", "disk>5", "waste>=-1", "gap>=NaN", "waste>5%"] {
            let error = text.parse::<Gate>().expect_err(text).to_string();
            assert!(error.contains("quota>=90%"), "{error}");
        }
    }
}
