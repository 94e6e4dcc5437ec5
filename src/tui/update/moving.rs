//! Moving about: rows, panes, screens.

use super::log;
use crate::tui::action::Action;
use crate::tui::model::{Model, ScreenId};
use crate::tui::view;

/// Lines a pane other than a finding's detail may be scrolled: none of them holds many.
const FEW: usize = 8;

/// Does a movement. Says whether it was one.
pub fn perform(model: &mut Model, action: Action) -> bool {
    let page = isize::try_from(view::page(model)).unwrap_or(isize::MAX);
    match action {
        Action::Down => rows(model, 1),
        Action::Up => rows(model, -1),
        Action::HalfDown => rows(model, (page / 2).max(1)),
        Action::HalfUp => rows(model, -(page / 2).max(1)),
        Action::PageDown => rows(model, (page - 1).max(1)),
        Action::PageUp => rows(model, -(page - 1).max(1)),
        Action::First => rows(model, isize::MIN),
        Action::Last => rows(model, isize::MAX),
        Action::Left | Action::PreviousPane => pane(model, -1),
        Action::Right | Action::NextPane => pane(model, 1),
        Action::Collapse | Action::Expand => group(model, action == Action::Expand),
        Action::Overview => go(model, ScreenId::Overview),
        Action::Findings => go(model, ScreenId::Findings),
        Action::Quotas => go(model, ScreenId::Quotas),
        Action::Bill => go(model, ScreenId::Bill),
        Action::Checklist => go(model, ScreenId::Checklist),
        Action::Cleanup => go(model, ScreenId::Cleanup),
        Action::Journal => go(model, ScreenId::Journal),
        Action::Coverage => go(model, ScreenId::Coverage),
        Action::PreviousScreen => go(model, model.screen.step(-1)),
        Action::NextScreen => go(model, model.screen.step(1)),
        Action::Zoom => {
            let view = model.view_mut();
            view.zoom = !view.zoom;
        }
        _ => return false,
    }
    true
}

/// Moves the cursor, or scrolls another pane when that has the focus.
pub fn rows(model: &mut Model, delta: isize) {
    let is_scan = model.screen == ScreenId::Overview && view::overview::is_scanning(&model.audit);
    let has_one_list = model.screen == ScreenId::Coverage || is_scan;
    if log::has_focus(model) {
        return log::scroll(model, delta);
    }
    if model.view().focus > 0 && !has_one_list {
        let last = match model.screen {
            ScreenId::Findings => view::findings::last_line(model),
            ScreenId::Checklist | ScreenId::Cleanup | ScreenId::Journal => view::last_line(model),
            _ => FEW,
        };
        let view = model.view_mut();
        view.scroll = view.scroll.min(last).saturating_add_signed(delta).min(last);
        return;
    }
    let view = model.view_mut();
    let before = view.pane.cursor;
    view.pane.move_by(delta, view.rows.len());
    if view.pane.cursor != before {
        view.scroll = 0;
    }
}

fn pane(model: &mut Model, delta: isize) {
    if model.screen == ScreenId::Coverage {
        // One list runs through both panes; the focus is where the cursor is.
        let view = model.view();
        let cursor = view::coverage::other_pane(&model.audit, &view.pane, &view.rows);
        model.view_mut().pane.cursor = cursor;
        return;
    }
    let panes = isize::try_from(view::panes(model)).unwrap_or(1).max(1);
    let view = model.view_mut();
    let focus = isize::try_from(view.focus).unwrap_or(0);
    view.focus = usize::try_from((focus + delta).rem_euclid(panes)).unwrap_or(0);
    view.scroll = 0;
}

/// Opens or shuts the group at the cursor of the bill; beside the list there is none, and the pane changes.
fn group(model: &mut Model, open: bool) {
    let view = &mut model.views[ScreenId::Bill as usize];
    if view.focus > 0 {
        return pane(model, if open { 1 } else { -1 });
    }
    if let Some(row) = view.rows.get(view.pane.cursor) {
        view::bill::set_open(&model.audit, &mut view.pane, &view.filter, *row, open);
        model.stale();
    }
}

/// Shows another screen, as it was left.
pub fn go(model: &mut Model, screen: ScreenId) {
    model.screen = screen;
    model.range = None;
}
