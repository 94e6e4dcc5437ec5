//! The life of a finding over many audits: first seen, gone, back again, out of sight.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::past::{Blind, Look, Seen};

/// What one audit knew of a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Glimpse {
    /// When the audit began.
    pub at: Timestamp,
    /// How the finding looked, or that it was not there, or why that cannot be told.
    pub what: Result<Option<Look>, Blind>,
}

/// The life of a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Life {
    /// As it was seen last.
    pub finding: Seen,
    /// The first audit that saw it.
    pub first_seen: Timestamp,
    /// The last one that did.
    pub last_seen: Timestamp,
    /// How many audits saw it.
    pub seen_in: u64,
    /// How many audits of the account there are.
    pub audits: u64,
    /// How many of them could not have seen it, since the first that did.
    pub out_of_sight: u64,
    /// What became of it, in order of time.
    pub turns: Vec<Turn>,
    /// Since when every audit that could see it saw it: it has been as it is at least that long. Absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub so_since: Option<Timestamp>,
    /// The last audit before `so_since` that would have seen it and did not: it became so between the two. Absent
    /// when there is none, so that it may have been so for longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_yet_at: Option<Timestamp>,
}

/// A turn in the life of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Turn {
    /// The audit that saw it.
    pub at: Timestamp,
    /// Which one.
    pub what: TurnKind,
}

/// What can become of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TurnKind {
    /// Seen for the first time.
    FirstSeen,
    /// Not there any more, where everything was looked at.
    Gone,
    /// There again after it had been gone.
    CameBack,
    /// Its price is another.
    PriceChanged,
    /// It is counted or left out in another way.
    StateChanged,
    /// Nobody could have seen it.
    OutOfSight,
    /// It can be seen again, and is there.
    InSight,
}

impl TurnKind {
    /// Words for people.
    pub fn words(self) -> &'static str {
        match self {
            TurnKind::FirstSeen => "first seen",
            TurnKind::Gone => "gone",
            TurnKind::CameBack => "came back",
            TurnKind::PriceChanged => "other price",
            TurnKind::StateChanged => "counted otherwise",
            TurnKind::OutOfSight => "out of sight",
            TurnKind::InSight => "in sight again",
        }
    }
}

impl Life {
    /// The life of a finding out of every audit of its account, oldest first. `None` when none saw it.
    pub fn of(finding: Seen, glimpses: &[Glimpse]) -> Option<Life> {
        let is_seen = |glimpse: &&Glimpse| matches!(glimpse.what, Ok(Some(_)));
        let first = glimpses.iter().position(|glimpse| is_seen(&glimpse))?;
        let since = &glimpses[first..];
        let last_seen = since.iter().rev().find(is_seen)?.at;
        let told: Vec<&Glimpse> = glimpses.iter().filter(|glimpse| glimpse.what.is_ok()).collect();
        let is_there = told.last().is_some_and(is_seen);
        let absent = told.iter().rposition(|glimpse| !is_seen(glimpse));
        let not_yet_at = absent.filter(|_| is_there).map(|at| told[at].at);
        let so_since = told.get(absent.map_or(0, |at| at + 1)).map(|glimpse| glimpse.at).filter(|_| is_there);
        Some(Life {
            finding,
            first_seen: since[0].at,
            last_seen,
            seen_in: glimpses.iter().filter(is_seen).count() as u64,
            audits: glimpses.len() as u64,
            out_of_sight: since.iter().filter(|glimpse| glimpse.what.is_err()).count() as u64,
            turns: turns(since),
            so_since,
            not_yet_at,
        })
    }
}

