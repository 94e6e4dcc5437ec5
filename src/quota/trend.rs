//! Where the use of a quota is going, from its history: a line where the data carry one, silence where they do not.
//!
//! A wrong date is worse than none, so each way in which a history is no straight line is looked for first:
//!
//! - a hole longer than half of the history: only what comes after it counts
//! - a fall by more than half that stays, such as a cleanup: only what comes after it counts; where it was cleared again
//!   and again, and the present stretch is not half as long again as those before, nothing follows from it
//! - one step between two levels: what grew once need not grow again
//! - a bend, such as growth that has come to rest: only the later part counts
//! - scatter in which growth and decline are both possible: level where that is little against the limit, else silence
//!
//! What is left is a line by the median of slopes ([`line`]), which up to a quarter of wild figures do not turn. Growth
//! that speeds up is straight in its last part at best: its day comes earlier than the range says.

mod line;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::{DaysAhead, Trend, TrendSource};
use line::{Day, Line};

/// Days with a figure that a trend takes at least: two weeks, so that each weekday is there twice.
const LEAST_FIGURES: usize = 14;

/// Days from the first to the last of them that a trend takes at least: four weeks, so that one week is not the trend.
const LEAST_DAYS: i64 = 28;

/// Days after which the newest figure tells nothing of today.
const STALE: i64 = 7;

/// Days ahead beyond which nothing is foretold: quotas and their use change too much in two years.
const FARTHEST: f64 = 730.0;

/// Share of the limit by which a use may scatter, move in four weeks at most, or have moved in all, and be called level.
const LEVEL_WITHIN: f64 = 0.1;

/// Share of its own level by which a use may scatter and still have a trend.
const TREND_WITHIN: f64 = 0.5;

const DAY: i64 = 86_400;

/// The use of a quota over time, with what a forecast is made for.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// Figures in any order; of a day the highest counts.
    pub points: &'a [(Timestamp, f64)],
    /// Where they come from.
    pub source: TrendSource,
    /// The quota's value.
    pub limit: f64,
    /// What is used now. The forecast starts from it; without it from the line.
    pub usage: Option<f64>,
    /// The present. Figures after it do not count.
    pub now: Timestamp,
}

/// The trend of a history.
///
/// Errors with the reason for silence, a phrase for people such as "9 days of history, 14 are needed".
pub fn trend(history: &History<'_>) -> Result<Trend, String> {
    let days = daily(history.points, history.now);
    let today = day(history.now);
    let newest = days.last().map(|(day, _)| today - day).ok_or("no history")?;
    if newest > STALE {
        return Err(format!("the newest figure is {newest} days old"));
    }
    enough(&days, String::new)?;
    let recent = shape::after_hole(&days);
    enough(recent, || format!(" since a hole until {}", date(first(recent))))?;
    let recent = after_resets(recent)?;
    stepless(recent)?;
    let (straight, line) = shape::after_bend(recent, |some| enough(some, String::new).is_ok())
        .ok_or("its figures are too large to reckon with")?;
    if straight.len() < recent.len() {
        stepless(straight)?;
    }
    judge(history, straight, &line, today)
}

/// The highest figure of each day, oldest first. What is no number is left out.
fn daily(points: &[(Timestamp, f64)], now: Timestamp) -> Vec<Day> {
    let mut days: BTreeMap<i64, f64> = BTreeMap::new();
    for (at, value) in points.iter().filter(|(at, value)| value.is_finite() && *at <= now) {
        days.entry(day(*at)).and_modify(|most| *most = most.max(*value)).or_insert(*value);
    }
    days.into_iter().collect()
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY)
}

/// A day as people write it, in UTC.
fn date(day: i64) -> String {
    let midnight = Timestamp::from_second(day.saturating_mul(DAY)).unwrap_or_default();
    midnight.to_zoned(TimeZone::UTC).date().to_string()
}

fn first(days: &[Day]) -> i64 {
    days.first().map_or(0, |(day, _)| *day)
}

/// Days from the first to the last, both counted.
fn span(days: &[Day]) -> i64 {
    days.last().map_or(0, |(last, _)| last - first(days) + 1)
}

