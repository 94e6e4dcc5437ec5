//! Commands that print what the program knows: kinds, policy, schema, rules, settings, completions, manual.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use comfy_table::{ContentArrangement, Table, presets};

use super::{AppError, rules as load, vocabulary, width};
use crate::cli::{Cli, Described};
use crate::model::UsageSource;
use crate::rules::{Rule, RuleSet, examples};
use crate::scan::{Billing, Reach, Scanner, scanners, sweep};
use crate::settings::Settings;
use crate::{aws, bill, price, quota, report};

/// A table without lines, as wide as the terminal.
pub fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width());
    table.set_header(head.iter().map(|word| word.to_uppercase()));
    table
}

/// Every rule, a line each.
pub fn rules(settings: &Settings, out: &mut impl Write) -> Result<u8, AppError> {
    let set = load(settings)?;
    let mut table = table(&["rule", "kind", "category", "certainty", "title"]);
    for rule in set.iter() {
        let state = if rule.enabled { rule.title.clone() } else { format!("{} (switched off)", rule.title) };
        table.add_row([&rule.id, rule.kind.as_str(), rule.category.word(), rule.certainty.word(), &state]);
    }
    writeln!(out, "{table}")?;
    writeln!(out, "\n{} rules. `closeout rules show ID` prints one whole.", set.iter().count())?;
    Ok(0)
}

/// One rule, with the thresholds in force.
pub fn rule(settings: &Settings, id: &str, out: &mut impl Write) -> Result<u8, AppError> {
    let set = load(settings)?;
    let Some(rule) = set.get(id) else {
        let near = set.nearest(id).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(AppError::NoRule(id.to_owned(), near));
    };
    writeln!(out, "{}: {}", rule.id, rule.title)?;
    writeln!(out, "  judges     {}", rule.kind)?;
    writeln!(out, "  looks for  {}, {}", rule.category, rule.certainty)?;
    writeln!(out, "  closing    {}", rule.closure)?;
    writeln!(out, "  remedy     {}", rule.remedy)?;
    writeln!(out, "  from       {}{}", rule.origin, if rule.enabled { "" } else { " (switched off)" })?;
    if !rule.needs.is_empty() {
        let needs: Vec<&str> = rule.needs.iter().map(crate::model::Kind::as_str).collect();
        writeln!(out, "  waits for  {}", needs.join(", "))?;
    }
    for name in &rule.metrics {
        if let Some(metric) = set.catalogue.get(&rule.kind, name) {
            writeln!(
                out,
                "  measures   {name}: {} {} {}, {} days",
                metric.namespace, metric.metric, metric.statistic, metric.window_days
            )?;
        }
    }
    for (name, param) in &rule.params {
        writeln!(out, "  threshold  {name} = {} {}\n             {}", param.value, param.unit, param.why)?;
    }
    writeln!(out, "\n{}", rule.text.trim_end())?;
    Ok(0)
}

/// Every quota with a known source of its use, a line each with all its sources in the order they are believed; of these
/// services only, when any is named.
pub fn quota_sources(services: &[String], out: &mut impl Write) -> Result<u8, AppError> {
    let all = known_sources(services);
    let mut table = table(&["service", "code", "quota", "sources, first that applies"]);
    for one in &all {
        let sources = one.sources.iter().map(|source| format!("{}: {}", source_word(source.source), source.detail));
        let sources = sources.collect::<Vec<_>>().join("; ");
        table.add_row([one.service_code, one.quota_code, one.name, &sources]);
    }
    if !all.is_empty() {
        writeln!(out, "{table}\n")?;
    }
    let total = source_totals(&all);
    writeln!(
        out,
        "{} quotas of {} services have a known source of their use: {} a metric, {} a count over what a scan finds, {} a",
        all.len(),
        total.services,
        total.metric,
        total.scan,
        total.call
    )?;
    writeln!(
        out,
        "call of their service. Service Quotas may name metrics for more; `closeout quotas --all` tells which"
    )?;
    writeln!(out, "source each has in an account.")?;
    Ok(0)
}

/// The same as a JSON document.
pub fn quota_sources_json(services: &[String], out: &mut impl Write) -> Result<u8, AppError> {
    let all = known_sources(services);
    let document = serde_json::json!({ "quotas": all, "total": source_totals(&all) });
    writeln!(out, "{document:#}")?;
    Ok(0)
}