fn turns(since: &[Glimpse]) -> Vec<Turn> {
    let mut turns = Vec::new();
    // How it was when it was last looked at: there, or gone; and whether the audit before this one saw that far.
    let (mut known, mut in_sight): (Option<&Look>, bool) = (None, true);
    for (n, glimpse) in since.iter().enumerate() {
        let what = match (&glimpse.what, known) {
            (Ok(Some(_)), None) if n == 0 => Some(TurnKind::FirstSeen),
            (Ok(Some(_)), None) => Some(TurnKind::CameBack),
            (Ok(Some(look)), Some(before)) if look.state != before.state => Some(TurnKind::StateChanged),
            (Ok(Some(look)), Some(before)) if look.monthly_usd != before.monthly_usd => Some(TurnKind::PriceChanged),
            (Ok(Some(_)), Some(_)) => (!in_sight).then_some(TurnKind::InSight),
            (Ok(None), Some(_)) => Some(TurnKind::Gone),
            (Err(_), Some(_)) => in_sight.then_some(TurnKind::OutOfSight),
            (Ok(None) | Err(_), None) => None,
        };
        turns.extend(what.map(|what| Turn { at: glimpse.at, what }));
        in_sight = glimpse.what.is_ok();
        if let Ok(look) = &glimpse.what {
            known = look.as_ref();
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::super::past::State;
    use super::*;
    use crate::model::{Kind, Region, Usd};

    /// Audits a day apart: `x` saw it, `p` at another price, `k` protected, `.` did not, `?` could not.
    fn life(nights: &str) -> Option<Life> {
        let look =
            |micros, state| Some(Look { monthly_usd: Some(Usd::from_micros(micros)), score: 5, state, reason: 1 });
        let glimpses: Vec<Glimpse> = nights
            .chars()
            .enumerate()
            .map(|(day, night)| Glimpse {
                at: day_of(day),
                what: match night {
                    'x' => Ok(look(1, State::Counts)),
                    'p' => Ok(look(2, State::Counts)),
                    'k' => Ok(look(1, State::Protected)),
                    '.' => Ok(None),
                    _ => Err(Blind::NotListed),
                },
            })
            .collect();
        let finding = Seen {
            id: "a".to_owned(),
            rule: "r".to_owned(),
            title: "t".to_owned(),
            resource: "arn".to_owned(),
            label: "l".to_owned(),
            kind: Kind::new("ec2:volume"),
            region: Region::new("eu-west-1"),
            look: look(1, State::Counts)?,
        };
        Life::of(finding, &glimpses)
    }

    fn day_of(day: usize) -> Timestamp {
        Timestamp::from_second(day as i64 * 86_400).expect("a day")
    }

    fn told(nights: &str) -> String {
        let life = life(nights).expect("seen");
        let day = |at: Timestamp| at.as_second() / 86_400;
        life.turns.iter().map(|turn| format!("{} {};", day(turn.at), turn.what.words())).collect()
    }

    #[test]
    fn turns_are_told_once_each() {
        assert_eq!(told("..xx"), "2 first seen;");
        assert_eq!(told("xx..x"), "0 first seen;2 gone;4 came back;");
        assert_eq!(told("xpk"), "0 first seen;1 other price;2 counted otherwise;");
        assert_eq!(told("x??x"), "0 first seen;1 out of sight;3 in sight again;");
        assert_eq!(told("x?.?x"), "0 first seen;1 out of sight;2 gone;4 came back;");
    }

    #[test]
    fn how_long_it_has_been_so_counts_from_the_first_audit_of_an_unbroken_row() {
        let so = |nights: &str| life(nights).map(|life| (life.so_since, life.not_yet_at));
        assert_eq!(so("..xx"), Some((Some(day_of(2)), Some(day_of(1)))));
        assert_eq!(so("xx.xx"), Some((Some(day_of(3)), Some(day_of(2)))));
        assert_eq!(so("xx"), Some((Some(day_of(0)), None)), "it may have been so before");
        assert_eq!(so("?x?x?"), Some((Some(day_of(1)), None)), "an audit that saw nothing breaks no row");
        assert_eq!(so("x.?"), Some((None, None)), "gone is not taken back by an audit that could not look");
        assert_eq!(so("..?"), None);
    }

    #[test]
    fn audits_are_counted_apart() {
        let life = life(".x?x.").expect("seen");
        assert_eq!((life.seen_in, life.audits, life.out_of_sight), (2, 5, 1));
        assert_eq!((life.first_seen, life.last_seen), (day_of(1), day_of(3)));
    }
}
