use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// An answer of any protocol, whatever its members are called.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// A value, as text.
    Leaf(String),
    /// Members by name in their order; items of a list have none.
    Branch(Vec<(String, Tree)>),
}

/// Members that name what the others beside them tell.
const NAMES: &[&str] = &["AccountQuotaName", "Name", "key"];

/// What an answer tells, by name: `AccountUsage.TotalCodeSize`, or `DBInstances.Used` where the answer is a list of
/// things with a name each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(BTreeMap<String, Option<String>>);

/// A figure that is there and cannot be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl Figures {
    /// The figures of an answer.
    pub fn of(tree: &Tree) -> Figures {
        let mut figures = Figures::default();
        figures.gather(tree, "");
        figures
    }

    fn gather(&mut self, tree: &Tree, path: &str) {
        let members = match tree {
            Tree::Leaf(text) => {
                let said = self.0.entry(path.to_owned()).or_insert_with(|| Some(text.clone()));
                // Two answers to one question are none.
                if said.as_ref() != Some(text) {
                    *said = None;
                }
                return;
            }
            Tree::Branch(members) => members,
        };
        let named = members.iter().find_map(|(name, member)| match member {
            Tree::Leaf(text) if NAMES.contains(&name.as_str()) => Some(text.as_str()),
            _ => None,
        });
        let here = named.unwrap_or(path);
        for (name, member) in members {
            match (here, name.as_str()) {
                (here, "") => self.gather(member, here),
                ("", name) => self.gather(member, name),
                (here, name) => self.gather(member, &format!("{here}.{name}")),
            }
        }
    }

    /// A figure by its name. `None` when the answer does not have it.
    ///
    /// Errors when it is no number, below zero, or told twice in two ways.
    pub fn get(&self, name: &str) -> Result<Option<f64>, Unreadable> {
        let Some(said) = self.0.get(name) else { return Ok(None) };
        let value = said.as_ref().and_then(|text| text.trim().parse::<f64>().ok());
        value.filter(|value| value.is_finite() && *value >= 0.0).map(Some).ok_or(Unreadable)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Tree;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an answer")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Tree, E> {
                Ok(Tree::Leaf(value.to_string()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Tree, E> {
                Ok(Tree::Leaf(value.to_string()))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Tree, E> {
                Ok(Tree::Leaf(value.to_string()))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Tree, E> {
                Ok(Tree::Leaf(value.to_string()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Tree, E> {
                Ok(Tree::Leaf(text.to_owned()))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Tree, E> {
                Ok(Tree::Branch(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element::<Tree>()? {
                    items.push((String::new(), item));
                }
                Ok(Tree::Branch(items))
            }

            /// An element of XML that holds a text comes as a member `$text`.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
                let mut members = Vec::new();
                while let Some((name, member)) = map.next_entry::<String, Tree>()? {
                    match member {
                        Tree::Leaf(text) if name == "$text" => return drained(map, Tree::Leaf(text)),
                        member => members.push((name, member)),
                    }
                }
                Ok(Tree::Branch(members))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The tree, once the rest of its map is read: a deserializer is to be left at the end of what it gave.
fn drained<'de, A: MapAccess<'de>>(mut map: A, tree: Tree) -> Result<Tree, A::Error> {
    while map.next_entry::<String, de::IgnoredAny>()?.is_some() {}
    Ok(tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Figures {
        Figures::of(&serde_json::from_str(text).expect("literal JSON"))
    }

    fn xml(text: &str) -> Figures {
        Figures::of(&quick_xml::de::from_str(text).expect("literal XML"))
    }

    #[test]
    fn members_of_members_have_both_names() {
        let figures = json(r#"{"AccountUsage": {"TotalCodeSize": 52.5, "FunctionCount": 3}, "Other": null}"#);
        assert_eq!(figures.get("AccountUsage.TotalCodeSize"), Ok(Some(52.5)));
        assert_eq!(figures.get("AccountUsage.Layers"), Ok(None));
        assert_eq!(figures.get("Other"), Ok(None));
    }

    #[test]
    fn a_list_of_things_with_names_is_read_by_their_names_in_json_and_in_xml() {
        let answers = [
            json(
                r#"{"AccountQuotas": [{"AccountQuotaName": "A", "Used": 3, "Max": 40}, {"AccountQuotaName": "B", "Used": 0, "Max": 5}]}"#,
            ),
            xml(
                "<r><AccountQuotas>\n  <AccountQuota><Used>3</Used><Max>40</Max><AccountQuotaName>A</AccountQuotaName></AccountQuota>\n  \
                 <AccountQuota><Used>0</Used><Max>5</Max><AccountQuotaName>B</AccountQuotaName></AccountQuota></AccountQuotas></r>",
            ),
        ];
        for figures in answers {
            let told = ["A.Used", "A.Max", "B.Used", "B.Max"].map(|name| figures.get(name));
            assert_eq!(told, [Ok(Some(3.0)), Ok(Some(40.0)), Ok(Some(0.0)), Ok(Some(5.0))]);
        }
    }

    #[test]
    fn a_map_in_xml_is_read_by_its_keys() {
        let figures = xml(
            "<r><SummaryMap><entry><key>Users</key><value>32</value></entry><entry><key>UsersQuota</key><value>5000</value></entry></SummaryMap></r>",
        );
        assert_eq!((figures.get("Users.value"), figures.get("UsersQuota.value")), (Ok(Some(32.0)), Ok(Some(5_000.0))));
    }

    #[test]
    fn an_empty_answer_tells_nothing() {
        assert_eq!(xml("<r></r>"), Figures::default());
        assert_eq!(json("{}"), Figures::default());
        assert_eq!(json(r#"{"AccountQuotas": []}"#), Figures::default());
        assert_eq!(xml("<r><Count/></r>").get("Count"), Ok(None), "nothing is not zero");
    }

    #[test]
    fn what_is_no_number_or_is_said_in_two_ways_is_not_believed() {
        let figures = json(r#"{"A": "many", "B": -1, "C": "NaN", "D": true, "E": ""}"#);
        for name in ["A", "B", "C", "D", "E"] {
            assert_eq!(figures.get(name), Err(Unreadable), "{name}");
        }
        let twice = xml("<r><Count>1</Count><Count>2</Count><Same>1</Same><Same>1</Same></r>");
        assert_eq!((twice.get("Count"), twice.get("Same")), (Err(Unreadable), Ok(Some(1.0))));
    }
}
