use proptest::prelude::*;

use super::line::{fit, median};
use super::*;

fn now() -> Timestamp {
    "2026-11-23T10:17:31Z".parse().expect("a literal time")
}

/// Figures of the days up to today, oldest first; not a number where a day has none.
fn days_up_to_now(figures: impl IntoIterator<Item = f64>) -> Vec<(Timestamp, f64)> {
    let figures: Vec<f64> = figures.into_iter().collect();
    let ago = |index: usize| (figures.len() - 1 - index) as i64 * DAY;
    let at = |index| Timestamp::from_second(now().as_second() - ago(index)).expect("a time in this century");
    figures.iter().enumerate().map(|(index, figure)| (at(index), *figure)).collect()
}

fn of_points(points: &[(Timestamp, f64)], limit: f64) -> Result<Trend, String> {
    trend(&History { points, source: TrendSource::Metric, limit, usage: None, now: now() })
}

fn of(figures: impl IntoIterator<Item = f64>) -> Result<Trend, String> {
    of_points(&days_up_to_now(figures), 100.0)
}

/// A repeatable noise of -1 to 1 that likes no day better than another.
fn noise(day: usize) -> f64 {
    let mixed = (day as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed >> 40) as f64 / (1_u64 << 23) as f64 - 1.0
}

fn is_flat(found: &Result<Trend, String>) -> bool {
    found.as_ref().is_ok_and(|trend| trend.per_week == 0.0 && trend.to_exhaustion.is_none())
}

#[test]
fn straight_growth_has_its_day_with_a_range() {
    let trend = of((0..60).map(|day| 20.0 + day as f64 / 2.0 + noise(day))).expect("a line");
    assert!((trend.per_week - 3.5).abs() < 0.2, "{trend:?}");
    let full = trend.to_exhaustion.expect("it leads there");
    // It stands at 49.5 and has 50.5 to go, half of one a day.
    assert!((full.likely - 101.0).abs() < 8.0, "{full:?}");
    assert!(full.earliest < full.likely && full.likely < full.latest && full.latest < 130.0, "{full:?}");
    let near = trend.to_80_percent.expect("it leads there");
    assert!((near.likely - 61.0).abs() < 5.0, "{near:?}");
    assert_eq!((trend.days_with_data, trend.days), (60, 60));
}

#[test]
fn what_is_past_or_far_has_no_day() {
    let over_80 = of((0..60).map(|day| 31.0 + day as f64)).expect("a line");
    assert_eq!(over_80.to_80_percent, None);
    assert_eq!(over_80.to_exhaustion.map(|days| days.likely), Some(10.0));
    let full = of((0..60).map(|day| 60.0 + day as f64)).expect("a line");
    assert!(full.per_week > 0.0 && full.to_exhaustion.is_none());
    let slow = of((0..60).map(|day| 20.0 + day as f64 / 100.0)).expect("a line");
    assert!(slow.per_week > 0.0 && slow.to_80_percent.is_none() && slow.to_exhaustion.is_none());
    let shrinking = of((0..60).map(|day| 90.0 - day as f64 / 2.0)).expect("a line");
    assert!((shrinking.per_week + 3.5).abs() < 1e-9 && shrinking.to_exhaustion.is_none());
    let no_limit = of_points(&days_up_to_now((0..60).map(f64::from)), 0.0).expect("a line");
    assert!(no_limit.per_week > 0.0 && no_limit.to_80_percent.is_none() && no_limit.to_exhaustion.is_none());
}

#[test]
fn a_forecast_starts_from_what_is_used_now() {
    let points = days_up_to_now((0..60).map(|day| 20.0 + day as f64 / 2.0));
    let from = |usage| {
        trend(&History { points: &points, source: TrendSource::Metric, limit: 100.0, usage: Some(usage), now: now() })
    };
    let days = |usage| from(usage).map(|trend| trend.to_exhaustion.map(|days| days.likely));
    assert_eq!(days(60.0), Ok(Some(80.0)));
    assert_eq!(days(10.0), Err("it has just fallen far below its trend".to_owned()));
}

