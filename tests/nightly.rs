//! What runs every night: the files it leaves however it ends, two runs at once, its one line of summary, its exit
//! status, and a report that names nobody.

mod support;

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use support::{Emulator, Env, Proxy, closeout, names};

const OLD: &str = "the report of the night before";

/// The line of the README, word for word.
const LINE: &[&str] = &[
    "scan",
    "--format",
    "json",
    "--output",
    "audit.json",
    "--save-history",
    "--fail-on",
    "waste>=50",
    "--fail-on",
    "new>0",
    "--fail-on",
    "quota>=90%",
    "--fail-on",
    "gap>0",
];

/// What was said and how it ended.
struct Ran {
    said: String,
    status: i32,
}

#[track_caller]
fn run(env: &Env, args: &[&str]) -> (Ran, String) {
    let output = closeout(args, env);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let said = text(output.stderr);
    let Some(status) = output.status.code() else { panic!("{:?}: {said}", output.status) };
    (Ran { said, status }, text(output.stdout))
}

/// A home beside the seeded account, of which one region is read.
fn one_region() -> Env {
    support::env(Emulator::seeded().emulator.endpoint()).with("CLOSEOUT_REGION", "us-east-1")
}

#[track_caller]
fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no whole document: {error}"))
}

#[track_caller]
fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !done() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        thread::sleep(Duration::from_millis(5));
    }
}

#[track_caller]
fn end(child: &mut Child) -> ExitStatus {
    let mut status = None;
    wait_for("the end of the program", || {
        status = child.try_wait().expect("the state of the program");
        status.is_some()
    });
    status.expect("a status")
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("the signal is sent");
}

/// The summary is the last line on standard error, the only one of its kind, and says the status.
#[track_caller]
fn assert_summed_up(ran: &Ran) {
    let summaries: Vec<&str> = ran.said.lines().filter(|line| line.contains("; status ")).collect();
    assert_eq!(summaries.len(), 1, "{}", ran.said);
    assert_eq!(ran.said.lines().last(), Some(summaries[0]), "{}", ran.said);
    assert!(summaries[0].ends_with(&format!("; status {}", ran.status)), "{} and {}", summaries[0], ran.status);
    for word in [" findings, $", " a month, ", " gaps", "fullest quota ", " requests, ", " charged by AWS"] {
        assert!(summaries[0].contains(word), "no `{word}` in {}", summaries[0]);
    }
}

