use serde_json::{Map, Value};

/// A service of AWS: how it is spoken to, and where.
#[derive(Debug)]
pub struct Service {
    /// Its name in the AWS CLI and in AWS's models: `kinesisanalyticsv2`.
    pub name: &'static str,
    /// Its name in signatures: `kinesisanalytics`.
    pub signing: &'static str,
    /// The prefix of its IAM actions.
    pub iam: &'static str,
    /// How requests and answers are written.
    pub protocol: Protocol,
    /// Where it answers.
    pub place: Place,
}

/// How requests and answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A JSON object posted to `/`, the operation in a header.
    Json {
        /// `1.0` or `1.1`.
        version: &'static str,
        /// What stands before the operation: `Kinesis_20131202`.
        target: &'static str,
    },
    /// Methods and paths, JSON bodies.
    RestJson,
    /// A form posted to `/`, an answer in XML.
    Query {
        /// Date of the API: `2012-12-01`.
        version: &'static str,
    },
    /// A form posted to `/` as EC2 writes it, where lists have no `member` between name and number.
    Ec2 {
        /// Date of the API: `2016-11-15`.
        version: &'static str,
    },
    /// Methods and paths, XML bodies.
    RestXml,
}

/// Where a service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In each region, at this host before the region: `kinesis`.
    Regional(&'static str),
    /// At this host of one region of the partition `aws`, whatever region asks: `globalaccelerator`, `us-west-2`.
    Pinned(&'static str, &'static str),
    /// At one host without a region, signed for `us-east-1`: `route53.amazonaws.com`.
    Central(&'static str),
}

/// The address of a service, and the region a request to it is signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Without the scheme.
    pub host: String,
    /// For the signature.
    pub region: String,
}

impl Service {
    /// The address for a region of a partition. `None` where the service is known to exist only in the partition
    /// `aws` and another one asks.
    ///
    /// Source: the endpoint rules of the service's model, which a test compares.
    pub fn address(&self, partition: &str, region: &str) -> Option<Address> {
        let suffix = match partition {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        };
        match self.place {
            Place::Regional(host) => {
                Some(Address { host: format!("{host}.{region}.{suffix}"), region: region.to_owned() })
            }
            Place::Pinned(host, pinned) if partition == "aws" => {
                Some(Address { host: format!("{host}.{pinned}.{suffix}"), region: pinned.to_owned() })
            }
            Place::Central(host) if partition == "aws" => {
                Some(Address { host: host.to_owned(), region: "us-east-1".to_owned() })
            }
            _ => None,
        }
    }
}

/// An operation that reads, and how to ask for it.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Whom.
    pub service: &'static Service,
    /// What: `ListStreams`.
    pub operation: &'static str,
    /// The IAM action it takes, where that is not the operation's own name.
    action: Option<&'static str>,
    /// Method and path; `POST /` unless the protocol has its own.
    http: (&'static str, &'static str),
    /// Member of the input and member of the answer that carry the mark of the next page.
    pub paging: Option<(&'static str, &'static str)>,
}

/// First words of operations that read. Anything else does not compile.
const READING: &[&str] = &["BatchGet", "Describe", "Get", "List", "Lookup", "Search"];

