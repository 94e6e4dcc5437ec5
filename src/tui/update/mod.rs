//! One message in, the model changed, wishes out. Nothing here reads a clock or touches a terminal.

mod changes;
mod checklist;
mod choose;
mod cleanup;
mod copy;
mod findings;
mod ignore;
mod journal;
mod log;
pub mod mouse;
mod moving;
mod news;
mod typing;

#[cfg(test)]
mod tests;

use crossterm::event::KeyEvent;

use super::action::Action;
use super::effect::{Effect, Rescan};
use super::key::Key;
use super::message::Message;
use super::model::{Model, Say, ScreenId};
use super::overlay::{Ask, Chooser, Overlay, Yes};
use super::view;

/// Two presses of Ctrl-C within this time leave at once.
const TWICE_MS: u64 = 2_000;

/// What is said when a key that deletes elsewhere is pressed.
pub const NOTHING_DELETED: &str = "nothing is deleted here: mark with Space, review in 6 Cleanup";

/// Takes one message in.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = take(model, message);
    effects.extend(cleanup::wish(model));
    effects
}

fn take(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(event) => key(model, event),
        Message::Mouse(event) => with_list(model, |model| mouse::mouse(model, event)),
        Message::Paste(text) => with_list(model, |model| paste(model, &text)),
        Message::Resize(columns, rows) => {
            model.size = (columns, rows);
            model.refresh();
            keep_visible(model);
            Vec::new()
        }
        Message::Clock(ms, now) => {
            model.clock_ms = ms;
            model.now = now;
            Vec::new()
        }
        Message::Tick => {
            model.tick = model.tick.wrapping_add(1);
            Vec::new()
        }
        Message::Event(event) => news::event(model, *event),
        Message::Cleanup(news) => with_list(model, |model| cleanup::news(model, *news)),
        Message::End { again } => end(model, again),
        Message::Note(text) => say(model, text),
        Message::Ended => news::ended(model),
        Message::Ignored(id, done) => with_list(model, |model| ignore::done(model, &id, done)),
        Message::Ticked(done) => with_list(model, |model| checklist::done(model, done)),
        Message::Done(Ok(text)) => say(model, text),
        Message::Done(Err(text)) => fail(model, text),
    }
}

/// Does something to the model with its list worked out before, and again after.
fn with_list(model: &mut Model, change: impl FnOnce(&mut Model) -> Vec<Effect>) -> Vec<Effect> {
    model.refresh();
    let effects = change(model);
    model.refresh();
    keep_visible(model);
    // While a filter is typed the list shrinks and grows under the cursor: it comes back to its finding.
    if model.typing.is_none() && model.screen == ScreenId::Findings {
        model.remember();
    }
    effects
}

fn keep_visible(model: &mut Model) {
    let height = view::page(model);
    model.view_mut().pane.keep_visible(height);
}

fn key(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    let key = Key::from(event);
    model.say = None;
    with_list(model, |model| {
        // Stopping and suspending work from everywhere, also out of a question or an input.
        match model.keymap.action(model.screen, key) {
            Some(Action::Interrupt) => return interrupt(model),
            Some(Action::Suspend) => return suspend(model),
            _ => {}
        }
        if model.overlay.is_some() {
            return choose::key(model, key);
        }
        if model.typing.is_some() {
            return typing::key(model, key);
        }
        match model.keymap.action(model.screen, key) {
            Some(action) => perform(model, action),
            None => Vec::new(),
        }
    })
}

fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(Overlay::Choose(chooser)) = &mut model.overlay {
        if chooser.is_typed() {
            chooser.query.insert(text);
            chooser.narrow();
        }
    } else if let Some(Overlay::SetAside(aside)) = &mut model.overlay {
        aside.field().insert(text);
    } else if let Some(Overlay::Tick(ticking)) = &mut model.overlay {
        ticking.note.insert(text);
    } else if let Some(Overlay::Confirm(_)) = &model.overlay {
        return say(model, "the phrase is typed, not pasted");
    } else if model.overlay.is_none() && model.typing.is_some() {
        typing::insert(model, text);
    }
    Vec::new()
}

