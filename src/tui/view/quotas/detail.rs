//! The quota at the cursor, and how to ask for more.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};
use unicode_width::UnicodeWidthStr;

use super::request::{command, console_url};
use super::{fold, number, percent};
use crate::model::{Increase, LimitSource, Quota, TrendSource, UsageSource};
use crate::tui::action::Action;
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::view::screen::{Screen, inside};

/// The command on one line, or broken where a shell lets it be.
fn command_lines(cx: &Screen<'_>, command: &str, width: usize) -> Vec<Line<'static>> {
    let title = |text: &str| cx.span(text.to_owned(), Role::Title);
    match command.split_once(" --quota-code") {
        Some((first, rest)) if command.len() + 8 > width => vec![
            Line::from(vec![title(" Raise  "), Span::raw(format!("{first} \\"))]),
            Line::from(format!("          --quota-code{rest}")),
        ],
        _ => vec![Line::from(vec![title(" Raise  "), Span::raw(command.to_owned())])],
    }
}

/// Draws the pane.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let chosen = cx.rows.get(cx.pane.cursor).copied();
    let Some((index, quota)) = chosen.and_then(|index| Some((index, cx.audit.quotas.get(index)?))) else {
        return cx.boxed(frame, area, 1, "Quota", "", vec![cx.line(" No quota is chosen.", Role::Dim)]);
    };
    let dot = cx.look.glyphs.dot;
    let title = format!("{} {dot} {} {dot} {}", quota.name, quota.region, quota.quota_code);
    let block = cx.block(area, 1, &cx.text(&title, usize::from(area.width)), "");
    let lines = detail(cx, index, quota, usize::from(inside(area).width));
    let scroll = if cx.focus == 1 { u16::try_from(cx.scroll).unwrap_or(u16::MAX) } else { 0 };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }).scroll((scroll, 0)).block(block), area);
}

/// Where the value comes from, when it is not the one in force by AWS's own word.
fn limit_source(quota: &Quota) -> &'static str {
    match quota.limit_source {
        LimitSource::Applied => "",
        LimitSource::Default => "   value: as every account gets it",
        LimitSource::Call => "   value: by the service's own word",
        LimitSource::Catalogue => "   value: built-in list, a new account may have less",
    }
}

/// ` increase to 50 asked for on 2026-11-02: PENDING`.
fn asked_for(cx: &Screen<'_>, increase: &Increase) -> String {
    let day = increase.requested_at.map_or(String::new(), |at| format!(" on {}", at.strftime("%Y-%m-%d")));
    format!(" increase to {} asked for{day}: {}", number(increase.desired), cx.text(&increase.status, 30))
}

/// What another source says is used.
fn contradiction(quota: &Quota) -> Option<String> {
    let other = quota.contradicted.as_ref()?;
    let who = match other.source {
        UsageSource::Scan => "this scan counted",
        UsageSource::Metric => "its metric says",
        UsageSource::Call => "the service says",
        UsageSource::None => return None,
    };
    Some(format!(" {who} {}", number(other.usage)))
}

/// The other regions that the row stands for, as many as there is room for.
fn others(cx: &Screen<'_>, quota: &Quota, width: usize) -> Option<Line<'static>> {
    let filter = Filter::parse(&cx.pane.filter).unwrap_or_default();
    let others = fold::others(cx, &filter, quota);
    let mut text = String::from(" also in");
    for (i, other) in others.iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let next = format!("{comma} {} {}", cx.text(other.region.as_str(), 20), percent(cx, other));
        let room = width.saturating_sub(" and 99 more".len());
        if text.width() + next.width() > room && i > 0 {
            text.push_str(&format!(" and {} more", others.len() - i));
            break;
        }
        text.push_str(&next);
    }
    (!others.is_empty()).then(|| Line::from(text))
}

fn detail(cx: &Screen<'_>, index: usize, quota: &Quota, width: usize) -> Vec<Line<'static>> {
    let dot = cx.look.glyphs.dot;
    let unit = if quota.unit.is_empty() || quota.unit == "None" { String::new() } else { format!(" {}", quota.unit) };
    let limit = number(quota.limit);
    let used = match quota.usage {
        Some(usage) => Span::raw(format!(" used {} of {limit}{}", number(usage), cx.text(&unit, 30))),
        None => cx.span(
            format!(" no usage source: how much of {limit}{} is used is not known", cx.text(&unit, 30)),
            Role::Unknown,
        ),
    };
    let default = quota.default.map_or(String::new(), |value| format!("   default {}", number(value)));
    let kind = if quota.adjustable { "adjustable" } else { "hard: AWS does not raise it" };
    let mut lines = vec![Line::from(vec![used, Span::raw(format!("{default}   {kind}{}", limit_source(quota)))])];
    lines.extend(quota.pending.as_ref().map(|increase| cx.line(asked_for(cx, increase), Role::Warn)));
    lines.extend(others(cx, quota, width));
    if quota.usage.is_some() {
        let from = match quota.source {
            UsageSource::Metric => "the quota's own CloudWatch metric",
            UsageSource::Scan => "counted by this scan",
            UsageSource::Call => "what the service says of itself",
            UsageSource::None => "no usage source",
        };
        let detail = if quota.source_detail.is_empty() {
            String::new()
        } else {
            format!(" {dot} {}", cx.text(&quota.source_detail, 120))
        };
        lines.push(Line::from(format!(" source: {from}{detail}")));
    }
    lines.extend(contradiction(quota).map(|text| cx.line(text, Role::Warn)));
    if let (Some(freed), Some(percent)) = (quota.freed, quota.freed_percent()) {
        let used = number(quota.usage.unwrap_or_default());
        lines.push(cx.line(
            format!(
                " leftovers use {} of these {used}: deleting the {} frees {percent:.0} %; {} marks them",
                number(freed),
                quota.freed_by.len(),
                cx.key(Action::Mark)
            ),
            Role::Warn,
        ));
    }
    lines.extend(trend(cx, quota));
    if let Some(day) = &quota.exhausted_on {
        lines.push(cx.line(format!(" full on {} at the present trend", cx.text(day, 20)), Role::Warn));
    }
    if let Some(command) = command(cx.audit, index) {
        lines.extend(command_lines(cx, &command, width));
        lines.push(cx.line(" Raising a quota costs nothing; this tool never sends the request itself.", Role::Dim));
    } else {
        lines.push(Line::from(" Free some of it, or spread it over other regions or accounts."));
    }
    if let Some(url) = console_url(cx.audit, index) {
        lines.push(Line::from(vec![cx.span(" Open   ", Role::Title), Span::raw(url)]));
    }
    lines
}

/// Where its use is going and what says so, or why nothing is foretold. `None` where there was nothing to look at.
fn trend(cx: &Screen<'_>, quota: &Quota) -> Option<Line<'static>> {
    let Some((trend, text)) = quota.trend.as_ref().zip(quota.trend_text()) else {
        let reason = &quota.trend_missing;
        return (!reason.is_empty()).then(|| cx.line(format!(" no forecast: {}", cx.text(reason, 120)), Role::Dim));
    };
    let from = match trend.source {
        TrendSource::Metric => "its CloudWatch metric",
        TrendSource::Audits => "earlier audits",
    };
    let dot = cx.look.glyphs.dot;
    let days = match (trend.days_with_data, trend.days) {
        (figures, days) if figures == days => format!("{days} days"),
        (figures, days) => format!("{figures} of {days} days"),
    };
    Some(Line::from(format!(" trend: {text} {dot} {from}, {days}")))
}
