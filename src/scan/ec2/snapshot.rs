use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Snapshot;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Owner, Role, Why};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// EBS snapshots the account owns.
///
/// A snapshot that `CreateImage` or `CopyImage` made lives for its image and refers to it as such, so
/// that what is said of the image (keep it, a backup plan owns it) holds for the snapshot too.
pub struct Snapshots;

/// Facts of an EBS snapshot. Source: `ec2:DescribeSnapshots`, and other listings where said.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `completed`, `pending`, `error`, `recoverable` or `recovering`.
    state: String,
    /// How far it has got, `100%`. Absent when AWS gives none.
    progress: Option<String>,
    /// Volume it was taken of, which may be gone by now. Absent for copies: theirs is made up.
    volume_id: Option<String>,
    /// Whether it is a copy of another snapshot.
    copied: bool,
    /// Size of the volume in GiB; the snapshot is billed for less.
    size_gib: f64,
    /// All blocks it holds in GiB, as if it stood alone. A snapshot of the standard tier is billed only
    /// for blocks that changed since the one before. Absent when AWS gives none.
    full_size_gib: Option<f64>,
    /// `standard` or `archive`.
    storage_tier: String,
    /// Description. Absent when empty.
    description: Option<String>,
    /// Image it was made for, read off the description; the image may be gone by now. Absent when the
    /// description names none.
    image_id: Option<String>,
    /// Whether AWS Backup made it, read off the description.
    made_by_backup: bool,
    /// Whether it is encrypted.
    encrypted: bool,
    /// Availability Zones with fast snapshot restore, each billed by the hour. Absent when
    /// `ec2:DescribeFastSnapshotRestores` could not be read.
    fast_restore_zones: Option<Vec<String>>,
    /// `governance`, `compliance`, `compliance-cooloff` or `expired`. Absent when it was never locked, and
    /// when `ec2:DescribeLockedSnapshots` could not be read.
    lock_state: Option<String>,
}

impl Scan for Snapshots {
    const KIND: Kind = Kind::new("ec2:snapshot");
    const TITLE: &'static str = "EBS snapshots";
    const ACTIONS: &'static [&'static str] =
        &["ec2:DescribeSnapshots", "ec2:DescribeFastSnapshotRestores", "ec2:DescribeLockedSnapshots"];
    const BILLING: Billing = Billing::By(super::billing::ebs::snapshot);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_snapshots().owner_ids("self").into_paginator().page_size(500).send();
        let mut extras = None;
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeSnapshots"))?;
            // Most regions hold no snapshot: there the two further listings are not worth a request.
            if extras.is_none() && !page.snapshots().is_empty() {
                extras = Some(Extras::read(&client, found).await);
            }
            if let Some(extras) = &extras {
                for snapshot in page.snapshots() {
                    found.add(listed(snapshot, extras)).await;
                }
            }
        }
        Ok(())
    }
}

/// What other listings say, by snapshot id. `None` when one could not be read.
struct Extras {
    fast: Option<BTreeMap<String, Vec<String>>>,
    locks: Option<BTreeMap<String, String>>,
}

impl Extras {
    async fn read(client: &Client, found: &Found<'_, Facts>) -> Extras {
        let (fast, locks) = tokio::join!(fast_restores(client), locks(client));
        Extras {
            fast: known(fast, "fast snapshot restores", found).await,
            locks: known(locks, "snapshot locks", found).await,
        }
    }
}

/// Where an operation is not offered there is nothing of its sort; any other failure is a gap.
async fn known<T: Default>(answer: Result<T, Fault>, subject: &str, found: &Found<'_, Facts>) -> Option<T> {
    match answer {
        Ok(known) => Some(known),
        Err(fault) if fault.why == Why::NotOffered => Some(T::default()),
        Err(fault) => {
            found.missed(fault, subject).await;
            None
        }
    }
}

async fn fast_restores(client: &Client) -> Result<BTreeMap<String, Vec<String>>, Fault> {
    let mut zones: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut pages = client.describe_fast_snapshot_restores().into_paginator().page_size(200).send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk("ec2:DescribeFastSnapshotRestores"))?;
        for restore in page.fast_snapshot_restores() {
            let zone = restore.availability_zone().or(restore.availability_zone_id());
            let on = restore.state().is_some_and(|state| state.as_str() != "disabled");
            if let (true, Some(snapshot), Some(zone)) = (on, restore.snapshot_id(), zone) {
                zones.entry(snapshot.to_owned()).or_default().push(zone.to_owned());
            }
        }
    }
    Ok(zones)
}

