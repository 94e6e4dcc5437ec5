//! The page of `closeout bill`: one bill, what explains it, and what that means.

use std::collections::BTreeMap;

use super::bill::{forecast, last_day, of_whole, why_none};
use super::{Cells, Column, Grid, Page, Section, count, head, rounding};
use crate::audit::Audit;
use crate::model::{Bill, BillLine, Commitment, Explained, Purchase, Reconciliation, ResourceId, Usd};
use crate::report::statement::{By, Period, Statement};

/// Resources shown of those the bill should have and has not.
const UNBILLED: usize = 10;

const SUMS: &[Column] = &[
    Column::new("billed", Cells::Figure),
    Column::new("explained", Cells::Figure),
    Column::new("known", Cells::Figure),
    Column::new("unexplained", Cells::Figure),
    Column::new("explained %", Cells::Figure),
    Column::new("what", Cells::Prose),
];

const CHARGES: &[Column] = &[Column::new("charged", Cells::Figure), Column::new("what", Cells::Prose)];

const REST: &[Column] = &[
    Column::new("unexplained", Cells::Figure),
    Column::new("of", Cells::Figure),
    Column::new("where", Cells::Word),
    Column::new("usage type", Cells::Code),
    Column::new("service", Cells::Prose).under(3),
    Column::new("days", Cells::Prose),
    Column::new("why", Cells::Prose),
];

const RESOURCES: &[Column] = &[
    Column::new("billed", Cells::Figure),
    Column::new("known by", Cells::Word),
    Column::new("kind", Cells::Word),
    Column::new("where", Cells::Word),
    Column::new("resource", Cells::Code),
];

const COMMITMENTS: &[Column] = &[
    Column::new("still to pay", Cells::Figure),
    Column::new("an hour", Cells::Figure),
    Column::new("ends", Cells::Word),
    Column::new("used", Cells::Figure),
    Column::new("kind", Cells::Word),
    Column::new("where", Cells::Word),
    Column::new("name", Cells::Code),
];

const NOT_BILLED: &[Column] = &[
    Column::new("$/mo", Cells::Figure),
    Column::new("what", Cells::Prose),
    Column::new("resource", Cells::Code),
    Column::new("on the bill", Cells::Prose),
];

/// The page.
pub(in crate::report) fn page(statement: &Statement<'_>) -> Page {
    let audit = statement.audit;
    let mut head = head::lines_of_account(audit);
    head.push(("Asked", asked(statement)));
    let mut sections = Vec::new();
    match statement.bill {
        None => sections.push(Section::empty("Bill", why_none(audit))),
        Some(bill) => {
            sections.push(sums(statement, bill));
            sections.push(charges(audit, statement.period, bill));
            if let Some(said) = statement.said {
                sections.push(rest(bill, said));
                sections.extend(unbilled(audit, said));
            }
        }
    }
    sections.extend(savings(audit));
    sections.extend(commitments(&audit.reckoning.commitments));
    Page { title: head::title(audit), head, sections }
}

/// When Cost Explorer was asked, and what asking has cost.
fn asked(statement: &Statement<'_>) -> String {
    let requests = statement.audit.requests.by_service.get("ce").copied().unwrap_or_default();
    let when = statement.bill.map_or(String::new(), |bill| format!("{}; ", head::minute(bill.fetched_at)));
    match requests {
        0 => format!("{when}no request to Cost Explorer in this run"),
        1 => format!("{when}1 request to Cost Explorer, $0.01"),
        n => format!("{when}{n} requests to Cost Explorer, $0.01 each"),
    }
}

fn sums(statement: &Statement<'_>, bill: &Bill) -> Section {
    let title = match statement.by {
        By::Service => "Bill by service",
        By::Region => "Bill by region",
        By::UsageType => "Bill by usage type",
        By::Resource => "Bill by resource",
    };
    let lead = vec![format!(
        "{}: {} to {}, {}, {}{}.",
        statement.period.word(),
        bill.period.start,
        last_day(&bill.period.end),
        bill.currency,
        bill.view.word(),
        bill.period.estimated_from.as_ref().map_or(String::new(), |day| format!(", estimated by AWS from {day} on"))
    )];
    let tail: Vec<String> = statement.said.map(|said| of_whole(bill, said)).into_iter().collect();
    let grid = match (statement.by, statement.said) {
        (By::Resource, Some(said)) => by_resource(statement.audit, bill, said),
        (By::Resource, None) => {
            return Section { lead, tail, ..Section::empty(title, "not held against what was found") };
        }
        (by, said) => Grid { columns: SUMS, rows: groups(bill, said, by) },
    };
    Section { lead, grid: Some(grid), tail, ..Section::new(title) }
}

