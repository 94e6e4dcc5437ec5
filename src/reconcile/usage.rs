//! Which usage type is caused by what: `usage.toml`.

use serde::Deserialize;

use crate::model::{BillLine, Kind};

/// The table itself, as text.
const TABLE: &str = include_str!("usage.toml");

/// A row of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Cost Explorer's name of the service; `*` stands for any text.
    pub service: String,
    /// The usage type without its region's code; `*` stands for any text.
    #[serde(rename = "type")]
    pub usage_type: String,
    /// What is used, for people.
    pub what: String,
    /// Key of the price of a part that bills so, or several with `|` between them; `{}` is what the last `*` of the
    /// type stands for.
    pub key: Option<String>,
    /// Kinds of resources that cause it.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// What it is where no resource can be named.
    pub known: Option<Known>,
}

/// Charges that no resource is named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// Bytes over a network.
    Transfer,
    /// Calls, messages, queries.
    Requests,
    /// Jobs that ran and ended.
    Runs,
}

impl Known {
    /// For people: `data transfer`.
    pub fn word(self) -> &'static str {
        match self {
            Known::Transfer => "data transfer",
            Known::Requests => "requests",
            Known::Runs => "jobs that ended",
        }
    }
}

impl Usage {
    /// Whether a resource of this kind can cause it.
    pub fn is_caused_by(&self, kind: &Kind) -> bool {
        self.kinds.iter().any(|cause| cause == kind.as_str())
    }
}

#[derive(Deserialize)]
struct File {
    usage: Vec<Usage>,
}

/// The rows, in the order in which they are tried.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Usage>,
}

impl Table {
    /// The table that is built in.
    ///
    /// Errors when it is no TOML or a row is neither caused by kinds nor known; a test reads it.
    pub fn embedded() -> Result<Table, String> {
        Table::parse(TABLE)
    }

    /// A table out of its text. Errors as [`Table::embedded`].
    pub fn parse(text: &str) -> Result<Table, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        for row in &file.usage {
            if row.kinds.is_empty() == row.known.is_none() {
                return Err(format!("{} {}: either kinds cause it or it is known", row.service, row.usage_type));
            }
        }
        Ok(Table { rows: file.usage })
    }

    /// The rows.
    pub fn rows(&self) -> &[Usage] {
        &self.rows
    }

    /// The row of a line, and the key of the parts that bill so with its text filled in.
    pub fn row(&self, line: &BillLine) -> Option<(&Usage, Option<String>)> {
        let bare = bare(line);
        self.rows.iter().filter(|row| fits(&row.service, &line.service).is_some()).find_map(|row| {
            let text = bare.iter().find_map(|bare| fits(&row.usage_type, bare))?;
            Some((row, row.key.as_ref().map(|key| key.replace("{}", text))))
        })
    }
}

/// What a usage type may be without its region's code: the code may stand there as such, written out, or not at all.
fn bare(line: &BillLine) -> Vec<&str> {
    let whole = line.usage_type.as_str();
    let written = whole.strip_prefix(line.region.as_str()).and_then(|rest| rest.strip_prefix('-'));
    let code = whole.split_once('-').filter(|(code, _)| is_code(code)).map(|(_, rest)| rest);
    // What goes from one region to another names both.
    let second = code.and_then(|rest| rest.split_once('-')).filter(|(code, _)| is_code(code)).map(|(_, rest)| rest);
    [second, code, written, Some(whole)].into_iter().flatten().collect()
}

/// `EU`, or capitals and a digit: `EUC1`.
fn is_code(text: &str) -> bool {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = letters.len() + 1 == text.len() && (3..=6).contains(&letters.len());
    text == "EU" || (is_numbered && letters.bytes().all(|b| b.is_ascii_uppercase()))
}

/// Whether a text fits a pattern in which `*` stands for any text; then what the last one stands for.
pub fn fits<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    let Some((head, rest)) = pattern.split_once('*') else { return (pattern == text).then_some("") };
    let after = text.strip_prefix(head)?;
    if !rest.contains('*') {
        return after.strip_suffix(rest);
    }
    (0..=after.len()).filter(|at| after.is_char_boundary(*at)).find_map(|at| fits(rest, &after[at..]))
}

