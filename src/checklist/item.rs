use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::made;
use crate::model::{AccountType, ItemLevel, ItemState, Kind};
use crate::rules::{Condition, RuleError, RuleErrors, Sentence, Vocabulary, line_of, toml_error};

mod files {
    include!(concat!(env!("OUT_DIR"), "/closure_files.rs"));
}

/// The file that says how accounts are closed.
const PROCEDURES: &str = "procedures.toml";

/// An item of the checklist, checked and compiled. `rules/closure/README.md` says what each key means.
pub struct Item {
    /// File name without its ending.
    pub id: String,
    /// Folder of the file.
    pub section: String,
    /// What is asked.
    pub title: String,
    /// What it is when it does not pass.
    pub level: ItemLevel,
    /// Accounts it is for. Empty for all.
    pub applies: BTreeSet<Applies>,
    /// Why it matters.
    pub why: String,
    /// Who does what about it, and where.
    pub remedy: String,
    /// What a pass says.
    pub passes: String,
    /// What a person has to answer beside the check, or in its place. Empty when nothing.
    pub ask: String,
    /// Documentation it rests on.
    pub docs: Vec<String>,
    /// What stands against closing.
    pub against: Vec<Against>,
    /// Samples.
    pub examples: Vec<Example>,
}

/// Accounts an item is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applies {
    /// In no organization.
    Standalone,
    /// In an organization that another account manages.
    Member,
    /// It manages an organization.
    Management,
    /// A GovCloud account is linked to it.
    Govcloud,
}

/// What stands against closing: each thing of a kind of which a condition holds.
pub struct Against {
    /// The kind.
    pub kind: Kind,
    /// The condition.
    pub when: Condition,
    /// The line of evidence about one of them.
    pub says: Sentence,
    /// What it is when this is what does not pass. Absent for the level of the item.
    pub level: Option<ItemLevel>,
    /// What ends the billing that goes on after the account is closed. Empty when none does.
    pub ends: String,
    /// The fact that tells when that is. Empty when none does.
    pub until: String,
}

/// A sample of an item.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// How the item stands then.
    pub state: ItemState,
    /// The account. Absent for a standalone one.
    #[serde(default)]
    pub account: Option<AccountType>,
    /// Kinds that could not be listed.
    #[serde(default)]
    pub unseen: Vec<String>,
    /// What is there.
    #[serde(default)]
    pub resource: Vec<Thing>,
}

/// A resource of a sample, or a line of its bill.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// Its kind.
    pub kind: String,
    /// Its id.
    #[serde(default = "thing_id")]
    pub id: String,
    /// Its age in days.
    pub age_days: Option<i64>,
    /// Its facts.
    #[serde(default)]
    pub facts: toml::Table,
}

