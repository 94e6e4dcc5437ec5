use std::error::Error as StdError;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::model::{Gap, Kind, Region, Why, clean};

/// How a resolver's "no such name" reads on Linux, macOS and in the standard library.
const UNRESOLVED: &[&str] =
    &["failed to lookup address information", "nodename nor servname provided", "Name or service not known"];

/// A request that did not give an answer, and which of the known reasons it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The reason.
    pub why: Why,
    /// The IAM action of the request.
    pub action: String,
    /// Error code as AWS wrote it. Empty when the request never got that far.
    pub code: String,
    /// What AWS said, word for word. Empty when it said nothing.
    pub said: String,
    /// One line for people, cleaned.
    pub detail: String,
    /// HTTP status of the answer. Zero when there was none.
    pub status: u16,
    /// AWS's id of the request. Empty when there was no answer, or none in it.
    pub request_id: Box<str>,
}

impl Fault {
    /// A fault that is not an SDK error.
    pub fn new(why: Why, action: &str, detail: impl Into<String>) -> Fault {
        Fault {
            why,
            action: action.to_owned(),
            code: String::new(),
            said: String::new(),
            detail: detail.into(),
            status: 0,
            request_id: Box::default(),
        }
    }

    /// For `map_err`: turns the SDK's error of a request with the given IAM action into a fault.
    pub fn sdk<E>(action: &'static str) -> impl Fn(SdkError<E, HttpResponse>) -> Fault
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        move |error| classify(action, &error)
    }

    /// The fault of a request sent without an SDK crate.
    pub fn api<E>(action: &str, error: &SdkError<E, HttpResponse>) -> Fault
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        classify(action, error)
    }

    /// Whether the host's name leads nowhere.
    pub fn is_unresolved(&self) -> bool {
        self.why == Why::Unreachable && UNRESOLVED.iter().any(|words| self.detail.contains(words))
    }

    /// Whether AWS may have done what was asked for all the same: it did not answer, or the answer says that
    /// something went wrong on its side.
    pub fn is_undecided(&self) -> bool {
        match self.why {
            Why::TimedOut | Why::Unreachable => true,
            Why::Throttled | Why::Expired | Why::Denied => false,
            _ => self.status >= 500 || (self.status < 400 && self.status > 0),
        }
    }

    /// Whether it only says that the resource was deleted since it was listed.
    pub fn is_gone(&self) -> bool {
        self.code.ends_with("NotFound")
            || self.code.ends_with("NotFoundException")
            || self.code.ends_with("NotFoundFault")
            || self.code.ends_with("DoesNotExist")
            || self.code.ends_with("NonExistentQueue")
            || self.code.starts_with("NoSuch")
            || self.code == "EntityNotFoundException"
    }

    /// The gap this fault leaves in a cell.
    pub fn into_gap(self, account: &str, region: &Region, kind: &Kind) -> Gap {
        Gap {
            account: account.to_owned(),
            region: region.clone(),
            kind: kind.clone(),
            action: self.action,
            why: self.why,
            detail: self.detail,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.action, self.why, self.detail)
    }
}

impl StdError for Fault {}

fn classify<E>(action: &str, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    let fault = |why, code: &str, detail: String| Fault {
        why,
        action: action.to_owned(),
        code: code.to_owned(),
        said: String::new(),
        detail: clean(&detail).into_owned(),
        status: 0,
        request_id: Box::default(),
    };
    let of = |raw: &HttpResponse| (raw.status().as_u16(), request_id(raw).into_boxed_str());
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            let status = service.raw().status().as_u16();
            let unread = chain_of(Some(service.err()));
            let message = service.err().message().unwrap_or(&unread);
            let why = why_of(code, message, status);
            let (status, request_id) = of(service.raw());
            let detail = explain(why, code, message, action);
            Fault { said: message.to_owned(), status, request_id, ..fault(why, code, detail) }
        }
        SdkError::TimeoutError(_) => fault(Why::TimedOut, "", "no answer in time".to_owned()),
        SdkError::DispatchFailure(dispatch) => {
            let chain = chain_of(dispatch.as_connector_error().map(|e| e as &dyn StdError));
            if chain.contains(super::wire::EXPIRED) {
                fault(Why::Expired, "", "not asked: the credentials had run out".to_owned())
            } else if dispatch.is_timeout() {
                fault(Why::TimedOut, "", "no answer in time".to_owned())
            } else if dispatch.as_connector_error().is_some_and(|e| e.is_user()) {
                fault(Why::Error, "", chain)
            } else {
                fault(Why::Unreachable, "", format!("no connection: {chain}"))
            }
        }
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            let why = if status >= 500 { Why::Unreachable } else { Why::Error };
            let detail = format!("the answer could not be read (HTTP {status}): broken off or garbled");
            Fault { status, request_id: of(response.raw()).1, ..fault(why, "", detail) }
        }
        other => {
            let chain = chain_of(Some(other));
            let why = if chain.contains("credential") { Why::Expired } else { Why::Error };
            fault(why, "", chain)
        }
    }
}

