use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::model::{Kind, Resource};

/// What counts against a quota, out of what a scan lists: a row of `rules/quotas/<service>.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Service code of the quota; the file says it once for all its rows.
    #[serde(skip)]
    pub service: String,
    /// Quota code, `L-` and eight characters, or this program's own for what Service Quotas does not list.
    pub code: String,
    /// Name of the quota, for whoever reads the file. Codes stay while AWS renames.
    pub name: String,
    /// Kind whose resources count.
    pub kind: Kind,
    /// Number fact that is added up. Absent when the resources themselves are counted.
    #[serde(default)]
    pub sum: Option<String>,
    /// Key of that fact where it is an object of numbers by name; a key that is not there adds nothing.
    #[serde(default)]
    pub entry: Option<String>,
    /// Facts of which the largest value counts; of a list its length. Empty as above.
    #[serde(default)]
    pub largest: Vec<String>,
    /// Factor from the facts' unit to the quota's.
    #[serde(default = "one")]
    pub scale: f64,
    /// Facts a resource must have to count.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Test>,
    /// Fact that names the holder a quota is for (`vpc_id`, `zone`); the fullest one counts. Absent for quotas on
    /// the whole region.
    #[serde(default)]
    pub per: Option<String>,
    /// Where that fact is found when not on the resource itself. Absent when it is.
    #[serde(default)]
    pub through: Option<Through>,
    /// Whether resources of all regions count, as for buckets.
    #[serde(default)]
    pub everywhere: bool,
}

/// Another resource that knows the holder: the subnet of a NAT gateway knows its zone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Through {
    /// Kind of the other resource.
    pub kind: Kind,
    /// Fact that holds its id.
    pub id: String,
}

fn one() -> f64 {
    1.0
}

/// What a fact must be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Test {
    /// One of these values.
    OneOf(Vec<Value>),
    /// A text that begins with one of these.
    StartsWith {
        /// The beginnings.
        starts_with: Vec<String>,
    },
    /// A text whose letters before the first digit are one of these: `m` of `m5.large`, but not `mac` of `mac1.metal`.
    Letters {
        /// The letters.
        letters: Vec<String>,
    },
    /// Anything but a text that begins with one of these, or nothing at all.
    NotStartsWith {
        /// The beginnings.
        not_starts_with: Vec<String>,
    },
    /// There or not there.
    Present {
        /// Whether it must be there.
        present: bool,
    },
    /// The id of the account that was scanned, or anything else: what other accounts share is listed too.
    Own {
        /// Whether it must be that id.
        own: bool,
    },
    /// Exactly this value.
    Is(Value),
}

impl Test {
    /// Whether a fact of something in an account passes. An absent fact passes only where it must be absent.
    fn passes(&self, fact: Option<&Value>, account: &str) -> bool {
        let text = fact.and_then(Value::as_str);
        match self {
            Test::OneOf(values) => fact.is_some_and(|fact| values.contains(fact)),
            Test::StartsWith { starts_with } => {
                text.is_some_and(|t| starts_with.iter().any(|head| t.starts_with(head)))
            }
            Test::Letters { letters } => text.is_some_and(|t| letters.iter().any(|l| l == leading_letters(t))),
            Test::NotStartsWith { not_starts_with } => {
                !text.is_some_and(|t| not_starts_with.iter().any(|head| t.starts_with(head)))
            }
            Test::Present { present } => fact.is_some() == *present,
            Test::Own { own } => text.is_some_and(|t| (t == account) == *own),
            Test::Is(value) => fact == Some(value),
        }
    }

    /// The test for people: `volume_type is gp3`.
    fn describe(&self, fact: &str) -> String {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match self {
            Test::OneOf(values) => format!("{fact} is {}", values.iter().map(plain).collect::<Vec<_>>().join(" or ")),
            Test::StartsWith { starts_with } => format!("{fact} is {}…", starts_with.join("… or ")),
            Test::Letters { letters } => format!("{fact} is of {}", letters.join(", ")),
            Test::NotStartsWith { not_starts_with } => format!("{fact} is not {}…", not_starts_with.join("… or ")),
            Test::Present { present: true } => format!("has {fact}"),
            Test::Present { present: false } => format!("has no {fact}"),
            Test::Own { own: true } => format!("{fact} is this account"),
            Test::Own { own: false } => format!("{fact} is another account"),
            Test::Is(value) => format!("{fact} is {}", plain(value)),
        }
    }
}

fn leading_letters(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default()
}

impl Row {
    /// Whether a resource counts.
    pub fn counts(&self, resource: &Resource) -> bool {
        self.conditions.iter().all(|(fact, test)| test.passes(resource.facts.get(fact), &resource.account))
    }

