//! One finding in full: what, how sure, how much and why, what hangs on it, what to do.

mod command;

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use self::command::{command_lines, left_to_do, pieces};
use super::screen::Screen;
use super::wrap::wrap;
use crate::model::{Evidence, Finding, Kind, MetricReading, Resource, Role as Tie, truncate};
use crate::tui::console;
use crate::tui::facets::closing;
use crate::tui::look::Role;

/// Columns the headings at the left take.
const HEADING: usize = 8;

/// Lines of the graph of a metric, where there is room for one.
const GRAPH: usize = 5;

/// The lines of a finding, wrapped to an area.
pub fn lines(cx: &Screen<'_>, finding: &Finding, area: Rect) -> Vec<Line<'static>> {
    let mut page = Page { cx, width: usize::from(area.width).saturating_sub(1), lines: Vec::new() };
    head(&mut page, finding);
    score(&mut page, finding);
    cost(&mut page, finding);
    proof(&mut page, finding, area.height >= 30 && area.width >= 60);
    ties(&mut page, finding);
    remedy(&mut page, finding);
    if let Some(given) = cx.audit.quarantined.iter().find(|one| one.resource == finding.resource.arn) {
        page.say("Grace", &format!("in quarantine: {}", given.sentence()), Role::Warn);
    }
    facts(&mut page, &finding.resource);
    page.lines
}

/// Lines being written, all of one width.
struct Page<'a> {
    cx: &'a Screen<'a>,
    width: usize,
    lines: Vec<Line<'static>>,
}

impl Page<'_> {
    /// Text under a heading; what does not fit goes on below, past the heading. An empty heading carries the last one on.
    fn say(&mut self, heading: &str, text: &str, role: Role) {
        let text = self.cx.text(text, usize::MAX);
        for (i, part) in wrap(&text, self.width.saturating_sub(HEADING).max(8)).into_iter().enumerate() {
            let heading = if i == 0 { heading } else { "" };
            let heading = self.cx.span(format!(" {heading:<7}"), Role::Title);
            self.lines.push(Line::from(vec![heading, self.cx.span(part, role)]));
        }
    }

    /// Text over the whole width.
    fn plain(&mut self, text: &str, role: Role) {
        let text = self.cx.text(text, usize::MAX);
        for part in wrap(&text, self.width.saturating_sub(1).max(8)) {
            self.lines.push(Line::from(vec![Span::raw(" "), self.cx.span(part, role)]));
        }
    }

    /// A command, its lines joined by backslashes so that it can be copied off the screen.
    fn command(&mut self, heading: &str, text: &str) {
        let text = self.cx.text(text, usize::MAX);
        let room = |indent: usize| self.width.saturating_sub(indent + 2).max(8);
        let fits = |indent: &usize| pieces(&text).iter().all(|piece| piece.width() <= room(*indent));
        // Below the heading where that leaves room for a flag with its value, else almost at the edge.
        let indent = [HEADING + 2].into_iter().find(fits).unwrap_or(3);
        for (i, part) in command_lines(&text, room(HEADING), room(indent)).into_iter().enumerate() {
            let heading = if i == 0 { format!(" {heading:<7}") } else { " ".repeat(indent) };
            self.lines.push(Line::from(vec![self.cx.span(heading, Role::Title), Span::raw(part)]));
        }
    }
}

