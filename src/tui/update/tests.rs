use super::*;
use crate::model::{Finding, Usd};
use crate::tui::model::Say;
use crate::tui::testing::{Journey, options};
use crate::tui::view::sample;

fn judged(findings: Vec<Finding>) -> crate::model::Event {
    crate::model::Event::Judged { findings, gaps: Vec::new() }
}

/// A finding like another one, on a resource of its own.
fn copy(finding: &Finding, id: &str, score: u8) -> Finding {
    let mut copy = finding.clone();
    copy.id = format!("{:016x}", crate::tui::rows::number(&id));
    copy.score = score;
    copy.resource.id = id.to_owned();
    copy.resource.arn = crate::model::ResourceId::new(format!("arn:aws:ec2:us-east-1:111122223333:volume/{id}"));
    copy
}

#[test]
fn marks_stay_on_their_resources_through_sorting_filtering_and_rescanning() {
    let mut journey = Journey::begin();
    journey.press("2j<Space>jj<Space>");
    let marked: Vec<String> = ["eipalloc-0c1d2e3f405162738", "nat-0a1b2c3d4e5f60718"].map(str::to_owned).to_vec();
    let is_marked = |journey: &Journey| {
        let findings = journey.model.audit.findings.iter();
        let mut ids: Vec<String> =
            findings.filter(|f| journey.model.marks.has(&f.resource.arn)).map(|f| f.resource.id.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(is_marked(&journey), marked);
    journey.press("s").press("j<Enter>S/us-east<Enter>G<Space><Space>");
    assert_eq!(is_marked(&journey), marked);
    assert!(journey.picture().contains("(2 not shown)"), "{}", journey.picture());
    let fresh = sample::audit().findings;
    journey.news(judged(fresh.into_iter().rev().collect()));
    assert_eq!(is_marked(&journey), marked);
    assert_eq!(journey.model.marks.total(), "38.69".parse::<Usd>().expect("an amount"));
}

#[test]
fn keys_that_delete_elsewhere_only_say_that_nothing_is_deleted() {
    for screen in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        for key in ["d", "x", "<Delete>", "<Backspace>"] {
            // There it takes a step out of the plan.
            if (screen, key) == ("6", "x") {
                continue;
            }
            let mut journey = Journey::begin();
            journey.press("2<Space>").press(screen).press(key);
            assert_eq!(
                journey.says(),
                "nothing is deleted here: mark with Space, review in 6 Cleanup",
                "{screen} {key}"
            );
            assert!(journey.effects.is_empty() && journey.model.overlay.is_none());
            assert_eq!(journey.model.marks.len(), 1);
        }
    }
}

#[test]
fn enter_never_starts_anything() {
    for screen in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        let mut journey = Journey::begin();
        journey.press(screen).press("<Enter><Enter><Tab><Enter>");
        assert_eq!(journey.effects, [], "{screen}");
    }
}

#[test]
fn escape_goes_one_step_back_and_never_quits() {
    let mut journey = Journey::begin();
    journey.press("2/cost>1<Enter><Enter>?");
    assert!(journey.model.overlay.is_some());
    journey.press("<Esc>");
    assert!(journey.model.overlay.is_none() && !journey.model.view().pane.filter.is_empty());
    journey.press("<Esc>");
    assert!(journey.model.view().pane.filter.is_empty() && journey.model.view().zoom);
    journey.press("<Esc>");
    assert_eq!((journey.model.view().zoom, journey.model.view().focus), (false, 0));
    journey.press("<Esc><Esc><Esc>");
    assert_eq!((journey.effects.len(), journey.model.screen), (0, ScreenId::Findings));
}

#[test]
fn unfolding_regions_keeps_the_cursor_on_its_quota() {
    let mut journey = Journey::begin();
    journey.press("3G").press("kk");
    let code = |journey: &Journey| {
        let row = view::row(&journey.model).expect("a row");
        journey.model.audit.quotas[row].quota_code.clone()
    };
    let (before, folded) = (code(&journey), journey.model.view().rows.len());
    journey.press("F");
    assert_eq!((code(&journey), journey.model.view().rows.len()), (before.clone(), folded + 2));
    journey.press("F");
    assert_eq!((code(&journey), journey.model.view().rows.len()), (before, folded));
}

