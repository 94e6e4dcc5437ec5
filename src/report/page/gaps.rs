use std::collections::BTreeSet;
use std::fmt::Display;

use super::{Cells, Column, Grid, Section, count, sentence};
use crate::audit::{Digest, GapGroup};

const TITLE: &str = "Could not be looked at";

const COLUMNS: &[Column] = &[
    Column::new("why", Cells::Word),
    Column::new("gaps", Cells::Figure),
    Column::new("what", Cells::Prose),
    Column::new("regions", Cells::Prose),
    Column::new("action", Cells::Prose).under(2),
    Column::new("detail", Cells::Prose).under(2),
];

/// Every gap, those of one cause together. The section is there without gaps too, and then says so.
pub(super) fn section(digest: &Digest) -> Section {
    let cells = &digest.cells;
    if digest.gaps == 0 {
        let text = match (cells.wanted, cells.wanted - cells.seen.min(cells.wanted)) {
            (0, _) => "Nothing was scanned, so nothing is known.".to_owned(),
            (all, 0) => format!("Nothing: all {all} cells of this run were seen."),
            (all, unseen) => format!("No refusal so far, but {unseen} of {all} cells are not seen."),
        };
        return Section { alarm: cells.wanted > cells.seen, ..Section::empty(TITLE, text) };
    }
    Section {
        alarm: true,
        lead: vec![format!(
            "{}. What is behind them is not known and is in no figure of this report.",
            count(digest.gaps, "gap")
        )],
        grid: Some(Grid { columns: COLUMNS, rows: digest.gap_groups.iter().map(row).collect() }),
        ..Section::new(TITLE)
    }
}

fn row(group: &GapGroup) -> Vec<String> {
    let more = match group.details {
        0 | 1 => String::new(),
        details => format!(" {} more said otherwise; the JSON report has each.", details - 1),
    };
    vec![
        group.why.to_string(),
        group.gaps.to_string(),
        list(&group.kinds),
        list(&group.regions),
        list(&group.actions),
        format!("{}{more}", sentence(&group.detail)),
    ]
}

fn list<T: Display>(items: &BTreeSet<T>) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
