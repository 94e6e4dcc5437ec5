//! A closing checklist with an item of every state, some with hostile names.

use super::{ACCOUNT, at, usd};
use crate::model::{
    AccountType, ChecklistItem, Closure, Event, ItemLevel, ItemState, KeepsBilling, Kind, Region, ResourceId, Tick,
    Verdict,
};

/// The list, judged: blocked.
pub fn checked() -> Event {
    let plan = format!("arn:aws:savingsplans::{ACCOUNT}:savingsplan/5f3c0a1e");
    let closure = Closure {
        account_type: AccountType::Member,
        govcloud: None,
        verdict: Verdict::Blocked,
        keeps_billing: vec![
            KeepsBilling {
                resource: ResourceId::new(plan.clone()),
                kind: Kind::new("savingsplans:savingsplan"),
                region: Region::global(),
                label: "compute\u{1b}[31m".to_owned(),
                item: "no-savings-plans".to_owned(),
                until: Some(at("2027-06-01T00:00:00Z")),
                ends: "runs to the end of its term".to_owned(),
                monthly_usd: Some(usd("73.00")),
                remaining_usd: Some(usd("456.25")),
            },
            KeepsBilling {
                resource: ResourceId::new(format!("arn:aws:route53domains:::{ACCOUNT}/example.org")),
                kind: Kind::new("route53domains:domain"),
                region: Region::global(),
                label: "example.org".to_owned(),
                item: "domains-moved".to_owned(),
                until: None,
                ends: "renews until that is turned off".to_owned(),
                monthly_usd: None,
                remaining_usd: None,
            },
        ],
        keeps_billing_usd: usd("456.25"),
        procedure: vec![
            "Somebody of the management account closes it, under Organizations.".to_owned(),
            "It can be opened again for 90 days.".to_owned(),
        ],
    };
    let mut items = vec![
        item("no-public-images", "sharing", ItemLevel::Warning, ItemState::Pass, "None is public"),
        item("support-plan", "account", ItemLevel::Manual, ItemState::Open, "Is the support plan Basic?"),
        item(
            "no-savings-plans",
            "commitments",
            ItemLevel::Blocker,
            ItemState::Blocker,
            "Compute plan until 2027-06-01",
        ),
        item("no-flow-to-others", "network", ItemLevel::Blocker, ItemState::Unknown, "ec2:vpc was not read"),
        item("domains-moved", "names", ItemLevel::Warning, ItemState::Warning, "example.org\u{202e} renews"),
        item("not-managing", "organization", ItemLevel::Blocker, ItemState::NotApplicable, "not for a member account"),
        item("data-copied", "data", ItemLevel::Manual, ItemState::Ticked, "Is what is needed copied out?"),
        item("contacts-kept", "account", ItemLevel::Manual, ItemState::Open, "Who gets mail afterwards?"),
    ];
    items[2].evidence = (1..=6).map(|n| format!("Compute plan {n} of {plan} until 2027-06-01")).collect();
    items[3].unseen = vec!["ec2:vpc in ca-central-1: denied (ec2:DescribeVpcs from 198.51.100.7)".to_owned()];
    items[6].tick = Some(tick(false));
    items[7].tick = Some(tick(true));
    Event::Checked { closure: Box::new(closure), items }
}

fn tick(expired: bool) -> Tick {
    Tick {
        note: "seen in the console".to_owned(),
        by: "mk as Auditor".to_owned(),
        at: at("2026-11-20T10:00:00Z"),
        rests_on: "00".to_owned(),
        expired,
    }
}

fn item(id: &str, section: &str, level: ItemLevel, state: ItemState, result: &str) -> ChecklistItem {
    ChecklistItem {
        id: id.to_owned(),
        section: section.to_owned(),
        title: format!("{} is settled", id.replace('-', " ")),
        level,
        state,
        result: result.to_owned(),
        evidence: Vec::new(),
        unseen: Vec::new(),
        why: "What is left behind here goes on after the account is gone.".to_owned(),
        remedy: "Somebody ends it, in the console of the service.".to_owned(),
        docs: vec!["https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html".to_owned()],
        rests_on: "00".to_owned(),
        tick: None,
    }
}
