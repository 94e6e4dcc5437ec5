use std::ops::{AddAssign, Neg};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::Usd;

/// Decimals kept. Cost Explorer writes ten.
const DECIMALS: i32 = 12;

/// An amount of money with all its decimals, so that thousands of lines add up without a rounding each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Amount(i128);

impl Amount {
    /// Reads a decimal number, with or without an exponent (`1.5E-7`). `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Amount> {
        let (number, exponent) = match text.trim().split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 30)?),
            None => (text.trim(), 0),
        };
        let (negative, digits) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{part}");
        if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value: i128 = all.parse().ok()?;
        let shift = DECIMALS + exponent - i32::try_from(part.len()).ok()?;
        let scaled = match u32::try_from(shift) {
            Ok(up) => value.checked_mul(10i128.checked_pow(up)?)?,
            Err(_) => 10i128.checked_pow(shift.unsigned_abs()).map_or(0, |by| (value + by / 2) / by),
        };
        Some(Amount(if negative { -scaled } else { scaled }))
    }

    /// The nearest micro-dollar, halves away from zero. `None` past nine trillion dollars.
    pub(super) fn to_usd(self) -> Option<Usd> {
        const STEP: i128 = 1_000_000;
        let half = if self.0 < 0 { -STEP / 2 } else { STEP / 2 };
        i64::try_from((self.0 + half) / STEP).ok().map(Usd::from_micros)
    }

    /// Whether it is exactly nothing.
    pub(super) fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount(self.0.saturating_neg())
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}E-{DECIMALS}", self.0))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        let text = String::deserialize(deserializer)?;
        Amount::parse(&text).ok_or_else(|| de::Error::custom("not an amount of money"))
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.0 = self.0.saturating_add(other.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(texts: &[&str]) -> String {
        let mut total = Amount::default();
        for text in texts {
            total += Amount::parse(text).expect("a literal amount");
        }
        total.to_usd().expect("a small amount").exact()
    }

    #[test]
    fn a_thousand_crumbs_are_worth_something() {
        assert_eq!(sum(&["0.0000004"; 1_000]), "0.0004");
        assert_eq!(sum(&["0.1", "0.2", "-0.3"]), "0.00");
        assert_eq!(sum(&["4.2E-7", "1e2", "-0.0000004200"]), "100.00");
    }

    #[test]
    fn an_amount_survives_being_kept() {
        for text in ["0.000000000001", "-12.3456789012", "0", "9999999999999.9"] {
            let amount = Amount::parse(text).expect("a literal amount");
            let kept = serde_json::to_string(&amount).expect("text");
            assert_eq!(serde_json::from_str::<Amount>(&kept).expect("the same text"), amount, "{kept}");
        }
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(sum(&["0.0000005"]), "0.000001");
        assert_eq!(sum(&["-0.0000005"]), "-0.000001");
        assert_eq!(sum(&["0.00000000000049"]), "0.00");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ".", "-", "1,0", "NaN", "1e", "1e99", "0x1"] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
    }
}
