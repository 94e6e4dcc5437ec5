//! Calls as lines of the AWS CLI that a shell takes for what they are, whatever text AWS returned.

use serde_json::Value;

use super::names::{cli, kebab, option};
use super::remedy::{Blanks, operation};
use crate::model::{Region, clean};

/// A call as a line: `aws ec2 delete-volume --volume-id vol-1 --region eu-west-1`.
pub(super) fn line(call: &str, input: &Value, region: &Region) -> String {
    let (service, operation) = operation(call);
    let mut words = vec!["aws".to_owned(), cli(service).to_owned(), kebab(operation)];
    match input.as_object() {
        // The CLI reads a file where a value says `file://`, and a terminal obeys what JSON writes as letters.
        Some(members) if members.values().any(is_treacherous) => {
            words.push("--cli-input-json".to_owned());
            words.push(quoted(&inert(&input.to_string())));
        }
        Some(members) => members.iter().for_each(|(name, value)| words.extend(argument(&option(call, name), value))),
        None => {}
    }
    if !region.is_global() {
        words.extend(["--region".to_owned(), quoted(region.as_str())]);
    }
    words.join(" ")
}

fn argument(name: &str, value: &Value) -> Vec<String> {
    // Several plain words go one behind the other.
    let plain = |item: &Value| item.as_str().filter(|text| !text.starts_with('-')).map(quoted);
    if let Some(words) = value.as_array().and_then(|items| items.iter().map(plain).collect::<Option<Vec<_>>>()) {
        return std::iter::once(format!("--{name}")).chain(words).collect();
    }
    let text = match value {
        Value::Bool(true) => return vec![format!("--{name}")],
        Value::Bool(false) => return vec![format!("--no-{name}")],
        Value::Null => return Vec::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_f64()
            .filter(|n| n.fract() == 0.0 && n.abs() < 1e15)
            .map_or_else(|| number.to_string(), |whole| format!("{whole:.0}")),
        Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    // A value that begins with a hyphen would be taken for an option.
    if text.starts_with('-') {
        return vec![format!("--{name}={}", quoted(&text))];
    }
    vec![format!("--{name}"), quoted(&text)]
}

/// Whether a value holds text that a terminal or the CLI would act on.
fn is_treacherous(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            text.starts_with("file:") || text.starts_with("fileb:") || matches!(clean(text), std::borrow::Cow::Owned(_))
        }
        Value::Array(items) => items.iter().any(is_treacherous),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| matches!(clean(name), std::borrow::Cow::Owned(_)) || is_treacherous(value)),
        _ => false,
    }
}

/// JSON in which everything a terminal could obey is written with letters.
pub(super) fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        // Within ASCII, what could act is escaped already, or is white space between values.
        if c >= '\u{7f}' && matches!(clean(c.encode_utf8(&mut [0; 4])), std::borrow::Cow::Owned(_)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// A word that a POSIX shell takes as it is.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    // `=` and `~` mean something at the beginning of a word in some shells.
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A command written in a remedy, with its placeholders filled and quoted. One of which nothing is known stays, in
/// angle brackets, for the person to fill. `answered` names the member of an answer that holds the backup's id, where the
/// id is not known before the backup is made.
pub(super) fn template(text: &str, blanks: &Blanks<'_>, answered: Option<&str>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        let value = match (name, answered) {
            ("backup", Some(member)) => format!("<{member} of {}>", blanks.backup),
            _ => blanks.text(&format!("{{{name}}}")).unwrap_or_else(|_| format!("<{name}>")),
        };
        filled.push_str(&quoted(&clean(&value)));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn here() -> Region {
        Region::new("eu-west-1")
    }

    #[test]
    fn call_becomes_a_line() {
        let input = json!({ "DBInstanceIdentifier": "db", "SkipFinalSnapshot": true, "DeleteAutomatedBackups": false });
        let wanted = "aws rds delete-db-instance --db-instance-identifier db --no-delete-automated-backups \
                      --skip-final-snapshot --region eu-west-1";
        assert_eq!(line("rds:DeleteDBInstance", &input, &here()), wanted);
    }

    #[test]
    fn numbers_lists_and_objects_are_written_as_the_cli_reads_them() {
        let input = json!({ "A": 7.0, "B": 0.5, "C": ["x", "y"], "D": { "e": "it's" } });
        let wanted = r#"aws s --a 7 --b 0.5 --c x y --d '{"e":"it'\''s"}'"#;
        assert_eq!(line("s:", &input, &Region::global()).replace("s  ", "s "), wanted);
    }

    #[test]
    fn hostile_text_stays_one_word() {
        let said = line("sqs:DeleteQueue", &json!({ "QueueUrl": "a; rm -rf $(HOME) `x` \"'" }), &here());
        assert_eq!(said, r#"aws sqs delete-queue --queue-url 'a; rm -rf $(HOME) `x` "'\''' --region eu-west-1"#);
        let option = line("s3api:DeleteBucket", &json!({ "Bucket": "--endpoint-url" }), &here());
        assert!(option.contains("--bucket=--endpoint-url"), "{option}");
    }

    #[test]
    fn text_that_acts_is_passed_as_json_and_loses_nothing() {
        for name in ["a\nrm -rf /", "\u{1b}[2J", "x\u{202e}y", "file:///etc/passwd"] {
            let said = line("sns:DeleteTopic", &json!({ "TopicArn": name }), &here());
            assert!(matches!(clean(&said), std::borrow::Cow::Borrowed(_)), "{said:?}");
            let json = said.split('\'').nth(1).expect("a quoted word");
            let back: Value = serde_json::from_str(json).expect("JSON");
            assert_eq!(back["TopicArn"], name);
        }
    }
}
