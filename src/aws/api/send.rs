use std::future::Future;

use std::borrow::Cow;

use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{SharedAuthScheme, SharedAuthSchemeOptionResolver};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::SigningName;
use aws_types::region::{Region as SdkRegion, SigningRegion};
use futures_util::stream::{self, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Act, Call, Protocol, Request, Service};
use super::{offered, read};
use crate::aws::fault::request_id;
use crate::aws::{Cx, Fault};
use crate::model::Why;

/// Details asked for at the same time in one cell.
const TOGETHER: usize = 8;

/// Pages after which a listing that never ends is given up.
const PAGES: u32 = 10_000;

impl Cx {
    /// Sends one request and reads its answer.
    ///
    /// Errors when AWS refuses, does not answer, or answers something else than the type describes.
    pub async fn call<T: DeserializeOwned>(&self, call: &Call, input: Value) -> Result<T, Fault> {
        let answer = self.ask(call, &input).await?;
        parse(call, &answer.text)
    }

    /// The version of what a request reads, for a change that names the one it is meant for.
    ///
    /// Errors when AWS refuses or does not answer, and when the answer names no version.
    pub async fn etag(&self, call: &Call, input: Value) -> Result<String, Fault> {
        let answer = self.ask(call, &input).await?;
        if answer.etag.is_empty() {
            return Err(Fault::new(Why::Error, &call.action(), "the answer has no ETag"));
        }
        Ok(answer.etag)
    }

    /// A listing, page by page.
    pub fn pages<'a>(&'a self, call: &'a Call, input: Value) -> Pages<'a> {
        Pages { cx: self, call, input, over: false, read: 0 }
    }

    async fn ask(&self, call: &Call, input: &Value) -> Result<Answer, Fault> {
        let action = call.action();
        let Some(address) = call.service.address(self.partition(), self.endpoint_region().as_str()) else {
            let detail = format!("{} is not offered in partition {}", call.service.name, self.partition());
            return Err(Fault::new(Why::NotOffered, &action, detail));
        };
        let url = self.config().endpoint_url().map_or_else(|| format!("https://{}", address.host), str::to_owned);
        let operation = self.operation(call, &url, &address.region, true);
        operation.invoke(call.write(input)).await.map_err(|error| {
            let fault = Fault::api(&action, &error);
            if fault.is_unresolved() && offered::lacks(call.service.name, &address.region) {
                let detail = format!("AWS has no endpoint for {} in {}", call.service.name, address.region);
                return Fault::new(Why::NotOffered, &action, detail);
            }
            fault
        })
    }

    /// Sends one request that changes something, once: whether it may be sent again is for the caller to say, who
    /// knows what a second time would do.
    ///
    /// Errors when AWS refuses or does not answer; [`Fault::is_undecided`] tells whether it may have been done all the
    /// same.
    pub async fn act(&self, act: &Act, input: &Value) -> Result<Answer, Fault> {
        let (call, action) = (act.call(), act.action());
        let Some(address) = call.service.address(self.partition(), self.endpoint_region().as_str()) else {
            let detail = format!("{} is not offered in partition {}", call.service.name, self.partition());
            return Err(Fault::new(Why::NotOffered, &action, detail));
        };
        let request = act.write(input).map_err(|why| Fault::new(Why::Error, &action, why))?;
        let url = self.config().endpoint_url().map_or_else(|| format!("https://{}", address.host), str::to_owned);
        let operation = self.operation(call, &url, &address.region, false);
        operation.invoke(request).await.map_err(|error| Fault::api(&action, &error))
    }

    fn operation(&self, call: &Call, url: &str, region: &str, again: bool) -> Operation<Request, Answer, ApiError> {
        let config = self.config();
        let mut layer = Layer::new("closeout");
        layer.store_put(SigningName::from_static(call.service.signing));
        layer.store_put(SigningRegion::from(SdkRegion::new(region.to_owned())));
        layer.store_put(signing(call.service));
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        let mut parts = RuntimeComponentsBuilder::new("closeout");
        parts.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
        parts.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )));
        if let Some(provider) = config.credentials_provider() {
            parts.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(provider));
        }
        if let Some(cache) = config.identity_cache() {
            parts.set_identity_cache(Some(cache));
        }
        if let Some(sleep) = config.sleep_impl() {
            parts.set_sleep_impl(Some(sleep));
        }
        if let Some(time) = config.time_source() {
            parts.set_time_source(Some(time));
        }
        if let Some(wire) = config.http_client() {
            parts.set_http_client(Some(wire));
        }
        let mut builder = Operation::builder()
            .service_name(call.service.name)
            .operation_name(call.operation)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(url)
            .interceptor(ServiceClockSkewInterceptor::new())
            .interceptor(RequestInfoInterceptor::new())
            .interceptor(InvocationIdInterceptor::new())
            .with_connection_poisoning()
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(AwsErrorCodeClassifier::<ApiError>::new())
            .retry_classifier(TransientErrorClassifier::<ApiError>::new())
            .runtime_plugin(StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(parts));
        builder = match config.retry_config() {
            Some(retries) if again => builder.standard_retry(retries),
            _ => builder.no_retry(),
        };
        if let Some(timeouts) = config.timeout_config() {
            builder = builder.timeout_config(timeouts.clone());
        }
        let (protocol, name) = (call.service.protocol, call.operation);
        builder
            .serializer(move |request: Request| written(protocol, name, request))
            .deserializer(move |response: &HttpResponse| answered(protocol, response))
            .build()
    }
}

