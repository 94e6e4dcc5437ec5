//! Who is let in by a policy of AWS: the accounts and identity providers that its `Allow` statements name.

use std::collections::BTreeSet;

use serde_json::Value;

/// Those a policy lets in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Principals {
    /// Ids of accounts.
    pub accounts: BTreeSet<String>,
    /// Identity providers: an ARN, or a name such as `accounts.google.com`.
    pub federated: BTreeSet<String>,
    /// Whether a statement lets in everyone; its conditions may narrow that down, and are not looked at.
    pub everyone: bool,
}

impl Principals {
    /// Reads a policy. `None` when the text is no policy.
    pub fn of(policy: &str) -> Option<Principals> {
        let policy: Value = serde_json::from_str(policy).ok()?;
        let mut all = Principals::default();
        for statement in some(policy.get("Statement")?) {
            if statement["Effect"] == "Allow" {
                all.take(&statement["Principal"]);
            }
        }
        Some(all)
    }

    /// The accounts other than this one.
    pub fn foreign(&self, account: &str) -> Vec<String> {
        self.accounts.iter().filter(|id| *id != account).cloned().collect()
    }

    fn take(&mut self, principal: &Value) {
        if *principal == "*" {
            self.everyone = true;
        }
        for one in some(&principal["AWS"]).iter().filter_map(|one| one.as_str()) {
            match account_of(one) {
                Some(id) => drop(self.accounts.insert(id.to_owned())),
                None => self.everyone |= one == "*",
            }
        }
        let federated = some(&principal["Federated"]);
        self.federated.extend(federated.iter().filter_map(|one| one.as_str()).map(str::to_owned));
    }
}

/// The account of a principal: of `111122223333`, `arn:aws:iam::111122223333:root`. `None` for anything else.
fn account_of(principal: &str) -> Option<&str> {
    let id = if principal.starts_with("arn:") { principal.split(':').nth(4)? } else { principal };
    (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// One item may stand without its list.
fn some(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// A text without the percent signs IAM writes its policies with. Bytes that are no UTF-8 become the sign for such.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_providers_are_read_however_they_are_written() {
        let policy = r#"{"Statement":[
            {"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::444455556666:role/a","AIDAEXAMPLE"]}},
            {"Effect":"Allow","Principal":{"Federated":"accounts.google.com","Service":"ec2.amazonaws.com"}},
            {"Effect":"Deny","Principal":{"AWS":"777788889999"}}]}"#;
        let read = Principals::of(policy).expect("a policy");
        assert_eq!(read.foreign("111122223333"), ["444455556666"]);
        assert_eq!(read.federated.into_iter().collect::<Vec<_>>(), ["accounts.google.com"]);
        assert!(!read.everyone);
    }

    #[test]
    fn everyone_is_a_star_in_either_place() {
        for principal in [r#""*""#, r#"{"AWS":"*"}"#, r#"{"AWS":["*"]}"#] {
            let policy = format!(r#"{{"Statement":{{"Effect":"Allow","Principal":{principal}}}}}"#);
            assert!(Principals::of(&policy).is_some_and(|read| read.everyone), "{principal}");
        }
        assert_eq!(Principals::of("nothing"), None);
        assert_eq!(Principals::of("{}"), None);
    }

    #[test]
    fn percent_signs_are_taken_out_and_half_ones_stay() {
        assert_eq!(decoded("%7B%22a%22%3A1%7D"), r#"{"a":1}"#);
        assert_eq!(decoded("100%25 +%"), "100% +%");
    }
}
