use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::{Kind, Resource};

pub use super::blanks::{Blanks, UnknownBlank};

/// What can be done about resources of a kind: a file of `rules/remedies/`, whose README says what each key means.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// The kind.
    pub kind: Kind,
    /// Facts that change by themselves, and say nothing about use. Empty for most.
    #[serde(default)]
    pub drifts: Vec<String>,
    /// What is saved first where a verb wants it. Absent where nothing can be.
    #[serde(default)]
    pub backup: Option<Backup>,
    /// How locks of AWS's own are lifted.
    #[serde(default)]
    pub unprotect: Vec<Unprotect>,
    /// What can be done, by the word rules use.
    pub verbs: BTreeMap<String, Verb>,
}

/// How a resource is saved before it goes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// AWS CLI service and operation.
    pub call: String,
    /// Method and path, where the service has them.
    #[serde(default)]
    pub http: Option<String>,
    /// Region it is sent to. Absent for the resource's own.
    #[serde(default)]
    pub at: Option<String>,
    /// The input.
    #[serde(default)]
    pub input: Map<String, Value>,
    /// Kind of what it makes.
    pub makes: Kind,
    /// Id of what it makes, or `answer:` and the member of the answer that holds it.
    pub id: String,
    /// Facts by which it is found again when the answer was lost. Empty where `id` says it.
    #[serde(default)]
    pub found_by: Map<String, Value>,
    /// Facts that hold once it is whole.
    pub ready: Map<String, Value>,
    /// Minutes it may take.
    pub minutes: u32,
    /// Whether a second call would make a second one.
    #[serde(default)]
    pub once: bool,
    /// The command that brings the resource back from it.
    pub restore: String,
}

/// How a lock of AWS's own is lifted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unprotect {
    /// The lock, as [`crate::model::Protection::Service`] names it.
    pub flag: String,
    /// AWS CLI service and operation.
    pub call: String,
    /// Method and path, where the service has them.
    #[serde(default)]
    pub http: Option<String>,
    /// Region it is sent to. Absent for the resource's own.
    #[serde(default)]
    pub at: Option<String>,
    /// The input.
    #[serde(default)]
    pub input: Map<String, Value>,
}

/// Something that can be done about a resource.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verb {
    /// The calls, in order. Empty where no API does it.
    #[serde(default)]
    pub moves: Vec<Move>,
    /// What goes before the moves and takes many calls. Absent for most.
    #[serde(default)]
    pub procedure: Option<Procedure>,
    /// Who can do it, and where, when no API does. Empty otherwise.
    #[serde(default)]
    pub by_hand: String,
    /// Whether the kind's backup is taken first, as a step of its own.
    #[serde(default)]
    pub backup: bool,
    /// Kind of the snapshot the calls themselves leave behind. Absent when they leave none.
    #[serde(default)]
    pub keeps: Option<Kind>,
    /// What is gone for good afterwards. Empty when nothing is.
    #[serde(default)]
    pub loses: String,
    /// The command that brings it back. Empty when none does.
    #[serde(default)]
    pub undo: String,
    /// Days within which `undo` works. Absent when it does for as long as what it rests on is there.
    #[serde(default)]
    pub undo_days: Option<u32>,
    /// What a person has to know of it that no fact shows. Empty for most.
    #[serde(default)]
    pub note: String,
    /// Minutes until what was asked for must be seen.
    #[serde(default = "ten")]
    pub minutes: u32,
}

fn ten() -> u32 {
    10
}

/// One call of a verb.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// AWS CLI service and operation: `ec2:DeleteVolume`.
    pub call: String,
    /// Method and path, where the service has them.
    #[serde(default)]
    pub http: Option<String>,
    /// Region it is sent to. Absent for the resource's own.
    #[serde(default)]
    pub at: Option<String>,
    /// The input, with placeholders.
    #[serde(default)]
    pub input: Map<String, Value>,
    /// Facts that must hold for the move to be needed. Empty when it always is.
    #[serde(default, rename = "when")]
    pub needed: Map<String, Value>,
    /// What ends it. Absent for [`Until::Gone`] of a verb's last move, and [`Until::Sent`] of the others.
    #[serde(default)]
    pub until: Option<Until>,
    /// Whether the call takes `DryRun`.
    #[serde(default)]
    pub dry_run: bool,
    /// Whether a second call would do a second thing.
    #[serde(default)]
    pub once: bool,
    /// Codes that say the resource is gone already, beside those that end in `NotFound`.
    #[serde(default)]
    pub gone: Vec<String>,
}

/// What ends a move.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Until {
    /// `"gone"`, `"sent"` or `"marked"`.
    Word(UntilWord),
    /// Facts that hold.
    Facts(Map<String, Value>),
}

/// See [`Until`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UntilWord {
    /// It is not listed any more.
    Gone,
    /// AWS took the call.
    Sent,
    /// Its tag says how long the quarantine lasts.
    Marked,
}

