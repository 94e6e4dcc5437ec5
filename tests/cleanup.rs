//! What a cleanup does to an account, in what order, and what its journal says of it: against an account in memory
//! that refuses what AWS refuses. `killed.rs` kills such a run at every moment.

#[path = "cleanup_support/plans.rs"]
mod plans;
#[path = "cleanup_support/world.rs"]
#[allow(dead_code, reason = "here the account need not outlive the program")]
mod world;

use std::collections::VecDeque;
use std::io;

use closeout::clean::journal::{self, Journal, Sink};
use closeout::clean::{Report, rehearse, rehearse_rest};
use closeout::model::{Kind, Owner, Protection, Ref, Resource, Role, Why};
use closeout::plan::{Check, Entry, Past, Plan, State, Step, What, Work};
use serde_json::json;
use tempfile::TempDir;

use plans::{ACCOUNT, apply, begin, plan, queue, runtime, sixty_steps, step, volume};
use world::{InMemory, fault, resource};

/// Applies a plan to an account, to its end.
fn applied(resources: Vec<Resource>, plan: &Plan, arrange: impl FnOnce(&InMemory)) -> (InMemory, Report, Vec<Entry>) {
    let folder = TempDir::new().expect("a folder");
    let world = InMemory::new(resources);
    arrange(&world);
    let report = runtime().block_on(apply(&world, plan, begin(folder.path()), &[]));
    let entries = journal::read(&folder.path().join("run-1.ndjson")).expect("a whole journal").entries;
    (world, report, entries)
}

fn state(report: &Report, step: u32) -> &State {
    &report.states[&step]
}

fn why(state: &State) -> &str {
    match state {
        State::Failed { why, .. } | State::Held { why } => why,
        other => panic!("neither failed nor held: {other:?}"),
    }
}

#[test]
fn sixty_steps_are_done_in_their_waves_and_each_is_on_record() {
    let (resources, plan) = sixty_steps();
    let (world, report, entries) = applied(resources, &plan, |_| {});
    assert_eq!(report.counts(), (60, 0, 0), "{report:?}");
    let calls = world.calls();
    let first_delete = calls.iter().position(|(call, _, _)| call == "ec2:DeleteVolume").expect("volumes are deleted");
    let last_backup = calls.iter().rposition(|(call, _, _)| call == "ec2:CreateSnapshot").expect("and saved");
    assert!(last_backup < first_delete, "backups come first");
    let undo = entries.iter().find_map(|entry| match &entry.what {
        What::Done { step: 21, undo, .. } => Some(undo.clone()),
        _ => None,
    });
    let saved = match state(&report, 1) {
        State::Done { made, .. } => made.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(undo.as_deref(), Some(format!("restore {saved}").as_str()), "undo names what was saved");
}

#[test]
fn steps_of_a_wave_are_begun_in_the_order_of_the_plan() {
    let queues: Vec<Resource> = (1..=9).map(queue).collect();
    let steps = queues.iter().zip(1..).map(|(queue, number)| step(number, 1, Work::Act, "delete", queue, &[]));
    let mut plan = plan(steps.collect());
    for place in (2..=9).rev() {
        plan = plan.moved(place, true).expect("there is a place above");
    }
    let wanted: Vec<&str> = plan.steps.iter().map(|step| step.resource.id.as_str()).collect();
    assert_eq!(wanted[0], "queue-9");
    let (_, report, entries) = applied(queues, &plan, |_| {});
    assert_eq!(report.counts(), (9, 0, 0), "{report:?}");
    let begun: Vec<&str> = entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Begun { before, .. } => Some(before.id.as_str()),
            _ => None,
        })
        .collect();
    // Six are under way at a time: those are begun together, and the others as places get free.
    let first: std::collections::BTreeSet<&str> = begun[..6].iter().copied().collect();
    assert_eq!(first, wanted[..6].iter().copied().collect());
    assert_eq!(begun[0], "queue-9");
}

