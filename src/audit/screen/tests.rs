use super::*;
use crate::model::{Account, Event, RegionState};

fn region(name: &str) -> Region {
    Region::new(name.to_owned())
}

fn cell(place: &str, kind: &'static str) -> Cell {
    Cell::new(region(place), Kind::new(kind))
}

fn missed(cell: &Cell, why: Why, action: &str, detail: &str) -> Event {
    let gap = Gap {
        account: "111122223333".to_owned(),
        region: cell.region.clone(),
        kind: cell.kind.clone(),
        action: action.to_owned(),
        why,
        detail: detail.to_owned(),
    };
    Event::Missed { gap }
}

/// A run over these cells, each of which ends as told.
/// A cell, how it ended, and the reason, action and detail of its gap.
type End<'a> = (Cell, CellState, Option<(Why, &'a str, &'a str)>);

fn audit(ends: &[End<'_>]) -> Audit {
    let mut audit = Audit::default();
    audit.apply(Event::Began {
        account: Account::default(),
        at: jiff::Timestamp::UNIX_EPOCH,
        regions: BTreeMap::from([(region("af-south-1"), RegionState::NotOptedIn)]),
        scope: Vec::new(),
        kinds: vec![Kind::new("ec2:volume"), Kind::new("rds:db")],
        cells: ends.iter().map(|end| end.0.clone()).collect(),
    });
    for (cell, state, gap) in ends {
        if let Some((why, action, detail)) = gap {
            audit.apply(missed(cell, *why, action, detail));
        }
        audit.apply(Event::Finished { cell: cell.clone(), state: *state, requests: 1, seconds: 0.1 });
    }
    audit
}

#[test]
fn share_seen_leaves_out_what_cannot_be_there_and_never_rounds_up_to_all() {
    let offered = Some((Why::NotOffered, "rds:DescribeDBInstances", "not offered here"));
    let denied = Some((Why::Denied, "ec2:DescribeVolumes", "the caller lacks it"));
    let audit = audit(&[
        (cell("eu-west-1", "ec2:volume"), CellState::Seen, None),
        (cell("eu-west-1", "rds:db"), CellState::Missed, offered),
        (cell("eu-west-2", "ec2:volume"), CellState::Missed, denied),
        (cell("eu-west-2", "rds:db"), CellState::Seen, None),
        (cell("af-south-1", "rds:db"), CellState::Off, None),
    ]);
    let cells = Digest::of(&audit).cells;
    assert_eq!((cells.wanted, cells.seen, cells.off, cells.absent), (3, 2, 1, 1));
    assert_eq!(cells.seen_percent(), Some(66));
    assert_eq!(Cells { wanted: 1000, seen: 999, ..Cells::default() }.seen_percent(), Some(99));
    assert_eq!(Digest::of(&Audit::default()).cells.seen_percent(), None);
}

#[test]
fn one_cause_over_many_kinds_and_regions_is_one_group() {
    let denied = Some((Why::Denied, "rds:DescribeDBInstances", "the caller lacks it"));
    let audit = audit(&[
        (cell("eu-west-1", "rds:db"), CellState::Missed, denied),
        (cell("eu-west-2", "rds:db"), CellState::Missed, denied),
        (cell("eu-west-3", "rds:db"), CellState::Missed, Some((Why::TimedOut, "rds:DescribeDBInstances", "no answer"))),
    ]);
    let groups = audit.gap_groups();
    let told: Vec<(Why, usize, usize)> = groups.iter().map(|g| (g.why, g.regions.len(), g.gaps)).collect();
    assert_eq!(told, [(Why::Denied, 2, 2), (Why::TimedOut, 1, 1)]);
    assert_eq!(groups[0].details, 1);
}

#[test]
fn what_an_organization_refuses_is_no_missing_permission() {
    let scp = "refused by an organization policy (SCP); the account cannot fix this itself. AccessDenied";
    let audit = audit(&[
        (
            cell("eu-west-1", "rds:db"),
            CellState::Missed,
            Some((Why::Denied, "rds:DescribeDBInstances", "the caller lacks it")),
        ),
        (cell("eu-west-2", "ec2:volume"), CellState::Missed, Some((Why::Denied, "ec2:DescribeVolumes", scp))),
    ]);
    assert_eq!(Digest::of(&audit).missing_actions, ["rds:DescribeDBInstances"]);
}

#[test]
fn region_with_nothing_but_refusals_is_denied_and_one_that_is_off_is_neither() {
    let denied = Some((Why::Denied, "rds:DescribeDBInstances", "the caller lacks it"));
    let audit = audit(&[
        (cell("eu-west-1", "rds:db"), CellState::Missed, denied),
        (cell("eu-west-2", "rds:db"), CellState::Seen, None),
        (cell("af-south-1", "rds:db"), CellState::Off, None),
    ]);
    let expected = Regions { wanted: 2, done: 2, running: 0, denied: 1, off: 1 };
    assert_eq!(Digest::of(&audit).regions, expected);
}
