//! A small account for tests of the screen: fixed times, made-up ids, one of everything that is drawn apart.

mod checklist;
mod findings;
mod money;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use self::checklist::checked;
use self::findings::findings;
use self::money::{bill, quotas};
use crate::audit::Audit;
use crate::model::{
    Account, Cell, CellState, Event, Gap, Kind, Progress, Region, RegionState, Requests, Resource, ResourceId, Usd, Why,
};

const ACCOUNT: &str = "111122223333";
const ON: &[&str] = &["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ca-central-1"];
const OFF: &[&str] = &["af-south-1", "me-central-1"];
const KINDS: &[&str] = &[
    "ec2:instance",
    "ec2:volume",
    "ec2:snapshot",
    "ec2:image",
    "ec2:elastic-ip",
    "ec2:natgateway",
    "ec2:network-interface",
    "ec2:security-group",
    "ec2:key-pair",
    "ec2:launch-template",
    "ec2:vpc",
    "ec2:subnet",
    "ec2:internet-gateway",
    "ec2:route-table",
    "ec2:vpc-endpoint",
    "ec2:reserved-instances",
    "ec2:capacity-reservation",
    "elasticloadbalancing:loadbalancer",
    "elasticloadbalancing:classic-loadbalancer",
    "elasticloadbalancing:targetgroup",
    "autoscaling:autoScalingGroup",
    "rds:db",
    "rds:cluster",
    "rds:snapshot",
    "rds:cluster-snapshot",
    "rds:auto-backup",
    "rds:ri",
    "logs:log-group",
    "s3:bucket",
    "s3:multipart-upload",
];

/// When the sample scan began.
pub fn began_at() -> Timestamp {
    at("2026-11-22T14:02:11Z")
}

/// A finished audit: twelve findings, gaps of several sorts, quotas, a bill.
pub fn audit() -> Audit {
    let mut audit = scanned(&|cell| Some(outcome(cell)));
    for quota in quotas() {
        audit.apply(Event::QuotaRead { quota });
    }
    audit.apply(Event::Billed { bill: bill(), months: Vec::new() });
    audit.apply(Event::Judged { findings: findings(), gaps: judged_gaps() });
    audit.apply(checked());
    audit.apply(Event::Requested { requests: requests() });
    audit.apply(Event::Ended { at: at("2026-11-22T14:03:50Z"), interrupted: false });
    audit
}

/// The same account in the middle of the scan.
pub fn running() -> Audit {
    let mut audit = scanned(&|cell| match cell.region.as_str() {
        "us-east-1" | "us-west-2" | "ca-central-1" | "af-south-1" | "me-central-1" => Some(outcome(cell)),
        "eu-west-1" if cell.kind.service() == "ec2" => Some(outcome(cell)),
        _ => None,
    });
    for (region, kind) in [("eu-west-1", "rds:db"), ("eu-west-1", "logs:log-group"), ("ap-southeast-2", "ec2:instance")]
    {
        audit.apply(Event::Started { cell: cell(region, kind) });
    }
    audit.apply(Event::Started { cell: cell(Region::GLOBAL, "s3:bucket") });
    for (name, units, done) in [("resources", 212, 90), ("prices", 40, 12), ("bill", 3, 3), ("quotas", 6, 0)] {
        audit.apply(Event::Progress(Progress::Phase { name: name.to_owned(), units }));
        for _ in 0..done {
            audit.apply(Event::Progress(Progress::Step { name: name.to_owned() }));
        }
    }
    for _ in 0..3 {
        let (service, region) = ("ec2".to_owned(), Region::new("ap-southeast-2"));
        audit.apply(Event::Progress(Progress::Throttled { service, region }));
    }
    audit.apply(Event::Progress(Progress::Note { text: "logs in eu-west-1: 2,050 log groups so far".to_owned() }));
    audit.apply(Event::Judged { findings: findings().into_iter().take(5).collect(), gaps: Vec::new() });
    audit.apply(Event::Requested { requests: requests() });
    audit
}

/// How a cell ended, with its gap; nothing while it has not.
type Outcome = Option<(CellState, Option<Gap>)>;

fn scanned(outcome: &dyn Fn(&Cell) -> Outcome) -> Audit {
    let mut audit = Audit::default();
    audit.apply(began());
    for cell in cells() {
        let Some((state, gap)) = outcome(&cell) else { continue };
        audit.apply(Event::Started { cell: cell.clone() });
        if state != CellState::Off && state != CellState::Missed {
            for resource in listed(&cell) {
                audit.apply(Event::Found { resource: Box::new(resource) });
            }
        }
        if let Some(gap) = gap {
            audit.apply(Event::Missed { gap });
        }
        audit.apply(Event::Finished { cell, state, requests: 2, seconds: 0.4 });
    }
    audit
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time in a sample")
}

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount in a sample")
}

fn cell(region: &str, kind: &str) -> Cell {
    Cell::new(Region::new(region), Kind::owned(kind))
}

fn cells() -> Vec<Cell> {
    let is_global = |kind: &str| kind.starts_with("s3:");
    let regions = ON.iter().chain(OFF);
    let regional = regions.flat_map(|region| KINDS.iter().filter(|k| !is_global(k)).map(|kind| cell(region, kind)));
    let global = KINDS.iter().filter(|kind| is_global(kind)).map(|kind| cell(Region::GLOBAL, kind));
    regional.chain(global).collect()
}

