//! How much a finding deserves attention: points with their breakdown, and a severity without money in it.
//!
//! Pure arithmetic over what a rule said; the weights are data ([`Weights`]).

mod weights;

use crate::model::{Certainty, ClosureEffect, ScorePart, Severity, Usd};

pub use weights::{HeadroomWeight, Weights, WeightsError};

/// What a score is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreInput {
    /// What acting on it is worth.
    pub worth: Worth,
    /// How sure the rule is.
    pub certainty: Certainty,
    /// Days the resource has been as it is. `None` when nothing tells.
    pub dormant_days: Option<u32>,
    /// What it means on closing day.
    pub closure: ClosureEffect,
}

/// What acting on a finding is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Worth {
    /// Dollars a month that it would save. `None` when no price is known.
    Money(Option<Usd>),
    /// Room below a quota: it costs nothing, and running out of it stops work.
    Headroom(Headroom),
}

/// How much of a quota is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Headroom {
    /// Percent in use; more than 100 when use passes the value.
    pub used_percent: f64,
    /// Whether AWS does not raise it.
    pub hard: bool,
}

/// The score, 0–100, and the parts that add up to it: money or headroom, certainty, dormancy, closure, in this order.
pub fn score(weights: &Weights, input: ScoreInput) -> (u8, Vec<ScorePart>) {
    let parts = vec![
        worth(weights, input.worth),
        part("certainty", weights.certainty.points(input.certainty), weights.certainty.of),
        dormancy(weights, input.dormant_days),
        part("closure", weights.closure.points(input.closure), weights.closure.of),
    ];
    (parts.iter().map(|part| part.points).sum(), parts)
}

/// Certainty and harm in one word. Money has no say: it has a column of its own.
pub fn severity(certainty: Certainty, closure: ClosureEffect) -> Severity {
    use Certainty::{Certain, Likely, Review};
    use ClosureEffect::{Bills, Blocks, LosesData, Nothing};
    match (closure, certainty) {
        (Blocks, Certain | Likely) | (Bills, Certain) => Severity::High,
        (Blocks, Review) | (Bills, Likely) | (LosesData, Certain | Likely) | (Nothing, Certain) => Severity::Medium,
        (Bills | LosesData, Review) | (Nothing, Likely) => Severity::Low,
        (Nothing, Review) => Severity::Info,
    }
}

fn worth(weights: &Weights, worth: Worth) -> ScorePart {
    let Weights { money, headroom, .. } = weights;
    match worth {
        Worth::Money(Some(usd)) => part("money", share(usd.dollars(), money.full_usd, 1.0, money.of), money.of),
        Worth::Money(None) => part("money (price unknown)", money.unknown, money.of),
        Worth::Headroom(left) => part("headroom", headroom.points(left), headroom.of),
    }
}

fn dormancy(weights: &Weights, days: Option<u32>) -> ScorePart {
    let dormancy = &weights.dormancy;
    match days {
        Some(days) => {
            let full = f64::from(dormancy.full_days);
            part("dormancy", share(f64::from(days), full, DAYS_IN_WEEK, dormancy.of), dormancy.of)
        }
        None => part("dormancy (not known)", 0, dormancy.of),
    }
}

/// Below a week the days count almost evenly, beyond it each doubling counts the same.
const DAYS_IN_WEEK: f64 = 7.0;

/// Points on a logarithmic scale: none at zero, all of them from `full` on. `unit` is where the scale turns
/// from even steps to doublings.
fn share(value: f64, full: f64, unit: f64, of: u8) -> u8 {
    let reached = (value.max(0.0) / unit).ln_1p() / (full / unit).ln_1p();
    (f64::from(of) * reached.min(1.0)).round() as u8
}

