use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::KMS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = KMS.rpc("ListKeys").paged_as("Marker", "NextMarker");
const DESCRIBE: Call = KMS.rpc("DescribeKey");
const ALIASES: Call = KMS.rpc("ListAliases").paged_as("Marker", "NextMarker");
const TAGS: Call = KMS.rpc("ListResourceTags");
const USAGE: Call = KMS.rpc("GetKeyLastUsage");
const ROTATIONS: Call = KMS.rpc("ListKeyRotations").paged_as("Marker", "NextMarker");

/// KMS keys of the customer. Keys AWS manages (`alias/aws/…`) are free, cannot be deleted and are not listed.
pub struct Keys;

/// Facts of a key. Source: `kms:ListKeys`, `kms:DescribeKey`, `kms:ListAliases`, `kms:GetKeyLastUsage`,
/// `kms:ListKeyRotations`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `Enabled`, `Disabled` (billed all the same), `PendingDeletion` (not billed), `PendingImport`, `Unavailable`, …
    state: String,
    /// What it is for: `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, …
    usage: String,
    /// `SYMMETRIC_DEFAULT`, `RSA_2048`, …
    spec: String,
    /// Where its material comes from: `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
    origin: String,
    /// What whoever made it wrote about it. Absent when nothing.
    description: Option<String>,
    /// Names that lead to it, `alias/orders`. Empty where there are none; absent when they could not be listed.
    aliases: Option<Vec<String>>,
    /// When it will be deleted. Absent unless that is planned.
    deletion_at: Option<Timestamp>,
    /// `PRIMARY` or `REPLICA` of a key of several regions; each is billed. Absent for others.
    multi_region: Option<String>,
    /// When it last encrypted, decrypted or signed anything. Absent when it did not since `tracked_since`, and when that
    /// could not be read.
    used_at: Option<Timestamp>,
    /// Since when KMS writes down its use. Absent when that could not be read.
    tracked_since: Option<Timestamp>,
    /// How often its material was rotated; the first two rotations are billed like a key each. Absent when it cannot
    /// be rotated and when that could not be read.
    rotations: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    key_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    key_metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    key_id: String,
    arn: String,
    creation_date: Option<At>,
    description: Option<String>,
    key_usage: Option<String>,
    key_state: Option<String>,
    deletion_date: Option<At>,
    origin: Option<String>,
    key_manager: Option<String>,
    key_spec: Option<String>,
    multi_region_configuration: Option<MultiRegion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegion {
    multi_region_key_type: Option<String>,
    primary_key: Option<Primary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Primary {
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AliasPage {
    #[serde(default)]
    aliases: Vec<Alias>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alias {
    alias_name: String,
    target_key_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Usage {
    key_last_usage: Option<LastUsage>,
    tracking_start_date: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LastUsage {
    timestamp: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rotated {
    #[serde(default)]
    rotations: Vec<Rotation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rotation {
    rotation_date: Option<At>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Keys {
    const KIND: Kind = Kind::new("kms:key");
    const TITLE: &'static str = "KMS keys";
    const ACTIONS: &'static [&'static str] = &[
        "kms:DescribeKey",
        "kms:GetKeyLastUsage",
        "kms:ListAliases",
        "kms:ListKeyRotations",
        "kms:ListKeys",
        "kms:ListResourceTags",
    ];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (naming, tagging) = (Detail::default(), Detail::default());
        let mut names = None;
        let mut pages = cx.pages(&LIST, json!({ "Limit": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            if names.is_none() && !page.keys.is_empty() {
                names = Some(naming.ask(found, "aliases", aliases(cx)).await);
            }
            let keys = each(page.keys, async |key: Key| {
                // A key's own policy may keep the account from looking at it: then the listing is not whole.
                let described = match cx.call::<Described>(&DESCRIBE, json!({ "KeyId": key.key_id })).await {
                    Err(fault) if fault.is_gone() => return Ok(None),
                    other => other?.key_metadata,
                };
                if described.key_manager.as_deref() == Some("AWS") {
                    return Ok(None);
                }
                let tags = cx.call::<Tagged>(&TAGS, json!({ "KeyId": key.key_id }));
                let tagged = tagging.ask(found, &key.key_id, tags).await.unwrap_or_default();
                let usage = match described.key_state.as_deref() {
                    // Asked afresh for each: one key's policy may refuse what the next one's allows.
                    Some("Enabled" | "Disabled") => {
                        let usage = cx.call::<Usage>(&USAGE, json!({ "KeyId": key.key_id }));
                        Detail::default().ask(found, &key.key_id, usage).await
                    }
                    _ => None,
                };
                let rotations = match (described.key_spec.as_deref(), described.origin.as_deref()) {
                    (Some("SYMMETRIC_DEFAULT"), Some("AWS_KMS" | "EXTERNAL")) if usage.is_some() => {
                        Detail::default().ask(found, &key.key_id, rotations(cx, &key.key_id)).await
                    }
                    _ => None,
                };
                Ok(Some((described, tagged, usage.unwrap_or_default(), rotations)))
            });
            let mut trouble = None;
            for key in keys.await {
                match key {
                    Ok(Some((key, tagged, usage, rotations))) => {
                        let all = names.as_ref().and_then(Option::as_ref);
                        let own = all.map(|all| all.get(&key.key_id).cloned().unwrap_or_default());
                        found.add(listed(key, own, tagged, usage, rotations)).await;
                    }
                    Ok(None) => {}
                    Err(fault) => trouble = trouble.or(Some(fault)),
                }
            }
            if let Some(fault) = trouble {
                return Err(fault);
            }
        }
        Ok(())
    }
}

/// Names of keys, by the key.
async fn aliases(cx: &Cx) -> Result<BTreeMap<String, Vec<String>>, Fault> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut pages = cx.pages(&ALIASES, json!({ "Limit": 100 }));
    while let Some(page) = pages.next::<AliasPage>().await? {
        for alias in page.aliases {
            if let Some(key) = alias.target_key_id {
                names.entry(key).or_default().push(alias.alias_name);
            }
        }
    }
    Ok(names)
}

/// How often a key's material was rotated.
async fn rotations(cx: &Cx, key: &str) -> Result<f64, Fault> {
    let mut pages = cx.pages(&ROTATIONS, json!({ "KeyId": key, "Limit": 1000 }));
    let mut count = 0_u32;
    while let Some(page) = pages.next::<Rotated>().await? {
        count += page.rotations.iter().filter(|one| one.rotation_date.is_some()).map(|_| 1).sum::<u32>();
    }
    Ok(f64::from(count))
}

fn listed(
    key: Metadata,
    aliases: Option<Vec<String>>,
    tagged: Tagged,
    usage: Usage,
    rotations: Option<f64>,
) -> Listed<Facts> {
    let (multi_region, primary) = match key.multi_region_configuration {
        Some(config) => (config.multi_region_key_type, config.primary_key.and_then(|primary| primary.arn)),
        None => (None, None),
    };
    let name = aliases.iter().flatten().next().cloned();
    let facts = Facts {
        state: key.key_state.unwrap_or_default(),
        usage: key.key_usage.unwrap_or_default(),
        spec: key.key_spec.unwrap_or_default(),
        origin: key.origin.unwrap_or_default(),
        description: key.description.filter(|text| !text.is_empty()),
        aliases: aliases.clone(),
        deletion_at: key.deletion_date.map(|at| at.0),
        multi_region,
        used_at: usage.key_last_usage.and_then(|usage| usage.timestamp).map(|at| at.0),
        tracked_since: usage.tracking_start_date.map(|at| at.0),
        rotations,
    };
    let listed = Listed::new(key.key_id, facts)
        .arn(Some(key.arn.clone()))
        .name(name)
        .created(key.creation_date.map(|at| at.0))
        .tags(tagged.tags.0)
        .refers(Role::MadeFrom, primary.filter(|primary| *primary != key.arn));
    // What is encrypted with a key often names it by its alias.
    aliases.into_iter().flatten().fold(listed, |listed, alias| listed.refers(Role::OneOf, Some(alias)))
}

/// By the month until it is deleted, used or not, and as much for each of the first two rotations; nothing while it
/// waits for its deletion.
fn needs(key: &Resource) -> Needs {
    match key.text("state") {
        Some("PendingDeletion" | "PendingReplicaDeletion") => Needs::free(),
        _ => {
            let rotations = key.number("rotations").unwrap_or_default().min(2.0);
            let mut needs = vec![Need::months("key", "kms.key", 1.0)];
            if rotations > 0.0 {
                needs.push(Need::months("rotations", "kms.key", rotations));
            }
            Needs::of(needs)
        }
    }
}
