//! What every panel is given to draw from, and what a panel answers about a place on the screen.

mod mask;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};
use unicode_width::UnicodeWidthStr;

use crate::audit::{Audit, Digest};
use crate::model::{clean, truncate};
use crate::tui::action::Action;
use crate::tui::keymap::Keymap;
use crate::tui::look::{Look, Role};
use crate::tui::pane::Pane;

pub use mask::mask;

/// Everything a panel may read. Drawing changes none of it.
#[derive(Clone, Copy)]
pub struct Screen<'a> {
    /// What is known.
    pub audit: &'a Audit,
    /// Sums over it, worked out anew ([`Digest::of`]) only when the audit changed.
    pub digest: &'a Digest,
    /// Colours and signs.
    pub look: &'a Look,
    /// Cursor, order and filter of the screen's list.
    pub pane: &'a Pane,
    /// The list, sorted and filtered: what the screen's `rows` answered when something last changed.
    pub rows: &'a [usize],
    /// Which pane has the focus, 0 the main one; see the screen's `PANES`.
    pub focus: usize,
    /// Whether the focused pane fills the screen.
    pub zoom: bool,
    /// Lines the second pane is scrolled down.
    pub scroll: usize,
    /// Keys in force, for the hints of empty panes.
    pub keys: &'a Keymap,
    /// Turns with time while something runs.
    pub tick: u8,
    /// Seconds since the scan began.
    pub elapsed_seconds: u64,
    /// Seconds since a cell or a step of a phase last came to its end, or since the scan began.
    pub since_progress_seconds: u64,
    /// Whether account ids, ARNs and addresses are masked.
    pub privacy: bool,
    /// Whether there is something to scan again: not so in a recorded audit.
    pub can_rescan: bool,
}

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A position in the screen's list.
    Row(usize),
    /// The head of a sortable column: index into `COLUMNS`.
    Head(usize),
    /// Somewhere else in a pane.
    Pane(usize),
    /// Nothing.
    Nothing,
}

/// Below this width or height of the panel's area there is one pane at a time. The height leaves room for
/// the header, tab, message and key lines of a screen of 24 lines.
const SPLIT: (u16, u16) = (80, 18);

impl<'a> Screen<'a> {
    /// Whether only the focused pane is to be drawn.
    pub fn is_single(&self, area: Rect) -> bool {
        self.zoom || area.width < SPLIT.0 || area.height < SPLIT.1
    }

    /// The key of an action, by name.
    pub fn key(&self, action: Action) -> String {
        self.keys.key_name(action)
    }

    /// `R scans again.`: what a key that scans would do. `None` where nothing can be scanned.
    pub fn rescan(&self, action: Action, does: &str) -> Option<String> {
        self.can_rescan.then(|| format!("{} {does}", self.key(action)))
    }

    /// Whether nothing at all was seen, so that no findings and no dollars mean nothing.
    pub fn is_blind(&self) -> bool {
        self.digest.cells.seen == 0 && self.digest.findings == 0
    }

    /// Dollars a month over the findings that count. A dash when nothing was seen: then nobody knows.
    pub fn waste(&self) -> String {
        if self.is_blind() { self.look.glyphs.dash.to_owned() } else { self.digest.waste.pretty() }
    }

    /// Columns for a region in a list of findings: as wide as the longest one with money in it; names of the
    /// others may be cut.
    pub fn region_width(&self) -> u16 {
        let longest = self.digest.by_region.iter().map(|total| total.name.len()).max().unwrap_or(9);
        u16::try_from(longest.clamp(9, 14)).unwrap_or(14)
    }

    /// Text from AWS made fit for the screen: cleaned, masked when asked for, at most `width` columns.
    pub fn text(&self, text: &str, width: usize) -> String {
        if self.privacy { truncate(&mask(&clean(text)), width) } else { truncate(text, width) }
    }

    /// A piece of text in a role.
    pub fn span(&self, text: impl Into<String>, role: Role) -> Span<'static> {
        Span::styled(text.into(), self.look.style(role))
    }

    /// A line in a role.
    pub fn line(&self, text: impl Into<String>, role: Role) -> Line<'static> {
        Line::from(self.span(text, role))
    }

    /// The frame of a pane: title at the left, a remark at the right when there is room for all of it. The
    /// focused pane's title is bold.
    pub fn block(&self, area: Rect, pane: usize, title: &str, remark: &str) -> Block<'static> {
        let room = usize::from(area.width).saturating_sub(2);
        let title = truncate(title, room.saturating_sub(3));
        let used = title.width() + 4;
        let role = if self.focus == pane { Role::Title } else { Role::Default };
        let head = Line::from(vec![Span::raw(self.look.glyphs.horizontal), self.span(format!(" {title} "), role)]);
        let block = Block::bordered().border_set(self.look.glyphs.border).title_top(head);
        if remark.is_empty() || remark.width() > room.saturating_sub(used + 2) {
            return block;
        }
        block.title_top(self.line(format!(" {remark} "), Role::Dim).right_aligned())
    }

    /// Draws a framed pane with these lines, cut at its edges.
    pub fn boxed(&self, frame: &mut Frame, area: Rect, pane: usize, title: &str, remark: &str, lines: Vec<Line<'_>>) {
        let block = self.block(area, pane, title, remark);
        let width = usize::from(inside(area).width);
        let lines: Vec<Line<'_>> = lines.into_iter().map(|line| cut(line, width, self.look.glyphs.ellipsis)).collect();
        frame.render_widget(Paragraph::new(lines).block(block), area);
    }
}

/// A line that fits: what is cut off is marked, so that no figure is shown without its end.
fn cut<'a>(line: Line<'a>, width: usize, ellipsis: &'static str) -> Line<'a> {
    if line.width() <= width {
        return line;
    }
    let mut room = width.saturating_sub(1);
    let mut spans: Vec<Span<'a>> = Vec::new();
    for span in line.spans {
        if span.width() <= room {
            room -= span.width();
            spans.push(span);
            continue;
        }
        let text = truncate(&span.content, room + 1);
        spans.push(Span::styled(text.trim_end_matches('…').to_owned(), span.style));
        break;
    }
    spans.push(Span::raw(ellipsis));
    Line { spans, ..Line::default() }.style(line.style)
}

/// The inside of a framed pane, one column of air at the left.
pub fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1).min(area.right()),
        y: area.y.saturating_add(1).min(area.bottom()),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// The pane at a place, given the areas of all of them.
pub fn pane_at(panes: &[Rect], column: u16, row: u16) -> Hit {
    let place = Position { x: column, y: row };
    panes.iter().position(|area| area.contains(place)).map_or(Hit::Nothing, Hit::Pane)
}

#[cfg(test)]
mod tests;
