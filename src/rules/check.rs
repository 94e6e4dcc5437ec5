//! Conditions against the vocabulary, before anything is scanned: every name is known, every literal has the
//! type of what it is compared with.

use std::collections::{BTreeMap, BTreeSet};

use cel::Program;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};

use super::error::hint;
use super::vocabulary::{Field, Type, Vocabulary};
use super::{Catalogue, Param};
use crate::model::Kind;

/// Names an expression may start with.
const ROOTS: &[&str] = &["age", "cost", "metrics", "now", "params", "resource"];

/// Functions of this program.
const OURS: &[&str] = &["billed", "days", "exists", "lookup", "since", "users"];

/// Functions and methods of CEL itself that rules may use.
pub(super) const STANDARD: &[&str] = &[
    "bool",
    "contains",
    "double",
    "duration",
    "endsWith",
    "getHours",
    "int",
    "matches",
    "size",
    "startsWith",
    "string",
    "timestamp",
    "uint",
    "type",
    "max",
    "min",
];

/// Operators that compare.
pub(super) const COMPARISONS: &[&str] = &[
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
];

/// What can be read in a metric reading.
const READING: &[&str] = &["datapoints", "days", "max", "mean", "sum"];

/// What an expression is checked against.
pub struct Scope<'a> {
    /// Kind of `resource`.
    pub kind: &'a Kind,
    /// Facts of every kind.
    pub words: &'a Vocabulary,
    /// Metrics of every kind.
    pub catalogue: &'a Catalogue,
    /// Parameters of the rule.
    pub params: &'a BTreeMap<String, Param>,
}

/// What an expression depends on.
#[derive(Default)]
pub struct Uses {
    /// Kinds other than the rule's own.
    pub kinds: BTreeSet<Kind>,
    /// Metrics of the rule's kind.
    pub metrics: BTreeSet<String>,
}

impl Uses {
    /// Takes over what another expression depends on.
    pub fn add(&mut self, other: Uses) {
        self.kinds.extend(other.kinds);
        self.metrics.extend(other.metrics);
    }
}

/// Checks a compiled expression.
///
/// Errors are one sentence with the nearest right word.
pub fn expression(program: &Program, scope: &Scope<'_>) -> Result<Uses, String> {
    let mut walk = Walk { scope, uses: Uses::default(), locals: Vec::new() };
    walk.expression(program.expression())?;
    Ok(walk.uses)
}

struct Walk<'a> {
    scope: &'a Scope<'a>,
    uses: Uses,
    /// Loop variables, with the kind of what they stand for when it is a resource.
    locals: Vec<(String, Option<Kind>)>,
}