/// Does what a key stands for.
pub(super) fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    if !action.works_on(model.screen) {
        return Vec::new();
    }
    if moving::perform(model, action) {
        return Vec::new();
    }
    match action {
        Action::Open => return open(model),
        Action::Back => back(model),
        Action::Filter => typing::begin(model),
        Action::Help => model.overlay = Some(Overlay::Choose(Chooser::help(model.screen, &model.keymap))),
        Action::Palette => model.overlay = Some(Overlay::Choose(Chooser::palette(model.screen, &model.keymap))),
        Action::Pick => choose::open_values(model),
        Action::Sort => choose::open_sort(model),
        Action::Export => choose::open_export(model),
        Action::Settings => choose::open_settings(model),
        Action::Reverse => {
            let pane = &mut model.view_mut().pane;
            pane.reverse = !pane.reverse;
            model.stale();
        }
        Action::HideUnused | Action::FailedOnly | Action::Group => {
            let pane = &mut model.view_mut().pane;
            pane.flag = !pane.flag;
            model.stale();
        }
        Action::Fold => fold(model),
        Action::Period => {
            let audit = model.audit.clone();
            let pane = &mut model.view_mut().pane;
            let next = pane.table + 1;
            pane.table = if audit.statement(next).is_some() { next } else { 0 };
            (pane.open, pane.cursor, pane.top) = (None, 0, 0);
            model.stale();
        }
        Action::Mark => return findings::mark(model),
        Action::Tick => return checklist::tick(model),
        Action::Range => return findings::range(model),
        Action::MarkAll => return findings::ask_mark_all(model),
        Action::UnmarkAll => return findings::unmark_all(model),
        Action::MarkedOnly => return findings::marked_only(model),
        Action::ShowNew => return findings::show_new(model),
        Action::Score => findings::why_score(model),
        Action::Ignore => return ignore::begin(model),
        Action::Recheck => return recheck(model),
        Action::CopyId | Action::CopyArn | Action::CopyCommand => return copy::copy(model, action),
        Action::Console | Action::ConsoleAddress => return copy::console(model, action),
        Action::Pause => return pause(model),
        Action::Rescan => return ask_rescan(model),
        Action::Privacy => return choose::set(model, super::overlay::Setting::Privacy),
        Action::Theme => return choose::set(model, super::overlay::Setting::Theme),
        Action::DryRun | Action::Apply | Action::StopApply | Action::Script => return cleanup::perform(model, action),
        Action::DropStep => return cleanup::drop_step(model),
        Action::MoveDown | Action::MoveUp => return cleanup::order::move_step(model, action),
        Action::FollowLog | Action::SearchLog | Action::NextHit | Action::PreviousHit => {
            return log::perform(model, action);
        }
        Action::Dependents | Action::Owners | Action::Locks | Action::Quarantine => {
            return cleanup::allow(model, action);
        }
        Action::Diff => return changes::begin(model),
        Action::Undo => return journal::show_undo(model),
        Action::Verify => return journal::verify(model),
        Action::NoDelete | Action::NoCut => return say(model, NOTHING_DELETED),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return suspend(model),
        Action::Interrupt => return interrupt(model),
        Action::Quit => return quit(model),
        _ => {}
    }
    Vec::new()
}

fn open(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        ScreenId::Overview => return open_from_overview(model),
        ScreenId::Findings if model.current().is_none() => {}
        ScreenId::Findings => {
            let view = model.view_mut();
            (view.focus, view.zoom) = (1, true);
        }
        ScreenId::Bill if model.view().focus == 0 => {
            let view = &mut model.views[ScreenId::Bill as usize];
            match view.rows.get(view.pane.cursor) {
                // A group opens in place, a line shows what explains it.
                Some(row) if view::bill::is_line(&model.audit, &view.pane, *row) => (view.focus, view.zoom) = (1, true),
                Some(row) => view::bill::toggle(&model.audit, &mut view.pane, &view.filter, *row),
                None => {}
            }
            model.stale();
        }
        ScreenId::Quotas | ScreenId::Journal => {
            let view = model.view_mut();
            (view.focus, view.zoom) = (1, true);
        }
        ScreenId::Checklist => {
            let view = model.view_mut();
            (view.focus, view.zoom) = (view.focus.max(1), true);
        }
        ScreenId::Cleanup => {
            let view = &mut model.views[ScreenId::Cleanup as usize];
            (view.focus, view.zoom) = (view::cleanup::detail(&model.cleanup), true);
        }
        ScreenId::Bill | ScreenId::Coverage => {
            let view = model.view_mut();
            view.zoom = !view.zoom;
        }
    }
    Vec::new()
}

/// Gives each region of a quota its row, or one row for all; the cursor stays with its quota.
fn fold(model: &mut Model) {
    let row = view::row(model);
    let pane = &mut model.view_mut().pane;
    pane.unfolded = !pane.unfolded;
    model.stale();
    model.refresh();
    let at = row.and_then(|row| view::quotas::position(&model.audit, &model.view().rows, row));
    if let Some(at) = at {
        model.view_mut().pane.cursor = at;
    }
}

/// Opens what the focused pane is about; a finding on top of the list opens as the one under the cursor.
fn open_from_overview(model: &mut Model) -> Vec<Effect> {
    let view = model.view();
    let is_finding = view.focus == 0 && !view::overview::is_scanning(&model.audit);
    let row = view.rows.get(view.pane.cursor).filter(|_| is_finding).copied();
    if let Some(key) = row.and_then(|row| model.index.key(row)) {
        model.at = Some(key);
        model.views[ScreenId::Findings as usize].stale = true;
    }
    perform(model, view::overview::leads_to(&model.audit, model.view().focus))
}

