//! The AWS emulator: tests/emulator/server.py on a free loopback port.

use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::account::Truth;
use super::helper::Helper;
use super::http::{self, Answer};
use super::python;

pub struct Emulator {
    helper: Helper,
}

/// An emulator and what was put into it.
pub struct Seeded {
    pub emulator: Emulator,
    pub truth: Truth,
}

impl Emulator {
    /// The account that is seeded unless another one is named.
    pub const ACCOUNT: &str = "123456789012";
    /// The account of the demo seed.
    pub const DEMO_ACCOUNT: &str = "111122223333";

    /// Starts an empty emulator, which ends when it is dropped.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts an empty emulator with options of server.py, such as `--no-paging-shim`.
    #[track_caller]
    pub fn start_with(options: &[&str]) -> Self {
        let emulator = Self { helper: Helper::start("server.py", options) };
        let deadline = Instant::now() + Duration::from_secs(30);
        while !emulator.get("/_testbed/health").is_ok_and(|answer| answer.status == 200) {
            assert!(Instant::now() < deadline, "the emulator is not healthy; see {}", emulator.log().display());
            std::thread::sleep(Duration::from_millis(20));
        }
        emulator
    }

    /// The seeded emulator that all tests of a binary share; it ends with the test process. A test that changes
    /// the account starts its own.
    #[track_caller]
    pub fn seeded() -> &'static Seeded {
        static SEEDED: OnceLock<Seeded> = OnceLock::new();
        python::venv(); // a missing Python fails here, in one sentence for each test
        SEEDED.get_or_init(|| {
            let emulator = Self::start();
            let truth = emulator.seed(&[]);
            Seeded { emulator, truth }
        })
    }

    /// An emulator of its own with the demo account in it.
    #[track_caller]
    pub fn demo() -> Seeded {
        let emulator = Self::start();
        let truth = emulator.seed(&["--demo", "--account", Self::DEMO_ACCOUNT]);
        Seeded { emulator, truth }
    }

    /// Runs seed.py with the given options and reads the truth list it writes.
    #[track_caller]
    pub fn seed(&self, options: &[&str]) -> Truth {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let list = directory.path().join("truth.json");
        let mut command = python::program("seed.py");
        command.args(["--endpoint", self.endpoint(), "--out"]).arg(&list).args(options);
        let output = command.output().expect("seed.py starts");
        assert!(
            output.status.success(),
            "seed.py failed ({}), the emulator's log is {}:\n{}",
            output.status,
            self.log().display(),
            String::from_utf8_lossy(&output.stderr)
        );
        Truth::read(&list)
    }

    /// Makes the vault `Default` that AWS Backup gives every account which has used it.
    #[track_caller]
    pub fn vaults(&self, regions: &[&str]) {
        for region in regions {
            let credential = format!("Credential={}/20261127/{region}/backup/aws4_request", Self::ACCOUNT);
            let header = ("Authorization", format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=x"));
            let headers = [(header.0, header.1.as_str())];
            let answer = http::send(self.endpoint(), "PUT", "/backup-vaults/Default", &headers, "{}");
            let answer = answer.unwrap_or_else(|error| panic!("{region}: {error}"));
            assert_eq!(answer.status, 200, "{region}: {}", answer.body);
        }
    }

    /// Does something at EC2 behind the program's back: `Action=StartInstances&InstanceId.1=i-1`.
    #[track_caller]
    pub fn ec2(&self, region: &str, query: &str) {
        let credential = format!("Credential={}/20261127/{region}/ec2/aws4_request", Self::ACCOUNT);
        let header = format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=x");
        let headers = [("Authorization", header.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        let answer = http::send(self.endpoint(), "POST", "/", &headers, &format!("{query}&Version=2016-11-15"));
        let answer = answer.unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        self.helper.endpoint()
    }

    pub fn address(&self) -> &str {
        self.helper.address()
    }

    pub fn log(&self) -> &PathBuf {
        self.helper.log()
    }

    /// # Errors
    ///
    /// Fails where the connection does.
    pub fn get(&self, path: &str) -> io::Result<Answer> {
        http::send(self.endpoint(), "GET", path, &[], "")
    }

    /// Posts a control request of server.py, such as `canned` or `clock`.
    #[track_caller]
    pub fn control(&self, action: &str, body: &Value) -> Value {
        let path = format!("/_testbed/{action}");
        let answer = http::send(self.endpoint(), "POST", &path, &[], &body.to_string());
        let answer = answer.unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// Answers one operation verbatim, in every region unless one is named. `service` is the signing name; a text
    /// body is sent as XML, any other as JSON.
    #[track_caller]
    pub fn canned(&self, service: &str, operation: &str, region: Option<&str>, body: &Value) {
        let region = region.unwrap_or_default();
        self.control(
            "canned",
            &serde_json::json!({"service": service, "operation": operation, "region": region, "body": body}),
        );
    }
}
