use super::head::minute;
use super::{Cells, Column, Grid, Page, Section, count};
use crate::audit::changes::{Changed, Changes, Hidden, QuotaChange};
use crate::audit::past::{Head, Seen};
use crate::model::Usd;
use crate::report::document::Tool;

const COLUMNS: &[Column] = &[
    Column::new("$/mo", Cells::Figure),
    Column::new("finding", Cells::Prose),
    Column::new("resource", Cells::Code),
    Column::new("region", Cells::Word).under_if_narrow(2),
    Column::new("note", Cells::Prose).under_if_narrow(1),
    Column::new("id", Cells::Code).under(2),
];

const QUOTA_COLUMNS: &[Column] = &[
    Column::new("before", Cells::Figure),
    Column::new("after", Cells::Figure),
    Column::new("quota", Cells::Prose),
    Column::new("region", Cells::Word).under_if_narrow(2),
    Column::new("code", Cells::Code).under_if_narrow(2),
];

/// The page of what is different between two audits.
pub(in crate::report) fn page(changes: &Changes) -> Page {
    let Changes { before, after, .. } = changes;
    let account = after.alias.as_ref().map_or(after.account.clone(), |alias| format!("{alias} ({})", after.account));
    let Tool { name, version } = Tool::this();
    Page {
        title: format!("{name} {version}: what changed in {account}"),
        head: vec![
            ("From", moment(before)),
            ("To", moment(after)),
            ("Waste", waste(before, after)),
            ("Findings", format!("{} → {}", before.findings, after.findings)),
            ("Gaps", format!("{} → {}", before.gaps, after.gaps)),
            ("Quotas over 80 %", format!("{} → {}", changes.quotas_near_before, changes.quotas_near_after)),
        ],
        sections: sections(changes),
    }
}

fn sections(changes: &Changes) -> Vec<Section> {
    let gone = |seen: &Seen| row(seen, -seen.waste(), left_out(seen));
    let new = |seen: &Seen| row(seen, seen.waste(), left_out(seen));
    let unseen = |hidden: &Hidden| row(&hidden.finding, hidden.finding.waste(), hidden.why.reason().to_owned());
    let mut sections = vec![
        section("Gone", "Nothing that was found is gone.", changes.gone.iter().map(gone)),
        section("New", "Nothing is new.", changes.new.iter().map(new)),
    ];
    if !changes.state_changed.is_empty() {
        let rows = changes.state_changed.iter().map(state);
        sections.push(section("Counted otherwise, or for another reason", "", rows));
    }
    if !changes.price_changed.is_empty() {
        let rows = changes.price_changed.iter().map(price);
        sections.push(section("Other price", "", rows));
    }
    if !changes.hidden.is_empty() {
        let lead = "Found before; now nobody can tell whether they are still there. They are not fixed.";
        let rows = changes.hidden.iter().map(unseen);
        let section = Section { alarm: true, lead: vec![lead.to_owned()], ..section("Out of sight", "", rows) };
        sections.push(section);
    }
    if !changes.newly_seen.is_empty() {
        let lead = "Found now; the audit before could not have seen them, so that they may be old.";
        let rows = changes.newly_seen.iter().map(unseen);
        sections.push(Section { lead: vec![lead.to_owned()], ..section("Newly in sight", "", rows) });
    }
    if !changes.quotas.is_empty() {
        let grid = Grid { columns: QUOTA_COLUMNS, rows: changes.quotas.iter().map(quota).collect() };
        sections.push(Section { grid: Some(grid), ..Section::new("Quotas that passed 80 %") });
    }
    let findings = count(usize::try_from(changes.unchanged).unwrap_or(usize::MAX), "finding");
    let same = format!("{findings} as before, {} a month.", changes.unchanged_usd.pretty());
    sections.push(Section::empty("Unchanged", same));
    sections
}

fn section(title: &'static str, none: &str, rows: impl Iterator<Item = Vec<String>>) -> Section {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return Section::empty(title, none);
    }
    Section { grid: Some(Grid { columns: COLUMNS, rows }), ..Section::new(title) }
}

fn row(seen: &Seen, usd: Usd, note: String) -> Vec<String> {
    let known = seen.look.monthly_usd.is_some() || !seen.counts();
    vec![
        if known { signed(usd) } else { "—".to_owned() },
        seen.title.clone(),
        seen.label.clone(),
        seen.region.as_str().to_owned(),
        note,
        seen.id.clone(),
    ]
}

fn left_out(seen: &Seen) -> String {
    if seen.counts() { String::new() } else { format!("{}, in no total", seen.look.state.word()) }
}

fn state(changed: &Changed) -> Vec<String> {
    let (old, new) = (changed.before.look.state, changed.after.look.state);
    let note = match old == new {
        true => "for another reason than before".to_owned(),
        false => format!("{} → {}", old.word(), new.word()),
    };
    row(&changed.after, changed.difference(), note)
}

fn price(changed: &Changed) -> Vec<String> {
    let of = |seen: &Seen| seen.look.monthly_usd.map_or("no known price".to_owned(), Usd::pretty);
    let note = format!(
        "{} → {}{}",
        of(&changed.before),
        of(&changed.after),
        match changed.after.counts() {
            true => String::new(),
            false => format!("; {}", left_out(&changed.after)),
        }
    );
    row(&changed.after, changed.difference(), note)
}

fn quota(change: &QuotaChange) -> Vec<String> {
    let percent = |used: Option<f64>| used.map_or("?".to_owned(), |used| format!("{used:.0} %"));
    vec![
        percent(change.before),
        percent(change.after),
        format!("{} {}", change.service_code, change.name),
        change.region.as_str().to_owned(),
        change.quota_code.clone(),
    ]
}

fn moment(head: &Head) -> String {
    let stopped = if head.interrupted { ", stopped before its end" } else { "" };
    format!("{}{stopped}", minute(head.started_at))
}

fn waste(before: &Head, after: &Head) -> String {
    let (old, new) = (before.waste_usd, after.waste_usd);
    let share = match old.micros() {
        0 => String::new(),
        micros => format!(", {:+.1} %", (new - old).micros() as f64 * 100.0 / micros as f64),
    };
    format!("{} → {} a month ({}{share})", old.pretty(), new.pretty(), signed(new - old))
}

/// `+3.65`, `-61.20`, `0.00`.
fn signed(usd: Usd) -> String {
    if usd > Usd::ZERO { format!("+{usd}") } else { usd.to_string() }
}
