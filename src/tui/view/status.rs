//! The last two lines: what was done or what the signs mean, and the keys.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::screen::Screen;
use crate::model::truncate;
use crate::tui::action::{Action, key_line};
use crate::tui::look::Role;
use crate::tui::model::{Model, Say, ScreenId, Typing};
use crate::tui::overlay::{List, Overlay};

/// Draws both lines.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let line = |up: u16| Rect { y: area.bottom() - up, height: 1, ..area };
    if let Some(typing) = &model.typing {
        return draw_input(frame, line(2), line(1), cx, typing);
    }
    frame.render_widget(Paragraph::new(message(model, cx, area.width)), line(2));
    frame.render_widget(Paragraph::new(keys(model, cx, area.width)), line(1));
}

fn draw_input(frame: &mut Frame, input: Rect, below: Rect, cx: &Screen<'_>, typing: &Typing) {
    let label = if typing.is_search { " search > " } else { " filter > " };
    // The end of a long filter is what is being typed.
    let room = usize::from(input.width).saturating_sub(label.len() + 1);
    let column = typing.line.column();
    let scroll = column.saturating_sub(room);
    let line = Line::from(vec![cx.span(label, Role::Key), Span::raw(skip(typing.line.text(), scroll))]);
    frame.render_widget(Paragraph::new(line), input);
    let x = input.x + u16::try_from(label.len() + column - scroll).unwrap_or(0);
    frame.set_cursor_position(Position { x: x.min(input.right().saturating_sub(1)), y: input.y });
    let line = match &typing.error {
        Some(error) => Line::from(
            cx.span(format!(" {} {}", cx.look.glyphs.bad, cx.text(error, usize::from(below.width))), Role::Bad),
        ),
        None if typing.is_search => {
            cx.line(" the log goes to every line that has it    Enter keeps  Esc clears", Role::Dim)
        }
        None => {
            let help = " word  column:value  cost>1  !word  \"two words\"  tag:env=dev  a,b = or    Enter keeps  Esc clears  Up recalls";
            cx.line(truncate(help, usize::from(below.width)), Role::Dim)
        }
    };
    frame.render_widget(Paragraph::new(line), below);
}

/// Text without its first columns.
fn skip(text: &str, columns: usize) -> String {
    let mut left = columns;
    text.chars()
        .skip_while(|c| {
            let width = unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            let skipped = left > 0;
            left = left.saturating_sub(width);
            skipped
        })
        .collect()
}

