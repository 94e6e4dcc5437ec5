//! The matrix of regions and kinds: which columns there are, and how a line is drawn.

use ratatui::text::{Line, Span};

use super::heads;
use super::square::Square;
use crate::audit::Audit;
use crate::model::{Kind, Region};
use crate::tui::look::Role;
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
    /// Chooses the columns for an inside of `width` columns: every kind where there is room; else the most telling
    /// kinds, and behind them the families of the rest; families alone on a narrow screen.
    pub fn new(audit: &Audit, width: usize) -> Plan {
        let kinds = kinds(audit);
        let room = width.saturating_sub(NAMES + END);
        let fits = |columns: usize| width >= WIDE && columns <= room / 4;
        let families = !fits(kinds.len());
        let groups = if families { by_rank(&kinds, if width < WIDE { 0 } else { room / 4 }) } else { singles(&kinds) };
        let step = if room >= groups.len() * 5 { 5 } else { 4 };
        Plan { groups: fold(groups, (room / step).max(1)), families, step }
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

fn singles(kinds: &[Kind]) -> Vec<Group> {
    kinds.iter().map(|kind| Group { head: heads::short(kind), kinds: vec![kind.clone()] }).collect()
}

/// Fewer kinds than this with columns of their own say less than they cost in width.
const TELLING: usize = 4;

/// As many of the most telling kinds as `columns` have room for beside the families, then the families of the rest.
fn by_rank(kinds: &[Kind], columns: usize) -> Vec<Group> {
    let known: Vec<&Kind> = kinds.iter().filter(|kind| heads::is_telling(kind)).collect();
    let apart = columns.saturating_sub(by_family(kinds).len()).min(known.len());
    if apart < TELLING {
        return by_family(kinds);
    }
    let mut ranked = known;
    ranked.sort_by_key(|kind| heads::rank(kind));
    ranked.truncate(apart);
    let (own, rest): (Vec<Kind>, Vec<Kind>) = kinds.iter().cloned().partition(|kind| ranked.contains(&kind));
    let mut groups = singles(&own);
    groups.extend(by_family(&rest));
    groups
}

fn by_family(kinds: &[Kind]) -> Vec<Group> {
    let group = |family: &&str| Group {
        head: (*family).to_owned(),
        kinds: kinds.iter().filter(|kind| heads::family(kind) == *family).cloned().collect(),
    };
    heads::FAMILIES.iter().map(group).filter(|group| !group.kinds.is_empty()).collect()
}

/// No more columns than fit: the last ones share one.
fn fold(mut groups: Vec<Group>, fitting: usize) -> Vec<Group> {
    if groups.len() > fitting {
        let rest = groups.split_off(fitting - 1);
        let kinds = rest.into_iter().flat_map(|group| group.kinds).collect();
        groups.push(Group { head: "oth".to_owned(), kinds });
    }
    groups
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
    let mut spans =
        vec![cx.span(pointer, Role::Title), Span::raw(fit(&cx.text(region.as_str(), NAMES - 2), NAMES - 1, false))];
    for group in &plan.groups {
        let (text, role) = square(&Square::of(cx.audit, region, &group.kinds));
        spans.push(Span::raw(" "));
        spans.push(cx.span(fit(&text, plan.step - 1, true), role));
    }
    spans.push(cx.span(fit(&end.0, END, true), end.1));
    Line::from(spans)
}

/// Puts a line that says how many regions are below in the place of the last one, where not all of the `regions`
/// fit under the head. The row of the cursor stays.
pub fn more_below(cx: &Screen<'_>, lines: &mut Vec<Line<'static>>, top: usize, regions: usize, inner_height: u16) {
    let height = usize::from(inner_height.saturating_sub(1));
    let below = regions.saturating_sub(top + height);
    if below > 0 && lines.len() > 2 && cx.pane.cursor + 1 != top + height {
        let text = format!("  {} {} more regions below", cx.look.glyphs.ellipsis, below + 1);
        lines.truncate(height);
        lines.push(cx.line(text, Role::Dim));
    }
}
