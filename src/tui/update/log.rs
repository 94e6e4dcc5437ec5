//! The log of a run: following it, moving in it, looking for something in it.

use crossterm::event::KeyCode;

use super::say;
use crate::tui::action::Action;
use crate::tui::cleanup::log::{places, text};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::line::Line;
use crate::tui::model::{Model, ScreenId, Typing};
use crate::tui::view;

const NO_RUN: &str = "there is no log: it comes with a run";

/// `f`, `/`, `n`, `N`.
pub fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    if model.cleanup.run.is_none() {
        return say(model, NO_RUN);
    }
    match action {
        Action::FollowLog => follow(model),
        Action::SearchLog => {
            model.view_mut().focus = view::LOG;
            let query = model.cleanup.run.as_ref().map(|run| run.watch.query.clone()).unwrap_or_default();
            model.typing = Some(Typing { line: Line::new(query), is_search: true, ..Typing::default() });
            Vec::new()
        }
        _ => jump(model, action == Action::PreviousHit),
    }
}

fn follow(model: &mut Model) -> Vec<Effect> {
    let Some(run) = &mut model.cleanup.run else { return Vec::new() };
    let text = if run.follow() { "the log follows its newest line" } else { "the log is held where it is" };
    say(model, text)
}

/// Whether the keys of a list move the log.
pub fn has_focus(model: &Model) -> bool {
    model.screen == ScreenId::Cleanup && model.cleanup.run.is_some() && model.view().focus == view::LOG
}

/// Moves the log by lines, towards the newest with a positive number.
pub fn scroll(model: &mut Model, delta: isize) {
    let height = view::log_height(model);
    if let Some(run) = &mut model.cleanup.run {
        run.scroll(delta, height);
    }
}

/// Takes a key while something to look for is typed.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    match key.code() {
        KeyCode::Enter => {
            model.typing = None;
            return told(model);
        }
        KeyCode::Esc => {
            model.typing = None;
            clear(model);
        }
        _ => {
            if model.typing.as_mut().is_some_and(|typing| typing.line.press(key)) {
                look(model);
            }
        }
    }
    Vec::new()
}

/// Looks for what is typed, and shows the newest line that has it.
pub fn look(model: &mut Model) {
    let Some(query) = model.typing.as_ref().map(|typing| typing.line.text().to_owned()) else { return };
    let Some(run) = &mut model.cleanup.run else { return };
    (run.watch.query, run.watch.hit) = (query, None);
    if let Some(last) = hits(model).last().copied() {
        show(model, last);
    }
}

/// Looks for nothing any more. Says whether something was looked for.
pub fn clear(model: &mut Model) -> bool {
    let Some(run) = &mut model.cleanup.run else { return false };
    let was_looking = !run.watch.query.is_empty();
    (run.watch.query, run.watch.hit) = (String::new(), None);
    was_looking
}

/// Lines that have what is looked for, as they are shown.
fn hits(model: &Model) -> Vec<usize> {
    let Some(run) = &model.cleanup.run else { return Vec::new() };
    let cx = view::screen(model);
    let has = |line: &str| !places(line, &run.watch.query).is_empty();
    let lines = run.log.iter().zip(0..).filter(|(entry, _)| has(&cx.text(&text(entry), usize::MAX)));
    lines.map(|(_, at)| at).collect()
}

fn show(model: &mut Model, line: usize) {
    let height = view::log_height(model);
    if let Some(run) = &mut model.cleanup.run {
        run.show(line, height);
    }
}

/// The next hit further down, or further up; behind the last one the first.
fn jump(model: &mut Model, up: bool) -> Vec<Effect> {
    let hits = hits(model);
    let Some(run) = &model.cleanup.run else { return Vec::new() };
    if run.watch.query.is_empty() {
        let key = model.keymap.key_name(Action::SearchLog);
        return say(model, format!("nothing is looked for; {key} looks for something in the log"));
    }
    let at = run.watch.hit;
    let next = match (up, at) {
        (false, Some(at)) => hits.iter().find(|hit| **hit > at).or(hits.first()),
        (true, Some(at)) => hits.iter().rev().find(|hit| **hit < at).or(hits.last()),
        (_, None) => hits.last(),
    };
    if let Some(line) = next.copied() {
        model.view_mut().focus = view::LOG;
        show(model, line);
    }
    told(model)
}

fn told(model: &mut Model) -> Vec<Effect> {
    let hits = hits(model);
    let Some(run) = &model.cleanup.run else { return Vec::new() };
    let query = run.watch.query.clone();
    let place = run.watch.hit.and_then(|at| hits.iter().position(|hit| *hit == at));
    match (query.is_empty(), place) {
        (true, _) => Vec::new(),
        (false, Some(place)) => say(model, format!("{} of {} lines with {query}", place + 1, hits.len())),
        (false, None) => say(model, format!("no line has {query}")),
    }
}
