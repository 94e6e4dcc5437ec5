use super::*;
use crate::model::{Ref, Role};

fn volume(id: &str, region: &str, refs: &[&str]) -> Resource {
    Resource {
        arn: ResourceId::new(format!("arn:aws:ec2:{region}:111122223333:volume/{id}")),
        id: id.to_owned(),
        kind: Kind::new("ec2:volume"),
        account: "111122223333".to_owned(),
        region: Region::new(region),
        name: None,
        created_at: None,
        tags: BTreeMap::new(),
        facts: serde_json::Map::new(),
        refs: refs.iter().map(|id| Ref { id: (*id).to_owned(), role: Role::AttachedTo }).collect(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    }
}

fn cell() -> Cell {
    Cell::new(Region::new("us-east-1"), Kind::new("ec2:volume"))
}

fn began() -> Event {
    Event::Began {
        account: Account::default(),
        at: Timestamp::UNIX_EPOCH,
        regions: BTreeMap::from([(Region::new("us-east-1"), RegionState::OptInNotRequired)]),
        scope: vec![Region::new("us-east-1")],
        kinds: vec![Kind::new("ec2:volume")],
        cells: vec![cell()],
    }
}

fn found(audit: &mut Audit, resource: Resource) {
    audit.apply(Event::Found { resource: Box::new(resource) });
}

#[test]
fn interrupted_run_names_every_cell_it_did_not_read() {
    let mut audit = Audit::default();
    audit.apply(began());
    audit.apply(Event::Started { cell: cell() });
    audit.apply(Event::Ended { at: Timestamp::UNIX_EPOCH, interrupted: true });
    let gaps: Vec<&Gap> = audit.gaps().collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].why, gaps[0].kind.as_str()), (Why::NotScanned, "ec2:volume"));
    assert!(!audit.is_listed(&Kind::new("ec2:volume"), &Region::new("us-east-1")));
}

#[test]
fn same_resource_listed_twice_counts_once() {
    let mut audit = Audit::default();
    audit.apply(began());
    found(&mut audit, volume("vol-1", "us-east-1", &[]));
    found(&mut audit, volume("vol-1", "us-east-1", &[]));
    assert_eq!(audit.resource_count(), 1);
    assert_eq!(audit.coverage[&cell()].resources, 1);
}

#[test]
fn users_are_found_by_short_id_and_only_in_the_region() {
    let mut audit = Audit::default();
    audit.apply(began());
    found(&mut audit, volume("vol-1", "us-east-1", &["i-1"]));
    found(&mut audit, volume("vol-2", "eu-west-1", &["i-1"]));
    let kind = Kind::new("ec2:volume");
    let region = Region::new("us-east-1");
    let users: Vec<&str> = audit.users(&kind, &region, "i-1").iter().map(|r| r.id.as_str()).collect();
    assert_eq!(users, ["vol-1"]);
    assert!(audit.lookup(&kind, &region, "vol-2").is_none());
}
