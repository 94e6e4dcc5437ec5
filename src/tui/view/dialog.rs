//! Questions, and texts to read.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthStr;

use super::screen::{Screen, inside};
use super::wrap::wrap;
use crate::model::clean;
use crate::tui::line::Line as InputLine;
use crate::tui::look::Role;
use crate::tui::overlay::{Ask, Read, SetAside};

/// Draws a question.
pub fn ask(frame: &mut Frame, area: Rect, cx: &Screen<'_>, ask: &Ask) {
    let mut lines = vec![String::new()];
    lines.extend(ask.lines.iter().cloned());
    lines.extend([String::new(), "y yes   n or Esc no".to_owned()]);
    boxed(frame, area, cx, "Sure?", &lines);
}

/// Draws a text.
pub fn read(frame: &mut Frame, area: Rect, cx: &Screen<'_>, read: &Read) {
    boxed(frame, area, cx, &read.title, &read.lines);
}

/// Columns of the dialog that sets a finding aside, where there are so many.
const ASIDE: u16 = 76;

/// Draws what sets a finding aside, with the cursor in the line that is typed.
pub fn set_aside(frame: &mut Frame, area: Rect, cx: &Screen<'_>, aside: &SetAside) {
    let width = ASIDE.min(area.width);
    let room = usize::from(width).saturating_sub(4);
    let field = |name: &str, line: &InputLine| cx.line(format!(" {name} {}", clean(line.text())), Role::Default);
    let said =
        if aside.wrong.is_empty() { "Shown with this, in no total; back when the day is over." } else { &aside.wrong };
    let said = cx.line(format!(" {said}"), if aside.wrong.is_empty() { Role::Dim } else { Role::Warn });
    let lines = vec![Line::from(""), field("Why  ", &aside.why), field("Until", &aside.until), Line::from(""), said];
    let height = 7.min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, place);
    cx.boxed(frame, place, cx.focus, &cx.text(&format!("Ignore {}", aside.label), room), "", lines);
    let inner = inside(place);
    let typed = if aside.on_day { &aside.until } else { &aside.why };
    let column = u16::try_from(typed.column() + 7).unwrap_or(u16::MAX);
    let x = inner.x.saturating_add(column).min(inner.right().saturating_sub(1));
    let y = inner.y + if aside.on_day { 2 } else { 1 };
    frame.set_cursor_position(Position { x, y: y.min(inner.bottom().saturating_sub(1)) });
}

fn boxed(frame: &mut Frame, area: Rect, cx: &Screen<'_>, title: &str, lines: &[String]) {
    let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0).max(title.width() + 4);
    let width = u16::try_from(widest + 4).unwrap_or(u16::MAX).min(area.width);
    let room = usize::from(width).saturating_sub(4);
    let lines: Vec<Line<'static>> = lines
        .iter()
        .flat_map(|line| wrap(&cx.text(line, usize::MAX), room))
        .map(|line| cx.line(format!(" {line}"), Role::Default))
        .collect();
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, place);
    cx.boxed(frame, place, cx.focus, &cx.text(title, room), "", lines);
}
