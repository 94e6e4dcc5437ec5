//! A whole cleanup with the real program against the emulator, which refuses what AWS refuses: the seeded account goes
//! down to what is protected, owned or in use, and a wrong account never sends a request that changes anything.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use support::{Call, Emulator, Env, Proxy, Truth, closeout_within, env};

use std::time::{Duration, Instant};

/// The regions of the seeded account.
const REGIONS: &str = "us-east-1,us-west-2,eu-west-1";

/// What is called a leftover, as against advice about what is in use.
const LEFTOVERS: &str = r#"finding.category in ["stopped", "idle", "orphaned", "old"]"#;

/// Longer than any of these runs takes: the emulator answers one request at a time.
const PATIENCE: Duration = Duration::from_secs(600);

fn run(env: &Env, args: &[&str]) -> Output {
    closeout_within(PATIENCE, args, env)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A scan with everything it lists, in a file.
fn scanned(env: &Env, file: &Path) -> Value {
    let name = file.to_str().expect("a path in UTF-8");
    let args = ["scan", "--region", REGIONS, "--format", "json", "--inventory", "--output", name];
    let output = run(env, &args);
    assert!(matches!(output.status.code(), Some(0 | 4)), "{}", text(&output.stderr));
    serde_json::from_str(&std::fs::read_to_string(file).expect("a report")).expect("JSON")
}

/// A plan out of a scan, in a file.
fn planned(env: &Env, scan: &Path, file: &Path, more: &[&str]) -> Value {
    let (scan, name) = (scan.to_str().expect("UTF-8"), file.to_str().expect("UTF-8"));
    let mut args = vec!["plan", scan, "--output", name];
    args.extend(more);
    let output = run(env, &args);
    assert!(matches!(output.status.code(), Some(0 | 4)), "{}", text(&output.stderr));
    serde_json::from_str(&std::fs::read_to_string(file).expect("a plan")).expect("JSON")
}

fn phrase(plan: &Value) -> String {
    let steps = plan["steps"].as_array().expect("steps");
    let acts: Vec<&Value> = steps.iter().filter(|step| step["work"]["does"] == "act").collect();
    let stays = ["modify", "remove-untagged-images", "review", "set-retention", "stop"];
    let changed = acts.iter().filter(|step| stays.contains(&step["verb"].as_str().unwrap_or_default())).count();
    let also = if changed > 0 { format!(" and change {changed}") } else { String::new() };
    let account = &plan["account"];
    format!(
        "delete {}{also} in {}",
        acts.len() - changed,
        account["alias"].as_str().or(account["id"].as_str()).expect("an account")
    )
}

fn apply(env: &Env, file: &Path, plan: &Value) -> Output {
    let file = file.to_str().expect("UTF-8");
    run(env, &["apply", file, "--allow-apply", "--confirm", &phrase(plan)])
}

/// Ids of what a report lists.
fn ids(report: &Value) -> BTreeSet<String> {
    let listed = report["resources"].as_array().expect("an inventory");
    listed.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
}

/// The id a report gives what the truth list names by its ARN or address.
fn short(id: &str) -> String {
    let last = if id.starts_with("arn:") || id.starts_with("http") { id.rsplit(['/', ':']).next() } else { None };
    match last {
        // Six characters of its own stand behind a secret's name.
        Some(last) if id.contains(":secret:") => last.get(..last.len().saturating_sub(7)).unwrap_or(last).to_owned(),
        Some(last) => last.to_owned(),
        None => id.to_owned(),
    }
}

/// What waits for its day: it is still listed, and asked to go.
const SCHEDULED: &[&str] = &["kms:key", "secretsmanager:secret"];

/// Requests that change something: those that no scan sends, which another test holds to reading, nor a dry run.
fn changes<'a>(calls: &'a [Call], scan: &[Call]) -> Vec<&'a Call> {
    let read: BTreeSet<&str> = scan.iter().map(|call| call.operation.as_str()).collect();
    let reads = |call: &&Call| {
        call.dry_run
            || read.contains(call.operation.as_str())
            || ["GET ", "List", "Describe", "Simulate"].iter().any(|verb| call.operation.starts_with(verb))
    };
    calls.iter().filter(|call| !reads(call)).collect()
}

