//! The journal of a run as it is written.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::apply::LOG;
use super::screen::{Screen, inside};
use crate::tui::action::Action;
use crate::tui::cleanup::Running;
use crate::tui::cleanup::log::{places, text};
use crate::tui::look::Role;

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>, run: &Running) {
    let inner = inside(area);
    let (from, until) = run.window(usize::from(inner.height));
    let lines = (from..until).filter_map(|at| Some(line(cx, run, at, &text(run.log.get(at)?), inner.width)));
    cx.boxed(frame, area, LOG, "Journal", &remark(cx, run, until), lines.collect());
}

/// What the log does at its lower edge, and the keys for it.
fn remark(cx: &Screen<'_>, run: &Running, until: usize) -> String {
    let (follow, search) = (cx.key(Action::FollowLog), cx.key(Action::SearchLog));
    let newer = run.log.len() - until;
    let edge = match (run.watch.until, newer) {
        (None, _) => format!("{follow} hold"),
        (Some(_), 0) => format!("held  {follow} follow"),
        (Some(_), newer) => format!("held, {newer} newer  {follow} follow"),
    };
    match run.watch.query.is_empty() {
        true => format!("{edge}  {search} search"),
        false => {
            let (next, previous) = (cx.key(Action::NextHit), cx.key(Action::PreviousHit));
            format!("{edge}  {next} {previous} hits of {}", cx.text(&run.watch.query, 20))
        }
    }
}

/// A line with what is looked for in it set off, and a pointer where it was jumped to.
fn line(cx: &Screen<'_>, run: &Running, at: usize, text: &str, width: u16) -> Line<'static> {
    let text = cx.text(text, usize::from(width).saturating_sub(1));
    let is_here = run.watch.hit == Some(at);
    let mut spans = vec![cx.span(if is_here { cx.look.glyphs.cursor } else { " " }, Role::Title)];
    let mut rest = 0;
    for place in places(&text, &run.watch.query) {
        let end = place + run.watch.query.len();
        spans.push(Span::raw(text[rest..place].to_owned()));
        spans.push(cx.span(text[place..end].to_owned(), if is_here { Role::Selected } else { Role::Key }));
        rest = end;
    }
    spans.push(Span::raw(text[rest..].to_owned()));
    Line::from(spans)
}
