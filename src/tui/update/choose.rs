//! What lies over the screen: lists to choose from, questions, texts to read.

use crossterm::event::KeyCode;

use super::{changes, checklist, cleanup, findings, ignore, perform, say, typing};
use crate::tui::effect::{Effect, ExportFormat, Rescan};
use crate::tui::key::Key;
use crate::tui::look::Look;
use crate::tui::model::{Model, ScreenId};
use crate::tui::overlay::{Chooser, Item, List, Overlay, Setting, Then, Yes};
use crate::tui::{rows, view};

/// Takes a key while something lies over the screen.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    match model.overlay.take() {
        Some(Overlay::Choose(chooser)) => choose(model, chooser, key),
        Some(Overlay::Ask(ask)) => match key.typed() {
            Some('y' | 'Y') => yes(model, ask.yes),
            Some('n' | 'N') => Vec::new(),
            _ if key.code() == KeyCode::Esc => Vec::new(),
            // A question stays until it is answered: a stray key is no answer.
            _ => {
                model.overlay = Some(Overlay::Ask(ask));
                Vec::new()
            }
        },
        Some(Overlay::Confirm(confirm)) => cleanup::confirm(model, confirm, key),
        Some(Overlay::Changes(diff)) => changes::key(model, diff, key),
        Some(Overlay::SetAside(aside)) => ignore::key(model, aside, key),
        Some(Overlay::Tick(ticking)) => checklist::key(model, ticking, key),
        // Any key puts a text away.
        Some(Overlay::Read(_)) | None => Vec::new(),
    }
}

fn yes(model: &mut Model, yes: Yes) -> Vec<Effect> {
    match yes {
        Yes::Quit => vec![Effect::Quit],
        Yes::MarkAll => findings::mark_all(model),
        Yes::Rescan => vec![Effect::Rescan(Rescan::All)],
        Yes::Suspend => vec![Effect::Suspend],
    }
}

fn choose(model: &mut Model, mut chooser: Chooser, key: Key) -> Vec<Effect> {
    let page = isize::try_from(view::chooser_height(model, &chooser)).unwrap_or(1).max(1);
    match key.code() {
        KeyCode::Esc => return Vec::new(),
        KeyCode::Enter => return chosen(model, chooser),
        KeyCode::Up => chooser.move_by(-1),
        KeyCode::Down => chooser.move_by(1),
        KeyCode::PageUp => chooser.move_by(-page),
        KeyCode::PageDown => chooser.move_by(page),
        KeyCode::Tab => chooser.move_by(1),
        KeyCode::BackTab => chooser.move_by(-1),
        _ if key.is_ctrl('n') => chooser.move_by(1),
        _ if key.is_ctrl('p') => chooser.move_by(-1),
        _ if chooser.is_typed() => {
            let before = chooser.query.text().to_owned();
            chooser.query.press(key);
            if chooser.query.text() != before {
                chooser.narrow();
            }
        }
        KeyCode::Char('j') => chooser.move_by(1),
        KeyCode::Char('k') => chooser.move_by(-1),
        KeyCode::Char('g') | KeyCode::Home => chooser.move_by(isize::MIN),
        KeyCode::Char('G') | KeyCode::End => chooser.move_by(isize::MAX),
        KeyCode::Char(' ') if chooser.list == List::Settings => return chosen(model, chooser),
        KeyCode::Char('q') => return Vec::new(),
        _ => {}
    }
    model.overlay = Some(Overlay::Choose(chooser));
    Vec::new()
}

/// Does what the row under the cursor of a list stands for. The list is closed, but for the settings.
pub fn chosen(model: &mut Model, chooser: Chooser) -> Vec<Effect> {
    let Some(then) = chooser.chosen().map(|item| item.then.clone()) else {
        model.overlay = Some(Overlay::Choose(chooser));
        return Vec::new();
    };
    match then {
        Then::Run(action) => perform(model, action),
        Then::SortBy(column) => {
            sort_by(model, column);
            Vec::new()
        }
        Then::FilterBy(word) => {
            let text = format!("{} {word}", model.view().pane.filter);
            match typing::set(model, text.trim()) {
                Some(error) => super::fail(model, error),
                None => Vec::new(),
            }
        }
        Then::Export(format) => vec![Effect::Export(format)],
        Then::Set(setting) => {
            let effects = set(model, setting);
            let mut items = Chooser::new(List::Settings, settings(model));
            items.cursor = chooser.cursor;
            model.overlay = Some(Overlay::Choose(items));
            effects
        }
    }
}