/// Whether there are enough days for a trend; `since` says in what time they were looked for.
fn enough(days: &[Day], since: impl Fn() -> String) -> Result<(), String> {
    let (figures, over) = (days.len(), span(days));
    let word = |count: usize| if count == 1 { "day" } else { "days" };
    if figures < LEAST_FIGURES {
        return Err(format!("{figures} {} of history{}, {LEAST_FIGURES} are needed", word(figures), since()));
    }
    if over < LEAST_DAYS {
        return Err(format!("history of {over} days{}, {LEAST_DAYS} are needed", since()));
    }
    Ok(())
}

/// What comes after the last time it was cleared.
fn after_resets(days: &[Day]) -> Result<&[Day], String> {
    let resets = shape::resets(days);
    let Some(last) = resets.last() else { return Ok(days) };
    let rest = &days[*last..];
    // From one reset to the next. The stretch before the first is left out: nobody knows when it began.
    let longest = resets.windows(2).map(|pair| days[pair[1]].0 - days[pair[0]].0).max();
    if let Some(longest) = longest.filter(|longest| span(rest) * 2 <= longest * 3) {
        let times = resets.len();
        return Err(format!("it was cleared {times} times, after {longest} days at most"));
    }
    enough(rest, || format!(" since it fell by more than half on {}", date(first(rest))))?;
    Ok(rest)
}

fn stepless(days: &[Day]) -> Result<(), String> {
    shape::step(days).map_or(Ok(()), |step| {
        let way = if step.height > 0.0 { "rose" } else { "fell" };
        Err(format!("it {way} in one step on {}", date(step.day)))
    })
}

/// What a line says of a quota.
fn judge(history: &History<'_>, days: &[Day], line: &Line, today: i64) -> Result<Trend, String> {
    let level = line.at(today);
    let trend = Trend {
        per_week: 0.0,
        days_with_data: u32::try_from(days.len()).unwrap_or(u32::MAX),
        days: u32::try_from(span(days)).unwrap_or(u32::MAX),
        source: history.source,
        to_80_percent: None,
        to_exhaustion: None,
    };
    if !line.is_sure {
        let little = LEVEL_WITHIN * if history.limit > 0.0 { history.limit } else { level.abs() };
        let four_weeks = line.between.1.max(-line.between.0) * LEAST_DAYS as f64;
        let whole = line.slope.abs() * span(days) as f64;
        let is_level = line.scatter.max(four_weeks).max(whole) <= little;
        return if is_level { Ok(trend) } else { Err("too much scatter to tell growth from none".to_owned()) };
    }
    if line.scatter > TREND_WITHIN * level.abs() {
        return Err("too much scatter for its level".to_owned());
    }
    let start = start(history, days, level).ok_or("it has just fallen far below its trend")?;
    let ahead = |share: f64| ahead(share * history.limit - start, line).filter(|_| history.limit > 0.0);
    Ok(Trend { per_week: line.slope * 7.0, to_80_percent: ahead(0.8), to_exhaustion: ahead(1.0), ..trend })
}

/// Where a forecast starts: from what is used now. Where that is less than half of the line's level it is a usual low,
/// such as a weekend, and the line is what counts; or, lower than all of two weeks, a fall of which nobody knows yet
/// whether it stays: `None`.
fn start(history: &History<'_>, days: &[Day], level: f64) -> Option<f64> {
    if history.usage.is_none_or(|usage| usage >= level / 2.0) {
        return Some(history.usage.unwrap_or(level));
    }
    let today = day(history.now);
    let mut before = days.iter().filter(|(day, _)| (4..=14).contains(&(today - day)));
    before.any(|(_, value)| *value < level / 2.0).then_some(level)
}

/// Days until a line has climbed so far. `None` where that is past, not ahead with any slope of the interval, or
/// farther than anybody can see.
fn ahead(climb: f64, line: &Line) -> Option<DaysAhead> {
    let (flattest, steepest) = line.between;
    let is_ahead = climb > 0.0 && flattest > 0.0 && climb / line.slope <= FARTHEST;
    // Tenths of a day: more digits would only pretend.
    let after = |slope: f64| (climb / slope * 10.0).round() / 10.0;
    is_ahead
        .then(|| DaysAhead { likely: after(line.slope), earliest: after(steepest), latest: after(flattest) })
        .filter(|days| days.latest.is_finite())
}
