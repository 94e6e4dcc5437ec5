use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::head::minute;
use super::{Cells, Column, Grid, Section, rounding, sentence};
use crate::audit::Audit;
use crate::model::{Bill, BillPeriod, Charge, Commitment, Reconciliation, Usd};

const TITLE: &str = "Bill";

/// Services shown by name; the rest is one row.
const TOP: usize = 10;

const COLUMNS: &[Column] =
    &[Column::new("billed", Cells::Figure), Column::new("share", Cells::Figure), Column::new("service", Cells::Prose)];

/// The bill by service, largest first, with rows that add up to its usage.
pub(super) fn section(audit: &Audit) -> Section {
    let Some(bill) = &audit.bill else {
        return Section::empty(TITLE, why_none(audit));
    };
    let (mut rows, shown) = services(bill);
    if let Some(difference) = rounding(shown.into_iter(), bill.usage_usd) {
        rows.push(row(difference, None, "rounding: rows are shown to the cent"));
    }
    rows.push(row(bill.usage_usd, None, "usage, total of the rows above"));
    rows.extend(bill.charges.iter().map(charge));
    let tail = explained(audit).into_iter().chain([forecast(bill)]).chain(savings(audit).unwrap_or_default());
    Section {
        lead: vec![period(bill)],
        grid: Some(Grid { columns: COLUMNS, rows }),
        tail: tail.chain(commitments(audit)).collect(),
        ..Section::new(TITLE)
    }
}

/// What the rest of the month will bring.
pub(super) fn forecast(bill: &Bill) -> String {
    let interval = match (bill.forecast_low_usd, bill.forecast_high_usd) {
        (Some(low), Some(high)) => format!(" ({} to {}, four times out of five)", bill.amount(low), bill.amount(high)),
        _ => String::new(),
    };
    match bill.forecast_usd {
        Some(usd) => format!("Cost Explorer expects {}{interval} more for the rest of this month.", bill.amount(usd)),
        None => "No forecast: Cost Explorer has too little history for one.".to_owned(),
    }
}

/// The two savings, and what lies between them.
pub(super) fn savings(audit: &Audit) -> Option<Vec<String>> {
    let said = audit.reckoning.savings.as_ref()?;
    let between: Vec<String> = [
        (said.discounts_usd, "are discounts"),
        (said.committed_usd, "are paid by Savings Plans or reservations: deleting frees commitment, not money"),
        (said.not_billed_usd, "are not on the bill"),
        (said.credits_usd, "are paid by credits while they last"),
    ]
    .into_iter()
    .filter(|(usd, _)| *usd != Usd::ZERO)
    .map(|(usd, what)| format!("{} {what}", usd.pretty()))
    .collect();
    let between = if between.is_empty() { String::new() } else { format!(": {}", between.join("; ")) };
    Some(vec![format!(
        "Acting on all findings would save {} a month at list price and lower the next bill by {}{between}.",
        said.list_usd.pretty(),
        said.next_bill_usd.pretty()
    )])
}

/// What stands before a sum of commitments of which some are not known.
pub(super) fn at_least(all: &[Commitment]) -> &'static str {
    if all.iter().any(|one| one.remaining_usd.is_none()) { "at least " } else { "" }
}

fn commitments(audit: &Audit) -> Option<String> {
    let all = &audit.reckoning.commitments;
    let usd: Usd = all.iter().filter_map(|one| one.remaining_usd).sum();
    let last = all.iter().filter_map(|one| one.ends_at).max();
    let until = last.map_or(String::new(), |end| format!(", the last one until {}", end.strftime("%Y-%m-%d")));
    (!all.is_empty()).then(|| {
        format!(
            "{} {} billed whatever is deleted, {}{} still to pay{until}.",
            super::count(all.len(), "commitment"),
            if all.len() == 1 { "is" } else { "are" },
            at_least(all),
            usd.pretty()
        )
    })
}

/// Lines that are named when nobody can explain them, dearest first.
const UNEXPLAINED: usize = 5;

