//! Invented, realistic bills read through a stand-in for Cost Explorer and held against the account they are of:
//! `tests/bills/*.toml`, a story a file. Sums are exact to the micro-dollar; shares have two decimals.
//!
//! `cargo test --test bills -- --nocapture` prints what is explained of each, and what asking cost.

#[path = "bills_support/cost_explorer.rs"]
mod cost_explorer;
#[path = "bills_support/story.rs"]
mod story;

use std::collections::BTreeMap;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region as SdkRegion;
use closeout::app;
use closeout::audit::Audit;
use closeout::aws::Cx;
use closeout::bill::{self, BillAnswer, BillPlan};
use closeout::model::{
    Account, Bill, Cell, CellState, Event, Kind, PriceOrigin, Reconciliation, Region, Resource, ResourceId, Usd, View,
};
use closeout::reconcile::{self, Gone};
use closeout::scan::{Reach, scanners};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use cost_explorer::CostExplorer;
use story::{Expect, Figures, Line, Story, Thing, all};

const ACCOUNT: &str = "111122223333";

/// A story played through: what Cost Explorer was asked, and what came of it.
struct Told {
    answer: BillAnswer,
    audit: Audit,
    asked: Vec<String>,
}

fn usd(text: &str) -> Usd {
    text.parse().unwrap_or_else(|_| panic!("{text} is no amount"))
}

fn now(story: &Story) -> Timestamp {
    story.today.to_zoned(TimeZone::UTC).expect("a day").timestamp() + jiff::SignedDuration::from_hours(6)
}

