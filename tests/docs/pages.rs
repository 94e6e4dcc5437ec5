//! Pages and tables out of what the program declares: rules, facts, options.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::CommandFactory;
use closeout::cli::Cli;
use closeout::model::Kind;
use closeout::rules::vocabulary::{Field, Type};
use closeout::rules::{Rule, RuleSet, Vocabulary};
use closeout::scan::{Reach, Scanner, scanners};
use serde_json::json;

/// What is judged like a resource, and is none.
const QUOTAS: &str = "service quotas";

/// The facts of every kind.
pub fn vocabulary() -> Vocabulary {
    let mut words = Vocabulary::of_quotas();
    for scanner in scanners() {
        words.add(scanner.kind.clone(), scanner.schema().as_value());
    }
    words
}

fn built_in() -> RuleSet {
    RuleSet::embedded(&vocabulary()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A row for each service with its kinds and the number of their rules.
pub fn kinds_with_their_rules() -> String {
    let set = built_in();
    let mut services: Vec<(&str, Vec<&Scanner>)> = Vec::new();
    for scanner in scanners() {
        match services.iter_mut().find(|(service, _)| *service == scanner.kind.service()) {
            Some((_, kinds)) => kinds.push(scanner),
            None => services.push((scanner.kind.service(), vec![scanner])),
        }
    }
    let of_quotas = set.of_kind(&Kind::QUOTA).count();
    let (rules, kinds) = (set.iter().count() - of_quotas, scanners().count());
    let mut page = format!(
        "{rules} rules over {kinds} kinds of resources of {} services, and {of_quotas} over service quotas:\n\n<details>\n<summary>All \
         kinds</summary>\n\n| service | what is listed | rules |\n| --- | --- | --- |\n",
        services.len()
    );
    for (service, kinds) in services {
        let titles: Vec<String> = kinds.iter().map(|scanner| cell(scanner.title)).collect();
        let judged: usize = kinds.iter().map(|scanner| set.of_kind(&scanner.kind).count()).sum();
        let _ = writeln!(page, "| `{service}` | {} | {judged} |", capital(&titles.join(", ")));
    }
    page.push_str("\n</details>");
    page
}

/// `docs/rules.md`.
pub fn rules() -> String {
    let set = built_in();
    let mut page = String::from(
        "# Rules\n\nThe built-in rules with their thresholds. `closeout rules show ID` prints one whole, with the reason \
         for each threshold and the samples it is tested with; [writing rules](writing-rules.md) tells how to change \
         one or add your own.\n",
    );
    let quotas = (QUOTAS, &Kind::QUOTA);
    for (title, kind) in scanners().map(|scanner| (scanner.title, &scanner.kind)).chain([quotas]) {
        let _ = write!(
            page,
            "\n## {}\n\n`{kind}`\n\n| rule | finds | category | certainty | on closing | thresholds |\n| --- | --- | --- | \
             --- | --- | --- |\n",
            capital(title)
        );
        for rule in set.of_kind(kind) {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} | {} | {} |",
                rule.id,
                cell(&rule.title),
                rule.category,
                rule.certainty,
                rule.closure,
                thresholds(rule)
            );
        }
    }
    page
}

fn thresholds(rule: &Rule) -> String {
    let each = rule.params.iter().map(|(name, param)| {
        let value = cell(&param.value.to_string());
        format!("`{name}` = {value} {}", param.unit).trim_end().to_owned()
    });
    each.collect::<Vec<_>>().join("<br>")
}

/// `docs/facts.md`.
pub fn facts() -> String {
    let words = vocabulary();
    let set = built_in();
    let mut page = String::from(
        "# Facts\n\nWhat a rule may read of each kind, as `resource.FACT`. A number with decimals is compared with `0.0`, \
         a whole number with `0`; one that may be absent is asked for with `has(resource.FACT)` first. Times are texts \
         for `since(…)`.\n\n## Every kind\n\n",
    );
    let built_in = built_in_fields();
    table(&mut page, built_in.iter());
    for scanner in scanners() {
        kind(&mut page, scanner, &words, &built_in);
        metrics(&mut page, scanner, &set);
    }
    let _ = write!(
        page,
        "\n## {}\n\n`{}`, each of which the use is known, judged when everything else is. `name` is AWS's name of it. No \
         other rule can ask for quotas.\n\n",
        capital(QUOTAS),
        Kind::QUOTA
    );
    own(&mut page, &Kind::QUOTA, &words, &built_in);
    page
}

