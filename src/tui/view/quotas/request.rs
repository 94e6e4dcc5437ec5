//! Asking for more of a quota: the command and the console page, for a person to use.

use crate::audit::Audit;
use crate::model::{Quota, clean};

/// The command that asks AWS for half as much again, for reading: this program never sends it. `None` for a
/// quota that cannot be raised this way.
pub fn command(audit: &Audit, index: usize) -> Option<String> {
    let quota = audit.quotas.get(index).filter(|quota| quota.adjustable && quota.is_listed())?;
    let wish = (quota.limit * 1.5).ceil().max(quota.limit + 1.0);
    Some(format!(
        "aws service-quotas request-service-quota-increase --service-code {} --quota-code {} --desired-value {wish:.0} --region {}",
        word(&quota.service_code),
        word(&quota.quota_code),
        word(region(quota)),
    ))
}

/// The quota's page in the console. `None` when it has none, or its codes would not fit an address.
pub fn console_url(audit: &Audit, index: usize) -> Option<String> {
    let quota = audit.quotas.get(index).filter(|quota| quota.is_listed())?;
    let codes = [quota.service_code.as_str(), quota.quota_code.as_str(), region(quota)];
    let [service, code, region] = codes;
    codes
        .iter()
        .all(|code| is_plain(code))
        .then(|| format!("https://{region}.console.aws.amazon.com/servicequotas/home/services/{service}/quotas/{code}"))
}

/// Quotas of the whole account are kept in us-east-1.
fn region(quota: &Quota) -> &str {
    if quota.region.is_global() { "us-east-1" } else { quota.region.as_str() }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A word for a shell: codes come from AWS and are not trusted.
fn word(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { format!("'{}'", clean(text).replace('\'', r"'\''")) }
}