/// Sorts by a column; by the same one again, the other way round.
pub fn sort_by(model: &mut Model, column: usize) {
    let pane = &mut model.view_mut().pane;
    pane.reverse = pane.sort == column && !pane.reverse;
    pane.sort = column;
    model.stale();
}

/// `s`: the columns of this screen.
pub fn open_sort(model: &mut Model) {
    let pane = &model.view().pane;
    let items = view::columns(model).iter().enumerate().map(|(column, name)| {
        let note = match (column == pane.sort, pane.reverse) {
            (true, false) => "now",
            (true, true) => "now, reversed",
            (false, _) => "",
        };
        Item { group: "", label: (*name).to_owned(), note: note.to_owned(), then: Then::SortBy(column) }
    });
    let mut chooser = Chooser::new(List::Sort, items.collect());
    chooser.cursor = model.view().pane.sort;
    model.overlay = Some(Overlay::Choose(chooser));
}

/// `f`: values of the columns of the rows shown.
pub fn open_values(model: &mut Model) {
    let items: Vec<Item> = rows::values(model)
        .into_iter()
        .map(|(column, text, count)| {
            let word = word(column, &text);
            Item { group: "", label: word.clone(), note: count.to_string(), then: Then::FilterBy(word) }
        })
        .collect();
    if items.is_empty() {
        let _ = say(model, "no rows are listed: there is no value to pick");
        return;
    }
    model.overlay = Some(Overlay::Choose(Chooser::new(List::Pick, items)));
}

/// A filter word for a value: quoted where its characters would mean something.
fn word(column: &str, text: &str) -> String {
    let text: String = text.chars().filter(|c| *c != '"').collect();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '=' | ':');
    let value = if text.chars().all(plain) { text } else { format!("\"{text}\"") };
    if column.is_empty() { value } else { format!("{column}:{value}") }
}

/// `E`: the forms an audit can be written in; on the checklist those of that first.
pub fn open_export(model: &mut Model) {
    let of_list: &[ExportFormat] = if model.screen == ScreenId::Checklist { &ExportFormat::CHECKLIST } else { &[] };
    let items = of_list.iter().copied().chain(ExportFormat::AUDIT).map(|format| Item {
        group: "",
        label: format.word().to_owned(),
        note: format.about().to_owned(),
        then: Then::Export(format),
    });
    model.overlay = Some(Overlay::Choose(Chooser::new(List::Export, items.collect())));
}

/// `,`: what can be changed for this run.
pub fn open_settings(model: &mut Model) {
    model.overlay = Some(Overlay::Choose(Chooser::new(List::Settings, settings(model))));
}

fn settings(model: &Model) -> Vec<Item> {
    let on = |on: bool| if on { "on" } else { "off" };
    let item = |label: &str, note: &str, setting| Item {
        group: "",
        label: label.to_owned(),
        note: note.to_owned(),
        then: Then::Set(setting),
    };
    vec![
        item("theme", model.look.theme.word(), Setting::Theme),
        item("mouse", on(model.mouse), Setting::Mouse),
        item("animations", on(model.animations), Setting::Animations),
        item("privacy", on(model.privacy), Setting::Privacy),
    ]
}

/// Changes a setting for this run.
pub fn set(model: &mut Model, setting: Setting) -> Vec<Effect> {
    match setting {
        Setting::Theme => {
            let theme = model.look.theme.next();
            model.look = Look { theme, ..model.look };
            say(model, format!("theme {}", theme.word()))
        }
        Setting::Mouse => {
            model.mouse = !model.mouse;
            vec![Effect::Mouse(model.mouse)]
        }
        Setting::Animations => {
            model.animations = !model.animations;
            Vec::new()
        }
        Setting::Privacy => {
            model.privacy = !model.privacy;
            let on = if model.privacy { "hidden" } else { "shown" };
            say(model, format!("account ids, ARNs and addresses are {on}"))
        }
    }
}

/// Moves the cursor of an open list.
pub fn wheel(model: &mut Model, delta: isize) {
    if let Some(Overlay::Choose(chooser)) = &mut model.overlay {
        chooser.move_by(delta);
    }
}
