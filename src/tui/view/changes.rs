//! What is different between two saved audits.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::screen::{Screen, inside};
use super::table::fit;
use super::wrap::wrap;
use crate::audit::changes::{Changed, Changes, Hidden, QuotaChange};
use crate::audit::past::{Head, Seen};
use crate::model::Usd;
use crate::tui::look::Role;
use crate::tui::overlay::Diff;

/// A line of the list.
struct Row {
    sign: &'static str,
    role: Role,
    /// What it does to the waste total. Absent when nobody knows.
    usd: Option<Usd>,
    word: &'static str,
    what: String,
    place: String,
    note: String,
    /// Id of the finding. Empty where the line is about no single one.
    id: String,
}

/// How many lines the list has.
pub fn len(diff: &Diff) -> usize {
    rows(diff).len()
}

/// Id of the finding at the cursor. `None` where the line is about no single one.
pub fn current(diff: &Diff) -> Option<String> {
    rows(diff).into_iter().nth(diff.cursor).map(|row| row.id).filter(|id| !id.is_empty())
}

/// Draws it over the whole screen.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>, diff: &Diff) {
    frame.render_widget(Clear, area);
    let changes = &diff.changes;
    let foot = if area.height >= 18 { 4 } else { 0 };
    let head = 4.min(area.height);
    let list = Rect { y: area.y + head, height: area.height.saturating_sub(head + foot), ..area };
    let title = format!("Diff: {} to {}", minute(&changes.before), minute(&changes.after));
    cx.boxed(
        frame,
        Rect { height: head, ..area },
        PANE + 1,
        &title,
        "saved audits of this account",
        totals(cx, changes),
    );
    let rows = rows(diff);
    let inner = inside(list);
    let height = usize::from(inner.height);
    let top = (diff.cursor + 1).saturating_sub(height);
    let last = (top + height).min(rows.len());
    let shown = (top..last).map(|at| line(cx, &rows[at], usize::from(inner.width), at == diff.cursor)).collect();
    cx.boxed(frame, list, PANE, "Changes, largest first", &format!("{last} of {}", rows.len()), shown);
    if foot > 0 {
        let room = usize::from(inner.width).saturating_sub(1);
        let text =
            wrap(&bill(changes), room).into_iter().map(|line| cx.line(format!(" {line}"), Role::Default)).collect();
        let area = Rect { y: list.bottom(), height: foot, ..area };
        cx.boxed(frame, area, PANE + 1, "Closed is not saved until the bill shows it", "", text);
    }
}

/// The pane that is set off as the one the keys move.
const PANE: usize = 0;

fn minute(head: &Head) -> String {
    let stopped = if head.interrupted { ", stopped early" } else { "" };
    format!("{}{stopped}", head.started_at.strftime("%Y-%m-%d %H:%M UTC"))
}

