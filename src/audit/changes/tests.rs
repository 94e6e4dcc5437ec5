use super::super::past::{Look, Sight};
use super::*;
use crate::model::{Cell, CellState, Kind};

fn seen(id: &str, kind: &'static str, region: &str, cents: i64) -> Seen {
    Seen {
        id: id.to_owned(),
        rule: "unattached-volume".to_owned(),
        title: "attached to nothing".to_owned(),
        resource: format!("arn:{id}"),
        label: id.to_owned(),
        kind: Kind::new(kind),
        region: Region::new(region),
        look: Look { monthly_usd: Some(Usd::from_micros(cents * 10_000)), score: 50, state: State::Counts, reason: 7 },
    }
}

fn volume(id: &str, cents: i64) -> Seen {
    seen(id, "ec2:volume", "eu-west-1", cents)
}

fn snapshot(findings: &[Seen], state: CellState) -> Snapshot {
    let cell = |region: &str, kind| Cell::new(Region::new(region), Kind::new(kind));
    let cells = [(cell("eu-west-1", "ec2:volume"), state), (cell("global", "s3:bucket"), CellState::Seen)];
    Snapshot {
        findings: findings.iter().map(|seen| (seen.id.clone(), seen.clone())).collect(),
        sight: Sight { cells: cells.into(), ..Sight::default() },
        ..Snapshot::default()
    }
}

fn ids(list: &[Seen]) -> Vec<&str> {
    list.iter().map(|seen| seen.id.as_str()).collect()
}

#[test]
fn each_finding_stands_in_one_list() {
    let kept = Seen { look: Look { state: State::Protected, ..volume("d", 400).look }, ..volume("d", 400) };
    let older = Seen { look: Look { score: 61, ..volume("e", 500).look }, ..volume("e", 500) };
    let before = [volume("a", 100), volume("b", 200), volume("c", 300), volume("d", 400), volume("e", 500)];
    let after = [volume("b", 200), volume("c", 350), kept, older, volume("f", 50), volume("g", 70)];
    let changes = Changes::between(&snapshot(&before, CellState::Seen), &snapshot(&after, CellState::Partly));
    assert_eq!(ids(&changes.new), ["g", "f"], "most money first");
    assert_eq!(ids(&changes.gone), ["a"]);
    let price: Vec<_> = changes.price_changed.iter().map(|c| (c.after.id.as_str(), c.difference().exact())).collect();
    assert_eq!(price, [("c", "0.50".to_owned())]);
    let state: Vec<_> = changes.state_changed.iter().map(|c| (c.after.id.as_str(), c.difference().exact())).collect();
    assert_eq!(state, [("d", "-4.00".to_owned())]);
    assert_eq!(
        (changes.unchanged, changes.unchanged_usd.exact()),
        (2, "7.00".to_owned()),
        "a score alone is no change"
    );
    assert!(changes.hidden.is_empty() && changes.newly_seen.is_empty());
}

#[test]
fn what_was_out_of_sight_is_neither_gone_nor_new() {
    let one = [volume("a", 100)];
    for (state, why) in [
        (CellState::Missed, Blind::NotListed),
        (CellState::Cut, Blind::NotListed),
        (CellState::Queued, Blind::NotListed),
        (CellState::Off, Blind::RegionOff),
    ] {
        let changes = Changes::between(&snapshot(&one, CellState::Seen), &snapshot(&[], state));
        assert_eq!((changes.gone.len(), changes.hidden[0].why), (0, why), "{state:?}");
        let back = Changes::between(&snapshot(&[], state), &snapshot(&one, CellState::Seen));
        assert_eq!((back.new.len(), back.newly_seen[0].why), (0, why), "{state:?}");
        assert_eq!(back.new_that_count(), (1, 1));
    }
}

#[test]
fn a_kind_that_was_not_to_be_read_hides_its_findings() {
    let other = [seen("x", "rds:db", "eu-west-1", 100), seen("y", "ec2:volume", "us-east-1", 100)];
    let changes = Changes::between(&snapshot(&other, CellState::Seen), &snapshot(&[], CellState::Seen));
    assert_eq!(changes.hidden.len(), 2);
    assert!(changes.hidden.iter().all(|hidden| hidden.why == Blind::NotInScope));
}

#[test]
fn a_global_kind_is_looked_for_in_its_one_cell() {
    let bucket = [seen("s", "s3:bucket", "eu-central-1", 100)];
    let changes = Changes::between(&snapshot(&bucket, CellState::Seen), &snapshot(&[], CellState::Seen));
    assert_eq!(ids(&changes.gone), ["s"]);
}

#[test]
fn a_rule_that_could_not_judge_hides_its_findings_and_no_others() {
    let mut after = snapshot(&[], CellState::Seen);
    after.sight.unjudged.insert(Cell::new(Region::new("eu-west-1"), Kind::new("rule:unattached-volume")));
    let other = Seen { rule: "gp2-volume".to_owned(), ..volume("b", 100) };
    let changes = Changes::between(&snapshot(&[volume("a", 100), other], CellState::Seen), &after);
    assert_eq!((changes.hidden[0].finding.id.as_str(), changes.hidden[0].why), ("a", Blind::Unjudged));
    assert_eq!(ids(&changes.gone), ["b"]);
}

#[test]
fn quotas_tell_when_they_pass_eighty_percent() {
    let quota = |code: &str, used: f64| Quota {
        quota_code: code.to_owned(),
        used_percent: Some(used),
        region: Region::new("eu-west-1"),
        ..Quota::default()
    };
    let with = |quotas: Vec<Quota>| Snapshot { quotas, ..Snapshot::default() };
    let before = with(vec![quota("L-1", 79.0), quota("L-2", 85.0), quota("L-3", 90.0)]);
    let after = with(vec![quota("L-1", 80.0), quota("L-2", 99.0)]);
    let changes = Changes::between(&before, &after);
    assert_eq!((changes.quotas_near_before, changes.quotas_near_after), (2, 2));
    let told: Vec<_> = changes.quotas.iter().map(|q| (q.quota_code.as_str(), q.before, q.after)).collect();
    assert_eq!(told, [("L-1", Some(79.0), Some(80.0)), ("L-3", Some(90.0), None)]);
}
