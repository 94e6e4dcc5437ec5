//! What stands beside a bill: charges, period, source; or why there is none.

use jiff::civil::Date;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::money;
use crate::model::{Bill, BillPeriod, ChargeKind, Usd, Why};
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

/// Amounts that are not usage, and what is to be paid in all.
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
    let others: crate::model::Usd = bill.charges.iter().map(|charge| charge.usd).sum();
    let room = rows.saturating_sub(2);
    if lines.len() > room {
        let more = lines.len() + 1 - room.max(1);
        lines.truncate(room.saturating_sub(1));
        lines.push(cx.line(format!(" {} {more} more", cx.look.glyphs.ellipsis), Role::Dim));
    }
    lines.push(line("usage", money(bill.usage_usd), Role::Default));
    lines.push(line("charged in all", money(bill.usage_usd + others), Role::Money));
    lines
}

/// What explains a line: its resources, or what kind of thing would have and which gap may hide it.
pub fn explained(cx: &Screen<'_>, at: usize, area: Rect) -> Vec<Line<'static>> {
    let inner = inside(area);
    let (width, rows) = (usize::from(inner.width).saturating_sub(2), usize::from(inner.height));
    let Some(line) = cx.audit.reconciliation().and_then(|said| said.lines.get(at)) else { return Vec::new() };
    let mut texts = vec![line.what.clone().unwrap_or_else(|| "a usage type nobody here knows".to_owned())];
    if line.known_usd != Usd::ZERO {
        texts.push(format!("{} that no resource can be named for", line.known_usd.pretty()));
    }
    if line.unexplained_usd != Usd::ZERO {
        texts.push(format!("{} unexplained: {}", line.unexplained_usd.pretty(), line.reason()));
    }
    let room = rows.saturating_sub(texts.len());
    for share in line.by.iter().take(if line.by.len() > room { room.saturating_sub(1) } else { room }) {
        let resource = cx.audit.resource(&share.resource);
        let name = resource.map_or(share.resource.as_str(), |resource| resource.id.as_str());
        let gone = if share.gone { ", gone by now" } else { "" };
        texts.push(format!("{} {name}, {}{gone}", share.usd.pretty(), share.basis.word()));
    }
    if line.by.len() > room {
        texts.push(format!("{} more resources", line.by.len() + 1 - room.max(1)));
    }
    texts.into_iter().map(|text| Line::from(format!(" {}", cx.text(&text, width)))).collect()
}

/// Period, source and forecast.
pub fn about(cx: &Screen<'_>, bill: &Bill, area: Rect) -> Vec<Line<'static>> {
    let width = usize::from(inside(area).width).saturating_sub(2);
    let estimated = if bill.period.estimated { ", still estimated" } else { "" };
    let forecast = match bill.forecast_usd {
        Some(usd) => format!("Forecast to the month's end {}", usd.pretty()),
        None => "No forecast: Cost Explorer has too little history".to_owned(),
    };
    let explained = match cx.audit.reconciliation() {
        Some(said) => format!(
            "Tied to resources {}, known {}, unexplained {}",
            said.explained_usd.pretty(),
            said.known_usd.pretty(),
            said.unexplained_usd.pretty()
        ),
        None => "Not held against what was found".to_owned(),
    };
    let texts = [
        format!("{}{estimated}", period(&bill.period)),
        explained,
        forecast,
        format!("Asked {}", bill.fetched_at.strftime("%Y-%m-%d %H:%M UTC")),
        age(cx, bill),
        "Usage is unblended, without credits and tax.".to_owned(),
        "Source: Cost Explorer, $0.01 a request.".to_owned(),
        cx.rescan(Action::Rescan, "asks again.").unwrap_or_default(),
    ];
    texts.into_iter().map(|text| Line::from(format!(" {}", cx.text(&text, width)))).collect()
}

/// How old the answer was when the scan began: a cached one keeps its first time.
fn age(cx: &Screen<'_>, bill: &Bill) -> String {
    let seconds = cx.audit.started_at.as_second() - bill.fetched_at.as_second();
    match seconds {
        i64::MIN..60 => "in this scan".to_owned(),
        60..3600 => format!("{} min before this scan (kept answer)", seconds / 60),
        3600..172_800 => format!("{} h before this scan (kept answer)", seconds / 3600),
        _ => format!("{} days before this scan (kept answer)", seconds / 86_400),
    }
}
