//! The built-in rules are sound, and a mistake in a rule file is named with its file, line and nearest right word.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use closeout::audit::Audit;
use closeout::audit::restore::Parts;
use closeout::checklist::{Item, Items};
use closeout::model::{
    Account, Category, DaysAhead, Event, Finding, Kind, Quota, Region, ResourceId, Trend, TrendSource, UsageSource, Usd,
};
use closeout::rules::{RuleSet, Stage, Vocabulary, examples, judge, judge_quotas};
use closeout::scan::scanners;
use closeout::score::Weights;

fn words() -> Vocabulary {
    let mut words = Vocabulary::of_quotas();
    for scanner in scanners() {
        words.add(scanner.kind.clone(), scanner.schema().as_value());
    }
    words
}

fn built_in() -> RuleSet {
    RuleSet::embedded(&words()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A sound rule to spoil.
const SOUND: &str = r#"kind = "ec2:volume"
title = "Volume of a test"
category = "orphaned"
certainty = "certain"
closure = "nothing"
when = "resource.state == 'available' && resource.size_gib > 1.0"
saving = "0.0"
remedy = "delete"
why = "{resource.size_gib} GiB."

[params.days]
default = 3
why = "A reason."

[[example]]
name = "hit"
hit = true
resource = { state = "available", size_gib = 100 }

[[example]]
name = "near miss"
hit = false
resource = { state = "available", size_gib = 1 }
"#;

/// Loads one rule as a user's own and gives what is wrong with it.
fn mistake(spoil: impl Fn(&str) -> String) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bad-volume.toml"), spoil(SOUND)).expect("a file");
    match RuleSet::with_folder(&words(), folder.path()) {
        Ok(_) => panic!("the rule was taken"),
        Err(errors) => errors.to_string().replace(&folder.path().display().to_string(), "DIR"),
    }
}

#[test]
fn every_sample_of_every_rule_comes_out_as_it_says() {
    let words = words();
    let set = RuleSet::embedded(&words).unwrap_or_else(|errors| panic!("{errors}"));
    let broken: Vec<String> = examples::run_all(&set, &words, |_| true).iter().map(ToString::to_string).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(set.iter().count() >= 40, "{} rules", set.iter().count());
}

#[test]
fn rule_names_say_the_bad_thing() {
    for rule in built_in().iter() {
        let verb = ["check-", "no-", "delete-", "find-", "ensure-"].iter().any(|start| rule.id.starts_with(start));
        assert!(!verb, "{}", rule.id);
        assert!(!rule.docs.is_empty() || rule.category == Category::Closure, "{} rests on no documentation", rule.id);
        for (name, param) in &rule.params {
            assert!(!param.why.is_empty(), "{}: {name} has no reason", rule.id);
        }
    }
}

/// Kinds neither a rule nor an item reads, with the reason.
const IDLE: &[(&str, &str)] =
    &[("ec2:ipv4pool-ec2", "pools of addresses that were brought along: the range itself is what an item reads")];

#[test]
fn every_kind_is_read_by_a_rule_or_an_item_of_the_checklist() {
    let set = built_in();
    let items = Items::embedded(&words()).unwrap_or_else(|errors| panic!("{errors}"));
    let read: BTreeSet<&Kind> = items.all.iter().flat_map(Item::needs).collect();
    let idle = scanners().filter(|scanner| {
        let judged = set.of_kind(&scanner.kind).next().is_some();
        let needed = set.iter().any(|rule| rule.needs.contains(&scanner.kind));
        !judged && !needed && !read.contains(&scanner.kind)
    });
    let idle: Vec<&str> = idle.map(|scanner| scanner.kind.as_str()).collect();
    let known: Vec<&str> = IDLE.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(idle, known, "listed for nothing, or read by now");
}

#[test]
fn sound_rule_of_a_user_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bad-volume.toml"), SOUND).expect("a file");
    let set = RuleSet::with_folder(&words(), folder.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(set.get("bad-volume").is_some());
    assert!(set.get("unattached-volume").is_some(), "the built-in rules stay");
}

#[test]
fn unknown_key_names_line_and_nearest_key() {
    let text = mistake(|sound| sound.replace("when =", "whn ="));
    assert!(text.starts_with("DIR/bad-volume.toml:6: unknown field `whn`"), "{text}");
    assert!(text.ends_with("did you mean `when`?"), "{text}");
}

#[test]
fn unknown_fact_names_line_and_nearest_fact() {
    let text = mistake(|sound| sound.replace("resource.state ==", "resource.stat =="));
    assert_eq!(text, "DIR/bad-volume.toml:6: `when`: ec2:volume has no fact `stat`; did you mean `state`?");
}

#[test]
fn unknown_kind_names_the_nearest() {
    let text = mistake(|sound| sound.replace("\"ec2:volume\"", "\"ec2:volumes\""));
    assert_eq!(text, "DIR/bad-volume.toml:1: no scanner lists `ec2:volumes`; did you mean `ec2:volume`?");
}

#[test]
fn literal_of_another_type_is_refused() {
    let text = mistake(|sound| sound.replace("> 1.0", "> 1"));
    assert!(text.contains(":6: `when`: `size_gib` is a number with decimals"), "{text}");
}

#[test]
fn unknown_parameter_function_and_remedy_name_the_nearest() {
    let text = mistake(|sound| sound.replace("> 1.0", "> double(params.dys)"));
    assert!(text.ends_with("unknown parameter `dys`; did you mean `days`?"), "{text}");
    let text = mistake(|sound| sound.replace("> 1.0", "> dais(3)"));
    assert!(text.contains("unknown function `dais`; did you mean `days`?"), "{text}");
    let text = mistake(|sound| sound.replace("\"delete\"", "\"delet\""));
    assert!(text.ends_with("unknown remedy `delet`; did you mean `delete`?"), "{text}");
}

#[test]
fn kind_inside_a_question_is_checked_too() {
    let text = mistake(|sound| sound.replace("resource.size_gib > 1.0", "exists('ec2:instanc', 'i-1')"));
    assert!(text.ends_with("no scanner lists `ec2:instanc`; did you mean `ec2:instance`?"), "{text}");
    let text = mistake(|sound| {
        sound.replace("resource.size_gib > 1.0", "users('ec2:instance', 'vpc-1').exists(i, i.stte == 'running')")
    });
    assert!(text.contains("ec2:instance has no fact `stte`; did you mean `state`?"), "{text}");
}

#[test]
fn expression_that_does_not_parse_names_its_line() {
    let text = mistake(|sound| sound.replace("&& resource", "&& && resource"));
    assert!(text.starts_with("DIR/bad-volume.toml:6: `when` is not an expression"), "{text}");
}

#[test]
fn rule_without_a_near_miss_is_refused() {
    let text = mistake(|sound| sound.replace("hit = false", "hit = true"));
    assert!(text.contains("a rule needs an [[example]] that it hits and one that it just misses"), "{text}");
}

#[test]
fn sample_that_comes_out_otherwise_is_a_mistake() {
    let text = mistake(|sound| sound.replace("size_gib = 1 }", "size_gib = 9 }"));
    assert!(text.ends_with("example \"near miss\": should be missed and is hit"), "{text}");
}

#[test]
fn overrides_change_thresholds_and_switch_rules_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let overrides = "[unattached-volume]\nmin_age_days = 30\n\n[gp2-volume]\nenabled = false\n";
    fs::write(folder.path().join("overrides.toml"), overrides).expect("a file");
    let set = RuleSet::with_folder(&words(), folder.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(set.get("unattached-volume").map(|rule| &rule.params["min_age_days"].value), Some(&30.into()));
    assert_eq!(set.get("gp2-volume").map(|rule| rule.enabled), Some(false));
}

#[test]
fn override_of_an_unknown_rule_or_parameter_names_the_nearest() {
    let refused = |text: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("overrides.toml"), text).expect("a file");
        RuleSet::with_folder(&words(), folder.path()).err().expect("refused").to_string()
    };
    let text = refused("[unatached-volume]\nenabled = false\n");
    assert!(
        text.ends_with("overrides.toml:1: there is no rule `unatached-volume`; did you mean `unattached-volume`?"),
        "{text}"
    );
    let text = refused("[unattached-volume]\nmin_days = 3\n");
    assert!(text.contains("overrides.toml:2: rule `unattached-volume` has no parameter `min_days`"), "{text}");
    let text = refused("[unattached-volume]\nmin_age_days = \"x\"\n");
    assert!(text.ends_with("`min_age_days` is integer, not string"), "{text}");
}