fn known_sources(services: &[String]) -> Vec<quota::Sourced> {
    let mut all = quota::sources();
    all.retain(|one| services.is_empty() || services.iter().any(|service| service == one.service_code));
    all
}

fn source_word(source: UsageSource) -> &'static str {
    match source {
        UsageSource::Metric => "metric",
        UsageSource::Scan => "scan",
        UsageSource::Call => "call",
        UsageSource::None => "none",
    }
}

/// How many quotas have each sort of source, and of how many services they are.
#[derive(serde::Serialize)]
struct SourceTotals {
    quotas: usize,
    services: usize,
    metric: usize,
    scan: usize,
    call: usize,
}

fn source_totals(all: &[quota::Sourced]) -> SourceTotals {
    let with = |source| all.iter().filter(|one| one.sources.iter().any(|has| has.source == source)).count();
    SourceTotals {
        quotas: all.len(),
        services: all.iter().map(|one| one.service_code).collect::<BTreeSet<_>>().len(),
        metric: with(UsageSource::Metric),
        scan: with(UsageSource::Scan),
        call: with(UsageSource::Call),
    }
}

/// Loads a folder of rules as a scan would and runs their samples.
pub fn check(folder: &Path, out: &mut impl Write) -> Result<u8, AppError> {
    let words = vocabulary();
    let set = RuleSet::with_folder(&words, folder)?;
    let broken = examples::run_all(&set, &words, |_| true);
    if !broken.is_empty() {
        return Err(crate::rules::RuleErrors(broken).into());
    }
    let plural = |count: usize| if count == 1 { "rule" } else { "rules" };
    let theirs = set.iter().filter(|rule| !rule.built_in).count();
    let samples: usize = set.iter().map(|rule| rule.examples.len()).sum();
    writeln!(
        out,
        "{theirs} {} in {}, {} with the built-in ones; all {samples} samples come out as they say.",
        plural(theirs),
        folder.display(),
        set.iter().count()
    )?;
    Ok(0)
}

/// Every kind that is to be scanned: what is listed, what that asks for, who reads it, what is known of its
/// price, what may be done, and how it is tested.
pub fn kinds(settings: &Settings, out: &mut impl Write) -> Result<u8, AppError> {
    let set = load(settings)?;
    let chosen = &settings.scanners;
    for scanner in chosen {
        kind(&set, scanner, out)?;
    }
    if chosen.len() == scanners().count() {
        let priced = chosen.iter().filter(|one| matches!(one.billing, Billing::By(_))).count();
        let free = chosen.iter().filter(|one| matches!(one.billing, Billing::Free)).count();
        let recorded = chosen.iter().filter(|one| one.tested.by_recording()).count();
        let emulated = chosen.iter().filter(|one| one.tested.by_emulator()).count();
        writeln!(
            out,
            "{} kinds: {priced} priced by their facts, {free} free, {} of unknown price; {recorded} tested with \
             recorded answers, {emulated} against the emulator. {} rules.",
            chosen.len(),
            chosen.len() - priced - free,
            set.iter().count()
        )?;
    }
    Ok(0)
}

fn kind(set: &RuleSet, scanner: &Scanner, out: &mut impl Write) -> Result<(), AppError> {
    let reach = if scanner.reach == Reach::Global { "once" } else { "per region" };
    let of_kind: Vec<&Rule> = set.of_kind(&scanner.kind).collect();
    let others: Vec<&str> = set
        .iter()
        .filter(|rule| rule.kind != scanner.kind && rule.needs.contains(&scanner.kind))
        .map(|r| &*r.id)
        .collect();
    let remedies: BTreeSet<&str> = of_kind.iter().map(|rule| &*rule.remedy).filter(|word| *word != "review").collect();
    let price = match scanner.billing {
        Billing::Unknown => "not known",
        Billing::Free => "costs nothing by itself",
        Billing::By(_) => "by its facts",
    };
    let remedies: Vec<&str> = remedies.into_iter().collect();
    writeln!(out, "{}: {}, read {reach}", scanner.kind, scanner.title)?;
    line("asks", scanner.actions, out)?;
    line("judged by", &of_kind.iter().map(|rule| &*rule.id).collect::<Vec<_>>(), out)?;
    line("also read by", &others, out)?;
    line("price", &[price], out)?;
    line("remedies", &remedies, out)?;
    line("tested with", &[scanner.tested.words()], out)?;
    Ok(writeln!(out)?)
}

