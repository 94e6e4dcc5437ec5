//! A plan as a table: steps by wave, totals, and what is held back.

use super::listings;
use crate::model::clean;
use crate::plan::{Held, HeldWhy, Plan, Step, Work, remedy};

/// A plan for people.
pub fn table(plan: &Plan) -> String {
    let mut text = String::new();
    if !plan.steps.is_empty() {
        text.push_str(&format!("{}\n\n", steps(&plan.steps)));
        plan.steps.iter().for_each(|step| notes(&mut text, step));
    }
    text.push_str(&totals(plan));
    if !plan.held.is_empty() {
        text.push_str(&format!("\nHeld back:\n{}\n", held(&plan.held)));
    }
    text
}

fn steps(steps: &[Step]) -> comfy_table::Table {
    let mut table =
        listings::table(&["wave", "step", "does", "kind", "resource", "region", "after", "saves/month", "undo"]);
    for step in steps {
        let does = match &step.work {
            Work::Backup => format!("back up as {}", step.backup),
            Work::Unprotect { flag } => format!("lift {flag}"),
            Work::Act => step.verb.clone(),
        };
        let after: Vec<String> = step.after.iter().map(u32::to_string).collect();
        table.add_row([
            step.wave.to_string(),
            step.number.to_string(),
            clean(&does).into_owned(),
            clean(step.resource.kind.as_str()).into_owned(),
            clean(&label(step)).into_owned(),
            clean(step.resource.region.as_str()).into_owned(),
            after.join(","),
            step.saves_monthly_usd.map_or("—".to_owned(), |usd| usd.pretty()),
            undo(step),
        ]);
    }
    table
}

fn label(step: &Step) -> String {
    match &step.resource.name {
        Some(name) if *name != step.resource.id => format!("{} ({name})", step.resource.id),
        _ => step.resource.id.clone(),
    }
}

fn undo(step: &Step) -> String {
    match (&step.work, step.is_irreversible(), step.undo.is_empty(), step.undo_days) {
        (Work::Act, true, ..) => "IRREVERSIBLE".to_owned(),
        (Work::Act, _, false, Some(days)) => format!("within {days} days"),
        (Work::Act, _, false, None) => "yes".to_owned(),
        _ => String::new(),
    }
}

/// What a row of the table has no room for.
fn notes(text: &mut String, step: &Step) {
    let mut note = |what: &str, names: &[String]| {
        if !names.is_empty() {
            let shown: Vec<_> = names.iter().take(8).map(|name| clean(name)).collect();
            let more = names.len().saturating_sub(shown.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            text.push_str(&format!("Step {} {what}: {}{more}\n", step.number, shown.join("; ")));
        }
    };
    if step.is_irreversible() {
        note("loses for good", std::slice::from_ref(&step.loses));
    }
    note("has to be known", Some(step.note.clone()).filter(|note| !note.is_empty()).as_slice());
    note("takes along", &step.takes_along);
    note("leaves worse off", &step.breaks);
}

fn totals(plan: &Plan) -> String {
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let backups = plan.steps.iter().filter(|step| step.work == Work::Backup).count();
    let waves = plan.steps.iter().map(|step| step.wave).collect::<std::collections::BTreeSet<_>>().len();
    let unpriced = plan.steps.iter().filter(|step| step.work == Work::Act && step.saves_monthly_usd.is_none()).count();
    let unpriced = if unpriced > 0 { format!(", {unpriced} of unknown price") } else { String::new() };
    let account = plan.account.alias.as_ref().unwrap_or(&plan.account.id);
    let actions: std::collections::BTreeSet<&str> =
        plan.steps.iter().flat_map(|step| step.actions.iter().map(String::as_str)).collect();
    let mut text = format!(
        "Account {}: {} in {}, saves {} a month{unpriced}; {} irreversible, {}, {} held back.\n",
        clean(account),
        count(plan.steps.len(), "step", "steps"),
        count(waves, "wave", "waves"),
        plan.saves_monthly_usd().pretty(),
        plan.irreversible().count(),
        count(backups, "backup", "backups"),
        plan.held.len(),
    );
    if !actions.is_empty() {
        text.push_str(&format!("Takes: {}\n", actions.into_iter().collect::<Vec<_>>().join(", ")));
    }
    text.push_str(&format!("Nothing was changed. Hash {}\n", plan.hash));
    text
}

fn held(held: &[Held]) -> comfy_table::Table {
    let mut table = listings::table(&["kind", "resource", "region", "why", "what would help"]);
    for one in held {
        table.add_row([
            clean(one.kind.as_str()).into_owned(),
            clean(&one.label).into_owned(),
            clean(one.region.as_str()).into_owned(),
            clean(&one.why.sentence()).into_owned(),
            clean(&help(one)).into_owned(),
        ]);
    }
    table
}

/// The option that would let it go, or what a person could do.
fn help(held: &Held) -> String {
    let offer: Vec<&str> =
        held.offer.iter().map(|id| id.as_str().rsplit([':', '/']).next().unwrap_or_default()).collect();
    match &held.why {
        HeldWhy::InUse { .. } if !offer.is_empty() => format!("--add-dependents adds {}", offer.join(", ")),
        HeldWhy::Owned { .. } if !offer.is_empty() => format!("--add-owners plans for {}", offer.join(", ")),
        HeldWhy::Locked { flag } => {
            let known = remedy(&held.kind).is_some_and(|remedy| remedy.unprotect.iter().any(|one| one.flag == *flag));
            if known { "--lift-locks".to_owned() } else { "lift it by hand".to_owned() }
        }
        HeldWhy::Kept { .. } => "take the tag off, if it is not meant any more".to_owned(),
        _ => String::new(),
    }
}