/// A quota of 50, half of a hundred things or more in use.
fn quota(code: &str, usage: f64, adjustable: bool) -> Quota {
    let quota = Quota {
        service_code: "vpc".to_owned(),
        quota_code: code.to_owned(),
        name: format!("Things of {code}"),
        region: Region::new("eu-west-1"),
        limit: 50.0,
        unit: "None".to_owned(),
        adjustable,
        ..Quota::default()
    };
    quota.with_usage(usage, UsageSource::Scan, "count of things")
}

/// The same, full in so many days.
fn full_in(days: f64, quota: Quota) -> Quota {
    let trend = Trend {
        per_week: 1.0,
        days_with_data: 28,
        days: 28,
        source: TrendSource::Metric,
        to_80_percent: None,
        to_exhaustion: Some(DaysAhead { likely: days, earliest: days, latest: days }),
    };
    Quota { trend: Some(trend), ..quota }
}

fn audit(quotas: Vec<Quota>) -> Arc<Audit> {
    let mut audit = Audit::default();
    audit.apply(Event::Began {
        account: Account { id: "111122223333".to_owned(), partition: "aws".to_owned(), ..Account::default() },
        at: "2026-11-27T08:00:00Z".parse().expect("a time"),
        regions: BTreeMap::new(),
        scope: vec![Region::new("eu-west-1")],
        kinds: Vec::new(),
        cells: Vec::new(),
    });
    for quota in quotas {
        audit.apply(Event::QuotaRead { quota });
    }
    Arc::new(audit)
}

