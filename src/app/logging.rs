//! A log file for what no screen should show. Never to the terminal, never a secret: the SDK's own request
//! logging stays off.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

/// Begins to write `closeout.log` in the state folder, at the level of `CLOSEOUT_LOG` (default `warn`).
/// Where that folder cannot be written there is no log: no reason not to run.
pub fn start(settings: &Settings) {
    let Some(folder) = &settings.places.state else { return };
    // The history and the journals lie there too: for their owner alone.
    if DirBuilder::new().recursive(true).mode(0o700).create(folder).is_err() {
        return;
    }
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(folder.join("closeout.log"));
    let Ok(file) = file else { return };
    let level = std::env::var("CLOSEOUT_LOG").unwrap_or_else(|_| "warn".to_owned());
    let filter =
        EnvFilter::try_new(format!("off,closeout={level}")).unwrap_or_else(|_| EnvFilter::new("off,closeout=warn"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).try_init();
}