/// What is said, and the change it is said of.
type Change = (&'static str, fn(&mut Resource));

#[test]
fn what_changed_since_the_plan_is_held() {
    let cases: [Change; 6] = [
        ("it changed: state was available, is in-use", |one| {
            one.facts.insert("state".to_owned(), json!("in-use"));
        }),
        ("it is protected now: kept by tag keep=true", |one| {
            one.protections.push(Protection::Keep { tag: "keep=true".to_owned(), until: None });
        }),
        ("something manages it now: CloudFormation stack web", |one| {
            let (by, id) = ("cloudformation-stack".to_owned(), "web".to_owned());
            one.owner = Some(Owner { by, id, evidence: "tag".to_owned() });
        }),
        ("it is locked now: delete blocked by DeletionProtection", |one| {
            one.protections.push(Protection::Service { flag: "DeletionProtection".to_owned() });
        }),
        ("it is another one of that name: this one was made at 2026-11-27T00:00:00Z", |one| {
            one.created_at = Some("2026-11-27T00:00:00Z".parse().expect("a literal time"));
        }),
        ("what it is tied to changed", |one| one.refs.push(Ref { id: "i-1".to_owned(), role: Role::AttachedTo })),
    ];
    for (wanted, change) in cases {
        let plan = plan(vec![step(1, 1, Work::Act, "delete", &volume(1), &[])]);
        let (world, report, _) = applied(vec![volume(1)], &plan, |world| world.change("vol-1", change));
        assert_eq!(why(state(&report, 1)), wanted);
        assert!(matches!(state(&report, 1), State::Held { .. }));
        assert!(world.has("vol-1") && world.calls().is_empty(), "{wanted}");
    }
}

#[test]
fn what_was_saved_and_changed_before_its_turn_is_held() {
    let plan = plan(vec![
        step(1, 0, Work::Backup, "snapshot-then-delete", &volume(1), &[]),
        step(2, 1, Work::Act, "snapshot-then-delete", &volume(1), &[1]),
    ]);
    let folder = TempDir::new().expect("a folder");
    let world = InMemory::new(vec![volume(1)]);
    world.account.lock().expect("no panic").unread.push(volume(1).kind);
    let unread = runtime().block_on(apply(&world, &plan, begin(folder.path()), &[]));
    assert_eq!(unread.counts(), (0, 1, 1));
    // Days later the volume is attached to something, and the run is taken up again.
    world.account.lock().expect("no panic").unread.clear();
    let (journal, earlier) = Journal::resume(folder.path(), ACCOUNT, "run-1").expect("it goes on");
    let saved = runtime().block_on(apply(&world, &plan, journal, &earlier));
    assert_eq!(saved.counts(), (2, 0, 0), "unchanged it goes");
    let world = InMemory::new(vec![volume(1), resource("ec2:snapshot", "snap-9", json!({}))]);
    let folder = TempDir::new().expect("a folder");
    let mut journal = begin(folder.path());
    let made = What::Done { step: 1, seen: "snap-9 is whole".into(), made: "snap-9".into(), undo: String::new() };
    journal.write("2026-11-27T12:00:00Z".parse().expect("a literal time"), made).expect("a line");
    drop(journal);
    world.change("vol-1", |one| {
        one.facts.insert("state".to_owned(), json!("in-use"));
    });
    let (journal, earlier) = Journal::resume(folder.path(), ACCOUNT, "run-1").expect("it goes on");
    let report = runtime().block_on(apply(&world, &plan, journal, &earlier));
    assert_eq!(why(state(&report, 2)), "it changed: state was available, is in-use");
    assert!(world.has("vol-1") && world.calls().is_empty());
}

#[test]
fn a_dry_run_of_the_rest_goes_through_what_has_not_begun_and_nothing_else() {
    let plan = plan(vec![
        step(1, 1, Work::Act, "delete", &queue(1), &[]),
        step(2, 1, Work::Act, "delete", &queue(2), &[]),
        step(3, 2, Work::Act, "delete", &volume(1), &[1]),
        step(4, 2, Work::Act, "delete", &volume(2), &[]),
    ]);
    let begun = What::Begun { step: 2, does: String::new(), before: Box::new(queue(2)) };
    let sending = What::Sending { step: 1, place: 0, call: "sqs:DeleteQueue".into(), input: json!({}), attempt: 0 };
    let done = What::Done { step: 1, seen: "not listed any more".into(), made: String::new(), undo: String::new() };
    let at = "2026-11-27T12:00:00Z".parse().expect("a literal time");
    let entry = |(n, what)| Entry { n, at, chain: String::new(), what };
    let entries: Vec<Entry> = (1..).zip([begun, sending, done]).map(entry).collect();
    let world = InMemory::new(vec![queue(2), volume(1), volume(2)]);
    let change: fn(&mut Resource) = |one| {
        one.facts.insert("state".to_owned(), json!("in-use"));
    };
    // What waits for a step that is done may have been changed by it; what waits for none may not.
    world.change("vol-1", change);
    world.change("vol-2", change);
    let tried = runtime().block_on(rehearse_rest(&world, &plan, &Past::of(&entries)));
    assert_eq!(tried.checks.keys().copied().collect::<Vec<_>>(), [3, 4]);
    assert!(matches!(&tried.checks[&3], Check::Passed { .. }), "{tried:?}");
    let wanted = Check::Refused { why: "it changed: state was available, is in-use".to_owned() };
    assert_eq!((&tried.checks[&4], tried.has_passed()), (&wanted, false));
    let whole = runtime().block_on(rehearse_rest(&world, &plan, &Past::default()));
    assert_eq!((whole.checks.len(), whole.has_passed()), (4, false));
}

#[test]
fn what_is_gone_already_is_done_and_what_cannot_be_read_is_not_touched() {
    let plan =
        plan(vec![step(1, 1, Work::Act, "delete", &volume(1), &[]), step(2, 1, Work::Act, "delete", &queue(1), &[])]);
    let (world, report, _) = applied(vec![queue(1)], &plan, |world| {
        world.account.lock().expect("no panic").unread.push(queue(1).kind);
    });
    assert!(matches!(state(&report, 1), State::Done { seen, .. } if seen.contains("already gone")));
    assert!(why(state(&report, 2)).contains("could not be read again: denied"));
    assert!(world.calls().is_empty());
}

#[test]
fn a_backup_that_fails_holds_what_depends_on_it_and_nothing_else() {
    let (resources, plan) = sixty_steps();
    let (world, report, _) = applied(resources, &plan, |world| {
        let denied = VecDeque::from([fault(Why::Denied, "UnauthorizedOperation", 403)]);
        world.account.lock().expect("no panic").faults.insert("ec2:CreateSnapshot".to_owned(), denied);
    });
    assert_eq!(report.counts(), (58, 1, 1));
    assert!(world.has("vol-1"), "it is not deleted unsaved");
    assert_eq!(why(state(&report, 21)), "step 1, which goes before it, did not end well");
}

#[test]
fn throttled_throughout_it_goes_on_and_makes_nothing_twice() {
    let (resources, plan) = sixty_steps();
    let (world, report, _) = applied(resources, &plan, |world| {
        let mut account = world.account.lock().expect("no panic");
        for call in ["ec2:CreateSnapshot", "ec2:DeleteVolume", "sqs:DeleteQueue"] {
            let throttled = (0..30).map(|_| fault(Why::Throttled, "RequestLimitExceeded", 503)).collect();
            account.faults.insert(call.to_owned(), throttled);
        }
    });
    assert_eq!(report.counts(), (60, 0, 0), "{report:?}");
    let saved = world.calls().iter().filter(|(call, _, came)| call == "ec2:CreateSnapshot" && *came).count();
    assert_eq!(saved, 20);
}

#[test]
fn a_call_that_nobody_answered_is_not_made_again_where_that_would_make_a_second_thing() {
    let plan = plan(vec![
        step(1, 0, Work::Backup, "snapshot-then-delete", &volume(1), &[]),
        step(2, 1, Work::Act, "snapshot-then-delete", &volume(1), &[1]),
    ]);
    let (world, report, _) = applied(vec![volume(1)], &plan, |world| {
        let mut lost = fault(Why::TimedOut, "", 0);
        lost.said = "carried out".to_owned();
        world.account.lock().expect("no panic").faults.insert("ec2:CreateSnapshot".to_owned(), VecDeque::from([lost]));
    });
    assert!(matches!(state(&report, 1), State::Failed { undecided: true, .. }), "{report:?}");
    assert!(world.has("vol-1"));
    assert_eq!(world.calls().len(), 1);
}

#[test]
fn a_backup_of_which_nobody_knows_whether_it_was_made_is_not_made_again_while_its_kind_cannot_be_read() {
    let plan = plan(vec![step(1, 0, Work::Backup, "snapshot-then-delete", &volume(1), &[])]);
    let folder = TempDir::new().expect("a folder");
    let world = InMemory::new(vec![volume(1)]);
    let mut journal = begin(folder.path());
    let at = "2026-11-27T12:00:00Z".parse().expect("a literal time");
    let (call, input) = ("ec2:CreateSnapshot".to_owned(), json!({}));
    journal.write(at, What::Sending { step: 1, place: 0, call, input, attempt: 0 }).expect("a line");
    drop(journal);
    world.account.lock().expect("no panic").unread.push(Kind::new("ec2:snapshot"));
    let (journal, earlier) = Journal::resume(folder.path(), ACCOUNT, "run-1").expect("it goes on");
    let report = runtime().block_on(apply(&world, &plan, journal, &earlier));
    assert!(matches!(state(&report, 1), State::Failed { undecided: true, .. }), "{report:?}");
    assert!(world.calls().is_empty());
}

#[test]
fn what_aws_calls_gone_and_still_lists_is_not_done() {
    let plan = plan(vec![step(1, 1, Work::Act, "delete", &volume(1), &[])]);
    let (_, report, _) = applied(vec![volume(1)], &plan, |world| {
        let gone = VecDeque::from([fault(Why::Error, "InvalidVolume.NotFound", 400)]);
        world.account.lock().expect("no panic").faults.insert("ec2:DeleteVolume".to_owned(), gone);
    });
    assert!(matches!(state(&report, 1), State::Failed { .. }), "{report:?}");
}

#[test]
fn credentials_that_run_out_end_the_run_before_the_next_call() {
    let (resources, plan) = sixty_steps();
    let (world, report, _) = applied(resources, &plan, |world| {
        let expired = VecDeque::from([fault(Why::Expired, "ExpiredToken", 400)]);
        world.account.lock().expect("no panic").faults.insert("ec2:DeleteVolume".to_owned(), expired);
    });
    assert!(report.stopped.contains("ExpiredToken"), "{report:?}");
    let (_, failed, _) = report.counts();
    assert!(failed > 0, "what was under way does not count as not begun: {report:?}");
    let calls = world.calls();
    let at = calls.iter().position(|(call, _, came)| call == "ec2:DeleteVolume" && !came).expect("it was refused");
    // Calls that were on their way beside it had been sent before it was answered.
    assert!(calls.len() - at <= 6, "{} calls after it", calls.len() - at);
}

/// A disk that has room for so many lines.
#[derive(Debug)]
struct FullDisk {
    disk: Box<dyn Sink>,
    room: u32,
}

impl Sink for FullDisk {
    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        self.room = self.room.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
        self.disk.put(line)
    }
}