/// The findings on quotas by code; nothing may be left unjudged.
fn on_quotas(quotas: Vec<Quota>) -> BTreeMap<String, Finding> {
    let said = judge_quotas(&built_in(), &audit(quotas), Weights::embedded());
    assert_eq!(said.gaps, [], "neither price nor fact is missing");
    let count = said.findings.len();
    let by_code: BTreeMap<String, Finding> = said.findings.into_iter().map(|f| (f.resource.id.clone(), f)).collect();
    assert_eq!(by_code.len(), count, "one finding a quota");
    by_code
}

#[test]
fn hard_quota_stands_above_a_soft_one_of_the_same_use() {
    let ahead = |code: &str, hard: bool| full_in(30.0, quota(code, 30.0, !hard));
    let found = on_quotas(vec![
        quota("L-HARD", 45.0, false),
        quota("L-SOFT", 45.0, true),
        ahead("L-HARD-SOON", true),
        ahead("L-SOFT-SOON", false),
        quota("L-FREE", 39.0, false),
        full_in(400.0, quota("L-LATER", 39.0, true)),
    ]);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["L-HARD", "L-HARD-SOON", "L-SOFT", "L-SOFT-SOON"]);
    for (hard, soft) in [("L-HARD", "L-SOFT"), ("L-HARD-SOON", "L-SOFT-SOON")] {
        let (hard, soft) = (&found[hard], &found[soft]);
        assert!(hard.score > soft.score && hard.severity > soft.severity, "{} {}", hard.rule, soft.rule);
        assert!(hard.command.is_none() && hard.remedy == "review", "no request helps: {}", hard.rule);
    }
    assert!(found["L-SOFT"].score > found["L-HARD-SOON"].score, "what is nearly full comes before what will be");
}

