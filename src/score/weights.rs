use std::sync::LazyLock;

use serde::Deserialize;

use super::Headroom;
use crate::model::{Certainty, ClosureEffect};

/// How many points each part of a score can give; `rules/scoring.toml`, or a user's file of the same form.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// For dollars a month.
    pub money: MoneyWeight,
    /// For what is left of a quota, in place of money.
    pub headroom: HeadroomWeight,
    /// For how sure the rule is.
    pub certainty: CertaintyWeight,
    /// For how long it has been as it is.
    pub dormancy: DormancyWeight,
    /// For what it means on closing day.
    pub closure: ClosureWeight,
}

/// Points for dollars a month.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyWeight {
    /// The most it can give.
    pub of: u8,
    /// Dollars a month at which it gives the most.
    pub full_usd: f64,
    /// Points when no price is known.
    pub unknown: u8,
}

/// Points for what is left of a quota.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadroomWeight {
    /// The most it can give: as much as money, whose place it takes.
    pub of: u8,
    /// Percent in use from which points grow, evenly, up to those of 100 %.
    pub from_percent: f64,
    /// Points of a hard quota at 100 %.
    pub hard: u8,
    /// Points of one that AWS raises on request, at 100 %.
    pub soft: u8,
}

impl HeadroomWeight {
    /// Points for a quota. A hard one always has more than a soft one of the same use: rounding goes apart, and it
    /// begins with one point.
    pub fn points(&self, left: Headroom) -> u8 {
        let reached = ((left.used_percent - self.from_percent) / (100.0 - self.from_percent)).clamp(0.0, 1.0);
        if left.hard {
            (f64::from(self.hard) * reached).ceil().max(1.0) as u8
        } else {
            (f64::from(self.soft) * reached).floor() as u8
        }
    }

    fn check(&self, of: u8) -> Result<(), WeightsError> {
        if self.of != of {
            return Err(WeightsError::Headroom(of));
        }
        if self.hard > self.of {
            return Err(WeightsError::Above("headroom"));
        }
        if self.hard <= self.soft {
            return Err(WeightsError::Hard);
        }
        if !(0.0..100.0).contains(&self.from_percent) {
            return Err(WeightsError::Percent("headroom.from_percent"));
        }
        Ok(())
    }
}

/// Points for certainty.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertaintyWeight {
    /// The most it can give.
    pub of: u8,
    certain: u8,
    likely: u8,
    review: u8,
}

impl CertaintyWeight {
    /// Points for a certainty.
    pub fn points(&self, certainty: Certainty) -> u8 {
        match certainty {
            Certainty::Certain => self.certain,
            Certainty::Likely => self.likely,
            Certainty::Review => self.review,
        }
    }
}

/// Points for days.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DormancyWeight {
    /// The most it can give.
    pub of: u8,
    /// Days at which it gives the most.
    pub full_days: u32,
}

/// Points for the closing day.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClosureWeight {
    /// The most it can give.
    pub of: u8,
    blocks: u8,
    bills: u8,
    loses_data: u8,
    nothing: u8,
}

impl ClosureWeight {
    /// Points for a closure effect.
    pub fn points(&self, closure: ClosureEffect) -> u8 {
        match closure {
            ClosureEffect::Blocks => self.blocks,
            ClosureEffect::Bills => self.bills,
            ClosureEffect::LosesData => self.loses_data,
            ClosureEffect::Nothing => self.nothing,
        }
    }
}

