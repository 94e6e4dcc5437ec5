use jiff::SignedDuration;

use super::*;
use crate::model::Event;
use crate::plan::{Check, Entry, News as StepNews, Rehearsal, What};
use crate::tui::message::Message;
use crate::tui::testing::Journey;
use crate::tui::view::sample;

/// Two volumes of the sample account are marked, their plan is on the screen, and it was tried just now.
fn ready() -> Journey {
    let mut journey = planned();
    try_it(&mut journey, &Check::Passed { by: vec!["read again".to_owned()], notes: Vec::new() });
    journey
}

/// In front of the sample account, with the resources of its findings listed.
fn begin() -> Journey {
    let mut audit = sample::audit();
    for finding in audit.findings.clone() {
        audit.apply(Event::Found { resource: Box::new(finding.resource) });
    }
    Journey::of(audit)
}

fn planned() -> Journey {
    let mut journey = begin();
    journey.model.cleanup.allow_apply = true;
    at_minute(&mut journey, 3);
    journey.press("2<Space>j<Space>6");
    assert!(!journey.plan().steps.is_empty(), "{}", journey.picture());
    journey
}

fn try_it(journey: &mut Journey, check: &Check) {
    let plan = journey.plan();
    let checks = plan.steps.iter().map(|step| (step.number, check.clone())).collect();
    journey.clean(News::Tried(Ok(Rehearsal { plan: plan.hash.clone(), at: journey.model.now, checks })));
}

/// So many minutes after the sample scan began, on both clocks.
fn at_minute(journey: &mut Journey, minute: u64) {
    let now = sample::began_at() + SignedDuration::from_mins(minute as i64);
    journey.tell(Message::Clock(minute * 60_000, now));
}

/// A second later: long enough for the confirmation to hear.
fn wait(journey: &mut Journey) {
    let (ms, now) = (journey.model.clock_ms + 1_000, journey.model.now + SignedDuration::from_secs(1));
    journey.tell(Message::Clock(ms, now));
}

fn press(journey: &mut Journey, keys: &str) {
    journey.press(keys);
}

fn is_open(journey: &Journey) -> bool {
    matches!(journey.model.overlay, Some(Overlay::Confirm(_)))
}

/// A run of the plan, confirmed.
fn running() -> Journey {
    let mut journey = ready();
    journey.press("A");
    wait(&mut journey);
    let phrase = journey.plan().phrase();
    journey.press(&phrase).press("<Enter>");
    journey
}

#[track_caller]
fn assert_refused(mut journey: Journey, why: &str) {
    journey.effects.clear();
    journey.press("A");
    assert!(!is_open(&journey) && journey.effects.is_empty(), "{why}");
    assert!(journey.says().contains(why), "{} does not say {why}", journey.says());
    assert!(journey.model.say.is_some());
}

#[test]
fn confirmation_opens_when_nothing_is_missing() {
    let mut journey = ready();
    journey.press("j");
    assert!(journey.picture().contains("A is enabled"), "{}", journey.picture());
    journey.press("A");
    assert!(is_open(&journey) && journey.effects.is_empty());
}

#[test]
fn confirmation_stays_shut_while_anything_is_missing_and_says_what() {
    let with = |change: fn(&mut Journey)| {
        let mut journey = ready();
        change(&mut journey);
        journey
    };
    assert_refused(planned(), "a dry run");
    assert_refused(with(|journey| journey.model.cleanup.allow_apply = false), "--allow-apply");
    assert_refused(with(|journey| journey.model.cleanup.is_protected = true), "protected_accounts");
    assert_refused(with(|journey| journey.model.origin = Origin::File("a.json".into())), "read from a file");
    assert_refused(with(|journey| journey.model.cleanup.is_outdated = true), "a scan after the last run");
    assert_refused(with(|journey| journey.model.cleanup.trying = Some(String::new())), "the end of the dry run");
    assert_refused(with(|journey| at_minute(journey, 19)), "a scan of the last 15 minutes");
    assert_refused(with(|journey| at_minute(journey, 19)), "a dry run of the last 15 minutes");
    assert_refused(with(|journey| press(journey, "x")), "a dry run of this plan");
    assert_refused(with(|journey| press(journey, "2U6")), "a plan with a step");
    let refused = Check::Refused { why: "it is protected".to_owned() };
    let mut journey = planned();
    try_it(&mut journey, &refused);
    assert_refused(journey, "a dry run without a refusal");
    let mut journey = planned();
    let half = Rehearsal { plan: journey.plan().hash.clone(), at: journey.model.now, checks: Default::default() };
    journey.clean(News::Tried(Ok(half)));
    assert_refused(journey, "a dry run of every step");
}

