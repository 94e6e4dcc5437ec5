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
use crate::tui::overlay::{Ask, Read, SetAside, Ticking};

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

/// Columns of a dialog that is typed into, where there are so many.
const FORM: u16 = 76;

/// Draws what sets a finding aside.
pub fn set_aside(frame: &mut Frame, area: Rect, cx: &Screen<'_>, aside: &SetAside) {
    let form = Form {
        title: format!("Ignore {}", aside.label),
        fields: &[("Why  ", &aside.why), ("Until", &aside.until)],
        typed: usize::from(aside.on_day),
        help: "Shown with this, in no total; back when the day is over.",
        wrong: &aside.wrong,
    };
    draw_form(frame, area, cx, &form);
}

/// Draws what ticks an item of the checklist.
pub fn tick(frame: &mut Frame, area: Rect, cx: &Screen<'_>, ticking: &Ticking) {
    let form = Form {
        title: format!("Tick: {}", ticking.title),
        fields: &[("Note", &ticking.note)],
        typed: 0,
        help: "What was checked, and where. It holds until what it rests on changes.",
        wrong: ticking.wrong,
    };
    draw_form(frame, area, cx, &form);
}

/// Lines that are typed.
struct Form<'a> {
    title: String,
    /// Names, all of one width, with what is typed so far.
    fields: &'a [(&'static str, &'a InputLine)],
    /// Which of them the cursor is in.
    typed: usize,
    help: &'a str,
    /// What is wrong with it, in place of the help. Empty when nothing is.
    wrong: &'a str,
}

/// Draws a form with the cursor in the line that is typed.
fn draw_form(frame: &mut Frame, area: Rect, cx: &Screen<'_>, form: &Form<'_>) {
    let width = FORM.min(area.width);
    let room = usize::from(width).saturating_sub(4);
    let mut lines = vec![Line::from("")];
    lines.extend(
        form.fields.iter().map(|(name, line)| cx.line(format!(" {name} {}", clean(line.text())), Role::Default)),
    );
    let (said, role) = if form.wrong.is_empty() { (form.help, Role::Dim) } else { (form.wrong, Role::Warn) };
    lines.extend([Line::from(""), cx.line(format!(" {said}"), role)]);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, place);
    cx.boxed(frame, place, cx.focus, &cx.text(&form.title, room), "", lines);
    let inner = inside(place);
    let Some((name, typed)) = form.fields.get(form.typed) else { return };
    let column = u16::try_from(typed.column() + name.len() + 2).unwrap_or(u16::MAX);
    let x = inner.x.saturating_add(column).min(inner.right().saturating_sub(1));
    let y = inner.y + 1 + u16::try_from(form.typed).unwrap_or(0);
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
