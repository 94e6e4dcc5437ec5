//! An item of the checklist in full.

use ratatui::text::{Line, Span};

use super::{Screen, how, sign};
use crate::model::{ChecklistItem, ItemState};
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::view::wrap::wrap;

/// Columns of the words at the left.
const LABEL: usize = 11;

/// From this height on every line of evidence stands there; below it a few, so that the remedy stays in sight.
const TALL: u16 = 16;

/// Below this height there is one line of it.
const LOW: u16 = 9;

/// The lines of an item in so many columns.
pub fn lines(cx: &Screen<'_>, item: &ChecklistItem, width: usize, height: u16) -> Vec<Line<'static>> {
    let most = match height {
        _ if cx.zoom => usize::MAX,
        0..LOW => 1,
        LOW..TALL => 2,
        TALL.. => usize::MAX,
    };
    let mut page = Lines { cx, width, lines: Vec::new() };
    page.state(item);
    if item.evidence.is_empty() && item.unseen.is_empty() {
        let label = if item.state == ItemState::Open { "Asked" } else { "Seen" };
        page.add(label, &item.result, Role::Default);
    }
    page.list("Seen", &item.evidence, most, Role::Default);
    page.list("Not seen", &item.unseen, most, Role::Unknown);
    page.tick(item);
    page.add("Why", &item.why, Role::Default);
    page.add("What to do", &item.remedy, Role::Default);
    page.by_hand(item);
    page.add("Item", &format!("{} ({}, {})", item.id, item.section, how(item)), Role::Dim);
    page.list("Read on", &item.docs, usize::MAX, Role::Dim);
    page.lines
}

struct Lines<'a, 'b> {
    cx: &'a Screen<'b>,
    width: usize,
    lines: Vec<Line<'static>>,
}

impl Lines<'_, '_> {
    fn state(&mut self, item: &ChecklistItem) {
        let (sign, role) = sign(self.cx, item.state);
        let said = match item.state {
            ItemState::Unknown => "Unknown is not a pass: what was not seen may stand against closing.",
            ItemState::Blocker => "Stands against closing.",
            ItemState::Warning => "Something is to be accepted.",
            ItemState::Open => "Only a person can tell.",
            ItemState::Ticked => "Settled by hand.",
            ItemState::Pass => "Nothing stands against closing.",
            ItemState::NotApplicable => "Not for such an account.",
        };
        for line in wrap(&format!("{} {said}", sign.trim()), self.width.saturating_sub(1)) {
            self.lines.push(self.cx.line(format!(" {line}"), role));
        }
    }

    /// A label with its text beside it.
    fn add(&mut self, label: &str, text: &str, role: Role) {
        if text.is_empty() {
            return;
        }
        let text = self.cx.text(text, usize::MAX);
        for (at, line) in wrap(&text, self.width.saturating_sub(LABEL + 1)).into_iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            let label = self.cx.span(format!(" {label:<LABEL$}"), Role::Title);
            self.lines.push(Line::from(vec![label, self.cx.span(line, role)]));
        }
    }

    fn list(&mut self, label: &str, texts: &[String], most: usize, role: Role) {
        for (at, text) in texts.iter().take(most).enumerate() {
            self.add(if at == 0 { label } else { "" }, text, role);
        }
        if texts.len() > most {
            let more = format!("and {} more: {} shows them", texts.len() - most, self.cx.key(Action::Open));
            self.add("", &more, Role::Dim);
        }
    }

    fn tick(&mut self, item: &ChecklistItem) {
        let Some(tick) = &item.tick else { return };
        let text = format!("{}, {}: {}", tick.by, tick.at.strftime("%Y-%m-%d"), tick.note);
        self.add("Ticked", &text, if tick.expired { Role::Dim } else { Role::Good });
        if tick.expired {
            self.add("", "It holds no more: what it rested on has changed.", Role::Warn);
        }
    }

    fn by_hand(&mut self, item: &ChecklistItem) {
        let key = self.cx.key(Action::Tick);
        let text = match item.state {
            ItemState::Ticked => format!("{key} takes the tick back."),
            ItemState::Unknown => format!("{key} settles it by hand, with a note of what was checked instead."),
            ItemState::Warning => format!("{key} accepts it, with a note."),
            ItemState::Open => format!("{key} ticks it, with a note of what was checked."),
            ItemState::Blocker | ItemState::Pass | ItemState::NotApplicable => return,
        };
        let blank = Span::raw(" ".repeat(LABEL + 1));
        for line in wrap(&text, self.width.saturating_sub(LABEL + 1)) {
            self.lines.push(Line::from(vec![blank.clone(), self.cx.span(line, Role::Key)]));
        }
    }
}