#[test]
fn phrase_that_privacy_hides_is_not_asked_for() {
    let mut journey = planned();
    journey.model.audit.account.alias = None;
    journey.model.cleanup.stale = true;
    journey.press("j");
    try_it(&mut journey, &Check::Gone);
    journey.press("P");
    assert_refused(journey, "privacy hides it");
}

#[test]
fn nothing_but_the_typed_phrase_and_enter_begins_a_run() {
    let mut journey = ready();
    let phrase = journey.plan().phrase();
    // Typed before the dialog could be read.
    journey.press("A").press(&phrase).press("<Enter>");
    assert!(is_open(&journey));
    wait(&mut journey);
    journey.press("<Enter>y<Enter>");
    journey.press("<Ctrl-u>").press(&phrase[..phrase.len() - 1]).press("<Enter>");
    journey.press("<Ctrl-u>").press(&phrase.to_uppercase()).press("<Enter>");
    journey.press("<Ctrl-u>").press(&format!("{phrase} ")).press("<Enter>");
    journey.press("<Ctrl-u>");
    journey.tell(Message::Paste(phrase.clone()));
    journey.press("<Enter>");
    assert!(is_open(&journey) && journey.effects.is_empty(), "{:?}", journey.effects);
    journey.press(&phrase).press("<Esc>");
    assert!(!is_open(&journey) && journey.effects.is_empty());
    journey.press("A");
    wait(&mut journey);
    journey.press(&phrase).press("<Enter>");
    assert_eq!(journey.effects, [Effect::Apply(journey.plan(), phrase)]);
    assert!(journey.model.cleanup.is_applying());
}

#[test]
fn run_is_not_begun_when_something_went_missing_while_the_phrase_was_typed() {
    let mut journey = ready();
    let phrase = journey.plan().phrase();
    journey.press("A");
    at_minute(&mut journey, 40);
    journey.press(&phrase).press("<Enter>");
    assert!(!is_open(&journey) && journey.effects.is_empty());
    assert!(journey.says().starts_with("nothing was changed"), "{}", journey.says());
}

#[test]
fn marks_that_a_filter_hides_are_in_the_plan() {
    let mut journey = begin();
    journey.press("2<Space>j<Space>6");
    let all = journey.plan().hash.clone();
    journey.press("2/nothing-has-this-name<Enter>6");
    assert_eq!(journey.plan().hash, all);
    assert!(journey.model.view_of(ScreenId::Findings).rows.is_empty());
}

#[test]
fn x_takes_a_mark_away_and_nothing_else() {
    let mut journey = planned();
    let before = journey.plan();
    journey.press("x");
    assert_eq!(journey.model.marks.len(), 1);
    assert!(journey.effects.is_empty() && journey.plan().steps.len() < before.steps.len());
    assert!(!journey.model.marks.has(&before.steps[0].resource.arn));
}

/// Ids of what the steps of the plan are about, in their order.
fn order(journey: &Journey) -> Vec<String> {
    let plan = journey.plan();
    assert!(plan.steps.iter().zip(1..).all(|(step, number)| step.number == number));
    plan.steps.iter().map(|step| step.resource.id.clone()).collect()
}

#[test]
fn a_step_is_moved_within_its_wave_and_the_plan_has_to_be_tried_again() {
    let mut journey = ready();
    let (before, plan) = (order(&journey), journey.plan());
    assert_eq!(plan.steps[0].wave, plan.steps[1].wave, "two that may change places");
    journey.press("J");
    let swapped = [&[before[1].clone(), before[0].clone()], &before[2..]].concat();
    assert_eq!(order(&journey), swapped);
    assert!(journey.says().contains("is step 2 now"), "{}", journey.says());
    assert_eq!(view::row(&journey.model), Some(1), "the cursor goes with the step");
    assert_ne!(journey.plan().hash, plan.hash);
    for step in plan.steps.iter().filter(|step| !step.after.is_empty()) {
        let first = &plan.steps[step.after[0] as usize - 1].resource.id;
        let now = journey.plan();
        let same = now.steps.iter().find(|one| one.resource.arn == step.resource.arn && one.work == step.work);
        let after = same.expect("it is still in the plan").after[0];
        assert_eq!(&now.steps[after as usize - 1].resource.id, first, "it still waits for the same step");
    }
    assert_refused(journey, "a dry run of this plan");
}

