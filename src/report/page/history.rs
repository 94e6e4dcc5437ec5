use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::head::minute;
use super::{Cells, Column, Grid, Page, Section, count};
use crate::audit::life::Life;
use crate::audit::past::Head;
use crate::model::Usd;
use crate::report::document::Tool;

/// Audits that a table lists one by one; weeks tell of the others.
const LISTED: usize = 30;

/// Signs of the longest bar.
const BAR: usize = 20;

const WEEKS: &[Column] = &[
    Column::new("week of", Cells::Word),
    Column::new("audits", Cells::Figure),
    Column::new("$/mo", Cells::Figure),
    Column::new("change", Cells::Figure),
    Column::new("gaps", Cells::Figure),
    Column::new("waste", Cells::Word),
];

const AUDITS: &[Column] = &[
    Column::new("audit", Cells::Word),
    Column::new("$/mo", Cells::Figure),
    Column::new("findings", Cells::Figure),
    Column::new("gaps", Cells::Figure),
    Column::new("score", Cells::Figure),
    Column::new("bill", Cells::Figure),
    Column::new("note", Cells::Prose),
];

const TURNS: &[Column] = &[Column::new("audit", Cells::Word), Column::new("what became of it", Cells::Prose)];

/// The pages of the audits of one or several accounts, oldest audit first as they come.
pub(in crate::report) fn pages(audits: &[Head]) -> Vec<Page> {
    let mut accounts: Vec<&str> = audits.iter().map(|head| head.account.as_str()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let of = |account: &str| audits.iter().filter(|head| head.account == account).collect::<Vec<_>>();
    accounts.into_iter().map(|account| page(&of(account))).collect()
}

fn page(audits: &[&Head]) -> Page {
    let Tool { name, version } = Tool::this();
    let last = audits.last();
    let account = last.map(|head| match &head.alias {
        Some(alias) => format!("{alias} ({})", head.account),
        None => head.account.clone(),
    });
    let mut head = vec![("Audits", audits.len().to_string())];
    if let (Some(first), Some(last)) = (audits.first(), last) {
        head.push(("From", minute(first.started_at)));
        head.push(("To", minute(last.started_at)));
        let (old, new) = (first.waste_usd, last.waste_usd);
        head.push(("Waste", format!("{} → {} a month", old.pretty(), new.pretty())));
    }
    Page {
        title: format!("{name} {version}: history of {}", account.unwrap_or_default()),
        head,
        sections: vec![weeks(audits), listed(audits)],
    }
}

/// Waste by week: that of the last audit of each that came to its end.
fn weeks(audits: &[&Head]) -> Section {
    let mut weeks: Vec<(Date, usize, &Head)> = Vec::new();
    for head in audits {
        let monday = monday(head.started_at);
        match weeks.last_mut() {
            Some((week, count, last)) if *week == monday => {
                *count += 1;
                if !head.interrupted || last.interrupted {
                    *last = head;
                }
            }
            _ => weeks.push((monday, 1, head)),
        }
    }
    let most = weeks.iter().map(|(.., head)| head.waste_usd).max().unwrap_or(Usd::ZERO);
    let mut before = None;
    let rows = weeks.iter().map(|(monday, count, head)| {
        let change = before.map_or(String::new(), |before| {
            let usd = head.waste_usd - before;
            if usd > Usd::ZERO { format!("+{usd}") } else { usd.to_string() }
        });
        before = Some(head.waste_usd);
        vec![
            monday.to_string(),
            count.to_string(),
            head.waste_usd.to_string(),
            change,
            head.gaps.to_string(),
            bar(head.waste_usd, most),
        ]
    });
    Section {
        grid: Some(Grid { columns: WEEKS, rows: rows.collect() }),
        tail: vec!["Each week is told by its last audit; what its gaps hide is in no figure.".to_owned()],
        ..Section::new("Waste by week")
    }
}

fn monday(at: Timestamp) -> Date {
    let day = at.to_zoned(TimeZone::UTC).date();
    let since = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(jiff::Span::new().days(since)).unwrap_or(day)
}

/// As many signs as the amount is of the greatest one, at least one for any amount at all.
fn bar(usd: Usd, most: Usd) -> String {
    if usd <= Usd::ZERO || most <= Usd::ZERO {
        return String::new();
    }
    let length = (usd.micros() as f64 / most.micros() as f64 * BAR as f64).round() as usize;
    "#".repeat(length.clamp(1, BAR))
}

fn listed(audits: &[&Head]) -> Section {
    let rows = audits.iter().rev().take(LISTED).map(|head| {
        vec![
            minute(head.started_at),
            head.waste_usd.to_string(),
            head.findings.to_string(),
            head.gaps.to_string(),
            head.score.map_or("—".to_owned(), |score| score.to_string()),
            head.bill_usd.map_or("—".to_owned(), |usd| usd.to_string()),
            if head.interrupted { "stopped before its end".to_owned() } else { String::new() },
        ]
    });
    let more = audits.len().saturating_sub(LISTED);
    let tail = match more {
        0 => Vec::new(),
        more => vec![format!("{} before that; --format json lists them all.", count(more, "audit"))],
    };
    Section { grid: Some(Grid { columns: AUDITS, rows: rows.collect() }), tail, ..Section::new("Audits") }
}

/// The page of the lives of some findings.
pub(in crate::report) fn lives(lives: &[Life]) -> Page {
    let Tool { name, version } = Tool::this();
    Page {
        title: format!("{name} {version}: history of {}", count(lives.len(), "finding")),
        head: Vec::new(),
        sections: lives.iter().map(life).collect(),
    }
}

fn life(life: &Life) -> Section {
    let seen = &life.finding;
    let money = seen.look.monthly_usd.map_or("no known price".to_owned(), |usd| format!("{} a month", usd.pretty()));
    let mut lead = vec![
        format!("{} {}: {} ({}, {})", seen.id, seen.label, seen.title, seen.kind, seen.region),
        format!("{}; {money} when seen last, {}.", seen.resource, seen.look.state.word()),
        format!(
            "Seen in {} of {}, first {}, last {}.",
            life.seen_in,
            count(usize::try_from(life.audits).unwrap_or(usize::MAX), "audit"),
            minute(life.first_seen),
            minute(life.last_seen)
        ),
        so_since(life),
    ];
    if life.out_of_sight > 0 {
        let blind = count(usize::try_from(life.out_of_sight).unwrap_or(usize::MAX), "audit");
        lead.push(format!("{blind} since then could not have seen it."));
    }
    let row = |turn: &crate::audit::life::Turn| vec![minute(turn.at), turn.what.words().to_owned()];
    let grid = Grid { columns: TURNS, rows: life.turns.iter().map(row).collect() };
    Section { lead, grid: Some(grid), ..Section::new("Finding") }
}

/// How long it has been as the finding says: what AWS itself tells of no volume.
fn so_since(life: &Life) -> String {
    let Some(since) = life.so_since else { return "It is gone.".to_owned() };
    let days = (life.last_seen.as_second() - since.as_second()) / 86_400;
    let span = match days {
        0 => String::new(),
        1 => ", 1 day up to the last audit that saw it".to_owned(),
        days => format!(", {days} days up to the last audit that saw it"),
    };
    match life.not_yet_at {
        Some(not_yet) => {
            format!("So at least since {}{span}; it was not so yet at {}.", minute(since), minute(not_yet))
        }
        None => format!("So at least since {}{span}; no audit is older, it may have been so before.", minute(since)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_empty_for_money_nor_longer_than_the_longest() {
        let usd = Usd::from_dollars;
        assert_eq!(bar(usd(0.01), usd(1000.0)), "#");
        assert_eq!(bar(usd(1000.0), usd(1000.0)).len(), BAR);
        assert_eq!((bar(Usd::ZERO, usd(1.0)), bar(Usd::ZERO, Usd::ZERO)), (String::new(), String::new()));
    }

    #[test]
    fn weeks_begin_on_monday() {
        let monday_of = |text: &str| monday(text.parse().expect("a time")).to_string();
        assert_eq!(monday_of("2026-11-22T23:59:59Z"), "2026-11-16");
        assert_eq!(monday_of("2026-11-23T00:00:00Z"), "2026-11-23");
    }
}