/// What a group of lines comes to.
#[derive(Default)]
struct Sum {
    billed: Usd,
    explained: Usd,
    known: Usd,
    unexplained: Usd,
}

impl Sum {
    fn add(&mut self, line: &BillLine, said: Option<&Explained>) {
        self.billed += line.usd;
        if let Some(said) = said {
            self.explained += said.explained_usd;
            self.known += said.known_usd;
            self.unexplained += said.unexplained_usd;
        }
    }

    fn row(&self, has_said: bool, what: &str) -> Vec<String> {
        let share = (self.explained + self.known).dollars() / self.billed.dollars() * 100.0;
        let share = if share.is_finite() { format!("{share:.1} %") } else { String::new() };
        let figure = |usd: Usd| if has_said { usd.to_string() } else { String::new() };
        vec![
            self.billed.to_string(),
            figure(self.explained),
            figure(self.known),
            figure(self.unexplained),
            if has_said { share } else { String::new() },
            what.to_owned(),
        ]
    }
}

fn groups(bill: &Bill, said: Option<&Reconciliation>, by: By) -> Vec<Vec<String>> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    let mut whole = Sum::default();
    for (at, line) in bill.lines.iter().enumerate() {
        let said = said.and_then(|said| said.lines.get(at));
        let name = match by {
            By::Region => line.region.clone(),
            By::UsageType => named(line),
            By::Service | By::Resource => line.service.clone(),
        };
        sums.entry(name).or_default().add(line, said);
        whole.add(line, said);
    }
    let mut sums: Vec<(String, Sum)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.billed.cmp(&a.1.billed).then_with(|| a.0.cmp(&b.0)));
    let mut rows: Vec<Vec<String>> = sums.iter().map(|(name, sum)| sum.row(said.is_some(), name)).collect();
    if let Some(difference) = rounding(sums.iter().map(|(_, sum)| sum.billed), whole.billed) {
        let rest = Sum { billed: difference, ..Sum::default() };
        rows.push(rest.row(false, "rounding: rows are shown to the cent"));
    }
    rows.push(whole.row(said.is_some(), "usage, total of the rows above"));
    rows
}

/// Usage type, service, and how it was paid for where that was not on demand.
fn named(line: &BillLine) -> String {
    let by = if line.purchase == Purchase::OnDemand { String::new() } else { format!(", by {}", line.purchase.word()) };
    format!("{} ({}{by})", line.usage_type, line.service)
}

