use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// EC2 key pairs. Instances and launch templates refer to them by name, not by id.
pub struct KeyPairs;

/// Facts of a key pair. Source: `ec2:DescribeKeyPairs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Its name, unique in a region.
    key_name: String,
    /// `rsa` or `ed25519`. Absent when AWS gives none.
    key_type: Option<String>,
    /// Fingerprint of the key. Absent when AWS gives none.
    fingerprint: Option<String>,
}

impl Scan for KeyPairs {
    const KIND: Kind = Kind::new("ec2:key-pair");
    const TITLE: &'static str = "Key pairs";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeKeyPairs"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let answer = cx.ec2().describe_key_pairs().send().await.map_err(Fault::sdk("ec2:DescribeKeyPairs"))?;
        for pair in answer.key_pairs() {
            let name = pair.key_name().unwrap_or_default();
            let facts = Facts {
                key_name: name.to_owned(),
                key_type: pair.key_type().map(|kind| kind.as_str().to_owned()),
                fingerprint: pair.key_fingerprint().map(str::to_owned),
            };
            let listed = Listed::new(pair.key_pair_id().unwrap_or(name), facts)
                .name(pair.key_name())
                .created(time(pair.create_time()))
                .tags(super::tags(pair.tags()));
            found.add(listed).await;
        }
        Ok(())
    }
}