#[test]
fn little_or_old_history_is_silence() {
    assert_eq!(of([]), Err("no history".to_owned()));
    assert_eq!(of([f64::NAN, f64::INFINITY]), Err("no history".to_owned()));
    assert_eq!(of((0..9).map(f64::from)), Err("9 days of history, 14 are needed".to_owned()));
    assert_eq!(of((0..27).map(f64::from)), Err("history of 27 days, 28 are needed".to_owned()));
    let mut stopped: Vec<f64> = (0..40).map(f64::from).collect();
    stopped.extend([f64::NAN; 8]);
    assert_eq!(of(stopped), Err("the newest figure is 8 days old".to_owned()));
}

#[test]
fn a_level_is_flat() {
    assert!(is_flat(&of([60.0; 60])));
    assert!(is_flat(&of([0.0; 60])));
    assert!(is_flat(&of((0..120).map(|day| 60.0 + 3.0 * noise(day)))));
}

#[test]
fn one_step_is_no_trend_whatever_its_time() {
    for at in [8, 20, 60, 100, 112] {
        let up = of((0..120).map(|day| if day < at { 40.0 } else { 70.0 } + 2.0 * noise(day)));
        let on = date(day(now()) - 119 + at as i64);
        assert_eq!(up, Err(format!("it rose in one step on {on}")), "{at}");
        let down = of((0..120).map(|day| if day < at { 70.0 } else { 50.0 }));
        assert_eq!(down, Err(format!("it fell in one step on {on}")), "{at}");
    }
}

#[test]
fn many_small_steps_are_a_trend() {
    let trend = of((0..120).map(|day| (20 + day / 15 * 5) as f64)).expect("eight steps of five");
    assert!((trend.per_week - 7.0 / 3.0).abs() < 0.3, "{trend:?}");
    assert!(trend.to_exhaustion.is_some());
    // Three steps are too few to say when the next ones come, and yet no level.
    let few = of((0..120).map(|day| (40 + day / 30 * 10) as f64));
    assert_eq!(few, Err("too much scatter to tell growth from none".to_owned()));
}

#[test]
fn growth_that_came_to_rest_is_flat() {
    assert!(is_flat(&of((0..240).map(|day| 20.0 + day.min(120) as f64 / 3.0 + noise(day)))));
}

#[test]
fn after_a_reset_only_what_follows_counts() {
    let cleared =
        |at: usize| of((0..120).map(|day| if day < at { day as f64 } else { 10.0 + (day - at) as f64 / 4.0 }));
    let trend = cleared(80).expect("forty days since");
    assert!((trend.per_week - 1.75).abs() < 1e-9, "{trend:?}");
    assert_eq!((trend.days_with_data, trend.days), (40, 40));
    let fresh = cleared(110).expect_err("ten days since");
    let on = date(day(now()) - 9);
    assert_eq!(fresh, format!("10 days of history since it fell by more than half on {on}, 14 are needed"));
}

#[test]
fn a_bad_day_is_no_reset_and_no_reason_for_silence() {
    let bad = [30, 31, 58, 90];
    let found = of((0..120).map(|day| if bad.contains(&day) { 1.0 } else { 20.0 + day as f64 / 2.0 })).expect("a line");
    assert!((found.per_week - 3.5).abs() < 1e-9 && found.days == 120, "{found:?}");
}

#[test]
fn what_is_cleared_again_and_again_is_not_forecast() {
    for days in [100, 110, 119, 200, 365] {
        let saw = of((0..days).map(|day| 20.0 + 70.0 * (day % 30) as f64 / 30.0 + noise(day)));
        assert!(saw.as_ref().is_err_and(|why| why.starts_with("it was cleared")), "{days}: {saw:?}");
        // Teeth that do not fall by half: neither a reset nor a trend.
        let shallow = of((0..days).map(|day| 60.0 + 30.0 * (day % 30) as f64 / 30.0 + noise(day)));
        assert!(shallow.as_ref().map_or(true, |trend| trend.to_exhaustion.is_none()), "{days}: {shallow:?}");
    }
}

