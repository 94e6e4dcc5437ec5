//! One run at a time that writes about an account.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;

use super::AppError;
use crate::settings::Settings;

/// Holds the lock of an account until it is dropped, or the program ends however it does. Without a home folder there
/// is nothing to hold, and nobody to meet.
///
/// Errors when another run holds it.
pub fn hold(settings: &Settings, account: &str) -> Result<Option<File>, AppError> {
    let Some(state) = settings.places.state.as_deref() else { return Ok(None) };
    let folder = state.join("lock");
    let path = folder.join(account);
    let failed = |error| AppError::File(path.display().to_string(), error);
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(AppError::Refused(format!(
            "another scan of account {account} that writes is under way; it holds {}",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
