//! Tables: columns that give way when the screen is narrow, a cursor, a head that sorts.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::screen::{Hit, Screen};
use crate::model::truncate;
use crate::tui::look::Role;

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name to sort and filter by. Empty when it does neither.
    pub name: &'static str,
    /// What stands above it.
    pub head: &'static str,
    /// Columns of the terminal it needs.
    pub width: u16,
    /// Whether it takes what is left over.
    pub grows: bool,
    /// Whether it is aligned at the right: numbers.
    pub right: bool,
    /// Columns with less weight give way first; [`Column::ALWAYS`] never does.
    pub weight: u8,
}

impl Column {
    /// The weight of what is never left out.
    pub const ALWAYS: u8 = u8::MAX;

    /// A column of text.
    pub const fn text(name: &'static str, head: &'static str, width: u16, weight: u8) -> Column {
        Column { name, head, width, grows: false, right: false, weight }
    }

    /// A column of numbers.
    pub const fn number(name: &'static str, head: &'static str, width: u16, weight: u8) -> Column {
        Column { right: true, ..Column::text(name, head, width, weight) }
    }

    /// The same, taking what is left over.
    pub const fn growing(self) -> Column {
        Column { grows: true, ..self }
    }
}

/// A row as it is shown.
#[derive(Clone, Debug)]
pub struct Row {
    /// The sign in front, one column wide.
    pub sign: (String, Role),
    /// One text for each column.
    pub cells: Vec<(String, Role)>,
}

/// Columns before the first one: cursor and sign, and a blank.
const GUTTER: u16 = 3;

/// Where a column came to lie: its index, its offset and its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    column: usize,
    x: u16,
    width: u16,
}

fn layout(columns: &[Column], width: u16) -> Vec<Place> {
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let need = |kept: &[usize]| GUTTER + kept.iter().map(|i| columns[*i].width + 1).sum::<u16>();
    while need(&kept) > width + 1 {
        let least =
            kept.iter().copied().filter(|i| columns[*i].weight < Column::ALWAYS).min_by_key(|i| columns[*i].weight);
        match least {
            Some(least) => kept.retain(|i| *i != least),
            None => break,
        }
    }
    let mut spare = (width + 1).saturating_sub(need(&kept));
    let mut growing = kept.iter().filter(|i| columns[**i].grows).count() as u16;
    let mut x = GUTTER;
    let mut places = Vec::new();
    for column in kept {
        let mut width = columns[column].width;
        if columns[column].grows && growing > 0 {
            let share = spare / growing;
            width += share;
            spare -= share;
            growing -= 1;
        }
        places.push(Place { column, x, width });
        x += width + 1;
    }
    places
}

/// Rows of the list that an inside area has room for, under the head.
pub fn height(inner: Rect) -> usize {
    usize::from(inner.height.saturating_sub(1))
}

/// The width a column gets, 0 when it is left out.
pub fn width_of(columns: &[Column], inner: Rect, column: usize) -> usize {
    layout(columns, inner.width).iter().find(|place| place.column == column).map_or(0, |place| usize::from(place.width))
}