fn head(page: &mut Page<'_>, finding: &Finding) {
    let resource = &finding.resource;
    let dot = page.cx.look.glyphs.dot;
    page.plain(&finding.title, Role::Title);
    let name = resource.name.as_ref().filter(|name| **name != resource.id);
    let name = name.map_or(String::new(), |name| format!(" {dot} {name}"));
    page.plain(&format!("{} {}{name}", resource.kind, resource.id), Role::Default);
    let mut place = resource.region.to_string();
    if resource.account != page.cx.audit.account.id {
        place.push_str(&format!(" {dot} account {}", resource.account));
    }
    if let Some(days) = finding.dormant_days {
        place.push_str(&format!(" {dot} {days} days so"));
    }
    if let Some(at) = resource.created_at {
        place.push_str(&format!(" {dot} made {}", at.strftime("%Y-%m-%d")));
    }
    page.plain(&place, Role::Default);
    page.plain(
        &format!(
            "{} {dot} severity {} {dot} {} {dot} {}",
            finding.category,
            finding.severity,
            finding.certainty,
            closing(finding)
        ),
        Role::Dim,
    );
    if let Some(lock) = &finding.protected {
        page.say("Locked", &format!("L {}; in no total", lock.label()), Role::Warn);
    }
    for lock in resource.protections.iter().filter(|lock| Some(*lock) != finding.protected.as_ref()) {
        page.say("Locked", &lock.label(), Role::Warn);
    }
    if let Some(owner) = &finding.managed_by {
        let text = format!("M managed by {}: act there, not here; in no total ({})", owner.label(), owner.evidence);
        page.say("Owner", &text, Role::Warn);
    }
    if let Some(ignored) = &finding.ignored {
        page.say("Aside", &format!("I {}; in no total", ignored.label()), Role::Warn);
    }
    if let Some(over) = &finding.ignore_expired {
        page.say("Back", &format!("was {}", over.label()), Role::Warn);
    }
    if let Some(told) = seen_since(finding) {
        page.say("Seen", &told, Role::Default);
    }
}

/// Since when earlier audits saw it. `None` without history.
fn seen_since(finding: &Finding) -> Option<String> {
    match (finding.first_seen, finding.seen_in?) {
        (Some(since), audits) => Some(format!("since {}, in {audits} audits", since.strftime("%Y-%m-%d"))),
        (None, _) => Some("new: no earlier audit saw it".to_owned()),
    }
}

fn score(page: &mut Page<'_>, finding: &Finding) {
    let parts = finding.score_parts.iter().map(|part| format!("{} {}/{}", part.name, part.points, part.of));
    let parts = parts.collect::<Vec<_>>().join(" + ");
    let sum = if parts.is_empty() { String::new() } else { format!(" = {parts}") };
    page.say("Score", &format!("{}{sum}", finding.score), Role::Default);
}

fn cost(page: &mut Page<'_>, finding: &Finding) {
    if finding.resource.kind == Kind::QUOTA {
        return page.say("Cost", "none: a quota costs nothing", Role::Default);
    }
    let Some(cost) = finding.cost() else {
        let text = match finding.monthly_usd {
            Some(amount) => format!("saves {}/mo", amount.pretty()),
            None => "not priced: no price list knows it. That is not zero.".to_owned(),
        };
        let role = if finding.monthly_usd.is_some() { Role::Money } else { Role::Unknown };
        return page.say("Cost", &text, role);
    };
    for (i, part) in cost.parts.iter().enumerate() {
        let plus = if i == 0 { "" } else { "+ " };
        page.say(if i == 0 { "Cost" } else { "" }, &format!("{plus}{}", part.arithmetic()), Role::Default);
    }
    let bound = match (cost.upper_bound, cost.unpriced.is_empty()) {
        (true, true) => "at most ",
        (false, false) => "at least ",
        (true, false) => "about ",
        (false, true) => "",
    };
    let heading = if cost.parts.is_empty() { "Cost" } else { "" };
    page.say(heading, &format!("= {bound}{}/mo estimated", cost.monthly_usd.pretty()), Role::Money);
    if !cost.unpriced.is_empty() {
        page.say("", &format!("no price known for: {}", cost.unpriced.join(", ")), Role::Unknown);
    }
    match finding.monthly_usd {
        Some(saving) if saving != cost.monthly_usd => {
            page.say("Saves", &format!("{}/mo", saving.pretty()), Role::Money)
        }
        None => page.say("Saves", "not known", Role::Unknown),
        Some(_) => {}
    }
    if let Some(rule) = &finding.counted_under {
        page.say("", &format!("counted under rule {rule}"), Role::Dim);
    }
    let mut sources: Vec<String> = cost.parts.iter().map(|part| part.source.label()).collect();
    sources.extend(finding.price_source.clone().filter(|_| cost.parts.is_empty()));
    sources.dedup();
    for source in sources {
        page.say("", &source, Role::Dim);
    }
}

