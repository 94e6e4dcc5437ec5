use proptest::prelude::*;

use super::*;
use crate::report::Gate;

/// An account as an audit of it would be told.
fn entry(id: u64, begun: i64, waste: &[i64]) -> AccountEntry {
    let mut audit = Audit::default();
    audit.account = Account { id: format!("{id:012}"), partition: "aws".to_owned(), ..Account::default() };
    audit.started_at = Timestamp::from_second(begun).expect("a time");
    let mut entry = AccountEntry::of(&audit);
    let finding = |(index, usd): (usize, &i64)| TopFinding {
        account: entry.account.id.clone(),
        id: format!("{index:016x}"),
        rule: "unattached-volume".to_owned(),
        title: "A volume".to_owned(),
        resource: format!("arn:{index}"),
        name: format!("vol-{index}"),
        region: Region::new("eu-west-1"),
        score: 50,
        monthly_usd: Some(Usd::from_micros(*usd)),
    };
    entry.top_findings = dearest(waste.iter().enumerate().map(finding));
    entry.summary.findings = waste.len() as u64;
    entry.summary.monthly_waste_usd = waste.iter().map(|usd| Usd::from_micros(*usd)).sum();
    entry.summary.by_severity.insert("high".to_owned(), waste.len() as u64);
    entry
}

fn failed(id: u64) -> Failed {
    Failed {
        account: format!("{id:012}"),
        name: "lab".to_owned(),
        action: "sts:AssumeRole".to_owned(),
        why: Why::Denied,
        detail: "not authorized".to_owned(),
    }
}

fn json(rollup: &Rollup) -> String {
    serde_json::to_string_pretty(rollup).expect("plain data")
}

/// A roll-up after its way through a file.
fn filed(rollup: &Rollup) -> Input {
    read("rollup.json", &json(rollup))
}

proptest! {
    #[test]
    fn parts_merge_into_the_whole_byte_for_byte(
        accounts in proptest::collection::btree_map(0u64..999_999_999_999, proptest::collection::vec(0i64..50_000_000, 0..14), 0..12),
        lost in proptest::collection::btree_set(0u64..999_999_999_999, 0..3),
        of in 1u32..7,
    ) {
        let entries: Vec<AccountEntry> =
            accounts.iter().map(|(id, waste)| entry(*id, 1_700_000_000 + (*id % 1000) as i64, waste)).collect();
        let failures: Vec<Failed> = lost.iter().filter(|id| !accounts.contains_key(id)).map(|id| failed(*id)).collect();
        let whole = Rollup::of(entries.clone(), failures.clone(), Vec::new(), Vec::new());
        let part = |index: u32| {
            let shard = Shard { of, index };
            let own = entries.iter().filter(|entry| shard.holds(&entry.account.id)).cloned().collect();
            let lost = failures.iter().filter(|one| shard.holds(&one.account)).cloned().collect();
            filed(&Rollup::of(own, lost, Vec::new(), vec![shard]))
        };
        let merged = merge((0..of).rev().map(part).collect());
        prop_assert_eq!(json(&merged.rollup), json(&whole));
        prop_assert!(merged.passed_over.is_empty());
    }

    #[test]
    fn every_account_is_in_one_part_and_stays_there(id in 0u64..999_999_999_999, of in 1u32..50) {
        let id = format!("{id:012}");
        let holding = (0..of).filter(|index| Shard { of, index: *index }.holds(&id)).count();
        prop_assert_eq!(holding, 1);
    }
}

#[test]
fn the_part_of_an_account_is_the_same_on_every_machine_and_version() {
    let part = |of: u32| (0..of).find(|index| Shard { of, index: *index }.holds("123456789012"));
    assert_eq!((part(1), part(8), part(100)), (Some(0), Some(PART_OF_8), Some(PART_OF_100)));
}

/// Worked out apart from this program, with the SHA-256 of Python.
const PART_OF_8: u32 = 2;
const PART_OF_100: u32 = 34;

#[test]
fn a_part_counts_from_zero_and_ends_before_its_number() {
    let shard: Shard = "7/8".parse().expect("the last of eight");
    assert_eq!((shard.index, shard.of, shard.to_string()), (7, 8, "7/8".to_owned()));
    for text in ["8/8", "1", "/8", "-1/8", "0/0", "a/b", "0/100001", ""] {
        assert!(text.parse::<Shard>().is_err(), "{text}");
    }
}

