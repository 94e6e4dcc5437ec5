use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An amount of US dollars, kept as whole micro-dollars so that sums are exact.
///
/// In JSON it is a decimal string of dollars with at least two decimals (`"102.40"`, `"0.0052"`);
/// shown with [`fmt::Display`] it has exactly two, rounded half away from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i64);

/// Micro-dollars in a dollar.
const MICRO: i64 = 1_000_000;

impl Usd {
    /// No money at all. Not to be used for an amount nobody knows: that is `Option::None`.
    pub const ZERO: Usd = Usd(0);

    /// An amount given in millionths of a dollar.
    pub const fn from_micros(micros: i64) -> Usd {
        Usd(micros)
    }

    /// The amount in millionths of a dollar.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The nearest amount to a floating-point number of dollars; saturates, and NaN is zero dollars.
    ///
    /// Only for products of a price and a measured quantity. Amounts that arrive as text are parsed
    /// exactly with [`FromStr`].
    pub fn from_dollars(dollars: f64) -> Usd {
        Usd((dollars * MICRO as f64).round() as i64)
    }

    /// The amount as a floating-point number of dollars, for rules and ratios, never for sums.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / MICRO as f64
    }

    /// This amount `quantity` times.
    pub fn times(self, quantity: f64) -> Usd {
        Usd((self.0 as f64 * quantity).round() as i64)
    }

    /// All decimals that matter: at least two, at most six.
    pub fn exact(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let abs = self.0.unsigned_abs();
        let mut frac = format!("{:06}", abs % MICRO as u64);
        while frac.len() > 2 && frac.ends_with('0') {
            frac.pop();
        }
        format!("{sign}{}.{frac}", abs / MICRO as u64)
    }

    /// Two decimals with a thousands separator and a dollar sign: `$1,284.10`, `−$61.20`.
    pub fn pretty(self) -> String {
        let cents = self.cents();
        let sign = if cents < 0 { "−" } else { "" };
        let whole = (cents.unsigned_abs() / 100).to_string();
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{sign}${grouped}.{:02}", cents.unsigned_abs() % 100)
    }

    fn cents(self) -> i64 {
        let half = if self.0 < 0 { -5_000 } else { 5_000 };
        self.0.saturating_add(half) / 10_000
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.cents();
        let sign = if cents < 0 { "-" } else { "" };
        let abs = cents.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", abs / 100, abs % 100))
    }
}

/// A text that is not a decimal number of dollars.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an amount of dollars")]
pub struct ParseUsdError(String);

impl FromStr for Usd {
    type Err = ParseUsdError;

    /// Reads a decimal number exactly; digits past the sixth decimal are rounded half up, exponents
    /// (`1E-7`, as the Price List API writes tiny prices) are understood.
    fn from_str(text: &str) -> Result<Usd, ParseUsdError> {
        let bad = || ParseUsdError(text.chars().take(40).collect());
        let trimmed = text.trim();
        if trimmed.contains(['e', 'E']) {
            let value: f64 = trimmed.parse().map_err(|_| bad())?;
            return if value.is_finite() { Ok(Usd::from_dollars(value)) } else { Err(bad()) };
        }
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let (whole, frac) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && frac.is_empty()) || !numeric(whole) || !numeric(frac) {
            return Err(bad());
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| bad())? };
        let mut micros = 0i64;
        for i in 0..6 {
            micros = micros * 10 + frac.as_bytes().get(i).map_or(0, |b| i64::from(b - b'0'));
        }
        if frac.as_bytes().get(6).is_some_and(|b| *b >= b'5') {
            micros += 1;
        }
        let total = whole.checked_mul(MICRO).and_then(|w| w.checked_add(micros)).ok_or_else(bad)?;
        Ok(Usd(if negative { -total } else { total }))
    }
}

impl Add for Usd {
    type Output = Usd;
    fn add(self, other: Usd) -> Usd {
        Usd(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Usd) {
        *self = *self + other;
    }
}

impl Sub for Usd {
    type Output = Usd;
    fn sub(self, other: Usd) -> Usd {
        Usd(self.0.saturating_sub(other.0))
    }
}

impl Neg for Usd {
    type Output = Usd;
    fn neg(self) -> Usd {
        Usd(self.0.saturating_neg())
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Usd>>(iter: I) -> Usd {
        iter.fold(Usd::ZERO, Add::add)
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.exact())
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Usd, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Usd {
    fn schema_name() -> Cow<'static, str> {
        "Usd".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^-?[0-9]+\.[0-9]{2,6}$",
            "description": "US dollars as a decimal string"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Usd {
        text.parse().expect("a literal amount")
    }

    #[test]
    fn parses_and_prints_exactly() {
        assert_eq!(usd("102.4").exact(), "102.40");
        assert_eq!(usd("0.0000005").exact(), "0.000001");
        assert_eq!(usd("-3.21").exact(), "-3.21");
        assert_eq!(usd("1E-6").micros(), 1);
    }

    #[test]
    fn shows_two_decimals_rounded_half_away_from_zero() {
        assert_eq!(usd("1.005").to_string(), "1.01");
        assert_eq!(usd("-1.005").to_string(), "-1.01");
        assert_eq!(usd("1284.1").pretty(), "$1,284.10");
        assert_eq!(usd("-1234567.891").pretty(), "−$1,234,567.89");
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for text in ["", ".", "abc", "1,000", "1.2.3", "NaN", "inf", "99999999999999999999"] {
            assert!(text.parse::<Usd>().is_err(), "{text}");
        }
    }
}