/// How much of the bill is explained, and the dearest lines that are not.
fn explained(audit: &Audit) -> Vec<String> {
    let (Some(bill), Some(said)) = (&audit.bill, audit.reconciliation()) else { return Vec::new() };
    let mut texts = vec![of_whole(bill, said)];
    let mut rest: Vec<_> =
        bill.lines.iter().zip(&said.lines).filter(|(_, line)| line.unexplained_usd > Usd::ZERO).collect();
    rest.sort_by_key(|(_, line)| std::cmp::Reverse(line.unexplained_usd));
    let more = rest.len().saturating_sub(UNEXPLAINED);
    texts.extend(rest.iter().take(UNEXPLAINED).map(|(billed, line)| {
        let what = line.what.as_deref().unwrap_or("a usage type nobody here knows");
        let days = line.unexplained_on.as_ref().map_or(String::new(), |days| format!(", {}", days.label()));
        format!(
            "Unexplained: {} of {} in {}, {} {}{days} ({what}: {}).",
            bill.amount(line.unexplained_usd),
            bill.amount(billed.usd),
            billed.region,
            billed.service,
            billed.usage_type,
            line.reason()
        )
    }));
    if more > 0 {
        texts.push(format!("{} more.", super::count(more, "unexplained line")));
    }
    texts
}

/// How much of a bill is explained, as a sentence.
pub(super) fn of_whole(bill: &Bill, said: &Reconciliation) -> String {
    let percent = said.explained_percent.map_or(String::new(), |percent| format!(" ({percent:.1} % explained)"));
    format!(
        "Of the usage {} are tied to resources, {} are known and no resource's, {} are unexplained{percent}.",
        bill.amount(said.explained_usd),
        bill.amount(said.known_usd),
        bill.amount(said.unexplained_usd)
    )
}

pub(super) fn why_none(audit: &Audit) -> String {
    match audit.gaps().find(|gap| gap.kind.service() == "cost-explorer") {
        Some(gap) => format!("Could not be read ({}): {}", gap.why, sentence(&gap.detail)),
        None => "Not read in this run.".to_owned(),
    }
}

fn period(bill: &Bill) -> String {
    let BillPeriod { start, end, estimated, .. } = &bill.period;
    let estimated = if *estimated { ", part of it still estimated by AWS" } else { "" };
    format!(
        "{start} to {}, {}, unblended{estimated}. Cost Explorer, {}.",
        last_day(end),
        bill.currency,
        minute(bill.fetched_at)
    )
}

/// The day before the first day after.
pub(super) fn last_day(end: &str) -> String {
    let day = end.parse::<Date>().ok().and_then(|date| date.checked_sub(1.day()).ok());
    day.map_or_else(|| format!("before {end}"), |day| day.to_string())
}

/// A row a service, and the amounts in them.
fn services(bill: &Bill) -> (Vec<Vec<String>>, Vec<Usd>) {
    let mut sums: BTreeMap<&str, Usd> = BTreeMap::new();
    for line in &bill.lines {
        *sums.entry(&line.service).or_default() += line.usd;
    }
    let mut sums: Vec<(&str, Usd)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let rest = sums.split_off(sums.len().min(TOP));
    let mut shown: Vec<Usd> = sums.iter().map(|(_, usd)| *usd).collect();
    let mut rows: Vec<Vec<String>> =
        sums.iter().map(|(service, usd)| row(*usd, Some(bill.usage_usd), service)).collect();
    if !rest.is_empty() {
        let usd = rest.iter().map(|(_, usd)| *usd).sum();
        rows.push(row(usd, Some(bill.usage_usd), &super::count(rest.len(), "other service")));
        shown.push(usd);
    }
    (rows, shown)
}

fn charge(charge: &Charge) -> Vec<String> {
    row(charge.usd, None, &format!("{} (not usage)", charge.record_type))
}

fn row(usd: Usd, of: Option<Usd>, label: &str) -> Vec<String> {
    let share = match of {
        Some(of) if of > Usd::ZERO => format!("{:.1} %", usd.dollars() / of.dollars() * 100.0),
        _ => String::new(),
    };
    vec![usd.to_string(), share, label.to_owned()]
}