/// AWS's id of a request: in a header of one of several names, or in the text of an answer in XML.
pub(super) fn request_id(response: &HttpResponse) -> String {
    const NAMES: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];
    let header = NAMES.iter().find_map(|name| response.headers().get(name));
    let text = || String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned();
    let inside = |name| super::api::read::element(&text(), name).to_owned();
    let id = header.map_or_else(|| [inside("RequestId"), inside("requestId")].concat(), str::to_owned);
    clean(&id).chars().take(100).collect()
}

/// The reason behind an error code. AWS has no single list; these are the codes its query, JSON and REST
/// protocols use for the same few refusals.
fn why_of(code: &str, message: &str, status: u16) -> Why {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => Why::Expired,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "UnauthorizedAccess"
        | "NotAuthorized"
        | "AuthorizationError"
        | "AllAccessDisabled"
        | "Forbidden" => Why::Denied,
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "BandwidthLimitExceeded"
        | "LimitExceededException"
        | "PriorRequestNotComplete" => Why::Throttled,
        "AuthFailure"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "OptInRequired"
        | "SubscriptionRequiredException" => Why::Disabled,
        "InvalidAction"
        | "UnknownOperationException"
        | "UnknownOperation"
        | "UnsupportedOperation"
        | "NotImplemented"
        | "UnsupportedCommandException" => Why::NotOffered,
        "DataUnavailableException" => Why::Disabled,
        _ if status == 403 && message.contains("not authorized") => Why::Denied,
        _ if status == 429 => Why::Throttled,
        _ => Why::Error,
    }
}

fn explain(why: Why, code: &str, message: &str, action: &str) -> String {
    match why {
        Why::Denied if message.contains("service control policy") => {
            format!("refused by an organization policy (SCP); the account cannot fix this itself. {code}")
        }
        Why::Denied => format!("the caller lacks {action} ({code}); `closeout policy` prints what to grant"),
        Why::Expired => format!("the credentials ran out ({code}); log in again and rescan"),
        Why::Throttled => format!("AWS kept refusing for rate ({code})"),
        Why::NotOffered => format!("not offered here ({code})"),
        _ if code.is_empty() => message.to_owned(),
        _ => format!("{code}: {message}"),
    }
}

/// An error with its causes, one line.
fn chain_of(error: Option<&dyn StdError>) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = error;
    while let Some(error) = next {
        let text = error.to_string();
        if parts.last() != Some(&text) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_refusal_has_many_codes() {
        for code in ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"] {
            assert_eq!(why_of(code, "", 400), Why::Denied, "{code}");
        }
        for code in ["RequestLimitExceeded", "SlowDown", "ThrottlingException"] {
            assert_eq!(why_of(code, "", 503), Why::Throttled, "{code}");
        }
        assert_eq!(why_of("SomethingElse", "", 429), Why::Throttled);
        assert_eq!(why_of("ValidationError", "", 400), Why::Error);
    }

    #[test]
    fn denied_names_the_missing_action() {
        let text = explain(Why::Denied, "AccessDenied", "…", "rds:DescribeDBInstances");
        assert!(text.contains("rds:DescribeDBInstances"), "{text}");
    }
}
