//! The journal of a run as it is written: how far it is followed, and what is looked for in it.

use super::Running;
use crate::plan::Entry;

/// Lines of a journal that are kept to be shown.
const REMEMBERED: usize = 2_000;

/// How the log is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// How many lines lie above the lower edge. Absent when the newest line stays in sight.
    pub until: Option<usize>,
    /// What is looked for. Empty when nothing is.
    pub query: String,
    /// The line of the hit that was jumped to.
    pub hit: Option<usize>,
}

/// A line as people read it.
pub fn text(entry: &Entry) -> String {
    format!("{} {}", entry.at.strftime("%H:%M:%S"), entry.what.sentence())
}

impl Running {
    /// Takes a line in that was written. Of very many the oldest are given up.
    pub fn wrote(&mut self, entry: Entry) {
        if self.log.len() >= REMEMBERED {
            let given_up = REMEMBERED / 2;
            self.log.drain(..given_up);
            let watch = &mut self.watch;
            watch.until = watch.until.map(|until| until.saturating_sub(given_up));
            watch.hit = watch.hit.and_then(|hit| hit.checked_sub(given_up));
        }
        self.log.push(entry);
    }

    /// The lines on a pane of so many: the first, and the one behind the last.
    pub fn window(&self, height: usize) -> (usize, usize) {
        let len = self.log.len();
        let until = self.watch.until.unwrap_or(len).clamp(height.min(len), len);
        (until.saturating_sub(height), until)
    }

    /// Moves the log by lines, towards the newest with a positive number. At the newest it follows again.
    pub fn scroll(&mut self, delta: isize, height: usize) {
        let (_, until) = self.window(height);
        let len = self.log.len();
        let until = until.saturating_add_signed(delta).clamp(height.min(len), len);
        self.watch.until = (until < len).then_some(until);
    }

    /// Holds the log where it is, or follows the newest line again. Says whether it follows now.
    pub fn follow(&mut self) -> bool {
        self.watch.until = match self.watch.until {
            Some(_) => None,
            None => Some(self.log.len()),
        };
        self.watch.until.is_none()
    }

    /// Shows a line, on a pane of so many, and holds the log there.
    pub fn show(&mut self, line: usize, height: usize) {
        let (from, until) = self.window(height);
        let len = self.log.len();
        let is_seen = (from..until).contains(&line);
        let until = if is_seen { until } else { (line + 1 + height / 2).clamp(height.min(len), len) };
        (self.watch.until, self.watch.hit) = (Some(until), Some(line));
    }
}

/// Where a text has what is looked for, whatever the case of its plain letters: byte offsets, from the left.
pub fn places(text: &str, query: &str) -> Vec<usize> {
    if query.is_empty() {
        return Vec::new();
    }
    let (text, query) = (text.to_ascii_lowercase(), query.to_ascii_lowercase());
    text.match_indices(&query).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::plan::{Plan, What};

    fn run(lines: u64) -> Running {
        let plan: Plan = serde_json::from_value(serde_json::json!({
            "schema_version": 1, "made_by": "test", "account": { "id": "1", "partition": "aws" },
            "scanned_at": "2026-11-27T11:50:00Z", "scope": [], "allowed": {}, "steps": [], "held": []
        }))
        .expect("a plan");
        let mut run = Running::new(Arc::new(plan), 0, Timestamp::UNIX_EPOCH);
        (1..=lines).for_each(|n| run.wrote(line(n)));
        run
    }

    fn line(n: u64) -> Entry {
        let what = What::Waiting { step: 1, state: format!("state {n}") };
        Entry { n, at: Timestamp::UNIX_EPOCH, chain: String::new(), what }
    }

    #[test]
    fn the_newest_line_stays_in_sight_until_it_is_held_or_scrolled() {
        let mut run = run(10);
        assert_eq!(run.window(4), (6, 10));
        run.wrote(line(11));
        assert_eq!(run.window(4), (7, 11));
        assert!(!run.follow());
        run.wrote(line(12));
        assert_eq!(run.window(4), (7, 11), "held");
        assert!(run.follow());
        assert_eq!(run.window(4), (8, 12));
        run.scroll(-3, 4);
        run.wrote(line(13));
        assert_eq!(run.window(4), (5, 9), "scrolled back it does not move under the eye");
        run.scroll(isize::MIN, 4);
        assert_eq!(run.window(4), (0, 4));
        run.scroll(isize::MAX, 4);
        assert_eq!((run.window(4), run.watch.until), ((9, 13), None), "at the newest it follows again");
        assert_eq!(run.window(40), (0, 13));
    }

    #[test]
    fn a_line_that_is_shown_keeps_its_place_while_others_come_and_go() {
        let mut run = run(1_999);
        run.show(1_500, 10);
        let (from, until) = run.window(10);
        assert!((from..until).contains(&1_500), "{from} {until}");
        let n = run.log[1_500].n;
        (2_000..2_010).for_each(|n| run.wrote(line(n)));
        let hit = run.watch.hit.expect("it is still there");
        let (from, until) = run.window(10);
        assert_eq!(run.log[hit].n, n);
        assert!(run.log.len() < 2_000 && (from..until).contains(&hit), "{from} {until} {hit}");
    }

    #[test]
    fn hits_are_found_whatever_the_case_and_in_any_script() {
        assert_eq!(places("ec2:DeleteVolume über vol", "VOL"), [10, 23]);
        assert_eq!(places("über", "ü"), [0]);
        assert_eq!(places("anything", ""), [0_usize; 0]);
    }
}