#[test]
fn sums_leave_out_the_bill_of_a_whole_organization_and_count_each_failure_as_a_gap() {
    let bill = |entry: AccountEntry, usd| AccountEntry {
        summary: Summary { bill_usd: Some(Usd::from_micros(usd)), gaps: 2, ..entry.summary.clone() },
        ..entry
    };
    let payer = AccountEntry { whole_bill: true, ..bill(entry(1, 0, &[3_000_000]), 90) };
    let rollup = Rollup::of(vec![bill(entry(2, 0, &[1_000_000, 2]), 40), payer], vec![failed(3)], vec![], vec![]);
    let total = &rollup.total;
    assert_eq!((total.bill_usd, total.bills), (Some(Usd::from_micros(40)), 1));
    assert_eq!((total.gaps, total.failed, total.findings), (5, 1, 3));
    assert_eq!(total.monthly_waste_usd, Usd::from_micros(4_000_002));
    assert!(rollup.is_incomplete() && !rollup.has_nothing());
    let says = |gate: &str| gate.parse::<Gate>().expect("a condition").passed_by_all(&rollup);
    assert_eq!(says("waste>=4").as_deref(), Some("$4.00 a month in all accounts"));
    assert_eq!(says("gap>4").as_deref(), Some("5 gaps in all accounts"));
    assert_eq!((says("finding>3"), says("quota>=1%")), (None, None));
}

#[test]
fn the_newest_audit_of_an_account_counts_and_the_older_one_is_named() {
    let (old, new) = (entry(1, 100, &[9]), entry(1, 200, &[1, 2]));
    for inputs in [[&old, &new], [&new, &old]] {
        let inputs = inputs.map(|entry| Input::Audit(Box::new(entry.clone())));
        let merged = merge(inputs.to_vec());
        assert_eq!(merged.rollup.accounts, std::slice::from_ref(&new));
        assert_eq!(merged.passed_over.len(), 1, "{:?}", merged.passed_over);
    }
}

#[test]
fn an_audit_beside_the_roll_up_it_is_in_counts_once_and_keeps_its_name() {
    let named = AccountEntry { name: Some("lab".to_owned()), file: Some("1.json".to_owned()), ..entry(1, 100, &[9]) };
    let rollup = Rollup::of(vec![named.clone()], vec![], vec![], vec![]);
    for turned in [false, true] {
        let mut inputs = vec![filed(&rollup), Input::Audit(Box::new(AccountEntry { name: None, ..named.clone() }))];
        if turned {
            inputs.reverse();
        }
        let merged = merge(inputs);
        assert_eq!((merged.rollup.accounts, merged.passed_over), (vec![named.clone()], vec![]));
    }
}

#[test]
fn what_is_missing_or_damaged_makes_the_roll_up_incomplete() {
    let part = Rollup::of(vec![entry(1, 0, &[])], vec![], vec![], vec![Shard { of: 3, index: 1 }]);
    let text = json(&part);
    let merged = merge(vec![filed(&part), read("cut.json", &text[..text.len() / 2]), read("x.json", "{}")]);
    let names: Vec<&str> = merged.rollup.failed.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["cut.json", "shard 0/3", "shard 2/3", "x.json"]);
    assert!(merged.rollup.is_incomplete());
    let others = [0, 2].map(|index| filed(&Rollup::of(vec![], vec![], vec![], vec![Shard { of: 3, index }])));
    let later = merge(std::iter::once(filed(&merge(vec![filed(&part)]).rollup)).chain(others).collect());
    assert!(later.rollup.failed.is_empty(), "a merge of some parts takes the others in: {:?}", later.rollup.failed);
}

#[test]
fn an_account_that_was_read_after_all_has_not_failed() {
    let merged = merge(vec![
        filed(&Rollup::of(vec![], vec![failed(1), failed(2)], vec![], vec![])),
        Input::Audit(Box::new(entry(1, 0, &[]))),
    ]);
    assert_eq!(merged.rollup.failed, [failed(2)]);
    assert_eq!(merged.passed_over.len(), 1);
}