fn thing_id() -> String {
    "example".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    level: Spanned<ItemLevel>,
    #[serde(default)]
    applies: BTreeSet<Applies>,
    why: String,
    remedy: String,
    #[serde(default)]
    passes: String,
    #[serde(default)]
    ask: String,
    #[serde(default)]
    docs: Vec<String>,
    #[serde(default)]
    against: Vec<AgainstFile>,
    #[serde(default)]
    example: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgainstFile {
    kind: Spanned<String>,
    when: Option<Spanned<String>>,
    says: Spanned<String>,
    level: Option<ItemLevel>,
    #[serde(default)]
    ends: String,
    until: Option<Spanned<String>>,
}

impl Item {
    /// An item from its file, `rules/closure/commitments/savings-plans.toml`.
    ///
    /// Errors name file, line and mistake.
    pub fn read(path: &str, text: &str, words: &Vocabulary) -> Result<Item, RuleError> {
        let file: File = toml::from_str(text).map_err(|error| toml_error(path, text, &error))?;
        let mut parts = path.rsplit('/');
        let id = parts.next().unwrap_or_default().trim_end_matches(".toml").to_owned();
        let section = parts.next().unwrap_or_default().to_owned();
        let level = *file.level.get_ref();
        let wrong = |mistake: &str| RuleError::new(path, line_of(text, file.level.span().start), mistake);
        if (level == ItemLevel::Manual) != file.against.is_empty() {
            return Err(wrong("an item is manual, or something stands against it"));
        }
        if level == ItemLevel::Manual && file.ask.is_empty() {
            return Err(wrong("a manual item has to `ask` something"));
        }
        if level != ItemLevel::Manual && file.passes.is_empty() {
            return Err(wrong("it has to say what `passes` means"));
        }
        let against = file.against.iter().map(|one| against(path, text, one, words)).collect::<Result<_, _>>()?;
        Ok(Item {
            id,
            section,
            title: file.title,
            level,
            applies: file.applies,
            why: file.why,
            remedy: file.remedy,
            passes: file.passes,
            ask: file.ask,
            docs: file.docs,
            against,
            examples: file.example,
        })
    }

    /// Kinds that must be listed whole before it can pass.
    pub fn needs(&self) -> BTreeSet<&Kind> {
        self.against.iter().flat_map(|one| std::iter::once(&one.kind).chain(one.when.needs())).collect()
    }
}

fn against(path: &str, text: &str, one: &AgainstFile, words: &Vocabulary) -> Result<Against, RuleError> {
    let at = |part: &Spanned<String>, mistake: String| RuleError::new(path, line_of(text, part.span().start), mistake);
    let kind = Kind::owned(one.kind.get_ref().clone());
    let Some(fields) = words.fields(&kind) else {
        let near = crate::rules::hint(kind.as_str(), words.kinds().map(Kind::as_str));
        return Err(at(&one.kind, format!("nothing lists `{kind}`{near}")));
    };
    let whole = Spanned::new(0..0, "true".to_owned());
    let when = one.when.as_ref().unwrap_or(&whole);
    let until = one.until.as_ref().map(|until| until.get_ref().clone()).unwrap_or_default();
    if let Some(named) = one.until.as_ref().filter(|named| !fields.contains_key(named.get_ref())) {
        let near = crate::rules::hint(named.get_ref(), fields.keys().map(String::as_str));
        return Err(at(named, format!("{kind} has no fact `{}`{near}", named.get_ref())));
    }
    Ok(Against {
        when: Condition::compile(when.get_ref(), &kind, words).map_err(|mistake| at(when, mistake))?,
        says: Sentence::compile(one.says.get_ref(), &kind, words).map_err(|mistake| at(&one.says, mistake))?,
        level: one.level,
        ends: one.ends.clone(),
        until,
        kind,
    })
}

/// Every item, with the ways accounts are closed.
pub struct Items {
    /// By section and id.
    pub all: Vec<Item>,
    /// How accounts are closed.
    pub procedures: Procedures,
}

/// Who closes which account, and how: `rules/closure/procedures.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedures {
    /// An account in no organization.
    pub standalone: Vec<String>,
    /// An account in an organization.
    pub member: Vec<String>,
    /// An account that manages one.
    pub management: Vec<String>,
    /// What a linked GovCloud account adds.
    pub govcloud: Vec<String>,
    /// An account of which nobody knows what it is.
    pub unknown: Vec<String>,
    /// Where the facts are from, and of which day.
    pub source: String,
}

impl Procedures {
    /// The steps for an account.
    pub fn of(&self, account: AccountType, govcloud: Option<bool>) -> Vec<String> {
        let steps = match account {
            AccountType::Standalone => &self.standalone,
            AccountType::Member => &self.member,
            AccountType::Management => &self.management,
            AccountType::Unknown => &self.unknown,
        };
        let linked = self.govcloud.iter().filter(|_| govcloud != Some(false));
        linked.chain(steps).cloned().collect()
    }
}

/// Sections in the order they are shown.
pub const SECTIONS: &[&str] = &[
    "account",
    "organization",
    "money",
    "commitments",
    "names",
    "sharing",
    "data",
    "network",
    "identity",
    "communication",
    "leftovers",
    "records",
];

impl Items {
    /// The built-in ones, against the facts of the scanners.
    ///
    /// Errors name file, line and mistake; a test reads every file.
    pub fn embedded(words: &Vocabulary) -> Result<Items, RuleErrors> {
        let words = made::vocabulary(words);
        let (mut all, mut errors, mut procedures) = (Vec::new(), Vec::new(), None);
        for (path, text) in files::CLOSURE_FILES {
            if path.ends_with(PROCEDURES) {
                procedures = Some(toml::from_str(text).map_err(|error| toml_error(path, text, &error))?);
                continue;
            }
            match Item::read(path, text, &words) {
                Ok(item) => all.push(item),
                Err(error) => errors.push(error),
            }
        }
        let place = |item: &Item| SECTIONS.iter().position(|one| *one == item.section);
        for item in all.iter().filter(|item| place(item).is_none()) {
            errors.push(RuleError::new(&item.id, 0, format!("there is no section `{}`", item.section)));
        }
        if !errors.is_empty() {
            return Err(RuleErrors(errors));
        }
        all.sort_by(|a, b| (place(a), &a.id).cmp(&(place(b), &b.id)));
        let procedures = procedures.ok_or_else(|| RuleError::new(PROCEDURES, 0, "it is missing"))?;
        Ok(Items { all, procedures })
    }

    /// An item by its id.
    pub fn get(&self, id: &str) -> Option<&Item> {
        self.all.iter().find(|item| item.id == id)
    }
}