#[test]
fn a_disk_that_is_full_stops_it_before_the_call() {
    let (resources, plan) = sixty_steps();
    let folder = TempDir::new().expect("a folder");
    let world = InMemory::new(resources);
    let journal = begin(folder.path()).through(|disk| Box::new(FullDisk { disk, room: 10 }));
    let report = runtime().block_on(apply(&world, &plan, journal, &[]));
    assert!(report.trouble.is_some() && report.stopped.contains("could not be written down"), "{report:?}");
    let entries = journal::read(&folder.path().join("run-1.ndjson")).expect("what was written is whole").entries;
    let announced = entries.iter().filter(|entry| matches!(entry.what, What::Sending { .. })).count();
    assert!(world.calls().len() <= announced);
}

#[test]
fn two_runs_for_an_account_cannot_meet() {
    let folder = TempDir::new().expect("a folder");
    let first = begin(folder.path());
    let second = Journal::begin(folder.path(), ACCOUNT, "run-2").expect_err("the first holds the lock");
    assert!(second.to_string().contains("another cleanup of account 111122223333 is under way"), "{second}");
    drop(first);
    Journal::begin(folder.path(), ACCOUNT, "run-2").expect("the lock is free again");
}

#[test]
fn a_line_that_was_changed_shows() {
    let (resources, plan) = sixty_steps();
    let folder = TempDir::new().expect("a folder");
    let world = InMemory::new(resources);
    runtime().block_on(apply(&world, &plan, begin(folder.path()), &[]));
    let path = folder.path().join("run-1.ndjson");
    let text = std::fs::read_to_string(&path).expect("a journal");
    for (what, changed) in [
        ("a word changed", text.replacen("vol-7", "vol-8", 1)),
        (
            "a line taken out",
            text.lines().filter(|line| !line.contains("\"n\":5,")).map(|l| format!("{l}\n")).collect(),
        ),
    ] {
        std::fs::write(&path, changed).expect("a file");
        let error = journal::read(&path).expect_err(what).to_string();
        assert!(error.contains("is not what was written"), "{what}: {error}");
    }
}

