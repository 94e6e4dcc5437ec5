use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::pace::Pace;
use crate::model::{Region, Requests, Usd};

/// What a request that was not sent says, because the credentials had run out before its turn.
pub const EXPIRED: &str = "credentials expired";

/// What AWS charges for a request to S3 at most: the price of a LIST, $0.005 for 1,000.
///
/// Source: S3 price list of us-east-1, `Requests-Tier1`.
const S3_REQUEST: Usd = Usd::from_micros(5);

tokio::task_local! {
    /// Requests sent for the cell the present task is reading.
    pub static CELL_REQUESTS: Arc<AtomicU64>;
}

/// The one way out: every request of every client passes here, is counted, waits its turn, and is stopped
/// once the credentials have run out.
#[derive(Clone)]
pub struct Wire {
    inner: SharedHttpClient,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    pace: Pace,
    tally: Tally,
    expired: AtomicBool,
}

impl Wire {
    /// A wire over HTTPS with the platform's trusted roots.
    pub fn new() -> Wire {
        let inner =
            aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
        Wire { inner, shared: Arc::default() }
    }

    /// The count of what was sent.
    pub fn tally(&self) -> &Tally {
        &self.shared.tally
    }

    /// From now on nothing is sent: AWS has said that the credentials ran out.
    pub fn expire(&self) {
        self.shared.expired.store(true, Ordering::Relaxed);
    }

    /// Whether the credentials have run out.
    pub fn is_expired(&self) -> bool {
        self.shared.expired.load(Ordering::Relaxed)
    }
}

impl Default for Wire {
    fn default() -> Wire {
        Wire::new()
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, parts);
        SharedHttpConnector::new(Counted { inner, shared: self.shared.clone() })
    }
}

struct Counted {
    inner: SharedHttpConnector,
    shared: Arc<Shared>,
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl HttpConnector for Counted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, shared) = (self.inner.clone(), self.shared.clone());
        HttpConnectorFuture::new(async move {
            if shared.expired.load(Ordering::Relaxed) {
                return Err(ConnectorError::user(EXPIRED.into()));
            }
            let (service, region) = signed_for(request.headers().get("authorization").unwrap_or_default());
            shared.pace.turn(&service, &region).await;
            let retry = request.headers().get("amz-sdk-request").is_some_and(|value| !value.starts_with("attempt=1"));
            shared.tally.sent(&service, &region, retry);
            inner.call(request).await
        })
    }
}

/// Service and region a request was signed for, out of its authorization header.
///
/// Source: AWS Signature Version 4, `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn signed_for(authorization: &str) -> (String, String) {
    let scope = authorization.split("Credential=").nth(1).unwrap_or_default();
    let mut parts = scope.split(['/', ',']).skip(2);
    let region = parts.next().unwrap_or_default().to_owned();
    let service = parts.next().filter(|name| !name.is_empty()).unwrap_or("unsigned").to_owned();
    (service, region)
}

/// How many requests went out, by service, and what AWS charges for them.
#[derive(Default)]
pub struct Tally {
    requests: Mutex<Requests>,
    throttled: Mutex<Vec<(String, Region)>>,
}

impl Tally {
    fn sent(&self, service: &str, region: &str, retry: bool) {
        // A count is valid after any panic.
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.total += 1;
        *requests.by_service.entry(service.to_owned()).or_default() += 1;
        if service == "s3" {
            requests.billable_usd += S3_REQUEST;
        }
        if retry {
            requests.retries += 1;
            let mut throttled = self.throttled.lock().unwrap_or_else(PoisonError::into_inner);
            throttled.push((service.to_owned(), Region::new(region)));
        }
        // Outside a cell there is nobody to count for.
        let _ = CELL_REQUESTS.try_with(|count| count.fetch_add(1, Ordering::Relaxed));
    }

    /// Adds what AWS charges for an answer.
    pub fn charge(&self, usd: Usd) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).billable_usd += usd;
    }

    /// The count so far.
    pub fn snapshot(&self) -> Requests {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Services and regions that had to be asked again since the last call.
    pub fn take_retried(&self) -> Vec<(String, Region)> {
        std::mem::take(&mut self.throttled.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_and_region_come_out_of_the_signature() {
        let header = "AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/ec2/aws4_request, SignedHeaders=host";
        assert_eq!(signed_for(header), ("ec2".to_owned(), "eu-west-1".to_owned()));
        assert_eq!(signed_for("").0, "unsigned");
    }
}
