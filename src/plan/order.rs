//! What goes before what: the meaning of a pointer, and the exceptions of `rules/order.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::remedy::holds;
use crate::model::{Kind, Ref, Region, Resource, Role};

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

impl Link {
    /// Whether the facts of two resources join them.
    fn joins(&self, of: &Resource, to: &Resource) -> bool {
        if self.of != of.kind || self.to != to.kind || !is_seen(to, &of.region) {
            return false;
        }
        let holds = |fact: &String| texts(to, fact).any(|id| is_called(of, id));
        let names = |fact: &String| of.text(fact).is_some_and(|id| is_called(to, id));
        let is_same = |fact: &String| of.text(fact).is_some_and(|text| !text.is_empty() && to.text(fact) == Some(text));
        self.held.as_ref().is_some_and(holds)
            || self.names.as_ref().is_some_and(names)
            || self.shared.as_ref().is_some_and(is_same)
    }
}

/// Whether this is the short id or the ARN of a resource.
fn is_called(resource: &Resource, id: &str) -> bool {
    resource.id == id || resource.arn.as_str() == id
}

/// Whether a resource may be meant by an id that stands in a region.
fn is_seen(resource: &Resource, from: &Region) -> bool {
    from.is_global() || resource.region == *from || resource.kind.service() == "s3"
}

/// The texts of a fact that is one or a list of them.
fn texts<'r>(resource: &'r Resource, fact: &str) -> impl Iterator<Item = &'r str> {
    let value = resource.facts.get(fact);
    let listed = value.and_then(Value::as_array).into_iter().flatten();
    value.into_iter().chain(listed).filter_map(Value::as_str)
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
    /// Facts by which links and what goes along tie resources.
    #[serde(skip)]
    tying: BTreeSet<String>,
}

static ORDER: LazyLock<Order> = LazyLock::new(|| {
    let text = include_str!("../../rules/order.toml");
    // Part of the program, and a test reads it.
    let mut order: Order = toml::from_str(text).unwrap_or_else(|error| panic!("rules/order.toml: {error}"));
    let linked = order.links.iter().flat_map(|link| [&link.held, &link.names, &link.shared]);
    let facts = linked.chain(order.along.iter().map(|rule| &rule.held));
    order.tying = facts.flatten().cloned().collect();
    order
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

    /// Whether a pointer leads to a resource.
    fn leads(&self, from: &Resource, reference: &Ref, to: &Resource) -> bool {
        let sure = || is_unmistakable(&reference.id) || self.may_name(&from.kind, &to.kind);
        reference.id == to.arn.as_str() || reference.id == to.id && is_seen(to, &from.region) && sure()
    }

    /// Whether one resource has to go before another. `detaches` when what is done to the other takes it off whatever
    /// it is attached to.
    pub fn must_precede(&self, first: &Resource, then: &Resource, detaches: bool) -> bool {
        let pointer = |of: &Resource, to: &Resource, effect: Effect| {
            of.refs.iter().any(|one| self.effect(of, one.role, &to.kind) == effect && self.leads(of, one, to))
        };
        let link = |of: &Resource, to: &Resource, effect: Effect| {
            self.links.iter().any(|link| link.is == effect && link.joins(of, to))
        };
        let holds = |rule: &Along| {
            let held = rule.held.as_deref().filter(|_| rule.fits(then, &first.kind));
            held.is_some_and(|fact| texts(first, fact).any(|id| is_called(then, id)))
        };
        pointer(first, then, Effect::Before)
            || link(first, then, Effect::Before)
            || self.along.iter().any(holds)
            || !detaches && (pointer(then, first, Effect::After) || link(then, first, Effect::After))
    }

    /// Every text by which a resource may say that it is tied to another.
    pub fn says<'r>(&'r self, resource: &'r Resource) -> impl Iterator<Item = &'r str> {
        let said = self.tying.iter().flat_map(|fact| texts(resource, fact));
        resource.refs.iter().map(|one| one.id.as_str()).chain(said)
    }

    /// Every text by which others may say that they are tied to a resource.
    pub fn called<'r>(&'r self, resource: &'r Resource) -> impl Iterator<Item = &'r str> {
        let shared = self.links.iter().filter(|link| link.to == resource.kind).filter_map(|link| link.shared.as_ref());
        [resource.id.as_str(), resource.arn.as_str()].into_iter().chain(shared.flat_map(|fact| texts(resource, fact)))
    }

    /// Whether a resource goes away with one of a kind wherever it points at it.
    pub fn always_goes_along(&self, kind: &Kind, parent: &Kind) -> bool {
        let mut rules = self.along.iter().filter(|rule| rule.held.is_none() && rule.when.is_empty());
        rules.any(|rule| rule.kind == *kind && rule.parent == *parent)
    }

    /// Kinds of what a resource goes away with when it is tied to it.
    pub fn parents<'r>(&'r self, child: &'r Resource) -> impl Iterator<Item = &'r Kind> {
        let rules = self.along.iter().filter(|rule| rule.kind == child.kind && holds(&rule.when, child));
        rules.map(|rule| &rule.parent)
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