fn proof(page: &mut Page<'_>, finding: &Finding, graph: bool) {
    for (i, evidence) in finding.evidence.iter().enumerate() {
        page.say(if i == 0 { "Proof" } else { "" }, &evidence.line(), Role::Default);
        if let Evidence::Measured { reading, .. } = evidence {
            draw_reading(page, reading, graph);
        }
    }
}

/// A sparkline of the days, or a graph where there is room. A day without data is a gap in either.
fn draw_reading(page: &mut Page<'_>, reading: &MetricReading, graph: bool) {
    let room = page.width.saturating_sub(HEADING);
    let days = &reading.daily[reading.daily.len().saturating_sub(room)..];
    let largest = days.iter().flatten().copied().fold(0.0, f64::max);
    if days.is_empty() {
        return;
    }
    let glyphs = &page.cx.look.glyphs;
    let blank = " ".repeat(HEADING);
    // AWS names its percentages so. Little of a hundred must not look like much.
    let is_share = reading.metric.ends_with("Utilization");
    let full = if is_share { largest.max(100.0) } else { largest };
    let scale = if is_share { "full height is 100 %".to_owned() } else { format!("the highest is {largest:.1}") };
    if !graph || largest <= 0.0 {
        let scale = if largest > 0.0 { format!("  {scale}") } else { String::new() };
        let line = vec![
            page.cx.span(format!("{blank}{}", glyphs.sparkline(days, full)), Role::Bar),
            page.cx.span(truncate(&scale, room.saturating_sub(days.len())), Role::Dim),
        ];
        page.lines.push(Line::from(line));
        return;
    }
    let wide = if days.len() * 2 <= room { 2 } else { 1 };
    for level in (0..GRAPH).rev() {
        let columns = days.iter().map(|day| {
            let height = day.map_or(0, |value| (value / full * GRAPH as f64).ceil() as usize);
            let sign = if height > level {
                glyphs.full
            } else if level == 0 && day.is_some() {
                glyphs.horizontal
            } else {
                " "
            };
            sign.repeat(wide)
        });
        let line = format!("{blank}{}", columns.collect::<String>());
        page.lines.push(page.cx.line(line, Role::Bar));
    }
    let text = format!("{blank}{} a day, {scale}", if wide == 2 { "two columns" } else { "one column" });
    page.lines.push(page.cx.line(truncate(&text, page.width), Role::Dim));
}

/// What it depends on, and what depends on it, as far as the listing goes.
fn ties(page: &mut Page<'_>, finding: &Finding) {
    if finding.resource.kind == Kind::QUOTA {
        return;
    }
    let audit = page.cx.audit;
    let resource = &finding.resource;
    let ties = resource.refs.iter().filter(|tie| tie.role != Tie::OneOf);
    for (i, tie) in ties.enumerate() {
        let known = audit.kinds.iter().find_map(|kind| audit.lookup(kind, &resource.region, &tie.id));
        let name = known.and_then(|other| other.name.as_ref()).map_or(String::new(), |name| format!(" ({name})"));
        let text = format!("{} {}{name}", word(tie.role), short(&tie.id));
        page.say(if i == 0 { "Ties" } else { "" }, &text, Role::Default);
    }
    if resource.refs.is_empty() && !finding.refs.is_empty() {
        page.say("Ties", &finding.refs.iter().map(|id| short(id)).collect::<Vec<_>>().join(", "), Role::Default);
    }
    if audit.resource_count() == 0 {
        return page.say("Needed", "not known: this audit holds no inventory", Role::Unknown);
    }
    let users: Vec<&Resource> =
        audit.kinds.iter().flat_map(|kind| audit.users(kind, &resource.region, &resource.id)).collect();
    for (i, user) in users.iter().take(5).enumerate() {
        let name = user.name.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        page.say(if i == 0 { "Needed" } else { "" }, &format!("by {} {}{name}", user.kind, user.id), Role::Default);
    }
    if users.len() > 5 {
        page.say("", &format!("and {} more", users.len() - 5), Role::Default);
    }
    if users.is_empty() {
        let unread = page.cx.digest.cells.wanted - page.cx.digest.cells.seen.min(page.cx.digest.cells.wanted);
        let seen = if unread == 0 { String::new() } else { format!("; {unread} cells were not read to the end") };
        page.say("Needed", &format!("by nothing found{seen}"), Role::Default);
    }
}

