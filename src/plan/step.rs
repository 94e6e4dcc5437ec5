use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::choose::removes;
use super::grace::QUARANTINE;
use crate::model::{Kind, Region, Resource, ResourceId, Usd};

/// Ordered steps to make marked resources go away, and what stays out with the reason. Frozen: what is applied is
/// what was read, hash and all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Version of this document's form.
    pub schema_version: u32,
    /// Version of the program that made it.
    pub made_by: String,
    /// SHA-256 of the document without this line, in hexadecimal digits.
    #[serde(default)]
    pub hash: String,
    /// The account it is for, and no other.
    pub account: PlanAccount,
    /// When the resources were read that it rests on.
    pub scanned_at: Timestamp,
    /// Regions that were read.
    pub scope: Vec<Region>,
    /// What the person allowed beyond the plain.
    pub allowed: Allowed,
    /// The steps, in the order of their waves.
    pub steps: Vec<Step>,
    /// What was asked for and stays out.
    pub held: Vec<Held>,
}

/// The account a plan is for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanAccount {
    /// Twelve digits.
    pub id: String,
    /// Its alias. Absent when it has none, or it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
}

/// What a person allowed beyond the plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Allowed {
    /// What must go first is added to the plan.
    #[serde(default)]
    pub dependents: bool,
    /// The owner of what is managed is added in its stead.
    #[serde(default)]
    pub owners: bool,
    /// Locks of AWS's own are lifted by steps of their own.
    #[serde(default)]
    pub unprotect: bool,
    /// What rules would only stop, trim or have looked at is deleted.
    #[serde(default)]
    pub removal: bool,
}

/// Steps of a wave that are taken at the same time, the first of the plan first.
pub const TOGETHER: usize = 6;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Its number in the plan, from 1 in the order they are shown.
    pub number: u32,
    /// Steps of a wave may run at the same time; a wave begins when the one before it has ended. Backups are wave 0.
    pub wave: u32,
    /// What is done.
    pub work: Work,
    /// The verb of the rules: `delete`, `snapshot-then-delete`.
    pub verb: String,
    /// What it is done to, as it was when the plan was made.
    pub resource: Resource,
    /// Numbers of the steps that must have ended well before.
    pub after: Vec<u32>,
    /// Name of what it makes or leaves behind. Empty when it leaves nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub backup: String,
    /// Days of grace, `2026-11-27/2026-12-27`: from, and until when it may be missed. Empty unless the step puts its
    /// resource into quarantine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grace: String,
    /// What has to be known of it that no fact shows. Empty for most.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Dollars a month it saves. Absent when the price is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saves_monthly_usd: Option<Usd>,
    /// What is gone for good. Empty when nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub loses: String,
    /// The command that brings it back. Empty when none does: with something in `loses` the step is irreversible.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub undo: String,
    /// Days within which that works. Absent when it does as long as what it rests on is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_days: Option<u32>,
    /// IAM actions it takes.
    pub actions: Vec<String>,
    /// The same as AWS CLI lines, to read or to run by hand.
    pub commands: Vec<String>,
    /// Minutes until its end must be seen.
    pub minutes: u32,
    /// What goes on working worse without it: resources that name it and do not have to go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<String>,
    /// What goes away with it, though no step names it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_along: Vec<String>,
    /// Fingerprints of the findings it answers. Empty for what was added because others need it gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
    /// Kinds that could need its resource and were listed for the plan; before it goes they are read again. Empty
    /// where nothing could, or nothing goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<Kind>,
    /// What needs its resource and goes away with a step for something else. What has a step of its own is not named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<ResourceId>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "does")]
pub enum Work {
    /// Saves the resource.
    Backup,
    /// Lifts a lock of AWS's own.
    Unprotect {
        /// The lock.
        flag: String,
    },
    /// Does what its verb says.
    Act,
}

/// Something that was asked for and stays out of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// What.
    pub resource: ResourceId,
    /// Its kind.
    pub kind: Kind,
    /// Its region.
    pub region: Region,
    /// Its name or id, for people.
    pub label: String,
    /// Why.
    pub why: HeldWhy,
    /// Resources that would have to be in the plan, or be asked for instead, for it to be possible.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offer: Vec<ResourceId>,
}

