//! What closing leads to: what goes on billing, who closes the account, and how.

use ratatui::text::{Line, Span};

use super::Screen;
use crate::model::{Closure, KeepsBilling, Usd};
use crate::tui::look::Role;
use crate::tui::view::table::fit;
use crate::tui::view::wrap::wrap;

/// Columns of the day, the dollars a month and the dollars in all, with a blank behind each.
const FIGURES: usize = 34;

/// The dollars in all, for the frame. Empty where nothing goes on billing.
pub fn sum(cx: &Screen<'_>) -> String {
    match &cx.audit.closure {
        Some(closure) if !closure.keeps_billing.is_empty() => {
            let more = if unknown(closure) > 0 { " + unknown" } else { "" };
            format!("{}{more} in all", closure.keeps_billing_usd.pretty())
        }
        _ => String::new(),
    }
}

fn unknown(closure: &Closure) -> usize {
    closure.keeps_billing.iter().filter(|one| one.remaining_usd.is_none()).count()
}

/// The lines in so many columns.
pub fn lines(cx: &Screen<'_>, width: usize) -> Vec<Line<'static>> {
    let Some(closure) = &cx.audit.closure else {
        return vec![Line::from(" It is told when the checklist is judged.")];
    };
    let mut lines = billing(cx, closure, width);
    lines.push(Line::default());
    lines.push(cx.line(" How it is closed, and by whom", Role::Title));
    let linked = match closure.govcloud {
        Some(true) => ", with a GovCloud account linked to it",
        Some(false) => "",
        None => "; whether a GovCloud account is linked to it is not known",
    };
    let standing = format!("This is a {}{linked}. closeout never closes an account.", closure.account_type.words());
    let standing = standing.replacen("a account of", "an account of", 1);
    lines.extend(wrapped(cx, &standing, width, "", Role::Default));
    for (number, step) in (1..).zip(&closure.procedure) {
        lines.extend(wrapped(cx, step, width, &format!("{number}. "), Role::Default));
    }
    lines
}

/// Text in lines that are moved in under their lead.
fn wrapped(cx: &Screen<'_>, text: &str, width: usize, lead: &str, role: Role) -> Vec<Line<'static>> {
    let room = width.saturating_sub(lead.len() + 1);
    let parts = wrap(&cx.text(text, usize::MAX), room).into_iter().enumerate();
    let line = |(at, part): (usize, String)| {
        let lead = if at == 0 { lead.to_owned() } else { " ".repeat(lead.len()) };
        cx.line(format!(" {lead}{part}"), role)
    };
    parts.map(line).collect()
}

fn billing(cx: &Screen<'_>, closure: &Closure, width: usize) -> Vec<Line<'static>> {
    if closure.keeps_billing.is_empty() {
        let text = "Nothing was found that does, as far as was seen. The last month is billed in any case.";
        return wrapped(cx, text, width, "", Role::Default);
    }
    let head = format!(" {} {} {} what", fit("until", 10, false), fit("$/month", 10, true), fit("in all", 10, true));
    let mut lines = vec![cx.line(head, Role::Dim)];
    for one in &closure.keeps_billing {
        lines.extend(keeps(cx, one, width));
    }
    let known = closure.keeps_billing_usd.pretty();
    let tail = match unknown(closure) {
        0 => format!("{known} in all, and the bill of the last month."),
        1 => format!("{known}, what 1 thing of unknown price or end comes to, and the bill of the last month."),
        some => format!("{known}, what {some} things of unknown price or end come to, and the bill of the last month."),
    };
    lines.extend(wrapped(cx, &tail, width, "", Role::Money));
    lines
}

fn keeps(cx: &Screen<'_>, one: &KeepsBilling, width: usize) -> Vec<Line<'static>> {
    let dollars = |usd: Option<Usd>| usd.map_or_else(|| cx.look.glyphs.unknown.to_owned(), |usd| usd.pretty());
    let until = one.until.map_or_else(|| "open".to_owned(), |at| at.strftime("%Y-%m-%d").to_string());
    let room = width.saturating_sub(FIGURES);
    let (what, place) = (format!("{} {}", one.kind, one.label), one.region.as_str());
    let figure = |usd: Option<Usd>| {
        let role = if usd.is_some() { Role::Money } else { Role::Unknown };
        cx.span(format!("{} ", fit(&dollars(usd), 10, true)), role)
    };
    let first = Line::from(vec![
        Span::raw(format!(" {} ", fit(&until, 10, false))),
        figure(one.monthly_usd),
        figure(one.remaining_usd),
        Span::raw(cx.text(&what, room)),
    ]);
    let ends = " ".repeat(FIGURES) + &cx.text(&format!("{place}: {}", one.ends), room);
    vec![first, cx.line(ends, Role::Dim)]
}
