use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Mutex as TurnMutex;

use super::world::World;
use crate::model::{Cell, Resource};

/// A list of a cell, or why it is not whole.
type Listed = Result<Arc<Vec<Resource>>, String>;

/// A cell's last list, with the moment its reading began.
type Slot = Arc<TurnMutex<Option<(Timestamp, Listed)>>>;

/// Reads cells again; who waits for the same cell shares one reading.
pub struct Eyes<'w, W> {
    world: &'w W,
    cells: Mutex<HashMap<Cell, Slot>>,
}

impl<'w, W: World> Eyes<'w, W> {
    /// Eyes that have seen nothing yet.
    pub fn new(world: &'w W) -> Eyes<'w, W> {
        Eyes { world, cells: Mutex::default() }
    }

    /// The list of a cell, read no earlier than `since`.
    ///
    /// Errors with the reason when it is not whole.
    pub async fn list(&self, cell: &Cell, since: Timestamp) -> Listed {
        let slot = {
            let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
            cells.entry(cell.clone()).or_default().clone()
        };
        let mut held = slot.lock().await;
        if let Some((begun, listed)) = held.as_ref()
            && *begun >= since
        {
            return listed.clone();
        }
        let begun = self.world.now();
        let listed = self.world.read(cell).await.map(Arc::new);
        *held = Some((begun, listed.clone()));
        listed
    }

    /// A resource as it is, read no earlier than `since`. `None` when a whole list does not have it.
    ///
    /// Errors as [`Eyes::list`] does.
    pub async fn find(&self, resource: &Resource, since: Timestamp) -> Result<Option<Resource>, String> {
        let cell = self.world.cell(&resource.kind, &resource.region);
        let listed = self.list(&cell, since).await?;
        Ok(listed.iter().find(|one| one.arn == resource.arn).cloned())
    }
}
