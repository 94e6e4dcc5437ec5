//! Who must go before whom, over everything an audit knows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use petgraph::Incoming;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::order::{Along, Effect, Order, is_unmistakable, order};
use crate::audit::Audit;
use crate::model::{CellState, Kind, Ref, Region, Resource, ResourceId, Role};

/// How much the one that goes first is in the way of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tie {
    /// AWS refuses, or the one that stays could not work at all.
    Blocks,
    /// AWS refuses until it is detached from the one that goes first.
    Holds,
    /// Only the order of the two; the first works worse without the other.
    Soft,
}

/// Every resource of an audit and the order between them. An edge leads from what goes first.
pub(super) struct Graph<'a> {
    pub audit: &'a Audit,
    order: &'static Order,
    edges: DiGraph<&'a ResourceId, Tie>,
    nodes: HashMap<&'a ResourceId, NodeIndex>,
    /// What goes away with what: child → parents.
    along: HashMap<&'a ResourceId, BTreeSet<&'a ResourceId>>,
    /// The same from the other side: parent → children.
    children: HashMap<&'a ResourceId, BTreeSet<&'a ResourceId>>,
    /// Children that cannot be deleted by themselves.
    bound: HashSet<&'a ResourceId>,
    /// Members of owners that are listed: owner → what it manages.
    members: HashMap<&'a ResourceId, BTreeSet<&'a ResourceId>>,
    /// Kinds of which one has to go before one of a kind: kind of the latter → kinds of the former.
    holding: BTreeMap<&'a Kind, BTreeSet<&'a Kind>>,
}

