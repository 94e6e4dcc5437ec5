//! How long a plan takes in an account of 100,000 leftovers, and how large it is.
//!
//! ```text
//! cargo bench --bench plan                      # what counts: an optimised build
//! cargo bench --bench plan --profile dev        # whether it runs at all
//! ```
//!
//! The account is made of networks of a hundred resources each in ten regions: a VPC with what lies in it, volumes,
//! snapshots and images. Everything has a finding, some of it an owner, a lock or a tag that keeps it. Prints for marks
//! on whole networks, on single resources and on everything what making the plan, writing, reading and the script take,
//! the size of the file, the highest use of memory of the process, and the first digits of the plan's hash, which must
//! not change with the speed. Run as a test, it plans for 2,000 resources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

use closeout::audit::Audit;
use closeout::model::{
    Account, Cell, CellState, Event, Finding, Kind, Protection, Region, RegionState, Resource, ResourceId,
};
use closeout::plan::{self, Allowed, Know, Marks, Plan};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const RESOURCES: usize = 100_000;
/// Resources of a network.
const NETWORK: usize = 100;
const REGIONS: usize = 10;
/// One in so many is marked where not all are.
const SHARE: usize = 20;

const ALLOWED: Allowed = Allowed { dependents: true, owners: true, unprotect: true, removal: true };

/// One network, resource by resource.
struct Network {
    number: usize,
    all: Vec<Value>,
}

impl Network {
    fn of(number: usize) -> Vec<Value> {
        let mut network = Network { number, all: Vec::new() };
        network.frame();
        (0..16).for_each(|n| network.machine(n));
        network.store();
        network.all
    }

    fn id(&self, prefix: &str, n: usize) -> String {
        format!("{prefix}-{:08x}{n:02x}", self.number)
    }

    fn put(&mut self, kind: &str, prefix: &str, n: usize, facts: Value, refs: &[(&str, String)]) {
        let region = format!("region-{}-1", self.number % REGIONS);
        let (service, sort) = kind.split_once(':').expect("a kind");
        let id = self.id(prefix, n);
        let refs: Vec<Value> = refs.iter().map(|(role, id)| json!({ "role": role, "id": id })).collect();
        self.all.push(json!({
            "arn": format!("arn:aws:{service}:{region}:{ACCOUNT}:{sort}/{id}"), "id": id, "kind": kind,
            "account": ACCOUNT, "region": region, "created_at": "2025-03-01T00:00:00Z",
            "tags": { "Name": format!("{sort} {n} of {}", self.number), "team": "payments" },
            "facts": facts, "refs": refs,
        }));
    }

    /// Thirty resources: the VPC and what others lie in.
    fn frame(&mut self) {
        let vpc = self.id("vpc", 0);
        let inside = [("inside", vpc.clone())];
        self.put("ec2:vpc", "vpc", 0, json!({ "is_default": false, "cidr": "10.0.0.0/16" }), &[]);
        for n in 0..8 {
            self.put("ec2:subnet", "subnet", n, json!({ "vpc_id": vpc }), &inside);
        }
        for n in 0..4 {
            let subnets = if n == 0 { json!([]) } else { json!([self.id("subnet", n)]) };
            let facts = json!({ "main": n == 0, "vpc_id": vpc, "subnet_ids": subnets });
            self.put("ec2:route-table", "rtb", n, facts, &inside);
        }
        for n in 0..10 {
            let other = (n > 5).then(|| ("uses", self.id("sg", n - 1)));
            let refs: Vec<(&str, String)> = inside.iter().cloned().chain(other).collect();
            self.put("ec2:security-group", "sg", n, json!({ "is_default": n == 0, "vpc_id": vpc }), &refs);
        }
        self.put("ec2:internet-gateway", "igw", 0, json!({ "vpc_id": vpc, "state": "available" }), &inside);
        let refs = [("inside", vpc.clone()), ("inside", self.id("subnet", 1)), ("needs", self.id("eipalloc", 0))];
        let facts = json!({ "vpc_id": vpc, "state": "available", "network_interface_ids": [self.id("eni", 99)] });
        self.put("ec2:natgateway", "nat", 0, facts, &refs);
        let refs = [("inside", vpc.clone()), ("inside", self.id("subnet", 1))];
        self.put("ec2:network-interface", "eni", 99, json!({ "interface_type": "nat_gateway" }), &refs);
        for n in 0..4 {
            self.put("ec2:elastic-ip", "eipalloc", n, json!({ "domain": "vpc" }), &[]);
        }
    }

