//! A choice among findings: one CEL expression over each, checked like a rule's before it is asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use cel::{Program, Value};
use jiff::Timestamp;

use super::error::hint;
use super::judge::truth;
use super::template::one_line;
use super::vocabulary::{Type, Vocabulary};
use super::{RuleSet, context, file};
use crate::audit::Audit;
use crate::model::{Category, Certainty, ClosureEffect, Finding, Region, Severity, clean};

/// Names an expression may start with.
const ROOTS: &[&str] = &["age", "finding", "now", "resource"];

/// Functions of this program; those about other resources are for rules, which wait until their kinds are listed.
const OURS: &[&str] = &["days", "since"];

/// What can be read of a finding.
const FIELDS: &[(&str, Type)] = &[
    ("category", Type::Text),
    ("certainty", Type::Text),
    ("closure", Type::Text),
    ("id", Type::Text),
    ("monthly", Type::Double),
    ("remedy", Type::Text),
    ("rule", Type::Text),
    ("score", Type::Int),
    ("severity", Type::Text),
    ("title", Type::Text),
];

/// A checked expression over findings.
pub struct Selection {
    program: Program,
}

/// What an expression says about the findings of an audit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selected {
    /// Ids of the findings it selects, in the audit's order.
    pub findings: Vec<String>,
    /// Findings it could not be asked about, with the reason: neither a yes nor a no.
    pub unjudged: Vec<(String, String)>,
}

impl Selection {
    /// Compiles and checks an expression.
    ///
    /// Errors are one sentence with the nearest right word.
    pub fn compile(text: &str, words: &Vocabulary, rules: &RuleSet) -> Result<Selection, String> {
        let program = Program::compile(text).map_err(|error| format!("not an expression: {}", one_line(&error)))?;
        Check { words, rules, locals: Vec::new() }.expression(program.expression())?;
        Ok(Selection { program })
    }

    /// Asks it about every finding.
    pub fn of(&self, audit: &Arc<Audit>) -> Selected {
        let mut selected = Selected::default();
        for finding in &audit.findings {
            match self.holds(audit, finding) {
                Ok(true) => selected.findings.push(finding.id.clone()),
                Ok(false) => {}
                Err(reason) => {
                    let label = format!("{} {}", finding.rule, finding.resource.label());
                    selected.unjudged.push((clean(&label).into_owned(), clean(&reason).into_owned()));
                }
            }
        }
        selected
    }

    fn holds(&self, audit: &Arc<Audit>, finding: &Finding) -> Result<bool, String> {
        let now: Timestamp = audit.started_at;
        let region: &Region = &finding.resource.region;
        let root = context::root(audit, region, now);
        let mut scope = root.new_inner_scope();
        // As it is in the inventory: a report may have left the facts out of its findings.
        let resource = audit.resource(&finding.resource.arn).unwrap_or(&finding.resource);
        context::bind_resource(&mut scope, resource, now);
        scope.add_variable_from_value("finding", facts(finding));
        truth(self.program.execute(&scope))
    }
}

fn facts(finding: &Finding) -> Value {
    let text = |text: &str| Value::String(Arc::new(text.to_owned()));
    let mut fields = vec![
        ("category", text(finding.category.word())),
        ("certainty", text(finding.certainty.word())),
        ("closure", text(finding.closure.word())),
        ("id", text(&finding.id)),
        ("remedy", text(&finding.remedy)),
        ("rule", text(&finding.rule)),
        ("score", Value::Int(i64::from(finding.score))),
        ("severity", text(finding.severity.word())),
        ("title", text(&finding.title)),
    ];
    // Unknown money is left out, so that asking for it is an error and never a zero.
    fields.extend(finding.monthly_usd.map(|usd| ("monthly", Value::Float(usd.dollars()))));
    context::object(fields)
}

struct Check<'a> {
    words: &'a Vocabulary,
    rules: &'a RuleSet,
    /// Loop variables.
    locals: Vec<String>,
}