impl Walk<'_> {
    fn expression(&mut self, node: &IdedExpr) -> Result<(), String> {
        match &node.expr {
            Expr::Ident(name) => self.ident(name),
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(loop_) => {
                self.expression(&loop_.iter_range)?;
                let kind = self.kind_of(&loop_.iter_range);
                let before = self.locals.len();
                self.locals.push((loop_.iter_var.clone(), kind));
                self.locals.push((loop_.accu_var.clone(), None));
                self.locals.extend(loop_.iter_var2.clone().map(|name| (name, None)));
                for part in [&loop_.accu_init, &loop_.loop_cond, &loop_.loop_step, &loop_.result] {
                    self.expression(part)?;
                }
                self.locals.truncate(before);
                Ok(())
            }
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.expression(element)),
            Expr::Map(_) | Expr::Struct(_) => Err("maps and structs have no place in a condition".to_owned()),
            Expr::Literal(_) | Expr::Unspecified => Ok(()),
        }
    }

    fn ident(&self, name: &str) -> Result<(), String> {
        if ROOTS.contains(&name) || self.locals.iter().any(|(local, _)| local == name) {
            return Ok(());
        }
        Err(format!("unknown name `{name}`{}", hint(name, ROOTS.iter().copied())))
    }

    fn select(&mut self, select: &SelectExpr) -> Result<(), String> {
        let field = select.field.as_str();
        if let Expr::Ident(root) = &select.operand.expr {
            match root.as_str() {
                "params" => return self.known("parameter", field, self.scope.params.keys().map(String::as_str)),
                "metrics" => return self.metric(field),
                "cost" => return self.known("part of a cost", field, ["monthly", "parts"].into_iter()),
                _ => {}
            }
        }
        if let Expr::Select(inner) = &select.operand.expr
            && matches!(&inner.operand.expr, Expr::Ident(root) if root == "metrics")
        {
            self.metric(&inner.field)?;
            return self.known("part of a reading", field, READING.iter().copied());
        }
        self.expression(&select.operand)?;
        match self.kind_of(&select.operand) {
            Some(kind) => self.fact(&kind, field).map(|_| ()),
            None => Ok(()),
        }
    }

    fn metric(&mut self, name: &str) -> Result<(), String> {
        let kind = self.scope.kind;
        if self.scope.catalogue.get(kind, name).is_none() {
            let near = hint(name, self.scope.catalogue.names(kind));
            return Err(format!("the metric catalogue has no `{name}` for {kind}{near}"));
        }
        self.uses.metrics.insert(name.to_owned());
        Ok(())
    }

    fn known<'n>(&self, what: &str, name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Result<(), String> {
        if names.clone().any(|known| known == name) {
            return Ok(());
        }
        Err(format!("unknown {what} `{name}`{}", hint(name, names)))
    }

    fn fact(&self, kind: &Kind, name: &str) -> Result<Field, String> {
        let fields = self.scope.words.fields(kind).ok_or_else(|| format!("no scanner lists `{kind}`"))?;
        fields
            .get(name)
            .cloned()
            .ok_or_else(|| format!("{kind} has no fact `{name}`{}", hint(name, fields.keys().map(String::as_str))))
    }

    /// The kind of resource an expression stands for, when it stands for one (or for a list of one kind).
    fn kind_of(&self, node: &IdedExpr) -> Option<Kind> {
        match &node.expr {
            Expr::Ident(name) if name == "resource" => Some(self.scope.kind.clone()),
            Expr::Ident(name) => self.locals.iter().rev().find(|(local, _)| local == name)?.1.clone(),
            Expr::Call(call) if matches!(call.func_name.as_str(), "lookup" | "users") => {
                literal_text(call.args.first()?).map(Kind::owned)
            }
            Expr::Call(call) if call.func_name == operators::INDEX => {
                // users(…)[0]; an index into anything else has no kind of its own.
                let first = call.args.first()?;
                matches!(&first.expr, Expr::Call(inner) if inner.func_name == "users").then(|| self.kind_of(first))?
            }
            Expr::Comprehension(loop_) => {
                // filter() keeps the elements it is given.
                let is_filter = matches!(&loop_.accu_init.expr, Expr::List(_))
                    && !matches!(&loop_.loop_step.expr, Expr::Call(call) if call.func_name == operators::ADD);
                is_filter.then(|| self.kind_of(&loop_.iter_range))?
            }
            _ => None,
        }
    }

    fn call(&mut self, call: &CallExpr) -> Result<(), String> {
        let name = call.func_name.as_str();
        if !is_operator(name) && !OURS.contains(&name) && !STANDARD.contains(&name) {
            let near = hint(name, OURS.iter().chain(STANDARD).copied());
            return Err(format!("unknown function `{name}`{near}"));
        }
        if matches!(name, "exists" | "lookup" | "users") && call.target.is_none() {
            self.neighbour(name, call)?;
        }
        if COMPARISONS.contains(&name)
            && let [left, right] = call.args.as_slice()
        {
            self.comparison(left, right)?;
            self.comparison(right, left)?;
        }
        if let Some(target) = &call.target {
            self.expression(target)?;
        }
        call.args.iter().try_for_each(|argument| self.expression(argument))
    }

    fn neighbour(&mut self, name: &str, call: &CallExpr) -> Result<(), String> {
        if call.args.len() != 2 {
            return Err(format!("`{name}` takes a kind and an id"));
        }
        let Some(kind) = literal_text(&call.args[0]) else {
            return Err(format!("the kind in `{name}(…)` has to be a text in quotes"));
        };
        let kind = Kind::owned(kind);
        if kind == Kind::QUOTA {
            return Err(format!("`{name}` cannot ask for quotas: they are read last; write a rule of kind `{kind}`"));
        }
        if self.scope.words.fields(&kind).is_none() {
            let near = hint(kind.as_str(), self.scope.words.kinds().map(Kind::as_str));
            return Err(format!("no scanner lists `{kind}`{near}"));
        }
        self.uses.kinds.insert(kind);
        Ok(())
    }

    /// A fact compared with a literal of another type can never be meant.
    fn comparison(&self, side: &IdedExpr, other: &IdedExpr) -> Result<(), String> {
        let Some((name, expected)) = self.type_of(side) else { return Ok(()) };
        let Expr::Literal(literal) = &other.expr else { return Ok(()) };
        let fits = matches!(
            (expected, literal),
            (Type::Any, _)
                | (Type::Text, LiteralValue::String(_))
                | (Type::Double, LiteralValue::Double(_))
                | (Type::Int, LiteralValue::Int(_) | LiteralValue::UInt(_))
                | (Type::Flag, LiteralValue::Boolean(_))
        );
        if fits { Ok(()) } else { Err(format!("`{name}` is {expected}")) }
    }

    fn type_of(&self, node: &IdedExpr) -> Option<(String, Type)> {
        let Expr::Select(select) = &node.expr else { return None };
        if select.test {
            return None;
        }
        if let Expr::Select(inner) = &select.operand.expr
            && matches!(&inner.operand.expr, Expr::Ident(root) if root == "metrics")
        {
            let ty = if matches!(select.field.as_str(), "datapoints" | "days") { Type::Int } else { Type::Double };
            return Some((format!("metrics.{}.{}", inner.field, select.field), ty));
        }
        if let Expr::Ident(root) = &select.operand.expr
            && root == "cost"
            && select.field == "monthly"
        {
            return Some(("cost.monthly".to_owned(), Type::Double));
        }
        let kind = self.kind_of(&select.operand)?;
        let field = self.fact(&kind, &select.field).ok()?;
        Some((select.field.clone(), field.ty))
    }
}

/// Whether CEL's parser made up the name of a call: `_==_`, `!_`, `@in`.
pub(super) fn is_operator(name: &str) -> bool {
    name.contains(|c: char| !c.is_alphanumeric() && c != '_') || name.starts_with('_') || name.starts_with('@')
}

fn literal_text(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().to_owned()),
        _ => None,
    }
}
