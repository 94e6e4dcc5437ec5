//! The proxy that misbehaves: tests/emulator/chaos_proxy.py in front of an emulator.

use serde::Deserialize;
use serde_json::Value;
use tempfile::NamedTempFile;

use super::emulator::Emulator;
use super::helper::Helper;
use super::http;

/// Rules are described in chaos_proxy.py. The proxy ends when it is dropped.
pub struct Proxy {
    helper: Helper,
    log: NamedTempFile,
}

/// One request as the proxy saw it.
#[derive(Debug, Clone, Deserialize)]
pub struct Call {
    /// Seconds since 1970.
    pub t: f64,
    /// The signing name, such as `monitoring` for CloudWatch.
    pub service: String,
    /// The operation, or the method and path of a REST call.
    pub operation: String,
    /// What follows the path, such as `versioning`.
    pub query: String,
    pub region: String,
    /// Empty where the access key id is no account number.
    pub account: String,
    pub dry_run: bool,
    /// What the SDK says about its retries, from 1.
    pub attempt: Option<u32>,
    /// The client's connection, counted from 1.
    pub conn: u64,
    /// Requests under way when this one came, itself included.
    pub inflight: u64,
    /// 0 where no answer was sent.
    pub status: u16,
    pub fault: Option<String>,
    pub ms: f64,
    pub bytes: u64,
}

impl Proxy {
    /// Starts a proxy with a JSON list of rules.
    #[track_caller]
    pub fn start(emulator: &Emulator, rules: &Value) -> Self {
        let log = NamedTempFile::new().expect("a temporary file");
        let path = log.path().to_str().expect("a path in UTF-8");
        let helper = Helper::start("chaos_proxy.py", &["--upstream", emulator.address(), "--log", path]);
        let proxy = Self { helper, log };
        proxy.rules(rules);
        proxy
    }

    /// `http://127.0.0.1:PORT`, for use in place of the emulator's.
    pub fn endpoint(&self) -> &str {
        self.helper.endpoint()
    }

    /// Replaces the rules.
    #[track_caller]
    pub fn rules(&self, rules: &Value) {
        self.control("POST", "rules", &rules.to_string());
    }

    /// Rules, their hits, and the calls and faults of each operation.
    #[track_caller]
    pub fn stats(&self) -> Value {
        self.control("GET", "stats", "")
    }

    /// Every call so far, in the order of their answers.
    #[track_caller]
    pub fn calls(&self) -> Vec<Call> {
        let text = std::fs::read_to_string(self.log.path()).expect("the proxy's log");
        // A call under way may have written half of its line.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}"));
        whole.lines().map(parse).collect()
    }

    #[track_caller]
    fn control(&self, method: &str, action: &str, body: &str) -> Value {
        let path = format!("/_chaos/{action}");
        let answer = http::send(self.endpoint(), method, &path, &[], body);
        let answer = answer.unwrap_or_else(|e| panic!("{path}: {e}; see {}", self.helper.log().display()));
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }
}
