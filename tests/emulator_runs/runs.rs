//! Scans that several tests look at, and how they are run.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::report::{Report, Square};
use super::support::{self, Call, Emulator, Env, Proxy};

/// A whole scan with everything it knows.
pub const EVERYTHING: &[&str] = &["scan", "--format", "json", "--inventory"];

/// A scan of the two regions most of the account is in, with nothing that bills.
pub const TWO_REGIONS: &[&str] =
    &["scan", "--format", "json", "--inventory", "--region", "us-east-1,eu-west-1", "--max-spend", "0"];

/// A small scan, for what does not depend on what is scanned.
pub const SMALL: &[&str] = &["scan", "--region", "us-east-1", "--kind", "ec2:volume", "--max-spend", "0"];

/// A scan that came to its end.
pub struct Ran {
    pub status: i32,
    pub text: String,
    pub report: Report,
    pub stderr: String,
    pub took: Duration,
}

/// Runs a scan that prints JSON.
#[track_caller]
pub fn scan(args: &[&str], env: &Env) -> Ran {
    let began = Instant::now();
    let output = support::closeout(args, env);
    let took = began.elapsed();
    let (text, stderr) = (string(output.stdout), string(output.stderr));
    let Some(status) = output.status.code() else { panic!("{:?}:\n{stderr}", output.status) };
    assert!(matches!(status, 0 | 4), "status {status}:\n{stderr}");
    Ran { status, report: Report::read(&text), text, stderr, took }
}

pub fn string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

/// The arguments with more behind them.
pub fn with<'a>(args: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [args, more].concat()
}

/// Scans two regions through a proxy that misbehaves.
#[track_caller]
pub fn disturbed(rules: &Value, more: &[&str]) -> (Ran, Vec<Call>) {
    let proxy = Proxy::start(&Emulator::seeded().emulator, rules);
    let ran = scan(&with(TWO_REGIONS, more), &support::env(proxy.endpoint()));
    (ran, proxy.calls())
}

/// The scan of two regions that nothing disturbed.
pub fn undisturbed() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| {
        let env = support::env(Emulator::seeded().emulator.endpoint());
        let ran = scan(TWO_REGIONS, &env);
        assert!(ran.report.unseen().is_empty(), "{:?}", ran.report.unseen());
        ran.report
    })
}

/// The scan of the whole account, and every request it sent.
pub struct Whole {
    pub ran: Ran,
    pub calls: Vec<Call>,
}

pub fn whole() -> &'static Whole {
    static WHOLE: OnceLock<Whole> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([]));
        let ran = scan(EVERYTHING, &support::env(proxy.endpoint()));
        Whole { ran, calls: proxy.calls() }
    })
}

/// The squares of a service in a region.
pub fn squares(service: &str, region: &str) -> BTreeSet<Square> {
    let all = undisturbed().coverage.iter().map(|cell| cell.square());
    all.filter(|(place, kind)| place == region && kind.starts_with(&format!("{service}:"))).collect()
}

/// One square.
pub fn square(region: &str, kind: &str) -> BTreeSet<Square> {
    BTreeSet::from([(region.to_owned(), kind.to_owned())])
}

/// Exactly these squares are not seen, for this reason, and the rest is as in the undisturbed scan.
#[track_caller]
pub fn assert_unseen(report: &Report, squares: &BTreeSet<Square>, why: &str) {
    report.assert_honest(undisturbed());
    assert_eq!(&report.unseen(), squares);
    for (region, kind) in squares {
        let whys: Vec<_> = report.gaps_of(region, kind).map(|gap| (gap.why.as_str(), gap.detail.as_str())).collect();
        assert!(whys.iter().any(|(known, _)| *known == why), "{kind} in {region}: {whys:?}");
    }
}

/// How many calls were answered with a fault.
pub fn faulted(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.fault.is_some()).count()
}