fn part(name: &str, points: u8, of: u8) -> ScorePart {
    ScorePart { name: name.to_owned(), points, of }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(dollars: f64) -> ScoreInput {
        ScoreInput {
            worth: Worth::Money(Some(Usd::from_dollars(dollars))),
            certainty: Certainty::Certain,
            dormant_days: Some(41),
            closure: ClosureEffect::LosesData,
        }
    }

    fn points(input: ScoreInput) -> u8 {
        score(Weights::embedded(), input).0
    }

    fn left(used_percent: f64, hard: bool) -> Worth {
        Worth::Headroom(Headroom { used_percent, hard })
    }

    fn every_input() -> Vec<ScoreInput> {
        let mut all = Vec::new();
        let dollars = [None, Some(-1.0), Some(0.0), Some(0.4), Some(35.04), Some(500.0), Some(1e9)];
        let shares = [0.0, 49.0, 51.0, 80.0, 100.0, 120.0, 1e9, f64::NAN];
        let money = dollars.into_iter().map(|dollars| Worth::Money(dollars.map(Usd::from_dollars)));
        let headroom = shares.into_iter().flat_map(|used| [left(used, true), left(used, false)]);
        for worth in money.chain(headroom) {
            for dormant_days in [None, Some(0), Some(1), Some(180), Some(u32::MAX)] {
                for &certainty in Certainty::ALL {
                    for &closure in ClosureEffect::ALL {
                        all.push(ScoreInput { worth, certainty, dormant_days, closure });
                    }
                }
            }
        }
        all
    }

    #[test]
    fn parts_add_up_to_the_score_and_stay_within_their_limits() {
        for input in every_input() {
            let (score, parts) = score(Weights::embedded(), input);
            assert_eq!(u32::from(score), parts.iter().map(|p| u32::from(p.points)).sum::<u32>(), "{input:?}");
            assert_eq!(parts.iter().map(|p| u32::from(p.of)).sum::<u32>(), 100);
            assert!(parts.iter().all(|p| p.points <= p.of), "{input:?} {parts:?}");
        }
    }

    #[test]
    fn more_money_never_lowers_the_score() {
        let scores: Vec<u8> = (0..700).map(|dollars| points(input(f64::from(dollars)))).collect();
        assert!(scores.is_sorted());
        assert!(points(input(10.0)) < points(input(100.0)));
        assert_eq!(points(input(500.0)), points(input(50_000.0)));
    }

    #[test]
    fn longer_dormancy_never_lowers_the_score() {
        let at = |days| points(ScoreInput { dormant_days: Some(days), ..input(8.0) });
        assert!((0..400).map(at).collect::<Vec<u8>>().is_sorted());
        assert_eq!(at(0), points(ScoreInput { dormant_days: None, ..input(8.0) }));
    }

    #[test]
    fn surer_and_more_harmful_scores_higher() {
        let by_certainty = Certainty::ALL.iter().map(|&certainty| points(ScoreInput { certainty, ..input(8.0) }));
        assert!(by_certainty.rev().collect::<Vec<u8>>().is_sorted());
        let by_closure = ClosureEffect::ALL.iter().map(|&closure| points(ScoreInput { closure, ..input(8.0) }));
        assert!(by_closure.rev().collect::<Vec<u8>>().is_sorted());
    }

    #[test]
    fn free_thing_that_harms_nothing_scores_low_even_when_certain_and_old() {
        let free = ScoreInput { closure: ClosureEffect::Nothing, dormant_days: Some(3_000), ..input(0.0) };
        assert!(points(free) <= 25, "{}", points(free));
    }

    #[test]
    fn unknown_price_is_neither_free_nor_grave_and_says_so() {
        let unknown = ScoreInput { worth: Worth::Money(None), ..input(0.0) };
        assert!(points(input(1.0)) < points(unknown) && points(unknown) < points(input(100.0)));
        let (_, parts) = score(Weights::embedded(), unknown);
        assert_eq!(parts[0].name, "money (price unknown)");
    }

    #[test]
    fn hard_quota_scores_higher_than_a_soft_one_of_the_same_use() {
        for used in (0..2_000).map(|tenths| f64::from(tenths) / 10.0) {
            for &certainty in Certainty::ALL {
                let at = |hard| points(ScoreInput { worth: left(used, hard), certainty, ..input(0.0) });
                assert!(at(true) > at(false), "{used} % {certainty}");
            }
        }
    }

    #[test]
    fn less_headroom_never_lowers_the_score() {
        for hard in [true, false] {
            let at = |used: u16| points(ScoreInput { worth: left(f64::from(used), hard), ..input(0.0) });
            assert!((0..300).map(at).collect::<Vec<u8>>().is_sorted());
            assert!(at(50) < at(80) && at(80) < at(100) && at(100) == at(300));
        }
    }

    #[test]
    fn headroom_stands_where_money_does() {
        let (_, parts) = score(Weights::embedded(), ScoreInput { worth: left(100.0, true), ..input(0.0) });
        let Weights { money, headroom, .. } = Weights::embedded();
        assert_eq!((parts[0].name.as_str(), parts[0].points, parts[0].of), ("headroom", headroom.hard, money.of));
    }

    #[test]
    fn severity_rises_with_certainty_and_with_harm_and_knows_no_money() {
        for closure in ClosureEffect::ALL {
            let word = |certainty: &Certainty| severity(*certainty, *closure);
            assert!(Certainty::ALL.iter().rev().map(word).is_sorted(), "{closure}");
        }
        for certainty in Certainty::ALL {
            let word = |closure: &ClosureEffect| severity(*certainty, *closure);
            assert!(ClosureEffect::ALL.iter().rev().map(word).is_sorted(), "{certainty}");
        }
        assert_eq!(severity(Certainty::Review, ClosureEffect::Nothing), Severity::Info);
        assert_eq!(severity(Certainty::Certain, ClosureEffect::Blocks), Severity::High);
    }
}