fn leftovers_left(truth: &Truth, after: &BTreeSet<String>) -> Vec<String> {
    let is_left = |row: &&support::TruthRow| {
        row.is_leftover
            && row.verdict != "managed"
            && !SCHEDULED.contains(&row.kind.as_str())
            && after.contains(&short(&row.id))
    };
    truth.resources.iter().filter(is_left).map(|row| format!("{} {}", row.kind, row.id)).collect()
}

#[test]
fn the_seeded_account_is_cleaned_in_one_plan_and_nothing_else_is_touched() {
    let emulator = Emulator::start();
    let truth = emulator.seed(&[]);
    emulator.vaults(&["us-east-1", "us-west-2", "eu-west-1"]);
    let proxy = Proxy::start(&emulator, &json!([]));
    let env = env(proxy.endpoint());
    let folder = tempfile::tempdir().expect("a folder");
    let [scan, plan_file, again] = ["scan.json", "plan.json", "again.json"].map(|name| folder.path().join(name));
    let before = scanned(&env, &scan);
    let of_scan = proxy.calls();
    let asked = ["--select", LEFTOVERS, "--add-dependents", "--add-owners", "--lift-locks", "--delete"];
    let plan = planned(&env, &scan, &plan_file, &asked);
    let output = apply(&env, &plan_file, &plan);
    let of_apply = proxy.calls().len() - of_scan.len();
    let (said, result) = (text(&output.stderr), text(&output.stdout));
    let steps = plan["steps"].as_array().expect("steps").len();
    let failed: Vec<&str> = said.lines().filter(|line| line.contains(" failed ") || line.contains(" held ")).collect();
    let artefacts: BTreeSet<&str> = truth.ignore.iter().map(|one| one.id.as_str()).collect();
    let is_artefact = |line: &&&str| artefacts.iter().any(|id| line.contains(id));
    let wrong: Vec<&&str> = failed.iter().filter(|line| !is_artefact(line)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{result}");

    let (listed, after) = (ids(&before), scanned(&env, &again));
    let still = ids(&after);
    let left = leftovers_left(&truth, &still);
    assert!(left.is_empty(), "{left:#?}");
    let kept = |row: &&support::TruthRow| !row.is_leftover && listed.contains(&short(&row.id));
    let lost: Vec<String> = truth
        .resources
        .iter()
        .filter(kept)
        .filter(|row| !still.contains(&short(&row.id)))
        .map(|row| format!("{} {} ({})", row.kind, row.id, row.verdict))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
    let known: BTreeSet<String> = truth.resources.iter().map(|row| short(&row.id)).collect();
    let is_open = |one: &&Value| {
        let is_leftover = ["stopped", "idle", "orphaned", "old"].iter().any(|word| one["category"] == *word);
        let is_known = one["resource"]["id"].as_str().is_some_and(|id| known.contains(id));
        is_leftover && is_known && one.get("protected").is_none() && one.get("managed_by").is_none()
    };
    let findings = after["findings"].as_array().expect("findings");
    let open: Vec<String> =
        findings.iter().filter(is_open).map(|one| format!("{} {}", one["rule"], one["resource"]["id"])).collect();
    assert!(open.is_empty(), "the second audit is not clean: {open:#?}");
    let verified = run(&env, &["journal", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stdout));
    println!(
        "{} leftovers of the truth list gone in one plan of {steps} steps, {} refused by an artefact of the emulator; \
         {of_apply} requests of the dry run and the run, {} requests that change something",
        truth.resources.iter().filter(|row| row.is_leftover).count(),
        failed.len(),
        changes(&proxy.calls(), &of_scan).len()
    );
}

/// A small plan: the unattached volumes of one region.
fn small(env: &Env, folder: &Path) -> (std::path::PathBuf, Value) {
    let (scan, file) = (folder.join("scan.json"), folder.join("plan.json"));
    scanned(env, &scan);
    let select = r#"finding.rule == "unattached-volume" && resource.region == "us-east-1""#;
    let plan = planned(env, &scan, &file, &["--select", select]);
    assert!(plan["steps"].as_array().expect("steps").len() >= 4, "{plan:#}");
    (file, plan)
}

#[test]
fn a_plan_for_another_account_and_one_without_its_phrase_never_change_anything() {
    let seeded = Emulator::seeded();
    let proxy = Proxy::start(&seeded.emulator, &json!([]));
    let ours = env(proxy.endpoint());
    let folder = tempfile::tempdir().expect("a folder");
    let (file, plan) = small(&ours, folder.path());
    let of_scan = proxy.calls();
    let name = file.to_str().expect("UTF-8");

    let theirs = env(proxy.endpoint()).with("AWS_ACCESS_KEY_ID", "999988887777");
    let refused = apply(&theirs, &file, &plan);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("the plan is for account 123456789012"), "{}", text(&refused.stderr));

    for args in [
        vec!["apply", name],
        vec!["apply", name, "--allow-apply"],
        vec!["apply", name, "--allow-apply", "--confirm", "yes"],
        vec!["apply", name, "--allow-apply", "--confirm", "delete 1000 in 123456789012"],
    ] {
        let refused = run(&ours, &args);
        assert_eq!(refused.status.code(), Some(2), "{args:?}: {}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains("nothing was changed"), "{args:?}");
    }
    let tried = run(&ours, &["apply", name, "--dry-run"]);
    assert_eq!(tried.status.code(), Some(0), "{}{}", text(&tried.stdout), text(&tried.stderr));
    assert!(text(&tried.stdout).contains("EC2 dry run"), "{}", text(&tried.stdout));

    let spoiled = folder.path().join("spoiled.json");
    let changed = std::fs::read_to_string(&file).expect("a plan").replacen("us-east-1", "us-west-2", 1);
    std::fs::write(&spoiled, changed).expect("a file");
    let refused = apply(&ours, &spoiled, &plan);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));

    let calls = proxy.calls();
    let changed: Vec<&str> = changes(&calls, &of_scan).iter().map(|call| call.operation.as_str()).collect();
    assert!(changed.is_empty(), "{changed:?}");
    assert!(calls.iter().any(|call| call.dry_run), "the dry run reached the service");
}

