use crate::model::{Share, Usd};

/// Splits dollars over resources by weight, to the micro-dollar: what rounding leaves goes to the heaviest ones, one
/// micro-dollar each. Nothing is split where there is no weight at all.
pub(super) fn split(usd: Usd, parts: impl Iterator<Item = (Share, f64)>) -> Vec<Share> {
    let mut parts: Vec<(Share, f64)> = parts.filter(|(_, weight)| weight.is_finite() && *weight > 0.0).collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.resource.cmp(&b.0.resource)));
    let total: f64 = parts.iter().map(|(_, weight)| weight).sum();
    if parts.is_empty() || total <= 0.0 {
        return Vec::new();
    }
    let micros = usd.micros();
    let mut given = 0;
    let mut shares: Vec<(Share, i64)> = parts
        .into_iter()
        .map(|(share, weight)| {
            let part = (micros as f64 * (weight / total)).trunc() as i64;
            given += part;
            (share, part)
        })
        .collect();
    let step = (micros - given).signum();
    let mut left = (micros - given).abs();
    while left > 0 {
        for (_, part) in &mut shares {
            if left == 0 {
                break;
            }
            *part += step;
            left -= 1;
        }
    }
    shares.into_iter().map(|(share, part)| Share { usd: Usd::from_micros(part), ..share }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, ResourceId};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_add_up_to_what_was_split(micros in -1_000_000_000_000_i64..1_000_000_000_000, weights in prop::collection::vec(0.0_f64..1e9, 1..50)) {
            let share = |i: usize| Share {
                resource: ResourceId::new(format!("arn:{i}")), usd: Usd::ZERO, basis: Basis::Counted, gone: false,
            };
            let parts = weights.iter().enumerate().map(|(i, weight)| (share(i), *weight));
            let shares = split(Usd::from_micros(micros), parts);
            let sum: Usd = shares.iter().map(|share| share.usd).sum();
            prop_assert!(shares.is_empty() || sum == Usd::from_micros(micros));
        }
    }
}