const fn begins(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    let mut i = 0;
    while i < start.len() {
        if i >= text.len() || text[i] != start[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn reads(operation: &str) -> bool {
    let mut i = 0;
    while i < READING.len() {
        if begins(operation, READING[i]) {
            return true;
        }
        i += 1;
    }
    false
}

impl Service {
    /// An operation of a service that tells its operations apart by name (JSON and query protocols).
    pub const fn rpc(&'static self, operation: &'static str) -> Call {
        self.call(operation, "POST", "/")
    }

    /// An operation behind `GET path`. Members of the input fill the `{labels}` of the path; the rest becomes the
    /// query, under the names it is given.
    pub const fn get(&'static self, operation: &'static str, path: &'static str) -> Call {
        self.call(operation, "GET", path)
    }

    /// An operation behind `POST path`. Members of the input fill the `{labels}` of the path and of the query behind
    /// it; the rest becomes the body.
    pub const fn post(&'static self, operation: &'static str, path: &'static str) -> Call {
        self.call(operation, "POST", path)
    }

    const fn call(&'static self, operation: &'static str, method: &'static str, path: &'static str) -> Call {
        assert!(reads(operation), "only operations that read");
        Call { service: self, operation, action: None, http: (method, path), paging: None }
    }
}

impl Call {
    /// The mark of the next page has the same name in the input and in the answer.
    pub const fn paged(self, token: &'static str) -> Call {
        self.paged_as(token, token)
    }

    /// The mark of the next page: its name in the input, and its name in the answer.
    pub const fn paged_as(self, input: &'static str, answer: &'static str) -> Call {
        Call { paging: Some((input, answer)), ..self }
    }

    /// The IAM action, where it has another name than the operation: `apigateway:GET`.
    pub const fn needs(self, action: &'static str) -> Call {
        Call { action: Some(action), ..self }
    }

    /// The IAM action the caller needs.
    pub fn action(&self) -> String {
        match self.action {
            Some(action) => action.to_owned(),
            None => format!("{}:{}", self.service.iam, self.operation),
        }
    }

    /// Method, path with its query, and body of a request with an input. Members that are `null` are left out.
    pub fn write(&self, input: &Value) -> Request {
        let mut members: Map<String, Value> = input.as_object().cloned().unwrap_or_default();
        members.retain(|_, value| !value.is_null());
        let (method, template) = self.http;
        match self.service.protocol {
            Protocol::Json { .. } => Request::new(method, template.to_owned(), Value::Object(members).to_string()),
            Protocol::Query { version } | Protocol::Ec2 { version } => {
                let joint = if matches!(self.service.protocol, Protocol::Ec2 { .. }) { "" } else { ".member" };
                let mut form =
                    vec![("Action".to_owned(), self.operation.to_owned()), ("Version".to_owned(), version.to_owned())];
                for (name, value) in &members {
                    // `Tags.Tag` says itself how its items are called.
                    fill_form(name, value, if name.contains('.') { "" } else { joint }, &mut form);
                }
                Request::new(method, template.to_owned(), pairs(&form))
            }
            Protocol::RestJson | Protocol::RestXml => {
                let headers = take_headers(&mut members);
                let path = fill_path(template, &mut members);
                if members.is_empty() && method != "POST" {
                    return Request { headers, ..Request::new(method, path, String::new()) };
                }
                if method == "GET" {
                    let mut query = Vec::new();
                    members.iter().for_each(|(name, value)| fill_query(name, value, &mut query));
                    let joint = if path.contains('?') { "&" } else { "?" };
                    let path = if query.is_empty() { path } else { format!("{path}{joint}{}", pairs(&query)) };
                    return Request::new(method, path, String::new());
                }
                Request { headers, ..Request::new(method, path, Value::Object(members).to_string()) }
            }
        }
    }
}

/// An operation that changes something. Only what takes leftovers away makes one, which a test of the layers holds.
#[derive(Clone, Copy, Debug)]
pub struct Act(Call);

impl Service {
    /// An operation that changes something: its name, and its method and path where the protocol has them, as in
    /// `DELETE /functions/{FunctionName}`.
    pub fn act(&'static self, operation: &'static str, http: Option<&'static str>) -> Act {
        let http = http.and_then(|http| http.split_once(' ')).unwrap_or(("POST", "/"));
        Act(Call { service: self, operation, action: None, http, paging: None })
    }
}

impl Act {
    /// What goes out. Errors with a phrase where the protocol cannot carry the input.
    pub(super) fn write(&self, input: &Value) -> Result<Request, &'static str> {
        let request = self.0.write(input);
        let has_body = !request.body.is_empty() && request.body != "{}";
        match self.0.service.protocol {
            Protocol::RestXml if has_body => Err("an input in XML is not written here"),
            Protocol::RestXml => Ok(Request { body: String::new(), ..request }),
            _ => Ok(request),
        }
    }

    /// The operation, for sending it.
    pub(super) fn call(&self) -> &Call {
        &self.0
    }

    /// The IAM action the caller needs.
    pub fn action(&self) -> String {
        self.0.action()
    }
}

/// Members that are headers: their names begin with `header:`.
fn take_headers(members: &mut Map<String, Value>) -> Vec<(String, String)> {
    let names: Vec<String> = members.keys().filter(|name| name.starts_with("header:")).cloned().collect();
    let taken = names.into_iter().filter_map(|name| Some((name.clone(), members.remove(&name)?)));
    taken.map(|(name, value)| (name.trim_start_matches("header:").to_owned(), text(&value))).collect()
}

/// A request as it goes out, without address and signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Body; empty for `GET`.
    pub body: String,
    /// Headers of the request's own, by name.
    pub headers: Vec<(String, String)>,
}

impl Request {
    fn new(method: &'static str, path: String, body: String) -> Request {
        Request { method, path, body, headers: Vec::new() }
    }
}

/// Fills the `{labels}` of a path and takes them from the members; one that ends in `+` keeps its slashes. A query part
/// whose label has no member is left out.
fn fill_path(template: &str, members: &mut Map<String, Value>) -> String {
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (label, behind) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        let value = text(&members.remove(label.trim_end_matches('+')).unwrap_or_default());
        let value = encode(&value);
        filled.push_str(&if label.ends_with('+') { value.replace("%2F", "/") } else { value });
        rest = behind;
    }
    filled.push_str(rest);
    let kept: Vec<String> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .filter_map(|part| match part.split_once("={") {
            Some((name, label)) => {
                let value = members.remove(label.trim_end_matches('}'))?;
                Some(format!("{name}={}", encode(&text(&value))))
            }
            None => Some(part.to_owned()),
        })
        .collect();
    if kept.is_empty() { filled } else { format!("{filled}?{}", kept.join("&")) }
}

fn fill_query(name: &str, value: &Value, query: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| query.push((name.to_owned(), text(item)))),
        other => query.push((name.to_owned(), text(other))),
    }
}

