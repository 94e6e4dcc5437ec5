//! The filter line: `ebs,nat cost>1 !region:eu "two words" tag:env=dev`.
//!
//! A space means and, a comma means or, `!` in front means not. A word is looked for in every column,
//! `column:value` in one, `column>1` compares a number. Letters match in either case.

use std::fmt;

/// A filter that was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// One word of a filter; all of them have to hold.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    negated: bool,
    /// Empty when the word may stand in any column.
    column: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// Lower-case texts, one of which has to be contained.
    Contains(Vec<String>),
    /// A number on the other side of a comparison.
    Compares(Comparison, f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    More,
    AtLeast,
    Less,
    AtMost,
    Equal,
}

/// Why a filter was not understood, in words that fit under the input line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterError {
    /// A quotation mark without its other half.
    OpenQuote,
    /// `column:` or `column>` with nothing behind it, or a lone `!`.
    NoValue(String),
    /// Behind a comparison stands no number.
    NotANumber(String),
    /// The screen has no such column; the nearest one it has, if any is near.
    NoColumn(String, Option<String>),
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FilterError::OpenQuote => write!(f, "a quotation mark is not closed"),
            FilterError::NoValue(what) => write!(f, "nothing behind `{what}`"),
            FilterError::NotANumber(what) => write!(f, "`{what}` is not a number"),
            FilterError::NoColumn(what, Some(near)) => write!(f, "no column `{what}`; did you mean `{near}`?"),
            FilterError::NoColumn(what, None) => {
                write!(f, "no column `{what}`; put the text in quotes to look for it")
            }
        }
    }
}

impl std::error::Error for FilterError {}

/// What a row answers to a filter. Texts are compared in lower case: implementers fold them.
pub trait Row {
    /// Whether a text of this column (of any, when `column` is empty) contains the lower-case needle.
    fn contains(&self, column: &str, needle: &str) -> bool;
    /// The column as a number. `None` when it is not known or no number: no comparison holds then.
    fn number(&self, column: &str) -> Option<f64>;
}

impl Filter {
    /// Reads a filter; an empty text lets everything through. Columns are checked apart, by
    /// [`Filter::check`].
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        let terms = words(text)?.iter().map(|word| term(word)).collect::<Result<_, _>>()?;
        Ok(Filter { terms })
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Errors when a column is named that is not among these.
    pub fn check(&self, columns: &[&str]) -> Result<(), FilterError> {
        for term in &self.terms {
            if !term.column.is_empty() && !columns.contains(&term.column.as_str()) {
                return Err(FilterError::NoColumn(term.column.clone(), nearest(&term.column, columns)));
            }
        }
        Ok(())
    }

    /// Whether a row passes.
    ///
    /// `texts` gives the texts of a column by name, and those of all columns for the empty name;
    /// `number` gives a column as a number where it is one.
    pub fn matches(&self, texts: &dyn Fn(&str) -> Vec<String>, number: &dyn Fn(&str) -> Option<f64>) -> bool {
        self.passes(&Asked { texts, number })
    }

    /// Whether a row passes, without building lists of texts.
    pub fn passes(&self, row: &impl Row) -> bool {
        self.terms.iter().all(|term| term.holds(row) != term.negated)
    }
}

impl Term {
    fn holds(&self, row: &impl Row) -> bool {
        match &self.test {
            Test::Contains(needles) => needles.iter().any(|needle| row.contains(&self.column, needle)),
            Test::Compares(comparison, bound) => {
                row.number(&self.column).is_some_and(|value| comparison.holds(value, *bound))
            }
        }
    }
}

impl Comparison {
    /// Longest sign first, so that `>=` is not read as `>`.
    const SIGNS: [(&'static str, Comparison); 5] = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::More),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
    ];

    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Comparison::More => value > bound,
            Comparison::AtLeast => value >= bound,
            Comparison::Less => value < bound,
            Comparison::AtMost => value <= bound,
            Comparison::Equal => (value - bound).abs() < 1e-9,
        }
    }
}

struct Asked<'a> {
    texts: &'a dyn Fn(&str) -> Vec<String>,
    number: &'a dyn Fn(&str) -> Option<f64>,
}

impl Row for Asked<'_> {
    fn contains(&self, column: &str, needle: &str) -> bool {
        (self.texts)(column).iter().any(|text| text.to_lowercase().contains(needle))
    }

    fn number(&self, column: &str) -> Option<f64> {
        (self.number)(column)
    }
}

/// A character and whether it stood in quotation marks, where signs mean nothing.
type Quoted = (char, bool);