/// Whether a key is the one of a row, or one of them: `|` stands between them.
pub fn fits_key(pattern: &str, key: &str) -> bool {
    pattern.split('|').any(|pattern| fits(pattern, key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(service: &str, region: &str, usage_type: &str) -> Option<(String, Option<String>)> {
        let line = BillLine {
            service: service.to_owned(),
            region: region.to_owned(),
            usage_type: usage_type.to_owned(),
            ..BillLine::default()
        };
        let table = Table::embedded().expect("the table that is built in");
        table.row(&line).map(|(row, key)| (row.what.clone(), key))
    }

    #[test]
    fn usage_types_are_known_with_and_without_their_region() {
        let compute = "Amazon Elastic Compute Cloud - Compute";
        let hours = Some(("instance hours, On-Demand".to_owned(), Some("ec2.*.t3.micro".to_owned())));
        assert_eq!(row(compute, "us-east-1", "BoxUsage:t3.micro"), hours);
        assert_eq!(row(compute, "eu-central-1", "EUC1-BoxUsage:t3.micro"), hours);
        assert_eq!(row("AWS Key Management Service", "us-east-1", "us-east-1-KMS-Keys").unwrap().0, "keys");
        assert_eq!(row("EC2 - Other", "eu-west-1", "EU-NatGateway-Hours").unwrap().0, "NAT gateway hours");
    }

    #[test]
    fn one_usage_type_may_be_billed_at_several_keys() {
        let key = row("Amazon Simple Storage Service", "eu-west-1", "EU-TimedStorage-ByteHrs").unwrap().1.unwrap();
        for tier in ["s3.standard", "s3.standard.tier2", "s3.standard.tier3"] {
            assert!(fits_key(&key, tier), "{tier}");
        }
        assert!(!fits_key(&key, "s3.standard_ia"));
    }

    #[test]
    fn usage_types_that_differ_in_price_have_keys_of_their_own() {
        let key = |service: &str, usage_type: &str| row(service, "us-east-1", usage_type).unwrap().1;
        let (lambda, files) = ("AWS Lambda", "Amazon Elastic File System");
        let warm = Some("lambda.provisioned_concurrency".to_owned());
        assert_eq!(key(lambda, "Lambda-Provisioned-Concurrency"), warm);
        let warm_arm = Some("lambda.provisioned_concurrency_arm".to_owned());
        assert_eq!(key(lambda, "USE1-Lambda-Provisioned-Concurrency-ARM"), warm_arm);
        let elastic = Some("efs.standard_ia_elastic".to_owned());
        assert_eq!(key(files, "USE1-IATimedStorage-ET-ByteHrs"), elastic);
        assert_eq!(key(files, "USE1-IATimedStorage-ByteHrs"), None);
        let memory = Some("kinesis.long_term_retention".to_owned());
        assert_eq!(key("Amazon Kinesis", "EU-LongTermRetention-ByteHrs"), memory);
        assert_eq!(key("Amazon Kinesis", "OnDemand-LongTermRetention-ByteHrs"), memory);
    }

    #[test]
    fn transfer_is_known_in_every_service() {
        let bytes = |service: &str, usage_type: &str| row(service, "us-east-1", usage_type).unwrap().0;
        assert_eq!(bytes("Amazon Simple Storage Service", "DataTransfer-Out-Bytes"), "bytes in, out or between zones");
        assert_eq!(bytes("EC2 - Other", "USE1-EUC1-AWS-Out-Bytes"), "bytes to another region");
    }

    #[test]
    fn what_nobody_wrote_down_fits_nothing() {
        assert_eq!(row("Amazon Braket", "us-east-1", "USE1-Task"), None);
        assert_eq!(row("AWS Glue", "us-east-1", "USE1-Something-New"), None);
    }

    #[test]
    fn stars_stand_for_any_text_and_the_last_one_is_told() {
        assert_eq!(fits("a*c*e", "abcde"), Some("d"));
        assert_eq!(fits("*", ""), Some(""));
        assert_eq!(fits("*Usg:*", "InstanceUsg:dms.t3.medium"), Some("dms.t3.medium"));
        assert_eq!(fits("a*", "b"), None);
        assert_eq!(fits("é*ü", "éaü"), Some("a"));
    }
}
