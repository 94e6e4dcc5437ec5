//! How values and names read inside sentences and commands.

use cel::Value;
use jiff::Timestamp;

use crate::model::clean;

/// A value inside a sentence: whole numbers without decimals, durations in days.
pub fn show(value: &Value) -> String {
    match value {
        Value::Float(number) if *number == number.trunc() && number.abs() < 1e15 => format!("{number:.0}"),
        Value::Float(number) => format!("{number:.2}"),
        Value::Int(whole) => whole.to_string(),
        Value::UInt(whole) => whole.to_string(),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => at.strftime("%Y-%m-%d").to_string(),
            Err(_) => clean(text).into_owned(),
        },
        Value::Bool(flag) => flag.to_string(),
        Value::Duration(length) => format!("{} days", length.num_days()),
        Value::Timestamp(at) => at.format("%Y-%m-%d").to_string(),
        Value::List(list) => list.iter().map(show).collect::<Vec<_>>().join(", "),
        _ => "—".to_owned(),
    }
}

/// A value as a number. `None` for what is none.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Int(whole) => Some(*whole as f64),
        Value::UInt(whole) => Some(*whole as f64),
        _ => None,
    }
}

/// A value as one word of a shell command. A text is passed on as it is: a name may look like a time.
pub fn argument(value: &Value) -> String {
    match value {
        Value::String(text) => quote(&clean(text)),
        other => quote(&show(other)),
    }
}

/// A text as one word of a shell command.
fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A phrase with its first letter made large.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Names a gap lists before it only counts.
const NAMED: usize = 5;

/// The first names, and how many more there are.
pub fn list_of(names: &[String]) -> String {
    let head = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => head,
        more => format!("{head} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_name_stays_one_shell_word() {
        assert_eq!(quote("vol-1"), "vol-1");
        assert_eq!(quote("a'; rm -rf $HOME"), r"'a'\''; rm -rf $HOME'");
        assert_eq!(quote(""), "''");
    }

    #[test]
    fn name_that_looks_like_a_time_stays_itself_in_a_command() {
        let text = Value::String("2026-03-18T06:24:53Z".to_owned().into());
        assert_eq!(argument(&text), "2026-03-18T06:24:53Z");
        assert_eq!(argument(&Value::String("a b".to_owned().into())), "'a b'");
    }

    #[test]
    fn time_of_a_fact_reads_as_a_day() {
        let text = Value::String("2026-03-18T06:24:53.053Z".to_owned().into());
        assert_eq!(show(&text), "2026-03-18");
    }

    #[test]
    fn gap_names_five_and_counts_the_rest() {
        let names: Vec<String> = (1..=7).map(|i| format!("i-{i}")).collect();
        assert_eq!(list_of(&names), "i-1, i-2, i-3, i-4, i-5 and 2 more");
    }
}
