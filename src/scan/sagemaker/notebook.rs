use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SAGEMAKER;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = SAGEMAKER.rpc("ListNotebookInstances").paged("NextToken");
const DESCRIBE: Call = SAGEMAKER.rpc("DescribeNotebookInstance");

/// SageMaker notebook instances, running or not. Apps of SageMaker Studio are a kind of their own.
pub struct Notebooks;

/// Facts of a notebook instance. Source: `sagemaker:ListNotebookInstances`, `sagemaker:DescribeNotebookInstance`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `InService`, `Stopped`, `Failed`, `Pending`, `Stopping`, `Updating`, `Deleting` and others.
    status: String,
    /// `ml.t3.medium`, …; billed by the hour while it is in service. Absent when SageMaker tells none.
    instance_type: Option<String>,
    /// Size of its volume, in GiB, billed in service and stopped. Absent when the details could not be read.
    volume_gib: Option<f64>,
    /// When it was last changed. SageMaker does not document whether starting and stopping count. Absent when it tells
    /// none.
    last_modified_at: Option<Timestamp>,
    /// Script that runs when it starts, the usual way to have it stop by itself. Absent when it has none.
    lifecycle_config: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    notebook_instances: Vec<Notebook>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notebook {
    notebook_instance_name: String,
    notebook_instance_arn: String,
    #[serde(default)]
    notebook_instance_status: String,
    instance_type: Option<String>,
    creation_time: Option<At>,
    last_modified_time: Option<At>,
    notebook_instance_lifecycle_config_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(rename = "VolumeSizeInGB")]
    volume_gib: Option<f64>,
    subnet_id: Option<String>,
    #[serde(default)]
    security_groups: Vec<String>,
    kms_key_id: Option<String>,
    role_arn: Option<String>,
    network_interface_id: Option<String>,
}

impl Scan for Notebooks {
    const KIND: Kind = Kind::new("sagemaker:notebook-instance");
    const TITLE: &'static str = "SageMaker notebook instances";
    const ACTIONS: &'static [&'static str] =
        &["sagemaker:DescribeNotebookInstance", "sagemaker:ListNotebookInstances", "sagemaker:ListTags"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let notebooks = each(page.notebook_instances, async |notebook: Notebook| {
                let name = &notebook.notebook_instance_name;
                let call = cx.call::<Described>(&DESCRIBE, json!({ "NotebookInstanceName": name }));
                let described = describing.ask(found, name, call).await.unwrap_or_default();
                let tags = super::tags(cx, found, &tagging, &notebook.notebook_instance_arn).await;
                listed(notebook, described).tags(tags)
            });
            for notebook in notebooks.await {
                found.add(notebook).await;
            }
        }
        Ok(())
    }
}

fn listed(notebook: Notebook, described: Described) -> Listed<Facts> {
    let facts = Facts {
        status: notebook.notebook_instance_status,
        instance_type: notebook.instance_type,
        volume_gib: described.volume_gib,
        last_modified_at: notebook.last_modified_time.map(|at| at.0),
        lifecycle_config: notebook.notebook_instance_lifecycle_config_name,
    };
    let listed = Listed::new(notebook.notebook_instance_name, facts)
        .arn(Some(notebook.notebook_instance_arn))
        .created(notebook.creation_time.map(|at| at.0))
        .refers(Role::Inside, described.subnet_id)
        .refers(Role::Uses, described.network_interface_id)
        .refers(Role::Needs, described.kms_key_id)
        .refers(Role::Needs, described.role_arn);
    described.security_groups.into_iter().fold(listed, |listed, group| listed.refers(Role::Needs, Some(group)))
}

/// The instance by the hour while it runs, and its volume always.
fn needs(notebook: &Resource) -> Needs {
    let status = notebook.text("status").unwrap_or_default();
    let runs = !matches!(status, "Stopped" | "Failed" | "Pending");
    let instance = match notebook.text("instance_type") {
        Some(class) if runs => Needs::of(vec![Need::hours("instance", format!("sagemaker.instance.{class}"), 1.0)]),
        _ => Needs::free(),
    };
    instance.and_unpriced("volume")
}
