use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Requests a second AWS lets through for long, and how many at once, by signing name of the service.
///
/// Source: EC2 API throttling (non-mutating bucket), Service Quotas, Cost Explorer and CloudWatch Logs
/// quota pages; where AWS publishes nothing, a figure well below what its consoles use.
const RATES: &[(&str, f64, f64)] = &[
    ("ce", 1.0, 3.0),
    ("ec2", 20.0, 80.0),
    ("iam", 5.0, 10.0),
    ("logs", 10.0, 20.0),
    ("monitoring", 20.0, 40.0),
    ("pricing", 5.0, 10.0),
    ("s3", 80.0, 160.0),
    ("servicequotas", 9.0, 10.0),
];

/// The rate of a service that is not in the table.
const OTHERWISE: (f64, f64) = (10.0, 30.0);

/// A token bucket for each service and region, so that asking much in one place slows nobody elsewhere.
#[derive(Debug, Default)]
pub struct Pace {
    buckets: Mutex<HashMap<(String, String), Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Pace {
    /// Waits until a request to a service in a region may be sent.
    pub async fn turn(&self, service: &str, region: &str) {
        let at = self.reserve(service, region, Instant::now());
        sleep_until(at).await;
    }

    /// Takes a token, on credit if need be, and says when it is worth something.
    fn reserve(&self, service: &str, region: &str, now: Instant) -> Instant {
        let (rate, burst) =
            RATES.iter().find(|(name, ..)| *name == service).map_or(OTHERWISE, |(_, rate, burst)| (*rate, *burst));
        // A panic while holding the lock leaves a valid bucket behind: every update is a single assignment.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket =
            buckets.entry((service.to_owned(), region.to_owned())).or_insert_with(|| Bucket { tokens: burst, at: now });
        let earned = now.saturating_duration_since(bucket.at).as_secs_f64() * rate;
        bucket.tokens = (bucket.tokens + earned).min(burst) - 1.0;
        bucket.at = now;
        if bucket.tokens >= 0.0 { now } else { now + Duration::from_secs_f64(-bucket.tokens / rate) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burst_goes_at_once_and_the_rest_waits_its_turn() {
        let pace = Pace::default();
        let now = Instant::now();
        for _ in 0..10 {
            assert_eq!(pace.reserve("servicequotas", "us-east-1", now), now);
        }
        let wait = pace.reserve("servicequotas", "us-east-1", now) - now;
        assert!((wait.as_secs_f64() - 1.0 / 9.0).abs() < 1e-6, "{wait:?}");
        assert_eq!(pace.reserve("servicequotas", "eu-west-1", now), now, "another region has its own bucket");
    }
}
