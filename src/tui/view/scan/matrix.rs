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
