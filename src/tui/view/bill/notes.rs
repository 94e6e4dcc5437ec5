//! What stands beside a bill: charges, period, source; or why there is none.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::groups::Group;
use super::money;
use crate::model::{Bill, BillLine, BillPeriod, ChargeKind, Explained, Reconciliation, ResourceId, Usd, Why};
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::view::screen::{Screen, inside};
use crate::tui::view::table::fit;

/// Why there is no bill, and what to do: a line each.
pub fn why_absent(cx: &Screen<'_>) -> Vec<String> {
    let rescan = cx.rescan(Action::Rescan, "scans again and asks once more.");
    let Some(gap) = cx.audit.gaps().find(|gap| gap.kind.service() == "cost-explorer") else {
        return if cx.audit.is_running() {
            vec!["The bill has not been read yet; it is asked for beside the scan.".to_owned()]
        } else {
            Some("This scan did not read the bill.".to_owned()).into_iter().chain(rescan).collect()
        };
    };
    let what = match gap.why {
        Why::Denied => format!("Cost Explorer refused: the role lacks {}.", gap.action),
        Why::Disabled => "Cost Explorer is not switched on for this account, or has no data yet.".to_owned(),
        Why::NotScanned => "The bill was left out of this scan.".to_owned(),
        why => format!("The bill could not be read ({why})."),
    };
    let mut lines = vec![what, cx.text(&gap.detail, 300)];
    lines.extend(rescan);
    lines.push(format!("{} shows every gap.", cx.key(Action::Coverage)));
    lines
}

/// `24 Oct – 22 Nov 2026`: first and last day.
pub fn period(period: &BillPeriod) -> String {
    let day = |text: &str| text.parse::<Date>().ok();
    match (day(&period.start), day(&period.end).and_then(|end| end.yesterday().ok())) {
        (Some(first), Some(last)) => {
            format!("{} – {}", first.strftime("%-d %b"), last.strftime("%-d %b %Y"))
        }
        _ => crate::model::clean(&format!("{} – {}", period.start, period.end)).into_owned(),
    }
}