/// Why something stays out of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "held")]
pub enum HeldWhy {
    /// Somebody wants it kept, or its tags could not be read.
    Kept {
        /// The lock, for people.
        lock: String,
    },
    /// AWS refuses until a lock is lifted, which was not allowed or is not known to be possible.
    Locked {
        /// The lock.
        flag: String,
    },
    /// Something manages it and would repeat or break.
    Owned {
        /// The owner, for people.
        by: String,
    },
    /// Others must go first and are not in the plan.
    InUse {
        /// Who, for people.
        by: Vec<String>,
    },
    /// Others that must go first are held themselves.
    Behind {
        /// Who, for people.
        by: Vec<String>,
    },
    /// It and others would each have to go before the other.
    Cycle {
        /// All of them, for people.
        with: Vec<String>,
    },
    /// No API does it.
    ByHand {
        /// Who can, and where.
        how: String,
    },
    /// The rule advises; there is nothing to delete.
    Advice {
        /// The rule's word: `review`, `modify`.
        verb: String,
    },
    /// Nothing here knows how.
    NoRemedy {
        /// What was asked for.
        verb: String,
    },
    /// Nothing here stops, detaches or marks such a thing.
    NoGrace,
    /// It stays with what it is attached to, which goes into quarantine itself.
    Stays {
        /// With what, for people.
        with: String,
    },
    /// A fact that a call needs is not known.
    Unknown {
        /// Its name.
        fact: String,
    },
    /// The audit has no such resource, or it was opened without its inventory.
    NotListed,
}

impl Step {
    /// What it does, for people.
    pub fn does(&self) -> String {
        let label = self.resource.label();
        match &self.work {
            Work::Backup => format!("back up {} {label}", self.resource.kind),
            Work::Unprotect { flag } => format!("lift {flag} of {} {label}", self.resource.kind),
            Work::Act => format!("{} {} {label}", self.verb, self.resource.kind),
        }
    }

    /// Whether its resource is gone afterwards.
    pub fn removes(&self) -> bool {
        self.work == Work::Act && removes(&self.verb)
    }

    /// Whether nothing brings back what it takes away.
    pub fn is_irreversible(&self) -> bool {
        self.undo.is_empty() && !self.loses.is_empty()
    }
}

fn list<T: Serialize>(digest: &mut Sha256, all: &[T]) -> serde_json::Result<()> {
    digest.update("[");
    for (place, one) in all.iter().enumerate() {
        digest.update(if place == 0 { "" } else { "," });
        digest.update(serde_json::to_vec(&serde_json::to_value(one)?)?);
    }
    digest.update("]");
    Ok(())
}

impl Plan {
    /// The hash of everything but the hash.
    ///
    /// Errors when it cannot be written as JSON.
    pub fn fingerprint(&self) -> serde_json::Result<String> {
        let head = Plan {
            hash: String::new(),
            made_by: self.made_by.clone(),
            account: self.account.clone(),
            scope: self.scope.clone(),
            steps: Vec::new(),
            held: Vec::new(),
            ..*self
        };
        // By way of values: their maps are sorted, so that equal plans give equal bytes. Step by step, so that a long
        // plan is not in memory several times over.
        let head: BTreeMap<String, Value> = serde_json::from_value(serde_json::to_value(&head)?)?;
        let mut digest = Sha256::new();
        for (place, (name, value)) in head.iter().enumerate() {
            digest.update(if place == 0 { "{" } else { "," });
            digest.update(serde_json::to_vec(name)?);
            digest.update(":");
            match name.as_str() {
                "steps" => list(&mut digest, &self.steps)?,
                "held" => list(&mut digest, &self.held)?,
                _ => digest.update(serde_json::to_vec(value)?),
            }
        }
        digest.update("}");
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The step of a number.
    pub fn step(&self, number: u32) -> Option<&Step> {
        // Numbers follow the order of the steps.
        self.steps.binary_search_by_key(&number, |step| step.number).ok().and_then(|place| self.steps.get(place))
    }

    /// Steps that take something away for good.
    pub fn irreversible(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_irreversible())
    }

