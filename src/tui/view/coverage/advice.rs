//! What was not seen, and what to do about it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::audit::{Digest, GapGroup};
use crate::model::{Why, clean, truncate};
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::view::scan::square::sign_of;
use crate::tui::view::screen::{Screen, inside};

/// Lines the entry at the cursor may use for its details.
const DETAILS: usize = 6;

/// A line of the pane, and the position in the list it belongs to.
type Told = (Option<usize>, Line<'static>);

/// `ca-central-1`, `eu-west-1, us-east-1`, `17 regions`.
pub fn places(group: &GapGroup) -> String {
    let regions: Vec<&str> = group.regions.iter().map(|region| region.as_str()).collect();
    match regions.len() {
        0..=2 => regions.join(", "),
        n => format!("{n} regions"),
    }
}

/// `ec2:volume`, `ec2:volume, ec2:snapshot`, `7 kinds`; with the number of gaps where it says more.
pub fn things(group: &GapGroup) -> String {
    let kinds: Vec<&str> = group.kinds.iter().map(|kind| kind.as_str()).collect();
    if kinds.len() > 2 {
        return amount(group);
    }
    format!("{}{}", kinds.join(", "), many(group))
}

/// `7 kinds`, `1 kind (6 gaps)`: the same without names.
pub fn amount(group: &GapGroup) -> String {
    let kinds = group.kinds.len();
    format!("{kinds} {}{}", if kinds == 1 { "kind" } else { "kinds" }, many(group))
}

/// How many gaps, where there are more than squares.
fn many(group: &GapGroup) -> String {
    let squares = group.kinds.len() * group.regions.len();
    if group.gaps > squares { format!(" ({} gaps)", group.gaps) } else { String::new() }
}

/// What a person can do.
fn remedy(cx: &Screen<'_>, group: &GapGroup) -> String {
    let again = cx.rescan(Action::Recheck, "reads just this again").unwrap_or("scan this again".to_owned());
    match group.why {
        Why::Denied if group.detail.contains("organization policy") => {
            "not to be mended in this account: ask who runs the organization, or switch the region off".to_owned()
        }
        Why::Denied => "grant the actions listed at the end to the role that scans, then rescan".to_owned(),
        Why::Throttled => format!("{again}; other programs may be using up the account's request rate"),
        Why::TimedOut | Why::Unreachable => format!("{again}; check the way to the endpoint (proxy, VPC, DNS)"),
        Why::Expired => format!("log in again, then {again}"),
        Why::NotOffered => "AWS does not offer this there: nothing can be there, nothing to do".to_owned(),
        Why::Disabled => "switch the service on in this account if it is meant to be looked at".to_owned(),
        Why::RegionOff => "nothing can run there; not counted as a gap".to_owned(),
        Why::NotScanned => format!("it was left out or not come to; {again}"),
        Why::NoData => "CloudWatch has too few datapoints to judge by: look at these yourself".to_owned(),
        Why::NotPriced => "what these cost is not in the waste: look it up yourself".to_owned(),
        Why::RuleError => "the rule could not be evaluated for these: look at them yourself".to_owned(),
        Why::Error => format!("{again}; if it stays, the message says what AWS refused"),
    }
}

/// Everything the pane has to tell, line by line.
fn told(cx: &Screen<'_>, width: usize, first_gap: usize) -> Vec<Told> {
    let regions = cx.audit.rows().len();
    let mut lines: Vec<Told> = Vec::new();
    for (position, index) in cx.rows.iter().enumerate().skip(first_gap) {
        let Some(group) = index.checked_sub(regions).and_then(|at| cx.digest.gap_groups.get(at)) else { continue };
        let entry = entry(cx, group, width, position == cx.pane.cursor);
        lines.extend(entry.into_iter().map(|line| (Some(position), line)));
    }
    if lines.is_empty() {
        lines.push((None, nothing(cx)));
    }
    lines.extend(footer(cx, width).into_iter().map(|line| (None, line)));
    lines
}

/// The first line on screen, so that the entry at the cursor is there whole; at the last entry, so that the
/// end is.
fn top(cx: &Screen<'_>, lines: &[Told], height: usize) -> usize {
    let at_cursor = |line: &Told| line.0 == Some(cx.pane.cursor);
    let (Some(first), Some(last)) = (lines.iter().position(at_cursor), lines.iter().rposition(at_cursor)) else {
        return 0;
    };
    let is_last = lines[last + 1..].iter().all(|line| line.0.is_none());
    let end = if is_last { lines.len() } else { last + 1 };
    end.saturating_sub(height).min(first)
}

/// The position in the list of what stands in a line of the pane. `None` where no gap stands.
pub fn position_at(cx: &Screen<'_>, inner: Rect, first_gap: usize, line: usize) -> Option<usize> {
    let lines = told(cx, usize::from(inner.width), first_gap);
    let top = top(cx, &lines, usize::from(inner.height));
    lines.get(top + line).and_then(|line| line.0)
}

/// Draws the pane.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>, first_gap: usize) {
    if area.is_empty() {
        return;
    }
    let inner = inside(area);
    let lines = told(cx, usize::from(inner.width), first_gap);
    let height = usize::from(inner.height);
    let top = top(cx, &lines, height);
    let below = lines.len().saturating_sub(top + height);
    let remark = match (cx.digest.gaps, below) {
        (0, _) => String::new(),
        (1, _) => "1 gap".to_owned(),
        (n, 0) => format!("{n} gaps"),
        (n, _) => format!("{n} gaps {} {below} lines below", cx.look.glyphs.dot),
    };
    let shown = lines.into_iter().skip(top).take(height).map(|line| line.1).collect();
    cx.boxed(frame, area, 1, "What was not seen, and what to do", &remark, shown);
}