#[test]
fn what_takes_its_time_is_waited_for_and_its_states_are_written_down() {
    let plan = plan(vec![step(1, 1, Work::Act, "delete", &volume(1), &[])]);
    let (world, report, entries) = applied(vec![volume(1)], &plan, |world| {
        world.account.lock().expect("no panic").lingering.insert("vol-1".to_owned(), 5);
    });
    assert!(matches!(state(&report, 1), State::Done { seen, .. } if seen == "not listed any more"), "{report:?}");
    assert!(!world.has("vol-1"));
    let waited = entries.iter().any(|entry| matches!(&entry.what, What::Waiting { state, .. } if state == "deleting"));
    assert!(waited);
}

#[test]
fn a_procedure_goes_before_the_call_and_what_it_has_not_let_go_of_yet_is_waited_for() {
    let rule = resource("events:rule", "hourly", json!({ "state": "ENABLED", "bus": "default", "targets": 1.0 }));
    let plan = plan(vec![step(1, 1, Work::Act, "delete", &rule, &[])]);
    let (world, report, _) = applied(vec![rule], &plan, |world| {
        let busy = fault(Why::Error, "ConcurrentModificationException", 400);
        world.account.lock().expect("no panic").faults.insert("events:DeleteRule".to_owned(), VecDeque::from([busy]));
    });
    assert!(matches!(state(&report, 1), State::Done { .. }), "{report:?}");
    let calls: Vec<String> = world.calls().into_iter().map(|(call, _, _)| call).collect();
    assert_eq!(calls, ["rule-targets", "events:DeleteRule", "events:DeleteRule"]);
}

