use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cel::{Context, Program};
use jiff::Timestamp;

use super::check::{self, Scope};
use super::judge::truth;
use super::template::{Template, one_line};
use super::wording::show;
use super::{Catalogue, Vocabulary, context};
use crate::audit::Audit;
use crate::model::{Kind, Resource};

/// A condition over one resource of a kind, checked against the facts of that kind.
pub struct Condition {
    program: Program,
    needs: BTreeSet<Kind>,
}

/// A sentence about one resource of a kind, with `{expression}` pieces.
pub struct Sentence {
    template: Template,
}

impl Condition {
    /// Compiles and checks one.
    ///
    /// Errors are one sentence with the nearest right word.
    pub fn compile(text: &str, kind: &Kind, words: &Vocabulary) -> Result<Condition, String> {
        let program = Program::compile(text).map_err(|error| format!("not an expression: {}", one_line(&error)))?;
        let needs = checked(&program, kind, words)?;
        Ok(Condition { program, needs })
    }

    /// Kinds beside its own that it asks about.
    pub fn needs(&self) -> &BTreeSet<Kind> {
        &self.needs
    }

    /// Whether it holds of a resource.
    ///
    /// Errors with the reason when that cannot be told, as when a fact is missing: neither a yes nor a no.
    pub fn holds(&self, audit: &Arc<Audit>, resource: &Resource, now: Timestamp) -> Result<bool, String> {
        let root = context::root(audit, &resource.region, now);
        let mut scope = root.new_inner_scope();
        context::bind_resource(&mut scope, resource, now);
        truth(self.program.execute(&scope))
    }
}

impl Sentence {
    /// Compiles and checks one.
    ///
    /// Errors are one sentence with the nearest right word.
    pub fn compile(text: &str, kind: &Kind, words: &Vocabulary) -> Result<Sentence, String> {
        let template = Template::parse(text)?;
        for (program, _) in template.programs() {
            checked(program, kind, words)?;
        }
        Ok(Sentence { template })
    }

    /// The sentence about a resource. What is not known of it is a dash.
    pub fn of(&self, audit: &Arc<Audit>, resource: &Resource, now: Timestamp) -> String {
        let root: Context<'_, '_> = context::root(audit, &resource.region, now);
        let mut scope = root.new_inner_scope();
        context::bind_resource(&mut scope, resource, now);
        self.template.fill(&scope, show)
    }
}

fn checked(program: &Program, kind: &Kind, words: &Vocabulary) -> Result<BTreeSet<Kind>, String> {
    let (catalogue, params) = (Catalogue::default(), BTreeMap::new());
    let scope = Scope { kind, words, catalogue: &catalogue, params: &params };
    check::expression(program, &scope).map(|uses| uses.kinds)
}
