//! Calls of remedies as they go out: sent as a run sends them, to a client that keeps them.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region as SdkRegion;
use closeout::aws::Cx;
use closeout::clean::Order;
use closeout::clean::send::to_aws;
use closeout::model::Region;
use serde_json::{Map, Value, json};

use super::samples::{ACCOUNT, HOME};

/// Keeps what is sent to it and says that all went well.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Vec<Value>>>);

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeper")
    }
}

impl HttpConnector for Keeper {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri();
        let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let (host, path) = after_scheme.split_at(after_scheme.find('/').unwrap_or(after_scheme.len()));
        let headers: Map<String, Value> =
            request.headers().iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let kept = json!({ "method": request.method(), "host": host, "path": path, "headers": headers, "body": body });
        self.0.lock().expect("no panic while it is held").push(kept);
        let fine = HttpResponse::new(StatusCode::try_from(200_u16).expect("a status"), SdkBody::from("{}"));
        HttpConnectorFuture::ready(Ok(fine))
    }
}

impl HttpClient for Keeper {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// The request a call goes out as: method, host, path with its query, headers in small letters, body.
///
/// Errors when nothing goes out.
pub fn sent(order: &Order<'_>) -> Result<Value, String> {
    let keeper = Keeper::default();
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(SdkRegion::new(HOME))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(keeper.clone())
        .build();
    let now = "2026-11-27T12:00:00Z".parse().expect("a time");
    let cx = Cx::new(config, ACCOUNT, "aws", Region::new(HOME), Region::new(HOME), now);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(to_aws(&cx, order)).map_err(|fault| fault.to_string())?;
    let kept = keeper.0.lock().expect("no panic while it is held").pop();
    kept.ok_or_else(|| "nothing went out".to_owned())
}