impl<'a> Graph<'a> {
    /// The order of everything an audit knows. Linear in resources and pointers, but for kinds linked by a fact.
    pub fn of(audit: &'a Audit) -> Graph<'a> {
        let mut graph = Graph {
            audit,
            order: order(),
            edges: DiGraph::new(),
            nodes: HashMap::new(),
            along: HashMap::new(),
            children: HashMap::new(),
            bound: HashSet::new(),
            members: HashMap::new(),
            holding: BTreeMap::new(),
        };
        for resource in audit.resources() {
            let node = graph.edges.add_node(&resource.arn);
            graph.nodes.insert(&resource.arn, node);
        }
        for resource in audit.resources() {
            for reference in &resource.refs {
                for other in graph.pointed_at(resource, reference) {
                    graph.pointer(resource, reference.role, other);
                }
            }
            if let Some(owner) = graph.owner_of(resource) {
                graph.members.entry(&owner.arn).or_default().insert(&resource.arn);
            }
        }
        graph.by_facts();
        graph
    }

    /// What a pointer leads to. A plain name leads only where it cannot be another service's.
    pub fn pointed_at(&self, from: &'a Resource, reference: &Ref) -> Vec<&'a Resource> {
        let whole = self.audit.resource(&ResourceId::new(reference.id.as_str()));
        if let Some(found) = whole {
            return if found.arn == from.arn { Vec::new() } else { vec![found] };
        }
        let sure = is_unmistakable(&reference.id);
        let named = self.audit.named(&from.region, &reference.id);
        named.filter(|found| found.arn != from.arn && (sure || self.order.may_name(&from.kind, &found.kind))).collect()
    }

    fn pointer(&mut self, of: &'a Resource, role: Role, to: &'a Resource) {
        let rules = || self.order.along.iter().filter(|rule| rule.held.is_none());
        if let Some(rule) = rules().find(|rule| rule.fits(of, &to.kind)) {
            self.goes_along(rule, of, to);
        } else if let Some(rule) = rules().find(|rule| rule.fits(to, &of.kind)) {
            self.goes_along(rule, to, of);
        }
        let effect = self.order.effect(of, role, &to.kind);
        self.tie(of, effect, to);
    }

    fn goes_along(&mut self, rule: &Along, child: &'a Resource, parent: &'a Resource) {
        self.along.entry(&child.arn).or_default().insert(&parent.arn);
        self.children.entry(&parent.arn).or_default().insert(&child.arn);
        if !rule.alone {
            self.bound.insert(&child.arn);
        }
    }

    fn tie(&mut self, of: &'a Resource, effect: Effect, to: &'a Resource) {
        let (first, then, tie) = match effect {
            Effect::Before => (of, to, Tie::Blocks),
            Effect::Softly => (of, to, Tie::Soft),
            Effect::After => (to, of, Tie::Holds),
            Effect::Nothing => return,
        };
        if tie != Tie::Soft {
            self.holding.entry(&then.kind).or_default().insert(&first.kind);
        }
        let (Some(first), Some(then)) = (self.nodes.get(&first.arn), self.nodes.get(&then.arn)) else { return };
        let (first, then) = (*first, *then);
        match self.edges.find_edge(first, then) {
            // Of two pointers the stricter one holds.
            Some(known) => self.edges[known] = self.edges[known].min(tie),
            None => {
                self.edges.add_edge(first, then, tie);
            }
        }
    }

    /// What no pointer says, but facts do.
    fn by_facts(&mut self) {
        let order = self.order;
        for link in &order.links {
            for (of, to) in self.linked(link) {
                self.tie(of, link.is, to);
            }
        }
        for rule in order.along.iter().filter(|rule| rule.held.is_some()) {
            let held = rule.held.as_deref().unwrap_or_default();
            for parent in self.audit.of_kind(&rule.parent) {
                for child in self.listed(parent, held, &rule.kind) {
                    if rule.fits(child, &parent.kind) {
                        self.goes_along(rule, child, parent);
                        self.tie(parent, Effect::Before, child);
                    }
                }
            }
        }
    }

    fn linked(&self, link: &super::order::Link) -> Vec<(&'a Resource, &'a Resource)> {
        let mut pairs = Vec::new();
        if let Some(fact) = &link.held {
            for to in self.audit.of_kind(&link.to) {
                pairs.extend(self.listed(to, fact, &link.of).into_iter().map(|of| (of, to)));
            }
        }
        if let Some(fact) = &link.names {
            for of in self.audit.of_kind(&link.of) {
                let to = of.text(fact).and_then(|id| self.audit.lookup(&link.to, &of.region, id));
                pairs.extend(to.map(|to| (of, to)));
            }
        }
        if let Some(fact) = &link.shared {
            let mut by_value: BTreeMap<&str, Vec<&'a Resource>> = BTreeMap::new();
            for to in self.audit.of_kind(&link.to) {
                by_value.entry(to.text(fact).unwrap_or_default()).or_default().push(to);
            }
            for of in self.audit.of_kind(&link.of) {
                let value = of.text(fact).filter(|value| !value.is_empty());
                let same = value.and_then(|value| by_value.get(value)).into_iter().flatten();
                pairs.extend(same.filter(|to| to.region == of.region).map(|to| (of, *to)));
            }
        }
        pairs
    }

    /// Resources of a kind whose ids stand in a fact.
    fn listed(&self, resource: &'a Resource, fact: &str, kind: &Kind) -> Vec<&'a Resource> {
        let ids = resource.facts.get(fact).and_then(|ids| ids.as_array()).into_iter().flatten();
        ids.filter_map(|id| self.audit.lookup(kind, &resource.region, id.as_str()?)).collect()
    }

    /// The resource that manages another, where the audit lists it.
    pub fn owner_of(&self, resource: &Resource) -> Option<&'a Resource> {
        let owner = resource.owner.as_ref()?;
        self.owner(resource, &owner.by, &owner.id)
    }

    /// An owner by what a scanner says of it.
    pub fn owner(&self, of: &Resource, by: &str, id: &str) -> Option<&'a Resource> {
        let kind = self.order.owner(by)?;
        self.audit.lookup(kind, &of.region, id).filter(|owner| owner.arn != of.arn)
    }

    /// Who goes before a resource, and how it is in the way, by identity.
    pub fn before(&self, id: &ResourceId) -> BTreeMap<&'a ResourceId, Tie> {
        let Some(node) = self.nodes.get(id) else { return BTreeMap::new() };
        let edges = self.edges.edges_directed(*node, Incoming);
        edges.map(|edge| (self.edges[edge.source()], *edge.weight())).collect()
    }