/// What an audit says of its resources in quarantine, by id.
fn meanwhile(report: &Value) -> BTreeMap<String, String> {
    let all = report["quarantined"].as_array().cloned().unwrap_or_default();
    let of = |one: &Value| {
        let id = short(one["resource"].as_str().unwrap_or_default());
        (id, one["meanwhile"]["is"].as_str().unwrap_or_default().to_owned())
    };
    all.iter().map(of).collect()
}

#[test]
fn a_quarantine_stops_and_marks_and_the_audits_after_it_tell_what_became_of_it() {
    let emulator = Emulator::start();
    emulator.seed(&[]);
    let proxy = Proxy::start(&emulator, &json!([]));
    let env = env(proxy.endpoint());
    let folder = tempfile::tempdir().expect("a folder");
    let [scan, plan_file, later] = ["scan.json", "plan.json", "later.json"].map(|name| folder.path().join(name));
    let before = scanned(&env, &scan);
    let of_scan = proxy.calls();
    let select =
        r#"resource.region == "us-east-1" && (resource.kind == "ec2:instance" || resource.kind == "ec2:volume")"#;
    planned(&env, &scan, &plan_file, &["--select", select, "--delete"]);
    let name = plan_file.to_str().expect("UTF-8");
    let quarantine = ["apply", name, "--quarantine", "--days", "30"];

    // The phrase is told, and is that of what is done: nothing is deleted.
    let refused = run(&env, &quarantine);
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    let phrase = said.split('"').nth(1).unwrap_or_else(|| panic!("{said}")).to_owned();
    assert!(phrase.starts_with("quarantine ") && phrase.ends_with(" in 123456789012"), "{phrase}");
    assert!(changes(&proxy.calls(), &of_scan).is_empty());

    let done = run(&env, &[quarantine.as_slice(), &["--allow-apply", "--confirm", &phrase]].concat());
    assert_eq!(done.status.code(), Some(0), "{}{}", text(&done.stdout), text(&done.stderr));
    let calls = proxy.calls();
    let sent: BTreeSet<&str> = changes(&calls, &of_scan).iter().map(|call| call.operation.as_str()).collect();
    assert!(sent.contains("CreateTags") && !sent.iter().any(|one| one.contains("Delete")), "{sent:?}");
    assert!(!sent.contains("TerminateInstances"), "{sent:?}");

    let after = scanned(&env, &later);
    assert_eq!(ids(&before).difference(&ids(&after)).count(), 0, "nothing is gone");
    let given = meanwhile(&after);
    let count: usize = phrase.split(' ').nth(1).and_then(|count| count.parse().ok()).expect("a count");
    assert_eq!(given.len(), count, "{given:?}");
    assert!(count >= 3 && given.values().all(|word| word == "waiting"), "{given:?}");

    // One of them is started by somebody who misses it; the day of another has come.
    let used = given.keys().find(|id| id.starts_with("i-")).expect("an instance in quarantine").clone();
    emulator.ec2("us-east-1", &format!("Action=StartInstances&InstanceId.1={used}"));
    let due = given.keys().find(|id| id.starts_with("vol-")).expect("a volume in quarantine").clone();
    let tag = "Tag.1.Key=closeout:quarantine&Tag.1.Value=2026-01-01/2026-01-31";
    emulator.ec2("us-east-1", &format!("Action=CreateTags&ResourceId.1={due}&{tag}"));
    let given = meanwhile(&scanned(&env, &later));
    assert_eq!(
        (given[&used].as_str(), given[&due].as_str()),
        ("used", if is_found(&later, &due) { "due" } else { "unfound" })
    );

    let plan = planned(&env, &later, &plan_file, &["--due"]);
    let planned: BTreeSet<&str> =
        plan["steps"].as_array().expect("steps").iter().filter_map(|step| step["resource"]["id"].as_str()).collect();
    assert_eq!(planned, BTreeSet::from([due.as_str()]), "only what is due and was not used");
}

