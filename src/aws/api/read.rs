use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// A time, as any of the protocols writes it: seconds since 1970, or a text in ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub Timestamp);

impl At {
    /// So many seconds later. `None` beyond what a calendar has.
    pub fn plus(self, seconds: f64) -> Option<Timestamp> {
        self.0.checked_add(SignedDuration::try_from_secs_f64(seconds).ok()?).ok()
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<At, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = At;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since 1970 or a time in ISO 8601")
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<At, E> {
                self.visit_i64(i64::try_from(seconds).map_err(E::custom)?)
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<At, E> {
                Timestamp::from_second(seconds).map(At).map_err(E::custom)
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<At, E> {
                // Nobody's clock in these answers is finer than a millisecond.
                Timestamp::from_millisecond((seconds * 1_000.0).round() as i64).map(At).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<At, E> {
                instant(text).map(At).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            /// An element of XML comes as its text.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<At, A::Error> {
                let mut found = None;
                while let Some((name, text)) = map.next_entry::<String, String>()? {
                    found = if name == "$text" { Some(text) } else { found };
                }
                self.visit_str(&found.unwrap_or_default())
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A time with an offset, one without (which AWS means as UTC), or seconds written as text.
fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    if let Ok(at) = text.parse::<jiff::civil::DateTime>() {
        return at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp());
    }
    // `2024-05-01T10:00:00+0000`, without the colon.
    if let Ok(at) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text) {
        return Some(at);
    }
    let seconds: f64 = text.parse().ok()?;
    Timestamp::from_millisecond((seconds * 1_000.0).round() as i64).ok()
}

/// Tags, as any of the JSON protocols writes them: an object, or a list of pairs under one of several names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tags, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Tags;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tags as an object or a list of pairs")
            }

            fn visit_unit<E>(self) -> Result<Tags, E> {
                Ok(Tags::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tags, A::Error> {
                let mut tags = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Option<String>>()? {
                    tags.insert(key, value.unwrap_or_default());
                }
                Ok(Tags(tags))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tags, A::Error> {
                let mut tags = BTreeMap::new();
                while let Some(pair) = list.next_element::<Pair>()? {
                    tags.insert(pair.key, pair.value);
                }
                Ok(Tags(tags))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A tag as a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Pair {
    /// Its key.
    #[serde(alias = "Key", alias = "TagKey", alias = "tagKey", alias = "key")]
    pub key: String,
    /// Its value; empty where there is none.
    #[serde(default, alias = "Value", alias = "TagValue", alias = "tagValue", alias = "value")]
    pub value: String,
}

/// A list in XML: an element whose children are the items, whatever they are called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct List<T> {
    /// The items.
    #[serde(rename = "$value", default = "Vec::new")]
    pub items: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { items: Vec::new() }
    }
}

impl List<Pair> {
    /// Tags in the form resources keep them.
    pub fn tags(&self) -> BTreeMap<String, String> {
        self.items.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect()
    }
}

/// What stands inside the element `name` of an XML text: `<name>…</name>` or `<name/>`. Empty when there is none.
pub fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    let Some(start) = xml.find(&format!("<{name}>")) else { return "" };
    let inner = &xml[start + name.len() + 2..];
    inner.find(&format!("</{name}>")).map_or("", |end| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(json: &str) -> Option<String> {
        serde_json::from_str::<At>(json).ok().map(|at| at.0.to_string())
    }

    #[test]
    fn a_time_is_read_however_it_is_written() {
        assert_eq!(at("1700000000").as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(at("1700000000.5").as_deref(), Some("2023-11-14T22:13:20.5Z"));
        assert_eq!(at("\"2023-11-14T22:13:20Z\"").as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(at("\"2023-11-14T22:13:20.123+00:00\"").as_deref(), Some("2023-11-14T22:13:20.123Z"));
        assert_eq!(at("\"2023-11-14T22:13:20\"").as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(at("\"2023-11-14T22:13:20+0000\"").as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(at("\"1700000000\"").as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(at("\"yesterday\""), None);
        assert_eq!(at("1e300"), None);
    }

    #[test]
    fn a_term_ends_its_seconds_later() {
        let start: At = serde_json::from_str("\"2026-01-10T08:00:00Z\"").expect("a time");
        assert_eq!(start.plus(31_536_000.0).map(|end| end.to_string()).as_deref(), Some("2027-01-10T08:00:00Z"));
        assert_eq!(start.plus(f64::INFINITY), None);
    }

    #[test]
    fn tags_are_read_however_they_are_written() {
        let tags = |json: &str| serde_json::from_str::<Tags>(json).map(|tags| tags.0).unwrap_or_default();
        let expected = BTreeMap::from([("team".to_owned(), "data".to_owned())]);
        assert_eq!(tags(r#"{"team":"data"}"#), expected);
        assert_eq!(tags(r#"[{"Key":"team","Value":"data"}]"#), expected);
        assert_eq!(tags(r#"[{"TagKey":"team","TagValue":"data"}]"#), expected);
        assert_eq!(tags(r#"[{"key":"team","value":"data"}]"#), expected);
        assert_eq!(tags(r#"[{"Key":"team"}]"#).get("team").map(String::as_str), Some(""));
        assert!(tags("null").is_empty());
    }

    #[test]
    fn lists_in_xml_are_their_children() {
        #[derive(Deserialize)]
        struct Page {
            #[serde(rename = "Tags", default)]
            tags: List<Pair>,
            #[serde(rename = "Nodes")]
            nodes: f64,
            #[serde(rename = "Paused")]
            paused: bool,
        }
        let xml = "<r><Tags><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value/></Tag></Tags>\
                   <Nodes>2</Nodes><Paused>true</Paused></r>";
        let page: Page = quick_xml::de::from_str(xml).expect("a page");
        assert_eq!(
            page.tags.tags().into_iter().collect::<Vec<_>>(),
            [("a".into(), "1".into()), ("b".into(), String::new())]
        );
        assert!(page.paused && page.nodes > 1.5);
        let empty: Page =
            quick_xml::de::from_str("<r><Tags/><Nodes>0</Nodes><Paused>false</Paused></r>").expect("a page");
        assert!(empty.tags.items.is_empty());
    }

    #[test]
    fn an_element_is_cut_out() {
        assert_eq!(element("<a><b>x</b></a>", "b"), "x");
        assert_eq!(element("<a><b/></a>", "b"), "");
    }
}
