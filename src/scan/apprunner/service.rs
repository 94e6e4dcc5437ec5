use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::APPRUNNER;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const DESCRIBE: Call = APPRUNNER.rpc("DescribeService");
const LIST: Call = APPRUNNER.rpc("ListServices").paged("NextToken");

/// App Runner services that were not deleted.
pub struct Services;

/// Facts of a service. Source: `apprunner:ListServices`, `apprunner:DescribeService`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `RUNNING`, `PAUSED` (nothing is billed), `CREATE_FAILED`, `DELETE_FAILED` or `OPERATION_IN_PROGRESS`.
    status: String,
    /// What metrics know it by, beside its name.
    service_id: String,
    /// Where it answers. Absent while it has no address.
    url: Option<String>,
    /// When it was last changed. Absent when App Runner tells none.
    updated_at: Option<Timestamp>,
    /// Processors of an instance. Absent when the details could not be read.
    vcpus: Option<f64>,
    /// Memory of an instance, in GB; one instance's is billed all the time, though nobody calls. Absent when the details
    /// could not be read.
    memory_gib: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    service_summary_list: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    service_name: String,
    status: Option<String>,
    service_id: Option<String>,
    service_url: Option<String>,
    updated_at: Option<At>,
    service_arn: String,
    created_at: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    service: Detailed,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detailed {
    instance_configuration: Instance,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    cpu: Option<String>,
    memory: Option<String>,
}

impl Scan for Services {
    const KIND: Kind = Kind::new("apprunner:service");
    const TITLE: &'static str = "App Runner services";
    const ACTIONS: &'static [&'static str] = &["apprunner:DescribeService", "apprunner:ListServices"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 20 }));
        while let Some(page) = pages.next::<Page>().await? {
            let there = page.service_summary_list.into_iter().filter(|one| one.status.as_deref() != Some("DELETED"));
            let services = each(there, async |one: Service| {
                let described = cx.call::<Described>(&DESCRIBE, json!({ "ServiceArn": one.service_arn }));
                let described = describing.ask(found, &one.service_name, described).await;
                (one, described)
            });
            for (one, described) in services.await {
                found.add(listed(one, described)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Service, described: Option<Described>) -> Listed<Facts> {
    let instance = described.map(|read| read.service.instance_configuration);
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        service_id: one.service_id.unwrap_or_default(),
        url: one.service_url.filter(|text| !text.is_empty()),
        updated_at: one.updated_at.map(|at| at.0),
        vcpus: instance.as_ref().and_then(|kept| kept.cpu.as_deref()).and_then(|text| thousandths(text, 1_024.0)),
        memory_gib: instance
            .as_ref()
            .and_then(|kept| kept.memory.as_deref())
            .and_then(|text| thousandths(text, 1_024.0)),
    };
    Listed::new(one.service_name, facts).arn(Some(one.service_arn)).created(one.created_at.map(|at| at.0))
}

/// App Runner writes a quarter of a processor as `256` or as `0.25 vCPU`, two gigabytes as `2048` or as `2 GB`.
fn thousandths(text: &str, unit: f64) -> Option<f64> {
    let (number, named) = text.split_once(' ').map_or((text, false), |(number, _)| (number, true));
    let number: f64 = number.parse().ok()?;
    Some(if named { number } else { number / unit })
}

/// Memory all the time while it runs, processors while it answers; nothing while it is paused.
fn needs(service: &Resource) -> Needs {
    if service.text("status") == Some("PAUSED") { Needs::free() } else { Needs::unpriced("memory kept ready") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_both_notations() {
        assert_eq!([thousandths("256", 1_024.0), thousandths("0.25 vCPU", 1_024.0)], [Some(0.25), Some(0.25)]);
        assert_eq!(thousandths("much", 1_024.0), None);
    }
}