#[test]
fn the_line_works_on_the_first_night_and_on_the_second() {
    let env = one_region();
    let night = || {
        let (ran, printed) = run(&env, LINE);
        assert_eq!((ran.status, printed.as_str()), (3, ""), "{}", ran.said);
        assert_summed_up(&ran);
        assert!(ran.said.contains("saved in the history"), "{}", ran.said);
        (ran.said, document(&read(&env.home().join("audit.json"))))
    };
    let (first, audit) = night();
    assert!(audit["findings"].as_array().is_some_and(|findings| findings.len() > 10));
    let says = |said: &str, gate: &str| said.lines().filter(|line| line.contains(&format!("--fail-on {gate}"))).count();
    assert_eq!((says(&first, "waste>=50"), says(&first, "new>0")), (1, 1), "{first}");
    assert!(
        first.contains("the first saved audit of") && first.contains("the next has one to compare with"),
        "{first}"
    );
    let (second, _) = night();
    assert_eq!((says(&second, "waste>=50"), says(&second, "new>0")), (1, 0), "nothing is new: {second}");
    let (_, history) = run(&env, &["history", "--format", "json"]);
    assert_eq!(document(&history)["audits"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_first_night_alone_does_not_fail_for_being_the_first() {
    let env = one_region();
    let line = ["scan", "--save-history", "--fail-on", "new>0", "--kind", "ec2:volume", "--format", "csv"];
    let (first, _) = run(&env, &line);
    assert!(matches!(first.status, 0 | 4) && first.said.contains("the first saved audit"), "{}", first.said);
}

#[test]
fn what_was_not_there_the_night_before_is_new() {
    let env = one_region();
    let (_, report) = run(&env, &["scan", "--format", "json"]);
    let mut before = document(&report);
    let findings = before["findings"].as_array_mut().expect("findings");
    let counts = |finding: &Value| finding.get("protected").is_none() && finding.get("managed_by").is_none();
    let at = findings.iter().position(counts).expect("one that counts");
    findings.remove(at);
    fs::write(env.home().join("before.json"), before.to_string()).expect("a report");
    let (added, _) = run(&env, &["history", "--add", "before.json"]);
    assert_eq!(added.status, 0, "{}", added.said);
    let (ran, _) = run(&env, &["scan", "--save-history", "--fail-on", "new>0"]);
    assert_eq!(ran.status, 3, "{}", ran.said);
    assert_summed_up(&ran);
    let said: Vec<&str> = ran.said.lines().filter(|line| line.contains("--fail-on new>0")).collect();
    assert!(said.len() == 1 && said[0].contains("1 new finding since "), "{said:?}");
}

#[test]
fn a_redacted_report_holds_no_account_and_no_resource() {
    let env = one_region();
    let truth = &Emulator::seeded().truth;
    let (ran, open) = run(&env, &["scan", "--format", "json"]);
    assert_summed_up(&ran);
    let (ran, report) = run(&env, &["scan", "--format", "json", "--redact"]);
    assert_summed_up(&ran);
    let count = |text: &str| document(text)["findings"].as_array().map(Vec::len);
    assert_eq!(count(&report), count(&open));
    let telling = |text: &str| {
        // The subscription of QuickSight has no name but that word.
        let is_name = |name: &str| name.len() > 8 && name.contains(|c: char| !c.is_ascii_lowercase());
        let is_in = |name: &&str| is_name(name) && text.contains(*name);
        let account = truth.account.as_str();
        let ids = truth.resources.iter().map(|row| row.id.as_str()).chain([account]).filter(is_in);
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    let none = Vec::<String>::new();
    assert_eq!(telling(&report), none);
    let there = telling(&open);
    assert!(there.len() > 10 && there.contains(&truth.account), "without --redact they are there: {there:?}");

    fs::write(env.home().join("audit.json"), &open).expect("a report");
    let later = ["open", "audit.json", "--format", "json", "--redact", "--output", "public.json"];
    assert_eq!(run(&env, &later).0.status, ran.status);
    assert_eq!(telling(&read(&env.home().join("public.json"))), none);

    let (refused, _) = run(&env, &["scan", "--redact", "--inventory"]);
    assert!(refused.status == 2 && refused.said.contains("--inventory"), "{}", refused.said);
}

/// A scan with an output and a recording through a slow proxy, somewhere in its middle.
struct Begun {
    child: Child,
    proxy: Proxy,
    env: Env,
}

impl Begun {
    fn begin() -> Begun {
        let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([{"latency_ms": 250}]));
        let env = support::env(proxy.endpoint());
        let folder = env.home().join("reports");
        fs::create_dir(&folder).expect("a folder");
        for name in ["audit.json", "run.ndjson"] {
            fs::write(folder.join(name), OLD).expect("a file");
        }
        let mut command = env.command();
        command.args(["scan", "--format", "json", "--region", "us-east-1,eu-west-1", "--save-history"]);
        command.args(["--output", "reports/audit.json", "--record", "reports/run.ndjson"]).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(File::create(env.home().join("said")).expect("a file"));
        let child = command.spawn().expect("closeout starts");
        wait_for("the middle of the scan", || proxy.calls().len() >= 40);
        Begun { child, proxy, env }
    }

    fn said(&self) -> String {
        read(&self.env.home().join("said"))
    }

    #[track_caller]
    fn assert_untouched(&self) {
        let folder = self.env.home().join("reports");
        assert_eq!(names(&folder), ["audit.json", "run.ndjson"], "nothing is left beside them");
        for name in ["audit.json", "run.ndjson"] {
            assert_eq!(read(&folder.join(name)), OLD, "{name}: {}", self.said());
        }
    }
}

#[test]
fn a_scan_that_is_stopped_writes_what_it_found() {
    let mut begun = Begun::begin();
    signal(&begun.child, Signal::TERM);
    let status = end(&mut begun.child).code().expect("a status");
    let ran = Ran { said: begun.said(), status };
    assert_eq!(ran.status, 4, "{}", ran.said);
    assert!(ran.said.lines().last().is_some_and(|line| line.contains("stopped early: ")), "{}", ran.said);
    let folder = begun.env.home().join("reports");
    assert_eq!(document(&read(&folder.join("audit.json")))["interrupted"], true);
    assert_eq!(names(&folder), ["audit.json", "run.ndjson"]);
}

#[test]
fn a_scan_that_is_told_twice_leaves_its_files_as_they_were() {
    let mut begun = Begun::begin();
    signal(&begun.child, Signal::TERM);
    wait_for("the answer to the first signal", || begun.said().contains("once more to leave at once"));
    signal(&begun.child, Signal::TERM);
    assert_eq!(end(&mut begun.child).code(), Some(1), "{}", begun.said());
    begun.assert_untouched();
}

#[test]
fn a_scan_that_is_killed_leaves_its_files_as_they_were_and_can_be_repeated() {
    let mut begun = Begun::begin();
    signal(&begun.child, Signal::KILL);
    assert_eq!(end(&mut begun.child).signal(), Some(9));
    begun.assert_untouched();
    // The lock of a dead run holds nobody up.
    let env = begun.env.with("AWS_ENDPOINT_URL", Emulator::seeded().emulator.endpoint());
    let args = ["scan", "--region", "us-east-1", "--kind", "ec2:volume", "--max-spend", "0", "--format", "json"];
    let (ran, _) = run(&env, &[&args[..], &["--save-history", "--output", "reports/audit.json"]].concat());
    assert!(matches!(ran.status, 0 | 4), "{}", ran.said);
    document(&read(&env.home().join("reports/audit.json")));
}

#[test]
fn of_two_runs_at_once_one_is_whole_and_one_asks_for_nothing_that_costs() {
    let mut first = Begun::begin();
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([]));
    let mut command = first.env.command();
    command.args(["scan", "--format", "json", "--output", "reports/audit.json"]).stdin(Stdio::null());
    command.env("AWS_ENDPOINT_URL", proxy.endpoint());
    let second = command.output().expect("closeout starts");
    let said = String::from_utf8(second.stderr).expect("UTF-8");
    assert_eq!(second.status.code(), Some(1), "{said}");
    let account = Emulator::ACCOUNT;
    assert!(said.lines().count() == 1 && said.contains(&format!("another scan of account {account}")), "{said}");
    let asked: Vec<String> =
        proxy.calls().into_iter().map(|call| format!("{} {}", call.service, call.operation)).collect();
    let costs = |call: &&String| ["ce ", "monitoring "].iter().any(|service| call.starts_with(service));
    assert!(!asked.is_empty() && asked.len() <= 4 && asked.iter().filter(costs).count() == 0, "{asked:?}");
    first.assert_untouched();

    first.proxy.rules(&json!([]));
    assert!(matches!(end(&mut first.child).code(), Some(0 | 4)), "{}", first.said());
    let report = document(&read(&first.env.home().join("reports/audit.json")));
    assert_eq!(report["account"]["id"], account);
    assert_ne!(report["interrupted"], true);
}

/// The report of the recorded account with its findings a hundred times over: it takes a while to write.
fn large_report(env: &Env) {
    let recording = format!("{}/demo/recording.ndjson", env!("CARGO_MANIFEST_DIR"));
    let (_, report) = run(env, &["open", &recording, "--format", "json"]);
    let mut report = document(&report);
    let findings = report["findings"].as_array_mut().expect("findings");
    let once = findings.clone();
    for copy in 1..100 {
        findings.extend(once.iter().cloned().map(|mut finding| {
            let id = format!("{}-{copy}", finding["id"].as_str().expect("an id"));
            finding["id"] = id.into();
            finding
        }));
    }
    fs::write(env.home().join("large.json"), report.to_string()).expect("a report");
}

/// Whether a program has written part of a file in a folder that is not yet in its place.
fn is_writing(child: &Child, folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{}/fd", child.id())) else { return false };
    entries.flatten().any(|entry| {
        fs::read_link(entry.path()).is_ok_and(|file| file.starts_with(folder))
            && fs::metadata(entry.path()).is_ok_and(|meta| meta.len() > 0)
    })
}

#[test]
fn a_report_that_is_broken_off_while_it_is_written_leaves_the_old_one() {
    let env = support::env("http://127.0.0.1:9");
    large_report(&env);
    let folder = env.home().join("reports");
    fs::create_dir(&folder).expect("a folder");
    let file = folder.join("report");
    for stop in [Signal::TERM, Signal::KILL, Signal::INT] {
        let broken_off = |_| {
            fs::write(&file, OLD).expect("a file");
            let mut command = env.command();
            command.args(["open", "large.json", "--format", "ndjson", "--output", "reports/report"]);
            let mut child = command.stderr(Stdio::null()).spawn().expect("closeout starts");
            while child.try_wait().expect("the state of the program").is_none() && !is_writing(&child, &folder) {}
            signal(&child, stop);
            let by = end(&mut child).signal();
            assert_eq!(names(&folder), ["report"], "nothing is left beside it");
            match by {
                Some(_) => assert_eq!(read(&file), OLD),
                // It was done before the signal came.
                None => assert!(read(&file).lines().count() > 10_000),
            }
            by.is_some()
        };
        assert!((0..10).any(broken_off), "{stop:?} never came while the report was written");
    }
}

#[test]
fn a_pipe_takes_the_report_and_stays_a_pipe() {
    let env = support::env("http://127.0.0.1:9");
    let recording = format!("{}/demo/recording.ndjson", env!("CARGO_MANIFEST_DIR"));
    let pipe = env.home().join("pipe");
    make_pipe(&pipe);
    let reader = pipe.clone();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        File::open(reader).and_then(|mut file| file.read_to_string(&mut text)).expect("a report");
        text
    });
    let (ran, printed) = run(&env, &["open", &recording, "--format", "html", "--output", "pipe"]);
    assert_eq!((ran.status, printed.as_str()), (4, ""), "{}", ran.said);
    let (_, printed) = run(&env, &["open", &recording, "--format", "html"]);
    assert!(reader.join().expect("a reader") == printed, "another report came through the pipe");
    assert!(fs::symlink_metadata(&pipe).expect("a pipe").file_type().is_fifo());
}

#[test]
fn a_report_that_nobody_takes_in_can_be_left() {
    let env = one_region();
    make_pipe(&env.home().join("pipe"));
    let mut command = env.command();
    command.args(["scan", "--kind", "ec2:volume", "--max-spend", "0", "--fail-on", "gap>0", "--output", "pipe"]);
    command.stdout(Stdio::null()).stderr(File::create(env.home().join("said")).expect("a file"));
    let mut child = command.spawn().expect("closeout starts");
    let said = || read(&env.home().join("said"));
    // Conditions are told before the report is written.
    wait_for("the end of the scan", || said().contains("--fail-on gap>0"));
    signal(&child, Signal::TERM);
    wait_for("the answer to the first signal", || said().contains("once more to leave at once"));
    assert!(child.try_wait().expect("the state of the program").is_none(), "it waits for a reader");
    signal(&child, Signal::TERM);
    assert_eq!(end(&mut child).code(), Some(1), "{}", said());
}

fn make_pipe(path: &Path) {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).expect("a pipe");
}
