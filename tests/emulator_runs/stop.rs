//! Stopping a scan by hand.

use std::fs::{self, File};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::report::Report;
use super::runs::{EVERYTHING, undisturbed, with};
use super::support::{self, Emulator, Proxy};

/// Waits until something is so.
#[track_caller]
pub fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        sleep(Duration::from_millis(20));
    }
}

/// Scans through a slow proxy and sends a signal in the middle. Gives status, report, standard error and how long the
/// end took.
fn stopped_by(signal: Signal) -> (Option<i32>, Report, String, Duration) {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([{"latency_ms": 250}]));
    let env = support::env(proxy.endpoint());
    let (out, err) = (env.home().join("out"), env.home().join("err"));
    let mut command = env.command();
    command.args(with(EVERYTHING, &["--region", "us-east-1,eu-west-1"])).stdin(Stdio::null());
    command.stdout(File::create(&out).expect("a file")).stderr(File::create(&err).expect("a file"));
    let mut child = command.spawn().expect("closeout starts");
    wait_for("the middle of the scan", || proxy.calls().len() >= 40);

    let began = Instant::now();
    kill_process(Pid::from_child(&child), signal).expect("the signal is sent");
    let mut status = None;
    wait_for("the end of the scan", || {
        status = child.try_wait().expect("the state of closeout");
        status.is_some()
    });
    let took = began.elapsed();
    let text = fs::read_to_string(&out).expect("a report");
    let stderr = fs::read_to_string(&err).expect("standard error");
    (status.and_then(|status| status.code()), Report::read(&text), stderr, took)
}

#[track_caller]
fn assert_stopped_well(signal: Signal) {
    let (status, report, stderr, took) = stopped_by(signal);
    assert_eq!(status, Some(4), "{stderr}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(report.interrupted);
    assert!(stderr.contains("what was found is kept") && stderr.contains("stopped early"), "{stderr}");
    report.assert_honest(undisturbed());
    assert!(!report.resources.is_empty(), "what was read is kept");
    let unread = report.gaps.iter().filter(|gap| gap.why == "not-scanned" && gap.action == "scan").count();
    assert!(unread > 0, "the cells that were not read are named");
    assert!(report.bill.is_some() || report.gaps_of("global", "cost-explorer:bill").next().is_some());
    for region in ["eu-west-1", "us-east-1"] {
        assert!(report.gaps_of(region, "service-quotas:quota").next().is_some(), "quotas of {region}");
    }
}

#[test]
fn control_c_keeps_what_was_found_and_names_what_was_not_read() {
    assert_stopped_well(Signal::INT);
}

#[test]
fn a_scan_that_is_told_to_terminate_ends_the_same_way() {
    assert_stopped_well(Signal::TERM);
}
