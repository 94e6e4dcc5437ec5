//! One bill, explained: from a scan or a saved report, in the view and over the days that are asked for.

use std::path::{Path, PathBuf};

use super::history::Past;
use super::open::{self, Saved};
use super::{AppError, deliver, files, headless, status};
use crate::audit::Audit;
use crate::cli::{self, View as Asked};
use crate::model::{Event, View};
use crate::reconcile::{self, Gone};
use crate::report::{self, Statement};
use crate::settings::Settings;

/// Prints a bill, or writes it. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::Bill) -> Result<u8, AppError> {
    if let Some(file) = &wish.output {
        files::check_folder(file)?;
    }
    let view = match wish.view {
        Asked::Unblended => View::Unblended,
        Asked::Amortized => View::Amortized,
        Asked::NetAmortized => View::NetAmortized,
    };
    let earlier = wish.earlier.iter().map(|file| earlier(settings, file)).collect::<Result<Vec<_>, _>>()?;
    let mut audit = match &wish.file {
        Some(file) => {
            let Saved { audit, has_inventory } = open::read(settings, file)?;
            let is_as_saved = view == View::Unblended && earlier.is_empty();
            if !has_inventory && !is_as_saved {
                return Err(AppError::Asked(no_inventory(file, "--view and --earlier")));
            }
            audit
        }
        None => headless::gather(
            settings,
            &Past::none(),
            headless::Ask { net: view == View::NetAmortized, ..headless::Ask::default() },
        )?,
    };
    if view != View::Unblended || !earlier.is_empty() {
        see_anew(&mut audit, view, &earlier)?;
    }
    if audit.bill.is_some() && wish.period.of(&audit).is_none() {
        return Err(AppError::Asked(no_period(&audit, wish.period)));
    }
    let statement = Statement::of(&audit, wish.period, wish.by);
    deliver(settings, wish.output.as_deref(), |options, out| {
        report::write_statement(wish.format, &statement, options, out)
    })?;
    Ok(status(&audit))
}

/// An audit of another day, which has to know its resources.
fn earlier(settings: &Settings, file: &Path) -> Result<(PathBuf, Audit), AppError> {
    let Saved { audit, has_inventory } = open::read(settings, file)?;
    if !has_inventory {
        return Err(AppError::Asked(no_inventory(file, "--earlier")));
    }
    Ok((file.to_path_buf(), audit))
}

fn no_inventory(file: &Path, what: &str) -> String {
    format!(
        "{}: {what} need every resource, and this report holds those of findings only; write it with \
         `closeout scan --format json --inventory`",
        file.display()
    )
}

fn no_period(audit: &Audit, period: report::Period) -> String {
    match period {
        report::Period::MonthToDate if !audit.months.is_empty() => {
            "this month has no complete day yet; --period last-month has the month before".to_owned()
        }
        _ => "this report holds the bill of thirty days only; scan again for the months".to_owned(),
    }
}

/// Counts the bills in another way, and holds them against what is there and what earlier audits saw.
fn see_anew(audit: &mut Audit, view: View, earlier: &[(PathBuf, Audit)]) -> Result<(), AppError> {
    let mut gone: Vec<Gone> = Vec::new();
    for (file, past) in earlier {
        open::same_account(audit, file, past)?;
        gone.extend(reconcile::gone(audit, past));
    }
    let gone = reconcile::last_seen(gone);
    let Some(bill) = &audit.bill else { return Ok(()) };
    let viewed = bill.viewed_as(view).zip(audit.months.iter().map(|bill| bill.viewed_as(view)).collect());
    let Some((bill, months)) = viewed else {
        return Err(AppError::Asked(format!("the bill at hand has no {} amounts; scan again for them", view.word())));
    };
    audit.apply(Event::Billed { bill, months });
    let reckoning = reconcile::of(audit, &gone);
    audit.apply(Event::Reconciled { reckoning: Box::new(reckoning) });
    Ok(())
}
