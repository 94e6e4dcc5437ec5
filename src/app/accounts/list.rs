//! A file of accounts, a line each.

use std::collections::BTreeMap;

use crate::model::truncate;

/// An account of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Twelve digits.
    pub id: String,
    /// What the list calls it. May be empty.
    pub name: String,
    /// A role other than the one of all.
    pub role: Option<String>,
}

/// Why a list is not taken; the message names the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {mistake}")]
pub struct ListError {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub mistake: String,
}

/// The accounts of a list: `123456789012`, then a name and `role=NAME` if wanted; `#` begins a comment.
///
/// Errors at the first line that is no account, and where an account is named twice.
pub fn parse(file: &str, text: &str) -> Result<Vec<Listed>, ListError> {
    let mut lines_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut accounts = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line_number = index + 1;
        let wrong = |mistake: String| ListError { file: file.to_owned(), line: line_number, mistake };
        let Some(account) = line_of(line).map_err(wrong)? else { continue };
        if let Some(first) = lines_of.insert(account.id.clone(), line_number) {
            return Err(wrong(format!("account {} stands in line {first} already", account.id)));
        }
        accounts.push(account);
    }
    Ok(accounts)
}

fn line_of(line: &str) -> Result<Option<Listed>, String> {
    let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
    let Some(id) = words.next() else { return Ok(None) };
    if id.len() != 12 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("`{}` is no account id: twelve digits stand first in a line", truncate(id, 40)));
    }
    let (mut name, mut role) = (Vec::new(), None);
    for word in words {
        match word.strip_prefix("role=") {
            Some(given) if is_role(given) && role.is_none() => role = Some(given.to_owned()),
            Some(given) => {
                return Err(format!("`{}` is no role: one name of a role follows role=", truncate(given, 40)));
            }
            None => name.push(word),
        }
    }
    Ok(Some(Listed { id: id.to_owned(), name: truncate(&name.join(" "), 128), role }))
}

/// Whether a text can be the name of a role, with its path.
///
/// Source: IAM, `RoleName` and `Path` of `CreateRole`.
pub fn is_role(text: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&b);
    !text.is_empty() && text.bytes().all(is_allowed) && !text.starts_with('/') && !text.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_id_with_what_is_known_of_it() {
        let text = "\u{feff}# ours\n\n111122223333 Data lake # old\n444455556666 role=team/auditor lab\n";
        let listed = |id: &str, name: &str, role: Option<&str>| Listed {
            id: id.to_owned(),
            name: name.to_owned(),
            role: role.map(str::to_owned),
        };
        let expected = [listed("111122223333", "Data lake", None), listed("444455556666", "lab", Some("team/auditor"))];
        assert_eq!(parse("a.txt", text).expect("a list"), expected);
    }

    #[test]
    fn a_wrong_line_is_named_by_its_number() {
        let said = |text: &str| parse("a.txt", text).expect_err(text).to_string();
        assert!(said("111122223333\n\n11112222333").starts_with("a.txt:3: `11112222333` is no account id"));
        assert!(said("111122223333\n111122223333 again").starts_with("a.txt:2: account 111122223333 stands in line 1"));
        assert!(said("111122223333 role=").contains("no role"));
        assert!(said("111122223333 role=a role=b").contains("no role"));
        assert!(said("arn:aws:iam::1:role/x\u{1b}[31m").contains("·[31m"));
    }
}