#[test]
fn a_procedure_that_takes_the_resource_itself_away_ends_when_it_is_not_listed() {
    let distribution = resource("cloudfront:distribution", "E1", json!({ "enabled": false, "status": "Deployed" }));
    let plan = plan(vec![step(1, 1, Work::Act, "delete", &distribution, &[])]);
    let (world, report, _) = applied(vec![distribution.clone()], &plan, |_| {});
    assert!(matches!(state(&report, 1), State::Done { seen, .. } if seen == "not listed any more"), "{report:?}");
    assert!(!world.has("E1"));
    let (_, report, _) = applied(vec![distribution], &plan, |world| {
        world.account.lock().expect("no panic").lingering.insert("E1".to_owned(), u32::MAX);
    });
    assert_eq!(why(state(&report, 1)), "not seen to end after 30 minutes: deleting");
}

#[test]
fn what_is_still_there_at_the_deadline_failed() {
    let plan = plan(vec![step(1, 1, Work::Act, "delete", &volume(1), &[])]);
    let (_, report, _) = applied(vec![volume(1)], &plan, |world| {
        world.account.lock().expect("no panic").lingering.insert("vol-1".to_owned(), u32::MAX);
    });
    assert_eq!(why(state(&report, 1)), "not seen to end after 10 minutes: deleting");
}

const GROUP: &str = "sg-0a1b2c3d";
const FACE: &str = "eni-0a1b2c3d";
const NEW: &str = "something new depends on it: ec2:network-interface eni-0a1b2c3d";

fn group() -> Resource {
    resource("ec2:security-group", GROUP, json!({}))
}

/// A network interface in that group.
fn interface() -> Resource {
    let refs = vec![Ref { id: GROUP.to_owned(), role: Role::Uses }];
    Resource { refs, ..resource("ec2:network-interface", FACE, json!({ "state": "available" })) }
}

