//! An AWS that answers by a script: each operation has its answers in order, the last of which it gives for ever.

use std::collections::VecDeque;
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
use closeout::aws::api::services;
use closeout::model::Region;
use serde_json::{Value, json};

pub const ACCOUNT: &str = "111122223333";
pub const HOME: &str = "eu-west-1";

/// What an operation answers.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    /// A body.
    Fine(&'static str),
    /// A body with a version in the header.
    Version(&'static str, &'static str),
    /// A status and an error code.
    Refused(u16, &'static str),
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `ListUserProfiles`, or `GET /2015-02-01/mount-targets`.
    pub name: String,
    /// Path with its query, and body.
    pub text: String,
    /// The header `If-Match`. Empty when there is none.
    pub if_match: String,
    /// The request and its answer, for the check against AWS's models.
    pub exchange: Value,
}

/// How the name of an operation begins, and what it answers, in order.
type Line = (String, VecDeque<Reply>);

#[derive(Clone)]
pub struct Aws {
    script: Arc<Mutex<Vec<Line>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aws")
    }
}

impl Aws {
    /// An AWS that answers operations whose names begin so.
    pub fn new(script: &[(&str, &[Reply])]) -> Aws {
        let line = |(name, replies): &(&str, &[Reply])| ((*name).to_owned(), replies.iter().copied().collect());
        Aws { script: Arc::new(Mutex::new(script.iter().map(line).collect())), asked: Arc::default() }
    }

    /// Everything that was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic while it is held").clone()
    }

    /// What was asked of an operation.
    pub fn of(&self, name: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.name.starts_with(name)).collect()
    }

    pub fn cx(&self) -> Cx {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(SdkRegion::new(HOME))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::disabled())
            .http_client(self.clone())
            .build();
        let now = "2026-11-27T12:00:00Z".parse().expect("a time");
        Cx::new(config, ACCOUNT, "aws", Region::new(HOME), Region::new(HOME), now)
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let uri = request.uri();
        let after_host = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let path = after_host.find('/').map_or("/", |at| &after_host[at..]).to_owned();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let target = header("x-amz-target");
        let form = header("content-type").contains("x-www-form-urlencoded");
        let action = body.split('&').find_map(|part| part.strip_prefix("Action="));
        let name = match (target.rsplit_once('.'), action) {
            (Some((_, operation)), _) => operation.to_owned(),
            (None, Some(action)) if form => action.to_owned(),
            _ => format!("{} {}", request.method(), path.split('?').next().unwrap_or_default()),
        };
        let reply = self.next(&name);
        let signing = header("authorization").split('/').nth(3).unwrap_or_default().to_owned();
        let mut known = services::ALL.iter().chain(services::CHANGED);
        let service = known.find(|one| one.signing == signing).expect("a service").name;
        let text = match reply {
            Reply::Fine(text) | Reply::Version(text, _) => text,
            Reply::Refused(..) => "",
        };
        let exchange = json!({ "kind": name, "service": service, "method": request.method(), "path": path, "body": body,
            "target": (!target.is_empty()).then_some(target), "form": form, "answer": text });
        let asked = Asked { name, text: format!("{path} {body}"), if_match: header("if-match"), exchange };
        self.asked.lock().expect("no panic while it is held").push(asked);
        let is_xml = form || service == "cloudfront";
        respond(reply, is_xml)
    }

    fn next(&self, name: &str) -> Reply {
        let mut script = self.script.lock().expect("no panic while it is held");
        let line = script.iter_mut().find(|(begins, _)| name.starts_with(begins.as_str()));
        let Some((_, replies)) = line else { return Reply::Refused(400, "NotInTheScript") };
        if replies.len() > 1 { replies.pop_front() } else { replies.front().copied() }
            .unwrap_or(Reply::Refused(400, "NotInTheScript"))
    }
}

fn respond(reply: Reply, is_xml: bool) -> HttpResponse {
    let (status, text) = match reply {
        Reply::Fine(text) | Reply::Version(text, _) => (200, text.to_owned()),
        Reply::Refused(status, code) if is_xml => {
            let error = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
            (status, format!("<Response><Errors>{error}</Errors></Response>"))
        }
        Reply::Refused(status, code) => (status, json!({ "__type": code, "message": "no" }).to_string()),
    };
    let mut response = HttpResponse::new(StatusCode::try_from(status).expect("a status"), SdkBody::from(text));
    if let Reply::Version(_, etag) = reply {
        response.headers_mut().insert("etag", etag);
    }
    response
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Ok(self.answer(&request)))
    }
}

impl HttpClient for Aws {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
