//! A plan as a shell script to read, and to run by hand.

use super::command::quoted;
use super::step::{Plan, Step, Work};
use crate::model::clean;

/// A commented POSIX shell script of AWS CLI lines. It stops at the first error, and before its first line where the
/// credentials are another account's. It does not wait for what takes long, and says so.
pub fn script(plan: &Plan) -> String {
    let mut out = head(plan);
    let mut wave = None;
    for step in &plan.steps {
        if wave != Some(step.wave) {
            wave = Some(step.wave);
            let what = if step.wave == 0 {
                "backups, before anything is deleted"
            } else {
                "begins when the one before has ended"
            };
            out.push_str(&format!("\n# === wave {}: {what} ===\n", step.wave));
        }
        write_step(&mut out, step);
    }
    if !plan.held.is_empty() {
        out.push_str("\n# === not in this script ===\n");
    }
    for held in &plan.held {
        comment(&mut out, &format!("{} {}: {}", held.kind, held.label, held.why.sentence()));
    }
    out
}

fn head(plan: &Plan) -> String {
    let mut out = "#!/bin/sh\n".to_owned();
    let alias = plan.account.alias.as_deref().map(|alias| format!(" ({alias})")).unwrap_or_default();
    comment(&mut out, &format!("closeout {} plan {}", plan.made_by, plan.hash));
    comment(&mut out, &format!("account {}{alias}, as scanned at {}", plan.account.id, plan.scanned_at));
    comment(&mut out, &format!("{} steps, {} irreversible", plan.steps.len(), plan.irreversible().count()));
    comment(&mut out, "Nothing here looks whether a resource is still unused: read every line, and run it soon.");
    let account = quoted(&plan.account.id);
    out.push_str("set -eu\n\n");
    out.push_str("account=$(aws sts get-caller-identity --query Account --output text)\n");
    out.push_str(&format!("if [ \"$account\" != {account} ]; then\n"));
    out.push_str(&format!("    echo \"these credentials are of account $account, not of\" {account} >&2\n"));
    out.push_str("    exit 1\nfi\n");
    out
}

fn write_step(out: &mut String, step: &Step) {
    let resource = &step.resource;
    out.push('\n');
    let what = match &step.work {
        Work::Backup => "backup of".to_owned(),
        Work::Unprotect { flag } => format!("lift {flag} of"),
        Work::Act => format!("{}:", step.verb),
    };
    let name = resource.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    comment(out, &format!("{}. {what} {} {}{name} in {}", step.number, resource.kind, resource.id, resource.region));
    if !step.after.is_empty() {
        let numbers: Vec<String> = step.after.iter().map(u32::to_string).collect();
        comment(out, &format!("   after {} have ended well", numbers.join(", ")));
    }
    if let Some(usd) = step.saves_monthly_usd {
        comment(out, &format!("   saves about ${usd} a month"));
    }
    if step.is_irreversible() {
        comment(out, &format!("   IRREVERSIBLE: {} is gone for good", step.loses));
    }
    if !step.undo.is_empty() {
        let days = step.undo_days.map(|days| format!(" within {days} days")).unwrap_or_default();
        comment(out, &format!("   undo{days}: {}", step.undo));
    }
    step.takes_along.iter().for_each(|one| comment(out, &format!("   goes away with it: {one}")));
    step.breaks.iter().for_each(|one| comment(out, &format!("   works worse without it: {one}")));
    comment(out, &format!("   may take {} minutes", step.minutes));
    for command in &step.commands {
        // A line of a plan is one line; what is left of a break in it would be a command of its own.
        out.push_str(&clean(command));
        out.push('\n');
    }
}

/// A comment is one line whatever it holds.
fn comment(out: &mut String, text: &str) {
    out.push_str("# ");
    out.push_str(clean(text).trim_end());
    out.push('\n');
}
