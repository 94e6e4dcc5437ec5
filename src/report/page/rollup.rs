use super::{Cells, Column, Grid, Page, Section, count, figure, sentence};
use crate::model::Usd;
use crate::report::document::Tool;
use crate::report::rollup::{AccountEntry, Failed, LeftOut, Rollup, TopFinding};

const ACCOUNTS: &[Column] = &[
    Column::new("account", Cells::Word),
    Column::new("name", Cells::Prose),
    Column::new("$/mo", Cells::Figure),
    Column::new("findings", Cells::Figure),
    Column::new("gaps", Cells::Figure),
    Column::new("score", Cells::Figure),
    Column::new("bill", Cells::Figure),
    Column::new("worst quota", Cells::Prose),
    Column::new("state", Cells::Word),
];

const FAILED: &[Column] = &[
    Column::new("account", Cells::Word),
    Column::new("name", Cells::Prose),
    Column::new("why", Cells::Word),
    Column::new("action", Cells::Prose),
    Column::new("detail", Cells::Prose).under(3),
];

const LEFT_OUT: &[Column] =
    &[Column::new("account", Cells::Word), Column::new("name", Cells::Prose), Column::new("why", Cells::Prose)];

const FINDINGS: &[Column] = &[
    Column::new("score", Cells::Figure),
    Column::new("$/mo", Cells::Figure),
    Column::new("finding", Cells::Prose),
    Column::new("account", Cells::Word),
    Column::new("resource", Cells::Code),
    Column::new("region", Cells::Word),
];

/// The page of a roll-up.
pub(in crate::report) fn page(rollup: &Rollup) -> Page {
    let Tool { name, version } = Tool::this();
    let mut sections = vec![accounts(rollup)];
    sections.push(failed(rollup));
    if !rollup.left_out.is_empty() {
        let rows = rollup.left_out.iter().map(left_out_row).collect();
        sections.push(Section { grid: Some(Grid { columns: LEFT_OUT, rows }), ..Section::new("Left out on purpose") });
    }
    sections.push(findings(rollup));
    let accounts = count(rollup.accounts.len(), "account");
    Page { title: format!("{name} {version}: {accounts}"), head: head(rollup), sections }
}

fn head(rollup: &Rollup) -> Vec<(&'static str, String)> {
    let total = &rollup.total;
    let mut read = format!("{} read", count(rollup.accounts.len(), "account"));
    if total.incomplete > 0 {
        read.push_str(&format!(", {} of them incompletely", total.incomplete));
    }
    if total.failed > 0 {
        read.push_str(&format!("; {} could not be read", total.failed));
    }
    let mut lines = vec![("Accounts", read)];
    if !rollup.shards.is_empty() {
        let parts: Vec<String> = rollup.shards.iter().map(ToString::to_string).collect();
        lines.push(("Part", format!("{} of the list of accounts", parts.join(", "))));
    }
    let hidden = if total.gaps > 0 {
        format!("; without what {} may hide", count(total.gaps as usize, "gap"))
    } else {
        String::new()
    };
    lines.push((
        "Waste",
        format!(
            "{} a month at list price, from {}, {} of them without a known price; {} kept or managed and not \
             counted{hidden}",
            total.monthly_waste_usd.pretty(),
            count((total.findings - total.locked.min(total.findings)) as usize, "finding"),
            total.unpriced,
            total.locked,
        ),
    ));
    lines.push(("Bill", bill(rollup)));
    lines.push(("Asking", format!("{} billed by AWS", total.asked_usd.pretty())));
    lines
}

fn bill(rollup: &Rollup) -> String {
    let total = &rollup.total;
    let payer = rollup.accounts.iter().find(|entry| entry.whole_bill && entry.summary.bill_usd.is_some());
    let whole = payer.map_or_else(String::new, |entry| {
        let usd = entry.summary.bill_usd.unwrap_or(Usd::ZERO).pretty();
        format!("; {usd} is the bill of the whole organization, told by {}", entry.account.id)
    });
    match total.bill_usd {
        Some(usd) => {
            format!("{} of usage in 30 days, over {} of {} accounts{whole}", usd.pretty(), total.bills, total.accounts)
        }
        None => format!("not known of any account by itself{whole}"),
    }
}

fn accounts(rollup: &Rollup) -> Section {
    const TITLE: &str = "Accounts";
    if rollup.accounts.is_empty() {
        let why = if rollup.failed.is_empty() { "No account was to be read." } else { "None could be read." };
        return Section { alarm: true, ..Section::empty(TITLE, why) };
    }
    let mut dearest: Vec<&AccountEntry> = rollup.accounts.iter().collect();
    dearest.sort_by_key(|entry| std::cmp::Reverse(entry.summary.monthly_waste_usd));
    let rows = dearest.into_iter().map(account_row).collect();
    Section { grid: Some(Grid { columns: ACCOUNTS, rows }), ..Section::new(TITLE) }
}

fn account_row(entry: &AccountEntry) -> Vec<String> {
    let summary = &entry.summary;
    let quota = entry.worst_quota.as_ref().map_or_else(
        || "not known".to_owned(),
        |quota| format!("{} % {}, {}", figure(quota.used_percent), quota.name, quota.region),
    );
    vec![
        entry.account.id.clone(),
        entry.known_as().to_owned(),
        summary.monthly_waste_usd.to_string(),
        (summary.findings - summary.locked.min(summary.findings)).to_string(),
        summary.gaps.to_string(),
        summary.score.map_or_else(|| "?".to_owned(), |score| score.to_string()),
        summary.bill_usd.map_or_else(|| "?".to_owned(), |usd| usd.to_string()),
        quota,
        entry.state.word().to_owned(),
    ]
}

fn failed(rollup: &Rollup) -> Section {
    const TITLE: &str = "Could not be read";
    if rollup.failed.is_empty() {
        return Section::empty(TITLE, "Nothing: every account of the list was reached.");
    }
    Section {
        alarm: true,
        lead: vec!["Nothing of these is in any figure of this report.".to_owned()],
        grid: Some(Grid { columns: FAILED, rows: rollup.failed.iter().map(failed_row).collect() }),
        ..Section::new(TITLE)
    }
}

fn failed_row(one: &Failed) -> Vec<String> {
    vec![
        if one.account.is_empty() { "not known".to_owned() } else { one.account.clone() },
        one.name.clone(),
        one.why.to_string(),
        one.action.clone(),
        sentence(&one.detail),
    ]
}

fn left_out_row(one: &LeftOut) -> Vec<String> {
    vec![one.account.clone(), one.name.clone(), one.why.clone()]
}

fn findings(rollup: &Rollup) -> Section {
    const TITLE: &str = "Dearest findings of all accounts";
    if rollup.top_findings.is_empty() {
        return Section::empty(TITLE, "None that counts, in what was read.");
    }
    let rows = rollup.top_findings.iter().map(finding_row).collect();
    Section { grid: Some(Grid { columns: FINDINGS, rows }), ..Section::new(TITLE) }
}

fn finding_row(finding: &TopFinding) -> Vec<String> {
    vec![
        finding.score.to_string(),
        finding.monthly_usd.map_or_else(|| "?".to_owned(), |usd| usd.to_string()),
        finding.title.clone(),
        finding.account.clone(),
        finding.name.clone(),
        finding.region.to_string(),
    ]
}
