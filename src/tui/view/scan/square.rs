//! A square of the matrix: what became of the cells behind it, and the sign that stands for that.

use crate::audit::Audit;
use crate::model::{CellState, Coverage, Kind, Region, Why};
use crate::tui::look::{Glyphs, Role};
use crate::tui::view::screen::Screen;

/// What became of the cells behind one square.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Square {
    cells: usize,
    queued: usize,
    running: usize,
    slowed: bool,
    whole: usize,
    part: usize,
    missed: usize,
    off: usize,
    absent: usize,
    resources: u64,
    why: Option<Why>,
}

impl Square {
    /// Adds up the cells of a region and some kinds.
    pub fn of(audit: &Audit, region: &Region, kinds: &[Kind]) -> Square {
        let mut square = Square::default();
        for coverage in kinds.iter().filter_map(|kind| audit.coverage_of(region, kind)) {
            square.add(audit, coverage);
        }
        square
    }

    fn add(&mut self, audit: &Audit, coverage: &Coverage) {
        self.cells += 1;
        self.resources += coverage.resources;
        match (coverage.state, coverage.why) {
            (CellState::Queued, _) => self.queued += 1,
            (CellState::Running, _) => {
                let key = (coverage.kind.service().to_owned(), coverage.region.clone());
                self.running += 1;
                self.slowed |= audit.throttled.contains_key(&key);
            }
            (CellState::Seen, _) => self.whole += 1,
            (CellState::Off, _) => self.off += 1,
            (CellState::NotOffered, _) | (CellState::Missed, Some(Why::NotOffered)) => self.absent += 1,
            (CellState::Missed, why) => {
                self.missed += 1;
                self.blame(why);
            }
            (CellState::Partly | CellState::Cut, why) => {
                self.part += 1;
                self.blame(why);
            }
        }
    }

    /// Of several reasons the one a person can do most about is shown: refusals before everything else.
    fn blame(&mut self, why: Option<Why>) {
        let why = why.unwrap_or(Why::Error);
        self.why = Some(self.why.map_or(why, |known| known.min(why)));
    }

    /// Whether some of the cells were begun and not all are over.
    fn is_under_way(&self) -> bool {
        self.running > 0 || (self.queued > 0 && self.queued < self.cells)
    }

    /// What stands for a square that is not listed to the end. `None` when it is.
    fn unlisted(&self, cx: &Screen<'_>) -> Option<(&'static str, Role)> {
        let glyphs = &cx.look.glyphs;
        if self.cells == self.absent {
            Some((glyphs.none, Role::Off))
        } else if self.running > 0 && self.slowed {
            Some((glyphs.throttled, Role::Warn))
        } else if self.is_under_way() {
            Some((glyphs.running(cx.tick), Role::Key))
        } else if self.queued > 0 {
            Some((glyphs.queued, Role::Dim))
        } else if self.off + self.absent == self.cells {
            Some((glyphs.off, Role::Off))
        } else if self.whole + self.part == 0 {
            Some(sign_of(glyphs, self.why.unwrap_or(Why::Error)))
        } else {
            None
        }
    }

    /// While scanning: how many resources, or the sign that says why there is no number yet. A number that
    /// may be too small is followed by the reason.
    pub fn count(&self, cx: &Screen<'_>) -> (String, Role) {
        if let Some((sign, role)) = self.unlisted(cx) {
            // Of several kinds in one column some are counted while others are still being read.
            let so_far = if self.is_under_way() && self.resources > 0 {
                self.resources.min(99).to_string()
            } else {
                String::new()
            };
            return (format!("{so_far}{sign}"), role);
        }
        let lacking = self.missed + self.part > 0;
        match (self.why, self.resources) {
            (Some(why), n) if lacking => {
                let (sign, role) = sign_of(&cx.look.glyphs, why);
                let count = if n > 99 { "9+".to_owned() } else { n.to_string() };
                (format!("{count}{sign}"), role)
            }
            (_, 0) => ("0".to_owned(), Role::Dim),
            (_, n) if n > 99 => ("99+".to_owned(), Role::Default),
            (_, n) => (n.to_string(), Role::Default),
        }
    }

    /// In the coverage: whether it was seen.
    pub fn sight(&self, cx: &Screen<'_>) -> (String, Role) {
        if let Some((sign, role)) = self.unlisted(cx) {
            return (sign.to_owned(), role);
        }
        let glyphs = &cx.look.glyphs;
        let (sign, role) =
            if self.missed + self.part > 0 { (glyphs.partly, Role::Warn) } else { (glyphs.ok, Role::Good) };
        (sign.to_owned(), role)
    }
}

/// The sign of a reason for not seeing.
pub fn sign_of(glyphs: &Glyphs, why: Why) -> (&'static str, Role) {
    match why {
        Why::Denied => (glyphs.denied, Role::Bad),
        Why::Throttled => (glyphs.throttled, Role::Warn),
        Why::TimedOut | Why::Unreachable | Why::Expired | Why::Error | Why::RuleError => (glyphs.error, Role::Bad),
        Why::NotOffered => (glyphs.none, Role::Off),
        Why::Disabled | Why::RegionOff => (glyphs.off, Role::Off),
        Why::NotScanned => (glyphs.queued, Role::Warn),
        Why::NoData | Why::NotPriced => (glyphs.unknown, Role::Unknown),
    }
}