/// The deletion of the group, which interfaces could hold.
fn watched(number: u32, wave: u32, after: &[u32]) -> Step {
    let holders = vec![Kind::new("ec2:network-interface")];
    Step { holders, ..step(number, wave, Work::Act, "delete", &group(), after) }
}

fn tried(world: &InMemory, plan: &Plan, step: u32) -> Check {
    runtime().block_on(rehearse(world, plan)).checks[&step].clone()
}

fn passed(check: &Check) -> &[String] {
    match check {
        Check::Passed { notes, .. } => notes,
        other => panic!("it did not pass: {other:?}"),
    }
}

#[test]
fn what_came_to_need_it_after_the_plan_holds_it_and_nothing_of_it_is_sent() {
    let plan = plan(vec![watched(1, 1, &[])]);
    assert!(passed(&tried(&InMemory::new([group()]), &plan, 1)).is_empty(), "alone it goes");
    let world = InMemory::new([group(), interface()]);
    assert_eq!(tried(&world, &plan, 1), Check::Refused { why: NEW.to_owned() });
    let (world, report, entries) = applied(vec![group(), interface()], &plan, |_| {});
    assert!(matches!(state(&report, 1), State::Held { why } if why == NEW), "{report:?}");
    assert!(world.has(GROUP) && world.calls().is_empty());
    assert!(!entries.iter().any(|entry| matches!(entry.what, What::Begun { .. } | What::Sending { .. })));
}

#[test]
fn what_came_to_need_it_between_two_waves_holds_it() {
    let plan = plan(vec![step(1, 1, Work::Act, "delete", &queue(1), &[]), watched(2, 2, &[])]);
    assert!(passed(&tried(&InMemory::new([queue(1), group()]), &plan, 2)).is_empty());
    let (world, report, _) = applied(vec![queue(1), group()], &plan, |world| {
        world.account.lock().expect("no panic").appearing.insert("sqs:DeleteQueue".to_owned(), interface());
    });
    assert!(matches!(state(&report, 1), State::Done { .. }));
    assert!(matches!(state(&report, 2), State::Held { why } if why == NEW), "{report:?}");
    assert_eq!(world.calls().len(), 1);
}

#[test]
fn what_it_was_attached_to_anew_holds_it_though_earlier_steps_changed_it() {
    let attached = Ref { id: "i-0a1b2c3d".to_owned(), role: Role::AttachedTo };
    let again = Resource { refs: vec![attached], ..volume(1) };
    let host = resource("ec2:instance", "i-0a1b2c3d", json!({}));
    let delete = Step { holders: vec![host.kind.clone()], ..step(2, 2, Work::Act, "delete", &volume(1), &[1]) };
    let plan = plan(vec![step(1, 1, Work::Act, "delete", &queue(1), &[]), delete]);
    let (world, report, _) = applied(vec![queue(1), again, host], &plan, |_| {});
    assert_eq!(why(state(&report, 2)), "something new depends on it: ec2:instance i-0a1b2c3d");
    assert!(world.has("vol-1"));
}

#[test]
fn what_goes_with_the_plan_or_was_known_to_it_holds_nothing() {
    let face = step(1, 1, Work::Act, "delete", &interface(), &[]);
    let whole = plan(vec![face, watched(2, 2, &[1])]);
    let world = InMemory::new([group(), interface()]);
    assert!(passed(&tried(&world, &whole, 2)).is_empty());
    let (_, report, _) = applied(vec![group(), interface()], &whole, |_| {});
    assert_eq!(report.counts(), (2, 0, 0), "{report:?}");

    // It goes away with its instance, as the plan knew.
    let knowing = plan(vec![Step { known: vec![interface().arn], ..watched(1, 1, &[]) }]);
    assert!(passed(&tried(&world, &knowing, 1)).is_empty());
    // Here it stays, so that AWS says what the plan did not have to say.
    let (world, report, _) = applied(vec![group(), interface()], &knowing, |_| {});
    assert_eq!(why(state(&report, 1)), "DependencyViolation");
    assert!(world.calls().iter().any(|(call, _, _)| call == "ec2:DeleteSecurityGroup"));
}

