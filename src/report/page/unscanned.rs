use super::{Cells, Column, Grid, Section, count};
use crate::audit::Audit;

const TITLE: &str = "Seen, and unknown to this program";

const COLUMNS: &[Column] =
    &[Column::new("resources", Cells::Figure), Column::new("type", Cells::Code), Column::new("regions", Cells::Prose)];

/// What AWS's indexes have and no scanner lists. `None` when there is nothing of the sort.
pub(super) fn section(audit: &Audit) -> Option<Section> {
    let types = audit.unscanned_types();
    if types.is_empty() {
        return None;
    }
    let all = usize::try_from(audit.unscanned_count()).unwrap_or(usize::MAX);
    let lead = format!(
        "{} of {} that AWS's own indexes have and no scanner lists. No rule has judged them, and none is priced.",
        count(all, "resource"),
        count(types.len(), "type")
    );
    let rows = types.into_iter().map(|(sort, resources, regions)| {
        let regions: Vec<String> = regions.iter().map(ToString::to_string).collect();
        vec![resources.to_string(), sort.to_string(), regions.join(", ")]
    });
    Some(Section {
        lead: vec![lead],
        grid: Some(Grid { columns: COLUMNS, rows: rows.collect() }),
        ..Section::new(TITLE)
    })
}