#[test]
fn quota_is_not_marked_since_there_is_nothing_to_delete() {
    let mut quota = sample::audit().findings[0].clone();
    (quota.resource.kind, quota.category) = (crate::model::Kind::QUOTA, crate::model::Category::Quota);
    let volume = copy(&quota, "vol-1", 10);
    let volume = Finding {
        resource: crate::model::Resource { kind: crate::model::Kind::new("ec2:volume"), ..volume.resource },
        ..volume
    };
    let mut journey = Journey::begin();
    journey.news(judged(vec![quota, volume]));
    journey.press("2.g<Space>");
    assert_eq!((journey.says(), journey.model.marks.len()), ("a quota is nothing to delete, and is not marked", 0));
    journey.press("My");
    assert_eq!(journey.model.marks.len(), 1, "all shown but the quota");
    journey.press("g<Enter>");
    let detail = journey.picture();
    assert!(detail.contains("none: a quota costs nothing") && !detail.contains("Needed"), "{detail}");
}

#[test]
fn quitting_asks_only_while_a_scan_runs() {
    let mut journey = Journey::begin();
    journey.press("q");
    assert_eq!(journey.effects, [Effect::Quit]);
    let mut journey = Journey::of(sample::running());
    journey.press("q<Enter>n");
    assert_eq!(journey.effects, []);
    journey.press("q<Esc>qy");
    assert_eq!(journey.effects, [Effect::Quit]);
}

