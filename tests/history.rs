//! The history keeps what it was given: through two writers at once, through a writer that is killed, through damage
//! done to the file; and what it tells of two audits agrees with the reports they were saved from.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use closeout::audit::past::{Look, Seen, Sight, Snapshot, State};
use closeout::model::{Cell, CellState, Kind, Quota, Region, UsageSource, Usd};
use closeout::store::{Saved, Store};
use jiff::Timestamp;
use serde_json::Value;
use support::{Env, closeout};

const ACCOUNT: &str = "111122223333";

fn night(number: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + number * 86_400).expect("a night")
}

/// A made-up audit of some night: each finding has its own price, and one in seven is another every night.
fn audit(number: i64, findings: i64) -> Snapshot {
    let mut snapshot = Snapshot::default();
    snapshot.head.account = ACCOUNT.to_owned();
    snapshot.head.started_at = night(number);
    snapshot.head.finished_at = Some(night(number));
    snapshot.head.gaps = 2;
    snapshot.head.score = Some(40);
    for n in 0..findings {
        let n = if n % 7 == 0 { n + number * 100_000 } else { n };
        let id = format!("{n:016x}");
        let look = Look {
            monthly_usd: (n % 5 != 0).then(|| Usd::from_micros(n * 1_000)),
            score: (n % 100) as u8,
            state: State::ALL[(n % 4) as usize],
            reason: (n * 7 % 0xff_ffff) as u32,
        };
        let seen = Seen {
            id: id.clone(),
            rule: "unattached-volume".to_owned(),
            title: "EBS volume attached to nothing".to_owned(),
            resource: format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:volume/vol-{id}"),
            label: format!("vol-{id}"),
            kind: Kind::new("ec2:volume"),
            region: Region::new("eu-west-1"),
            look,
        };
        snapshot.findings.insert(id, seen);
    }
    snapshot.head.findings = snapshot.findings.len() as u64;
    let cell = |region: &str, kind| Cell::new(Region::new(region), Kind::new(kind));
    snapshot.sight = Sight {
        cells: BTreeMap::from([
            (cell("eu-west-1", "ec2:volume"), CellState::Seen),
            (cell("eu-west-1", "rds:db"), CellState::Cut),
            (cell("ca-central-1", "ec2:volume"), CellState::Missed),
            (cell("global", "s3:bucket"), CellState::Partly),
            (cell("af-south-1", "ec2:volume"), CellState::Off),
        ]),
        unjudged: [cell("eu-west-1", "rule:idle-database")].into(),
    };
    let quota = Quota {
        service_code: "vpc".to_owned(),
        quota_code: "L-F678F1CE".to_owned(),
        name: "VPCs per Region".to_owned(),
        region: Region::new("eu-west-1"),
        limit: 5.0,
        ..Quota::default()
    };
    snapshot.quotas.push(quota.with_usage(1.0 + number as f64, UsageSource::Scan, ""));
    snapshot
}

fn open(file: &Path) -> Store {
    Store::open(file).expect("a history")
}

/// The audit of a night as the file has it.
fn kept(store: &Store, number: i64) -> Option<Snapshot> {
    let after = night(number).checked_add(jiff::SignedDuration::from_nanos(1)).expect("a moment");
    store.before(ACCOUNT, after).expect("readable").filter(|kept| kept.head.started_at == night(number))
}

#[test]
fn an_audit_comes_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(&folder.path().join("state/history.db"));
    for number in [0, 1, 2] {
        assert_eq!(store.save(&audit(number, 60)).expect("saved"), Saved::Added);
    }
    for number in [0, 1, 2] {
        assert_eq!(kept(&store, number), Some(audit(number, 60)), "night {number}");
    }
    assert_eq!(store.audits(Some("999")).expect("none").len(), 0);
}

#[test]
fn file_log_and_index_are_for_their_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state/history.db");
    let mut store = open(&file);
    store.save(&audit(0, 10)).expect("saved");
    let mode = |path: PathBuf| fs::metadata(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).permissions();
    for name in ["history.db", "history.db-wal", "history.db-shm"] {
        assert_eq!(mode(folder.path().join("state").join(name)).mode() & 0o777, 0o600, "{name}");
    }
    assert_eq!(mode(folder.path().join("state")).mode() & 0o777, 0o700);
}

#[test]
fn the_same_audit_is_kept_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(&folder.path().join("history.db"));
    assert_eq!(store.save(&audit(0, 5)).expect("saved"), Saved::Added);
    assert_eq!(store.save(&audit(0, 9)).expect("known"), Saved::Already);
    assert_eq!((store.audits(None).expect("audits").len(), kept(&store, 0)), (1, Some(audit(0, 5))));
}

