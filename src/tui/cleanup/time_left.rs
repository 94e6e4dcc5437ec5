//! How long a run may still take: from what its steps took so far, against what they were given at most.

use std::collections::BTreeSet;

use super::Running;
use crate::plan::{State, Step, TOGETHER};

/// How long a run may still take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nobody knows: no step has come to its end yet.
    Unknown,
    /// What is under way takes longer than steps did so far: AWS decides.
    Waiting,
    /// About so many milliseconds.
    About(u64),
}

impl Running {
    /// How long it may still take, at a moment on the model's clock. Each step to come is taken to need the part of its
    /// limit that the steps which have ended needed of theirs; six are under way at a time, wave after wave.
    pub fn left(&self, ms: u64) -> Left {
        let (took, given) = self.ended_steps().fold((0, 0), |(took, given), (one, limit)| (took + one, given + limit));
        if self.ended.is_some() || given == 0 {
            return Left::Unknown;
        }
        let part = (took as f64 / given as f64).min(1.0);
        let expected = |step: &Step| (limit_ms(step) as f64 * part) as u64;
        let under_way: Vec<u64> = self
            .open(|state| !state.is_over() && *state != State::Queued)
            .map(|step| self.rest(step, ms, &expected))
            .collect();
        if !under_way.is_empty() && under_way.iter().all(|left| *left == 0) {
            return Left::Waiting;
        }
        let doomed = self.doomed();
        let queued: Vec<&Step> = self
            .open(|state| *state == State::Queued)
            .filter(|step| !self.stopping && !doomed.contains(&step.number))
            .collect();
        let waves: BTreeSet<u32> = queued.iter().map(|step| step.wave).collect();
        // What is under way is of the first wave that is open; those queued in it take its places as they get free.
        let now = self.open(|state| !state.is_over()).map(|step| step.wave).min().unwrap_or(0);
        let of = |wave: u32| queued.iter().filter(move |step| step.wave == wave).map(|step| expected(step));
        let first = span(under_way, of(now));
        let later: u64 = waves.into_iter().filter(|wave| *wave != now).map(|wave| span(Vec::new(), of(wave))).sum();
        Left::About(first + later)
    }

    /// Milliseconds that steps took and were given, of those that took any. One that only found its work done says
    /// nothing of how long AWS takes.
    fn ended_steps(&self) -> impl Iterator<Item = (u64, u64)> {
        self.plan.steps.iter().filter_map(|step| {
            let progress = self.steps.get(&step.number)?;
            let is_told = matches!(progress.state, State::Done { .. } | State::Failed { .. });
            let took = progress.to_ms?.saturating_sub(progress.from_ms?);
            (is_told && took > 0).then(|| (took, limit_ms(step)))
        })
    }

    fn open(&self, is: impl Fn(&State) -> bool) -> impl Iterator<Item = &Step> {
        self.plan.steps.iter().filter(move |step| is(self.state(step.number)))
    }

    fn rest(&self, step: &Step, ms: u64, expected: &impl Fn(&Step) -> u64) -> u64 {
        let from = self.steps.get(&step.number).and_then(|progress| progress.from_ms).unwrap_or(ms);
        expected(step).saturating_sub(ms.saturating_sub(from))
    }

    /// Steps that will not be begun, because one they wait for did not end well.
    fn doomed(&self) -> BTreeSet<u32> {
        let mut doomed = BTreeSet::new();
        for step in &self.plan.steps {
            let is_lost = |number: &u32| {
                doomed.contains(number) || matches!(self.state(*number), State::Failed { .. } | State::Held { .. })
            };
            if step.after.iter().any(is_lost) {
                doomed.insert(step.number);
            }
        }
        doomed
    }
}

fn limit_ms(step: &Step) -> u64 {
    u64::from(step.minutes) * 60_000
}