fn totals(cx: &Screen<'_>, changes: &Changes) -> Vec<Line<'static>> {
    let Changes { before, after, .. } = changes;
    let arrow = cx.look.glyphs.arrow;
    let (old, new) = (before.waste_usd, after.waste_usd);
    let share = match old.micros() {
        0 => String::new(),
        micros => format!(" ({:+.1} %)", (new - old).micros() as f64 * 100.0 / micros as f64),
    };
    let (near_before, near_after) = (changes.quotas_near_before, changes.quotas_near_after);
    vec![
        cx.line(
            format!(" waste {} {arrow} {}/mo   {}{share}", old.pretty(), new.pretty(), signed(new - old)),
            Role::Title,
        ),
        Line::from(format!(
            " findings {} {arrow} {}   quotas over 80 %: {near_before} {arrow} {near_after}   gaps {} {arrow} {}",
            before.findings, after.findings, before.gaps, after.gaps
        )),
    ]
}

fn bill(changes: &Changes) -> String {
    let (Some(old), Some(new)) = (changes.before.bill_usd, changes.after.bill_usd) else {
        return "The bill was not read in both audits: what the changes came to is not known.".to_owned();
    };
    format!("Usage on the bill of thirty days: {} then, {} now, {}.", old.pretty(), new.pretty(), signed(new - old))
}

/// `+$3.65`, `−$61.20`, `$0.00`.
fn signed(usd: Usd) -> String {
    if usd > Usd::ZERO { format!("+{}", usd.pretty()) } else { usd.pretty() }
}

/// What can be compared by its money, then what cannot be compared, quotas, and how much is as it was.
fn rows(diff: &Diff) -> Vec<Row> {
    let changes = &*diff.changes;
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(changes.gone.iter().map(|seen| row(seen, ("-", Role::Good, "closed"), -seen.waste(), left_out(seen))));
    rows.extend(changes.new.iter().map(|seen| row(seen, ("+", Role::Bad, "new"), seen.waste(), left_out(seen))));
    rows.extend(changes.state_changed.iter().map(state));
    rows.extend(changes.price_changed.iter().map(price));
    rows.sort_by_key(|row| std::cmp::Reverse(row.usd.map(|usd| usd.micros().unsigned_abs())));
    let unseen = |hidden: &Hidden, word| {
        let note = hidden.why.reason().to_owned();
        Row { usd: None, ..row(&hidden.finding, ("?", Role::Unknown, word), Usd::ZERO, note) }
    };
    rows.extend(changes.hidden.iter().map(|hidden| unseen(hidden, "unseen")));
    rows.extend(changes.newly_seen.iter().map(|hidden| unseen(hidden, "in sight")));
    rows.extend(changes.quotas.iter().map(quota));
    rows.push(Row {
        sign: "=",
        role: Role::Dim,
        usd: None,
        word: "same",
        what: format!("{} findings as before, {}/mo", changes.unchanged, changes.unchanged_usd.pretty()),
        place: String::new(),
        note: String::new(),
        id: String::new(),
    });
    if diff.unchanged {
        let same = |seen: &Seen| {
            let note = seen.look.monthly_usd.map_or("no known price".to_owned(), |usd| format!("{}/mo", usd.pretty()));
            Row { usd: None, ..row(seen, ("=", Role::Dim, "same"), Usd::ZERO, note) }
        };
        rows.extend(changes.same.iter().map(same));
    }
    rows
}

fn row(seen: &Seen, (sign, role, word): (&'static str, Role, &'static str), usd: Usd, note: String) -> Row {
    let is_known = seen.look.monthly_usd.is_some() || !seen.counts();
    let (what, place) = (format!("{} {}", seen.title, seen.label), seen.region.to_string());
    Row { sign, role, usd: is_known.then_some(usd), word, what, place, note, id: seen.id.clone() }
}

fn left_out(seen: &Seen) -> String {
    if seen.counts() { String::new() } else { format!("{}, in no total", seen.look.state.word()) }
}

fn state(changed: &Changed) -> Row {
    let (old, new) = (changed.before.look.state, changed.after.look.state);
    let note = match old == new {
        true => "for another reason".to_owned(),
        false => format!("{}, before {}", new.word(), old.word()),
    };
    row(&changed.after, ("~", Role::Warn, "state"), changed.difference(), note)
}

fn price(changed: &Changed) -> Row {
    let before = changed.before.look.monthly_usd.map_or("no known price".to_owned(), Usd::pretty);
    row(&changed.after, ("~", Role::Warn, "price"), changed.difference(), format!("before {before}"))
}

fn quota(change: &QuotaChange) -> Row {
    let percent = |used: Option<f64>| used.map_or("?".to_owned(), |used| format!("{used:.0} %"));
    Row {
        sign: "~",
        role: Role::Warn,
        usd: None,
        word: "quota",
        what: format!("{} {}", change.service_code, change.name),
        place: change.region.to_string(),
        note: format!("{}, before {}", percent(change.after), percent(change.before)),
        id: String::new(),
    }
}

fn line(cx: &Screen<'_>, row: &Row, width: usize, is_cursor: bool) -> Line<'static> {
    let is_money = !matches!(row.word, "quota" | "same");
    let usd = row.usd.map_or(if is_money { cx.look.glyphs.dash.to_owned() } else { String::new() }, signed);
    let room = width.saturating_sub(3 + 12 + 10 + 16);
    let what = room * 3 / 5;
    let note = room.saturating_sub(what + 1);
    let pointer = if is_cursor { cx.look.glyphs.cursor } else { " " };
    let line = Line::from(vec![
        Span::raw(pointer.to_owned()),
        cx.span(format!("{} ", row.sign), row.role),
        cx.span(format!("{} ", fit(&usd, 11, true)), Role::Money),
        Span::raw(format!("{} ", fit(row.word, 9, false))),
        Span::raw(format!("{} ", fit(&cx.text(&row.what, what), what, false))),
        Span::raw(format!("{} ", fit(&cx.text(&row.place, 15), 15, false))),
        cx.span(fit(&cx.text(&row.note, note), note, false), Role::Dim),
    ]);
    if is_cursor { line.style(cx.look.style(Role::Selected)) } else { line }
}