/// Whether a report has a finding on a resource.
fn is_found(report: &Path, id: &str) -> bool {
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).expect("a report")).expect("JSON");
    report["findings"].as_array().expect("findings").iter().any(|one| one["resource"]["id"] == id)
}

#[test]
fn throttled_throughout_and_cut_off_midway_it_comes_to_the_same_end() {
    let emulator = Emulator::start();
    emulator.seed(&[]);
    let calm = env(emulator.endpoint());
    let folder = tempfile::tempdir().expect("a folder");
    let (file, plan) = small(&calm, folder.path());
    let acts = plan["steps"].as_array().expect("steps").iter().filter(|step| step["work"]["does"] == "act").count();

    // Credentials that run out at the first delete behind the rehearsal's: what was saved is on record, and nothing is deleted.
    let expired = json!([{ "service": "ec2", "operation": "DeleteVolume", "fault": "expired", "skip": acts }]);
    let proxy = Proxy::start(&emulator, &expired);
    let cut = calm.with("AWS_ENDPOINT_URL", proxy.endpoint());
    let output = apply(&cut, &file, &plan);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{said}");
    let listed = run(&cut, &["journal", "list"]);
    let run_name =
        text(&listed.stdout).lines().nth(1).and_then(|line| line.split_whitespace().next()).map(str::to_owned);
    let run_name = run_name.unwrap_or_else(|| panic!("no run is listed: {}", text(&listed.stdout)));

    // Taken up again, with half of the calls refused for their rate.
    let throttled = json!([{ "service": "ec2", "operation": "DeleteVolume", "fault": "throttle", "p": 0.5 }]);
    proxy.rules(&throttled);
    let resumed = run(&cut, &["journal", "resume", &run_name, "--allow-apply", "--confirm", &phrase(&plan)]);
    assert_eq!(resumed.status.code(), Some(0), "{}", text(&resumed.stderr));

    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for call in changes(&proxy.calls(), &[]).into_iter().filter(|call| call.status == 200) {
        *taken.entry(call.operation.clone()).or_default() += 1;
    }
    assert_eq!(taken.get("CreateSnapshot"), Some(&acts), "each volume is saved once: {taken:?}");
    assert_eq!(taken.get("DeleteVolume"), Some(&acts), "{taken:?}");
    let undo = run(&cut, &["journal", "undo", &run_name]);
    let commands = text(&undo.stdout).lines().filter(|line| line.starts_with("aws ec2 create-volume")).count();
    assert_eq!(commands, acts, "{}", text(&undo.stdout));
}

