//! The matrix of regions and kinds: which columns there are, and what stands in a square.

use ratatui::text::{Line, Span};

use super::heads;
use crate::audit::Audit;
use crate::model::{CellState, Coverage, Kind, Region, Why};
use crate::tui::look::{Glyphs, Role};
use crate::tui::view::screen::Screen;
use crate::tui::view::table::fit;

/// Columns the name of a region takes, with the pointer before it and a blank behind it.
const NAMES: usize = 16;
/// Columns the end of a row takes.
const END: usize = 10;
/// From this inner width on, kinds have columns of their own instead of folding into families.
const WIDE: usize = 98;

/// A column: one kind, or several that share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What stands above it.
    pub head: String,
    /// The kinds in it.
    pub kinds: Vec<Kind>,
}

/// The columns of a matrix of a given width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The columns.
    pub groups: Vec<Group>,
    /// Whether they are families rather than kinds.
    pub families: bool,
    /// Columns of the terminal each takes, the blank before it included.
    pub step: usize,
}

impl Plan {
    /// Chooses the columns for an inside of `width` columns: every kind where there is room; else the most
    /// telling ones, the rest sharing a last one; families on a narrow screen.
    pub fn new(audit: &Audit, width: usize) -> Plan {
        let kinds = kinds(audit);
        let families = width < WIDE;
        let groups = if families { by_family(&kinds) } else { kinds.iter().map(single).collect() };
        let room = width.saturating_sub(NAMES + END);
        let step = if room >= groups.len() * 5 { 5 } else { 4 };
        let fitting = (room / step).max(1);
        Plan { groups: fold(groups, fitting, families), families, step }
    }
}

/// Kinds of the run in the order of the matrix, and any other that was met.
fn kinds(audit: &Audit) -> Vec<Kind> {
    let mut kinds = audit.kinds.clone();
    for coverage in audit.coverage.values() {
        if !kinds.contains(&coverage.kind) {
            kinds.push(coverage.kind.clone());
        }
    }
    kinds
}

fn single(kind: &Kind) -> Group {
    Group { head: heads::short(kind), kinds: vec![kind.clone()] }
}

fn by_family(kinds: &[Kind]) -> Vec<Group> {
    let group = |family: &&str| Group {
        head: (*family).to_owned(),
        kinds: kinds.iter().filter(|kind| heads::family(kind) == *family).cloned().collect(),
    };
    heads::FAMILIES.iter().map(group).filter(|group| !group.kinds.is_empty()).collect()
}

fn fold(groups: Vec<Group>, fitting: usize, families: bool) -> Vec<Group> {
    if groups.len() <= fitting {
        return groups;
    }
    let rank = |group: &Group| group.kinds.first().map_or(usize::MAX, heads::rank);
    let mut order: Vec<usize> = (0..groups.len()).collect();
    if !families {
        order.sort_by_key(|i| rank(&groups[*i]));
    }
    order.truncate(fitting - 1);
    let mut kept = Vec::new();
    let mut rest = Group { head: "oth".to_owned(), kinds: Vec::new() };
    for (i, group) in groups.into_iter().enumerate() {
        if order.contains(&i) {
            kept.push(group);
        } else {
            rest.kinds.extend(group.kinds);
        }
    }
    kept.push(rest);
    kept
}

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
            (CellState::Missed, Some(Why::NotOffered)) => self.absent += 1,
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

    /// What stands for a square that is not listed to the end. `None` when it is.
    fn unlisted(&self, cx: &Screen<'_>) -> Option<(&'static str, Role)> {
        let glyphs = &cx.look.glyphs;
        if self.cells == self.absent {
            Some((glyphs.none, Role::Off))
        } else if self.running > 0 && self.slowed {
            Some((glyphs.throttled, Role::Warn))
        } else if self.running > 0 {
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
            return (sign.to_owned(), role);
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

/// The line above the matrix; `end` stands above the last column.
pub fn head(cx: &Screen<'_>, plan: &Plan, end: &str) -> Line<'static> {
    let mut text = fit(" region", NAMES, false);
    for group in &plan.groups {
        text.push_str(&fit(&group.head, plan.step, true));
    }
    text.push_str(&fit(end, END, true));
    cx.line(text, Role::Dim)
}

/// One region's line.
pub fn line(
    cx: &Screen<'_>,
    plan: &Plan,
    region: &Region,
    is_cursor: bool,
    square: impl Fn(&Square) -> (String, Role),
    end: (String, Role),
) -> Line<'static> {
    let pointer = if is_cursor { cx.look.glyphs.cursor } else { " " };
    let mut spans = vec![
        cx.span(pointer, Role::Title),
        Span::raw(fit(&cx.text(region.as_str(), NAMES - 2), NAMES - 1, false)),
    ];
    for group in &plan.groups {
        let (text, role) = square(&Square::of(cx.audit, region, &group.kinds));
        spans.push(Span::raw(" "));
        spans.push(cx.span(fit(&text, plan.step - 1, true), role));
    }
    spans.push(cx.span(fit(&end.0, END, true), end.1));
    Line::from(spans)
}