fn word(tie: Tie) -> &'static str {
    match tie {
        Tie::AttachedTo => "attached to",
        Tie::Inside => "inside",
        Tie::Needs => "needs",
        Tie::Uses => "uses",
        Tie::OneOf => "one of",
        Tie::MadeFrom => "made from",
    }
}

/// The end of an ARN; short ids stay as they are.
fn short(id: &str) -> &str {
    if id.starts_with("arn:") { id.splitn(6, ':').nth(5).unwrap_or(id) } else { id }
}

fn remedy(page: &mut Page<'_>, finding: &Finding) {
    page.say("Do", &finding.remedy.replace('-', " "), Role::Default);
    if let Some(text) = undo(&finding.remedy) {
        page.say("", &format!("reversible: {text}"), Role::Dim);
    }
    if let Some(command) = &finding.command {
        if let Some(first) = left_to_do(&finding.remedy, command) {
            page.say("", &format!("{first} first, and only then:"), Role::Warn);
        }
        page.command("CLI", command);
        page.say("", "for reading: this program never runs it", Role::Dim);
    }
    if let Some(url) = console::url(&finding.resource) {
        page.say("Open", &url, Role::Default);
    }
    for (i, doc) in finding.docs.iter().enumerate() {
        page.say(if i == 0 { "Docs" } else { "" }, doc, Role::Default);
    }
    page.say("Rule", &finding.rule, Role::Dim);
}

/// Whether a remedy can be taken back, for remedies of which that is known.
fn undo(remedy: &str) -> Option<&'static str> {
    match remedy {
        "snapshot-then-delete" | "final-snapshot-then-delete" => Some("from the snapshot, under a new id"),
        "delete" | "detach-then-delete" | "empty-then-delete" | "terminate" | "abort" => Some("no"),
        "release" => Some("no, the address goes back to AWS"),
        "set-retention" => Some("no, what is older is deleted"),
        "stop" => Some("yes, start it again"),
        _ => None,
    }
}

fn facts(page: &mut Page<'_>, resource: &Resource) {
    let tags: Vec<String> = resource.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if !tags.is_empty() {
        page.say("Tags", &tags.join(", "), Role::Default);
    }
    let facts: Vec<String> = resource
        .facts
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={value}"),
        })
        .collect();
    if !facts.is_empty() {
        page.say("Facts", &facts.join(", "), Role::Dim);
    }
    page.say("ARN", resource.arn.as_str(), Role::Dim);
}

/// Two lines for a screen that has no room for more.
pub fn strip(cx: &Screen<'_>, finding: &Finding, width: usize) -> Vec<Line<'static>> {
    let dot = format!(" {} ", cx.look.glyphs.dot);
    let mut first = vec![finding.resource.region.to_string()];
    first.extend(finding.dormant_days.map(|days| format!("{days} d")));
    match finding.cost().and_then(|cost| cost.parts.first()) {
        Some(part) => first.push(part.arithmetic()),
        None if finding.monthly_usd.is_none() => first.push("not priced".to_owned()),
        None => {}
    }
    first.extend(finding.evidence.first().map(Evidence::line));
    let mut second = Vec::new();
    second.extend(finding.protected.as_ref().map(|lock| format!("L {}", lock.label())));
    second.extend(finding.managed_by.as_ref().map(|owner| format!("M by {}", owner.label())));
    second.extend(finding.ignored.as_ref().map(|ignored| format!("I {}", ignored.label())));
    second.push(finding.remedy.replace('-', " "));
    second.extend(undo(&finding.remedy).map(|text| format!("reversible: {text}")));
    second.extend(
        finding
            .resource
            .refs
            .iter()
            .find(|tie| tie.role != Tie::OneOf)
            .map(|tie| format!("{} {}", word(tie.role), short(&tie.id))),
    );
    let line = |parts: Vec<String>| Line::from(format!(" {}", cx.text(&parts.join(&dot), width)));
    vec![line(first), line(second)]
}