#[test]
fn what_is_new_and_goes_with_what_the_plan_deletes_holds_nothing() {
    let host = resource("ec2:instance", "i-0a1b2c3d", json!({ "state": "running" }));
    let whole = plan(vec![step(1, 1, Work::Act, "terminate", &host, &[]), watched(2, 2, &[1])]);
    let with = |facts: serde_json::Value, owner: Option<Owner>| {
        let mut face = interface();
        face.facts.extend(facts.as_object().cloned().expect("an object"));
        face.refs.push(Ref { id: host.id.clone(), role: Role::AttachedTo });
        face.owner = owner;
        tried(&InMemory::new([group(), host.clone(), face]), &whole, 2)
    };
    assert_eq!(with(json!({ "delete_on_termination": false }), None), Check::Refused { why: NEW.to_owned() });
    assert!(passed(&with(json!({ "delete_on_termination": true }), None)).is_empty());

    let fleet = resource("autoscaling:autoScalingGroup", "web", json!({}));
    let owned = plan(vec![step(1, 1, Work::Act, "delete", &fleet, &[]), watched(2, 2, &[1])]);
    let of = |id: &str| {
        let (by, evidence) = ("auto-scaling-group".to_owned(), "tag".to_owned());
        let face = Resource { owner: Some(Owner { by, id: id.to_owned(), evidence }), ..interface() };
        tried(&InMemory::new([group(), fleet.clone(), face]), &owned, 2)
    };
    assert!(passed(&of("web")).is_empty());
    assert_eq!(of("another"), Check::Refused { why: NEW.to_owned() });
}

#[test]
fn kind_that_cannot_be_read_is_a_note_and_holds_nothing() {
    let plan = plan(vec![watched(1, 1, &[])]);
    let blind = |world: &InMemory| {
        world.account.lock().expect("no panic").unread.push(Kind::new("ec2:network-interface"));
    };
    let world = InMemory::new([group()]);
    blind(&world);
    let note = "not known whether something new depends on it: ec2:network-interface could not be read";
    assert_eq!(passed(&tried(&world, &plan, 1)), [note]);
    let (world, report, _) = applied(vec![group()], &plan, blind);
    assert_eq!(report.counts(), (1, 0, 0), "{report:?}");
    assert!(!world.has(GROUP));
}

#[test]
fn lock_stays_on_what_something_new_needs() {
    let lift = Work::Unprotect { flag: "DeletionProtection".to_owned() };
    let plan = plan(vec![step(1, 1, lift, "delete", &group(), &[]), watched(2, 2, &[1])]);
    let (world, report, _) = applied(vec![group(), interface()], &plan, |_| {});
    assert_eq!(why(state(&report, 1)), NEW);
    assert!(world.calls().is_empty());
}

#[test]
fn plan_that_names_no_holders_reads_and_looks_for_nothing_new() {
    let old = plan(vec![step(1, 1, Work::Act, "delete", &group(), &[])]);
    let text = old.text().expect("plain data");
    assert!(!text.contains("holders") && !text.contains("known"), "{text}");
    let read = Plan::read(&text).expect("a plan of an older program");
    let world = InMemory::new([group(), interface()]);
    assert!(passed(&tried(&world, &read, 1)).is_empty());
    assert_eq!(world.account.lock().expect("no panic").lists.len(), 1, "the group's own list");
}

#[test]
fn what_could_hold_many_is_read_once_a_rehearsal_and_once_a_wave() {
    let of = |n: u32| resource("ec2:security-group", &format!("sg-0000000{n}"), json!({}));
    let one = |n: u32| Step { resource: of(n), ..watched(n, 1 + n / 5, &[]) };
    let plan = plan((1..=8).map(one).collect());
    let world = InMemory::new((1..=8).map(of));
    let read = |world: &InMemory| {
        let account = world.account.lock().expect("no panic");
        account.lists.iter().filter(|cell| cell.kind.as_str() == "ec2:network-interface").count()
    };
    runtime().block_on(rehearse(&world, &plan));
    assert_eq!(read(&world), 1);
    let (world, report, _) = applied((1..=8).map(of).collect(), &plan, |_| {});
    assert_eq!(report.counts(), (8, 0, 0), "{report:?}");
    assert_eq!(read(&world), 2);
}