#[test]
fn sightings_count_what_came_before_whatever_the_order_of_saving() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(&folder.path().join("history.db"));
    for number in [3, 1, 2] {
        store.save(&audit(number, 7)).expect("saved");
    }
    let id = format!("{:016x}", 1);
    let seen = |before| store.sightings(ACCOUNT, night(before)).expect("readable").get(&id).copied();
    let told = |before| seen(before).map(|seen| (seen.first, seen.audits));
    assert_eq!(told(9), Some((night(1), 3)));
    assert_eq!(told(3), Some((night(1), 2)));
    assert_eq!(told(1), None);
}

#[test]
fn quotas_come_back_for_their_trends() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(&folder.path().join("history.db"));
    let mut unused = audit(0, 0);
    unused.quotas[0] = unused.quotas[0].clone().with_usage(0.0, UsageSource::Scan, "");
    store.save(&unused).expect("saved");
    for number in 1..60 {
        store.save(&audit(number, 0)).expect("saved");
    }
    let past = store.quotas(ACCOUNT, night(60)).expect("quotas");
    assert_eq!(past.len(), 59, "what was never used is left out");
    let earlier: Vec<_> = past.iter().map(|(at, quotas)| closeout::quota::Earlier { at: *at, quotas }).collect();
    let now = audit(60, 0).quotas[0].clone();
    let told = closeout::quota::from_audits(&[now], night(60), &earlier);
    let trend = told[0].trend.as_ref().unwrap_or_else(|| panic!("no trend: {told:?}"));
    assert!((trend.per_week - 7.0).abs() < 0.01, "{trend:?}");
}

#[test]
fn a_damaged_or_foreign_or_newer_file_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = folder.path().join("whole.db");
    let mut store = open(&whole);
    (0..3).for_each(|number| {
        store.save(&audit(number, 300)).expect("saved");
    });
    drop(store);
    let bytes = fs::read(&whole).expect("a file");
    let mut torn = bytes.clone();
    // Pages in the middle of the file, as a bad disk leaves them.
    torn[8_192..24_576].fill(0x5a);
    let mut newer = bytes.clone();
    newer[60..64].copy_from_slice(&9_999_i32.to_be_bytes());
    let mut foreign = bytes.clone();
    foreign[68..72].copy_from_slice(&[1, 2, 3, 4]);
    let cut = bytes[..bytes.len() / 2].to_vec();
    for (name, bytes, said) in [
        ("text", b"SELECT 1; this is no database, and long enough to be taken for a header of a hundred bytes or so, is it not?".to_vec(), "no SQLite database"),
        ("short", b"hello".to_vec(), "no SQLite database"),
        ("torn", torn, "damaged"),
        ("cut", cut, "damaged"),
        ("newer", newer, "update closeout"),
        ("foreign", foreign, "another program"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, &bytes).expect("a file");
        let errors = [Store::open(&file).map(|_| ()), Store::look(&file).map(|_| ())].map(|done| done.expect_err(name));
        for error in errors {
            let error = error.to_string();
            assert!(error.contains(said) && error.contains(name), "{name}: {error}");
        }
        assert!(fs::read(&file).expect("still there") == bytes, "{name} was written to");
    }
}

#[test]
fn looking_makes_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(Store::look(&folder.path().join("history.db")).expect("nothing").is_none());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn many_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("history.db");
    // Not made before: they race for making and filling it, too.
    std::thread::scope(|scope| {
        for writer in 0..6 {
            let file = &file;
            scope.spawn(move || {
                let mut store = open(file);
                for number in 0..5 {
                    store.save(&audit(writer * 10 + number, 200)).expect("saved");
                }
            });
        }
    });
    let store = open(&file);
    assert_eq!(store.audits(None).expect("audits").len(), 30);
    for number in (0..6).flat_map(|writer| (0..5).map(move |number| writer * 10 + number)) {
        assert_eq!(kept(&store, number), Some(audit(number, 200)), "night {number}");
    }
}

/// Where the writer that is going to be killed writes; it says the number of each audit once it is saved.
const WRITER: &str = "CLOSEOUT_TEST_HISTORY";

/// No test by itself: the process that the test below kills.
#[test]
fn writer() {
    let Some(file) = std::env::var_os(WRITER) else { return };
    let mut store = open(Path::new(&file));
    let first = store.audits(None).expect("audits").len() as i64;
    for number in first.. {
        store.save(&audit(number, 2_000)).expect("saved");
        println!("saved {number}");
    }
}