/// What takes many calls, or one that needs what no listing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Procedure {
    /// Listeners of an accelerator, with their endpoint groups.
    AcceleratorListeners,
    /// Associations of a Client VPN endpoint with subnets.
    ClientVpnAssociations,
    /// Modules of a CloudHSM cluster.
    ClusterModules,
    /// A distribution itself, whose deletion names its version.
    DeleteDistribution,
    /// Every version, delete marker and unfinished upload of a bucket.
    EmptyBucket,
    /// Mount targets of a file system.
    MountTargets,
    /// Targets of a rule.
    RuleTargets,
    /// Images without a tag of a repository.
    UntaggedImages,
    /// User profiles of a SageMaker domain.
    UserProfiles,
}

impl Procedure {
    /// Every one, by name.
    pub const ALL: &'static [Procedure] = &[
        Procedure::AcceleratorListeners,
        Procedure::ClientVpnAssociations,
        Procedure::ClusterModules,
        Procedure::DeleteDistribution,
        Procedure::EmptyBucket,
        Procedure::MountTargets,
        Procedure::RuleTargets,
        Procedure::UntaggedImages,
        Procedure::UserProfiles,
    ];

    /// Its name in remedies.
    pub fn name(self) -> &'static str {
        match self {
            Procedure::AcceleratorListeners => "accelerator-listeners",
            Procedure::ClientVpnAssociations => "client-vpn-associations",
            Procedure::ClusterModules => "cluster-modules",
            Procedure::DeleteDistribution => "delete-distribution",
            Procedure::EmptyBucket => "empty-bucket",
            Procedure::MountTargets => "mount-targets",
            Procedure::RuleTargets => "rule-targets",
            Procedure::UntaggedImages => "untagged-images",
            Procedure::UserProfiles => "user-profiles",
        }
    }

    /// Whether the resource itself is gone afterwards, and not only what is in it.
    pub fn removes(self) -> bool {
        self == Procedure::DeleteDistribution
    }
}

/// Files of `rules/remedies/`, by name.
mod files {
    include!(concat!(env!("OUT_DIR"), "/remedy_files.rs"));
}

static REMEDIES: LazyLock<BTreeMap<Kind, Remedy>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| {
        let remedy: Remedy = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (remedy.kind.clone(), remedy)
    };
    // Part of the program, and a test reads every one.
    files::REMEDY_FILES.iter().map(read).collect()
});

/// What can be done about resources of a kind. `None` for kinds without a file.
pub fn remedy(kind: &Kind) -> Option<&'static Remedy> {
    REMEDIES.get(kind)
}

/// Every remedy, by kind.
pub fn remedies() -> impl Iterator<Item = &'static Remedy> {
    REMEDIES.values()
}

impl Verb {
    /// What ends the move at a place.
    pub fn until(&self, place: usize) -> Until {
        let default = if place + 1 == self.moves.len() { UntilWord::Gone } else { UntilWord::Sent };
        self.moves.get(place).and_then(|one| one.until.clone()).unwrap_or(Until::Word(default))
    }

    /// Whether nothing brings back what it takes away.
    pub fn is_irreversible(&self) -> bool {
        self.undo.is_empty() && !self.loses.is_empty()
    }
}

/// The IAM action of a call, `ec2:DeleteVolume`. It is a name to read: where AWS names the action otherwise, the
/// worker that sends the call knows.
pub fn operation(call: &str) -> (&str, &str) {
    call.split_once(':').unwrap_or((call, ""))
}

/// Whether facts hold of a resource: each is one of the values given, or the value itself, or there or not there as
/// `{ present = true }` says.
pub fn holds(facts: &Map<String, Value>, resource: &Resource) -> bool {
    facts.iter().all(|(name, wanted)| match (resource.facts.get(name), wanted) {
        (fact, Value::Object(test)) => test.get("present").and_then(Value::as_bool) == Some(fact.is_some()),
        (Some(fact), Value::Array(values)) => values.contains(fact),
        (Some(fact), value) => fact == value,
        (None, _) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::blanks::tests::{input, volume};
    use super::*;
    use serde_json::json;

    #[test]
    fn every_file_reads() {
        assert!(remedies().count() > 0);
        for one in remedies() {
            assert!(!one.verbs.is_empty(), "{}", one.kind);
        }
    }

    #[test]
    fn facts_hold_when_each_is_one_of_those_named() {
        let is = |facts| holds(&input(facts), &volume());
        assert!(is(json!({})) && is(json!({ "state": ["available", "error"] })) && is(json!({ "state": "available" })));
        assert!(!is(json!({ "state": ["in-use"] })) && !is(json!({ "zone": ["a"] })));
        assert!(is(json!({ "state": { "present": true }, "zone": { "present": false } })));
        assert!(!is(json!({ "zone": { "present": true } })));
    }

    #[test]
    fn procedures_are_read_under_their_names() {
        for one in Procedure::ALL {
            assert_eq!(serde_json::from_value::<Procedure>(json!(one.name())).ok(), Some(*one));
        }
        let used = |one: &Procedure| remedies().flat_map(|file| file.verbs.values()).any(|v| v.procedure == Some(*one));
        assert!(Procedure::ALL.iter().all(used));
    }

    #[test]
    fn the_last_move_ends_when_it_is_gone_and_those_before_when_they_were_sent() {
        let verb = &remedy(&Kind::new("ec2:volume")).expect("a file").verbs["detach-then-delete"];
        assert!(matches!(verb.until(0), Until::Facts(_)));
        assert_eq!(verb.until(1), Until::Word(UntilWord::Gone));
        assert!(verb.is_irreversible());
    }
}