    /// Who goes after a resource.
    pub fn after(&self, id: &ResourceId) -> impl Iterator<Item = &'a ResourceId> {
        let node = self.nodes.get(id).into_iter();
        node.flat_map(|node| self.edges.neighbors(*node)).map(|then| self.edges[then])
    }

    /// What a resource goes away with.
    pub fn parents(&self, id: &ResourceId) -> impl Iterator<Item = &'a ResourceId> {
        self.along.get(id).into_iter().flatten().copied()
    }

    /// Everything that goes away with a resource: its children, what it manages, and theirs. By identity, without itself.
    pub fn lost_with(&self, id: &ResourceId) -> BTreeSet<&'a ResourceId> {
        let mut lost = BTreeSet::new();
        let mut open: Vec<&'a ResourceId> = self.taken_by(id).collect();
        while let Some(one) = open.pop() {
            if one != id && lost.insert(one) {
                open.extend(self.taken_by(one));
            }
        }
        lost
    }

    fn taken_by(&self, id: &ResourceId) -> impl Iterator<Item = &'a ResourceId> {
        let taken = [self.children.get(id), self.members.get(id)];
        taken.into_iter().flatten().flatten().copied()
    }

    /// Whether a resource can only go with its parent.
    pub fn is_bound(&self, id: &ResourceId) -> bool {
        self.bound.contains(id)
    }

    /// Kinds that were listed where a resource is and of which one could come to need it: those the order names, and
    /// those of which this account has one that needs such a resource. What always goes away with it needs it in vain.
    pub fn holders(&self, resource: &Resource) -> BTreeSet<&'a Kind> {
        let seen = self.holding.get(&resource.kind).into_iter().flatten().copied();
        let all = self.order.holders(&resource.kind).iter().chain(seen);
        let regions = match resource.region.is_global() {
            true => self.audit.scope.as_slice(),
            false => std::slice::from_ref(&resource.region),
        };
        let is_read = |kind: &Kind, region: &Region| {
            matches!(self.audit.state_of(kind, region), Some(CellState::Seen | CellState::Partly))
        };
        let in_reach = |kind: &&Kind| regions.iter().chain([&resource.region]).any(|region| is_read(kind, region));
        all.filter(|kind| !self.order.always_goes_along(kind, &resource.kind)).filter(in_reach).collect()
    }

    /// Kinds that could hold a resource and could not be listed where it is.
    pub fn unseen_holders(&self, resource: &Resource) -> Vec<&'static Kind> {
        let kinds = self.order.holders(&resource.kind).iter();
        kinds.filter(|kind| !self.audit.is_listed(kind, &resource.region)).collect()
    }
}

/// An order between things that are to be done: pairs of first and then. Gives the knots: sets of two or more that each
/// would have to go before the other.
pub(super) fn knots<T: Copy + Ord>(all: &BTreeSet<T>, edges: impl Iterator<Item = (T, T)>) -> Vec<BTreeSet<T>> {
    let mut graph: DiGraph<T, ()> = DiGraph::new();
    let nodes: BTreeMap<T, NodeIndex> = all.iter().map(|one| (*one, graph.add_node(*one))).collect();
    for (first, then) in edges {
        if let (Some(first), Some(then)) = (nodes.get(&first), nodes.get(&then)) {
            graph.add_edge(*first, *then, ());
        }
    }
    let parts = tarjan_scc(&graph).into_iter().filter(|part| part.len() > 1);
    let mut knots: Vec<BTreeSet<T>> = parts.map(|part| part.into_iter().map(|node| graph[node]).collect()).collect();
    knots.sort();
    knots
}