#[test]
fn a_writer_that_is_killed_loses_at_most_the_audit_it_was_saving() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("history.db");
    let program = std::env::current_exe().expect("this program");
    let (mut saved, mut cut_short) = (0, 0);
    for round in 0..12_u64 {
        let mut writer = Command::new(&program)
            .args(["--exact", "writer", "--nocapture"])
            .env(WRITER, &file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a writer");
        let out = BufReader::new(writer.stdout.take().expect("its output"));
        let told = std::thread::spawn(move || {
            let lines = out.lines().map_while(Result::ok);
            lines.filter_map(|line| line.strip_prefix("saved ")?.parse::<i64>().ok()).last()
        });
        // At other moments of a save each time.
        std::thread::sleep(Duration::from_millis(150 + round * 37 % 211));
        writer.kill().expect("SIGKILL");
        writer.wait().expect("its end");
        let told = told.join().expect("its lines");
        saved = told.map_or(saved, |last| last + 1);
        let store = open(&file);
        let audits = store.audits(None).expect("readable").len() as i64;
        // The one more was saved and not yet told.
        assert!(audits == saved || audits == saved + 1, "round {round}: told {saved}, kept {audits}");
        cut_short += i64::from(audits == saved);
        saved = audits;
        for number in [0, audits / 2, audits - 2, audits - 1].into_iter().filter(|number| (0..audits).contains(number))
        {
            let is_whole = kept(&store, number) == Some(audit(number, 2_000));
            assert!(is_whole, "round {round}, night {number} of {audits}");
        }
    }
    assert!(saved > 12, "writers were killed before they wrote anything: {saved}");
    assert!(cut_short > 0, "no writer was killed while it saved");
}

fn env() -> Env {
    support::env("http://127.0.0.1:9").with("COLUMNS", "120")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn run(env: &Env, args: &[&str]) -> (String, String, Option<i32>) {
    let Output { status, stdout, stderr } = closeout(args, env);
    (text(&stdout), text(&stderr), status.code())
}

/// The recorded account as reports of two nights, in a home of their own: in the second a finding is gone, one is out of
/// sight because its cell was denied, one has another price, and the first night lacks one.
struct Nights {
    env: Env,
    gone: String,
    hidden: String,
    dearer: String,
    new: String,
}

fn nights() -> Nights {
    let env = env();
    let recording = format!("{}/demo/recording.ndjson", env!("CARGO_MANIFEST_DIR"));
    let (report, said, _) = run(&env, &["open", &recording, "--format", "json"]);
    let mut newer: Value = serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}: {said}"));
    let mut older = newer.clone();
    older["started_at"] = "2026-11-01T02:00:00Z".into();
    newer["started_at"] = "2026-11-02T02:00:00Z".into();
    let is = |finding: &Value, kind: &str| finding["resource"]["kind"] == kind && finding.get("protected").is_none();
    let take = |report: &mut Value, which: &dyn Fn(&Value) -> bool| {
        let findings = report["findings"].as_array_mut().expect("findings");
        let at = findings.iter().position(which).expect("such a finding");
        findings.remove(at)
    };
    let id = |finding: &Value| finding["id"].as_str().expect("an id").to_owned();
    let gone = take(&mut newer, &|finding| is(finding, "ec2:volume"));
    let hidden = take(&mut newer, &|finding| is(finding, "rds:db"));
    let region = hidden["resource"]["region"].clone();
    for cell in newer["coverage"].as_array_mut().expect("coverage") {
        if cell["kind"] == "rds:db" && cell["region"] == region {
            cell["state"] = "missed".into();
            cell["why"] = "denied".into();
        }
    }
    let counts = |finding: &Value| {
        ["protected", "managed_by"].iter().all(|field| finding.get(field).is_none())
            && finding["resource"]["kind"] == "ec2:elastic-ip"
    };
    let new = take(&mut older, &counts);
    let dearer = {
        let findings = newer["findings"].as_array_mut().expect("findings");
        let at = findings.iter().position(|finding| is(finding, "ec2:volume")).expect("another volume");
        findings[at]["monthly_usd"] = "9999.00".into();
        id(&findings[at])
    };
    for (name, report) in [("old.json", &older), ("new.json", &newer)] {
        fs::write(env.home().join(name), report.to_string()).expect("a report");
    }
    Nights { gone: id(&gone), hidden: id(&hidden), dearer, new: id(&new), env }
}

