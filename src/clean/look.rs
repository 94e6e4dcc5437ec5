use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use tokio::sync::Mutex as TurnMutex;

use super::world::World;
use crate::model::{Cell, Resource, ResourceId};
use crate::plan::{called, says};

/// Everything in a cell, to the end.
pub struct List {
    all: Vec<Resource>,
    places: OnceLock<HashMap<ResourceId, usize>>,
    ties: OnceLock<Ties>,
}

/// Places in a list, by what ties a resource to others.
struct Ties {
    said: HashMap<String, Vec<usize>>,
    called: HashMap<String, Vec<usize>>,
}

impl List {
    fn of(all: Vec<Resource>) -> List {
        List { all, places: OnceLock::new(), ties: OnceLock::new() }
    }

    /// Every resource of it.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.all.iter()
    }

    fn get(&self, id: &ResourceId) -> Option<&Resource> {
        let index = || (0..).zip(&self.all).map(|(place, one)| (one.arn.clone(), place)).collect();
        self.all.get(*self.places.get_or_init(index).get(id)?)
    }

    /// Those that may be tied to a resource: some text says so, which may mean something else.
    pub fn near(&self, resource: &Resource) -> Vec<&Resource> {
        let ties = self.ties.get_or_init(|| Ties::of(&self.all));
        let named = called(resource).filter_map(|text| ties.said.get(text));
        let naming = says(resource).filter_map(|text| ties.called.get(text));
        let places: BTreeSet<usize> = named.chain(naming).flatten().copied().collect();
        places.into_iter().filter_map(|place| self.all.get(place)).collect()
    }
}

impl Ties {
    fn of(all: &[Resource]) -> Ties {
        let mut ties = Ties { said: HashMap::new(), called: HashMap::new() };
        for (place, one) in all.iter().enumerate() {
            says(one).for_each(|text| ties.said.entry(text.to_owned()).or_default().push(place));
            called(one).for_each(|text| ties.called.entry(text.to_owned()).or_default().push(place));
        }
        ties
    }
}

/// A list of a cell, or why it is not whole.
type Listed = Result<Arc<List>, String>;

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
        let listed = self.world.read(cell).await.map(|all| Arc::new(List::of(all)));
        *held = Some((begun, listed.clone()));
        listed
    }

    /// A resource as it is, read no earlier than `since`. `None` when a whole list does not have it.
    ///
    /// Errors as [`Eyes::list`] does.
    pub async fn find(&self, resource: &Resource, since: Timestamp) -> Result<Option<Resource>, String> {
        let cell = self.world.cell(&resource.kind, &resource.region);
        let listed = self.list(&cell, since).await?;
        Ok(listed.get(&resource.arn).cloned())
    }
}
