use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The account an audit belongs to, as AWS itself named the caller.
///
/// Source: `sts:GetCallerIdentity`, and `iam:ListAccountAliases` for the alias.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The human name. Absent when the account has none or it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// ARN of the user or assumed role that made the calls.
    pub caller_arn: String,
}

impl Account {
    /// The alias, or the id where there is none.
    pub fn label(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.id)
    }

    /// The id with its middle hidden, as headers show it: `1111…3333`.
    pub fn short_id(&self) -> String {
        match (self.id.get(..4), self.id.get(self.id.len().saturating_sub(4)..)) {
            (Some(head), Some(tail)) if self.id.len() == 12 => format!("{head}…{tail}"),
            _ => self.id.clone(),
        }
    }

    /// The role or user in the caller's ARN: `Auditor` of `…:assumed-role/Auditor/session`.
    pub fn caller_name(&self) -> &str {
        let resource = self.caller_arn.rsplit(':').next().unwrap_or_default();
        let mut parts = resource.split('/');
        match (parts.next(), parts.next()) {
            (Some(_), Some(name)) => name,
            (Some(only), None) => only,
            _ => "",
        }
    }
}