fn by_resource(audit: &Audit, bill: &Bill, said: &Reconciliation) -> Grid {
    let shares = said.lines.iter().flat_map(|line| &line.by);
    let known: BTreeMap<&ResourceId, (&'static str, bool)> =
        shares.map(|share| (&share.resource, (share.basis.word(), share.gone))).collect();
    let resources = said.by_resource();
    let mut rows: Vec<Vec<String>> = resources
        .iter()
        .map(|(id, usd)| {
            let resource = audit.resource(id);
            let (basis, gone) = known.get(id).copied().unwrap_or(("", false));
            let name = resource.map_or(id.as_str(), |resource| resource.label());
            let gone = if gone { " (gone by now)" } else { "" };
            vec![
                usd.to_string(),
                basis.to_owned(),
                resource.map_or(String::new(), |resource| resource.kind.to_string()),
                resource.map_or(String::new(), |resource| resource.region.to_string()),
                format!("{name}{gone}"),
            ]
        })
        .collect();
    let plain =
        |usd: Usd, text: &str| vec![usd.to_string(), String::new(), String::new(), String::new(), text.to_owned()];
    rows.push(plain(said.known_usd, "known and no resource's: transfer, requests, runs"));
    rows.push(plain(said.unexplained_usd, "unexplained"));
    let shown = resources.iter().map(|(_, usd)| *usd).chain([said.known_usd, said.unexplained_usd]);
    if let Some(difference) = rounding(shown, bill.usage_usd) {
        rows.push(plain(difference, "rounding: rows are shown to the cent"));
    }
    rows.push(plain(bill.usage_usd, "usage, total of the rows above"));
    Grid { columns: RESOURCES, rows }
}

fn charges(audit: &Audit, period: Period, bill: &Bill) -> Section {
    let mut rows: Vec<Vec<String>> =
        bill.charges.iter().map(|charge| vec![charge.usd.to_string(), charge.record_type.clone()]).collect();
    rows.push(vec![bill.usage_usd.to_string(), "usage".to_owned()]);
    rows.push(vec![bill.charged_usd().to_string(), "charged in all".to_owned()]);
    let mut tail = Vec::new();
    if period == Period::Days {
        tail.push(forecast(bill));
    }
    // Of a month it tells nothing, and what was refused is a gap.
    let is_refused = audit.gaps().any(|gap| gap.action == "ce:GetCostAndUsageWithResources");
    if period == Period::Days && bill.measured.is_none() && !is_refused {
        tail.push(
            "The bill names no resources: resource-level data is not switched on in Cost Management preferences."
                .to_owned(),
        );
    }
    Section { grid: Some(Grid { columns: CHARGES, rows }), tail, ..Section::new("Not usage: credits, tax, fees") }
}

fn rest(bill: &Bill, said: &Reconciliation) -> Section {
    let title = "Unexplained";
    let mut rest: Vec<(&BillLine, &Explained)> =
        bill.lines.iter().zip(&said.lines).filter(|(_, said)| said.unexplained_usd != Usd::ZERO).collect();
    if rest.is_empty() {
        return Section::empty(title, "Nothing: every dollar of usage is tied to a resource or known.");
    }
    rest.sort_by_key(|(_, said)| std::cmp::Reverse(said.unexplained_usd));
    let row = |(line, said): (&BillLine, &Explained)| {
        vec![
            said.unexplained_usd.to_string(),
            line.usd.to_string(),
            line.region.clone(),
            line.usage_type.clone(),
            line.service.clone(),
            said.unexplained_on.as_ref().map(|days| days.label()).unwrap_or_default(),
            format!("{}: {}", said.what.as_deref().unwrap_or("a usage type nobody here knows"), said.reason()),
        ]
    };
    let rows = rest.into_iter().map(row).collect();
    Section { alarm: true, grid: Some(Grid { columns: REST, rows }), ..Section::new(title) }
}

fn unbilled(audit: &Audit, said: &Reconciliation) -> Option<Section> {
    said.unbilled.first()?;
    let row = |one: &crate::model::Unbilled| {
        let name = audit.resource(&one.resource).map_or(one.resource.as_str(), |resource| resource.id.as_str());
        let on_bill = if one.free { "at no charge, as in the free tier" } else { "not there" };
        vec![one.monthly_usd.to_string(), one.what.clone(), name.to_owned(), on_bill.to_owned()]
    };
    let more = said.unbilled.len().saturating_sub(UNBILLED);
    let tail = (more > 0).then(|| format!("{} more in the JSON.", count(more, "part")));
    Some(Section {
        lead: vec![
            "Found and priced, and not billed: free tier, a commitment of another account, or a wrong guess here."
                .to_owned(),
        ],
        grid: Some(Grid { columns: NOT_BILLED, rows: said.unbilled.iter().take(UNBILLED).map(row).collect() }),
        tail: tail.into_iter().collect(),
        ..Section::new("Should bill and does not")
    })
}

fn savings(audit: &Audit) -> Option<Section> {
    Some(Section { lead: super::bill::savings(audit)?, ..Section::new("What the findings would save") })
}

fn commitments(all: &[Commitment]) -> Option<Section> {
    if all.is_empty() {
        return None;
    }
    let amount = |usd: Option<Usd>| usd.map_or("?".to_owned(), |usd| usd.to_string());
    let row = |one: &Commitment| {
        vec![
            amount(one.remaining_usd),
            amount(one.hourly_usd),
            one.ends_at.map_or("?".to_owned(), |end| end.strftime("%Y-%m-%d").to_string()),
            one.used_percent.map_or("?".to_owned(), |percent| format!("{percent:.0} %")),
            one.kind.to_string(),
            one.region.to_string(),
            one.name.clone(),
        ]
    };
    let known: Usd = all.iter().filter_map(|one| one.remaining_usd).sum();
    Some(Section {
        lead: vec![format!(
            "Billed until they end, whatever is deleted and after the account is closed: {}{} still to pay.",
            super::bill::at_least(all),
            known.pretty()
        )],
        grid: Some(Grid { columns: COMMITMENTS, rows: all.iter().map(row).collect() }),
        ..Section::new("Commitments")
    })
}
