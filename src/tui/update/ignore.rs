//! Setting a finding aside: a reason and a last day are typed, the rest is done outside.

use crossterm::event::KeyCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{fail, say};
use crate::model::Ignored;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::line::Line;
use crate::tui::model::Model;
use crate::tui::overlay::{Overlay, SetAside};

/// Days ahead of the day that is offered.
const OFFERED: i64 = 30;

/// Opens the dialog for the finding under the cursor.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let Some(finding) = model.current() else { return say(model, "no finding is listed: there is nothing to ignore") };
    if let Some(ignored) = &finding.ignored {
        let text = format!("ignored until {} already; `closeout ignore --remove` takes that back", ignored.until);
        return say(model, text);
    }
    let today = model.now.to_zoned(TimeZone::UTC).date();
    let day = today.checked_add(jiff::Span::new().days(OFFERED)).unwrap_or(today);
    let (id, label) = (finding.id.clone(), finding.resource.label().to_owned());
    let until = Line::new(day.to_string());
    let aside = SetAside { id, label, why: Line::default(), until, on_day: false, wrong: String::new() };
    model.overlay = Some(Overlay::SetAside(aside));
    Vec::new()
}

/// Takes a key while the dialog is open.
pub fn key(model: &mut Model, mut aside: SetAside, key: Key) -> Vec<Effect> {
    aside.wrong.clear();
    match key.code() {
        KeyCode::Esc => return Vec::new(),
        KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down => aside.on_day = !aside.on_day,
        KeyCode::Enter => match wish(&aside) {
            Ok(effect) => return vec![effect],
            Err(wrong) => {
                aside.on_day = !aside.why.text().trim().is_empty();
                aside.wrong = wrong;
            }
        },
        _ => {
            aside.field().press(key);
        }
    }
    model.overlay = Some(Overlay::SetAside(aside));
    Vec::new()
}

fn wish(aside: &SetAside) -> Result<Effect, String> {
    let (why, until) = (aside.why.text().trim(), aside.until.text().trim());
    if why.is_empty() {
        return Err("a reason is wanted, for whoever reads it later".to_owned());
    }
    let until: Date = until.parse().map_err(|_| format!("`{until}` is no day such as 2027-01-31"))?;
    Ok(Effect::Ignore { id: aside.id.clone(), why: why.to_owned(), until })
}

/// A finding was set aside, or could not be.
pub fn done(model: &mut Model, id: &str, done: Result<(String, Ignored), String>) -> Vec<Effect> {
    let (said, ignored) = match done {
        Ok(done) => done,
        Err(why) => return fail(model, why),
    };
    // What another finding on the resource would count instead is known when the rules speak again.
    for finding in model.audit.findings.iter_mut().filter(|finding| finding.id == id) {
        finding.ignored = Some(ignored.clone());
        finding.ignore_expired = None;
    }
    model.findings_changed = true;
    model.digest_stale = true;
    model.stale_all();
    say(model, said)
}