    /// Three resources: an instance, its interface and its volume.
    fn machine(&mut self, n: usize) {
        let (vpc, subnet, group) = (self.id("vpc", 0), self.id("subnet", n % 8), self.id("sg", 1 + n % 9));
        let host = self.id("i", n);
        let refs = [("inside", vpc.clone()), ("inside", subnet.clone()), ("uses", group.clone())];
        self.put("ec2:instance", "i", n, json!({ "state": "stopped", "vpc_id": vpc }), &refs);
        let one = self.all.last_mut().expect("just put");
        match n {
            14 => one["owner"] = json!({ "by": "cloudformation-stack", "id": "nowhere", "evidence": "a tag" }),
            15 if self.number.is_multiple_of(7) => one["tags"]["keep"] = json!("true"),
            15 => one["protections"] = json!([{ "lock": "service", "flag": "DisableApiTermination" }]),
            _ => {}
        }
        let attached = ("attached-to", host);
        let refs = [("inside", subnet), ("uses", group), attached.clone()];
        let facts = json!({ "delete_on_termination": !n.is_multiple_of(4), "status": "in-use" });
        self.put("ec2:network-interface", "eni", n, facts, &refs);
        let facts =
            json!({ "state": "in-use", "zone": "a", "delete_on_termination": n.is_multiple_of(2), "size_gib": 8.0 });
        self.put("ec2:volume", "vol", n, facts, &[attached]);
    }

    /// Twenty-two resources: loose volumes, images and their snapshots.
    fn store(&mut self) {
        for n in 16..24 {
            self.put("ec2:volume", "vol", n, json!({ "state": "available", "zone": "a", "size_gib": 100.0 }), &[]);
        }
        for n in 0..10 {
            let of = ("made-from", self.id("vol", n));
            self.put("ec2:snapshot", "snap", n, json!({ "state": "completed", "size_gib": 8.0 }), &[of]);
        }
        for n in 0..4 {
            let needs = ("needs", self.id("snap", n));
            self.put("ec2:image", "ami", n, json!({ "state": "available" }), &[needs]);
        }
    }
}

/// The word of the rules for each kind.
fn verb(kind: &Kind) -> &'static str {
    match kind.as_str() {
        "ec2:volume" => "snapshot-then-delete",
        "ec2:image" => "deregister",
        "ec2:instance" => "terminate",
        "ec2:elastic-ip" => "release",
        _ => "delete",
    }
}

fn finding(number: usize, resource: &Resource) -> Finding {
    let mut value = json!({
        "id": format!("{number:016x}"), "rule": "leftover", "title": "a title", "category": "orphaned",
        "severity": "medium", "score": 50, "score_parts": [], "certainty": "certain", "closure": "nothing",
        "resource": resource, "monthly_usd": "1.25", "evidence": [], "remedy": verb(&resource.kind),
    });
    if let Some(owner) = &resource.owner {
        value["managed_by"] = serde_json::to_value(owner).expect("plain data");
    }
    serde_json::from_value(value).expect("a finding")
}