    /// Dollars a month its steps save together, as far as prices are known.
    pub fn saves_monthly_usd(&self) -> Usd {
        self.steps.iter().filter_map(|step| step.saves_monthly_usd).sum()
    }

    /// Steps that do what their verb says: no backups, no liftings of locks.
    pub fn acts(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.work == Work::Act)
    }

    /// How many resources it makes go away.
    pub fn deletions(&self) -> usize {
        self.acts().filter(|step| step.removes()).count()
    }

    /// How many resources it changes and leaves where they are: stopped, trimmed, put into quarantine.
    pub fn changes(&self) -> usize {
        self.acts().count() - self.deletions()
    }

    /// What has to be typed before it is applied: `delete 5 in acme-sandbox`, with the account's number where it has
    /// no alias. What only changes is counted by itself: `delete 5 and change 2 in …`, `change 2 in …`; a plan that
    /// deletes nothing and gives grace says `quarantine 3 in …`.
    pub fn phrase(&self) -> String {
        let (gone, changed) = (self.deletions(), self.changes());
        let what = match (gone, changed) {
            (_, 0) => format!("delete {gone}"),
            (0, _) if self.acts().all(|step| step.verb == QUARANTINE) => format!("quarantine {changed}"),
            (0, _) => format!("change {changed}"),
            _ => format!("delete {gone} and change {changed}"),
        };
        format!("{what} in {}", self.account.alias.as_ref().unwrap_or(&self.account.id))
    }
}

impl HeldWhy {
    /// One phrase for people.
    pub fn sentence(&self) -> String {
        match self {
            HeldWhy::Kept { lock } => lock.clone(),
            HeldWhy::Locked { flag } => format!("delete blocked by {flag}"),
            HeldWhy::Owned { by } => format!("managed by {by}, which would repeat it or break"),
            HeldWhy::InUse { by } => format!("needed by {}", by.join(", ")),
            HeldWhy::Behind { by } => format!("waits for what is held itself: {}", by.join(", ")),
            HeldWhy::Cycle { with } => format!("each would have to go before the other: {}", with.join(", ")),
            HeldWhy::ByHand { how } => format!("no API does it: {how}"),
            HeldWhy::Advice { verb } => format!("the rule says `{verb}`: there is nothing to delete"),
            HeldWhy::NoRemedy { verb } => format!("nothing here does `{verb}` to this kind"),
            HeldWhy::NoGrace => "nothing here stops or detaches this kind: it is deleted or it stays".to_owned(),
            HeldWhy::Stays { with } => format!("stays with {with}, which goes into quarantine"),
            HeldWhy::Unknown { fact } => format!("its {fact} is not known, and the call needs it"),
            HeldWhy::NotListed => "the audit has no such resource".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_that_of_the_whole_document_with_its_names_in_order() {
        let volume = serde_json::json!({
            "arn": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1", "id": "vol-1", "kind": "ec2:volume",
            "account": "111122223333", "region": "eu-west-1", "facts": { "size": 8.5, "attached": false },
        });
        let step = serde_json::json!({
            "number": 1, "wave": 1, "work": { "does": "act" }, "verb": "delete", "resource": volume, "after": [],
            "actions": ["ec2:DeleteVolume"], "commands": [], "minutes": 10, "holders": ["ec2:instance"],
        });
        let held = serde_json::json!({
            "resource": "arn:b", "kind": "s3:bucket", "region": "global", "label": "b", "why": { "held": "not-listed" },
        });
        for (steps, held) in [(vec![], vec![]), (vec![step.clone(), step], vec![held.clone(), held])] {
            let plan: Plan = serde_json::from_value(serde_json::json!({
                "schema_version": 1, "made_by": "0", "account": { "id": "111122223333", "partition": "aws" },
                "scanned_at": "2026-11-27T08:00:00Z", "scope": ["eu-west-1"], "allowed": {}, "steps": steps, "held": held,
            }))
            .expect("a plan");
            let whole = serde_json::to_vec(&serde_json::to_value(&plan).expect("plain data")).expect("plain data");
            let digest: String = Sha256::digest(whole).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(plan.fingerprint().expect("plain data"), digest);
        }
    }
}