/// How requests of a service are signed. S3 takes paths as they are, and wants to be told the hash of the body.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>, read 2026-11-27.
fn signing(service: &Service) -> SigV4OperationSigningConfig {
    let mut config = SigV4OperationSigningConfig::default();
    if service.signing == "s3" {
        config.signing_options.double_uri_encode = false;
        config.signing_options.normalize_uri_path = false;
        config.signing_options.content_sha256_header = true;
    }
    config
}

/// The request with the headers its protocol asks for.
fn written(
    protocol: Protocol,
    operation: &str,
    request: Request,
) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError> {
    let mut http = HttpRequest::new(SdkBody::from(request.body.clone()));
    http.set_method(request.method)?;
    http.set_uri(request.path)?;
    let headers = http.headers_mut();
    match protocol {
        Protocol::Json { version, target } => {
            headers.insert("content-type", format!("application/x-amz-json-{version}"));
            headers.insert("x-amz-target", format!("{target}.{operation}"));
        }
        Protocol::Query { .. } | Protocol::Ec2 { .. } => {
            headers.insert("content-type", "application/x-www-form-urlencoded");
        }
        Protocol::RestJson if request.method != "GET" => {
            headers.insert("content-type", "application/json");
        }
        Protocol::RestJson | Protocol::RestXml => {}
    }
    if request.method != "GET" {
        headers.insert("content-length", request.body.len().to_string());
    }
    for (name, value) in request.headers {
        headers.try_insert(name, value)?;
    }
    Ok(http)
}

/// What AWS answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The body.
    pub text: String,
    /// AWS's id of the request. Empty when it gave none.
    pub request_id: String,
    /// The version of what it is about: the header `ETag`. Empty when it gave none.
    pub etag: String,
}

impl Answer {
    /// A member of the answer, wherever in it: its text in XML, its value in JSON. `None` when it is not there.
    pub fn member(&self, name: &str) -> Option<String> {
        if let Ok(body) = serde_json::from_str::<Value>(&self.text) {
            return found_in(&body, name);
        }
        let raw = read::element(&self.text, name);
        let text = quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), Cow::into_owned);
        (!text.is_empty()).then_some(text)
    }
}

fn found_in(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(members) => match members.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => members.values().find_map(|member| found_in(member, name)),
        },
        Value::Array(items) => items.iter().find_map(|item| found_in(item, name)),
        _ => None,
    }
}

/// The text of an answer, or what AWS said instead.
fn answered(protocol: Protocol, response: &HttpResponse) -> Result<Answer, OrchestratorError<ApiError>> {
    let bytes = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        let text = std::str::from_utf8(bytes).map_err(|error| OrchestratorError::other(error.to_string()))?;
        let etag = response.headers().get("etag").unwrap_or_default().to_owned();
        return Ok(Answer { text: text.to_owned(), request_id: request_id(response), etag });
    }
    let text = String::from_utf8_lossy(bytes);
    let xml = matches!(protocol, Protocol::Query { .. } | Protocol::Ec2 { .. } | Protocol::RestXml);
    let (code, message) = if xml { xml_error(&text) } else { json_error(response, &text) };
    let mut said = ErrorMetadata::builder();
    if !code.is_empty() {
        said = said.code(code);
    }
    if !message.is_empty() {
        said = said.message(message);
    }
    Err(OrchestratorError::operation(ApiError { said: said.build() }))
}

fn xml_error(text: &str) -> (String, String) {
    let inside = |name| {
        let raw = read::element(text, name);
        quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
    };
    (inside("Code"), inside("Message"))
}

