//! The content of a report for people, before it is laid out: the table and the Markdown print the same page.
//!
//! Texts in here are as they came; each layout makes every one of them harmless while printing.

mod bill;
pub(super) mod changes;
pub(super) mod checklist;
mod findings;
mod gaps;
mod head;
pub(super) mod history;
mod quarantine;
pub(super) mod quotas;
pub(super) mod rollup;
pub(super) mod statement;
mod unscanned;

use crate::audit::{Audit, Digest};
use crate::model::{Usd, truncate};

/// A report for people.
pub(super) struct Page {
    /// Which program and which account.
    pub title: String,
    /// The figures that stand above everything, by name.
    pub head: Vec<(&'static str, String)>,
    /// The rest, in reading order.
    pub sections: Vec<Section>,
}

/// A part of a page. It has a heading even when it is empty, and then says why it is.
pub(super) struct Section {
    /// The heading.
    pub title: &'static str,
    /// Whether a reader must not miss it.
    pub alarm: bool,
    /// Sentences before the grid.
    pub lead: Vec<String>,
    /// Rows, when there are any.
    pub grid: Option<Grid>,
    /// Sentences after the grid.
    pub tail: Vec<String>,
}

/// Rows under column heads.
pub(super) struct Grid {
    /// The columns.
    pub columns: &'static [Column],
    /// As many cells a row as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// A column of a grid.
pub(super) struct Column {
    /// Its head.
    pub name: &'static str,
    /// How its cells are written.
    pub cells: Cells,
    /// Where it goes when there is no room for it.
    pub place: Place,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cells {
    /// Figures: aligned right, never broken.
    Figure,
    /// A word or code that is never broken.
    Word,
    /// An identifier, to be copied as it is.
    Code,
    /// Sentences.
    Prose,
}

/// Where a column stands in a table. Markdown, which has no width, gives each its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Beside the others.
    Own,
    /// As a further line under the cell of another column.
    Under(usize),
    /// Beside the others where there is room, else as a further line under the cell of another column.
    UnderIfNarrow(usize),
}

impl Column {
    const fn new(name: &'static str, cells: Cells) -> Column {
        Column { name, cells, place: Place::Own }
    }

    const fn under(self, column: usize) -> Column {
        Column { place: Place::Under(column), ..self }
    }

    const fn under_if_narrow(self, column: usize) -> Column {
        Column { place: Place::UnderIfNarrow(column), ..self }
    }
}

impl Section {
    fn new(title: &'static str) -> Section {
        Section { title, alarm: false, lead: Vec::new(), grid: None, tail: Vec::new() }
    }

    /// A section of nothing but the reason why it is empty.
    fn empty(title: &'static str, why: impl Into<String>) -> Section {
        Section { lead: vec![why.into()], ..Section::new(title) }
    }
}

impl Page {
    /// The page of an audit.
    pub fn of(audit: &Audit) -> Page {
        let digest = Digest::of(audit);
        let mut sections = vec![findings::counted(audit, &digest)];
        sections.extend(findings::locked(audit));
        sections.extend(quarantine::section(audit));
        sections.extend([bill::section(audit), quotas::section(audit)]);
        sections.extend(unscanned::section(audit));
        sections.push(gaps::section(&digest));
        Page { title: head::title(audit), head: head::lines(audit, &digest), sections }
    }
}

/// What is lost or gained by showing these amounts with two decimals. `None` when they add up as shown.
fn rounding(shown: impl Iterator<Item = Usd>, total: Usd) -> Option<Usd> {
    let cents = |usd: Usd| usd.to_string().parse::<Usd>().unwrap_or(usd);
    let difference = cents(total) - shown.map(cents).sum();
    (difference != Usd::ZERO).then_some(difference)
}

/// One sentence from elsewhere, with a full stop and no longer than anyone reads.
fn sentence(text: &str) -> String {
    let text = truncate(text, SENTENCE);
    if text.ends_with(['.', '!', '?', ':', '…']) { text } else { format!("{text}.") }
}

/// Longest sentence, in terminal columns.
const SENTENCE: usize = 400;

/// `1 finding`, `3 findings`.
fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// A number without decimals that say nothing: `5`, `12.5`.
fn figure(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_cents_and_the_rounding_line_make_the_total() {
        let thirds = [Usd::from_dollars(0.004); 3];
        assert_eq!(rounding(thirds.into_iter(), thirds.into_iter().sum()), Some(Usd::from_dollars(0.01)));
        let whole = [Usd::from_dollars(1.25); 3];
        assert_eq!(rounding(whole.into_iter(), whole.into_iter().sum()), None);
    }

    #[test]
    fn figures_are_short() {
        assert_eq!(
            (figure(5.0), figure(12.54), count(1, "gap"), count(0, "gap")),
            ("5".to_owned(), "12.5".to_owned(), "1 gap".to_owned(), "0 gaps".to_owned())
        );
    }
}