#[test]
fn a_step_does_not_leave_its_wave_and_an_order_by_hand_outlives_another_mark() {
    let mut journey = ready();
    let before = order(&journey);
    journey.press("K");
    assert_eq!(order(&journey), before);
    assert!(journey.says().contains("first of wave"), "{}", journey.says());
    journey.press("J");
    let moved = order(&journey);
    journey.press("2My6");
    let with_another: Vec<String> = order(&journey).into_iter().filter(|id| before.contains(id)).collect();
    assert!(order(&journey).len() > moved.len());
    assert_eq!(with_another, moved);
    let mut journey = running();
    journey.press("J");
    assert!(journey.says().contains("not changed any more"));
}

#[test]
fn plan_waits_for_the_end_of_a_scan() {
    let mut journey = Journey::of(sample::running());
    journey.press("2<Space>6");
    assert!(journey.model.cleanup.plan.is_none() && journey.picture().contains("A scan is running."));
    journey.press("DA");
    assert!(journey.effects.is_empty() && !is_open(&journey));
}

#[test]
fn run_says_so_on_every_screen_and_is_asked_about_before_leaving() {
    let mut journey = running();
    journey.effects.clear();
    for screen in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        journey.press(screen);
        assert!(journey.picture().contains("APPLYING"), "{}", journey.picture());
    }
    journey.press("qn<Ctrl-z>n");
    assert!(journey.effects.is_empty());
    journey.press("R");
    assert!(journey.says().contains("a cleanup is running"));
    journey.press("<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::StopApply]);
    journey.press("<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::StopApply, Effect::Quit]);
}

#[test]
fn after_a_run_what_is_done_is_unmarked_and_what_failed_stays_marked() {
    let mut journey = running();
    let plan = journey.plan();
    let acts: Vec<_> = plan.steps.iter().filter(|step| step.work == Work::Act).collect();
    assert_eq!(acts.len(), 2);
    let state = State::Failed { why: "DependencyViolation".to_owned(), undecided: false };
    journey.clean(News::Step(StepNews { step: acts[1].number, state }));
    let wrote = What::Waiting { step: acts[0].number, state: "deleting".to_owned() };
    let entry = Entry { n: 1, at: journey.model.now, chain: String::new(), what: wrote };
    journey.clean(News::Wrote(Box::new(entry)));
    let done = State::Done { seen: "not listed any more".to_owned(), made: String::new() };
    let states = [(acts[0].number, done)].into();
    journey.clean(News::Ended(End { states, ..End::default() }));
    assert!(!journey.model.marks.has(&acts[0].resource.arn) && journey.model.marks.has(&acts[1].resource.arn));
    assert!(journey.picture().contains("ENDED, NOT ALL WELL"), "{}", journey.picture());
    journey.press("<Esc>");
    assert!(journey.model.cleanup.run.is_none());
    assert_refused(journey, "a scan after the last run");
}

/// A run with so many lines in its log.
fn logged(lines: u64) -> Journey {
    let mut journey = running();
    for n in 1..=lines {
        write(&mut journey, n);
    }
    journey
}

fn write(journey: &mut Journey, n: u64) {
    let what = What::Waiting { step: 1, state: format!("state-{n}.") };
    journey.clean(News::Wrote(Box::new(Entry { n, at: journey.model.now, chain: String::new(), what })));
}

#[test]
fn log_follows_its_newest_line_until_f_holds_it() {
    let mut journey = logged(30);
    assert!(journey.picture().contains("state-30."), "{}", journey.picture());
    journey.press("f");
    write(&mut journey, 31);
    let picture = journey.picture();
    assert!(!picture.contains("state-31.") && picture.contains("held, 1 newer"), "{picture}");
    journey.press("f");
    assert!(journey.picture().contains("state-31."));
    journey.press("<Tab>g");
    assert!(journey.picture().contains("state-1."), "{}", journey.picture());
    write(&mut journey, 32);
    assert!(journey.picture().contains("state-1.") && !journey.picture().contains("state-32."));
    journey.press("G");
    write(&mut journey, 33);
    assert!(journey.picture().contains("state-33."));
}

#[test]
fn search_goes_to_the_newest_hit_and_round_and_round() {
    let mut journey = logged(30);
    journey.press("/STATE-1").press("<Enter>");
    // 1 and 10 to 19.
    assert!(journey.says().starts_with("11 of 11 lines"), "{}", journey.says());
    assert!(journey.picture().contains("state-19."), "{}", journey.picture());
    journey.press("n");
    assert!(journey.says().starts_with("1 of 11"), "{}", journey.says());
    assert!(journey.picture().contains("state-1."));
    journey.press("N");
    assert!(journey.says().starts_with("11 of 11"));
    journey.press("/-nowhere<Enter>");
    assert!(journey.says().starts_with("no line has"), "{}", journey.says());
    journey.press("<Esc>");
    assert!(journey.model.cleanup.is_applying());
    journey.press("n");
    assert!(journey.says().contains("nothing is looked for"), "{}", journey.says());
    let mut journey = planned();
    journey.press("/");
    assert!(journey.model.typing.is_none() && journey.says().contains("it comes with a run"));
}

#[test]
fn time_left_is_told_once_a_step_has_ended() {
    let mut journey = running();
    let steps = journey.plan().steps.clone();
    journey.clean(News::Step(StepNews { step: steps[0].number, state: State::Looking }));
    wait(&mut journey);
    assert!(!journey.picture().contains(" left"), "{}", journey.picture());
    let done = State::Done { seen: "it is there".to_owned(), made: String::new() };
    journey.clean(News::Step(StepNews { step: steps[0].number, state: done }));
    assert!(journey.picture().contains("about 0:10 left"), "{}", journey.picture());
}

/// In front of the journal of a run of the plan in which the first step was done, and the program was killed.
fn broken_off() -> Journey {
    let mut journey = planned();
    let plan = journey.plan();
    let (account, caller) = (plan.account.id.clone(), "arn:aws:iam::111122223333:user/mk".to_owned());
    let (steps, tool) = (plan.steps.len() as u32, "0.1.0".to_owned());
    let opened = What::Opened { plan: plan.hash.clone(), account, caller, tool, steps, resumed: false };
    let done = What::Done { step: 1, seen: "not listed any more".into(), made: String::new(), undo: String::new() };
    let entry = |(n, what)| Entry { n, at: journey.model.now, chain: String::new(), what };
    let entries: Vec<Entry> = (1..).zip([opened, done]).map(entry).collect();
    let record = crate::tui::cleanup::Record { name: "run-1".to_owned(), entries, ..Default::default() };
    journey.clean(News::Runs { runs: vec![record], place: "journal".to_owned() });
    journey.press("7");
    journey
}

/// The dry run of what is left of it.
fn try_rest(journey: &mut Journey, check: &Check) {
    let (plan, entries) = (journey.plan(), journey.model.journals.runs[0].entries.clone());
    let past = crate::plan::Past::of(&entries);
    let checks = plan.steps.iter().skip(1).map(|step| (step.number, check.clone())).collect();
    let tried = Rehearsal { plan: plan.hash.clone(), at: journey.model.now, checks };
    let rest = crate::tui::cleanup::Rest::new("run-1", (*plan).clone(), &past, tried);
    journey.clean(News::TriedRest(Ok(rest)));
}

fn passed() -> Check {
    Check::Passed { by: vec!["read again".to_owned()], notes: Vec::new() }
}

#[test]
fn a_run_that_was_broken_off_goes_on_after_a_dry_run_and_its_phrase() {
    let mut journey = broken_off();
    journey.press("D");
    assert_eq!(journey.effects, [Effect::RehearseRest("run-1".to_owned())]);
    journey.press("D");
    assert!(journey.effects.len() == 1 && journey.says().contains("the end of the look"), "{}", journey.says());
    try_rest(&mut journey, &passed());
    journey.press("A");
    let picture = journey.picture();
    assert!(is_open(&journey) && picture.contains("Go on with the run?"), "{picture}");
    assert!(picture.contains("1 of its"), "{picture}");
    wait(&mut journey);
    let (plan, phrase) = (journey.plan(), journey.plan().phrase());
    journey.press("<Enter>");
    assert!(is_open(&journey) && journey.effects.len() == 1);
    journey.press(&phrase).press("<Enter>");
    assert_eq!(journey.effects[1..], [Effect::Resume("run-1".to_owned(), plan, phrase)]);
    assert!(journey.model.cleanup.is_applying() && journey.model.screen == ScreenId::Cleanup);
}

#[test]
fn a_run_does_not_go_on_while_anything_is_missing_and_what_is_missing_is_said() {
    assert_refused(broken_off(), "a dry run of what is left");
    let with = |change: fn(&mut Journey)| {
        let mut journey = broken_off();
        try_rest(&mut journey, &passed());
        change(&mut journey);
        journey
    };
    assert_refused(with(|journey| journey.model.cleanup.allow_apply = false), "--allow-apply");
    assert_refused(with(|journey| journey.model.cleanup.is_protected = true), "protected_accounts");
    assert_refused(with(|journey| journey.model.origin = Origin::File("a.json".into())), "read from a file");
    assert_refused(with(|journey| at_minute(journey, 19)), "a dry run of the last 15 minutes");
    assert_refused(with(|journey| journey.model.journals.verifying = Some(String::new())), "the end of the look");
    let refused = Check::Refused { why: "it is protected".to_owned() };
    let mut journey = broken_off();
    try_rest(&mut journey, &refused);
    assert!(journey.picture().contains("refused: it is protected"), "{}", journey.picture());
    assert_refused(journey, "without a refusal");
    let mut journey = with(|_| ());
    let closed = What::Closed { done: 2, failed: 0, held: 0, stopped: String::new() };
    let at = journey.model.now;
    journey.model.journals.runs[0].entries.push(Entry { n: 3, at, chain: String::new(), what: closed });
    assert_refused(journey, "something left of it");
    // The phrase is typed, and meanwhile the dry run has become too old.
    let mut journey = with(|_| ());
    let phrase = journey.plan().phrase();
    journey.press("A");
    at_minute(&mut journey, 40);
    journey.press(&phrase).press("<Enter>");
    assert!(journey.effects.is_empty() && journey.says().starts_with("nothing was changed"), "{}", journey.says());
}

#[test]
fn a_signal_in_a_run_stops_it_and_its_end_is_the_end_of_the_program() {
    let mut journey = running();
    journey.effects.clear();
    journey.tell(Message::End { again: true });
    assert_eq!(journey.effects, [Effect::StopApply]);
    assert!(journey.picture().contains("STOPPING"), "{}", journey.picture());
    // The hangup that the shell sends after the terminal's own is the same wish.
    journey.tell(Message::End { again: false });
    assert_eq!(journey.effects, [Effect::StopApply]);
    journey.clean(News::Ended(End { stopped: "stopped by hand".to_owned(), ..End::default() }));
    assert_eq!(journey.effects, [Effect::StopApply, Effect::Quit]);
}

#[test]
fn a_second_signal_ends_the_program_at_once_and_so_does_the_first_without_a_run() {
    let mut journey = running();
    journey.effects.clear();
    journey.tell(Message::End { again: false });
    journey.tell(Message::End { again: true });
    assert_eq!(journey.effects, [Effect::StopApply, Effect::Quit]);
    let mut journey = running();
    journey.effects.clear();
    journey.tell(Message::End { again: true });
    journey.press("<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::StopApply, Effect::Quit]);
    let mut journey = ready();
    journey.tell(Message::End { again: false });
    assert_eq!(journey.effects, [Effect::Quit]);
}

#[test]
fn texts_of_a_journal_cannot_leave_their_line() {
    let mut journey = Journey::begin();
    let what = What::Failed { step: 1, why: "\u{1b}[2J\u{202e}boom".to_owned(), undecided: false };
    let entry = Entry { n: 1, at: journey.model.now, chain: String::new(), what };
    let run = crate::tui::cleanup::Record { name: "run\u{7}".to_owned(), entries: vec![entry], ..Default::default() };
    journey.clean(News::Runs { runs: vec![run], place: "\u{1b}]0;x".to_owned() });
    let picture = journey.press("7").picture();
    assert!(picture.contains("boom") && !picture.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{picture}");
}