/// Lists become `Name.member.1`, or `Name.1` where nothing is between, objects `Name.Member`.
fn fill_form(name: &str, value: &Value, joint: &str, form: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                fill_form(&format!("{name}{joint}.{}", i + 1), item, joint, form);
            }
        }
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| fill_form(&format!("{name}.{member}"), value, joint, form));
        }
        other => form.push((name.to_owned(), text(other))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn pairs(list: &[(String, String)]) -> String {
    let parts: Vec<String> = list.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    parts.join("&")
}

/// Percent-encodes all but unreserved characters.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::aws::api::services::{EC2, KINESIS, LAMBDA, QUICKSIGHT, REDSHIFT, ROUTE53, S3};

    #[test]
    fn json_input_is_the_body() {
        let call = KINESIS.rpc("ListStreams").paged("NextToken");
        let request = call.write(&json!({ "Limit": 100, "NextToken": null }));
        assert_eq!((request.method, request.path.as_str(), request.body.as_str()), ("POST", "/", r#"{"Limit":100}"#));
        assert_eq!(call.action(), "kinesis:ListStreams");
    }

    #[test]
    fn query_input_is_a_form() {
        let request = REDSHIFT.rpc("DescribeClusters").write(&json!({ "TagKeys": ["a b", "c"], "MaxRecords": 100 }));
        assert_eq!(
            request.body,
            "Action=DescribeClusters&Version=2012-12-01&MaxRecords=100&TagKeys.member.1=a%20b&TagKeys.member.2=c"
        );
    }

    #[test]
    fn labels_fill_the_path_and_the_rest_is_the_query() {
        let call = QUICKSIGHT.get("ListUsers", "/accounts/{AwsAccountId}/namespaces/{Namespace}/users");
        let input =
            json!({ "AwsAccountId": "111122223333", "Namespace": "a/b", "max-results": 100, "next-token": null });
        assert_eq!(call.write(&input).path, "/accounts/111122223333/namespaces/a%2Fb/users?max-results=100");
    }

    #[test]
    fn a_query_behind_a_post_is_filled_or_left_out() {
        let call = QUICKSIGHT.post("ListThings", "/things?nextToken={token}&all=true");
        assert_eq!(call.write(&json!({ "token": "x=y", "size": 1 })).path, "/things?nextToken=x%3Dy&all=true");
        let first = call.write(&json!({ "size": 1 }));
        assert_eq!((first.path.as_str(), first.body.as_str()), ("/things?all=true", r#"{"size":1}"#));
    }

    #[test]
    fn an_act_of_ec2_numbers_its_lists_plainly() {
        let act = EC2.act("DeleteVpcEndpoints", None);
        let request = act.write(&json!({ "VpcEndpointId": ["vpce-1", "vpce-2"], "DryRun": true })).expect("a form");
        assert_eq!(
            request.body,
            "Action=DeleteVpcEndpoints&Version=2016-11-15&DryRun=true&VpcEndpointId.1=vpce-1&VpcEndpointId.2=vpce-2"
        );
    }

    #[test]
    fn an_act_of_a_path_fills_it_and_keeps_the_rest_for_query_header_and_body() {
        let act =
            LAMBDA.act("DeleteFunction", Some("DELETE /2015-03-31/functions/{FunctionName}?Qualifier={Qualifier}"));
        let request = act.write(&json!({ "FunctionName": "a b", "header:If-Match": "E1" })).expect("a path");
        assert_eq!((request.method, request.path.as_str()), ("DELETE", "/2015-03-31/functions/a%20b"));
        assert_eq!((request.body.as_str(), request.headers), ("", vec![("If-Match".to_owned(), "E1".to_owned())]));
        let put = ROUTE53.act("UpdateHealthCheck", Some("POST /2013-04-01/healthcheck/{HealthCheckId}"));
        assert!(put.write(&json!({ "HealthCheckId": "h", "Port": 1 })).is_err());
        assert_eq!(put.write(&json!({ "HealthCheckId": "h" })).expect("no input").body, "");
    }

    #[test]
    fn a_label_that_takes_several_parts_of_a_path_keeps_its_slashes() {
        let act = S3.act("AbortMultipartUpload", Some("DELETE /{Bucket}/{Key+}?uploadId={uploadId}"));
        let request = act.write(&json!({ "Bucket": "b", "Key": "a b/c", "uploadId": "u/1" })).expect("a path");
        assert_eq!((request.path.as_str(), request.body.as_str()), ("/b/a%20b/c?uploadId=u%2F1", ""));
    }

    #[test]
    fn an_address_belongs_to_its_partition() {
        let host = |partition, region| KINESIS.address(partition, region).map(|address| address.host);
        assert_eq!(host("aws", "eu-west-1").as_deref(), Some("kinesis.eu-west-1.amazonaws.com"));
        assert_eq!(host("aws-cn", "cn-north-1").as_deref(), Some("kinesis.cn-north-1.amazonaws.com.cn"));
    }
}
