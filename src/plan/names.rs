//! Names that differ between an operation, the AWS CLI, IAM and Terraform: `rules/actions.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::remedy::{Procedure, Verb, operation};
use crate::model::Kind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    prefixes: BTreeMap<String, String>,
    services: BTreeMap<String, String>,
    options: BTreeMap<String, String>,
    operations: BTreeMap<String, Vec<String>>,
    procedures: BTreeMap<String, ProcedureNames>,
    terraform: BTreeMap<Kind, String>,
}

/// What a procedure takes, and what a person would type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProcedureNames {
    pub actions: Vec<String>,
    pub commands: Vec<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let text = include_str!("../../rules/actions.toml");
    // Part of the program, and a test reads it.
    toml::from_str(text).unwrap_or_else(|error| panic!("rules/actions.toml: {error}"))
});

/// The IAM actions of a call: `ec2:DeleteVolume` of `ec2:DeleteVolume`, `es:DeleteDomain` of `opensearch:DeleteDomain`.
pub fn actions(call: &str) -> Vec<String> {
    if let Some(known) = NAMES.operations.get(call) {
        return known.clone();
    }
    let (service, operation) = operation(call);
    let prefix = NAMES.prefixes.get(service).map_or(service, String::as_str);
    vec![format!("{prefix}:{operation}")]
}

/// The IAM actions of everything a verb may send, each once, in order.
pub fn actions_of(verb: &Verb) -> Vec<String> {
    let calls = verb.moves.iter().flat_map(|one| actions(&one.call));
    let procedure = verb.procedure.and_then(procedure).into_iter().flat_map(|one| one.actions.clone());
    calls.chain(procedure).collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn procedure(which: Procedure) -> Option<&'static ProcedureNames> {
    NAMES.procedures.get(which.name())
}

/// The type of a kind at Terraform. `None` where this program does not know it.
pub(super) fn terraform(kind: &Kind) -> Option<&'static str> {
    NAMES.terraform.get(kind).map(String::as_str)
}

/// Whether a call takes a resource off another one.
pub(super) fn is_detaching(call: &str) -> bool {
    let (_, operation) = operation(call);
    operation.starts_with("Detach") || operation.starts_with("Disassociate")
}

/// A service as the AWS CLI names it.
pub(super) fn cli(service: &str) -> &str {
    NAMES.services.get(service).map_or(service, String::as_str)
}

/// The option of a member of a call's input: `instance-ids` of `InstanceId`, as the API writes a list of them.
pub(super) fn option(call: &str, member: &str) -> String {
    let member = member.strip_prefix("header:").unwrap_or(member);
    NAMES.options.get(&format!("{call} {member}")).cloned().unwrap_or_else(|| kebab(member))
}

/// A name of the API as the AWS CLI writes it: `delete-db-instance` of `DeleteDBInstance`.
///
/// The same as botocore's `xform_name`, but for its list of oddities (iSCSI, PartiQL, WhatsApp), none of which a
/// remedy names.
pub(super) fn kebab(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    // A plural of capitals is a word of its own: `TargetGroupARNs` ends in `-arns`.
    let capitals = letters.iter().rev().skip(1).take_while(|c| c.is_ascii_uppercase()).count();
    let mut tail = String::new();
    if letters.last() == Some(&'s') && capitals >= 2 {
        tail = letters.split_off(letters.len() - capitals - 1).iter().collect::<String>().to_lowercase();
    }
    let mut out = first_words(&letters);
    out = ends_of_words(&out);
    let mut text: String = out.into_iter().collect::<String>().to_lowercase();
    if !tail.is_empty() {
        if !text.is_empty() {
            text.push('-');
        }
        text.push_str(&tail);
    }
    text
}

/// A hyphen before every capital that small letters follow, as `(.)([A-Z][a-z]+)` finds them.
fn first_words(letters: &[char]) -> Vec<char> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        out.push(letters[at]);
        let is_word = |from: usize| {
            letters.get(from).is_some_and(char::is_ascii_uppercase)
                && letters.get(from + 1).is_some_and(char::is_ascii_lowercase)
        };
        if is_word(at + 1) {
            out.push('-');
            at += 1;
            out.push(letters[at]);
            while letters.get(at + 1).is_some_and(char::is_ascii_lowercase) {
                at += 1;
                out.push(letters[at]);
            }
        }
        at += 1;
    }
    out
}

/// A hyphen between a small letter or digit and a capital.
fn ends_of_words(letters: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        if letter.is_ascii_uppercase() && before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
            out.push('-');
        }
        out.push(*letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_botocore_writes_them() {
        // What `botocore.xform_name(name, '-')` of botocore 1.40 gives.
        let known = [
            ("DeleteVolume", "delete-volume"),
            ("VolumeId", "volume-id"),
            ("DeleteDBInstance", "delete-db-instance"),
            ("DBInstanceIdentifier", "db-instance-identifier"),
            ("CreateDBClusterSnapshot", "create-db-cluster-snapshot"),
            ("SkipFinalSnapshot", "skip-final-snapshot"),
            ("TargetGroupARNs", "target-group-arns"),
            ("DeleteVpcEndpoints", "delete-vpc-endpoints"),
            ("KeyARN", "key-arn"),
            ("ACLs", "-acls"),
            ("EnableDnsSupport", "enable-dns-support"),
            ("DeleteNatGateway", "delete-nat-gateway"),
            ("IpamId", "ipam-id"),
            ("functionName", "function-name"),
            ("X509Certificate", "x509-certificate"),
            ("S3Bucket", "s3-bucket"),
            ("DeleteHITType", "delete-hit-type"),
        ];
        for (name, wanted) in known {
            assert_eq!(kebab(name), wanted.trim_start_matches('-'), "{name}");
        }
    }

    #[test]
    fn permissions_have_the_prefix_of_iam() {
        assert_eq!(actions("ec2:DeleteVolume"), ["ec2:DeleteVolume"]);
        assert_eq!(actions("elbv2:DeleteLoadBalancer"), ["elasticloadbalancing:DeleteLoadBalancer"]);
        assert_eq!(actions("efs:DeleteFileSystem"), ["elasticfilesystem:DeleteFileSystem"]);
        assert_eq!(actions("opensearch:DeleteDomain"), ["es:DeleteDomain"]);
        assert_eq!(actions("s3api:DeleteBucket"), ["s3:DeleteBucket"]);
    }

    #[test]
    fn every_procedure_has_its_names() {
        for one in Procedure::ALL {
            let names = procedure(*one).expect("in the file");
            assert!(!names.actions.is_empty() && !names.commands.is_empty());
        }
        assert_eq!(NAMES.procedures.len(), Procedure::ALL.len());
    }
}