/// What every resource has besides its facts.
fn built_in_fields() -> BTreeMap<String, Field> {
    let kind = Kind::new("any:kind");
    let mut words = Vocabulary::default();
    words.add(kind.clone(), &json!({}));
    words.fields(&kind).cloned().unwrap_or_default()
}

fn kind(page: &mut String, scanner: &Scanner, words: &Vocabulary, built_in: &BTreeMap<String, Field>) {
    let once = if scanner.reach == Reach::Global { "once for the account" } else { "in each region" };
    let actions: Vec<String> = scanner.actions.iter().map(|action| format!("`{action}`")).collect();
    let title = capital(scanner.title);
    let _ = write!(page, "\n## {title}\n\n`{}`, read {once} with {}.\n\n", scanner.kind, actions.join(", "));
    own(page, &scanner.kind, words, built_in);
}

/// The facts that not every kind has.
fn own(page: &mut String, kind: &Kind, words: &Vocabulary, built_in: &BTreeMap<String, Field>) {
    let fields = words.fields(kind).expect("a kind of the vocabulary");
    table(page, fields.iter().filter(|(name, field)| built_in.get(*name) != Some(field)));
}

fn table<'f>(page: &mut String, fields: impl Iterator<Item = (&'f String, &'f Field)>) {
    page.push_str("| fact | is | meaning |\n| --- | --- | --- |\n");
    for (name, field) in fields {
        let absent = if field.optional { ", may be absent" } else { "" };
        let _ = writeln!(page, "| `{name}` | {}{absent} | {} |", word(field.ty), cell(&field.doc));
    }
}

fn word(ty: Type) -> &'static str {
    match ty {
        Type::Text => "text",
        Type::Double => "number with decimals",
        Type::Int => "whole number",
        Type::Flag => "true or false",
        Type::List => "list",
        Type::Map => "object",
        Type::Any => "anything",
    }
}

fn metrics(page: &mut String, scanner: &Scanner, set: &RuleSet) {
    let mut names = set.catalogue.names(&scanner.kind).peekable();
    if names.peek().is_none() {
        return;
    }
    page.push_str("\n| metric | CloudWatch | over | unit |\n| --- | --- | --- | --- |\n");
    for name in names {
        let metric = set.catalogue.get(&scanner.kind, name).expect("a metric by its name");
        let _ = writeln!(
            page,
            "| `{name}` | {} {}, {} of each {} h | {} days, {} with data | {} |",
            metric.namespace,
            metric.metric,
            metric.statistic,
            metric.period_hours,
            metric.window_days,
            metric.min_days,
            metric.unit
        );
    }
}

/// The options every command takes, with their environment variables.
pub fn options() -> String {
    let command = Cli::command();
    let mut page = String::from("| option | environment | meaning |\n| --- | --- | --- |\n");
    for argument in command.get_arguments() {
        let Some(long) = argument.get_long().filter(|long| !matches!(*long, "help" | "version")) else { continue };
        let takes_value = argument.get_action().takes_values();
        let value =
            argument.get_value_names().filter(|_| takes_value).map_or(String::new(), |names| format!(" {}", names[0]));
        let environment = argument.get_env().map_or(String::new(), |name| format!("`{}`", name.to_string_lossy()));
        let help = argument.get_help().map_or(String::new(), ToString::to_string);
        let words: Vec<String> = argument
            .get_possible_values()
            .iter()
            .filter(|_| takes_value)
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        let choice = if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) };
        let _ = writeln!(page, "| `--{long}{value}` | {environment} | {}{choice} |", cell(&help));
    }
    page
}

/// A text in a cell of a table: one line, and no bar that would end the cell.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The same with a capital at its beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
