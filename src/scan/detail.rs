//! Calls that are made for single resources, beside the listing.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::found::Found;
use crate::aws::Fault;
use crate::model::Why;

/// A sort of call that is made for single resources.
///
/// What fails leaves a gap, and the fact stays absent. A refusal for one is a refusal for all: it is said once,
/// and not asked for again.
#[derive(Default)]
pub struct Detail {
    denied: AtomicBool,
}

impl Detail {
    /// The answer of a call, or nothing.
    pub async fn ask<T, F: Serialize>(
        &self,
        found: &Found<'_, F>,
        subject: &str,
        call: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Option<T> {
        if self.denied.load(Ordering::Relaxed) {
            return None;
        }
        match call.await {
            Ok(answer) => Some(answer),
            // Deleted since it was listed: there is nothing left to tell.
            Err(fault) if fault.is_gone() => None,
            Err(fault) => {
                let denied = fault.why == Why::Denied;
                if !denied || !self.denied.swap(true, Ordering::Relaxed) {
                    found.missed(fault, subject).await;
                }
                None
            }
        }
    }
}
