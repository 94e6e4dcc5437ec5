//! An HTTP client that answers out of a recording.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value, json};

use super::recording::{Exchange, Recording};

/// What is done to a recording while it is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trick {
    None,
    /// The account has none of it.
    Empty,
    /// The second page is refused.
    DenyPageTwo,
    /// This call is refused, each time.
    Deny(String),
    /// The first listing breaks off in the middle.
    Garble,
}

#[derive(Clone)]
pub struct Replay {
    exchanges: Arc<Vec<Exchange>>,
    kind: Arc<str>,
    xml: bool,
    trick: Trick,
    pub seen: Arc<Mutex<Seen>>,
}

/// What went over the wire.
#[derive(Default)]
pub struct Seen {
    /// Requests in words.
    pub asked: Vec<String>,
    /// Exchanges that were played, by their place in the recording.
    pub used: BTreeSet<usize>,
    /// Requests and answers, for the check against the models.
    pub exchanges: Vec<Value>,
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replay")
    }
}

impl Replay {
    pub fn new(recording: &Recording, trick: Trick) -> Replay {
        Replay {
            exchanges: Arc::new(recording.exchanges.clone()),
            kind: recording.kind.as_str().into(),
            xml: recording.is_xml(),
            trick,
            seen: Arc::default(),
        }
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let asked = Asked::read(request);
        let mut seen = self.seen.lock().expect("no panic while it is held");
        seen.asked.push(format!("{} {}", asked.name, asked.members_in_words()));
        let fits = |exchange: &Exchange| {
            exchange.ask == asked.name
                && exchange.with.iter().all(|(name, value)| asked.members.get(name) == Some(&words(value)))
        };
        let Some(place) = self.exchanges.iter().position(fits) else {
            return refuse(self.xml, 400, "NotRecorded", &format!("nothing is recorded for {}", asked.name));
        };
        let exchange = &self.exchanges[place];
        seen.used.insert(place);
        let denied = match &self.trick {
            Trick::DenyPageTwo => exchange.page == 2,
            Trick::Deny(ask) => *ask == exchange.ask,
            _ => false,
        };
        if denied {
            return refuse(self.xml, 403, "AccessDeniedException", "not authorized to perform this operation");
        }
        let answer = match (&self.trick, &exchange.empty) {
            (Trick::Empty, Some(empty)) => empty,
            (Trick::Empty, None) => {
                let text = format!("{} is asked of an empty account, and has no `empty` answer", asked.name);
                return refuse(self.xml, 400, "NotRecorded", &text);
            }
            _ => &exchange.answer,
        };
        let error = exchange.error.as_ref().filter(|_| self.trick != Trick::Empty || answer.is_null());
        if let Some(code) = error {
            return refuse(self.xml, exchange.status.unwrap_or(400), code, &exchange.message);
        }
        if let (Trick::Empty, Some(code)) = (&self.trick, answer.get("error").and_then(Value::as_str)) {
            return refuse(self.xml, 400, code, answer["message"].as_str().unwrap_or_default());
        }
        let mut text = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
        seen.exchanges.push(asked.exchange(&self.kind, exchange.service.as_deref(), &text));
        if self.trick == Trick::Garble && seen.asked.len() == 1 {
            text.truncate(broken(&text, &asked.signing));
        }
        respond(200, text)
    }
}

/// A request, taken apart.
struct Asked {
    /// `ListStreams`, or `GET /clusters`.
    name: String,
    members: Map<String, Value>,
    method: String,
    path: String,
    body: String,
    target: Option<String>,
    form: bool,
    signing: String,
}

impl Asked {
    fn read(request: &HttpRequest) -> Asked {
        let uri: &str = request.uri();
        let after_host = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let path = after_host.find('/').map_or("/", |at| &after_host[at..]).to_owned();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let target = request.headers().get("x-amz-target").map(str::to_owned);
        let form = request.headers().get("content-type").is_some_and(|kind| kind.contains("x-www-form-urlencoded"));
        let authorization = request.headers().get("authorization").unwrap_or_default();
        let scope: Vec<&str> = authorization.split("Credential=").nth(1).unwrap_or_default().split('/').collect();
        let mut members = Map::new();
        if form {
            members.extend(pairs(&body));
        } else if let Ok(Value::Object(object)) = serde_json::from_str(&body) {
            members.extend(object.into_iter().map(|(name, value)| (name, words(&value))));
        }
        let (bare, query) = path.split_once('?').unwrap_or((&path, ""));
        members.extend(pairs(query));
        let method = request.method().to_owned();
        let name = match (&target, form) {
            (Some(target), _) => target.rsplit('.').next().unwrap_or_default().to_owned(),
            (None, true) => members.get("Action").and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => format!("{method} {}", decode(bare)),
        };
        Asked { name, members, method, body, target, form, signing: scope.get(3).unwrap_or(&"").to_string(), path }
    }

    fn members_in_words(&self) -> String {
        Value::Object(self.members.clone()).to_string()
    }

    fn exchange(&self, kind: &str, service: Option<&str>, answer: &str) -> Value {
        let known = closeout::aws::api::services::ALL.iter().find(|one| one.signing == self.signing);
        let service = service.or(known.map(|one| one.name)).unwrap_or(match self.signing.as_str() {
            "monitoring" => "cloudwatch",
            "servicequotas" => "service-quotas",
            other => other,
        });
        json!({ "kind": kind, "service": service, "method": self.method, "path": self.path, "body": self.body,
            "target": self.target, "form": self.form, "answer": answer })
    }
}

fn pairs(text: &str) -> impl Iterator<Item = (String, Value)> + '_ {
    text.split('&').filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name), Value::String(decode(value)))
    })
}

/// A value as a text, so that `100` in a form and `100` in a body are the same.
fn words(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.clone()),
        other => Value::String(other.to_string()),
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        let hex = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(if bytes[i] == b'+' { b' ' } else { bytes[i] });
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where a text breaks off: in the middle; behind an SDK crate in its first element, since the SDK's reader of XML takes the end of
/// the text behind that for the end of all. (On a real wire a body that is too short is an error before it is read.)
fn broken(text: &str, signing: &str) -> usize {
    if matches!(signing, "ec2" | "monitoring" | "rds") {
        text.find('>').unwrap_or_default()
    } else {
        text.floor_char_boundary(text.len() / 2)
    }
}

fn respond(status: u16, text: String) -> HttpResponse {
    HttpResponse::new(StatusCode::try_from(status).expect("a status"), SdkBody::from(text))
}

fn refuse(xml: bool, status: u16, code: &str, message: &str) -> HttpResponse {
    let text = if xml {
        // EC2 looks for `Errors`, everybody else for the first `Error`.
        let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        format!("<ErrorResponse><Errors>{error}</Errors>{error}</ErrorResponse>")
    } else {
        json!({ "__type": code, "message": message }).to_string()
    };
    respond(status, text)
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Ok(self.answer(&request)))
    }
}

impl HttpClient for Replay {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