#[test]
fn missing_days_are_fine_and_a_long_hole_parts_the_times() {
    let every_third = of((0..120).map(|day| if day % 3 == 2 { 20.0 + day as f64 / 2.0 } else { f64::NAN }));
    let trend = every_third.expect("forty days with a figure");
    assert!((trend.per_week - 3.5).abs() < 1e-9 && (trend.days_with_data, trend.days) == (40, 118), "{trend:?}");
    let holed = |hole: std::ops::Range<usize>| {
        of((0..200).map(move |day| if hole.contains(&day) { f64::NAN } else { 20.0 + day as f64 / 4.0 }))
    };
    assert_eq!(holed(40..160).map(|trend| (trend.days_with_data, trend.days)), Ok((40, 40)));
    assert_eq!(holed(60..150).map(|trend| (trend.days_with_data, trend.days)), Ok((110, 200)));
    let on = date(day(now()) - 9);
    assert_eq!(holed(50..190), Err(format!("10 days of history since a hole until {on}, 14 are needed")));
}

#[test]
fn weekends_are_no_trend() {
    for length in [28, 31, 33, 60, 120, 455] {
        for start in 0..7 {
            let wave = of((0..length).map(|day| if (day + start) % 7 < 5 { 80.0 } else { 30.0 } + noise(day)));
            assert!(wave.as_ref().map_or(true, |trend| trend.to_exhaustion.is_none()), "{length} {start}: {wave:?}");
        }
    }
    let growing = of((0..120).map(|day| (if day % 7 < 5 { 1.0 } else { 0.3 }) * (30.0 + day as f64 / 3.0)));
    assert!(growing.is_ok_and(|trend| trend.to_exhaustion.is_some()), "growth shows through weekends");
}

#[test]
fn a_weekend_today_does_not_put_the_day_off() {
    let points = days_up_to_now((0..120).map(|day| (if day % 7 < 5 { 1.0 } else { 0.3 }) * (30.0 + day as f64 / 3.0)));
    let from = |usage| {
        let source = TrendSource::Metric;
        trend(&History { points: &points, source, limit: 100.0, usage, now: now() }).expect("growth").to_exhaustion
    };
    assert_eq!(from(Some(0.3 * 69.0)), from(None));
}

#[test]
fn scatter_is_told_from_growth() {
    let wild = of((0..60).map(|day| 50.0 + 45.0 * noise(day)));
    assert_eq!(wild, Err("too much scatter to tell growth from none".to_owned()));
    let through = of((0..120).map(|day| 20.0 + day as f64 / 2.0 + 10.0 * noise(day))).expect("growth shows through");
    let full = through.to_exhaustion.expect("it leads there");
    assert!(full.latest - full.earliest > 4.0, "more noise, a wider range: {full:?}");
}

#[test]
fn the_highest_figure_of_a_day_counts() {
    let hour = |hour: i64| Timestamp::from_second(1_000 * DAY + hour * 3_600).expect("a time");
    assert_eq!(daily(&[(hour(5), 3.0), (hour(3), 7.0), (hour(23), 5.0), (hour(25), 9.0)], hour(24)), [(1_000, 7.0)]);
}

#[test]
fn the_median_of_an_even_number_is_the_mean_of_the_middle() {
    assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), Some(2.5));
    assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(&mut []), None);
}

#[test]
fn the_interval_is_that_of_sen_where_days_are_independent() {
    // Neighbours lie on two sides of the line, so nothing is widened. Ten days have 45 slopes; Kendall's variance is
    // 10 * 9 * 25 / 18 = 125, and 1.645 * sqrt(125) = 18.39; (45 - 18.39) / 2 = 13.3, so the 13th from either end.
    let value = |day: i64| day as f64 + (1.0 + day as f64 / 7.0) * if day % 2 == 0 { 0.5 } else { -0.5 };
    let days: Vec<Day> = (0..10).map(|day| (day, value(day))).collect();
    let mut slopes: Vec<f64> = Vec::new();
    for (i, before) in days.iter().enumerate() {
        slopes.extend(days[i + 1..].iter().map(|day| (day.1 - before.1) / (day.0 - before.0) as f64));
    }
    slopes.sort_by(f64::total_cmp);
    let line = fit(&days).expect("a line");
    assert_eq!((line.slope, line.between), (slopes[22], (slopes[12], slopes[32])));
    assert!(slopes[12] < slopes[22] && slopes[22] < slopes[32]);
}