/// How long it takes until all of them have ended, when some are under way and the others take the first free place.
fn span(under_way: Vec<u64>, queued: impl Iterator<Item = u64>) -> u64 {
    let mut places = under_way;
    places.resize(places.len().max(TOGETHER), 0);
    for one in queued {
        if let Some(free) = places.iter_mut().min() {
            *free += one;
        }
    }
    places.into_iter().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::plan::Plan;
    use crate::tui::cleanup::End;

    /// A run of steps, each with its wave, its limit in minutes, and what it waits for.
    fn run(steps: &[(u32, u32, &[u32])]) -> Running {
        let step = |number: usize, (wave, minutes, after): &(u32, u32, &[u32])| {
            let resource = serde_json::json!({
                "arn": format!("arn:{number}"), "id": "q", "kind": "sqs:queue", "account": "1", "region": "eu-west-1",
                "facts": {}
            });
            serde_json::json!({
                "number": number, "wave": wave, "work": { "does": "act" }, "verb": "delete", "resource": resource,
                "after": after, "actions": [], "commands": [], "minutes": minutes
            })
        };
        let steps: Vec<serde_json::Value> = (1..).zip(steps).map(|(number, one)| step(number, one)).collect();
        let plan: Plan = serde_json::from_value(serde_json::json!({
            "schema_version": 1, "made_by": "test", "account": { "id": "1", "partition": "aws" },
            "scanned_at": "2026-11-27T11:50:00Z", "scope": [], "allowed": {}, "steps": steps, "held": []
        }))
        .expect("a plan");
        Running::new(Arc::new(plan), 0, jiff::Timestamp::UNIX_EPOCH)
    }

    fn done() -> State {
        State::Done { seen: "not listed any more".to_owned(), made: String::new() }
    }

    #[test]
    fn nothing_is_said_before_a_step_has_ended_nor_after_the_last() {
        let mut run = run(&[(1, 10, &[]), (1, 10, &[])]);
        assert_eq!(run.left(5_000), Left::Unknown);
        run.set(1, State::Looking, 0);
        assert_eq!(run.left(5_000), Left::Unknown);
        // Found gone at once: that says nothing of how long AWS takes.
        run.set(1, done(), 0);
        assert_eq!(run.left(5_000), Left::Unknown);
        run.ended = Some((End::default(), 6_000));
        assert_eq!(run.left(6_000), Left::Unknown);
    }

    #[test]
    fn steps_to_come_are_taken_to_need_the_same_part_of_their_limits() {
        // One of ten minutes took one: a tenth. Twenty minutes in the same wave and thirty in the next are five minutes.
        let mut run = run(&[(1, 10, &[]), (1, 20, &[]), (2, 30, &[1])]);
        run.set(1, State::Looking, 0);
        run.set(2, State::Looking, 0);
        run.set(1, done(), 60_000);
        assert_eq!(run.left(60_000), Left::About(60_000 + 180_000));
        assert_eq!(run.left(90_000), Left::About(30_000 + 180_000));
        // Longer than expected: then nobody knows.
        assert_eq!(run.left(120_001), Left::Waiting);
        run.set(2, State::Failed { why: "denied".to_owned(), undecided: false }, 120_000);
        assert_eq!(run.left(120_000), Left::About(180_000));
    }

    #[test]
    fn six_are_under_way_at_a_time() {
        let mut run = run(&[
            (0, 10, &[]),
            (1, 10, &[]),
            (1, 10, &[]),
            (1, 10, &[]),
            (1, 10, &[]),
            (1, 10, &[]),
            (1, 10, &[]),
            (1, 10, &[]),
        ]);
        run.set(1, State::Looking, 0);
        run.set(1, done(), 60_000);
        assert_eq!(run.left(60_000), Left::About(120_000), "seven of a minute on six places");
    }

    #[test]
    fn what_will_not_be_begun_takes_no_time() {
        let mut run = run(&[(1, 10, &[]), (1, 10, &[]), (2, 30, &[2]), (3, 30, &[3])]);
        for step in [1, 2] {
            run.set(step, State::Looking, 0);
        }
        run.set(1, done(), 60_000);
        run.set(2, State::Failed { why: "denied".to_owned(), undecided: false }, 60_000);
        assert_eq!(run.left(60_000), Left::About(0));
        let mut stopped = self::run(&[(1, 10, &[]), (1, 20, &[]), (2, 30, &[])]);
        stopped.set(1, State::Looking, 0);
        stopped.set(2, State::Looking, 0);
        stopped.set(1, done(), 60_000);
        stopped.stopping = true;
        assert_eq!(stopped.left(60_000), Left::About(60_000));
    }
}
