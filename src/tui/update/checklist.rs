//! Settling an item of the checklist by hand: a note is typed, the rest is done outside.

use crossterm::event::KeyCode;

use super::{fail, news, say};
use crate::model::{ChecklistItem, Event, ItemState};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::line::Line;
use crate::tui::model::Model;
use crate::tui::overlay::{Overlay, Ticking};
use crate::tui::view;

/// Space: asks for the note of the item under the cursor; a ticked one loses its tick at once.
pub fn tick(model: &mut Model) -> Vec<Effect> {
    if model.is_running() {
        return say(model, "a scan is running: the checklist is judged when everything is read");
    }
    let item = view::row(model).and_then(|row| model.audit.checklist.get(row));
    let Some(item) = item else { return say(model, "no item is listed: there is nothing to tick") };
    if let Some(text) = refusal(item) {
        return say(model, text);
    }
    let id = item.id.clone();
    if item.state == ItemState::Ticked {
        return vec![Effect::Tick { id, note: None }];
    }
    let ticking = Ticking { id, title: item.title.clone(), note: Line::default(), wrong: "" };
    model.overlay = Some(Overlay::Tick(ticking));
    Vec::new()
}

/// Why an item is not settled by hand. `None` where it may be.
fn refusal(item: &ChecklistItem) -> Option<&'static str> {
    if item.may_be_ticked() {
        return None;
    }
    Some(match item.state {
        ItemState::Pass => "it passes by what was seen: there is nothing to settle",
        ItemState::NotApplicable => "it is not for this account: there is nothing to settle",
        _ => "what was seen to block is not ticked away: it passes when a scan finds it gone",
    })
}

/// Takes a key while the note is typed.
pub fn key(model: &mut Model, mut ticking: Ticking, key: Key) -> Vec<Effect> {
    ticking.wrong = "";
    match key.code() {
        KeyCode::Esc => return Vec::new(),
        KeyCode::Enter => match ticking.note.text().trim() {
            "" => ticking.wrong = "a note is wanted, for whoever relies on it later",
            note => return vec![Effect::Tick { note: Some(note.to_owned()), id: ticking.id }],
        },
        _ => {
            ticking.note.press(key);
        }
    }
    model.overlay = Some(Overlay::Tick(ticking));
    Vec::new()
}

/// The list was judged again with a tick more or less, or was not.
pub fn done(model: &mut Model, done: Result<(String, Box<Event>), String>) -> Vec<Effect> {
    match done {
        Ok((said, checked)) => {
            news::event(model, *checked);
            say(model, said)
        }
        Err(why) => fail(model, why),
    }
}