#[test]
fn likeness_of_neighbours_widens_the_interval() {
    let line = |wave: fn(i64) -> i64| {
        let days: Vec<Day> = (0..80).map(|day| (day, 0.2 * day as f64 + wave(day) as f64)).collect();
        fit(&days).map(|line| line.between.1 - line.between.0).expect("a line")
    };
    assert!(line(|day| (day / 10) % 2) > 2.0 * line(|day| day % 2));
}

fn lines() -> impl Strategy<Value = (f64, f64, usize)> {
    let slope = prop_oneof![0.01_f64..2.0, -2.0_f64..-0.01];
    (slope, 200.0_f64..1_000.0, 28_usize..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_exact_line_gives_its_slope((slope, start, days) in lines()) {
        let found = of_points(&days_up_to_now((0..days).map(|day| start + slope * day as f64)), 5_000.0);
        // What falls fast enough falls by more than half in a week, near its end.
        if let Ok(trend) = found {
            prop_assert!((trend.per_week - 7.0 * slope).abs() < 1e-6, "{trend:?}");
        } else {
            prop_assert!(slope < 0.0, "{found:?}");
        }
    }

    #[test]
    fn a_quarter_of_wild_figures_does_not_turn_a_line(
        (slope, start, days) in lines(),
        wild in prop::collection::vec(-1e6_f64..1e6, 30),
        shuffled in Just((0..120).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let mut history: Vec<Day> = (0..days).map(|day| (day as i64, start + slope * day as f64)).collect();
        let places: Vec<usize> = shuffled.into_iter().filter(|place| *place < days).take(days / 4).collect();
        places.iter().zip(&wild).for_each(|(place, figure)| history[*place].1 = *figure);
        let line = fit(&history).expect("a line");
        prop_assert!(line.slope * slope > 0.0, "{line:?}");
    }

    #[test]
    fn wild_figures_now_and_then_never_turn_a_trend(
        (slope, start, days) in lines(),
        wild in prop::collection::vec(0.0_f64..1e6, 30),
    ) {
        let line = |day: usize| start + slope * day as f64;
        let figures = (0..days).map(|day| if day % 4 == 1 { wild[day / 4] } else { line(day) });
        if let Ok(trend) = of_points(&days_up_to_now(figures), 5_000.0) {
            prop_assert!(trend.per_week * slope >= 0.0, "{trend:?}");
        }
    }

    #[test]
    fn order_does_not_matter(
        figures in prop::collection::vec(0.0_f64..100.0, 28..80),
        seed in any::<u64>(),
    ) {
        let points = days_up_to_now(figures);
        let mut mixed = points.clone();
        mixed.sort_by_key(|(at, _)| (at.as_second() as u64 ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        prop_assert_eq!(of_points(&points, 100.0), of_points(&mixed, 100.0));
    }

    #[test]
    fn no_answer_is_without_a_number(
        figures in prop::collection::vec(prop_oneof![
            4 => 0.0_f64..100.0,
            1 => prop::num::f64::ANY,
            1 => Just(0.0),
        ], 0..80),
        limit in prop_oneof![Just(0.0), -10.0_f64..200.0, prop::num::f64::ANY],
        usage in prop::option::of(0.0_f64..200.0),
    ) {
        let points = days_up_to_now(figures);
        let found = trend(&History { points: &points, source: TrendSource::Audits, limit, usage, now: now() });
        if let Ok(trend) = found {
            prop_assert!(trend.per_week.is_finite());
            for days in [trend.to_80_percent, trend.to_exhaustion].into_iter().flatten() {
                prop_assert!(days.earliest.is_finite() && days.likely.is_finite() && days.latest.is_finite());
                prop_assert!(0.0 <= days.earliest && days.earliest <= days.likely && days.likely <= days.latest);
            }
        }
    }
}
