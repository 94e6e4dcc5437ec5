//! The closing checklist: every item says of its samples what it claims, and of whole accounts what a person who closes
//! them has to know.

#[path = "checklist_support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use closeout::checklist::item::{Example, Item, SECTIONS};
use closeout::checklist::{Items, Ticks, judge};
use closeout::model::{AccountType, ItemLevel, ItemState, Tick, Verdict};

use support::{Account, items, thing};

fn sample(example: &Example) -> Account {
    let mut account = Account::of(example.account.unwrap_or(AccountType::Standalone));
    for one in &example.resource {
        account.add(thing(&one.kind, &one.id, &serde_json::to_value(&one.facts).expect("facts")));
    }
    for kind in &example.unseen {
        account.deny(kind);
    }
    account
}

#[test]
fn every_item_says_of_its_samples_what_it_claims() {
    let items = items();
    let mut wrong = Vec::new();
    for item in &items.all {
        for example in &item.examples {
            let judged = judge(items, &Arc::new(sample(example).audit()), &Ticks::default());
            let is = judged.items.iter().find(|one| one.id == item.id).expect("every item is judged");
            if is.state != example.state {
                let (is, unseen) = (is.state.word(), &is.unseen);
                wrong.push(format!("{}: {}: is {is}, not {}: {unseen:?}", item.id, example.name, example.state.word()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn there_are_sixty_items_and_more_and_each_can_be_tested_and_acted_on() {
    let items = items();
    assert!(items.all.len() >= 60, "{}", items.all.len());
    let mut names = BTreeSet::new();
    for item in &items.all {
        assert!(names.insert(&item.id), "{} is there twice", item.id);
        assert!(SECTIONS.contains(&item.section.as_str()), "{}", item.section);
        let texts = [&item.title, &item.why, &item.remedy];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", item.id);
        assert!(item.docs.iter().all(|link| link.starts_with("https://")) && !item.docs.is_empty(), "{}", item.id);
        let is_manual = item.level == ItemLevel::Manual;
        assert!(is_manual || !item.examples.is_empty(), "{} has no sample", item.id);
        let worst = item.examples.iter().any(|one| !matches!(one.state, ItemState::Pass | ItemState::NotApplicable));
        assert!(is_manual || worst || item.id == "regions-off", "{} has no sample that does not pass", item.id);
    }
    for section in SECTIONS {
        assert!(items.all.iter().any(|item| item.section == *section), "{section} is empty");
    }
}

#[test]
fn a_mistake_in_an_item_is_told_with_its_line_and_the_nearest_word() {
    let words = support::words();
    let read = |text: &str| match Item::read("rules/closure/data/x.toml", text, &words) {
        Ok(_) => panic!("it was taken: {text}"),
        Err(error) => error.to_string(),
    };
    let head = "title = 't'\nlevel = 'warning'\nwhy = 'w'\nremedy = 'r'\npasses = 'p'\n";
    let one = |rest: &str| format!("{head}[[against]]\n{rest}");
    assert!(read(head).contains(":2: an item is manual, or something stands against it"));
    let unknown = read(&one("kind = 's3:buckt'\nsays = 'x'\n"));
    assert!(unknown.contains(":7: nothing lists `s3:buckt`; did you mean `s3:bucket`?"), "{unknown}");
    let fact = read(&one("kind = 's3:bucket'\nwhen = 'resource.is_emty'\nsays = 'x'\n"));
    assert!(fact.contains(":8:") && fact.contains("did you mean `is_empty`?"), "{fact}");
    let until = read(&one("kind = 'savingsplans:savingsplan'\nsays = 'x'\nends = 'e'\nuntil = 'ends'\n"));
    assert!(until.contains("did you mean `ends_at`?"), "{until}");
    let key = read(&format!("{head}levle = 'x'\n"));
    assert!(key.contains("unknown field `levle`"), "{key}");
}

/// Every item of an account, by id.
fn states(account: &Account) -> BTreeMap<String, ItemState> {
    let judged = judge(items(), &Arc::new(account.audit()), &Ticks::default());
    judged.items.into_iter().map(|item| (item.id, item.state)).collect()
}

/// An account in which every item is as said, and all others pass, or are open where a person has to answer.
fn holds(account: &Account, verdict: Verdict, said: &[(&str, ItemState)]) {
    let judged = judge(items(), &Arc::new(account.audit()), &Ticks::default());
    let mut expected: BTreeMap<String, ItemState> = BTreeMap::new();
    for item in &items().all {
        let manual = item.level == ItemLevel::Manual;
        expected.insert(item.id.clone(), if manual { ItemState::Open } else { ItemState::Pass });
        // What is for members or management accounts only is told by the account.
        if !account.is_for(item) {
            expected.insert(item.id.clone(), ItemState::NotApplicable);
        }
    }
    for (id, state) in said {
        assert!(expected.insert((*id).to_owned(), *state).is_some(), "there is no item {id}");
    }
    let is = states(account);
    let wrong: Vec<String> = expected
        .iter()
        .filter(|(id, state)| is.get(*id) != Some(state))
        .map(|(id, state)| format!("{id}: is {:?}, not {state:?}", is.get(id)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(judged.closure.verdict, verdict);
}

mod stories {
    use super::*;
    use ItemState::{Blocker, Unknown, Warning};
    use serde_json::json;

    #[test]
    fn an_empty_account_waits_for_people_only() {
        holds(&Account::of(AccountType::Standalone), Verdict::ReadyWithWarnings, &[]);
    }

    #[test]
    fn reservations_block_and_are_billed_to_their_end() {
        let mut account = Account::of(AccountType::Standalone);
        let plan =
            json!({ "state": "active", "plan_type": "Compute", "hourly_usd": 0.5, "ends_at": "2027-06-01T00:00:00Z" });
        account.add(thing("savingsplans:savingsplan", "sp-1", &plan));
        let node =
            json!({ "state": "active", "count": 1.0, "node_type": "ra3.xlplus", "end_at": "2027-01-01T00:00:00Z" });
        account.add(thing("redshift:reserved-node", "rn-1", &node).at(31));
        holds(&account, Verdict::Blocked, &[("savings-plans", Blocker), ("redshift-reservations", Blocker)]);
        let keeps = judge(items(), &Arc::new(account.audit()), &Ticks::default()).closure.keeps_billing;
        let until: Vec<Option<String>> = keeps.iter().map(|one| one.until.map(|at| at.to_string())).collect();
        assert_eq!(keeps.len(), 2, "{keeps:?}");
        assert!(until.contains(&Some("2027-06-01T00:00:00Z".to_owned())), "{until:?}");
    }

    #[test]
    fn a_management_account_waits_for_its_members() {
        let mut account = Account::of(AccountType::Management);
        for id in ["444455556666", "555566667777"] {
            account.add(thing("organizations:account", id, &json!({ "state": "ACTIVE", "is_own": false })));
        }
        account.add(thing("organizations:delegated-administrator", "444455556666", &json!({ "state": "ACTIVE" })));
        let said = [("active-members", Blocker), ("delegated-administrators", Blocker)];
        holds(&account, Verdict::Blocked, &said);
    }

    #[test]
    fn denied_everywhere_is_blocked_and_nothing_passes() {
        let mut account = Account::of(AccountType::Unknown);
        account.deny_all();
        let judged = judge(items(), &Arc::new(account.audit()), &Ticks::default());
        assert_eq!(judged.closure.verdict, Verdict::Blocked);
        for item in &judged.items {
            let manual = item.level == ItemLevel::Manual;
            let may = [Unknown, ItemState::Open];
            assert!(may.contains(&item.state), "{}: {:?}", item.id, item.state);
            assert!(manual || item.state == Unknown, "{}: {:?}", item.id, item.state);
            assert!(manual || !item.unseen.is_empty(), "{} does not say what hides it", item.id);
        }
        assert_eq!(judged.closure.account_type, AccountType::Unknown);
        assert!(judged.closure.procedure.iter().any(|step| step.contains("could not be told")));
    }

    #[test]
    fn a_forgotten_quicksight_trial_is_a_warning() {
        let mut account = Account::of(AccountType::Standalone);
        let facts = json!({ "status": "ACCOUNT_CREATED", "edition": "ENTERPRISE", "active_seats": 1.0 });
        account.add(thing("quicksight:account-subscription", "111122223333", &facts));
        holds(&account, Verdict::ReadyWithWarnings, &[("quicksight", Warning)]);
    }

    #[test]
    fn a_member_with_a_govcloud_twin_is_blocked_and_told_both_ways() {
        let mut account = Account::of(AccountType::Member);
        let twin = json!({ "govcloud_account_id": "444455556666", "state": "ACTIVE" });
        account.add(thing("account:govcloud-link", "444455556666", &twin));
        holds(&account, Verdict::Blocked, &[("govcloud-twin", Blocker)]);
        let closure = judge(items(), &Arc::new(account.audit()), &Ticks::default()).closure;
        assert_eq!((closure.account_type, closure.govcloud), (AccountType::Member, Some(true)));
        assert!(closure.procedure[0].contains("GovCloud") && closure.procedure[1].contains("management account"));
    }

    #[test]
    fn names_that_others_rely_on_block() {
        let mut account = Account::of(AccountType::Standalone);
        let domain = json!({ "auto_renew": true, "transfer_lock": true, "expires_at": "2027-03-01T00:00:00Z" });
        account.add(thing("route53domains:domain", "example.com", &domain));
        account.add(thing("route53:hostedzone", "Z1", &json!({ "private": false, "records": 4.0, "tier": "hosted" })));
        let said = [("domains", Blocker), ("domain-renewal", Warning), ("hosted-zones", Blocker)];
        holds(&account, Verdict::Blocked, &said);
    }

    #[test]
    fn an_account_others_live_on_is_blocked() {
        let mut account = Account::of(AccountType::Member);
        account.add(thing("ram:resource-share", "share-1", &json!({ "owner": "self", "status": "ACTIVE" })));
        let peer = json!({ "status": "active", "side": "accepter", "foreign": true, "peer_account": "444455556666" });
        account.add(thing("ec2:vpc-peering-connection", "pcx-1", &peer));
        let role = json!({ "path": "/", "service_linked": false, "trusts_accounts": ["444455556666"] });
        account.add(thing("iam:role", "partner", &role));
        let said = [("shared-out", Blocker), ("peerings", Blocker), ("trusted-accounts", Warning)];
        holds(&account, Verdict::Blocked, &said);
    }

    #[test]
    fn one_denied_list_hides_only_what_rests_on_it() {
        let mut account = Account::of(AccountType::Standalone);
        account.deny("route53domains:domain");
        holds(&account, Verdict::Blocked, &[("domains", Unknown), ("domain-renewal", Unknown)]);
        let mut softer = Account::of(AccountType::Standalone);
        softer.deny("iam:user");
        holds(&softer, Verdict::ReadyWithWarnings, &[("users", Unknown)]);
    }

    #[test]
    fn an_account_that_was_lived_in_is_warned_about_item_by_item() {
        let mut account = Account::of(AccountType::Standalone);
        account.add(thing("s3:bucket", "photos", &json!({ "is_empty": false, "size_gib": 40.0 })));
        account.add(thing("ec2:instance", "i-1", &json!({ "state": "stopped" })));
        account.add(thing("ec2:volume", "vol-1", &json!({ "state": "in-use", "size_gib": 8.0, "volume_type": "gp3" })));
        account.add(thing("iam:user", "ann", &json!({ "path": "/", "access_keys": 1.0, "active_keys": 1.0 })));
        let line = json!({ "service": "Amazon EC2", "usage_type": "EBS:VolumeUsage.gp3", "place": "us-east-1", "usd": 9.0, "lately_usd": 0.6 });
        account.add(thing("bill:line", "line", &line));
        let said = [
            ("buckets", Warning),
            ("compute", Warning),
            ("blocking-findings", Warning),
            ("users", Warning),
            ("last-month", Warning),
            ("quiet-days", Warning),
        ];
        holds(&account, Verdict::ReadyWithWarnings, &said);
    }

    #[test]
    fn an_account_with_every_answer_given_is_ready() {
        let account = Account::of(AccountType::Standalone);
        let audit = Arc::new(account.audit());
        let open = judge(items(), &audit, &Ticks::default());
        let mut ticks = Ticks::default();
        for item in open.items.iter().filter(|item| item.state == ItemState::Open) {
            ticks.tick.insert(item.id.clone(), tick(&item.rests_on));
        }
        assert!(ticks.tick.len() >= 8);
        let judged = judge(items(), &audit, &ticks);
        assert_eq!(judged.closure.verdict, Verdict::Ready);
        assert!(judged.items.iter().all(|item| !item.may_be_ticked() || item.state == ItemState::Ticked));
    }
}

fn tick(rests_on: &str) -> Tick {
    Tick {
        note: "seen".to_owned(),
        by: "mk".to_owned(),
        at: "2026-11-27T10:00:00Z".parse().expect("a time"),
        rests_on: rests_on.to_owned(),
        expired: false,
    }
}

#[test]
fn a_tick_holds_until_what_it_rests_on_changes_and_never_hides_a_blocker() {
    let mut account = Account::of(AccountType::Standalone);
    account.add(thing("s3:bucket", "photos", &serde_json::json!({ "is_empty": false, "size_gib": 40.0 })));
    account.add(thing(
        "route53:hostedzone",
        "Z1",
        &serde_json::json!({ "private": false, "records": 4.0, "tier": "hosted" }),
    ));
    let of = |account: &Account, ticks: &Ticks, id: &str| {
        let judged = judge(items(), &Arc::new(account.audit()), ticks);
        judged.items.into_iter().find(|item| item.id == id).expect("an item")
    };
    let mut ticks = Ticks::default();
    for id in ["buckets", "hosted-zones"] {
        ticks.tick.insert(id.to_owned(), tick(&of(&account, &Ticks::default(), id).rests_on));
    }
    assert_eq!(of(&account, &ticks, "buckets").state, ItemState::Ticked);
    let zone = of(&account, &ticks, "hosted-zones");
    assert_eq!(zone.state, ItemState::Blocker, "what was seen to block is not ticked away");
    assert!(!zone.may_be_ticked());

    account.add(thing("s3:bucket", "more", &serde_json::json!({ "is_empty": false, "size_gib": 1.0 })));
    let later = of(&account, &ticks, "buckets");
    assert_eq!(later.state, ItemState::Warning);
    assert!(later.tick.is_some_and(|tick| tick.expired), "the old tick is shown, and holds no more");
}

#[test]
fn what_a_scan_left_out_is_unknown() {
    let mut account = Account::of(AccountType::Standalone);
    account.leave_out("ec2:elastic-ip");
    assert_eq!(states(&account)["elastic-ips"], ItemState::Unknown, "a kind that was not read");
    let mut account = Account::of(AccountType::Standalone);
    account.only_in("us-east-1");
    let states = states(&account);
    assert_eq!(states["elastic-ips"], ItemState::Unknown, "a region that is on and was not read");
    assert_eq!(states["domains"], ItemState::Pass, "what is listed once for all regions was seen");
}

#[test]
fn items_are_read_once_and_their_order_is_that_of_the_sections() {
    let place = |item: &Item| SECTIONS.iter().position(|one| *one == item.section);
    let items: &Items = items();
    assert!(items.all.windows(2).all(|two| place(&two[0]) <= place(&two[1])));
}
