//! What leaves the screen: ids, commands, addresses.

use super::{fail, say};
use crate::model::Finding;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, ScreenId};
use crate::tui::overlay::{Overlay, Read};
use crate::tui::{console, view};

/// Copies from the marked rows, or from the row under the cursor when none is marked.
pub fn copy(model: &mut Model, action: Action) -> Vec<Effect> {
    let texts = match model.screen {
        ScreenId::Findings => findings(model, action),
        ScreenId::Cleanup | ScreenId::Journal => super::cleanup::commands(model).into_iter().collect(),
        _ => row(model, action).into_iter().collect(),
    };
    let what = match action {
        Action::CopyArn => "ARN",
        Action::CopyCommand if model.screen == ScreenId::Coverage => "policy",
        Action::CopyCommand if model.screen == ScreenId::Journal => "undo commands",
        Action::CopyCommand => "command",
        _ if matches!(model.screen, ScreenId::Findings | ScreenId::Checklist) => "id",
        _ => "line",
    };
    let what = if action == Action::CopyCommand && touches_locked(model) {
        "command (locked or managed: read why first)"
    } else {
        what
    };
    match texts.as_slice() {
        [] => say(model, format!("there is no {what} to copy here")),
        [one] if matches!(what, "policy" | "line" | "undo commands") => {
            vec![Effect::Copy(what.to_owned(), one.clone())]
        }
        [one] => vec![Effect::Copy(format!("{what} {}", view::shorten(model, one, 40)), one.clone())],
        many => vec![Effect::Copy(format!("{what} of {} marked", many.len()), many.join("\n"))],
    }
}

/// Whether a command that is about to be copied is for something that is to be kept, or that an owner manages.
fn touches_locked(model: &Model) -> bool {
    model.screen == ScreenId::Findings && targets(model).iter().any(|finding| !finding.counts())
}

/// The findings of the marked resources, or the one under the cursor when none is marked.
fn targets(model: &Model) -> Vec<&Finding> {
    if model.marks.is_empty() {
        return model.current().into_iter().collect();
    }
    model.audit.findings.iter().filter(|finding| model.marks.has(&finding.resource.arn)).collect()
}

fn findings(model: &Model, action: Action) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for finding in targets(model) {
        let text = match action {
            Action::CopyArn => Some(finding.resource.arn.as_str().to_owned()),
            Action::CopyCommand => finding.command.clone(),
            _ => Some(finding.resource.id.clone()),
        };
        texts.extend(text.filter(|text| seen.insert(text.clone())));
    }
    texts
}

fn row(model: &Model, action: Action) -> Option<String> {
    let row = view::row(model)?;
    match (model.screen, action) {
        (ScreenId::Quotas, Action::CopyCommand) => view::quotas::command(&model.audit, row),
        (ScreenId::Quotas, _) => model.audit.quotas.get(row).map(|quota| quota.quota_code.clone()),
        (ScreenId::Coverage, Action::CopyCommand) => view::coverage::policy(&model.digest),
        (ScreenId::Coverage, _) => Some(join(view::coverage::row_text(&model.audit, row))),
        (ScreenId::Checklist, _) => model.audit.checklist.get(row).map(|item| item.id.clone()),
        (ScreenId::Bill, _) => Some(join(view::bill::row_text(&model.audit, &model.view().pane, row))),
        _ => None,
    }
}

fn join(texts: Vec<(&'static str, String)>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (_, text) in texts {
        if !parts.contains(&text) {
            parts.push(text);
        }
    }
    parts.join(" ")
}

/// The console page of the row under the cursor: opened, or shown and copied.
pub fn console(model: &mut Model, action: Action) -> Vec<Effect> {
    let url = match model.screen {
        ScreenId::Findings => model.current().and_then(|finding| console::url(&finding.resource)),
        ScreenId::Quotas => view::row(model).and_then(|row| model.audit.quotas.get(row)).and_then(|quota| {
            let partition = &model.audit.account.partition;
            if !quota.is_listed() {
                return None;
            }
            console::quota_url(partition, quota.region.as_str(), &quota.service_code, &quota.quota_code)
        }),
        _ => None,
    };
    let Some(url) = url else { return fail(model, "no console page is known for this row") };
    if action == Action::Console {
        return vec![Effect::Open(url)];
    }
    model.overlay = Some(Overlay::Read(Read { title: "Console page".to_owned(), lines: vec![url.clone()] }));
    vec![Effect::Copy("address".to_owned(), url)]
}
