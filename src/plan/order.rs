//! What goes before what: the meaning of a pointer, and the exceptions of `rules/order.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::remedy::holds;
use crate::model::{Kind, Resource, Role};

/// What a relation between two resources, `of` and `to`, means for their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// `of` goes first, and `to` cannot go while `of` stays.
    Before,
    /// `of` goes first when both go; where it stays, it works worse.
    Softly,
    /// `to` goes first, and `of` cannot go while `to` stays, unless it can be detached.
    After,
    /// Neither waits for the other.
    Nothing,
}

/// Another meaning of a pointer between two kinds. `*` stands for any kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    of: String,
    to: String,
    /// Facts of `of` for it to apply. Empty when it always does.
    #[serde(default)]
    when: Map<String, Value>,
    is: Effect,
    /// Whether `of` may name `to` by a plain name, though they are of different services.
    #[serde(default)]
    named: bool,
    /// Why, for those who read the file.
    #[serde(rename = "why")]
    _why: String,
}

/// A relation that no pointer says, but facts do. Exactly one of the three facts is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub of: Kind,
    pub to: Kind,
    /// Fact of `to` that holds ids of `of`.
    pub held: Option<String>,
    /// Fact that is the same on both.
    pub shared: Option<String>,
    /// Fact of `of` that is the id of `to`.
    pub names: Option<String>,
    pub is: Effect,
    #[serde(rename = "why")]
    _why: String,
}

/// What goes away with its parent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Along {
    pub parent: Kind,
    pub kind: Kind,
    /// Facts of the child for it to apply.
    #[serde(default)]
    when: Map<String, Value>,
    /// Fact of the parent that holds the child's id. Absent when a pointer between them says it.
    pub held: Option<String>,
    /// Whether the child can be deleted by itself too.
    #[serde(default = "yes")]
    pub alone: bool,
}

fn yes() -> bool {
    true
}

impl Along {
    /// Whether a resource goes away with resources of a kind.
    pub fn fits(&self, child: &Resource, parent: &Kind) -> bool {
        self.kind == child.kind && self.parent == *parent && holds(&self.when, child)
    }
}

/// `rules/order.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    #[serde(rename = "pair")]
    pairs: Vec<Pair>,
    #[serde(rename = "link")]
    pub links: Vec<Link>,
    pub along: Vec<Along>,
    owners: BTreeMap<String, Kind>,
    holders: BTreeMap<Kind, Vec<Kind>>,
}

static ORDER: LazyLock<Order> = LazyLock::new(|| {
    let text = include_str!("../../rules/order.toml");
    // Part of the program, and a test reads it.
    toml::from_str(text).unwrap_or_else(|error| panic!("rules/order.toml: {error}"))
});

/// The order built in.
pub(super) fn order() -> &'static Order {
    &ORDER
}

impl Order {
    /// What a pointer from one resource to another means.
    pub fn effect(&self, of: &Resource, role: Role, to: &Kind) -> Effect {
        let plain = match role {
            Role::OneOf | Role::MadeFrom => return Effect::Nothing,
            Role::Inside | Role::Needs => Effect::Before,
            Role::Uses => Effect::Softly,
            Role::AttachedTo => Effect::After,
        };
        let fits = |pair: &&Pair| is(&pair.of, &of.kind) && is(&pair.to, to) && holds(&pair.when, of);
        self.pairs.iter().find(fits).map_or(plain, |pair| pair.is)
    }

    /// Whether resources of one kind may name those of another by a plain name: a name is told apart only within
    /// a service.
    pub fn may_name(&self, of: &Kind, to: &Kind) -> bool {
        of.service() == to.service() || self.pairs.iter().any(|pair| pair.named && is(&pair.of, of) && is(&pair.to, to))
    }

    /// The kind of an owner. `None` when no scanner lists it.
    pub fn owner(&self, by: &str) -> Option<&Kind> {
        self.owners.get(by)
    }

    /// Kinds that could hold a kind.
    pub fn holders(&self, kind: &Kind) -> &[Kind] {
        self.holders.get(kind).map_or(&[], Vec::as_slice)
    }
}

fn is(pattern: &str, kind: &Kind) -> bool {
    pattern == "*" || pattern == kind.as_str()
}

/// Whether an id alone says which resource is meant: an ARN, a path, an id with hexadecimal digits behind a prefix, a UUID.
/// Everything else is a name that another service may have given too.
pub(super) fn is_unmistakable(id: &str) -> bool {
    let hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    let long = |text: &str| text.len() >= 8 && hex(text) && text.bytes().any(|byte| byte.is_ascii_digit());
    let is_uuid = id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && hex(&id.replace('-', ""));
    id.starts_with("arn:")
        || is_uuid
        || id.rsplit_once('-').is_some_and(|(prefix, rest)| is_prefix(prefix) && long(rest))
}

fn is_prefix(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && (1..=16).contains(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_reads_and_each_link_has_one_way_to_be_found() {
        for link in &order().links {
            let ways = [&link.held, &link.shared, &link.names];
            assert_eq!(ways.iter().filter(|way| way.is_some()).count(), 1, "{link:?}");
        }
    }

    #[test]
    fn names_are_told_from_ids() {
        for id in ["arn:aws:s3:::b", "vol-0a1b2c3d4e5f", "i-12345678", "0a1b2c3d-0000-4000-8000-001122334455"] {
            assert!(is_unmistakable(id), "{id}");
        }
        for name in ["prod", "web-cafe", "web-deadbeef", "Prod-12345678", "default", ""] {
            assert!(!is_unmistakable(name), "{name}");
        }
    }

    #[test]
    fn name_reaches_another_service_only_where_the_file_says_so() {
        let kind = Kind::owned;
        assert!(order().may_name(&kind("ecs:service"), &kind("ecs:cluster")));
        assert!(!order().may_name(&kind("eks:nodegroup"), &kind("ecs:cluster")));
        assert!(order().may_name(&kind("eks:nodegroup"), &kind("autoscaling:autoScalingGroup")));
    }
}
