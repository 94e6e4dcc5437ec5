use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use super::look::Eyes;
use super::world::World;
use crate::model::{Cell, Kind, Resource, clean};
use crate::plan::{Known, Step};

/// Lists that are read for a step at the same time.
const TOGETHER: usize = 4;

/// What a look for new dependents showed.
#[derive(Debug, Default)]
pub(super) struct Gained {
    /// Why a step is held. Absent when nothing has come to need its resource.
    pub why: Option<String>,
    /// What could not be found out.
    pub notes: Vec<String>,
}

/// Reads the kinds that could hold what a step deletes, no earlier than `since`, and looks for what the plan does not
/// know of.
///
/// A kind that cannot be read holds nothing: AWS itself refuses to delete almost everything that is needed, and a person
/// who may not list a kind could otherwise never delete what it could hold.
pub(super) async fn gained<W: World>(
    world: &W,
    eyes: &Eyes<'_, W>,
    known: &Known<'_>,
    step: &Step,
    now: &Resource,
    since: Timestamp,
) -> Gained {
    let Some(deletion) = known.deletion(step) else { return Gained::default() };
    let reach = known.reach(now);
    let cell = |kind: &Kind| reach.iter().map(|region| world.cell(kind, region)).collect::<Vec<Cell>>();
    let cells: BTreeSet<Cell> = deletion.holders.iter().flat_map(cell).collect();
    let mut lists = stream::iter(cells)
        .map(|cell| async move {
            let listed = eyes.list(&cell, since).await;
            (cell, listed)
        })
        .buffered(TOGETHER);
    let mut gained = Gained::default();
    let mut unread: BTreeSet<Kind> = BTreeSet::new();
    while let Some((cell, listed)) = lists.next().await {
        match listed {
            Ok(list) => {
                if let Some(new) = known.newcomer(deletion, now, list.near(now)) {
                    let why = format!("something new depends on it: {} {}", new.kind, new.id);
                    gained.why.get_or_insert(clean(&why).into_owned());
                }
            }
            Err(_) => {
                unread.insert(cell.kind);
            }
        }
    }
    let note = |kind: &Kind| format!("not known whether something new depends on it: {kind} could not be read");
    gained.notes = unread.iter().map(note).collect();
    gained
}