/// A line of words under a title, broken where the terminal ends; a dash where there are none.
fn line(title: &str, words: &[&str], out: &mut impl Write) -> Result<(), AppError> {
    const TITLES: usize = 15;
    let words = if words.is_empty() { &["—"] } else { words };
    let room = usize::from(width()).saturating_sub(TITLES).max(30);
    let mut lines = vec![String::new()];
    for (i, word) in words.iter().enumerate() {
        let word = if i + 1 < words.len() { format!("{word},") } else { (*word).to_owned() };
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(&word),
            Some(last) if last.len() + 1 + word.len() <= room => {
                last.push(' ');
                last.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    for (i, text) in lines.iter().enumerate() {
        let title = if i == 0 { title } else { "" };
        writeln!(out, "  {title:<12} {text}")?;
    }
    Ok(())
}

/// The read-only policy; with a role what several accounts take besides, in the account that asks.
pub fn policy(settings: &Settings, role: Option<&str>, out: &mut impl Write) -> Result<u8, AppError> {
    let fixed = [
        sweep::ACTIONS,
        aws::session::ACTIONS,
        aws::metric::ACTIONS,
        bill::ACTIONS,
        price::list_api::ACTIONS,
        quota::ACTIONS,
    ];
    let chosen = settings.scanners.iter().map(|scanner| scanner.actions).chain(fixed).flatten().copied();
    let chosen: Vec<&str> = chosen.collect();
    let policy = match role {
        None => report::policy(&chosen),
        Some(role) => report::policy_for_accounts(&chosen, aws::organization::ACTIONS, role),
    };
    writeln!(out, "{}", serde_json::to_string_pretty(&policy).map_err(std::io::Error::other)?)?;
    Ok(0)
}

/// The JSON Schema of the report.
pub fn schema(document: Described, out: &mut impl Write) -> Result<u8, AppError> {
    let schema = match document {
        Described::Audit => report::schema(),
        Described::Rollup => report::rollup::schema(),
    };
    writeln!(out, "{}", serde_json::to_string_pretty(&schema).map_err(std::io::Error::other)?)?;
    Ok(0)
}

/// Every setting with its origin.
pub fn config(settings: &Settings, out: &mut impl Write) -> Result<u8, AppError> {
    let mut table = table(&["setting", "value", "origin"]);
    for shown in &settings.shown {
        table.add_row([shown.name, &shown.value, &shown.origin]);
    }
    for (action, key) in &settings.keys {
        table.add_row([&format!("keys.{action}"), key, &settings.places.config.display().to_string()]);
    }
    let place = |path: &Option<std::path::PathBuf>| path.as_ref().map_or("—".to_owned(), |p| p.display().to_string());
    table.add_row(["config file", &settings.places.config.display().to_string(), "default"]);
    table.add_row(["state folder", &place(&settings.places.state), "default"]);
    table.add_row(["cache folder", &place(&settings.places.cache), "default"]);
    writeln!(out, "{table}")?;
    Ok(0)
}

/// A completion script.
pub fn completions(shell: clap_complete::Shell, out: &mut impl Write) -> Result<u8, AppError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "closeout", &mut script);
    out.write_all(&script)?;
    Ok(0)
}

/// The manual page, with the keys of the screen.
pub fn man(out: &mut impl Write) -> Result<u8, AppError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    keys(&mut page)?;
    out.write_all(&page)?;
    Ok(0)
}

/// The keys of the screen as a section of the manual, from the same table as `docs/keys.md`.
fn keys(page: &mut impl Write) -> std::io::Result<()> {
    writeln!(page, ".SH KEYS")?;
    for line in crate::tui::keymap::markdown().lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        if let Some(group) = line.strip_prefix("## ") {
            writeln!(page, ".SS {group}")?;
        }
        let cells: Vec<&str> = line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect();
        if let [key, does, place, _] = cells.as_slice()
            && key.starts_with('`')
        {
            writeln!(page, ".TP\n\\fB{}\\fR\n{does} ({place})", key.replace('`', ""))?;
        }
    }
    Ok(())
}
