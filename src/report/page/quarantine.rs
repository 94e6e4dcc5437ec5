use super::{Cells, Column, Grid, Section, count};
use crate::audit::Audit;
use crate::model::{Meanwhile, Quarantined, Usd};

const COLUMNS: &[Column] = &[
    Column::new("$/month", Cells::Figure),
    Column::new("what", Cells::Prose),
    Column::new("id", Cells::Code).under(1),
    Column::new("region", Cells::Word),
    Column::new("meanwhile", Cells::Prose),
];

/// What was put into quarantine and is still there. `None` when nothing was.
pub(super) fn section(audit: &Audit) -> Option<Section> {
    let all = &audit.quarantined;
    if all.is_empty() {
        return None;
    }
    let due = all.iter().filter(|one| one.is_due()).count();
    let used = all.iter().filter(|one| matches!(one.meanwhile, Meanwhile::Used { .. })).count();
    let lead = format!("{} in quarantine: {due} due, {used} used meanwhile.", count(all.len(), "resource"));
    let mut section = Section { lead: vec![lead], ..Section::new("Quarantine") };
    if due > 0 {
        section.tail.push("`closeout plan --due` plans the deletion of what is due.".to_owned());
    }
    section.grid = Some(Grid { columns: COLUMNS, rows: all.iter().map(row).collect() });
    Some(section)
}

fn row(one: &Quarantined) -> Vec<String> {
    vec![
        one.monthly_usd.map_or_else(|| "?".to_owned(), |usd: Usd| usd.to_string()),
        format!("{} {}", one.kind, one.label),
        one.resource.to_string(),
        one.region.to_string(),
        one.sentence(),
    ]
}
