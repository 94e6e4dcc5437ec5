use jiff::Timestamp;

use super::count;
use crate::audit::{Audit, Digest};
use crate::model::{Account, Region, truncate};
use crate::report::document::{Tool, listed};

/// `closeout 0.1.0: acme-sandbox`.
pub(super) fn title(audit: &Audit) -> String {
    let Tool { name, version } = Tool::this();
    let account = if audit.account.id.is_empty() { "account not known" } else { audit.account.label() };
    format!("{name} {version}: {}", truncate(account, 64))
}

/// What a reader must know before any figure: whose account, when, how much of it was seen.
pub(super) fn lines(audit: &Audit, digest: &Digest) -> Vec<(&'static str, String)> {
    let mut lines = lines_of_account(audit);
    lines.push(("Regions", regions(audit)));
    lines.push(("Coverage", coverage(audit, digest)));
    lines.push(("Waste", waste(audit, digest)));
    if let Some(score) = digest.score {
        lines.push(("Score", format!("{score} of 100 (100: no finding), with {}", count(digest.gaps, "gap"))));
    }
    lines.push(("Requests", requests(audit)));
    lines
}

/// Whose account, and when it was scanned.
pub(super) fn lines_of_account(audit: &Audit) -> Vec<(&'static str, String)> {
    let mut lines = vec![("Account", account(&audit.account))];
    if !audit.account.caller_arn.is_empty() {
        lines.push(("Caller", audit.account.caller_arn.clone()));
    }
    lines.push(("Scanned", when(audit)));
    lines
}

fn account(account: &Account) -> String {
    match (&account.alias, account.id.as_str()) {
        (_, "") => "not known".to_owned(),
        (Some(alias), id) => format!("{alias} ({id}, partition {})", account.partition),
        (None, id) => format!("{id} (no alias, partition {})", account.partition),
    }
}

fn when(audit: &Audit) -> String {
    let start = minute(audit.started_at);
    match audit.finished_at {
        None if audit.coverage.is_empty() => "not at all".to_owned(),
        None => format!("{start}, not finished"),
        Some(end) => {
            let seconds = end.as_second() - audit.started_at.as_second();
            let took = match (seconds / 60, seconds % 60) {
                (0, seconds) => format!("{seconds} s"),
                (minutes, seconds) => format!("{minutes} min {seconds} s"),
            };
            let stopped = if audit.interrupted { ", stopped before its end" } else { "" };
            format!("{start}, took {took}{stopped}")
        }
    }
}

fn regions(audit: &Audit) -> String {
    let names: Vec<&str> = audit.scope.iter().map(Region::as_str).collect();
    let off: Vec<&str> = audit.regions.iter().filter(|(_, state)| !state.is_on()).map(|(r, _)| r.as_str()).collect();
    let mut text = if names.is_empty() { "none read".to_owned() } else { names.join(", ") };
    if !off.is_empty() {
        text.push_str(&format!("; not switched on: {}", off.join(", ")));
    }
    text
}

fn coverage(audit: &Audit, digest: &Digest) -> String {
    let cells = &digest.cells;
    if cells.wanted == 0 {
        return "nothing was scanned".to_owned();
    }
    let resources = count(usize::try_from(listed(audit)).unwrap_or(usize::MAX), "resource");
    let unscanned = match audit.unscanned_count() {
        0 => String::new(),
        number => format!(", {number} of them unknown to this program"),
    };
    let unread =
        if cells.over < cells.wanted { format!(", {} not read yet", cells.wanted - cells.over) } else { String::new() };
    let gaps = match digest.gaps {
        0 => "no gaps".to_owned(),
        gaps => format!("{}, see “Could not be looked at”", count(gaps, "gap")),
    };
    format!("{} of {} cells (kind × region) seen{unread}, {resources}{unscanned}; {gaps}", cells.seen, cells.wanted)
}

fn waste(audit: &Audit, digest: &Digest) -> String {
    let blind = match digest.gaps {
        0 => String::new(),
        gaps => format!("; without what {} may hide", count(gaps, "gap")),
    };
    if digest.cells.seen == 0 && digest.findings == 0 {
        return format!("not known: nothing has been seen{blind}");
    }
    let counted = digest.findings - digest.locked;
    let unpriced = audit.findings.iter().filter(|finding| finding.counts() && finding.monthly_usd.is_none()).count();
    let mut text = if counted > 0 && unpriced == counted {
        format!("not known: no price for any of {}", count(counted, "finding"))
    } else {
        format!("{} a month at list price, from {}", digest.waste.pretty(), count(counted, "finding"))
    };
    if unpriced > 0 && unpriced < counted {
        text.push_str(&format!(", {unpriced} of them without a known price"));
    }
    if digest.locked > 0 {
        text.push_str(&format!("; {} more kept or managed and not counted", digest.locked));
    }
    text + &blind
}

fn requests(audit: &Audit) -> String {
    let requests = &audit.requests;
    let retries = match requests.retries {
        1 => "1 retry".to_owned(),
        retries => format!("{retries} retries"),
    };
    let total = count(usize::try_from(requests.total).unwrap_or(usize::MAX), "request");
    format!("{total}, {retries}, {} billed by AWS for asking", requests.billable_usd.pretty())
}

/// `2026-11-22 14:02 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