/// Amounts that are not usage, what is to be paid in all, and what follows from it; the last where there is room.
pub fn charges(cx: &Screen<'_>, bill: &Bill, area: Rect) -> Vec<Line<'static>> {
    let width = usize::from(inside(area).width);
    let rows = usize::from(inside(area).height);
    let line = |name: &str, amount: String, role: Role| {
        let room = width.saturating_sub(16);
        Line::from(vec![
            Span::raw(format!(" {} ", fit(&cx.text(name, room), room, false))),
            cx.span(fit(&amount, 13, true), role),
        ])
    };
    let mut lines = Vec::new();
    if bill.charges.is_empty() {
        lines.push(cx.line(" none in this period", Role::Dim));
    }
    for charge in &bill.charges {
        let role = if charge.kind == ChargeKind::Credit { Role::Good } else { Role::Default };
        lines.push(line(&charge.record_type, money(charge.usd), role));
    }
    let room = rows.saturating_sub(2);
    if lines.len() > room {
        let more = lines.len() + 1 - room.max(1);
        lines.truncate(room.saturating_sub(1));
        lines.push(cx.line(format!(" {} {more} more", cx.look.glyphs.ellipsis), Role::Dim));
    }
    lines.push(line("usage", money(bill.usage_usd), Role::Default));
    lines.push(line("charged in all", money(bill.charged_usd()), Role::Money));
    if let Some(usd) = bill.forecast_usd {
        lines.push(line("rest of the month", money(usd), Role::Default));
    }
    if let Some(said) = &cx.audit.reckoning.savings {
        lines.push(line("waste at list price", money(said.list_usd), Role::Default));
        lines.push(line("next bill falls by", money(said.next_bill_usd), Role::Default));
    }
    let commitments = &cx.audit.reckoning.commitments;
    if !commitments.is_empty() {
        let left: Usd = commitments.iter().filter_map(|one| one.remaining_usd).sum();
        // One whose price or end is not known adds nothing to the sum.
        let is_part = commitments.iter().any(|one| one.remaining_usd.is_none());
        let name = if is_part { "commitments, at least" } else { "commitments to pay" };
        lines.push(line(name, money(left), Role::Warn));
    }
    lines
}

/// What explains a line: its resources, or what kind of thing would have and which gap may hide it.
pub fn line(cx: &Screen<'_>, bill: &Bill, said: &Reconciliation, at: usize, area: Rect) -> Vec<Line<'static>> {
    let rows = usize::from(inside(area).height);
    let (Some(billed), Some(line)) = (bill.lines.get(at), said.lines.get(at)) else { return Vec::new() };
    let what = line.what.as_deref().unwrap_or("a usage type nobody here knows");
    let mut texts = vec![format!("{} in {}: {what}", bill.amount(billed.usd), billed.region)];
    if line.known_usd != Usd::ZERO {
        texts.push(format!("{} that no resource can be named for", bill.amount(line.known_usd)));
    }
    if line.unexplained_usd != Usd::ZERO {
        texts.push(format!("{} unexplained: {}", bill.amount(line.unexplained_usd), line.reason()));
        if let Some(days) = &line.unexplained_on {
            texts.push(format!("billed on {}", days.label()));
        }
        if !line.hidden_by.is_empty() {
            texts.push(format!("{} shows the gap", cx.key(Action::Coverage)));
        }
    }
    let room = rows.saturating_sub(texts.len());
    for share in line.by.iter().take(if line.by.len() > room { room.saturating_sub(1) } else { room }) {
        let name = name(cx, &share.resource);
        let gone = if share.gone { ", gone by now" } else { "" };
        texts.push(format!("{} {name}, {}{gone}", bill.amount(share.usd), share.basis.word()));
    }
    if line.by.len() > room {
        texts.push(format!("{} more resources", line.by.len() + 1 - room.max(1)));
    }
    fitted(cx, texts, area)
}

/// A group and what of it nobody can explain.
pub fn group_title(cx: &Screen<'_>, bill: &Bill, group: &Group, said: &Reconciliation) -> String {
    let rest: Usd = group.lines.iter().filter_map(|at| said.lines.get(*at)).map(|line| line.unexplained_usd).sum();
    let name = cx.text(&group.name, 40);
    if rest == Usd::ZERO { format!("{name}: explained") } else { format!("{name}: {} unexplained", bill.amount(rest)) }
}

/// What a group's dollars are tied to, and each line that is not, dearest first.
pub fn group(cx: &Screen<'_>, bill: &Bill, group: &Group, said: &Reconciliation, area: Rect) -> Vec<Line<'static>> {
    let rows = usize::from(inside(area).height);
    let mut lines: Vec<(&BillLine, &Explained)> =
        group.lines.iter().filter_map(|at| Some((bill.lines.get(*at)?, said.lines.get(*at)?))).collect();
    lines.sort_by_key(|(_, line)| std::cmp::Reverse(line.unexplained_usd));
    let tied = dearest(&lines, rows);
    let explained: Usd = lines.iter().map(|(_, line)| line.explained_usd).sum();
    let known: Usd = lines.iter().map(|(_, line)| line.known_usd).sum();
    let mut texts = Vec::new();
    if explained != Usd::ZERO {
        texts.push(format!("{} tied to {}", bill.amount(explained), resources(&lines)));
    }
    if known != Usd::ZERO {
        texts.push(format!("{} known and no resource's: transfer, requests, runs", bill.amount(known)));
    }
    let open: Vec<_> = lines.iter().filter(|(_, line)| line.unexplained_usd != Usd::ZERO).collect();
    let room = rows.saturating_sub(texts.len() + 1).max(1);
    for (billed, line) in open.iter().take(room) {
        texts.push(format!(
            "{} {} {}: {}",
            bill.amount(line.unexplained_usd),
            billed.region,
            billed.usage_type,
            line.reason()
        ));
    }
    if open.len() > room {
        texts.push(format!("{} more lines", open.len() - room));
    }
    let room = rows.saturating_sub(texts.len() + 1);
    for (id, usd) in tied.into_iter().take(room) {
        texts.push(format!("{} {}", bill.amount(usd), name(cx, id)));
    }
    texts.push(format!("{} lists the usage types.", cx.key(Action::Open)));
    fitted(cx, texts, area)
}

/// Shares that are told apart: a screen has to be drawn at once.
const TOLD_APART: usize = 10_000;

/// How many resources some lines are tied to: `1 resource`, `over 10,000 resources`.
fn resources(lines: &[(&BillLine, &Explained)]) -> String {
    let shares = || lines.iter().flat_map(|(_, line)| &line.by);
    if shares().count() > TOLD_APART {
        return "over 10,000 resources".to_owned();
    }
    match shares().map(|share| &share.resource).collect::<BTreeSet<_>>().len() {
        1 => "1 resource".to_owned(),
        n => format!("{n} resources"),
    }
}

/// The dearest resources of some lines, dearest first: those that are among the first `count` of one of them.
fn dearest<'a>(lines: &[(&BillLine, &'a Explained)], count: usize) -> Vec<(&'a ResourceId, Usd)> {
    let mut sums: BTreeMap<&ResourceId, Usd> = BTreeMap::new();
    for share in lines.iter().flat_map(|(_, line)| line.by.iter().take(count)) {
        *sums.entry(&share.resource).or_default() += share.usd;
    }
    let mut sums: Vec<(&ResourceId, Usd)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, usd)| std::cmp::Reverse(*usd));
    sums
}

/// A resource's name or id; its ARN when it is not listed.
fn name(cx: &Screen<'_>, id: &ResourceId) -> String {
    cx.audit.resource(id).map_or(id.as_str(), |resource| resource.label()).to_owned()
}

fn fitted(cx: &Screen<'_>, texts: Vec<String>, area: Rect) -> Vec<Line<'static>> {
    let width = usize::from(inside(area).width).saturating_sub(2);
    texts.into_iter().map(|text| Line::from(format!(" {}", cx.text(&text, width)))).collect()
}

/// How old the answer was when the scan began, with space behind it: a cached one keeps its first time. Empty when it
/// was asked for in this scan.
pub fn age(cx: &Screen<'_>, bill: &Bill) -> String {
    let seconds = cx.audit.started_at.as_second() - bill.fetched_at.as_second();
    match seconds {
        i64::MIN..60 => String::new(),
        60..3600 => format!("{} min old   ", seconds / 60),
        3600..172_800 => format!("{} h old   ", seconds / 3600),
        _ => format!("{} days old   ", seconds / 86_400),
    }
}
