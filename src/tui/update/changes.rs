//! What is different between two saved audits, over the journals.

use crossterm::event::KeyCode;

use super::{moving, say};
use crate::audit::changes::Changes;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::model::{Model, ScreenId};
use crate::tui::overlay::{Diff, Overlay, Read};
use crate::tui::{rows, view};

/// Lines of a page.
const PAGE: isize = 10;

/// `=`: asks for the two last audits of this account.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let _ = say(model, "reading the history of audits");
    vec![Effect::Compare(None)]
}

/// What came of it. Whoever has gone on to something else meanwhile is not disturbed.
pub fn take(model: &mut Model, changes: Result<Box<Changes>, Vec<String>>) -> Vec<Effect> {
    let is_open = matches!(model.overlay, Some(Overlay::Changes(_)));
    if model.screen != ScreenId::Journal || (model.overlay.is_some() && !is_open) {
        return Vec::new();
    }
    model.say = None;
    model.overlay = Some(match changes {
        Ok(changes) => Overlay::Changes(Diff { changes, cursor: 0, unchanged: false }),
        Err(lines) => Overlay::Read(Read { title: "Diff of two audits".to_owned(), lines }),
    });
    Vec::new()
}

/// Takes a key while the changes are shown.
pub fn key(model: &mut Model, mut diff: Diff, key: Key) -> Vec<Effect> {
    let delta = match key.code() {
        KeyCode::Esc | KeyCode::Char('q' | '=') => return Vec::new(),
        KeyCode::Enter => return open(model, diff),
        // The audit before the older of the two: further and further back, and then the last two again.
        KeyCode::Char('b') => {
            let before = diff.changes.before.started_at;
            model.overlay = Some(Overlay::Changes(diff));
            return vec![Effect::Compare(Some(before))];
        }
        KeyCode::Char('E') => {
            let changes = diff.changes.clone();
            model.overlay = Some(Overlay::Changes(diff));
            return vec![Effect::ExportChanges(changes)];
        }
        KeyCode::Char('u') => {
            diff.unchanged = !diff.unchanged;
            0
        }
        KeyCode::Char('j') | KeyCode::Down => 1,
        KeyCode::Char('k') | KeyCode::Up => -1,
        KeyCode::PageDown => PAGE,
        KeyCode::PageUp => -PAGE,
        KeyCode::Char('g') | KeyCode::Home => isize::MIN,
        KeyCode::Char('G') | KeyCode::End => isize::MAX,
        _ => 0,
    };
    let last = view::changes::len(&diff).saturating_sub(1);
    diff.cursor = diff.cursor.saturating_add_signed(delta).min(last);
    model.overlay = Some(Overlay::Changes(diff));
    Vec::new()
}