impl Check<'_> {
    fn expression(&mut self, node: &IdedExpr) -> Result<(), String> {
        match &node.expr {
            Expr::Ident(name) => self.ident(name),
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(loop_) => {
                self.expression(&loop_.iter_range)?;
                let before = self.locals.len();
                self.locals.extend([loop_.iter_var.clone(), loop_.accu_var.clone()]);
                self.locals.extend(loop_.iter_var2.clone());
                for part in [&loop_.accu_init, &loop_.loop_cond, &loop_.loop_step, &loop_.result] {
                    self.expression(part)?;
                }
                self.locals.truncate(before);
                Ok(())
            }
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.expression(element)),
            Expr::Map(_) | Expr::Struct(_) => Err("maps and structs have no place here".to_owned()),
            Expr::Literal(_) | Expr::Unspecified => Ok(()),
        }
    }

    fn ident(&self, name: &str) -> Result<(), String> {
        if ROOTS.contains(&name) || self.locals.iter().any(|local| local == name) {
            return Ok(());
        }
        // A field named by itself is what is meant most often.
        if FIELDS.iter().any(|(field, _)| *field == name) {
            return Err(format!("unknown name `{name}`; did you mean `finding.{name}`?"));
        }
        Err(format!("unknown name `{name}`{}", hint(name, ROOTS.iter().copied())))
    }

    fn select(&mut self, select: &SelectExpr) -> Result<(), String> {
        let field = select.field.as_str();
        if let Expr::Ident(root) = &select.operand.expr {
            match root.as_str() {
                "finding" if !FIELDS.iter().any(|(known, _)| *known == field) => {
                    let near = hint(field, FIELDS.iter().map(|(known, _)| *known));
                    return Err(format!("a finding has no `{field}`{near}"));
                }
                "resource" => return self.fact(field),
                _ => {}
            }
        }
        self.expression(&select.operand)
    }

    /// A fact of at least one kind: which one a finding's resource is of is known only then.
    fn fact(&self, name: &str) -> Result<(), String> {
        let of = |kind| self.words.fields(kind).into_iter().flat_map(|fields| fields.keys().map(String::as_str));
        let all: BTreeSet<&str> = self.words.kinds().flat_map(of).collect();
        if all.contains(name) {
            return Ok(());
        }
        Err(format!("no kind of resource has a fact `{name}`{}", hint(name, all.into_iter())))
    }

    fn call(&mut self, call: &CallExpr) -> Result<(), String> {
        let name = call.func_name.as_str();
        if !super::check::is_operator(name) && !OURS.contains(&name) && !super::check::STANDARD.contains(&name) {
            let near = hint(name, OURS.iter().chain(super::check::STANDARD).copied());
            return Err(format!("unknown function `{name}`{near}"));
        }
        if let [left, right] = call.args.as_slice()
            && super::check::COMPARISONS.contains(&name)
        {
            self.comparison(name, left, right)?;
            self.comparison(name, right, left)?;
        }
        if let Some(target) = &call.target {
            self.expression(target)?;
        }
        call.args.iter().try_for_each(|argument| self.expression(argument))
    }

    /// A field compared with a literal of another type, or with a word it never is, cannot be meant.
    fn comparison(&self, operator: &str, side: &IdedExpr, other: &IdedExpr) -> Result<(), String> {
        let Expr::Select(select) = &side.expr else { return Ok(()) };
        let is_finding = matches!(&select.operand.expr, Expr::Ident(root) if root == "finding");
        let field = FIELDS.iter().find(|(name, _)| *name == select.field && is_finding && !select.test);
        let (Some((name, ty)), Expr::Literal(literal)) = (field, &other.expr) else { return Ok(()) };
        match (ty, literal) {
            (Type::Text, LiteralValue::String(text)) => match operator {
                operators::EQUALS | operators::NOT_EQUALS => self.word(name, text.inner()),
                _ => Ok(()),
            },
            (Type::Double, LiteralValue::Double(_)) | (Type::Int, LiteralValue::Int(_) | LiteralValue::UInt(_)) => {
                Ok(())
            }
            _ => Err(format!("`finding.{name}` is {ty}")),
        }
    }

    /// A word of a closed list is one of that list.
    fn word(&self, field: &str, word: &str) -> Result<(), String> {
        let words: Vec<&str> = match field {
            "category" => Category::ALL.iter().map(|one| one.word()).collect(),
            "certainty" => Certainty::ALL.iter().map(|one| one.word()).collect(),
            "closure" => ClosureEffect::ALL.iter().map(|one| one.word()).collect(),
            "severity" => Severity::ALL.iter().map(|one| one.word()).collect(),
            "remedy" => file::REMEDIES.to_vec(),
            "rule" => self.rules.iter().map(|rule| rule.id.as_str()).collect(),
            _ => return Ok(()),
        };
        if words.contains(&word) {
            return Ok(());
        }
        Err(format!("`finding.{field}` is never `{word}`{}", hint(word, words.into_iter())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, Kind, Resource};
    use serde_json::json;

    fn words() -> Vocabulary {
        let mut words = Vocabulary::default();
        words.add(Kind::new("ec2:volume"), &json!({ "properties": { "size_gib": { "type": "number" } } }));
        words
    }

    /// Two volumes with a finding each: one with a price, a size and an age, one without.
    fn audit() -> Arc<Audit> {
        let mut audit = Audit::default();
        let made = json!("1969-12-01T00:00:00Z");
        let full = json!({ "arn": "a", "id": "a", "kind": "ec2:volume", "account": "1", "region": "r", "created_at": made, "facts": { "size_gib": 8.0 } });
        let bare = json!({ "arn": "b", "id": "b", "kind": "ec2:volume", "account": "1", "region": "r" });
        let mut findings = Vec::new();
        for (resource, usd) in [(full, json!("2.50")), (bare, json!(null))] {
            let read: Resource = serde_json::from_value(resource.clone()).expect("a resource");
            // In a report without inventory the finding's own copy has no facts.
            let mut without = resource;
            without.as_object_mut().expect("an object").remove("facts");
            findings.push(
                serde_json::from_value(json!({
                    "id": read.id, "rule": "unattached-volume", "title": "t", "category": "orphaned", "severity": "low",
                    "score": 40, "score_parts": [], "certainty": "certain", "closure": "bills", "resource": without,
                    "monthly_usd": usd, "evidence": [], "remedy": "delete"
                }))
                .expect("a finding"),
            );
            audit.apply(Event::Found { resource: Box::new(read) });
        }
        audit.apply(Event::Judged { findings, gaps: Vec::new() });
        Arc::new(audit)
    }

    fn said(text: &str) -> Selected {
        let rules = RuleSet::load(&words(), &[]).expect("no rule at all");
        Selection::compile(text, &words(), &rules).unwrap_or_else(|error| panic!("{text}: {error}")).of(&audit())
    }

    #[test]
    fn expression_reads_finding_resource_and_age() {
        let both =
            ["finding.score >= 40 && finding.category == 'orphaned'", "resource.kind.startsWith('ec2:')", "true"];
        for text in both {
            assert_eq!(said(text).findings, ["a", "b"], "{text}");
        }
        let one = [
            "resource.id == 'a' && age > days(10)",
            "has(finding.monthly) && finding.monthly > 2.0",
            "has(resource.size_gib) && resource.size_gib == 8.0",
        ];
        for text in one {
            let said = said(text);
            assert_eq!((said.findings, said.unjudged), (vec!["a".to_owned()], Vec::new()), "{text}");
        }
    }

    #[test]
    fn what_is_unknown_of_a_finding_is_reported_and_is_no_no() {
        for text in [
            "finding.monthly > 2.0",
            "resource.size_gib == 8.0",
            "age > days(10)",
            "finding.monthly < 2.0 || finding.score > 90",
        ] {
            let said = said(text);
            assert_eq!(said.unjudged.len(), 1, "{text}: {said:?}");
            assert!(said.unjudged[0].0.ends_with(" b") && !said.unjudged[0].1.is_empty(), "{said:?}");
        }
        assert_eq!(said("finding.title").unjudged.len(), 2);
    }
}
