//! The mouse: a click chooses, the wheel scrolls what is under the pointer. It never starts anything.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{choose, moving};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, ScreenId};
use crate::tui::overlay::Overlay;
use crate::tui::view::{self, screen::Hit};

/// Rows a turn of the wheel moves.
const TURN: isize = 3;

/// Whether an event of the mouse can change anything.
pub fn matters(event: &MouseEvent) -> bool {
    matches!(
        event.kind,
        MouseEventKind::Down(MouseButton::Left) | MouseEventKind::ScrollDown | MouseEventKind::ScrollUp
    )
}

/// Takes an event of the mouse.
pub fn mouse(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    match event.kind {
        MouseEventKind::ScrollDown => wheel(model, event, TURN),
        MouseEventKind::ScrollUp => wheel(model, event, -TURN),
        MouseEventKind::Down(MouseButton::Left) => return click(model, event),
        _ => {}
    }
    Vec::new()
}

fn wheel(model: &mut Model, event: MouseEvent, delta: isize) {
    if model.overlay.is_some() {
        choose::wheel(model, delta);
        return;
    }
    let pane = match view::hit(model, event.column, event.row) {
        Hit::Row(_) | Hit::Head(_) => 0,
        Hit::Pane(pane) => pane,
        Hit::Nothing => return,
    };
    let view = model.view_mut();
    let focus = std::mem::replace(&mut view.focus, pane);
    moving::rows(model, delta);
    model.view_mut().focus = focus;
}

fn click(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    match model.overlay.take() {
        // A click beside a list puts it away; one on a row moves its cursor there.
        Some(Overlay::Choose(mut chooser)) => {
            if let Some(position) = view::chooser_row(model, &chooser, event.column, event.row) {
                if let Some(position) = position {
                    chooser.cursor = position;
                }
                model.overlay = Some(Overlay::Choose(chooser));
            }
            return Vec::new();
        }
        Some(
            asking @ (Overlay::Ask(_)
            | Overlay::Confirm(_)
            | Overlay::SetAside(_)
            | Overlay::Changes(_)
            | Overlay::Tick(_)),
        ) => {
            model.overlay = Some(asking);
            return Vec::new();
        }
        Some(Overlay::Read(_)) => return Vec::new(),
        None => {}
    }
    if model.typing.is_some() {
        return Vec::new();
    }
    if let Some(screen) = view::tab_at(model, event.column, event.row) {
        moving::go(model, screen);
        return Vec::new();
    }
    match view::hit(model, event.column, event.row) {
        Hit::Row(position) => {
            let view = model.view_mut();
            view.focus = 0;
            if view.pane.cursor != position {
                view.scroll = 0;
            }
            view.pane.cursor = position;
        }
        Hit::Head(column) => choose::sort_by(model, column),
        Hit::Pane(pane) if model.screen != ScreenId::Coverage => model.view_mut().focus = pane,
        Hit::Pane(_) | Hit::Nothing => {}
    }
    Vec::new()
}