/// Why there is no gap.
fn nothing(cx: &Screen<'_>) -> Line<'static> {
    match (cx.digest.gap_groups.is_empty(), cx.digest.cells.wanted) {
        (false, _) => cx.line(format!(" No gap matches the filter; {} clears it.", cx.key(Action::Back)), Role::Dim),
        (true, 0) => cx.line(" Nothing was looked at.", Role::Unknown),
        (true, _) if cx.audit.is_running() => cx.line(" No gap so far.", Role::Default),
        (true, _) => cx.line(" Everything that was to be looked at was seen.", Role::Good),
    }
}

fn entry(cx: &Screen<'_>, group: &GapGroup, width: usize, is_cursor: bool) -> Vec<Line<'static>> {
    let glyphs = &cx.look.glyphs;
    let (sign, role) = sign_of(glyphs, group.why);
    let said = match group.details {
        0 | 1 => group.detail.clone(),
        n => format!("{n} different answers"),
    };
    let head = format!("{} {d} {} {d} {} {d} {said}", places(group), things(group), group.why, d = glyphs.dot);
    let pointer = if is_cursor { glyphs.cursor } else { " " };
    let head = Line::from(vec![
        cx.span(pointer, Role::Title),
        cx.span(sign, role),
        Span::raw(format!("  {}", cx.text(&head, width.saturating_sub(4)))),
    ]);
    let todo = cx.line(format!("      {}", cx.text(&remedy(cx, group), width.saturating_sub(6))), Role::Dim);
    if !is_cursor {
        return vec![head, todo];
    }
    let mut lines = vec![head.style(cx.look.style(Role::Selected)), todo];
    lines.extend(details(cx, group, width));
    lines
}

/// What the head of an entry had no room for.
fn details(cx: &Screen<'_>, group: &GapGroup, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let room = width.saturating_sub(18);
    let mut add = |title: &str, words: Vec<String>, gap: &str| {
        for (at, text) in wrap(&words, gap, room).into_iter().enumerate() {
            let title = if at == 0 { title } else { "" };
            lines.push(Line::from(vec![
                Span::raw("      "),
                cx.span(format!("{title:<11}"), Role::Dim),
                Span::raw(text),
            ]));
        }
    };
    let detail = cx.text(&group.detail, usize::MAX);
    add("said", detail.split_whitespace().map(str::to_owned).collect(), " ");
    if group.regions.len() > 2 {
        add("where", group.regions.iter().map(|region| cx.text(region.as_str(), room)).collect(), "  ");
    }
    if group.kinds.len() > 2 {
        add("what", group.kinds.iter().map(|kind| cx.text(kind.as_str(), room)).collect(), "  ");
    }
    add("asked for", group.actions.iter().map(|action| cx.text(action, room)).collect(), "  ");
    if lines.len() > DETAILS && !cx.zoom {
        lines.truncate(DETAILS);
        lines.push(cx.line(format!("      {} {} shows all", cx.look.glyphs.ellipsis, cx.key(Action::Zoom)), Role::Dim));
    }
    lines
}

/// What stands under the gaps: regions that are off, and the permissions that were missing.
fn footer(cx: &Screen<'_>, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let off = cx.digest.regions.off;
    if off > 0 {
        let what = if off == 1 { "region" } else { "regions" };
        lines.push(Line::from(vec![
            Span::raw(" "),
            cx.span(cx.look.glyphs.off, Role::Off),
            Span::raw(format!("  {off} {what} not enabled: nothing can run there, not counted as a gap")),
        ]));
    }
    lines.extend(unscanned(cx, width));
    let actions = &cx.digest.missing_actions;
    if !actions.is_empty() {
        let title = format!(" Missing permissions ({}), as an IAM policy: ", actions.len());
        lines.push(Line::default());
        lines.push(Line::from(vec![
            cx.span(title, Role::Title),
            cx.span(cx.key(Action::CopyCommand), Role::Key),
            Span::raw(" copies"),
        ]));
        let actions: Vec<String> = actions.iter().map(|action| clean(action).into_owned()).collect();
        lines.extend(
            wrap(&actions, "  ", width.saturating_sub(4)).into_iter().map(|text| Line::from(format!("   {text}"))),
        );
    }
    lines
}

/// What AWS's indexes have and no scanner lists.
fn unscanned(cx: &Screen<'_>, width: usize) -> Vec<Line<'static>> {
    let types = cx.audit.unscanned_types();
    if types.is_empty() {
        return Vec::new();
    }
    let title = format!(
        " {} resources of {} types that no scanner knows, judged by no rule:",
        cx.audit.unscanned_count(),
        types.len()
    );
    let words: Vec<String> = types.iter().map(|(sort, count, _)| format!("{} {count}", clean(sort.as_str()))).collect();
    let lines = wrap(&words, "  ", width.saturating_sub(4)).into_iter().map(|text| Line::from(format!("   {text}")));
    [Line::default(), cx.line(title, Role::Title)].into_iter().chain(lines).collect()
}

/// Words in lines of at most `width` columns.
fn wrap(words: &[String], gap: &str, width: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthStr;
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.width() + gap.len() + word.width() <= width => {
                line.push_str(gap);
                line.push_str(word);
            }
            _ => lines.push(truncate(word, width)),
        }
    }
    lines
}

/// An IAM policy that allows what was refused. `None` when nothing was that a grant could mend.
pub fn policy(digest: &Digest) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '*');
    let actions: Vec<&String> = digest.missing_actions.iter().filter(|action| action.chars().all(plain)).collect();
    if actions.is_empty() {
        return None;
    }
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
    });
    serde_json::to_string_pretty(&policy).ok()
}