fn read(story: &Story) -> (BillAnswer, Vec<String>) {
    let explorer = CostExplorer::new(story);
    let asked = explorer.asked.clone();
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(SdkRegion::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(explorer)
        .build();
    let cx = Cx::new(config, ACCOUNT, "aws", Region::new("us-east-1"), Region::global(), now(story));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let budget = usd(story.max_spend.as_deref().unwrap_or("0.10"));
    let plan = BillPlan { budget, ..BillPlan::default() };
    let answer = runtime.block_on(bill::read(&cx, &plan, None, story.today, &|_| {}));
    let asked = asked.lock().expect("no panic while it is held").clone();
    (answer, asked)
}

fn resource(thing: &Thing) -> Resource {
    Resource {
        arn: ResourceId::new(format!("arn:aws:test:{}:{ACCOUNT}:{}", thing.region, thing.id)),
        id: thing.id.clone(),
        kind: Kind::owned(&thing.kind),
        account: ACCOUNT.to_owned(),
        region: Region::new(&thing.region),
        name: None,
        created_at: thing.created,
        tags: BTreeMap::new(),
        facts: match serde_json::to_value(&thing.facts).expect("facts") {
            serde_json::Value::Object(facts) => facts,
            other => panic!("facts are an object, not {other}"),
        },
        refs: Vec::new(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    }
}

/// The run as a recording, which the program then plays as any other.
fn recording(story: &Story, answer: &BillAnswer) -> String {
    let mut regions: Vec<Region> = story.resources.iter().map(|thing| Region::new(&thing.region)).collect();
    regions.extend(story.denied.iter().filter_map(|text| text.split_once(' ')).map(|(region, _)| Region::new(region)));
    regions.extend(["us-east-1", "us-west-2", "eu-west-1"].map(Region::new));
    regions.retain(|region| !region.is_global());
    regions.sort();
    regions.dedup();
    let places = |reach: Reach| if reach == Reach::Global { vec![Region::global()] } else { regions.clone() };
    let cells: Vec<Cell> = scanners()
        .flat_map(|one| places(one.reach).into_iter().map(|region| Cell::new(region, one.kind.clone())))
        .collect();
    let mut events = vec![Event::Began {
        account: Account { id: ACCOUNT.to_owned(), partition: "aws".to_owned(), ..Account::default() },
        at: now(story),
        regions: BTreeMap::new(),
        scope: regions.clone(),
        kinds: scanners().map(|scanner| scanner.kind.clone()).collect(),
        cells: cells.clone(),
    }];
    events.extend(story.resources.iter().map(|thing| Event::Found { resource: Box::new(resource(thing)) }));
    events.extend(cells.into_iter().map(|cell| {
        let is_denied = story.denied.contains(&format!("{} {}", cell.region, cell.kind));
        let state = if is_denied { CellState::Missed } else { CellState::Seen };
        Event::Finished { cell, state, requests: 1, seconds: 0.0 }
    }));
    if let Some(bill) = &answer.bill {
        events.push(Event::Billed { bill: bill.clone(), months: answer.months.clone() });
    }
    events.push(Event::Ended { at: now(story), interrupted: false });
    let lines: Vec<String> = events.iter().map(|event| serde_json::to_string(event).expect("an event")).collect();
    lines.join("\n")
}

fn tell(story: &Story) -> Told {
    let (answer, asked) = read(story);
    let mut audit = app::replayed(&recording(story, &answer)).expect("a recording");
    if !story.gone.is_empty() {
        let priced = Story { resources: story.gone.clone(), ..story.clone() };
        let earlier = app::replayed(&recording(&priced, &answer)).expect("a recording");
        let gone: Vec<Gone> = story
            .gone
            .iter()
            .map(|thing| Gone {
                resource: earlier.resource(&resource(thing).arn).expect("it was found").clone(),
                until: thing.seen.expect("when it was seen"),
            })
            .collect();
        let reckoning = Box::new(reconcile::of(&audit, &gone));
        audit.apply(Event::Reconciled { reckoning });
    }
    Told { answer, audit, asked }
}

/// Compares, and keeps what differs.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, is: T, should: T) {
        if is != should {
            self.0.push(format!("{what}: is {is:?}, should be {should:?}"));
        }
    }

    fn maybe<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, is: T, should: Option<T>) {
        if let Some(should) = should {
            self.same(what, is, should);
        }
    }

    fn figures(&mut self, name: &str, bill: Option<&Bill>, said: Option<&Reconciliation>, should: Option<&Figures>) {
        let (Some(bill), Some(said)) = (bill, said) else {
            if should.is_some() {
                self.0.push(format!("{name}: there is no such bill"));
            }
            return;
        };
        let whole = said.explained_usd + said.known_usd + said.unexplained_usd;
        self.same(&format!("{name}, the three parts"), whole, bill.usage_usd);
        for line in &bill.lines {
            let days: Usd = line.daily_usd.iter().copied().sum();
            if !line.daily_usd.is_empty() {
                self.same(&format!("{name}, days of {}", line.usage_type), days, line.usd);
            }
        }
        let Some(should) = should else { return };
        self.same(&format!("{name}, usage"), bill.usage_usd.exact(), should.usage.clone());
        self.same(&format!("{name}, explained"), said.explained_usd.exact(), should.explained.clone());
        self.same(&format!("{name}, known"), said.known_usd.exact(), should.known.clone());
        self.same(&format!("{name}, unexplained"), said.unexplained_usd.exact(), should.unexplained.clone());
        self.same(&format!("{name}, percent"), percent(said), should.percent.clone());
        self.maybe(&format!("{name}, charged"), bill.charged_usd().exact(), should.charged.clone());
        self.maybe(&format!("{name}, credits"), bill.credits_usd.exact(), should.credits.clone());
    }

    fn line(&mut self, usage_type: &str, audit: &Audit, should: &Line) {
        let (Some(bill), Some(said)) = (&audit.bill, audit.reconciliation()) else {
            return self.0.push(format!("{usage_type}: there is no bill"));
        };
        let Some(at) = bill.lines.iter().position(|line| line.usage_type == usage_type) else {
            return self.0.push(format!("{usage_type}: there is no such line"));
        };
        let line = &said.lines[at];
        self.maybe(&format!("{usage_type}, explained"), line.explained_usd.exact(), should.explained.clone());
        self.maybe(&format!("{usage_type}, unexplained"), line.unexplained_usd.exact(), should.unexplained.clone());
        let days = line.unexplained_on.as_ref().map(|days| days.label()).unwrap_or_default();
        self.maybe(&format!("{usage_type}, days"), days, should.days.clone());
        self.maybe(&format!("{usage_type}, hidden by"), line.hidden_by.clone(), should.hidden_by.clone());
        let by = line.by.iter().map(|share| {
            let id = share.resource.as_str().rsplit(':').next().unwrap_or_default();
            let gone = if share.gone { ", gone" } else { "" };
            format!("{id} {} {}{gone}", share.usd.exact(), share.basis.word())
        });
        self.maybe(&format!("{usage_type}, by"), by.collect(), should.by.clone());
    }
}

fn percent(said: &Reconciliation) -> String {
    said.explained_percent.map_or(String::new(), |percent| format!("{percent:.2}"))
}

