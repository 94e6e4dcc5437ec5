//! Questions, and texts to read.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthStr;

use super::screen::Screen;
use super::wrap::wrap;
use crate::tui::look::Role;
use crate::tui::overlay::{Ask, Read};

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
