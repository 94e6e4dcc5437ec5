use super::{Cells, Column, Grid, Page, Section, count};
use crate::audit::Audit;
use crate::model::{ChecklistItem, Closure, ItemState, KeepsBilling, Usd};

const COLUMNS: &[Column] = &[
    Column::new("state", Cells::Word),
    Column::new("item", Cells::Prose),
    Column::new("id", Cells::Code).under(1),
    Column::new("result", Cells::Prose),
    Column::new("what to do", Cells::Prose).under(3),
];

const BILLING: &[Column] = &[
    Column::new("until", Cells::Word),
    Column::new("$/month", Cells::Figure),
    Column::new("in all", Cells::Figure),
    Column::new("what", Cells::Prose),
    Column::new("id", Cells::Code).under(3),
    Column::new("ends", Cells::Prose),
];

/// Lines of evidence beside an item.
const LINES: usize = 5;

/// The closing checklist of an audit; with `all` also what passes and what is not for the account.
pub(in crate::report) fn page(audit: &Audit, all: bool) -> Page {
    let nothing = Closure::default();
    let closure = audit.closure.as_ref().unwrap_or(&nothing);
    let items = &audit.checklist;
    let of = |state: ItemState| items.iter().filter(|item| item.state == state).count();
    let linked = match closure.govcloud {
        Some(true) => ", with a GovCloud account linked to it",
        Some(false) => "",
        None => "; whether a GovCloud account is linked to it is not known",
    };
    let counts = [
        (ItemState::Blocker, "blockers"),
        (ItemState::Unknown, "unknown"),
        (ItemState::Warning, "warnings"),
        (ItemState::Open, "open"),
        (ItemState::Ticked, "ticked"),
        (ItemState::Pass, "pass"),
        (ItemState::NotApplicable, "not applicable"),
    ];
    let counts: Vec<String> = counts.into_iter().map(|(state, word)| format!("{} {word}", of(state))).collect();
    let mut sections = Vec::new();
    for (state, title) in [
        (ItemState::Blocker, "Stands against closing"),
        (ItemState::Unknown, "Could not be looked at"),
        (ItemState::Warning, "Warnings"),
        (ItemState::Open, "For a person to answer"),
        (ItemState::Ticked, "Settled by hand"),
        (ItemState::Pass, "Passes"),
        (ItemState::NotApplicable, "Not for this account"),
    ] {
        let quiet = matches!(state, ItemState::Pass | ItemState::NotApplicable);
        let some: Vec<&ChecklistItem> = items.iter().filter(|item| item.state == state).collect();
        if !some.is_empty() && (all || !quiet) {
            sections.push(section(title, state, &some));
        }
    }
    sections.push(billing(closure));
    sections.push(Section { lead: closure.procedure.clone(), ..Section::new("How it is closed, and by whom") });
    let at = audit.started_at.strftime("%Y-%m-%d %H:%M UTC");
    Page {
        title: format!("closeout checklist · account {}", audit.account.label()),
        head: vec![
            ("verdict", closure.verdict.words().to_owned()),
            (
                "account",
                format!("{} ({}), {}{linked}", audit.account.label(), audit.account.id, closure.account_type.words()),
            ),
            ("items", format!("{}: {}", items.len(), counts.join(", "))),
            ("as of", format!("{at}, as {}", audit.account.caller_arn)),
        ],
        sections,
    }
}

fn section(title: &'static str, state: ItemState, items: &[&ChecklistItem]) -> Section {
    let alarm = matches!(state, ItemState::Blocker | ItemState::Unknown);
    let rows = items.iter().map(|item| row(item)).collect();
    Section { alarm, grid: Some(Grid { columns: COLUMNS, rows }), ..Section::new(title) }
}

fn row(item: &ChecklistItem) -> Vec<String> {
    let lines: Vec<&String> = match item.state {
        ItemState::Unknown => item.evidence.iter().chain(&item.unseen).collect(),
        _ if item.evidence.is_empty() => vec![&item.result],
        _ => item.evidence.iter().collect(),
    };
    let more = lines.len().saturating_sub(LINES);
    let mut result: Vec<String> = lines.into_iter().take(LINES).cloned().collect();
    if more > 0 {
        result.push(format!("and {more} more"));
    }
    if item.state != ItemState::Unknown && !item.unseen.is_empty() {
        result.push(format!("not seen: {}", item.unseen.join("; ")));
    }
    result.extend(item.tick.as_ref().map(|tick| {
        let over = if tick.expired { "; this holds no more, for what it rested on has changed" } else { "" };
        format!("{}, {}: {}{over}", tick.by, tick.at.strftime("%Y-%m-%d"), tick.note)
    }));
    let remedy = match item.state {
        ItemState::Pass | ItemState::Ticked | ItemState::NotApplicable => String::new(),
        _ => item.remedy.clone(),
    };
    vec![item.state.word().to_owned(), item.title.clone(), item.id.clone(), result.join("; "), remedy]
}

/// What goes on billing after the account is closed.
fn billing(closure: &Closure) -> Section {
    const TITLE: &str = "Keeps billing after day 0";
    if closure.keeps_billing.is_empty() {
        return Section::empty(
            TITLE,
            "Nothing was found that does, as far as was seen. The last month is billed in any case.",
        );
    }
    let unknown = closure.keeps_billing.iter().filter(|one| one.remaining_usd.is_none()).count();
    let known = closure.keeps_billing_usd.pretty();
    let tail = match unknown {
        0 => format!("{known} in all, and the bill of the last month."),
        some => format!(
            "{known} and what {} of unknown price or end come to, and the bill of the last month.",
            count(some, "thing")
        ),
    };
    let rows = closure.keeps_billing.iter().map(keeps).collect();
    Section { grid: Some(Grid { columns: BILLING, rows }), tail: vec![tail], ..Section::new(TITLE) }
}

fn keeps(one: &KeepsBilling) -> Vec<String> {
    let dollars = |usd: Option<Usd>| usd.map_or_else(|| "?".to_owned(), |usd| usd.pretty());
    vec![
        one.until.map_or_else(|| "open".to_owned(), |at| at.strftime("%Y-%m-%d").to_string()),
        dollars(one.monthly_usd),
        dollars(one.remaining_usd),
        format!("{} {}", one.kind, one.label),
        one.resource.to_string(),
        one.ends.clone(),
    ]
}
