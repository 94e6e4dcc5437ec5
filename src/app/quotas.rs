//! Quotas by themselves: from a scan or a saved report.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::history::Past;
use super::{AppError, GATE_PASSED, deliver, ended, files, headless, listings, open};
use crate::audit::Audit;
use crate::model::{Event, Kind, clean};
use crate::quota::need::{Fit, Plan, Planned};
use crate::quota::{self, Earlier};
use crate::report::{self, LimitsFormat, Which};
use crate::settings::Settings;
use crate::{cli, scan};

/// Prints the quotas, or writes them. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::Quotas) -> Result<u8, AppError> {
    if wish.sources {
        let mut out = io::stdout().lock();
        return match wish.format {
            LimitsFormat::Table => listings::quota_sources(&wish.service, &mut out),
            LimitsFormat::Json => listings::quota_sources_json(&wish.service, &mut out),
            LimitsFormat::Csv | LimitsFormat::Openmetrics => {
                Err(AppError::Asked("--sources is told as table or json".to_owned()))
            }
        };
    }
    if let Some(file) = &wish.output {
        files::check_folder(file)?;
    }
    let plan = wish.need.as_deref().map(plan).transpose()?;
    let earlier = wish.earlier.iter().map(|file| Ok((file, open::read(settings, file)?.audit)));
    let earlier = earlier.collect::<Result<Vec<_>, AppError>>()?;
    if let Some(gate) = wish.fail_on.iter().find(|gate| gate.needs_history()) {
        return Err(AppError::Asked(format!("--fail-on '{gate}' is for `scan` and `diff`: quotas are never new")));
    }
    let past = Past::look(settings);
    let mut audit = match &wish.file {
        Some(file) => open::read(settings, file)?.audit,
        None => headless::gather(
            settings,
            &past,
            headless::Ask { bill: false, every_quota: true, ..headless::Ask::default() },
        )?,
    };
    match earlier.is_empty() {
        true => past.trends(&audit)?.into_iter().for_each(|quota| audit.apply(Event::QuotaRead { quota })),
        false => look_back(&mut audit, &earlier)?,
    }
    if let Some(plan) = plan {
        return fit(settings, wish, &audit, &plan);
    }
    let which = Which { all: wish.all, at_least: wish.at_least, services: wish.service.clone() };
    deliver(settings, wish.output.as_deref(), |options, out| {
        report::write_limits(wish.format, &audit, &which, options, out)
    })?;
    Ok(ended(&audit, &wish.fail_on, None))
}

/// Tells the trends that audits of other days show.
fn look_back(audit: &mut Audit, earlier: &[(&PathBuf, Audit)]) -> Result<(), AppError> {
    earlier.iter().try_for_each(|(file, past)| open::same_account(audit, file, past))?;
    let past: Vec<Earlier<'_>> =
        earlier.iter().map(|(_, past)| Earlier { at: past.started_at, quotas: &past.quotas }).collect();
    for quota in quota::from_audits(&audit.quotas, audit.started_at, &past) {
        audit.apply(Event::QuotaRead { quota });
    }
    Ok(())
}

/// What is planned, out of its file.
fn plan(file: &Path) -> Result<Plan, AppError> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| AppError::File(name.clone(), error))?;
    Plan::parse(&text, |kind| scan::scanner(kind).is_some()).map_err(|why| AppError::Asked(format!("{name}: {why}")))
}

/// Says whether a plan fits. Gives the exit status: that of a gate when something is short.
fn fit(settings: &Settings, wish: &cli::Quotas, audit: &Audit, plan: &Plan) -> Result<u8, AppError> {
    let (fits, uncounted) = plan.fits(&audit.quotas);
    let text = match wish.format {
        LimitsFormat::Json => {
            let uncounted: Vec<&Kind> = uncounted.iter().map(|need| &need.kind).collect();
            let document = serde_json::json!({ "fits": fits, "uncounted": uncounted });
            format!("{document:#}\n")
        }
        LimitsFormat::Table => table(&fits, &uncounted),
        LimitsFormat::Csv | LimitsFormat::Openmetrics => {
            return Err(AppError::Asked("--need is told as table or json".to_owned()));
        }
    };
    deliver(settings, wish.output.as_deref(), |_, out| out.write_all(text.as_bytes()))?;
    let is_short = fits.iter().any(|fit| fit.short.is_some_and(|short| short > 0.0));
    let ended = ended(audit, &wish.fail_on, None);
    Ok(if is_short { GATE_PASSED } else { ended })
}

fn table(fits: &[Fit], uncounted: &[&Planned]) -> String {
    let number = |value: f64| {
        let text = format!("{value:.1}");
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    let mut table = listings::table(&["fits", "region", "quota", "code", "used", "planned", "value", "missing"]);
    for fit in fits {
        let verdict = match fit.short {
            None => "not known",
            Some(short) if short > 0.0 => "no",
            Some(_) => "yes",
        };
        let one = fit.all_in_one.as_ref().map_or(String::new(), |fact| format!(" (all in one {fact})"));
        table.add_row([
            verdict.to_owned(),
            clean(fit.region.as_str()).into_owned(),
            clean(&format!("{} {}{one}", fit.service_code, fit.name)).into_owned(),
            clean(&fit.quota_code).into_owned(),
            fit.usage.map_or("?".to_owned(), number),
            number(fit.planned),
            number(fit.limit),
            fit.short.filter(|short| *short > 0.0).map_or(String::new(), number),
        ]);
    }
    let mut text = if fits.is_empty() { String::new() } else { format!("{table}\n\n") };
    let short = fits.iter().filter(|fit| fit.short.is_some_and(|short| short > 0.0)).count();
    let blind = fits.iter().filter(|fit| fit.short.is_none()).count();
    text.push_str(&match (fits.len(), short) {
        (0, _) => "No quota that was read counts anything of the plan.\n".to_owned(),
        (_, 0) if blind == 0 => "The plan fits.\n".to_owned(),
        (all, 0) => format!("The plan fits {} of {all} quotas; of {blind} nobody knows the use.\n", all - blind),
        (all, short) => format!("The plan does not fit: {short} of {all} quotas are too small.\n"),
    });
    for need in uncounted {
        text.push_str(&format!("No known quota counts {} × {}.\n", need.count, need.kind));
    }
    text
}
