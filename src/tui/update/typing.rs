//! Typing a filter: the list follows every letter, and a broken filter leaves the last good list.

use crossterm::event::KeyCode;

use super::log;
use crate::tui::effect::Effect;
use crate::tui::filter::Filter;
use crate::tui::key::Key;
use crate::tui::line::Line;
use crate::tui::model::{Model, Typing};
use crate::tui::rows;

/// Filters remembered for each screen.
const REMEMBERED: usize = 50;

/// Opens the input with the filter in force.
pub fn begin(model: &mut Model) {
    let line = Line::new(model.view().pane.filter.clone());
    model.typing = Some(Typing { line, ..Typing::default() });
}

/// Takes a key while a filter is typed.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    if model.typing.as_ref().is_some_and(|typing| typing.is_search) {
        return log::key(model, key);
    }
    match key.code() {
        KeyCode::Enter => keep(model),
        KeyCode::Esc => {
            model.typing = None;
            set(model, "");
        }
        KeyCode::Up => recall(model, 1),
        KeyCode::Down => recall(model, -1),
        _ => {
            let Some(typing) = &mut model.typing else { return Vec::new() };
            if typing.line.press(key) {
                follow(model);
            }
        }
    }
    Vec::new()
}

/// Puts pasted text in.
pub fn insert(model: &mut Model, text: &str) {
    if let Some(typing) = &mut model.typing {
        typing.line.insert(text.trim_end_matches(['\r', '\n']));
    }
    match &model.typing {
        Some(typing) if typing.is_search => log::look(model),
        _ => follow(model),
    }
}

fn keep(model: &mut Model) {
    // A broken filter stays open: what is listed is not what is written.
    if model.typing.as_ref().is_some_and(|typing| typing.error.is_some()) {
        return;
    }
    model.typing = None;
    let view = model.view_mut();
    let text = view.pane.filter.clone();
    if !text.is_empty() {
        view.history.retain(|known| *known != text);
        view.history.push(text);
        if view.history.len() > REMEMBERED {
            view.history.remove(0);
        }
    }
}

fn recall(model: &mut Model, back: isize) {
    let history = &model.view().history;
    let Some(typing) = &model.typing else { return };
    let recalled = typing.recalled.saturating_add_signed(back).min(history.len());
    let text = recalled.checked_sub(1).and_then(|back| history.iter().rev().nth(back)).cloned().unwrap_or_default();
    if let Some(typing) = &mut model.typing {
        typing.recalled = recalled;
        typing.line = Line::new(text);
    }
    follow(model);
}

/// Lets the list follow what is written, when that can be understood.
fn follow(model: &mut Model) {
    let Some(text) = model.typing.as_ref().map(|typing| typing.line.text().to_owned()) else { return };
    let error = set(model, &text);
    if let Some(typing) = &mut model.typing {
        typing.error = error;
    }
}

/// Uses a filter. Gives back what is wrong with it; the old one stays in force then.
pub fn set(model: &mut Model, text: &str) -> Option<String> {
    let parsed = Filter::parse(text).and_then(|filter| rows::check(model, &filter).map(|()| filter));
    match parsed {
        Ok(filter) => {
            let view = model.view_mut();
            if view.filter != filter {
                view.stale = true;
            }
            view.filter = filter;
            view.pane.filter = text.trim().to_owned();
            None
        }
        Err(error) => Some(error.to_string()),
    }
}