    /// What is counted, for people: `count of ec2:subnet`, `sum of size_gib of ec2:volume, volume_type is gp3`.
    pub fn describe(&self) -> String {
        let what = match (&self.sum, &self.entry, self.largest.as_slice()) {
            (Some(fact), Some(entry), _) => format!("sum of {entry} in {fact} of {}", self.kind),
            (Some(fact), None, _) => format!("sum of {fact} of {}", self.kind),
            (None, _, []) => format!("count of {}", self.kind),
            (None, _, facts) => format!("largest {} of {}", facts.join(" or "), self.kind),
        };
        let conditions: Vec<_> = self.conditions.iter().map(|(fact, test)| test.describe(fact)).collect();
        [vec![what], conditions].concat().join(", ")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    service: String,
    usage: Vec<Row>,
}

// The files of `rules/quotas/`, a service each, with their names.
include!(concat!(env!("OUT_DIR"), "/quota_files.rs"));

/// Every row built into the program.
pub fn rows() -> &'static [Row] {
    static ROWS: std::sync::LazyLock<Vec<Row>> = std::sync::LazyLock::new(|| {
        QUOTA_FILES
            .iter()
            .flat_map(|(_, text)| parse(text).expect("the files are part of the program and a test reads all of them"))
            .collect()
    });
    &ROWS
}

/// Rows out of the text of a file. Errors name what is wrong with it and where.
pub fn parse(text: &str) -> Result<Vec<Row>, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    Ok(file.usage.into_iter().map(|row| Row { service: file.service.clone(), ..row }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_built_in_rows_are_well_formed() {
        let mut codes = BTreeSet::new();
        for (name, text) in QUOTA_FILES {
            let rows = parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let service = rows.first().map(|row| row.service.as_str()).unwrap_or_default();
            assert_eq!(*name, format!("rules/quotas/{service}.toml"), "a file is named after its service");
            assert!(super::super::SERVICES.contains(&service), "{service} is never read");
            for row in &rows {
                assert_well_formed(row);
                assert!(codes.insert((row.service.clone(), row.code.clone())), "{} twice", row.code);
            }
        }
        assert!(codes.len() >= 228, "{}", codes.len());
    }

    fn assert_well_formed(row: &Row) {
        let own = super::super::entry(&row.service, &row.code).is_some_and(|known| !known.is_listed());
        assert!(super::super::is_aws_code(&row.code) || own, "{}", row.code);
        let ways = [row.sum.is_some(), !row.largest.is_empty(), row.per.is_some()];
        assert!(ways != [true, true, false] && !(ways[1] && ways[2]), "{} counts in two ways", row.code);
        assert!(row.through.is_none() || row.per.is_some(), "{} looks for no holder", row.code);
        assert!(row.entry.is_none() || row.sum.is_some(), "{} names an entry of nothing", row.code);
        assert!(row.scale > 0.0 && !row.name.is_empty(), "{}", row.code);
    }

    #[test]
    fn families_are_told_by_their_letters() {
        let standard = Test::Letters { letters: vec!["m".into(), "t".into()] };
        let passes = |name: &str| standard.passes(Some(&Value::from(name)), "");
        assert!(passes("m5.large") && passes("t3.micro"));
        assert!(!passes("mac1.metal") && !passes("trn1.2xlarge"));
        assert!(!standard.passes(None, ""));
    }

    #[test]
    fn what_another_account_owns_is_told_from_what_this_one_does() {
        let text = "service = 'ec2'\n[[usage]]\ncode = 'L-A2478D36'\nname = 'x'\nkind = 'ec2:transit-gateway'\n\
                    where = { owner_id = { own = true } }\n";
        let row = parse(text).expect("a literal row").remove(0);
        assert_eq!(row.describe(), "count of ec2:transit-gateway, owner_id is this account");
        let owned = &row.conditions["owner_id"];
        let passes = |owner: &str| owned.passes(Some(&Value::from(owner)), "111122223333");
        assert!(passes("111122223333") && !passes("444455556666") && !passes(""));
        assert!(!owned.passes(None, "111122223333"));
        let foreign = Test::Own { own: false };
        assert!(foreign.passes(Some(&Value::from("444455556666")), "111122223333"));
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let text = "service = 'vpc'\n[[usage]]\ncode = 'L-F678F1CE'\nname = 'VPCs'\nkind = 'ec2:vpc'\nscales = 2.0\n";
        assert!(parse(text).expect_err("an unknown key").to_string().contains("scales"));
    }
}
