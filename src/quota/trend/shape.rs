//! What a history is made of before it is one line: holes, resets, steps and bends.

use super::line::{Day, Line, fit, median};

/// Figures looked at on each side of a day. A week of days holds each weekday once, so that weekends are no resets.
const WEEK: usize = 7;

/// Figures after a drop that show that it stays: more than half of a week, and longer than a long weekend.
const STAYS: usize = 4;

/// How much better two levels have to fit than a line to be called a step. Two levels have a free choice of the day
/// between them, which wins a little on any noise. In trials with noise of a fifth of the whole rise 1 % of straight growth
/// was taken for a step, and 90 % of steps were.
const STEP_FITS: f64 = 0.7;

/// How many times as far apart as the median noise on them two levels have to be.
const TALL: f64 = 2.5;

/// Share of all climbing that has to fall into the two weeks around a step. A month of growth that then came to rest has
/// less.
const STEEP: f64 = 0.6;

/// How much better its own line has to fit the later half than the line of the whole. Growth by a few large steps has
/// later halves with none in them, which are no bends: there the line of the whole fits better.
const BEND_FITS: f64 = 0.8;

/// The same where the intervals of the two slopes overlap.
const BEND_SURELY: f64 = 0.5;

/// What comes after the last hole longer than half of the whole span: before it was another time.
pub(super) fn after_hole(days: &[Day]) -> &[Day] {
    let mut rest = days;
    while let [first, .., last] = rest {
        let half = (last.0 - first.0) / 2;
        let Some(hole) = rest.windows(2).rposition(|pair| pair[1].0 - pair[0].0 - 1 > half) else { break };
        rest = &rest[hole + 1..];
    }
    rest
}

/// Places of the days on which the level fell by more than half and stayed there, in order.
///
/// Level is the median of a week, so that neither a bad day nor a weekend is a drop. Near a drop each day has a high week
/// before it and a low one behind; of those the one with the deepest fall is taken.
pub(super) fn resets(days: &[Day]) -> Vec<usize> {
    let level = |some: &[Day]| median(&mut some.iter().map(|(_, value)| *value).collect::<Vec<_>>());
    let falls = |at: &usize| {
        let before = level(&days[at.saturating_sub(WEEK)..*at]);
        let after = level(&days[*at..(*at + WEEK).min(days.len())]);
        before.zip(after).is_some_and(|(before, after)| before > 0.0 && after < before / 2.0)
    };
    let last = (days.len() + 1).saturating_sub(STAYS);
    let candidates: Vec<usize> = (STAYS..last).filter(falls).collect();
    let depth = |at: &usize| days[at - 1].1 - days[*at].1;
    candidates
        .chunk_by(|a, b| b - a == 1)
        .filter_map(|run| run.iter().copied().max_by(|a, b| depth(a).total_cmp(&depth(b)).then(b.cmp(a))))
        .collect()
}

/// One jump between two stretches that keep their level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// The first day of the new level.
    pub day: i64,
    /// By how much it is higher; below zero for a fall.
    pub height: f64,
}

/// The step that explains a history better than any line: two levels come closer to the figures, and half of the
/// height or more was climbed within a week of the day between them. `None` where growth is more than one step.
///
/// Looked for in medians of a week around each day, which keep a step as it is and lose weekends, outliers and most
/// noise.
pub(super) fn step(days: &[Day]) -> Option<Step> {
    let smooth = smoothed(days);
    let line = fit(&smooth)?;
    let beside_line: f64 = smooth.iter().map(|(day, value)| (value - line.at(*day)).abs()).sum();
    let (at, beside_levels, height) = (STAYS..smooth.len().saturating_sub(STAYS - 1))
        .filter_map(|at| {
            let (before, below) = beside_level(&smooth[..at])?;
            let (after, above) = beside_level(&smooth[at..])?;
            Some((at, below + above, after - before))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))?;
    let line_fits_worse = beside_levels < STEP_FITS * beside_line;
    let is_step = line_fits_worse && is_tall(&days[..at], &days[at..], height) && is_steep(&smooth, at);
    is_step.then_some(Step { day: smooth[at].0, height })
}

/// Whether two levels are farther apart than the noise on them reaches.
fn is_tall(before: &[Day], after: &[Day], height: f64) -> bool {
    let noise = |days: &[Day]| {
        let (level, _) = beside_level(days)?;
        median(&mut days.iter().map(|(_, value)| (value - level).abs()).collect::<Vec<_>>())
    };
    let reach = noise(before).zip(noise(after)).map(|(before, after)| TALL * before.max(after));
    reach.is_some_and(|reach| height != 0.0 && height.abs() >= reach)
}

/// Whether most of all that the figures range over was climbed within a week before and after the day. The range leaves
/// out a twentieth at either end, where noise is.
fn is_steep(smooth: &[Day], at: usize) -> bool {
    let (day, week) = (smooth[at].0, WEEK as i64);
    let before = smooth[..at].iter().rev().find(|(other, _)| *other <= day - week).or(smooth.first());
    let after = smooth[at..].iter().find(|(other, _)| *other >= day + week).or(smooth.last());
    let climbed = before.zip(after).map_or(0.0, |(before, after)| (after.1 - before.1).abs());
    let mut values: Vec<f64> = smooth.iter().map(|(_, value)| *value).collect();
    values.sort_by(f64::total_cmp);
    let edge = values.len() / 20;
    climbed >= STEEP * (values[values.len() - 1 - edge] - values[edge])
}

/// A stretch's level, and how far its figures lie from it, added up.
fn beside_level(days: &[Day]) -> Option<(f64, f64)> {
    let level = median(&mut days.iter().map(|(_, value)| *value).collect::<Vec<_>>())?;
    Some((level, days.iter().map(|(_, value)| (value - level).abs()).sum()))
}

/// Each day with the median of the week around it.
fn smoothed(days: &[Day]) -> Vec<Day> {
    let half = (WEEK / 2) as i64;
    let around = |day: i64| {
        let from = days.partition_point(|(other, _)| *other < day - half);
        let to = days.partition_point(|(other, _)| *other <= day + half);
        median(&mut days[from..to].iter().map(|(_, value)| *value).collect::<Vec<_>>())
    };
    days.iter().filter_map(|(day, _)| Some((*day, around(*day)?))).collect()
}

/// What comes after the last bend, with its line: as long as the later half has a line of its own that the whole one does
/// not do justice, only that half counts. `is_enough` says whether a stretch may stand alone.
pub(super) fn after_bend(days: &[Day], is_enough: impl Fn(&[Day]) -> bool) -> Option<(&[Day], Line)> {
    let mut rest = days;
    let mut line = fit(rest)?;
    loop {
        let middle = rest[0].0 + (rest[rest.len() - 1].0 - rest[0].0) / 2;
        let half = &rest[rest.partition_point(|(day, _)| *day < middle)..];
        if half.len() == rest.len() || !is_enough(half) {
            return Some((rest, line));
        }
        let later = fit(half)?;
        if !bends(half, &line, &later) {
            return Some((rest, line));
        }
        (rest, line) = (half, later);
    }
}

fn bends(half: &[Day], whole: &Line, later: &Line) -> bool {
    let smooth = smoothed(half);
    let beside = |line: &Line| smooth.iter().map(|(day, value)| (value - line.at(*day)).abs()).sum::<f64>();
    let gain = beside(later) / beside(whole);
    let disagree = later.between.0 > whole.between.1 || later.between.1 < whole.between.0;
    gain < if disagree { BEND_FITS } else { BEND_SURELY }
}