fn words(text: &str) -> Result<Vec<Vec<Quoted>>, FilterError> {
    let mut words = Vec::new();
    let mut word: Vec<Quoted> = Vec::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push((c, quoted)),
        }
    }
    if quoted {
        return Err(FilterError::OpenQuote);
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

fn term(word: &[Quoted]) -> Result<Term, FilterError> {
    let (negated, word) = match word {
        [('!', false), rest @ ..] => (true, rest),
        all => (false, all),
    };
    let (column, sign, value) = split(word);
    let name = plain(column).to_lowercase();
    let shown = || format!("{}{name}{}", if negated { "!" } else { "" }, sign.unwrap_or_default());
    if value.is_empty() {
        return Err(FilterError::NoValue(shown()));
    }
    let comparison = Comparison::SIGNS.iter().find(|(text, _)| Some(*text) == sign).map(|(_, comparison)| *comparison);
    let number = plain(value).trim_start_matches('$').parse().ok().filter(|number: &f64| number.is_finite());
    let test = match (comparison, number) {
        (Some(comparison), Some(number)) => Test::Compares(comparison, number),
        // `state=stopped` is said as often as `state:stopped`.
        (None | Some(Comparison::Equal), _) => {
            let parts = value.split(|c| *c == (',', false)).map(|part| plain(part).to_lowercase());
            Test::Contains(parts.filter(|part| !part.is_empty()).collect())
        }
        (Some(_), None) => return Err(FilterError::NotANumber(plain(value))),
    };
    if test == Test::Contains(Vec::new()) {
        return Err(FilterError::NoValue(shown()));
    }
    Ok(Term { negated, column: name, test })
}

/// Column, sign and value of a word. Without a sign the whole word is the value.
fn split(word: &[Quoted]) -> (&[Quoted], Option<&'static str>, &[Quoted]) {
    let name =
        word.iter().take_while(|(c, quoted)| !quoted && (c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '/')));
    let end = name.count();
    if end == 0 {
        return (&[], None, word);
    }
    let rest = &word[end..];
    for sign in [":", ">=", "<=", ">", "<", "="] {
        let signed: Vec<Quoted> = sign.chars().map(|c| (c, false)).collect();
        if rest.starts_with(&signed) {
            return (&word[..end], Some(sign), &rest[signed.len()..]);
        }
    }
    (&[], None, word)
}

fn plain(word: &[Quoted]) -> String {
    word.iter().map(|(c, _)| *c).collect()
}

fn nearest(name: &str, columns: &[&str]) -> Option<String> {
    let near = columns.iter().min_by_key(|column| strsim::damerau_levenshtein(name, column))?;
    (strsim::damerau_levenshtein(name, near) <= 2).then(|| (*near).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(filter: &str) -> bool {
        let texts = |column: &str| {
            let all =
                [("region", "eu-west-1"), ("finding", "NAT gateway idle"), ("tag", "env=dev"), ("tag", "team=a b")];
            all.iter().filter(|(c, _)| column.is_empty() || *c == column).map(|(_, t)| (*t).to_owned()).collect()
        };
        let number = |column: &str| (column == "cost").then_some(35.04);
        Filter::parse(filter).expect("a filter in a test").matches(&texts, &number)
    }

    #[test]
    fn words_match_any_column_in_either_case() {
        assert!(passes(""));
        assert!(passes("nat EU-west"));
        assert!(!passes("nat us-east"));
        assert!(passes("ebs,nat"));
        assert!(passes("\"gateway idle\"") && !passes("\"idle gateway\""));
    }

    #[test]
    fn columns_hold_words_to_one_place() {
        assert!(passes("region:eu,us-east-1") && !passes("region:nat"));
        assert!(passes("tag:env=dev") && !passes("tag:env=prod"));
        assert!(passes("tag:\"team=a b\""));
        assert!(passes("!region:us") && !passes("!region:eu") && passes("!ebs"));
    }

    #[test]
    fn numbers_compare_and_unknown_numbers_never_do() {
        assert!(passes("cost>1 cost<=35.04 cost>=$35") && !passes("cost<35"));
        assert!(!passes("age>1") && !passes("age<1"));
        assert!(passes("region=eu") && passes("cost=35.04"));
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let wrong = |text: &str| Filter::parse(text).expect_err("a broken filter").to_string();
        assert_eq!(wrong("\"two"), "a quotation mark is not closed");
        assert_eq!(wrong("region:"), "nothing behind `region:`");
        assert_eq!(wrong("nat !"), "nothing behind `!`");
        assert_eq!(wrong("cost>much"), "`much` is not a number");
        let filter = Filter::parse("regoin:eu").expect("a filter in a test");
        let error = filter.check(&["region", "cost"]).expect_err("a column nobody has");
        assert_eq!(error.to_string(), "no column `regoin`; did you mean `region`?");
    }
}