async fn locks(client: &Client) -> Result<BTreeMap<String, String>, Fault> {
    let mut locks = BTreeMap::new();
    let mut token = None;
    loop {
        let request = client.describe_locked_snapshots().max_results(500).set_next_token(token);
        let page = request.send().await.map_err(Fault::sdk("ec2:DescribeLockedSnapshots"))?;
        for lock in page.snapshots() {
            if let (Some(snapshot), Some(state)) = (lock.snapshot_id(), lock.lock_state()) {
                locks.insert(snapshot.to_owned(), state.as_str().to_owned());
            }
        }
        token = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
        if token.is_none() {
            return Ok(locks);
        }
    }
}

fn listed(snapshot: &Snapshot, extras: &Extras) -> Listed<Facts> {
    let id = snapshot.snapshot_id().unwrap_or_default();
    let facts = facts(snapshot, extras);
    let (volume, image) = (facts.volume_id.clone(), facts.image_id.clone());
    let backup = Owner { by: "aws-backup".to_owned(), id: String::new(), evidence: "Description".to_owned() };
    Listed::new(id, facts)
        .created(time(snapshot.start_time()))
        .tags(super::tags(snapshot.tags()))
        .owner(made_by_backup(snapshot.description().unwrap_or_default()).then_some(backup))
        .locked(is_locked(extras, id), "SnapshotLock")
        .refers(Role::MadeFrom, volume)
        .refers(Role::AttachedTo, image)
}

fn facts(snapshot: &Snapshot, extras: &Extras) -> Facts {
    let id = snapshot.snapshot_id().unwrap_or_default();
    let description = snapshot.description().unwrap_or_default();
    let copied = snapshot.volume_id() == Some("vol-ffffffff")
        || snapshot.transfer_type().is_some()
        || description.starts_with("[Copied ")
        || description.starts_with("Copied for DestinationAmi ");
    let volume = snapshot.volume_id().filter(|id| !copied && !id.is_empty());
    Facts {
        state: snapshot.state().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        progress: snapshot.progress().filter(|p| !p.is_empty()).map(str::to_owned),
        volume_id: volume.map(str::to_owned),
        copied,
        size_gib: f64::from(snapshot.volume_size().unwrap_or_default()),
        full_size_gib: snapshot.full_snapshot_size_in_bytes().map(|bytes| bytes as f64 / f64::from(1 << 30)),
        storage_tier: snapshot.storage_tier().map_or("standard", |tier| tier.as_str()).to_owned(),
        description: Some(description).filter(|d| !d.is_empty()).map(str::to_owned),
        image_id: image_of(description).map(str::to_owned),
        made_by_backup: made_by_backup(description),
        encrypted: snapshot.encrypted().unwrap_or_default(),
        fast_restore_zones: extras.fast.as_ref().map(|fast| fast.get(id).cloned().unwrap_or_default()),
        lock_state: extras.locks.as_ref().and_then(|locks| locks.get(id).cloned()),
    }
}

fn is_locked(extras: &Extras, id: &str) -> bool {
    let state = extras.locks.as_ref().and_then(|locks| locks.get(id));
    state.is_some_and(|state| state != "expired")
}

fn made_by_backup(description: &str) -> bool {
    description.starts_with("This snapshot is created by the AWS Backup service")
        || description.contains("Created by AWS Backup")
}

/// The image in `Created by CreateImage(i-1) for ami-1` and `Copied for DestinationAmi ami-1 from …`. The
/// text has to begin so: a copied snapshot quotes the sentence of an image that lives elsewhere.
fn image_of(description: &str) -> Option<&str> {
    let rest = match description.strip_prefix("Created by CreateImage(") {
        Some(rest) => rest.split_once(") for ")?.1,
        None => description.strip_prefix("Copied for DestinationAmi ")?,
    };
    rest.split_whitespace().next().filter(|id| id.starts_with("ami-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_is_read_off_the_sentences_aws_writes() {
        assert_eq!(image_of("Created by CreateImage(i-1) for ami-1"), Some("ami-1"));
        assert_eq!(image_of("Created by CreateImage(i-1) for ami-1 from vol-1"), Some("ami-1"));
        assert_eq!(
            image_of("Copied for DestinationAmi ami-2 from SourceAmi ami-1 for SourceSnapshot snap-1."),
            Some("ami-2")
        );
        assert_eq!(image_of("[Copied snap-1 from eu-west-1] Created by CreateImage(i-1) for ami-1"), None);
        assert_eq!(image_of("before the upgrade, see ami-1"), None);
        assert_eq!(image_of("Created by CreateImage(i-1) for "), None);
    }

    #[test]
    fn backups_are_known_by_their_description() {
        assert!(made_by_backup("This snapshot is created by the AWS Backup service."));
        assert!(!made_by_backup("backup of the day"));
    }
}
