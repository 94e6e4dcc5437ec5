//! The typed confirmation of a plan.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthStr;

use super::cleanup;
use super::screen::{Screen, inside};
use super::wrap::wrap;
use crate::model::clean;
use crate::plan::{Step, Work};
use crate::tui::look::Role;
use crate::tui::model::Model;
use crate::tui::overlay::Confirm;
use crate::tui::run::Origin;

/// Columns it takes where there are so many.
const WIDTH: u16 = 84;

/// Irreversible steps that are named in a dialog as high as the screen lets it be.
const FEWEST: usize = 1;

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, confirm: &Confirm) {
    let width = WIDTH.min(area.width);
    let room = usize::from(width).saturating_sub(7);
    let foot = foot(model, cx, confirm, room);
    let mut named = left(confirm).filter(|step| step.is_irreversible()).count();
    let mut head = head(model, cx, confirm, room, named);
    while head.len() + foot.len() + 2 > usize::from(area.height) && named > FEWEST {
        named -= 1;
        head = self::head(model, cx, confirm, room, named);
    }
    // The phrase and what is typed are never cut off.
    head.truncate(usize::from(area.height).saturating_sub(foot.len() + 2));
    let height = u16::try_from(head.len() + foot.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, place);
    let input = head.len() + 2;
    head.extend(foot);
    let title = if confirm.rest.is_some() { "Go on with the run?" } else { "Apply the plan?" };
    cx.boxed(frame, place, cx.focus, title, "", head);
    let inner = inside(place);
    let column = u16::try_from(confirm.typed.column()).unwrap_or(u16::MAX);
    let x = inner.x.saturating_add(5).saturating_add(column).min(inner.right().saturating_sub(1));
    let y = inner.y + u16::try_from(input).unwrap_or(0);
    frame.set_cursor_position(Position { x, y: y.min(inner.bottom().saturating_sub(1)) });
}

/// Steps that are still to be taken.
fn left(confirm: &Confirm) -> impl Iterator<Item = &Step> {
    let is_done = |step: &&Step| confirm.rest.as_ref().is_some_and(|rest| rest.done.contains(&step.number));
    confirm.plan.steps.iter().filter(move |step| !is_done(step))
}

fn head(model: &Model, cx: &Screen<'_>, confirm: &Confirm, room: usize, named: usize) -> Vec<Line<'static>> {
    let account = &model.audit.account;
    let who = match account.caller_name() {
        "" => String::new(),
        name => format!("   as {name}"),
    };
    let id = if account.alias.is_some() { format!(" ({})", account.id) } else { String::new() };
    let mut texts = vec![(String::new(), Role::Default)];
    let mut put = |head: &str, text: &str, role: Role| {
        let text = cx.text(text, usize::MAX);
        for (i, line) in wrap(&text, room.saturating_sub(10)).into_iter().enumerate() {
            texts.push((format!("{:<10}{line}", if i == 0 { head } else { "" }), role));
        }
    };
    put("Account", &format!("{}{id}{who}", account.label()), Role::Title);
    if model.origin == Origin::Demo {
        put("", "a recording: calls change a copy in memory, and nothing else", Role::Default);
    }
    if let Some(rest) = &confirm.rest {
        let (done, all) = (rest.done.len(), confirm.plan.steps.len());
        put("Run", &format!("{}: {done} of its {all} steps are done already", rest.run), Role::Default);
    }
    put("Changes", &changes(confirm), Role::Default);
    let lost: Vec<_> = left(confirm).filter(|step| step.is_irreversible()).collect();
    match lost.is_empty() {
        true => put("", "Nothing in it is irreversible.", Role::Default),
        false => put("", &format!("{} of them IRREVERSIBLE, gone for good:", lost.len()), Role::Bad),
    }
    for step in lost.iter().take(named) {
        put("", &format!("! {} {} ({})", step.number, step.does(), step.loses), Role::Bad);
    }
    if lost.len() > named {
        put("", &format!("! and {} more, as the plan lists them", lost.len() - named), Role::Bad);
    }
    let backups = left(confirm).filter(|step| step.work == Work::Backup).count();
    if backups > 0 {
        put("Backups", &format!("{backups} first. If one fails, nothing that needs it is deleted."), Role::Default);
    }
    texts.into_iter().map(|(text, role)| cx.line(format!("   {text}"), role)).collect()
}

/// `5: delete 2 ec2:volume, release 1 ec2:elastic-ip`.
fn changes(confirm: &Confirm) -> String {
    let acts = || left(confirm).filter(|step| step.work == Work::Act);
    let mut kinds: std::collections::BTreeMap<(&str, &str), usize> = std::collections::BTreeMap::new();
    for step in acts() {
        *kinds.entry((&step.verb, step.resource.kind.as_str())).or_default() += 1;
    }
    let parts: Vec<String> = kinds.into_iter().map(|((verb, kind), count)| format!("{verb} {count} {kind}")).collect();
    format!("{}: {}", acts().count(), parts.join(", "))
}

fn foot(model: &Model, cx: &Screen<'_>, confirm: &Confirm, room: usize) -> Vec<Line<'static>> {
    // Privacy never hides a part of it: then the dialog does not open.
    let phrase = clean(&confirm.plan.phrase()).into_owned();
    let tried = confirm.rest.as_ref().map(|rest| &rest.tried).or(model.cleanup.tried.as_ref());
    let tried = tried.map(|tried| cleanup::minutes_old(tried, model.now));
    let tried = tried.map(|minutes| format!("dry run passed {minutes} min ago")).unwrap_or_default();
    let says = match confirm.fits() {
        true => "Enter begins.",
        false => "Enter does nothing until the text matches.",
    };
    let gap = room.saturating_sub(says.width() + tried.width()).max(1);
    vec![
        Line::from(""),
        Line::from(vec![Span::raw("   Type  "), cx.span(phrase, Role::Title), Span::raw("  to start. Esc cancels.")]),
        Line::from(vec![Span::raw("   > "), Span::raw(clean(confirm.typed.text()).into_owned())]),
        Line::from(""),
        cx.line(format!("   {says}{}{tried}", " ".repeat(gap)), Role::Dim),
    ]
}