/// Draws the rows of `cx.rows` that are on screen. `names` are the screen's sortable columns.
pub fn draw(
    frame: &mut Frame,
    inner: Rect,
    cx: &Screen<'_>,
    columns: &[Column],
    names: &[&str],
    row: &dyn Fn(usize) -> Row,
) {
    let places = layout(columns, inner.width);
    let top = cx.pane.top_within(height(inner), cx.rows.len());
    let mut lines = vec![head(cx, columns, names, &places)];
    for (position, index) in cx.rows.iter().enumerate().skip(top).take(height(inner)) {
        lines.push(body(cx, columns, &places, &row(*index), position == cx.pane.cursor));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

fn head(cx: &Screen<'_>, columns: &[Column], names: &[&str], places: &[Place]) -> Line<'static> {
    let sorted = names.get(cx.pane.sort).copied().unwrap_or_default();
    let glyphs = &cx.look.glyphs;
    let mut text = " ".repeat(usize::from(GUTTER));
    for place in places {
        let column = &columns[place.column];
        let mut title = column.head.to_owned();
        if !column.name.is_empty() && column.name == sorted {
            title.push_str(if cx.pane.reverse { glyphs.up } else { glyphs.down });
        }
        text.push_str(&fit(&title, usize::from(place.width), column.right));
        text.push(' ');
    }
    cx.line(text, Role::Dim)
}

fn body(cx: &Screen<'_>, columns: &[Column], places: &[Place], row: &Row, is_cursor: bool) -> Line<'static> {
    let pointer = if is_cursor { cx.look.glyphs.cursor } else { " " };
    let mut spans =
        vec![cx.span(pointer, Role::Title), cx.span(fit(&row.sign.0, 1, false), row.sign.1), Span::raw(" ")];
    for place in places {
        let empty = (String::new(), Role::Default);
        let (text, role) = row.cells.get(place.column).unwrap_or(&empty);
        let right = columns[place.column].right;
        let span = cx.span(fit(text, usize::from(place.width), right), *role);
        // A bar turned inside out would show what is free as what is used.
        let upright =
            if *role == Role::Bar { span.patch_style(Style::new().remove_modifier(Modifier::REVERSED)) } else { span };
        spans.push(upright);
        spans.push(Span::raw(" "));
    }
    let line = Line::from(spans);
    if is_cursor && cx.focus == 0 { line.style(cx.look.style(Role::Selected)) } else { line }
}

/// What lies at a place inside a table.
pub fn hit(inner: Rect, cx: &Screen<'_>, columns: &[Column], names: &[&str], column: u16, row: u16) -> Hit {
    if row == inner.y {
        let x = column.saturating_sub(inner.x);
        let place = layout(columns, inner.width).into_iter().find(|p| (p.x..p.x + p.width).contains(&x));
        let name = place.map(|place| columns[place.column].name).unwrap_or_default();
        return names.iter().position(|n| *n == name).map_or(Hit::Pane(0), Hit::Head);
    }
    let position = cx.pane.top_within(height(inner), cx.rows.len()) + usize::from(row.saturating_sub(inner.y + 1));
    if row > inner.y && row < inner.bottom() && position < cx.rows.len() { Hit::Row(position) } else { Hit::Pane(0) }
}

/// Text in exactly `width` columns: cut, or filled up with blanks.
pub fn fit(text: &str, width: usize, right: bool) -> String {
    let text = truncate(text, width);
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right { blanks + &text } else { text + &blanks }
}

/// `12 of 40` for the remark of a list: where the last row on screen is.
pub fn extent(cx: &Screen<'_>, inner: Rect, all: usize) -> String {
    let shown = (cx.pane.top_within(height(inner), cx.rows.len()) + height(inner)).min(cx.rows.len());
    match (cx.rows.len() < all, shown < cx.rows.len()) {
        (true, _) => format!("{} of {all}", cx.rows.len()),
        (false, true) => format!("{shown} of {all}"),
        (false, false) => format!("{all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column::text("name", "name", 10, Column::ALWAYS).growing(),
        Column::number("cost", "$/mo", 8, 2),
        Column::text("", "why", 10, 1),
    ];

    #[test]
    fn least_weighty_column_gives_way_and_the_rest_is_given_out() {
        let kept = |width| layout(COLUMNS, width).iter().map(|p| (p.column, p.width)).collect::<Vec<_>>();
        assert_eq!(kept(40), [(0, 17), (1, 8), (2, 10)]);
        assert_eq!(kept(33), [(0, 10), (1, 8), (2, 10)]);
        assert_eq!(kept(32), [(0, 20), (1, 8)]);
        assert_eq!(kept(5), [(0, 10)]);
        assert_eq!(kept(0), [(0, 10)]);
    }

    #[test]
    fn wide_letters_fill_their_columns() {
        assert_eq!(fit("日本語", 5, false), "日本…");
        assert_eq!(fit("日本語", 8, true), "  日本語");
        assert_eq!(fit("abc", 0, true), "");
    }
}
