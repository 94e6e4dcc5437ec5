//! Accounts made up for the checklist.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use closeout::audit::Audit;
use closeout::checklist::item::{Applies, Item};
use closeout::checklist::{Items, vocabulary};
use closeout::model::{
    self, AccountType, Bill, BillLine, BillPeriod, Cell, CellState, Charge, ChargeKind, Event, Gap, Kind, Region,
    RegionState, Resource, Usd, Why,
};
use closeout::rules::Vocabulary;
use closeout::scan::{Reach, scanners};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The facts of every scanner.
fn scanned() -> Vocabulary {
    let mut words = Vocabulary::of_quotas();
    scanners().for_each(|scanner| words.add(scanner.kind.clone(), scanner.schema().as_value()));
    words
}

/// What items may read.
pub fn words() -> Vocabulary {
    vocabulary(&scanned())
}

static ITEMS: LazyLock<Items> =
    LazyLock::new(|| Items::embedded(&scanned()).unwrap_or_else(|errors| panic!("{errors}")));

/// Every item.
pub fn items() -> &'static Items {
    &ITEMS
}

/// A resource, or a line or charge of the bill.
pub struct Thing(Resource);

impl Thing {
    /// So many days old.
    pub fn at(mut self, days: i64) -> Thing {
        self.0.created_at = now().checked_sub(SignedDuration::from_hours(24 * days)).ok();
        self
    }
}

fn now() -> Timestamp {
    "2026-11-27T10:00:00Z".parse().expect("a literal time")
}

/// A resource by its facts. A whole number where decimals are meant becomes one with decimals.
pub fn thing(kind: &str, id: &str, facts: &Value) -> Thing {
    let arn = format!("arn:aws:{kind}:us-east-1:111122223333:{id}");
    let one: Resource = serde_json::from_value(json!({
        "arn": arn, "id": id, "kind": kind, "account": "111122223333", "region": place(kind), "facts": facts
    }))
    .expect("a resource");
    Thing(one)
}

fn place(kind: &str) -> &'static str {
    let global = scanners().any(|scanner| scanner.kind.as_str() == kind && scanner.reach == Reach::Global);
    if global { "global" } else { "us-east-1" }
}

/// A whole audit of an account, out of what was put into it.
pub struct Account {
    account_type: AccountType,
    things: Vec<Resource>,
    denied: BTreeSet<String>,
    left_out: BTreeSet<String>,
    regions: Vec<&'static str>,
}

impl Account {
    /// An account with nothing in it, of which everything was seen; of an unknown one the organization was not.
    pub fn of(account_type: AccountType) -> Account {
        let mut account = Account {
            account_type,
            things: Vec::new(),
            denied: BTreeSet::new(),
            left_out: BTreeSet::new(),
            regions: vec!["eu-west-1", "us-east-1"],
        };
        // Nobody has entered one in a new account, and root has its device.
        account.add(thing("account:contact", "contacts", &json!({ "primary": true, "billing": true })));
        account
    }

    pub fn add(&mut self, thing: Thing) {
        let replaces = ["account:contact", "organizations:organization"].contains(&thing.0.kind.as_str());
        self.things.retain(|known| !(replaces && known.kind == thing.0.kind));
        self.things.push(thing.0);
    }

    pub fn deny(&mut self, kind: &str) {
        self.denied.insert(kind.to_owned());
        self.things.retain(|one| one.kind.as_str() != kind);
    }

    pub fn deny_all(&mut self) {
        scanners().for_each(|scanner| self.deny(scanner.kind.as_str()));
        ["bill:line", "bill:charge"].iter().for_each(|kind| self.deny(kind));
        self.regions.clear();
    }

    pub fn leave_out(&mut self, kind: &str) {
        self.left_out.insert(kind.to_owned());
    }

    pub fn only_in(&mut self, region: &'static str) {
        self.regions = vec![region];
    }

    /// Whether an item is for such an account.
    pub fn is_for(&self, item: &Item) -> bool {
        let govcloud = self.things.iter().any(|one| one.kind.as_str() == "account:govcloud-link");
        item.applies.is_empty()
            || item.applies.iter().any(|one| match one {
                Applies::Standalone => self.account_type == AccountType::Standalone,
                Applies::Member => self.account_type == AccountType::Member,
                Applies::Management => self.account_type == AccountType::Management,
                Applies::Govcloud => govcloud,
            })
    }