/// Why a file of weights is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// Not TOML, or a key is missing, misspelt or of the wrong type.
    #[error("scoring weights: {0}")]
    Syntax(String),
    /// The parts would not add up to a score between 0 and 100.
    #[error("scoring weights: the four `of` make {0}, not 100")]
    Sum(u32),
    /// A single value gives more points than its part has.
    #[error("scoring weights: [{0}] gives more points than its `of`")]
    Above(&'static str),
    /// Headroom takes the place of money, and a score would not end at 100.
    #[error("scoring weights: [headroom] takes the place of [money] and needs the same `of`, {0}")]
    Headroom(u8),
    /// Asking AWS helps with a soft quota, and nothing with a hard one.
    #[error("scoring weights: [headroom] has to give a hard quota more points than a soft one")]
    Hard,
    /// A share that is none, or that leaves nothing to grow over.
    #[error("scoring weights: {0} must be from 0 to below 100")]
    Percent(&'static str),
    /// A scale without a length.
    #[error("scoring weights: {0} must be above zero")]
    Scale(&'static str),
}

static EMBEDDED: LazyLock<Weights> = LazyLock::new(|| {
    Weights::parse(include_str!("../../rules/scoring.toml"))
        .expect("the file is part of the program and a test reads it")
});

impl Weights {
    /// The weights built into the program.
    pub fn embedded() -> &'static Weights {
        &EMBEDDED
    }

    /// Weights from the text of a TOML file.
    ///
    /// Errors when a key is missing, unknown or of the wrong type, when the parts do not make 100, or when one
    /// gives more than it has.
    pub fn parse(text: &str) -> Result<Weights, WeightsError> {
        let weights: Weights = toml::from_str(text).map_err(|error| WeightsError::Syntax(error.to_string()))?;
        weights.check()?;
        Ok(weights)
    }

    fn check(&self) -> Result<(), WeightsError> {
        let Weights { money, headroom, certainty, dormancy, closure } = self;
        let sum = [money.of, certainty.of, dormancy.of, closure.of].iter().map(|&of| u32::from(of)).sum();
        if sum != 100 {
            return Err(WeightsError::Sum(sum));
        }
        if money.unknown > money.of {
            return Err(WeightsError::Above("money"));
        }
        headroom.check(money.of)?;
        if Certainty::ALL.iter().any(|&value| certainty.points(value) > certainty.of) {
            return Err(WeightsError::Above("certainty"));
        }
        if ClosureEffect::ALL.iter().any(|&value| closure.points(value) > closure.of) {
            return Err(WeightsError::Above("closure"));
        }
        if !(money.full_usd.is_finite() && money.full_usd > 0.0) {
            return Err(WeightsError::Scale("money.full_usd"));
        }
        if dormancy.full_days == 0 {
            return Err(WeightsError::Scale("dormancy.full_days"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(old: &str, new: &str) -> Result<Weights, WeightsError> {
        let text = include_str!("../../rules/scoring.toml");
        assert!(text.contains(old), "{old}");
        Weights::parse(&text.replacen(old, new, 1))
    }

    #[test]
    fn embedded_file_is_read() {
        assert_eq!(Weights::embedded().money.of, 60);
    }

    #[test]
    fn file_that_breaks_the_scale_is_refused() {
        assert_eq!(with("of = 60", "of = 61"), Err(WeightsError::Sum(101)));
        assert_eq!(with("unknown = 24", "unknown = 99"), Err(WeightsError::Above("money")));
        assert_eq!(with("likely = 10", "likely = 16"), Err(WeightsError::Above("certainty")));
        assert_eq!(with("of = 60 #", "of = 59 #"), Err(WeightsError::Headroom(60)));
        assert_eq!(with("hard = 60", "hard = 61"), Err(WeightsError::Above("headroom")));
        assert_eq!(with("soft = 36", "soft = 60"), Err(WeightsError::Hard));
        let length = Err(WeightsError::Percent("headroom.from_percent"));
        assert_eq!(with("from_percent = 50.0", "from_percent = 100.0"), length);
        assert_eq!(with("full_usd = 500.0", "full_usd = 0.0"), Err(WeightsError::Scale("money.full_usd")));
        assert_eq!(with("full_days = 180", "full_days = 0"), Err(WeightsError::Scale("dormancy.full_days")));
    }

    #[test]
    fn misspelt_key_is_refused_with_its_name() {
        let Err(WeightsError::Syntax(message)) = with("likely", "likly") else { panic!("accepted") };
        assert!(message.contains("likly"), "{message}");
    }
}