fn began() -> Event {
    let on = ON.iter().map(|region| (Region::new(*region), RegionState::OptInNotRequired));
    let off = OFF.iter().map(|region| (Region::new(*region), RegionState::NotOptedIn));
    Event::Began {
        account: Account {
            id: ACCOUNT.to_owned(),
            alias: Some("acme-sandbox".to_owned()),
            partition: "aws".to_owned(),
            caller_arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/Auditor/mk"),
        },
        at: began_at(),
        regions: on.chain(off).collect(),
        scope: ON.iter().map(|region| Region::new(*region)).collect(),
        kinds: KINDS.iter().map(|kind| Kind::new(kind)).collect(),
        cells: cells(),
    }
}

fn gap(cell: &Cell, action: &str, why: Why, detail: &str) -> Gap {
    Gap {
        account: ACCOUNT.to_owned(),
        region: cell.region.clone(),
        kind: cell.kind.clone(),
        action: action.to_owned(),
        why,
        detail: detail.to_owned(),
    }
}

/// How each cell ends.
fn outcome(cell: &Cell) -> (CellState, Option<Gap>) {
    match (cell.region.as_str(), cell.kind.as_str()) {
        ("af-south-1" | "me-central-1", _) => (CellState::Off, None),
        ("ca-central-1", _) => {
            let said =
                "refused by an organization policy (SCP); the account cannot fix this itself. UnauthorizedOperation";
            (CellState::Missed, Some(gap(cell, &format!("{}:Describe", cell.kind.service()), Why::Denied, said)))
        }
        ("ap-southeast-2", "ec2:elastic-ip") => {
            let said = "AWS kept refusing for rate (RequestLimitExceeded)";
            (CellState::Missed, Some(gap(cell, "ec2:DescribeAddresses", Why::Throttled, said)))
        }
        ("ap-southeast-2", "rds:snapshot") => {
            let said = "no answer in time";
            (CellState::Cut, Some(gap(cell, "rds:DescribeDBSnapshots", Why::TimedOut, said)))
        }
        ("us-west-2", "ec2:capacity-reservation") => (
            CellState::Missed,
            Some(gap(cell, "ec2:DescribeCapacityReservations", Why::NotOffered, "not offered here")),
        ),
        (Region::GLOBAL, "s3:bucket") => {
            let said = "reports: the caller lacks s3:GetLifecycleConfiguration (AccessDenied); `closeout policy` prints what to grant";
            (CellState::Partly, Some(gap(cell, "s3:GetLifecycleConfiguration", Why::Denied, said)))
        }
        _ => (CellState::Seen, None),
    }
}

/// How many resources a cell holds: made up, the same every time.
fn listed(cell: &Cell) -> Vec<Resource> {
    let count = match (cell.region.as_str(), cell.kind.as_str()) {
        ("us-east-1", "logs:log-group") => 120,
        ("us-east-1", "ec2:snapshot") => 130,
        ("us-east-1", "ec2:instance") => 12,
        ("us-east-1", "ec2:volume") => 31,
        ("us-east-1", _) => 3,
        ("eu-west-1", "ec2:snapshot") => 22,
        ("eu-west-1", _) => 2,
        (Region::GLOBAL, "s3:bucket") => 18,
        (_, "ec2:vpc" | "ec2:subnet" | "ec2:security-group" | "ec2:route-table" | "rds:snapshot") => 1,
        _ => 0,
    };
    let thing = cell.kind.thing();
    (0..count).map(|n| resource(cell.kind.as_str(), cell.region.as_str(), &format!("{thing}-{n:04}"), None)).collect()
}

fn resource(kind: &str, region: &str, id: &str, name: Option<&str>) -> Resource {
    let kind = Kind::owned(kind);
    Resource {
        arn: ResourceId::new(format!("arn:aws:{}:{region}:{ACCOUNT}:{}/{id}", kind.service(), kind.thing())),
        id: id.to_owned(),
        kind,
        account: ACCOUNT.to_owned(),
        region: Region::new(region),
        name: name.map(str::to_owned),
        created_at: Some(at("2026-04-22T09:00:00Z")),
        tags: BTreeMap::from([("team".to_owned(), "reports".to_owned())]),
        facts: serde_json::Map::new(),
        refs: Vec::new(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    }
}

fn judged_gaps() -> Vec<Gap> {
    let bare = |kind: &str, region: &str| cell(region, kind);
    vec![
        gap(
            &bare("ec2:launch-template", "eu-west-1"),
            "price",
            Why::NotPriced,
            "no price list knows `launch template`",
        ),
        gap(
            &bare("rule:idle-db-instance", "eu-west-1"),
            "cloudwatch:GetMetricData",
            Why::NoData,
            "orders: 3 of 14 days have data",
        ),
        gap(
            &bare("rule:idle-db-instance", "us-west-2"),
            "cloudwatch:GetMetricData",
            Why::NoData,
            "orders: 3 of 14 days have data",
        ),
    ]
}

fn requests() -> Requests {
    Requests {
        total: 812,
        by_service: BTreeMap::from([("ec2".to_owned(), 610), ("rds".to_owned(), 150), ("s3".to_owned(), 52)]),
        retries: 9,
        billable_usd: usd("0.03"),
    }
}
