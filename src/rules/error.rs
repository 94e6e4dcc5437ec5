use std::fmt;

/// A mistake in a rule file: where, what, and the nearest right word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The file.
    pub file: String,
    /// The line, counted from 1; 0 when the mistake has no line (a missing key).
    pub line: usize,
    /// What is wrong.
    pub mistake: String,
}

impl RuleError {
    /// A mistake at a line.
    pub fn new(file: &str, line: usize, mistake: impl Into<String>) -> RuleError {
        RuleError { file: file.to_owned(), line, mistake: mistake.into() }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.mistake),
            line => write!(f, "{}:{line}: {}", self.file, self.mistake),
        }
    }
}

/// Every mistake that was found, so that they can be mended in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleErrors(pub Vec<RuleError>);

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RuleErrors {}

impl From<RuleError> for RuleErrors {
    fn from(error: RuleError) -> RuleErrors {
        RuleErrors(vec![error])
    }
}

/// The line of a byte offset, counted from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The word most like a misspelt one, when one is near enough to be meant.
pub fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words
        .map(|other| (strsim::damerau_levenshtein(word, other), other))
        .filter(|(distance, other)| *distance <= (other.len().max(word.len()) / 2).clamp(1, 6))
        .min()
        .map(|(_, other)| other)
}

/// `; did you mean `x`?`, or nothing.
pub fn hint<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> String {
    nearest(word, words).map_or_else(String::new, |other| format!("; did you mean `{other}`?"))
}

/// A TOML error with its line, and for an unknown key the nearest right one.
pub fn toml_error(file: &str, text: &str, error: &toml::de::Error) -> RuleError {
    let line = error.span().map_or(0, |span| line_of(text, span.start));
    let message = error.message().lines().next().unwrap_or_default().to_owned();
    RuleError::new(file, line, with_hint(message))
}

/// serde says ``unknown field `a`, expected one of `b`, `c` ``: the nearest of those is added.
fn with_hint(message: String) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match (message.starts_with("unknown "), quoted.next()) {
        (true, Some(word)) => {
            let hint = hint(word, quoted);
            format!("{message}{hint}")
        }
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_key_names_the_nearest() {
        let message = with_hint("unknown field `whn`, expected one of `kind`, `when`, `why`".to_owned());
        assert!(message.ends_with("did you mean `when`?"), "{message}");
    }

    #[test]
    fn word_that_is_like_nothing_gets_no_hint() {
        assert_eq!(nearest("zzzzzz", ["state", "size_gib"].into_iter()), None);
        assert_eq!(nearest("stat", ["state", "size_gib"].into_iter()), Some("state"));
    }
}
