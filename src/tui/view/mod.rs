//! The picture: reads the model, changes nothing.
//!
//! ```text
//! header    account · role · READ-ONLY                  age of the data
//! tabs     [1 Overview] 2 Findings  3 Quotas  4 Bill  5 Checklist  6 Cleanup  7 Journal  8 Coverage
//! body      the panes of the screen, one file each
//! message   what was done, or what the signs mean; the filter while it is typed
//! keys      what can be pressed here
//! ```

mod apply;
pub mod bill;
pub mod changes;
pub mod checklist;
pub mod cleanup;
mod confirm;
pub mod coverage;
mod detail;
mod dialog;
pub mod findings;
mod header;
mod help;
mod journal;
mod log;
pub mod overview;
mod palette;
pub mod quotas;
#[cfg(test)]
pub mod sample;
pub mod scan;
pub mod screen;
mod status;
pub mod table;
mod wrap;

#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::Rect;

use self::screen::{Hit, Screen};
use super::model::{Model, ScreenId};
use super::overlay::{Chooser, List, Overlay};
use crate::model::{Cell, Kind, Region};

pub use apply::LOG;
pub use header::{age, age_changes_in, tab_at};

/// Below this a screen is one status line.
const TINY: (u16, u16) = (40, 10);

/// From this width on header, tabs and lists have their long form.
pub const WIDE: u16 = 100;

fn whole(model: &Model) -> Rect {
    Rect::new(0, 0, model.size.0, model.size.1)
}

fn is_tiny(area: Rect) -> bool {
    area.width < TINY.0 || area.height < TINY.1
}

/// What is left for the panes between header and message line.
fn body(area: Rect) -> Rect {
    let height = area.height.saturating_sub(4);
    Rect { y: area.y + 2.min(area.height), height, ..area }
}

/// What the panels of the screen shown are given.
pub fn screen(model: &Model) -> Screen<'_> {
    let view = model.view();
    let seconds = |from: u64| model.clock_ms.saturating_sub(from) / 1_000;
    Screen {
        audit: &model.audit,
        digest: &model.digest,
        look: &model.look,
        pane: &view.pane,
        rows: &view.rows,
        focus: view.focus,
        zoom: view.zoom,
        scroll: view.scroll,
        keys: &model.keymap,
        tick: model.tick,
        elapsed_seconds: seconds(model.scan_from_ms),
        since_progress_seconds: seconds(model.progress_ms),
        privacy: model.privacy,
        can_rescan: model.can_rescan,
    }
}

/// Draws everything.
pub fn draw(model: &Model, frame: &mut Frame) {
    let area = frame.area();
    let cx = screen(model);
    if is_tiny(area) {
        status::tiny(frame, area, model, &cx);
    } else {
        header::draw(frame, area, model, &cx);
        draw_body(frame, body(area), model, &cx);
        status::draw(frame, area, model, &cx);
        match &model.overlay {
            Some(Overlay::Choose(chooser)) if chooser.list == List::Help => {
                help::draw(frame, body(area), model, &cx, chooser)
            }
            Some(Overlay::Choose(chooser)) => palette::draw(frame, body(area), &cx, chooser),
            Some(Overlay::Ask(ask)) => dialog::ask(frame, body(area), &cx, ask),
            Some(Overlay::SetAside(aside)) => dialog::set_aside(frame, body(area), &cx, aside),
            Some(Overlay::Tick(ticking)) => dialog::tick(frame, body(area), &cx, ticking),
            Some(Overlay::Read(read)) => dialog::read(frame, body(area), &cx, read),
            Some(Overlay::Changes(diff)) => changes::draw(frame, body(area), &cx, diff),
            Some(Overlay::Confirm(asked)) => confirm::draw(frame, body(area), model, &cx, asked),
            None => {}
        }
    }
    model.look.glyphs.flatten(frame.buffer_mut());
}

fn draw_body(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    match model.screen {
        ScreenId::Overview => overview::draw(frame, area, cx),
        ScreenId::Findings => findings::draw(frame, area, model, cx),
        ScreenId::Quotas => quotas::draw(frame, area, cx),
        ScreenId::Bill => bill::draw(frame, area, cx),
        ScreenId::Checklist => checklist::draw(frame, area, cx),
        ScreenId::Cleanup => cleanup::draw(frame, area, model, cx),
        ScreenId::Journal => journal::draw(frame, area, model, cx),
        ScreenId::Coverage => coverage::draw(frame, area, cx),
    }
}

/// Rows the list of the screen shown has room for.
pub fn page(model: &Model) -> usize {
    let (area, cx) = (body(whole(model)), screen(model));
    match model.screen {
        ScreenId::Overview => overview::height(area, &cx),
        ScreenId::Findings => findings::height(area, &cx),
        ScreenId::Quotas => quotas::height(area, &cx),
        ScreenId::Bill => bill::height(area, &cx),
        ScreenId::Checklist => checklist::height(area, &cx),
        ScreenId::Cleanup => cleanup::height(area, &cx, model),
        ScreenId::Journal => journal::height(area, &cx),
        ScreenId::Coverage => coverage::height(area, &cx),
    }
}