fn ids(list: &Value, at: &[&str]) -> Vec<String> {
    let inner = |entry: &Value| at.iter().fold(entry.clone(), |value, name| value[name].clone());
    let list = list.as_array().expect("a list");
    list.iter().map(|entry| inner(entry)["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn diff_says_the_same_of_two_files_and_of_the_history() {
    let nights = nights();
    let (files, _, status) = run(&nights.env, &["diff", "old.json", "new.json", "--format", "json"]);
    assert_eq!(status, Some(4), "something is out of sight");
    let told: Value = serde_json::from_str(&files).expect("JSON");
    assert!(ids(&told["gone"], &[]).contains(&nights.gone));
    assert_eq!(ids(&told["hidden"], &["finding"]).iter().filter(|id| **id == nights.hidden).count(), 1);
    assert!(!ids(&told["gone"], &[]).contains(&nights.hidden), "denied is not fixed");
    assert!(ids(&told["new"], &[]).contains(&nights.new));
    assert!(ids(&told["price_changed"], &["after"]).contains(&nights.dearer));
    let (_, said, status) = run(&nights.env, &["history", "--add", "old.json", "--add", "new.json"]);
    assert_eq!(status, Some(0), "{said}");
    let (last, said, status) = run(&nights.env, &["diff", "--last", "--format", "json"]);
    assert_eq!((status, last), (Some(4), files), "{said}");
    let (_, said, status) = run(&nights.env, &["diff", "--last", "--fail-on", "new>0"]);
    assert!(status == Some(3) && said.contains("1 new finding since 2026-11-01"), "{status:?} {said}");
    let (_, said, status) = run(&nights.env, &["diff", "--last", "--fail-on", "new>5"]);
    assert_eq!(status, Some(4), "{said}");
    for format in ["table", "markdown"] {
        let (page, ..) = run(&nights.env, &["diff", "--last", "--format", format]);
        assert!(page.contains("Out of sight") && page.contains("not fixed"), "{page}");
    }
}

#[test]
fn history_tells_audits_and_the_life_of_a_finding() {
    let nights = nights();
    let (_, said, status) = run(&nights.env, &["history"]);
    assert!(status == Some(2) && said.contains("no history yet"), "{said}");
    for _ in 0..2 {
        run(&nights.env, &["history", "--add", "old.json", "--add", "new.json"]);
    }
    let (list, ..) = run(&nights.env, &["history", "--format", "json"]);
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["audits"].as_array().map(Vec::len), Some(2), "added twice, kept once");
    let (table, ..) = run(&nights.env, &["history"]);
    assert!(table.contains("Waste by week") && table.contains("2026-11-02 02:00 UTC"), "{table}");
    let life = |id: &str| {
        let (life, said, _) = run(&nights.env, &["history", "--finding", id, "--format", "json"]);
        let life: Value = serde_json::from_str(&life).unwrap_or_else(|error| panic!("{error}: {said}"));
        life["findings"][0].clone()
    };
    let turns = |life: &Value| -> Vec<String> {
        let turns = life["turns"].as_array().expect("turns");
        turns.iter().map(|turn| turn["what"].as_str().expect("a turn").to_owned()).collect()
    };
    assert_eq!(turns(&life(&nights.gone)), ["first-seen", "gone"]);
    assert_eq!(turns(&life(&nights.hidden)), ["first-seen", "out-of-sight"]);
    assert_eq!(turns(&life(&nights.dearer)), ["first-seen", "price-changed"]);
    let new = life(&nights.new);
    assert_eq!(
        (new["so_since"].as_str(), new["not_yet_at"].as_str()),
        (Some("2026-11-02T02:00:00Z"), Some("2026-11-01T02:00:00Z"))
    );
    let (page, ..) = run(&nights.env, &["history", "--finding", &nights.dearer]);
    assert!(page.contains("So at least since 2026-11-01 02:00 UTC, 1 day"), "{page}");
    let (_, said, status) = run(&nights.env, &["history", "--finding", "vol-nobody"]);
    assert!(status == Some(2) && said.contains("vol-nobody"), "{said}");
}

#[test]
fn two_programs_at_once_are_both_kept() {
    let nights = nights();
    let started: Vec<_> = ["old.json", "new.json"]
        .map(|file| {
            let mut command = nights.env.command();
            command
                .args(["history", "--add", file])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("a start")
        })
        .into();
    for one in started {
        let output = one.wait_with_output().expect("an end");
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let (list, ..) = run(&nights.env, &["history", "--format", "json"]);
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["audits"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_condition_about_new_findings_needs_a_history() {
    let env = env();
    let (_, said, status) = run(&env, &["scan", "--fail-on", "new>0"]);
    assert!(status == Some(2) && said.contains("--save-history"), "{status:?} {said}");
    let (_, said, status) = run(&env, &["quotas", "--fail-on", "new>0"]);
    assert!(status == Some(2) && said.contains("scan"), "{status:?} {said}");
}

#[test]
fn a_damaged_history_stops_what_needs_it_and_nothing_else() {
    let env = env();
    let folder = env.home().join("state/closeout");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("history.db"), "no database at all").expect("a file");
    for args in [&["history"][..], &["scan", "--save-history"], &["diff", "--last"]] {
        let (_, said, status) = run(&env, args);
        assert!(status == Some(1) && said.contains("history.db is no history"), "{args:?} {status:?} {said}");
    }
    assert_eq!(fs::read_to_string(folder.join("history.db")).expect("still there"), "no database at all");
    // Nothing listens there, so that the scan comes to nothing; but not for the history.
    let (_, said, _) = run(&env, &["scan", "--region", "eu-west-1"]);
    assert!(said.contains("warning") && said.contains("told without history"), "{said}");
}
