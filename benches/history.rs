//! How large a year of history is, and how long it takes to ask it.
//!
//! ```text
//! cargo bench --bench history                      # what counts: an optimised build
//! cargo bench --bench history --profile dev        # whether it runs at all
//! ```
//!
//! Saves 365 nightly audits of 5,000 findings, of which twenty go and twenty come every night and fifty change their
//! score, with 1,900 cells and 300 used quotas each. Prints the size of the file, what saving the last one took, and the
//! best of five of each question. Run as a test, it saves ten nights of fifty findings and measures nothing.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use closeout::audit::changes::Changes;
use closeout::audit::past::{Look, Seen, Sight, Snapshot, State};
use closeout::model::{Cell, CellState, Kind, Quota, Region, UsageSource, Usd};
use closeout::store::Store;
use jiff::Timestamp;

const ACCOUNT: &str = "111122223333";
const NIGHTS: i64 = 365;
const FINDINGS: i64 = 5_000;
/// Findings that go and come each night.
const CHANGE: i64 = 20;
const RUNS: usize = 5;

fn night(number: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + number * 86_400).expect("a night")
}

fn cells() -> BTreeMap<Cell, CellState> {
    let cells = (0..17).flat_map(|region| {
        (0..112).map(move |kind| {
            Cell::new(
                Region::new(format!("region-{region}-1")),
                Kind::owned(format!("service{}:thing{kind}", kind % 40)),
            )
        })
    });
    cells.map(|cell| (cell, CellState::Seen)).collect()
}

fn quota(number: i64, night: i64) -> Quota {
    let quota = Quota {
        service_code: "ec2".to_owned(),
        quota_code: format!("L-{number:08X}"),
        name: format!("Things of sort {number} per region"),
        region: Region::new(format!("region-{}-1", number % 17)),
        limit: 1_000.0,
        ..Quota::default()
    };
    quota.with_usage((1 + number % 90 + night % 7) as f64, UsageSource::Scan, "")
}

fn seen(n: i64, night: i64) -> Seen {
    let id = format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64));
    let region = format!("region-{}-1", n % 17);
    Seen {
        rule: format!("rule-number-{}", n % 120),
        title: format!("Leftover of sort {} that nobody uses", n % 120),
        resource: format!("arn:aws:ec2:{region}:{ACCOUNT}:volume/vol-{id}"),
        label: format!("vol-{id}"),
        kind: Kind::owned(format!("service{}:thing{}", n % 40, n % 112)),
        region: Region::new(region),
        look: Look {
            monthly_usd: Some(Usd::from_micros(n * 12_345 % 90_000_000)),
            score: (40 + (n + night) / 100 % 60) as u8,
            state: if n % 20 == 0 { State::Protected } else { State::Counts },
            reason: (n * 7_919 % 0xff_ffff) as u32,
        },
        id,
    }
}

fn audit(number: i64, findings: i64, sight: &Sight) -> Snapshot {
    let mut snapshot = Snapshot { sight: sight.clone(), ..Snapshot::default() };
    snapshot.head.account = ACCOUNT.to_owned();
    snapshot.head.started_at = night(number);
    let first = number * CHANGE.min(findings);
    let all = (first..first + findings).map(|n| seen(n, number));
    snapshot.findings = all.map(|seen| (seen.id.clone(), seen)).collect();
    snapshot.head.findings = snapshot.findings.len() as u64;
    snapshot.quotas = (0..300).map(|n| quota(n, number)).collect();
    snapshot
}

fn measure<T>(what: &str, run: impl Fn() -> T) {
    let took: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(run());
            began.elapsed()
        })
        .collect();
    let best = took.iter().min().map_or(0.0, Duration::as_secs_f64);
    println!("{what:<52} {:>10.2} ms", best * 1_000.0);
}

fn main() {
    let is_bench = std::env::args().any(|arg| arg == "--bench");
    let (nights, findings) = if is_bench { (NIGHTS, FINDINGS) } else { (10, 50) };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("history.db");
    let sight = Sight { cells: cells(), ..Sight::default() };
    let mut store = Store::open(&file).expect("a history");
    let (mut total, mut worst, mut last) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for number in 0..nights {
        let snapshot = audit(number, findings, &sight);
        let began = Instant::now();
        store.save(&snapshot).expect("saved");
        last = began.elapsed();
        total += last;
        worst = worst.max(last);
    }
    drop(store);
    if !is_bench {
        assert_eq!(Store::look(&file).expect("readable").map(|s| s.audits(None).expect("audits").len()), Some(10));
        return;
    }
    let bytes = fs::metadata(&file).expect("a file").len();
    println!(
        "{nights} audits of {findings} findings: {:.1} MB, {} KB an audit",
        bytes as f64 / 1e6,
        bytes / 1_000 / nights as u64
    );
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!("saving: mean {:.1} ms, worst {:.1} ms, last {:.1} ms", ms(total / nights as u32), ms(worst), ms(last));
    let look = || Store::look(&file).expect("readable").expect("a history");
    let store = look();
    let now = night(nights);
    let newest = seen(nights * CHANGE, nights).label;
    measure("opening, with its check", look);
    measure("every audit by its figures", || store.audits(Some(ACCOUNT)));
    measure("the last audit whole", || store.before(ACCOUNT, now));
    measure("what changed between the two last", || {
        store.last_two(ACCOUNT).expect("readable").map(|(old, new)| Changes::between(&old, &new))
    });
    measure("first seen and seen in N of every finding", || store.sightings(ACCOUNT, now));
    measure("the life of one finding", || store.lives(Some(ACCOUNT), &newest));
    measure("a year of quotas", || store.quotas(ACCOUNT, now));
}