/// The code stands in a header or in one of two members, sometimes with a namespace before or an address behind it.
fn json_error(response: &HttpResponse, text: &str) -> (String, String) {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let member = |names: &[&str]| names.iter().find_map(|name| body[*name].as_str()).unwrap_or_default().to_owned();
    let header = response.headers().get("x-amzn-errortype").unwrap_or_default();
    let code = if header.is_empty() { member(&["__type", "code", "Code"]) } else { header.to_owned() };
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    (code.to_owned(), member(&["message", "Message", "errorMessage"]))
}

/// What AWS said instead of an answer.
#[derive(Debug)]
pub struct ApiError {
    said: ErrorMetadata,
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said.fmt(f)
    }
}

impl std::error::Error for ApiError {}

impl ProvideErrorMetadata for ApiError {
    fn meta(&self) -> &ErrorMetadata {
        &self.said
    }
}

/// What is read of an answer: the whole of a JSON text, the result inside an XML one.
fn parse<T: DeserializeOwned>(call: &Call, answer: &str) -> Result<T, Fault> {
    match text(call, answer)? {
        Text::Json(text) => serde_json::from_str(text).map_err(|error| unreadable(call, &error)),
        Text::Xml(text) => quick_xml::de::from_str(&text).map_err(|error| unreadable(call, &error)),
    }
}

/// The part of an answer that is read.
enum Text<'a> {
    Json(&'a str),
    Xml(Cow<'a, str>),
}

fn text<'a>(call: &Call, answer: &'a str) -> Result<Text<'a>, Fault> {
    match call.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson if answer.trim().is_empty() => Ok(Text::Json("{}")),
        Protocol::Json { .. } | Protocol::RestJson => Ok(Text::Json(answer)),
        Protocol::Query { .. } => {
            // A text that broke off would pass for an empty listing.
            if !answer.trim_end().ends_with(&format!("</{}Response>", call.operation)) {
                return Err(unreadable(call, &"it breaks off"));
            }
            let inside = read::element(answer, &format!("{}Result", call.operation));
            Ok(Text::Xml(Cow::Owned(format!("<r>{inside}</r>"))))
        }
        Protocol::RestXml | Protocol::Ec2 { .. } => Ok(Text::Xml(Cow::Borrowed(answer))),
    }
}

fn unreadable(call: &Call, error: &dyn std::fmt::Display) -> Fault {
    let detail = format!("the answer is not what {} describes: {error}", call.operation);
    Fault::new(Why::Error, &call.action(), crate::model::clean(&detail).into_owned())
}

/// The mark of the next page in an answer. Empty on the last page.
fn mark(call: &Call, name: &str, answer: &str) -> String {
    match call.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            let body: Value = serde_json::from_str(answer).unwrap_or_default();
            match &body[name] {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            }
        }
        Protocol::Query { .. } | Protocol::Ec2 { .. } | Protocol::RestXml => {
            let raw = read::element(answer, name);
            quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
        }
    }
}

/// A listing, page by page.
pub struct Pages<'a> {
    cx: &'a Cx,
    call: &'a Call,
    input: Value,
    over: bool,
    read: u32,
}

impl Pages<'_> {
    /// Whether the last page was given.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The next page. `None` behind the last one.
    ///
    /// Errors as [`Cx::call`] does, and when AWS leads round in circles: a listing without end is no listing.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Fault> {
        if self.over {
            return Ok(None);
        }
        let answer = self.cx.ask(self.call, &self.input).await?.text;
        let page = parse(self.call, &answer)?;
        self.turn(&answer)?;
        Ok(Some(page))
    }

    /// Takes the mark of the next page out of an answer.
    fn turn(&mut self, answer: &str) -> Result<(), Fault> {
        self.read += 1;
        let Some((input, output)) = self.call.paging else {
            self.over = true;
            return Ok(());
        };
        let next = mark(self.call, output, answer);
        self.over = next.is_empty();
        if !self.over && (self.input[input].as_str() == Some(next.as_str()) || self.read >= PAGES) {
            let detail = "AWS gave the same page again and again";
            return Err(Fault::new(Why::Error, &self.call.action(), detail));
        }
        self.input[input] = Value::String(next);
        Ok(())
    }
}

/// Does the same for each of some items, a few at a time; the outcomes stand in the order of the items.
pub async fn each<I, O, F>(items: impl IntoIterator<Item = I>, work: impl FnMut(I) -> F) -> Vec<O>
where
    F: Future<Output = O>,
{
    stream::iter(items).map(work).buffered(TOGETHER).collect().await
}