/// Leads to the finding at the cursor, where the audit on the screen has it.
fn open(model: &mut Model, diff: Diff) -> Vec<Effect> {
    let id = view::changes::current(&diff);
    let is_there = |id: &String| model.audit.findings.iter().any(|finding| finding.id == *id);
    match id {
        Some(id) if is_there(&id) => {
            let view = &mut model.views[ScreenId::Findings as usize];
            view.pane.filter.clear();
            view.filter = Default::default();
            (view.focus, view.zoom) = (1, true);
            (model.marked_only, model.at) = (false, Some(rows::key(&id)));
            model.views[ScreenId::Findings as usize].stale = true;
            moving::go(model, ScreenId::Findings);
            return Vec::new();
        }
        Some(_) => _ = say(model, "it is not among the findings of the audit on the screen"),
        None => _ = say(model, "this line is about no single finding"),
    }
    model.overlay = Some(Overlay::Changes(diff));
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::changes::{Changed, Hidden};
    use crate::audit::past::{Blind, Look, Seen, State};
    use crate::model::{Kind, Region, Usd};
    use crate::tui::cleanup::News;
    use crate::tui::testing::Journey;

    fn seen(title: &str, dollars: i64) -> Seen {
        let monthly_usd = Some(Usd::from_micros(dollars * 1_000_000));
        Seen {
            id: title.to_owned(),
            rule: "ebs-unattached".to_owned(),
            title: title.to_owned(),
            resource: format!("arn:aws:ec2:us-east-1:111122223333:volume/{title}"),
            label: "vol-1".to_owned(),
            kind: Kind::new("ec2:volume"),
            region: Region::new("us-east-1"),
            look: Look { monthly_usd, score: 90, state: State::Counts, reason: 0 },
        }
    }

    fn changes() -> Changes {
        let mut changes = Changes::default();
        changes.before.started_at = "2026-11-14T02:00:00Z".parse().expect("a time");
        changes.after.started_at = "2026-11-22T14:02:00Z".parse().expect("a time");
        changes.before.waste_usd = Usd::from_micros(473_570_000);
        changes.after.waste_usd = Usd::from_micros(412_370_000);
        changes.new = vec![seen("small and new", 3)];
        changes.gone = vec![seen("large and gone", 44)];
        changes.price_changed = vec![Changed { before: seen("grown", 10), after: seen("grown", 30) }];
        changes.hidden = vec![Hidden { finding: seen("out of sight", 99), why: Blind::NotListed }];
        changes.same = vec![seen("as ever", 5)];
        changes.unchanged = 36;
        changes
    }

    fn shown() -> Journey {
        let mut journey = Journey::begin();
        journey.press("7=");
        assert_eq!(journey.effects, [Effect::Compare(None)]);
        journey.clean(News::Changed(Ok(Box::new(changes()))));
        journey
    }

    #[test]
    fn largest_changes_come_first_and_what_cannot_be_compared_after_them_with_no_amount() {
        let picture = shown().picture();
        let at = |text: &str| picture.find(text).unwrap_or_else(|| panic!("no {text} in {picture}"));
        assert!(at("large and gone") < at("grown") && at("grown") < at("small and new"), "{picture}");
        assert!(at("small and new") < at("out of sight") && at("out of sight") < at("36 findings as before"));
        assert!(picture.contains("−$61.20 (-12.9 %)") && picture.contains("−$44.00"), "{picture}");
        assert!(picture.contains("+$20.00") && !picture.contains("$99.00"), "{picture}");
        assert!(picture.contains("2026-11-14 02:00 UTC to 2026-11-22 14:02 UTC"), "{picture}");
    }

    #[test]
    fn b_goes_further_back_and_escape_leads_back_to_the_journals() {
        let mut journey = shown();
        journey.press("b");
        let before = changes().before.started_at;
        assert_eq!(journey.effects[1..], [Effect::Compare(Some(before))]);
        journey.press("<Esc>");
        assert!(journey.model.overlay.is_none() && journey.model.screen == ScreenId::Journal);
    }

    #[test]
    fn u_shows_what_is_as_it_was_and_hides_it_again() {
        let mut journey = shown();
        assert!(!journey.picture().contains("as ever"));
        assert!(journey.press("uG").picture().contains("as ever"), "{}", journey.picture());
        assert!(!journey.press("u").picture().contains("as ever"));
    }

    #[test]
    fn enter_leads_to_the_finding_where_the_audit_has_it() {
        let mut journey = shown();
        journey.press("<Enter>");
        assert!(journey.says().contains("not among the findings of the audit on the screen"), "{}", journey.says());
        assert!(journey.model.overlay.is_some());
        journey.press("G<Enter>");
        assert!(journey.says().contains("about no single finding"), "{}", journey.says());

        let mut journey = Journey::begin();
        let id = journey.model.audit.findings.last().expect("findings").id.clone();
        journey.press("2/nothing is called so<Enter>7=");
        let there = Changes { new: vec![Seen { id: id.clone(), ..seen("new", 3) }], ..changes() };
        journey.clean(News::Changed(Ok(Box::new(Changes { gone: Vec::new(), price_changed: Vec::new(), ..there }))));
        journey.press("<Enter>").picture();
        assert!(journey.model.overlay.is_none() && journey.model.screen == ScreenId::Findings);
        assert_eq!(journey.model.current().map(|finding| finding.id.as_str()), Some(id.as_str()));
    }

    #[test]
    fn what_changed_can_be_written_to_a_file() {
        let mut journey = shown();
        journey.press("E");
        assert_eq!(journey.effects[1..], [Effect::ExportChanges(Box::new(changes()))]);
        assert!(journey.model.overlay.is_some());
    }

    #[test]
    fn without_a_history_it_is_said_how_to_get_one() {
        let mut journey = Journey::begin();
        journey.press("7=");
        journey.clean(News::Changed(Err(vec!["`closeout scan --save-history` keeps it".to_owned()])));
        assert!(journey.picture().contains("--save-history"), "{}", journey.picture());
        let mut journey = Journey::begin();
        journey.press("7=2");
        journey.clean(News::Changed(Ok(Box::new(changes()))));
        assert!(journey.model.overlay.is_none(), "whoever went on is not disturbed");
    }

    #[test]
    fn changes_can_be_drawn_at_every_size() {
        for (columns, rows) in [(20, 5), (40, 10), (60, 14), (80, 24), (200, 60)] {
            let mut journey = shown().sized(columns, rows);
            for key in ["j", "u", "G", "k", "g"] {
                journey.press(key).picture();
            }
        }
    }
}