#[test]
fn quota_finding_has_no_money_in_it() {
    let found = on_quotas(vec![quota("L-SOFT", 50.0, true)]);
    let finding = &found["L-SOFT"];
    assert_eq!((finding.category, finding.monthly_usd, finding.waste()), (Category::Quota, Some(Usd::ZERO), Usd::ZERO));
    let parts: Vec<&str> = finding.score_parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(parts, ["headroom", "certainty", "dormancy (not known)", "closure"]);
    assert_eq!(finding.score_parts.iter().map(|part| u32::from(part.of)).sum::<u32>(), 100);
    assert_eq!((&finding.price_source, &finding.dormant_days), (&None, &None));
    let arn = ResourceId::new("arn:aws:servicequotas:eu-west-1:111122223333:vpc/L-SOFT");
    assert_eq!(finding.resource.arn, arn);
}

#[test]
fn quota_finding_says_what_is_used_and_what_leftovers_take() {
    let taken = Quota { freed: Some(21.0), ..quota("L-SOFT", 48.0, true) };
    let found = on_quotas(vec![taken]);
    let finding = &found["L-SOFT"];
    assert_eq!(
        finding.evidence[0].line(),
        "48 of 50 used, 96 %; past it calls are refused. Deleting leftovers frees 42 % of it."
    );
    let asks = "aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-SOFT \
                --desired-value 75 --region eu-west-1";
    assert_eq!(finding.command.as_deref(), Some(asks));
}

#[test]
fn quota_of_the_whole_account_is_asked_for_in_its_home_region_and_hostile_codes_stay_words() {
    let global = Quota { region: Region::global(), ..quota("L'; rm -rf ~ #", 0.0, true) };
    let lowered = Quota { limit: 1.0, ..global }.with_usage(1.0, UsageSource::Scan, "");
    let found = on_quotas(vec![lowered]);
    let command = found.values().next().and_then(|finding| finding.command.as_deref()).expect("a request");
    assert!(command.ends_with(r"--quota-code 'L'\''; rm -rf ~ #' --desired-value 2 --region us-east-1"), "{command}");
}

#[test]
fn quotas_wait_for_the_end() {
    let audit = audit(vec![quota("L-SOFT", 50.0, true)]);
    for stage in [Stage::Running, Stage::Listed, Stage::Final] {
        assert!(judge(&built_in(), &audit, Weights::embedded(), stage).findings.is_empty(), "{stage:?}");
    }
}

#[test]
fn wish_to_keep_a_name_does_not_silence_a_quota() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("protections.toml"), "names = [\"Things\"]\n").expect("a file");
    let set = RuleSet::with_folder(&words(), folder.path()).unwrap_or_else(|errors| panic!("{errors}"));
    let said = judge_quotas(&set, &audit(vec![quota("L-SOFT", 50.0, true)]), Weights::embedded());
    assert_eq!(said.findings.iter().map(Finding::counts).collect::<Vec<_>>(), [true]);
}

#[test]
fn rule_about_quotas_has_their_category_and_nobody_else_asks_for_them() {
    let of_quotas = |sound: &str| sound.replace("\"ec2:volume\"", "\"service-quotas:quota\"");
    let text = mistake(of_quotas);
    assert_eq!(text, "DIR/bad-volume.toml:3: a rule about `service-quotas:quota` has the category `quota`");
    let text = mistake(|sound| sound.replace("resource.size_gib > 1.0", "exists('service-quotas:quota', 'L-1')"));
    assert!(text.contains(":6: `when`: `exists` cannot ask for quotas: they are read last"), "{text}");
}

#[test]
fn saved_finding_on_a_quota_is_kept_and_brings_no_resource() {
    let findings: Vec<Finding> = on_quotas(vec![quota("L-SOFT", 50.0, true)]).into_values().collect();
    let restored = Audit::restore(Parts { findings: findings.clone(), ..Parts::default() });
    assert_eq!((restored.resource_count(), restored.findings), (0, findings));
}
