//! The same account, asked twice.

use super::runs;
use super::support::{self, Emulator};

/// Fields that tell when a scan was and what it took; the emulator's databases can be restored up to the present.
const TIMES: &[&str] = &["fetched_at", "finished_at", "latest_restorable_at", "requests", "seconds", "started_at"];

/// A report without those fields, line by line. What the emulator tells of itself, the address of a queue, has the port
/// it was asked at, which is another one behind the proxy.
fn timeless(text: &str) -> Vec<String> {
    // The tally of requests is the last part.
    let (body, _) = text.split_once("\n  \"requests\": {").expect("the tally of requests");
    let key_of = |line: &str| line.trim_start().split('"').nth(1).map(str::to_owned);
    let lines = body.lines().filter(|line| key_of(line).is_none_or(|key| !TIMES.contains(&key.as_str())));
    lines.map(without_port).collect()
}

fn without_port(line: &str) -> String {
    match line.split_once("http://127.0.0.1:") {
        Some((before, rest)) => format!("{before}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => line.to_owned(),
    }
}

#[test]
fn a_second_scan_reports_the_same_to_the_byte_but_for_its_times() {
    let first = &runs::whole().ran;
    let env = support::env(Emulator::seeded().emulator.endpoint());
    let second = runs::scan(runs::EVERYTHING, &env);
    let (before, after) = (timeless(&first.text), timeless(&second.text));
    assert!(before.len() > 10_000, "only {} lines were compared", before.len());
    assert!(before.iter().any(|line| line.contains("\"monthly_usd\"")), "prices are compared");
    for (number, (line, again)) in before.iter().zip(&after).enumerate() {
        assert_eq!(line, again, "line {number}, after {:?}", &before[number.saturating_sub(5)..number]);
    }
    assert_eq!(before.len(), after.len());
    assert_eq!(first.status, second.status);
}
