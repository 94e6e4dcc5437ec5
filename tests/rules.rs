//! The built-in rules are sound, and a mistake in a rule file is named with its file, line and nearest right word.

use std::fs;

use closeout::model::Category;
use closeout::rules::{RuleSet, Vocabulary, examples};
use closeout::scan::scanners;

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

#[test]
fn every_kind_has_a_rule_or_serves_one() {
    let set = built_in();
    for scanner in scanners() {
        let judged = set.of_kind(&scanner.kind).next().is_some();
        let needed = set.iter().any(|rule| rule.needs.contains(&scanner.kind));
        assert!(judged || needed, "{} is listed for nothing", scanner.kind);
    }
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