/// One step back: range, filter, marked rows only, zoom, pane. Overlays and inputs have seen the key before.
fn back(model: &mut Model) {
    if model.range.take().is_some() {
        return;
    }
    if !model.view().pane.filter.is_empty() {
        let view = model.view_mut();
        view.pane.filter.clear();
        view.filter = Default::default();
        model.stale();
        let _ = say(model, "filter cleared");
        return;
    }
    if model.screen == ScreenId::Findings && std::mem::take(&mut model.marked_only) {
        model.stale();
        return;
    }
    if model.screen == ScreenId::Cleanup && (log::clear(model) || cleanup::put_away(model)) {
        return;
    }
    let view = model.view_mut();
    // A zoomed detail was opened from its row, and closing it leads back there.
    let was_zoomed = std::mem::take(&mut view.zoom);
    if !was_zoomed
        || matches!(
            model.screen,
            ScreenId::Findings | ScreenId::Quotas | ScreenId::Checklist | ScreenId::Cleanup | ScreenId::Journal
        )
    {
        model.view_mut().focus = 0;
    }
}

fn pause(model: &mut Model) -> Vec<Effect> {
    if !model.is_running() {
        return say(model, "no scan is running");
    }
    model.paused = !model.paused;
    let text = if model.paused { "scan held; requests under way still finish" } else { "scan goes on" };
    let _ = say(model, text);
    vec![Effect::Pause(model.paused)]
}

fn ask_rescan(model: &mut Model) -> Vec<Effect> {
    if let Some(text) = no_rescan(model) {
        return fail(model, text);
    }
    let lines = vec!["Scan everything again? What is shown now is replaced; marks stay.".to_owned()];
    model.overlay = Some(Overlay::Ask(Ask { lines, yes: Yes::Rescan }));
    Vec::new()
}

fn no_rescan(model: &Model) -> Option<&'static str> {
    match (model.is_running(), model.can_rescan) {
        _ if model.cleanup.is_applying() => Some("a cleanup is running: scan again when it has ended"),
        (true, _) => Some("a scan is running already"),
        (false, false) => Some("this is a recorded audit: there is nothing to scan again"),
        (false, true) => None,
    }
}

fn recheck(model: &mut Model) -> Vec<Effect> {
    if let Some(text) = no_rescan(model) {
        return fail(model, text);
    }
    let cells = view::cells(model);
    if cells.is_empty() {
        return say(model, "nothing here can be looked at again");
    }
    cells.into_iter().map(|cell| Effect::Rescan(Rescan::Cell(cell))).collect()
}

/// Ctrl-C: a scan is stopped and keeps what it found; pressed again at once, or without a scan, it quits.
fn interrupt(model: &mut Model) -> Vec<Effect> {
    let again = model.interrupted_ms.is_some_and(|at| model.clock_ms.saturating_sub(at) <= TWICE_MS);
    let is_applying = model.cleanup.is_applying();
    if !(model.is_running() || is_applying) || again || model.is_ending {
        return vec![Effect::Quit];
    }
    model.interrupted_ms = Some(model.clock_ms);
    model.overlay = None;
    if is_applying {
        return cleanup::stop(model);
    }
    let _ = say(model, "stopping; what was found is kept. Ctrl-C again leaves at once");
    vec![Effect::Stop]
}

/// Somebody ends the program from outside. A cleanup under way is stopped as by Ctrl-C, and its end is the end of the
/// program; asked again it leaves at once, and the journal holds what is open.
fn end(model: &mut Model, again: bool) -> Vec<Effect> {
    if !model.cleanup.is_applying() {
        return vec![Effect::Quit];
    }
    if std::mem::replace(&mut model.is_ending, true) {
        return if again { vec![Effect::Quit] } else { Vec::new() };
    }
    (model.overlay, model.typing) = (None, None);
    let effects = cleanup::stop(model);
    let _ = say(model, "asked to end: no further step is begun, those under way finish; once more leaves at once");
    effects
}

/// Ctrl-z: AWS goes on with what it was asked for, so during a run it is asked once.
fn suspend(model: &mut Model) -> Vec<Effect> {
    if !model.cleanup.is_applying() {
        return vec![Effect::Suspend];
    }
    let lines = vec![
        "A cleanup is running. Suspend?".to_owned(),
        "AWS goes on with what it was asked for; only this program would sleep.".to_owned(),
    ];
    model.overlay = Some(Overlay::Ask(Ask { lines, yes: Yes::Suspend }));
    Vec::new()
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if model.cleanup.is_applying() {
        return cleanup::ask_quit(model);
    }
    if !model.is_running() {
        return vec![Effect::Quit];
    }
    let lines = vec![
        "A scan is running. Quit and leave the rest unread?".to_owned(),
        "Ctrl-C stops it and keeps what was found.".to_owned(),
    ];
    model.overlay = Some(Overlay::Ask(Ask { lines, yes: Yes::Quit }));
    Vec::new()
}

fn say(model: &mut Model, text: impl Into<String>) -> Vec<Effect> {
    model.say = Some(Say::Done(text.into()));
    Vec::new()
}

fn fail(model: &mut Model, text: impl Into<String>) -> Vec<Effect> {
    model.say = Some(Say::Failed(text.into()));
    Vec::new()
}
