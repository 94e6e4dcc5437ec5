//! A plan for chosen findings: from a scan or a saved report with its inventory. Nothing is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::history::Past;
use super::open::{self, Saved};
use super::{AppError, INCOMPLETE, deliver, files, headless, plan_page, rules, status, vocabulary};
use crate::audit::Audit;
use crate::cli::{self, PlanFormat};
use crate::model::{Finding, Resource, ResourceId};
use crate::plan::{self, Allowed, Know, Marks, Plan};
use crate::rules::{RuleSet, Selected, Selection, hint};
use crate::settings::Settings;

/// Plans, prints and writes. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::Plan) -> Result<u8, AppError> {
    for file in [&wish.output, &wish.script, &wish.terraform].into_iter().flatten() {
        files::check_folder(file)?;
    }
    if let Some(plan) = wish.file.as_deref().map(saved).transpose()?.flatten() {
        if wish.select.is_some() || !wish.id.is_empty() || wish.due {
            return Err(AppError::Asked(
                "a plan is made from a report, not from a plan; this one is shown only".to_owned(),
            ));
        }
        put(settings, wish, &plan)?;
        return Ok(0);
    }
    if wish.select.is_none() && wish.id.is_empty() && !wish.due {
        return Err(AppError::Asked(
            "say what to plan for: --select with an expression over findings, --id, or --due".to_owned(),
        ));
    }
    let set = rules(settings)?;
    let selection = wish.select.as_deref().map(|text| Selection::compile(text, &vocabulary(), &set)).transpose();
    let selection = selection.map_err(|mistake| AppError::Asked(format!("--select: {mistake}")))?;
    let audit = Arc::new(audit(settings, wish.file.as_deref())?);
    let selected = selection.map(|selection| selection.of(&audit)).unwrap_or_default();
    let mut marks = marks(&audit, &selected, &wish.id)?;
    if wish.due {
        let due = audit.quarantined.iter().filter(|one| one.is_due());
        marks.extend(due.map(|one| (one.resource.clone(), BTreeSet::new())));
    }
    let allowed = Allowed {
        dependents: wish.add_dependents,
        owners: wish.add_owners,
        unprotect: wish.lift_locks,
        removal: wish.delete || wish.due,
    };
    let plan = made(&audit, &set, &marks, allowed)?;
    put(settings, wish, &plan)?;
    Ok(ended(&audit, &selected))
}

/// A saved plan. `None` when the file is something else, which may be a report.
fn saved(file: &Path) -> Result<Option<Plan>, AppError> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| AppError::File(name.clone(), error))?;
    if !plan::file::is_one(&text) {
        return Ok(None);
    }
    Plan::read(&text).map(Some).map_err(|error| AppError::Plan(name, error))
}

/// What is planned from: everything that is there, never the findings alone.
fn audit(settings: &Settings, file: Option<&Path>) -> Result<Audit, AppError> {
    let Some(file) = file else { return headless::gather(settings, &Past::none(), headless::Ask::default()) };
    let Saved { audit, has_inventory } = open::read(settings, file)?;
    if !has_inventory {
        return Err(AppError::Asked(format!(
            "{}: a plan needs every resource, and this report holds those of findings only; write it with `closeout scan \
             --format json --inventory`",
            file.display()
        )));
    }
    Ok(audit)
}

/// The plan of marks, by the remedies and the wishes to keep that are in force.
pub(super) fn made(audit: &Audit, set: &RuleSet, marks: &Marks, allowed: Allowed) -> Result<Plan, AppError> {
    let today = audit.started_at.to_zoned(TimeZone::UTC).date();
    let keeps = |resource: &Resource| set.protections.of(resource, today);
    let remedies = |kind: &crate::model::Kind| plan::remedy(kind);
    plan::plan(audit, marks, allowed, Know { remedies: &remedies, keeps: &keeps })
        .map_err(|error| AppError::Output(error.into()))
}

/// What was chosen: by findings, each for itself, and by ids, with all that was found about them.
fn marks(audit: &Audit, selected: &Selected, ids: &[String]) -> Result<Marks, AppError> {
    let by_id: BTreeMap<&str, &Finding> = audit.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect();
    let mut marks = Marks::new();
    let mut whole: BTreeSet<ResourceId> = BTreeSet::new();
    for id in &selected.findings {
        if let Some(finding) = by_id.get(id.as_str()) {
            marks.entry(finding.resource.arn.clone()).or_default().insert(id.clone());
        }
    }
    for id in ids {
        match by_id.get(id.as_str()) {
            Some(finding) => {
                marks.entry(finding.resource.arn.clone()).or_default().insert(id.clone());
            }
            None => {
                whole.insert(named(audit, id)?.arn.clone());
            }
        }
    }
    marks.extend(whole.into_iter().map(|id| (id, BTreeSet::new())));
    Ok(marks)
}

/// The one resource with an id, a name or an ARN.
fn named<'a>(audit: &'a Audit, id: &str) -> Result<&'a Resource, AppError> {
    if let Some(found) = audit.resource(&ResourceId::new(id)) {
        return Ok(found);
    }
    let with_id: Vec<&Resource> = audit.resources().filter(|resource| resource.id == id).collect();
    let found = match with_id.is_empty() {
        true => audit.resources().filter(|resource| resource.name.as_deref() == Some(id)).collect(),
        false => with_id,
    };
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let near = hint(id, audit.resources().map(|resource| resource.id.as_str()));
            Err(AppError::Asked(format!("there is no resource and no finding `{id}`{near}")))
        }
        several => {
            let arns: Vec<&str> = several.iter().take(5).map(|resource| resource.arn.as_str()).collect();
            let all = several.len();
            Err(AppError::Asked(format!("`{id}` is {all} resources; say which by its ARN: {}", arns.join(", "))))
        }
    }
}

/// Prints the plan, and writes what was asked for.
fn put(settings: &Settings, wish: &cli::Plan, plan: &Plan) -> Result<(), AppError> {
    let text = plan.text().map_err(|error| AppError::Output(error.into()))?;
    let write = |file: &Option<PathBuf>, text: &str| -> Result<(), AppError> {
        match file {
            Some(file) => files::save(file, |out| out.write_all(text.as_bytes())),
            None => Ok(()),
        }
    };
    write(&wish.output, &text)?;
    write(&wish.script, &plan::script(plan))?;
    let notes = plan::terraform(plan);
    let nothing = "# No tag of a resource in this plan names Terraform.\n".to_owned();
    write(&wish.terraform, if notes.is_empty() { &nothing } else { &notes })?;
    let shown = match wish.format {
        PlanFormat::Json => text,
        PlanFormat::Table => plan_page::table(plan),
    };
    deliver(settings, None, |_, out| out.write_all(shown.as_bytes()))
}

/// The exit status: 4 when something could not be looked at, by the scan or by the expression.
fn ended(audit: &Audit, selected: &Selected) -> u8 {
    for (finding, reason) in selected.unjudged.iter().take(10) {
        headless::say(&format!("--select: cannot be asked of {finding}: {reason}"));
    }
    if let Some(more) = selected.unjudged.len().checked_sub(11) {
        headless::say(&format!("--select: nor of {} more", more + 1));
    }
    if selected.unjudged.is_empty() { status(audit) } else { INCOMPLETE }
}
