use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetInstances").paged_as("pageToken", "nextPageToken");

/// Lightsail instances. A stopped one is billed like a running one. Lightsail does not tell when one was stopped.
pub struct Instances;

/// Facts of an instance. Source: `lightsail:GetInstances`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `running`, `stopped`, `pending`, `stopping` and others. Absent when Lightsail tells none.
    state: Option<String>,
    /// Plan it is billed by: `nano_3_0`, `small_win_3_0`, `micro_ipv6_3_0`. Absent when Lightsail tells none.
    bundle: Option<String>,
    /// System or application it was made with: `wordpress`, `amazon_linux_2023`. Absent when Lightsail tells none.
    blueprint: Option<String>,
    /// Public IPv4 address. Absent when it has none.
    public_ip: Option<String>,
    /// Whether that address is a static one. Absent when Lightsail does not say.
    static_ip: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
    state: Option<State>,
    bundle_id: Option<String>,
    blueprint_id: Option<String>,
    public_ip_address: Option<String>,
    is_static_ip: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    name: Option<String>,
}

impl Scan for Instances {
    const KIND: Kind = Kind::new("lightsail:Instance");
    const TITLE: &'static str = "Lightsail instances";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetInstances"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.instances {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(instance: Instance) -> Listed<Facts> {
    let facts = Facts {
        state: instance.state.and_then(|state| state.name),
        bundle: instance.bundle_id,
        blueprint: instance.blueprint_id,
        public_ip: instance.public_ip_address,
        static_ip: instance.is_static_ip,
    };
    Listed::new(instance.name, facts)
        .arn(Some(instance.arn))
        .created(instance.created_at.map(|at| at.0))
        .tags(instance.tags.0)
}

/// The plan by the hour, running or not, and snapshots an add-on may take.
fn needs(instance: &Resource) -> Needs {
    match instance.text("bundle").and_then(price_key) {
        Some(key) => Needs::of(vec![Need::hours("plan", key, 1.0)]),
        None => Needs::unpriced("plan"),
    }
}

/// The key of a plan's price. Plans of other generations and for special purposes have prices of their own.
fn price_key(bundle: &str) -> Option<String> {
    let words: Vec<&str> = bundle.split('_').collect();
    let [size, options @ .., "3", _] = words.as_slice() else { return None };
    let memory = match *size {
        "nano" => "0.5gb",
        "micro" => "1gb",
        "small" => "2gb",
        "medium" => "4gb",
        "large" => "8gb",
        "xlarge" => "16gb",
        "2xlarge" => "32gb",
        "4xlarge" => "64gb",
        _ => return None,
    };
    let rest = match options {
        [] => "linux",
        ["ipv6"] => "linux.ipv6only",
        ["win"] => "windows",
        ["win", "ipv6"] => "windows.ipv6only",
        _ => return None,
    };
    Some(format!("lightsail.instance.{memory}.{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_told_from_its_name() {
        assert_eq!(price_key("nano_3_0").as_deref(), Some("lightsail.instance.0.5gb.linux"));
        assert_eq!(price_key("2xlarge_win_3_0").as_deref(), Some("lightsail.instance.32gb.windows"));
        assert_eq!(price_key("micro_ipv6_3_2").as_deref(), Some("lightsail.instance.1gb.linux.ipv6only"));
        assert_eq!(price_key("nano_2_0"), None);
        assert_eq!(price_key("app_standard_xl_1_0"), None);
    }
}