fn check(story: &Story, told: &Told) -> Vec<String> {
    let Expect { bill, last_month, month_to_date, .. } = &story.expect;
    let mut differs = Differences::default();
    let (audit, answer) = (&told.audit, &told.answer);
    let reckoning = &audit.reckoning;
    differs.same("there is a bill", audit.bill.is_some(), bill.is_some());
    differs.figures("30 days", audit.bill.as_ref(), audit.reconciliation(), bill.as_ref());
    differs.figures("last month", audit.months.first(), reckoning.months.first(), last_month.as_ref());
    differs.figures("month to date", audit.months.get(1), reckoning.months.get(1), month_to_date.as_ref());
    differs.maybe("months", audit.months.len(), story.expect.months);
    differs.maybe("requests", answer.requests, story.expect.requests);
    differs.same("spent", answer.spent, bill::REQUEST_USD.times(f64::from(answer.requests)));
    if let Some(should) = &story.expect.amortized {
        let viewed = audit.bill.as_ref().and_then(|bill| bill.viewed_as(View::Amortized));
        let mut anew = audit.clone();
        if let Some(bill) = viewed.clone() {
            anew.apply(Event::Billed { bill, months: Vec::new() });
            let reckoning = Box::new(reconcile::of(&anew, &[]));
            anew.apply(Event::Reconciled { reckoning });
        }
        differs.figures("amortized", viewed.as_ref(), anew.reconciliation(), Some(should));
    }
    let gaps: Vec<String> = answer.faults.iter().map(|fault| format!("{}: {}", fault.why, fault.detail)).collect();
    let fits = |gap: &String, should: &String| {
        let (why, text) = should.split_once(": ").expect("a reason and a text");
        gap.starts_with(why) && gap.contains(text)
    };
    let all_fit = gaps.len() == story.expect.gaps.len() && gaps.iter().zip(&story.expect.gaps).all(|(a, b)| fits(a, b));
    differs.same(&format!("gaps {gaps:?} are {:?}", story.expect.gaps), all_fit, true);
    for (usage_type, line) in &story.expect.line {
        differs.line(usage_type, audit, line);
    }
    if let Some(should) = &story.expect.unbilled {
        let unbilled = audit.reconciliation().map(|said| said.unbilled.clone()).unwrap_or_default();
        let id = |one: &ResourceId| audit.resource(one).map(|one| one.id.clone()).unwrap_or_default();
        let is: BTreeMap<String, bool> = unbilled.iter().map(|one| (id(&one.resource), one.free)).collect();
        differs.same("unbilled", &is, should);
    }
    if let Some(should) = &story.expect.savings {
        let said = reckoning.savings.clone().unwrap_or_default();
        differs.same("list price", said.list_usd.exact(), should.list.clone());
        differs.same("next bill", said.next_bill_usd.exact(), should.next_bill.clone());
        let between = said.discounts_usd + said.committed_usd + said.not_billed_usd + said.credits_usd;
        differs.same("what lies between", said.next_bill_usd + between, said.list_usd);
        differs.maybe("discounts", said.discounts_usd.exact(), should.discounts.clone());
        differs.maybe("committed", said.committed_usd.exact(), should.committed.clone());
        differs.maybe("not billed", said.not_billed_usd.exact(), should.not_billed.clone());
        differs.maybe("credits", said.credits_usd.exact(), should.credits.clone());
    }
    if let Some(should) = &story.expect.commitments {
        let left = |usd: Option<Usd>| usd.map_or("?".to_owned(), Usd::exact);
        let is: BTreeMap<String, String> =
            reckoning.commitments.iter().map(|one| (one.name.clone(), left(one.remaining_usd))).collect();
        differs.same("commitments", &is, should);
    }
    if let Some(should) = &story.expect.rates {
        let parts = audit.resources().filter_map(|one| one.cost.as_ref()).flat_map(|cost| &cost.parts);
        let own = parts.filter(|part| part.source.origin == PriceOrigin::Bill);
        let is: BTreeMap<String, String> = own.map(|part| (part.key.clone(), part.unit_usd.clone())).collect();
        differs.same("rates", &is, should);
    }
    if let Some(should) = &story.expect.forecast {
        let told = audit.bill.as_ref().map(|bill| [bill.forecast_usd, bill.forecast_low_usd, bill.forecast_high_usd]);
        let text = told.map(|told| told.map(|usd| usd.map(Usd::exact).unwrap_or_default())).unwrap_or_default();
        differs.same("forecast", &text, should);
    }
    let estimated = audit.bill.as_ref().and_then(|bill| bill.period.estimated_from.clone());
    differs.same("estimated from", estimated, story.expect.estimated_from.clone());
    differs.0
}

#[test]
fn every_story_comes_out_to_the_micro_dollar() {
    let stories = all();
    assert!(stories.len() >= 12, "{} stories", stories.len());
    let mut wrong = Vec::new();
    for story in &stories {
        let told = tell(story);
        let explained = told.audit.reconciliation().map_or("no bill".to_owned(), percent);
        println!("{}: {explained} % explained, {} requests, ${}", story.name, told.answer.requests, told.answer.spent);
        wrong.extend(check(story, &told).into_iter().map(|text| format!("{}: {text}", story.name)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_story_asks_for_nothing_twice() {
    for story in all().iter().filter(|story| story.page > 1_000) {
        let told = tell(story);
        // One answer by record type, and one for each way of paying that occurred.
        let ways: std::collections::BTreeSet<&str> = story.rows.iter().map(|row| row.record.as_str()).collect();
        let reserved = ways.contains("DiscountedUsage");
        let plans = ways.contains("SavingsPlanCoveredUsage") || ways.contains("SavingsPlanNegation");
        let expected = 2 + usize::from(reserved) + usize::from(plans);
        let asked = told.asked.iter().filter(|operation| *operation == "GetCostAndUsage").count();
        let is_read = told.answer.bill.is_some();
        assert!(if is_read { asked == expected } else { asked <= expected }, "{}: {:?}", story.name, told.asked);
    }
}
