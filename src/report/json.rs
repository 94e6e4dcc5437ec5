use std::borrow::Cow;
use std::io::{self, Write};

use super::document::Document;
use crate::model::clean;

/// Writes a document with indentation and a newline at its end.
pub(super) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", inert(&text))
}

/// JSON with every character a terminal could obey, and JSON itself lets stand (C1 controls, direction marks),
/// written as `\u` escapes: readers get the same text, terminals see letters.
pub(super) fn inert(json: &str) -> Cow<'_, str> {
    if !json.chars().any(acts) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if acts(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Outside of ASCII a JSON text has nothing but the inside of strings, so what is found there may be escaped.
fn acts(c: char) -> bool {
    c >= '\u{7f}' && matches!(clean(c.encode_utf8(&mut [0; 4])), Cow::Owned(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_loses_nothing() {
        let hostile = "a\u{1b}[31m\u{9b}2J\u{202e}\u{e0041}ü\u{7f}\n";
        let json = serde_json::to_string(hostile).expect("a string");
        let inert = inert(&json);
        assert!(inert.chars().all(|c| matches!(clean(&c.to_string()), Cow::Borrowed(_))), "{inert}");
        assert_eq!(serde_json::from_str::<String>(&inert).expect("JSON"), hostile);
    }
}