fn message(model: &Model, cx: &Screen<'_>, width: u16) -> Line<'static> {
    let room = usize::from(width).saturating_sub(1);
    match &model.say {
        Some(Say::Done(text)) => Line::from(format!(" {}", cx.text(text, room))),
        Some(Say::Failed(text)) => {
            let text = cx.text(text, room.saturating_sub(2));
            cx.line(format!(" {} {text}", cx.look.glyphs.bad), Role::Bad)
        }
        None if model.held > 0 && model.screen == ScreenId::Findings => {
            let key = model.keymap.key_name(Action::ShowNew);
            cx.line(format!(" {} new, press {key} to show", model.held), Role::Key)
        }
        None => cx.line(format!(" {}", cx.text(&super::hint(model, cx), room)), Role::Dim),
    }
}

/// As many keys as there is room for; help and quit always.
fn keys(model: &Model, cx: &Screen<'_>, width: u16) -> Line<'static> {
    let mut offered: Vec<(String, &'static str)> = match &model.overlay {
        Some(overlay) => overlay_keys(overlay),
        None => {
            let is_cleanup = model.screen == ScreenId::Cleanup;
            let running = if is_cleanup { model.cleanup.is_applying() } else { model.is_running() };
            let line = key_line(model.screen, running);
            let can = |action: &Action| model.can_rescan || !matches!(action, Action::Rescan | Action::Recheck);
            let line = line.iter().filter(|(action, _)| can(action));
            line.map(|(action, word)| (model.keymap.key_name(*action), *word)).collect()
        }
    };
    let last: Vec<(String, &'static str)> = if model.overlay.is_some() {
        Vec::new()
    } else {
        [(Action::Help, "help"), (Action::Quit, "quit")]
            .into_iter()
            .map(|(action, word)| (model.keymap.key_name(action), word))
            .collect()
    };
    let size =
        |keys: &[(String, &'static str)]| keys.iter().map(|(key, word)| key.width() + word.width() + 3).sum::<usize>();
    while size(&offered) + size(&last) > usize::from(width) && !offered.is_empty() {
        offered.pop();
    }
    offered.extend(last);
    let mut spans = vec![Span::raw(" ")];
    for (key, word) in offered {
        spans.push(cx.span(key, Role::Key));
        spans.push(Span::raw(format!(" {word}  ")));
    }
    Line::from(spans)
}

fn overlay_keys(overlay: &Overlay) -> Vec<(String, &'static str)> {
    let keys: &[(&str, &'static str)] = match overlay {
        Overlay::Ask(_) => &[("y", "yes"), ("n", "no"), ("Esc", "no")],
        Overlay::Confirm(confirm) if confirm.fits() => &[("Enter", "begins"), ("Esc", "cancel")],
        Overlay::Confirm(_) => &[("type", "the phrase"), ("Esc", "cancel")],
        Overlay::SetAside(_) => &[("type", "it"), ("Tab", "reason or day"), ("Enter", "ignore"), ("Esc", "cancel")],
        Overlay::Tick(_) => &[("type", "what was checked"), ("Enter", "tick"), ("Esc", "cancel")],
        Overlay::Read(_) => &[("any key", "closes")],
        Overlay::Changes(_) => &[
            ("b", "older base"),
            ("u", "unchanged"),
            ("Enter", "finding"),
            ("E", "export Markdown"),
            ("j k", "row"),
            ("Esc", "close"),
        ],
        Overlay::Choose(chooser) if chooser.list == List::Settings => {
            &[("Enter", "change"), ("j k", "row"), ("Esc", "close")]
        }
        Overlay::Choose(chooser) if chooser.is_typed() => {
            &[("type", "to search"), ("Up Down", "row"), ("Enter", "do it"), ("Esc", "close")]
        }
        Overlay::Choose(_) => &[("Enter", "choose"), ("j k", "row"), ("Esc", "close")],
    };
    keys.iter().map(|(key, word)| ((*key).to_owned(), *word)).collect()
}

/// All that fits a screen too small for panes.
pub fn tiny(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let digest = &model.digest;
    let state = if model.is_running() { "scanning: " } else { "" };
    let gaps = if digest.gaps > 0 { format!(" {} gaps", digest.gaps) } else { String::new() };
    let (found, waste) = (digest.findings, cx.waste());
    // What is left out first is missed least: a total never stands without its gaps.
    let mode = super::header::mode(model).0;
    if let Some(run) = model.cleanup.run.as_ref().filter(|_| model.cleanup.is_applying()) {
        let (done, failed, _) = run.counts();
        let left = run.steps_that(|state| !state.is_over()).len();
        let text = format!("{mode} {done} done {failed} failed {left} left");
        let line = crate::model::truncate(&text, usize::from(area.width));
        frame.render_widget(Paragraph::new(line), Rect { height: area.height.min(1), ..area });
        return;
    }
    let texts = [
        format!("{state}{found} findings {waste}/mo{gaps} {} {mode}", cx.look.glyphs.dot),
        format!("{state}{found} findings {waste}/mo{gaps}"),
        format!("{found} found {waste}/mo{gaps}"),
        format!("{waste}/mo{gaps}"),
        gaps.trim_start().to_owned(),
    ];
    let fits = |text: &&String| text.width() <= usize::from(area.width);
    let text = texts.iter().find(fits).map_or("", String::as_str);
    frame.render_widget(Paragraph::new(text.to_owned()), Rect { height: area.height.min(1), ..area });
}
