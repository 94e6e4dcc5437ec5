//! Plays a recording to the scanner of its kind.

use std::collections::BTreeSet;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region as SdkRegion;
use closeout::aws::{Cx, Fault};
use closeout::model::{Event, Gap, Region, Resource};
use closeout::scan::Reach;
use closeout::scan::found::Sink;
use serde_json::Value;

use super::recording::Recording;
use super::replay::{Replay, Trick};

/// What came of a playing.
pub struct Played {
    pub outcome: Result<(), Fault>,
    /// By identity.
    pub found: Vec<Resource>,
    pub gaps: Vec<Gap>,
    pub asked: Vec<String>,
    pub used: BTreeSet<usize>,
    pub exchanges: Vec<Value>,
}

/// The clock of every playing.
const NOW: &str = "2026-11-26T12:00:00Z";

/// Lists the kind of a recording against it.
pub fn play(recording: &Recording, trick: Trick) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let replay = Replay::new(recording, trick);
    let seen = replay.seen.clone();
    let scanner = recording.scanner();
    let home = Region::new(recording.region.clone());
    let region = if scanner.reach == Reach::Global { Region::global() } else { home.clone() };
    let cx = context(replay, home, region);
    let (outcome, events) = runtime.block_on(async {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(16);
        let listing = async move {
            let sink = Sink::new(sender);
            scanner.list(&cx, &sink).await
        };
        let gathering = async {
            let mut events = Vec::new();
            while let Some(event) = receiver.recv().await {
                events.push(event);
            }
            events
        };
        tokio::join!(listing, gathering)
    });
    let (mut found, mut gaps) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Found { resource } => found.push(*resource),
            Event::Missed { gap } => gaps.push(gap),
            _ => {}
        }
    }
    found.sort_by(|a, b| a.arn.cmp(&b.arn));
    let mut seen = seen.lock().expect("no panic while it is held");
    let (asked, used) = (std::mem::take(&mut seen.asked), std::mem::take(&mut seen.used));
    let exchanges = std::mem::take(&mut seen.exchanges);
    Played { outcome, found, gaps, asked, used, exchanges }
}

/// A context whose requests a recording answers.
pub fn context(replay: Replay, home: Region, region: Region) -> Cx {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(SdkRegion::new(home.as_str().to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(replay)
        .build();
    Cx::new(config, "111122223333", "aws", home, region, NOW.parse().expect("a time"))
}