#[test]
fn killed_again_and_again_it_resumes_to_the_same_end() {
    let emulator = Emulator::start();
    emulator.seed(&[]);
    let calm = env(emulator.endpoint());
    let folder = tempfile::tempdir().expect("a folder");
    let (file, plan) = small(&calm, folder.path());
    let acts = plan["steps"].as_array().expect("steps").iter().filter(|step| step["work"]["does"] == "act").count();
    // Slow enough for a kill to meet it anywhere.
    let proxy = Proxy::start(&emulator, &json!([{ "service": "ec2", "latency_ms": 60, "jitter_ms": 60 }]));
    let slow = calm.with("AWS_ENDPOINT_URL", proxy.endpoint());
    let (name, words) = (file.to_str().expect("UTF-8"), phrase(&plan));

    let mut begun = slow.command();
    begun.args(["apply", name, "--allow-apply", "--confirm", &words]);
    let run_name = killed(begun, 0, &slow).expect("the run has begun");
    let mut kills = 1;
    for turn in 1..40 {
        let mut resumed = slow.command();
        resumed.args(["journal", "resume", &run_name, "--allow-apply", "--confirm", &words]);
        match killed(resumed, turn, &slow) {
            Some(_) => kills += 1,
            None => break,
        }
    }
    let shown = text(&run(&slow, &["journal", "show", &run_name]).stdout);
    assert!(shown.contains(&format!("{} done, 0 failed, 0 not begun", 2 * acts)), "{shown}");
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for call in changes(&proxy.calls(), &[]).into_iter().filter(|call| call.status == 200) {
        *taken.entry(call.operation.clone()).or_default() += 1;
    }
    assert_eq!(taken.get("CreateSnapshot"), Some(&acts), "killed {kills} times, each volume is saved once: {taken:?}");
    assert!(kills >= 3, "{kills}");
    println!("killed {kills} times with SIGKILL, then whole");
}

/// Starts the program, and kills it as soon as its journal has so many lines more than when it began. `None` when it
/// came to its end before; the name of the run otherwise.
fn killed(mut command: std::process::Command, turn: usize, env: &Env) -> Option<String> {
    let before = journal(env).map_or(0, |(_, lines)| lines);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("closeout starts");
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        assert!(Instant::now() < deadline, "it neither ends nor writes");
        if let Some(status) = child.try_wait().expect("its status") {
            assert_eq!(status.code(), Some(0), "it ended by itself");
            return None;
        }
        if let Some((name, lines)) = journal(env)
            && lines > before + 2 + turn % 5
        {
            child.kill().expect("SIGKILL");
            child.wait().expect("its end");
            return Some(name);
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// The one journal there is: the name of its run and how many lines it has.
fn journal(env: &Env) -> Option<(String, usize)> {
    let folder = env.home().join("state/closeout/journal").join(Emulator::ACCOUNT);
    let file = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|end| end == "ndjson"))?;
    let lines = std::fs::read(&file).ok()?.iter().filter(|byte| **byte == b'\n').count();
    Some((file.file_stem()?.to_string_lossy().into_owned(), lines))
}
