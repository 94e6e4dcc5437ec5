use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LAMBDA;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{HOURS_PER_MONTH, Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = LAMBDA.get("ListFunctions", "/2015-03-31/functions").paged_as("Marker", "NextMarker");
const PROVISIONED: Call = LAMBDA
    .get("ListProvisionedConcurrencyConfigs", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL")
    .paged_as("Marker", "NextMarker");
const TAGS: Call = LAMBDA.get("ListTags", "/2017-03-31/tags/{Resource}");

/// Lambda functions, their newest version each. Lambda does not tell when a function was made.
pub struct Functions;

/// Facts of a function. Source: `lambda:ListFunctions`, `lambda:ListProvisionedConcurrencyConfigs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `python3.12` and the like. Absent for container images.
    runtime: Option<String>,
    /// `Zip` or `Image`.
    package_type: String,
    /// `x86_64` or `arm64`.
    architecture: String,
    /// Memory it is given, in MiB.
    memory_mib: f64,
    /// Seconds after which it is stopped.
    timeout_seconds: f64,
    /// Size of its code, in MiB.
    code_mib: f64,
    /// When its code or settings were last changed. Absent when Lambda tells none.
    modified_at: Option<Timestamp>,
    /// Environments kept warm over all its versions and aliases, billed whether they are called or not. Absent when
    /// they could not be read.
    provisioned: Option<f64>,
    /// `CloudFront` replicas are made from functions of us-east-1: the function they come from. Absent for others.
    master_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    functions: Vec<Function>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Function {
    function_name: String,
    function_arn: String,
    runtime: Option<String>,
    role: Option<String>,
    code_size: Option<f64>,
    timeout: Option<f64>,
    memory_size: Option<f64>,
    last_modified: Option<At>,
    vpc_config: Option<Vpc>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    master_arn: Option<String>,
    package_type: Option<String>,
    #[serde(default)]
    architectures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vpc {
    vpc_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ProvisionedPage {
    #[serde(default)]
    provisioned_concurrency_configs: Vec<Provisioned>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Provisioned {
    requested_provisioned_concurrent_executions: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Functions {
    const KIND: Kind = Kind::new("lambda:function");
    const TITLE: &'static str = "Lambda functions";
    const ACTIONS: &'static [&'static str] =
        &["lambda:ListFunctions", "lambda:ListProvisionedConcurrencyConfigs", "lambda:ListTags"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (provisioning, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxItems": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            let functions = each(page.functions, async |function: Function| {
                let name = &function.function_name;
                let warm = provisioning.ask(found, name, provisioned(cx, name)).await;
                let tags = cx.call::<Tagged>(&TAGS, json!({ "Resource": function.function_arn }));
                let tagged = tagging.ask(found, name, tags).await.unwrap_or_default();
                (function, warm, tagged)
            });
            for (function, warm, tagged) in functions.await {
                found.add(listed(function, warm, tagged)).await;
            }
        }
        Ok(())
    }
}

/// Environments kept warm for a function.
async fn provisioned(cx: &Cx, name: &str) -> Result<f64, Fault> {
    let mut sum = 0.0;
    let mut pages = cx.pages(&PROVISIONED, json!({ "FunctionName": name }));
    while let Some(page) = pages.next::<ProvisionedPage>().await? {
        let counts = page.provisioned_concurrency_configs.iter();
        sum += counts.filter_map(|one| one.requested_provisioned_concurrent_executions).sum::<f64>();
    }
    Ok(sum)
}

fn listed(function: Function, provisioned: Option<f64>, tagged: Tagged) -> Listed<Facts> {
    const MIB: f64 = 1_048_576.0;
    let facts = Facts {
        runtime: function.runtime,
        package_type: function.package_type.unwrap_or_else(|| "Zip".to_owned()),
        architecture: function.architectures.into_iter().next().unwrap_or_else(|| "x86_64".to_owned()),
        memory_mib: function.memory_size.unwrap_or_default(),
        timeout_seconds: function.timeout.unwrap_or_default(),
        code_mib: function.code_size.unwrap_or_default() / MIB,
        modified_at: function.last_modified.map(|at| at.0),
        provisioned,
        master_arn: function.master_arn.clone(),
    };
    Listed::new(function.function_name, facts)
        .arn(Some(function.function_arn))
        .tags(tagged.tags.0)
        .refers(Role::Inside, function.vpc_config.and_then(|vpc| vpc.vpc_id))
        .refers(Role::Needs, function.role)
        .refers(Role::Needs, function.kms_key_arn)
        .refers(Role::MadeFrom, function.master_arn)
}

/// Warm environments by their memory and time, cheaper on Arm; calls are billed by use. At rest it costs nothing.
fn needs(function: &Resource) -> Needs {
    let Some(provisioned) = function.number("provisioned") else { return Needs::unpriced("provisioned concurrency") };
    if provisioned <= 0.0 {
        return Needs::free();
    }
    let gib = function.number("memory_mib").unwrap_or_default() / 1_024.0;
    let seconds = provisioned * gib * HOURS_PER_MONTH as f64 * 3_600.0;
    let key = match function.text("architecture") {
        Some("arm64") => "lambda.provisioned_concurrency_arm",
        _ => "lambda.provisioned_concurrency",
    };
    Needs::of(vec![Need::new("provisioned concurrency", key, seconds, "GB-second")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn warm_environments_are_billed_by_their_memory_for_all_the_month() {
        let cost = |provisioned: f64| {
            let facts = json!({ "provisioned": provisioned, "memory_mib": 512.0 });
            needs(&resource("lambda:function", facts)).parts
        };
        assert_eq!(cost(0.0), []);
        assert_eq!(cost(2.0)[0].quantity, 2_628_000.0);
    }
}