fn account(count: usize) -> Audit {
    let all = (0..count / NETWORK).flat_map(Network::of);
    let resources: Vec<Resource> = all.map(|one| serde_json::from_value(one).expect("a resource")).collect();
    assert_eq!(resources.len(), count, "a network has a hundred resources");
    let regions: BTreeSet<Region> = resources.iter().map(|one| one.region.clone()).collect();
    let kinds: BTreeSet<Kind> = resources.iter().map(|one| one.kind.clone()).collect();
    let cells: Vec<Cell> =
        regions.iter().flat_map(|region| kinds.iter().map(|kind| Cell::new(region.clone(), kind.clone()))).collect();
    let mut audit = Audit::default();
    audit.apply(Event::Began {
        account: Account {
            id: ACCOUNT.to_owned(),
            alias: Some("acme".to_owned()),
            partition: "aws".to_owned(),
            caller_arn: format!("arn:aws:iam::{ACCOUNT}:user/ann"),
        },
        at: "2026-11-27T08:00:00Z".parse().expect("a time"),
        regions: regions.iter().map(|region| (region.clone(), RegionState::OptInNotRequired)).collect(),
        scope: regions.into_iter().collect(),
        kinds: kinds.into_iter().collect(),
        cells: cells.clone(),
    });
    let findings = (0..).zip(&resources).map(|(number, one)| finding(number, one)).collect();
    for resource in resources {
        audit.apply(Event::Found { resource: Box::new(resource) });
    }
    for cell in cells {
        audit.apply(Event::Finished { cell, state: CellState::Seen, requests: 1, seconds: 0.1 });
    }
    audit.apply(Event::Judged { findings, gaps: Vec::new() });
    audit
}

fn keeps(resource: &Resource) -> Option<Protection> {
    let tag = resource.tags.get("keep").filter(|value| *value == "true")?;
    Some(Protection::Keep { tag: format!("keep={tag}"), until: None })
}

/// The highest use of memory since the last call, in MiB. Zero where the system does not tell.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
    // A system that does not let it be set back tells the highest of all.
    let _ = fs::write("/proc/self/clear_refs", "5");
    kib.unwrap_or_default() / 1024
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let came = what();
    (came, begun.elapsed())
}

fn measure(name: &str, audit: &Audit, marks: &Marks) {
    let know = Know { remedies: &|kind| plan::remedy(kind), keeps: &keeps };
    peak();
    let (plan, planning) = timed(|| plan::plan(audit, marks, ALLOWED, know).expect("plain data"));
    let most = peak();
    let (text, writing) = timed(|| plan.text().expect("plain data"));
    let (read, reading) = timed(|| Plan::read(&text).expect("the plan"));
    let (script, scripting) = timed(|| plan::script(&read));
    let (grace, giving) = timed(|| plan.quarantined(30, "2026-11-27".parse().expect("a day")).expect("near days"));
    assert!(read == plan && script.len() > plan.steps.len() && !grace.steps.is_empty());
    let (ms, mib) = (|time: Duration| time.as_secs_f64() * 1_000.0, |bytes: usize| bytes as f64 / 1_048_576.0);
    println!(
        "{name:<10} {:>7} {:>7} {:>7} {:>9.0} {most:>8} {:>9.0} {:>7.1} {:>9.0} {:>9.0} {:>9.0}  {}",
        marks.len(),
        plan.steps.len(),
        plan.held.len(),
        ms(planning),
        ms(writing),
        mib(text.len()),
        ms(reading),
        ms(scripting),
        ms(giving),
        &plan.hash[..8]
    );
}

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let count = std::env::var("RESOURCES").ok().and_then(|count| count.parse().ok());
    let count = count.unwrap_or(if is_bench { RESOURCES } else { 2_000 });
    let (audit, building) = timed(|| account(count));
    println!("{count} resources with a finding each, built in {:.1} s, {} MiB", building.as_secs_f64(), peak());
    println!(
        "{:<10} {:>7} {:>7} {:>7} {:>9} {:>8} {:>9} {:>7} {:>9} {:>9} {:>9}  hash",
        "marks",
        "marked",
        "steps",
        "held",
        "plan ms",
        "most MiB",
        "write ms",
        "MiB",
        "read ms",
        "script ms",
        "grace ms"
    );
    let ids: Vec<&ResourceId> = audit.findings.iter().map(|finding| &finding.resource.arn).collect();
    let chosen = |is: &dyn Fn(usize) -> bool| -> Marks {
        let some = ids.iter().enumerate().filter(|(place, _)| is(*place));
        some.map(|(_, id)| ((*id).clone(), BTreeSet::new())).collect::<BTreeMap<_, _>>()
    };
    measure("networks", &audit, &chosen(&|place| (place / NETWORK).is_multiple_of(SHARE)));
    measure("scattered", &audit, &chosen(&|place| place % SHARE == 3));
    measure("all", &audit, &chosen(&|_| true));
}