    fn organization(&self) -> Option<Resource> {
        let is_management = match self.account_type {
            AccountType::Member => false,
            AccountType::Management => true,
            AccountType::Standalone | AccountType::Unknown => return None,
        };
        let facts = json!({ "id": "o-1", "feature_set": "ALL", "is_management": is_management });
        Some(thing("organizations:organization", "o-1", &facts).0)
    }

    pub fn audit(&self) -> Audit {
        let mut audit = Audit::default();
        let on = |name: &str| (Region::new(name), RegionState::OptInNotRequired);
        let regions = if self.regions.is_empty() { BTreeMap::new() } else { ["eu-west-1", "us-east-1"].map(on).into() };
        let cells: Vec<Cell> = scanners()
            .filter(|scanner| !self.left_out.contains(scanner.kind.as_str()))
            .flat_map(|scanner| {
                let global = scanner.reach == Reach::Global;
                let places = if global || self.regions.is_empty() { vec!["global"] } else { self.regions.clone() };
                places.into_iter().map(|region| Cell::new(Region::new(region), scanner.kind.clone()))
            })
            .collect();
        audit.apply(Event::Began {
            account: model::Account {
                id: "111122223333".to_owned(),
                partition: "aws".to_owned(),
                ..model::Account::default()
            },
            at: now(),
            regions,
            scope: self.regions.iter().map(|name| Region::new(*name)).collect(),
            kinds: scanners().map(|scanner| scanner.kind.clone()).collect(),
            cells: cells.clone(),
        });
        let known = self.things.iter().any(|one| one.kind.as_str() == "organizations:organization");
        let organization = self.organization().filter(|_| !known);
        for resource in self.things.iter().cloned().chain(organization) {
            if resource.kind.service() != "bill" {
                audit.apply(Event::Found { resource: Box::new(resource) });
            }
        }
        for cell in cells {
            let unknown = self.account_type == AccountType::Unknown && cell.kind.service() == "organizations";
            let denied = unknown || self.denied.contains(cell.kind.as_str());
            if denied {
                audit.apply(Event::Missed { gap: gap(&cell) });
            }
            let state = if denied { CellState::Missed } else { CellState::Seen };
            audit.apply(Event::Finished { cell, state, requests: 1, seconds: 0.1 });
        }
        if !["bill:line", "bill:charge"].iter().any(|kind| self.denied.contains(*kind)) {
            audit.apply(Event::Billed { bill: self.bill(), months: Vec::new() });
        }
        audit
    }

    fn bill(&self) -> Bill {
        let of = |kind: &'static str| self.things.iter().filter(move |one| one.kind == Kind::new(kind));
        let number = |one: &Resource, fact: &str| one.facts.get(fact).and_then(Value::as_f64).unwrap_or_default();
        let text = |one: &Resource, fact: &str| one.text(fact).unwrap_or_default().to_owned();
        let line = |one: &Resource| {
            let mut daily = vec![Usd::ZERO; 30];
            // The last day is still estimated; the two before it are whole.
            for day in [27, 28] {
                daily[day] = Usd::from_dollars(number(one, "lately_usd") / 2.0);
            }
            BillLine {
                service: text(one, "service"),
                region: text(one, "place"),
                usage_type: text(one, "usage_type"),
                usd: Usd::from_dollars(number(one, "usd")),
                daily_usd: daily,
                ..BillLine::default()
            }
        };
        let charge = |one: &Resource| Charge {
            record_type: text(one, "record_type"),
            kind: ChargeKind::Credit,
            usd: Usd::from_dollars(number(one, "usd")),
            amortized_usd: None,
            net_amortized_usd: None,
        };
        let period =
            BillPeriod { start: "2026-10-28".to_owned(), end: "2026-11-27".to_owned(), ..BillPeriod::default() };
        Bill {
            period,
            currency: "USD".to_owned(),
            lines: of("bill:line").map(line).collect(),
            charges: of("bill:charge").map(charge).collect(),
            fetched_at: now(),
            ..Bill::default()
        }
    }
}

fn gap(cell: &Cell) -> Gap {
    Gap {
        account: "111122223333".to_owned(),
        region: cell.region.clone(),
        kind: cell.kind.clone(),
        action: format!("{}:List", cell.kind.service()),
        why: Why::Denied,
        detail: "not allowed".to_owned(),
    }
}
