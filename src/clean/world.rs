use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::aws::Fault;
use crate::aws::api::Answer;
use crate::model::{Cell, Kind, Region, Resource};
use crate::plan::remedy::Procedure;

/// An account as a run needs it: the one behind AWS, a recording of one, or one made up for a test.
pub trait World: Sync {
    /// The cell in which resources of a kind in a region are listed: of some, one for all regions.
    fn cell(&self, kind: &Kind, region: &Region) -> Cell;

    /// Every resource of a cell, read now and to the end.
    ///
    /// Errors with the reason when the list is not whole: what is not in half a list may be there all the same.
    fn read(&self, cell: &Cell) -> impl Future<Output = Result<Vec<Resource>, String>> + Send;

    /// Sends a call, once.
    fn send(&self, order: &Order<'_>) -> impl Future<Output = Result<Answer, Fault>> + Send;

    /// Goes through what takes many calls. Each begins again where the account is, so it can be broken off anywhere.
    /// `tell` hears how far it is.
    ///
    /// Errors with the first refusal.
    fn go_through(
        &self,
        procedure: Procedure,
        resource: &Resource,
        tell: &(dyn Fn(String) + Sync),
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Whether the caller's policies allow actions, by action; those of which AWS does not say are absent.
    ///
    /// Errors with the reason when AWS cannot be asked.
    fn allowed(
        &self,
        actions: &[String],
    ) -> impl Future<Output = Result<std::collections::BTreeMap<String, bool>, String>> + Send;

    /// What the clock says.
    fn now(&self) -> Timestamp;

    /// Waits.
    fn pause(&self, length: Duration) -> impl Future<Output = ()> + Send;
}

/// A call that is to be sent.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// AWS CLI service and operation.
    pub call: &'static str,
    /// Method and path, where the service has them.
    pub http: Option<&'static str>,
    /// Region it is sent to.
    pub region: Region,
    /// The input, filled.
    pub input: Value,
    /// What it is about.
    pub resource: &'a Resource,
    /// What it is to lead to, for a world that has to make it so itself.
    pub leads_to: LeadsTo<'a>,
}

/// What a call is to lead to.
#[derive(Clone, Copy, Debug)]
pub enum LeadsTo<'a> {
    /// The resource is not listed any more.
    Gone,
    /// These facts hold of it.
    Facts(&'a Map<String, Value>),
    /// The tag of a quarantine says this.
    Marked(&'a str),
    /// A lock is lifted.
    Unlocked(&'a str),
    /// Something of a kind is there, under this id, of which these facts hold.
    Made {
        /// The kind.
        kind: &'a Kind,
        /// Its id, or where the answer names it.
        id: &'a str,
        /// Facts that hold of it.
        facts: &'a Map<String, Value>,
        /// Facts by which it is found.
        found_by: &'a Map<String, Value>,
    },
    /// Nothing that shows.
    Nothing,
}