/// Panes of the screen shown.
pub fn panes(model: &Model) -> usize {
    match model.screen {
        ScreenId::Overview => overview::panes(&model.audit),
        ScreenId::Findings => findings::PANES,
        ScreenId::Quotas => quotas::PANES,
        ScreenId::Bill => bill::PANES,
        ScreenId::Checklist => checklist::PANES,
        ScreenId::Cleanup => cleanup::panes(&model.cleanup),
        ScreenId::Journal => journal::PANES,
        ScreenId::Coverage => coverage::PANES,
    }
}

/// Columns the list of the screen shown can be sorted by.
pub fn columns(model: &Model) -> &'static [&'static str] {
    match model.screen {
        ScreenId::Overview => overview::COLUMNS,
        ScreenId::Findings => findings::COLUMNS,
        ScreenId::Quotas => quotas::COLUMNS,
        ScreenId::Bill => bill::COLUMNS,
        ScreenId::Checklist | ScreenId::Cleanup | ScreenId::Journal => &[],
        ScreenId::Coverage => coverage::COLUMNS,
    }
}

/// What lies at a place of the body.
pub fn hit(model: &Model, column: u16, row: u16) -> Hit {
    let (area, cx) = (body(whole(model)), screen(model));
    if is_tiny(whole(model)) || !area.contains((column, row).into()) {
        return Hit::Nothing;
    }
    match model.screen {
        ScreenId::Overview => overview::hit(area, &cx, column, row),
        ScreenId::Findings => findings::hit(area, &cx, column, row),
        ScreenId::Quotas => quotas::hit(area, &cx, column, row),
        ScreenId::Bill => bill::hit(area, &cx, column, row),
        ScreenId::Checklist => checklist::hit(area, &cx, column, row),
        ScreenId::Cleanup => cleanup::hit(area, &cx, model, column, row),
        ScreenId::Journal => journal::hit(area, &cx, column, row),
        ScreenId::Coverage => coverage::hit(area, &cx, column, row),
    }
}

/// The line that says what the screen shown stands for.
fn hint(model: &Model, cx: &Screen<'_>) -> String {
    match model.screen {
        ScreenId::Overview => overview::hint(cx),
        ScreenId::Findings => findings::hint(model, cx),
        ScreenId::Quotas => quotas::hint(cx),
        ScreenId::Bill => bill::hint(cx),
        ScreenId::Checklist => checklist::hint(cx, model.size.0),
        ScreenId::Cleanup => cleanup::hint(cx, model),
        ScreenId::Journal => journal::hint(model),
        ScreenId::Coverage => coverage::hint(cx, model.size.0),
    }
}

/// How far the pane with the focus of the checklist, the cleanup or the journal may be scrolled.
pub fn last_line(model: &Model) -> usize {
    let (cx, width) = (screen(model), model.size.0.saturating_sub(2));
    match model.screen {
        ScreenId::Checklist => checklist::last_line(body(whole(model)), &cx),
        ScreenId::Journal => journal::last_line(model, &cx, width),
        _ => cleanup::last_line(model, &cx, width),
    }
}

/// Lines the log of a run has room for.
pub fn log_height(model: &Model) -> usize {
    apply::log_height(body(whole(model)), &screen(model))
}

/// How old the dry run is that is shown, in whole minutes.
pub fn rehearsal_minutes(model: &Model) -> Option<i64> {
    model.cleanup.tried.as_ref().map(|tried| cleanup::minutes_old(tried, model.now))
}

/// The number of the row under the cursor of the screen shown.
pub fn row(model: &Model) -> Option<usize> {
    let view = model.view();
    view.rows.get(view.pane.cursor).copied()
}

/// The cells that reading again would mend or renew: that of the finding, or those of the row of the coverage.
pub fn cells(model: &Model) -> Vec<Cell> {
    match (model.screen, model.current(), row(model)) {
        (ScreenId::Findings, Some(finding), _) => {
            let kind = finding.resource.kind.clone();
            let global = Cell::new(Region::global(), kind.clone());
            let is_global = model.audit.coverage.contains_key(&global);
            let cell = if is_global { global } else { Cell::new(finding.resource.region.clone(), kind) };
            // A quota is no cell: it is read with all others.
            if cell.kind == Kind::QUOTA { Vec::new() } else { vec![cell] }
        }
        (ScreenId::Coverage, _, Some(row)) => coverage::cells(&model.audit, row),
        _ => Vec::new(),
    }
}

/// Text fit for the message line.
pub fn shorten(model: &Model, text: &str, width: usize) -> String {
    screen(model).text(text, width)
}

/// Rows an open list has room for.
pub fn chooser_height(model: &Model, chooser: &Chooser) -> usize {
    let area = body(whole(model));
    if chooser.list == List::Help { help::height(area) } else { palette::height(area, chooser) }
}

/// The position in an open list at a place: `Some(None)` inside it but on no row, `None` beside it.
pub fn chooser_row(model: &Model, chooser: &Chooser, column: u16, row: u16) -> Option<Option<usize>> {
    let area = body(whole(model));
    if chooser.list == List::Help {
        return area.contains((column, row).into()).then_some(None);
    }
    palette::row_at(area, chooser, column, row)
}
