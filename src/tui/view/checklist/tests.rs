use crate::audit::Audit;
use crate::model::{Event, ItemState, Verdict};
use crate::tui::effect::{Effect, ExportFormat};
use crate::tui::message::Message;
use crate::tui::testing::Journey;
use crate::tui::view::sample;

fn states(journey: &Journey) -> Vec<ItemState> {
    let rows = &journey.model.view().rows;
    rows.iter().map(|row| journey.model.audit.checklist[*row].state).collect()
}

#[test]
fn what_stands_against_closing_comes_first_and_what_passes_can_be_left_out() {
    let mut journey = Journey::begin();
    journey.press("5");
    use ItemState::{Blocker, NotApplicable, Open, Pass, Ticked, Unknown, Warning};
    assert_eq!(states(&journey), [Blocker, Unknown, Warning, Open, Open, Ticked, Pass, NotApplicable]);
    journey.press("F");
    assert_eq!(states(&journey), [Blocker, Unknown, Warning, Open, Open]);
    journey.press("/state:open<Enter>");
    assert_eq!(states(&journey), [Open, Open]);
    journey.press("<Esc>F");
    assert_eq!(states(&journey).len(), 8);
}

#[test]
fn every_state_has_a_sign_and_the_frame_counts_them() {
    let mut journey = Journey::begin();
    let picture = journey.press("5").picture();
    for text in [
        "Closure checklist: BLOCKED",
        "✗ 1  ? 1  ▲ 1  [ ] 2  [x] 1  ✓ 1  - 1",
        " ✗  auto no savings plans",
        " ?  auto no flow",
        " ▲  auto domains moved",
        "[ ] hand support plan",
        "[x] hand data copied",
        "mk as Auditor, 20 Nov: seen in the",
        " ✓  auto no public images",
        " -  auto not managing",
    ] {
        assert!(picture.contains(text), "{text}\n{picture}");
    }
    let picture = journey.sized(150, 30).picture();
    let counts = "1 blocker, 1 unknown, 1 warning, 2 open, 1 ticked, 1 pass, 1 not applicable";
    assert!(picture.contains(counts), "{picture}");
}

#[test]
fn unknown_is_told_not_to_be_a_pass_and_an_old_tick_to_hold_no_more() {
    let mut journey = Journey::begin();
    let picture = journey.press("5j<Enter>").picture();
    assert!(picture.contains("Unknown is not a pass") && picture.contains("ec2:DescribeVpcs"), "{picture}");
    let picture = journey.press("<Esc>jjj<Enter>").picture();
    assert!(picture.contains("It holds no more") && picture.contains("seen in the console"), "{picture}");
}

#[test]
fn evidence_there_is_no_room_for_is_counted_and_shown_when_opened() {
    let mut journey = Journey::begin().sized(80, 24);
    let picture = journey.press("5").picture();
    assert!(picture.contains("and 5 more: Enter shows them"), "{picture}");
    let picture = journey.press("<Enter>").picture();
    assert!(picture.contains("Compute plan 6 of"), "{picture}");
}

#[test]
fn what_goes_on_billing_is_one_tab_away_on_a_narrow_screen_and_beside_on_a_wide_one() {
    let mut journey = Journey::begin().sized(80, 24);
    let picture = journey.press("5<Tab><Tab>").picture();
    assert!(picture.contains("Keeps billing after day 0") && picture.contains("2027-06-01"), "{picture}");
    let picture = journey.press("z").picture();
    for text in ["$456.25, what 1 thing of unknown price", "member account", "never closes", "2. It can be opened"] {
        assert!(picture.contains(text), "{text}\n{picture}");
    }
    let picture = Journey::begin().sized(200, 60).press("5").picture();
    assert!(picture.contains("Keeps billing after day 0") && picture.contains("Why"), "{picture}");
}

#[test]
fn space_asks_for_a_note_and_an_empty_one_is_refused() {
    let mut journey = Journey::begin();
    journey.press("5jjj<Space>");
    assert!(journey.picture().contains("Tick: support plan is settled"), "{}", journey.picture());
    journey.press("  <Enter>");
    assert!(journey.effects.is_empty() && journey.picture().contains("a note is wanted"), "{}", journey.picture());
    // Letters that are keys elsewhere are text here.
    journey.press("q5<Enter>");
    let note = Some("q5".to_owned());
    assert_eq!(journey.effects, [Effect::Tick { id: "support-plan".to_owned(), note }]);
    assert!(journey.model.overlay.is_none());
    journey.press("<Space>no<Esc>");
    assert_eq!(journey.effects.len(), 1);
}

#[test]
fn space_takes_a_tick_back_at_once_and_ticks_nothing_that_was_seen() {
    let mut journey = Journey::begin();
    journey.press("5<Space>");
    assert!(journey.says().contains("not ticked away") && journey.model.overlay.is_none());
    journey.press("G<Space>");
    assert!(journey.says().contains("not for this account"));
    journey.press("k<Space>");
    assert!(journey.says().contains("it passes") && journey.effects.is_empty());
    journey.press("k<Space>");
    assert_eq!(journey.effects, [Effect::Tick { id: "data-copied".to_owned(), note: None }]);
}

#[test]
fn a_list_judged_again_replaces_the_one_shown_and_a_refusal_leaves_it() {
    let mut journey = Journey::begin();
    journey.press("5");
    let Event::Checked { mut closure, mut items } = sample::checked() else { panic!("a checklist") };
    items.retain(|item| item.state == ItemState::Pass);
    closure.verdict = Verdict::Ready;
    let before = journey.model.audit.checklist.clone();
    journey.tell(Message::Ticked(Err("damaged".to_owned())));
    assert_eq!((journey.says(), &journey.model.audit.checklist), ("damaged", &before));
    journey.tell(Message::Ticked(Ok(("ticked".to_owned(), Box::new(Event::Checked { closure, items })))));
    assert_eq!((journey.says(), states(&journey).len()), ("ticked", 1));
    assert!(journey.picture().contains("Closure checklist: READY "), "{}", journey.picture());
}

#[test]
fn while_a_scan_runs_nothing_is_judged_and_nothing_ticked() {
    let mut journey = Journey::of(sample::running());
    let picture = journey.press("5").picture();
    assert!(picture.contains("judged when everything is read") && !picture.contains("BLOCKED"), "{picture}");
    journey.press("<Space>");
    assert!(journey.says().contains("a scan is running") && journey.effects.is_empty());
    let picture = Journey::of(Audit::default()).press("5").picture();
    assert!(picture.contains("Nothing has been scanned"), "{picture}");
}

#[test]
fn overview_tells_the_verdict_at_every_size() {
    for (columns, rows) in [(60, 20), (80, 24), (100, 30), (200, 60)] {
        let picture = Journey::begin().sized(columns, rows).press("1").picture();
        assert!(picture.contains("Closing: BLOCKED, 1 blocker, 1 unknown (5)"), "{picture}");
    }
    assert!(!Journey::of(Audit::default()).press("1").picture().contains("Closing"));
}

#[test]
fn the_list_is_exported_from_its_own_screen_and_the_audit_from_every_one() {
    let mut journey = Journey::begin();
    journey.press("5E<Enter>");
    assert_eq!(journey.effects, [Effect::Export(ExportFormat::ChecklistMarkdown)]);
    journey.press("EG<Enter>2E<Enter>");
    let wished = [ExportFormat::ChecklistMarkdown, ExportFormat::Openmetrics, ExportFormat::Json].map(Effect::Export);
    assert_eq!(journey.effects, wished);
}