#[test]
fn ctrl_c_stops_the_scan_first_and_leaves_when_pressed_again_at_once() {
    let mut journey = Journey::of(sample::running());
    journey.press("?<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::Stop]);
    assert!(journey.says().starts_with("stopping; what was found is kept"));
    journey.press("<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::Stop, Effect::Quit]);
    let mut journey = Journey::of(sample::running());
    journey.press("<Ctrl-c>");
    journey.tell(Message::Clock(2_500, sample::began_at()));
    journey.press("<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::Stop, Effect::Stop]);
}

#[test]
fn groups_of_the_bill_open_to_the_right_and_shut_to_the_left() {
    let mut journey = Journey::begin();
    journey.press("4");
    let shut = journey.model.view().rows.len();
    journey.press("ll");
    let open = journey.model.view().rows.len();
    assert!(open > shut, "{}", journey.picture());
    journey.press("jhh");
    assert_eq!((journey.model.view().rows.len(), journey.model.view().pane.cursor), (shut, 0));
    journey.press("<Tab>l");
    assert_eq!(journey.model.view().focus, 2);
}

#[test]
fn totals_are_those_of_the_rows_shown() {
    let mut journey = Journey::begin();
    assert!(journey.press("2").picture().contains("12 findings = $355.25/mo"));
    assert!(journey.press("/nat-0<Enter>").picture().contains("1 of 12 findings = $35.04/mo"));
}

#[test]
fn range_marks_from_its_beginning_to_the_cursor() {
    let mut journey = Journey::begin();
    journey.press("2jvjj<Space>");
    assert_eq!((journey.model.marks.len(), journey.says()), (3, "3 more marked · 3 marked = $55.12/mo"));
    journey.press("v<Esc>j<Space>");
    assert_eq!(journey.model.marks.len(), 4);
}

#[test]
fn marking_all_says_how_many_and_asks() {
    let mut journey = Journey::begin();
    journey.press("2/region:eu<Enter>M");
    let Some(Overlay::Ask(ask)) = &journey.model.overlay else { panic!("no question") };
    assert_eq!(ask.lines, ["Mark all 4 rows shown?", "8 rows that are not shown stay as they are."]);
    journey.press("<Enter><Space>");
    assert!(journey.model.overlay.is_some() && journey.model.marks.is_empty());
    journey.press("y");
    assert_eq!(journey.model.marks.len(), 4);
    assert_eq!(journey.says(), "4 more marked · 4 marked = $38.69/mo, 1 locked or managed not counted");
    journey.press("U");
    assert!(journey.model.marks.is_empty());
}

#[test]
fn broken_filter_keeps_the_last_good_list_and_says_why() {
    let mut journey = Journey::begin();
    journey.press("2/nat-0");
    assert_eq!(journey.listed(), ["nat-0a1b2c3d4e5f60718"]);
    journey.tell(Message::Paste(" cost>".to_owned()));
    assert_eq!(journey.listed(), ["nat-0a1b2c3d4e5f60718"]);
    assert!(journey.picture().contains("nothing behind `cost>`"), "{}", journey.picture());
    journey.press("1<Enter>");
    assert_eq!(journey.model.view().pane.filter, "nat-0 cost>1");
    journey.press("/<Esc>");
    assert_eq!(journey.listed().len(), 12);
    journey.press("/<Up>");
    assert_eq!(journey.model.view().pane.filter, "nat-0 cost>1");
    journey.press("<Esc>/regoin:eu");
    assert!(journey.picture().contains("did you mean `region`?"));
}

#[test]
fn cursor_comes_back_to_its_finding_when_the_filter_goes() {
    let mut journey = Journey::begin();
    journey.press("2jjj/eu-west<Esc>");
    assert_eq!(journey.current().resource.id, "eipalloc-0c1d2e3f405162738");
    journey.press("sj<Enter>");
    assert_eq!(journey.current().resource.id, "eipalloc-0c1d2e3f405162738");
}

#[test]
fn new_rows_wait_while_the_cursor_is_below_the_top() {
    let mut journey = Journey::of(sample::running());
    journey.press("2jj");
    let (before, at) = (journey.listed(), journey.current().resource.id.clone());
    let mut findings = journey.model.audit.findings.clone();
    let fresh: Vec<Finding> = (0..3).map(|n| copy(&findings[0], &format!("vol-new{n}"), 99)).collect();
    findings.extend(fresh);
    journey.news(judged(findings));
    assert_eq!((journey.listed(), journey.current().resource.id.clone()), (before, at.clone()));
    assert!(journey.picture().contains("3 new, press . to show"), "{}", journey.picture());
    journey.press(".");
    assert_eq!((journey.listed().len(), journey.current().resource.id.clone()), (8, at));
}

#[test]
fn cursor_at_the_top_stays_at_the_top() {
    let mut journey = Journey::of(sample::running());
    journey.press("2");
    let mut findings = journey.model.audit.findings.clone();
    let fresh = copy(&findings[0], "vol-new", 99);
    findings.push(fresh);
    journey.news(judged(findings));
    assert_eq!((journey.current().resource.id.as_str(), journey.model.held), ("vol-new", 0));
}

#[test]
fn copying_takes_the_marked_rows_or_else_the_one_at_the_cursor() {
    let mut journey = Journey::begin();
    journey.press("2y");
    assert_eq!(
        journey.effects,
        [Effect::Copy("id vol-0aa1c0ffee0000001".to_owned(), "vol-0aa1c0ffee0000001".to_owned())]
    );
    journey.effects.clear();
    journey.press("<Space>j<Space>jjy");
    let ids = "vol-0aa1c0ffee0000001\nnat-0a1b2c3d4e5f60718".to_owned();
    assert_eq!(journey.effects, [Effect::Copy("id of 2 marked".to_owned(), ids)]);
}

#[test]
fn console_page_is_opened_or_shown_and_copied() {
    let mut journey = Journey::begin();
    journey.press("2jo");
    let url = "https://eu-west-1.console.aws.amazon.com/vpcconsole/home?region=eu-west-1#NatGatewayDetails:natGatewayId=nat-0a1b2c3d4e5f60718";
    assert_eq!(journey.effects, [Effect::Open(url.to_owned())]);
    journey.effects.clear();
    journey.press("O");
    assert_eq!(journey.effects, [Effect::Copy("address".to_owned(), url.to_owned())]);
    assert!(journey.picture().contains("eu-west-1.console.aws.amazon.com/vpcconsole"));
}

#[test]
fn palette_and_help_do_what_their_row_says() {
    let mut journey = Journey::begin();
    journey.press("2:unmark<Enter>");
    assert_eq!(journey.says(), "nothing was marked");
    journey.press("?next theme<Enter>");
    assert_eq!(journey.says(), "theme dark");
    journey.press("Ej<Enter>");
    assert_eq!(journey.effects, [Effect::Export(crate::tui::ExportFormat::Csv)]);
}

#[test]
fn picked_value_is_added_to_the_filter() {
    let mut journey = Journey::begin();
    journey.press("2fstate:lo<Enter>");
    assert_eq!(journey.model.view().pane.filter, "state:locked");
    assert_eq!(journey.listed(), ["reports-2025"]);
}

#[test]
fn scanning_again_asks_and_needs_something_to_scan() {
    let mut journey = Journey::begin();
    journey.press("R");
    assert!(matches!(&journey.model.say, Some(Say::Failed(text)) if text.starts_with("this is a recorded audit")));
    journey.model.can_rescan = true;
    journey.press("R<Enter>y");
    assert_eq!(journey.effects, [Effect::Rescan(Rescan::All)]);
    journey.effects.clear();
    journey.press("2jr");
    assert!(
        matches!(&journey.effects[..], [Effect::Rescan(Rescan::Cell(cell))] if cell.kind.as_str() == "ec2:natgateway")
    );
}

#[test]
fn scan_that_breaks_off_without_a_word_leaves_gaps() {
    let mut journey = Journey::of(sample::running());
    let gaps = journey.model.audit.gap_count();
    journey.tell(Message::Ended);
    assert!(!journey.model.is_running() && journey.model.audit.interrupted);
    assert!(journey.model.audit.gap_count() > gaps);
    assert!(journey.picture().contains("stopped early"));
}

#[test]
fn command_for_a_locked_resource_is_copied_with_a_warning() {
    let mut journey = Journey::begin();
    journey.press("2/reports-2025<Enter>c");
    let [Effect::Copy(what, _)] = &journey.effects[..] else { panic!("{:?}", journey.effects) };
    assert!(what.contains("locked or managed"), "{what}");
}

#[test]
fn pasted_text_goes_into_an_input_and_nowhere_else() {
    let mut journey = Journey::begin();
    journey.press("2");
    journey.tell(Message::Paste("qqq\n".to_owned()));
    assert!(journey.effects.is_empty() && journey.model.typing.is_none());
    journey.press("/");
    journey.tell(Message::Paste("nat\n".to_owned()));
    assert_eq!(journey.model.view().pane.filter, "nat");
}

#[test]
fn own_keys_are_used_and_bad_ones_refused() {
    let mut options = options();
    options.keys.insert("mark".to_owned(), "m".to_owned());
    let mut journey = Journey::begin();
    journey.model = crate::tui::model::Model::new(sample::audit(), &options).expect("a free key");
    journey.press("2m");
    assert_eq!(journey.model.marks.len(), 1);
    options.keys.insert("mark".to_owned(), "Spcae".to_owned());
    assert!(crate::tui::model::Model::new(sample::audit(), &options).is_err());
}

#[test]
fn no_key_on_any_screen_asks_for_more_than_reading() {
    let mut journey = Journey::begin();
    journey.model.cleanup.allow_apply = true;
    journey.press("2<Space>");
    for screen in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        for code in 33..127u8 {
            journey.model.overlay = None;
            journey.model.typing = None;
            journey.press(screen);
            journey.tell(Message::Key(Key::plain(crossterm::event::KeyCode::Char(char::from(code))).event()));
        }
    }
    use Effect::{Compare, Copy, Open, Quit, Rehearse, Script};
    let quiet = |effect: &Effect| matches!(effect, Copy(..) | Open(_) | Quit | Script(_) | Rehearse(_) | Compare(_));
    assert!(journey.effects.iter().all(quiet), "{:?}", journey.effects);
}

#[test]
fn a_finding_is_set_aside_with_a_reason_and_a_day() {
    let mut journey = Journey::begin();
    journey.press("2i");
    let id = journey.current().id.clone();
    assert!(journey.picture().contains("Why") && journey.picture().contains("Until"), "{}", journey.picture());
    journey.press("<Enter>");
    assert!(journey.picture().contains("a reason is wanted"), "{}", journey.picture());
    // Letters that are keys elsewhere are text here.
    journey.press("qd<Tab><Ctrl-u>soon<Enter>");
    assert!(journey.effects.is_empty() && journey.picture().contains("`soon` is no day"), "{}", journey.picture());
    journey.press("<Ctrl-u>2027-01-31<Enter>");
    let until = "2027-01-31".parse().expect("a day");
    assert_eq!(journey.effects, [Effect::Ignore { id: id.clone(), why: "qd".to_owned(), until }]);
    let told = crate::model::Ignored { why: "qd".to_owned(), until: until.to_string(), by: String::new() };
    let before = journey.model.audit.waste();
    journey.tell(Message::Ignored(id.clone(), Ok(("set aside".to_owned(), told))));
    let finding = journey.model.audit.findings.iter().find(|finding| finding.id == id).expect("still there");
    let money = finding.monthly_usd.expect("a price");
    assert_eq!((journey.model.audit.waste(), journey.says()), (before - money, "set aside"));
    journey.press("<Enter>");
    assert!(journey.picture().contains("ignored until 2027-01-31: qd"), "{}", journey.picture());
    journey.press("i");
    assert!(journey.says().contains("already") && journey.model.overlay.is_none());
}

#[test]
fn esc_sets_nothing_aside() {
    let mut journey = Journey::begin();
    journey.press("2iours<Esc>");
    assert!(journey.effects.is_empty() && journey.model.overlay.is_none());
}
