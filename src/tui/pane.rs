//! Where the reader is in a list: cursor, scroll, order, filter.

/// The state of one list. It belongs to a screen and outlives every redraw.
///
/// `cursor` and `top` count positions in the sorted and filtered list, never rows of the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pane {
    /// Position of the cursor.
    pub cursor: usize,
    /// Position of the first row on screen.
    pub top: usize,
    /// Index into the screen's `COLUMNS`; 0 is the screen's own order.
    pub sort: usize,
    /// Whether the order is turned round.
    pub reverse: bool,
    /// The filter as typed. Empty when there is none.
    pub filter: String,
    /// The screen's own switch: unused quotas hidden, bill grouped by region, what passes hidden.
    pub flag: bool,
    /// Whether a quota has a row for each of its regions; else one row stands for all of them.
    pub unfolded: bool,
    /// Which of several tables is shown, where a screen has more than one: the bill of thirty days, or of a month.
    pub table: usize,
    /// The row that is opened in place, as its screen numbers rows: a bill's group with its lines under it.
    pub open: Option<usize>,
}

impl Pane {
    /// Moves the cursor, stopping at the ends of a list of `len` rows.
    pub fn move_by(&mut self, delta: isize, len: usize) {
        self.cursor = self.cursor.saturating_add_signed(delta).min(len.saturating_sub(1));
    }

    /// To the first row.
    pub fn first(&mut self) {
        self.cursor = 0;
        self.top = 0;
    }

    /// To the last row.
    pub fn last(&mut self, len: usize) {
        self.cursor = len.saturating_sub(1);
    }

    /// A screenful of `height` rows down, or up when `down` is false; one row of the old screen stays visible.
    pub fn page(&mut self, down: bool, height: usize, len: usize) {
        self.leap(down, height.saturating_sub(1).max(1), len);
    }

    /// Half a screenful down or up.
    pub fn half_page(&mut self, down: bool, height: usize, len: usize) {
        self.leap(down, (height / 2).max(1), len);
    }

    fn leap(&mut self, down: bool, rows: usize, len: usize) {
        let delta = isize::try_from(rows).unwrap_or(isize::MAX);
        self.move_by(if down { delta } else { -delta }, len);
    }

    /// Scrolls just far enough that the cursor is one of the `height` rows on screen.
    pub fn keep_visible(&mut self, height: usize) {
        self.top = self.top_for(height);
    }

    /// The first position on screen that keeps the cursor visible in `height` rows.
    pub fn top_for(&self, height: usize) -> usize {
        let height = height.max(1);
        if self.cursor < self.top {
            self.cursor
        } else if self.cursor >= self.top + height {
            self.cursor + 1 - height
        } else {
            self.top
        }
    }

    /// The first position on screen for a list of `len` rows: as [`Pane::top_for`], without blank lines at
    /// the end while there are rows to show above.
    pub fn top_within(&self, height: usize, len: usize) -> usize {
        self.top_for(height).min(len.saturating_sub(height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_stops_at_both_ends_and_in_an_empty_list() {
        let mut pane = Pane::default();
        pane.move_by(-3, 5);
        assert_eq!(pane.cursor, 0);
        pane.move_by(99, 5);
        assert_eq!(pane.cursor, 4);
        pane.move_by(1, 0);
        assert_eq!(pane.cursor, 0);
    }

    #[test]
    fn scroll_follows_the_cursor_only_when_it_leaves_the_screen() {
        let mut pane = Pane { cursor: 12, ..Pane::default() };
        pane.keep_visible(10);
        assert_eq!(pane.top, 3);
        pane.cursor = 5;
        pane.keep_visible(10);
        assert_eq!(pane.top, 3);
        pane.cursor = 1;
        pane.keep_visible(10);
        assert_eq!(pane.top, 1);
    }

    #[test]
    fn short_list_is_shown_from_its_beginning() {
        let pane = Pane { cursor: 4, top: 4, ..Pane::default() };
        assert_eq!(pane.top_within(10, 5), 0);
    }
}
