use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::document::{Document, SCHEMA_VERSION};

/// Why a file is not taken for a report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or cut short.
    #[error("not JSON: {0}")]
    NotJson(serde_json::Error),
    /// JSON, but nothing this program writes.
    #[error("not a closeout report: it has no schema_version")]
    NotAReport,
    /// A roll-up of several accounts, which is no audit.
    #[error("a roll-up of several accounts, not the report of one: `closeout merge` shows it")]
    ARollup,
    /// Written by a newer program.
    #[error("the report has schema_version {0}, this closeout reads {SCHEMA_VERSION}: update closeout to open it")]
    Newer(u64),
    /// A version that never was.
    #[error("the report has an unknown schema_version {0}; this closeout reads {SCHEMA_VERSION}")]
    UnknownVersion(String),
    /// The right version, but a field is missing or of the wrong type.
    #[error("not a complete closeout report: {0}")]
    Field(serde_json::Error),
}

/// As much of a document as tells whether the rest can be understood.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<Value>,
    accounts: Option<IgnoredAny>,
}

impl Document {
    /// A document from the text of a file.
    ///
    /// Errors when it is not JSON, not a report, of another version, or when a field is missing; the message
    /// names line and column where there is one.
    pub fn read(text: &str) -> Result<Document, ReadError> {
        // A list would be taken for the members of a head, one after the other.
        let is_object = text.trim_start().starts_with('{');
        let head = serde_json::from_str::<Head>(text).ok().filter(|_| is_object);
        let head: Head = head.ok_or_else(|| match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => ReadError::NotAReport,
            Err(error) => ReadError::NotJson(error),
        })?;
        let version = head.schema_version.ok_or(ReadError::NotAReport)?;
        match version.as_u64() {
            Some(number) if number == u64::from(SCHEMA_VERSION) && head.accounts.is_some() => Err(ReadError::ARollup),
            Some(number) if number == u64::from(SCHEMA_VERSION) => serde_json::from_str(text).map_err(ReadError::Field),
            Some(number) if number > u64::from(SCHEMA_VERSION) => Err(ReadError::Newer(number)),
            _ => Err(ReadError::UnknownVersion(crate::model::truncate(&version.to_string(), 40))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Audit;

    fn refusal(text: &str) -> String {
        Document::read(text).expect_err("refused").to_string()
    }

    fn empty() -> String {
        serde_json::to_string_pretty(&Document::of(&Audit::default(), false)).expect("plain data")
    }

    #[test]
    fn own_report_is_read() {
        assert!(Document::read(&empty()).is_ok());
    }

    #[test]
    fn fields_of_later_versions_of_the_program_are_passed_over() {
        let text = empty().replacen('{', "{ \"checklist\": [],", 1);
        assert!(Document::read(&text).is_ok());
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        assert_eq!(refusal("{\n  oops"), "not JSON: key must be a string at line 2 column 3");
        assert!(refusal("").contains("EOF"));
        let whole = empty();
        assert!(refusal(&whole[..whole.len() / 2]).starts_with("not JSON: EOF"));
    }

    #[test]
    fn other_json_is_refused() {
        assert!(refusal("{}").contains("no schema_version"));
        assert!(refusal("[1, 2]").contains("not a closeout report"));
    }

    #[test]
    fn other_versions_are_refused_and_a_newer_one_says_to_update() {
        assert!(refusal("{\"schema_version\": 2}").contains("update closeout"));
        assert!(refusal("{\"schema_version\": 0}").contains("unknown schema_version 0"));
        assert!(refusal("{\"schema_version\": \"1\"}").contains("unknown schema_version"));
    }

    #[test]
    fn missing_field_is_refused_with_its_name_and_place() {
        let text = empty().replace("\"gaps\": [],", "");
        let message = refusal(&text);
        assert!(message.contains("missing field `gaps`") && message.contains("line"), "{message}");
    }
}
