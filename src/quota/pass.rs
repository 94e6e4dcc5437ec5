use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::listing::{Extent, Listing, RawQuota, list};
use crate::aws::{Cx, kept};

/// How long a list of a stopped pass stands in for a new one.
const GOES_ON_MINUTES: i64 = 30;

/// A pass over the quotas of a region that can be stopped anywhere and goes on where it was: Service Quotas lets few
/// calls a second through, and a full pass takes a while. What was listed is kept on disk until the pass has ended.
#[derive(Debug)]
pub struct Pass {
    /// Absent when nothing is to be kept.
    file: Option<PathBuf>,
    listed: Mutex<BTreeMap<String, Listed>>,
}

/// Quotas of a service, as they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Listed {
    at: Timestamp,
    quotas: Vec<RawQuota>,
}

impl Pass {
    /// A pass that keeps nothing.
    pub fn unkept() -> Pass {
        Pass { file: None, listed: Mutex::default() }
    }

    /// A pass over the context's region that goes on with what one stopped within half an hour had listed, kept in a
    /// folder.
    pub fn resumed(folder: &Path, cx: &Cx) -> Pass {
        let file = of_account(folder, cx.account()).join(format!("{}.json", cx.endpoint_region()));
        let mut listed: BTreeMap<String, Listed> = kept::read(&file).unwrap_or_default();
        listed.retain(|_, one| is_fresh(one.at, cx.now()));
        Pass { file: Some(file), listed: Mutex::new(listed) }
    }

    /// Lists a service's quotas, unless the stopped pass had.
    pub(super) async fn list(&self, cx: &Cx, service: &str) -> Listing {
        if let Some(listed) = self.listed.lock().unwrap_or_else(PoisonError::into_inner).get(service) {
            return Listing { quotas: listed.quotas.clone(), ..Listing::default() };
        }
        let found = list(cx, service).await;
        if found.faults.is_empty() && found.extent == Extent::Whole {
            self.keep(service, Listed { at: cx.now(), quotas: found.quotas.clone() });
        }
        found
    }

    fn keep(&self, service: &str, listed: Listed) {
        let Some(file) = &self.file else { return };
        let mut all = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(service.to_owned(), listed);
        if let Err(error) = kept::write(file, &*all) {
            tracing::warn!("a stopped pass over the quotas could not go on: {}: {error}", file.display());
        }
    }
}

/// Forgets what passes over an account's quotas had listed, once one has come to its end.
///
/// Errors when the folder is there and cannot be removed.
pub fn ended(folder: &Path, account: &str) -> io::Result<()> {
    match fs::remove_dir_all(of_account(folder, account)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn of_account(folder: &Path, account: &str) -> PathBuf {
    folder.join(format!("quotas-{account}"))
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (0..GOES_ON_MINUTES * 60).contains(&(now.as_second() - at.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_fresh_for_half_an_hour_and_never_from_the_future() {
        let now: Timestamp = "2026-11-23T10:30:00Z".parse().expect("a literal time");
        let fresh = |text: &str| is_fresh(text.parse().expect("a literal time"), now);
        assert!(fresh("2026-11-23T10:30:00Z") && fresh("2026-11-23T10:00:01Z"));
        assert!(!fresh("2026-11-23T10:00:00Z") && !fresh("2026-11-23T10:30:01Z"));
    }
}
