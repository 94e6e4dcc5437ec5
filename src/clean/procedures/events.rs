use serde::Deserialize;
use serde_json::json;

use super::parts::{Manner, Part, Way};
use crate::aws::Fault;
use crate::aws::api::services::EVENTS;
use crate::aws::api::{Answer, Call};
use crate::model::{Resource, Why, clean};

const LIST: Call = EVENTS.rpc("ListTargetsByRule").paged("NextToken");
/// EventBridge takes a hundred targets a call, and refuses two calls about one rule at the same time.
const MANNER: Manner = Manner { parts: "targets", listing: &LIST, batch: 100, together: 100 };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Removed {
    failed_entry_count: u64,
    failed_entries: Vec<Failed>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Failed {
    target_id: String,
    error_code: String,
    error_message: String,
}

/// Takes a rule's targets off it: functions, queues and the like, which stay.
pub(super) async fn remove_targets(way: &Way<'_>, rule: &Resource) -> Result<(), Fault> {
    let (name, bus) = (rule.id.as_str(), rule.text("bus").unwrap_or("default"));
    let remove = EVENTS.act("RemoveTargets", None);
    let remove = &remove;
    way.empty(
        &MANNER,
        || targets(way, name, bus),
        |ids| async move {
            let input = json!({ "Rule": name, "EventBusName": bus, "Ids": ids });
            match way.take(remove, &input).await? {
                Some(answer) => all_removed(&answer, &remove.action()),
                None => Ok(()),
            }
        },
    )
    .await
}

async fn targets(way: &Way<'_>, rule: &str, bus: &str) -> Result<Vec<Part>, Fault> {
    let mut pages = way.cx.pages(&LIST, json!({ "Rule": rule, "EventBusName": bus, "Limit": 100 }));
    let mut parts = Vec::new();
    while let Some(page) = pages.next::<Page>().await? {
        parts.extend(page.targets.into_iter().map(|target| Part::stateless(target.id)));
    }
    Ok(parts)
}

/// EventBridge answers well, and says inside which targets it kept.
fn all_removed(answer: &Answer, action: &str) -> Result<(), Fault> {
    let removed: Removed = serde_json::from_str(&answer.text).map_err(|error| {
        let detail = format!("the answer is not what RemoveTargets describes: {error}");
        Fault::new(Why::Error, action, clean(&detail).into_owned())
    })?;
    let of = |failed: &Failed| {
        let detail = format!("{} at target {}: {}", failed.error_code, failed.target_id, failed.error_message);
        Fault { code: failed.error_code.clone(), ..Fault::new(Why::Error, action, clean(&detail).into_owned()) }
    };
    if let Some(kept) = removed.failed_entries.iter().map(of).find(|fault| !fault.is_gone()) {
        return Err(kept);
    }
    // Fewer are named than are counted: nobody says of the rest that they were gone.
    if removed.failed_entry_count > removed.failed_entries.len() as u64 {
        let detail = format!("{} targets could not be removed", removed.failed_entry_count);
        return Err(Fault::new(Why::Error, action, detail));
    }
    Ok(())
}
