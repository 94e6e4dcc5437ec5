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
use crate::scan::{Billing, Scan};

const LIST: Call = SAGEMAKER.rpc("ListApps").paged("NextToken");
const DESCRIBE: Call = SAGEMAKER.rpc("DescribeApp");

/// Apps of SageMaker Studio: JupyterLab, code editors, Canvas and others, each on an instance of its own.
///
/// Deleted and failed ones, which SageMaker lists for a day longer, are left out.
pub struct Apps;

/// Facts of an app. Source: `sagemaker:ListApps`, `sagemaker:DescribeApp`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `InService`, `Pending` or `Deleting`.
    status: String,
    /// `JupyterLab`, `CodeEditor`, `KernelGateway`, `JupyterServer`, `Canvas` and others.
    app_type: String,
    /// Its name, mostly `default`.
    app_name: String,
    /// Domain it runs in.
    domain_id: String,
    /// Space it runs for. Absent when it runs for a user profile.
    space: Option<String>,
    /// User profile it runs for. Absent when it runs for a space.
    user_profile: Option<String>,
    /// `ml.t3.medium`, …, billed by the hour, or `system`, which costs nothing. Absent when SageMaker tells none.
    instance_type: Option<String>,
    /// When a user last did something, or a health check last came by: SageMaker writes both here. Absent when it
    /// tells none, or when the details could not be read.
    last_activity_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    apps: Vec<App>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct App {
    domain_id: String,
    user_profile_name: Option<String>,
    space_name: Option<String>,
    app_type: String,
    app_name: String,
    #[serde(default)]
    status: String,
    creation_time: Option<At>,
    resource_spec: Option<Spec>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Spec {
    instance_type: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    app_arn: Option<String>,
    last_user_activity_timestamp: Option<At>,
}

impl App {
    /// Whom it runs for.
    fn holder(&self) -> &str {
        self.space_name.as_deref().or(self.user_profile_name.as_deref()).unwrap_or_default()
    }

    fn arn(&self, cx: &Cx) -> String {
        let thing = format!("{}/{}/{}", self.holder(), self.app_type.to_lowercase(), self.app_name);
        cx.arn("sagemaker", cx.region(), &format!("app/{}/{thing}", self.domain_id))
    }
}

impl Scan for Apps {
    const KIND: Kind = Kind::new("sagemaker:app");
    const TITLE: &'static str = "SageMaker Studio apps";
    const ACTIONS: &'static [&'static str] = &["sagemaker:DescribeApp", "sagemaker:ListApps", "sagemaker:ListTags"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let alive = page.apps.into_iter().filter(|app| !matches!(app.status.as_str(), "Deleted" | "Failed"));
            let apps = each(alive, async |app: App| {
                let input = json!({
                    "DomainId": app.domain_id, "UserProfileName": app.user_profile_name, "SpaceName": app.space_name,
                    "AppType": app.app_type, "AppName": app.app_name,
                });
                let call = cx.call::<Described>(&DESCRIBE, input);
                let described = describing.ask(found, &app.app_name, call).await.unwrap_or_default();
                let arn = described.app_arn.clone().unwrap_or_else(|| app.arn(cx));
                let tags = super::tags(cx, found, &tagging, &arn).await;
                listed(app, described).arn(Some(arn)).tags(tags)
            });
            for app in apps.await {
                found.add(app).await;
            }
        }
        Ok(())
    }
}

fn listed(app: App, described: Described) -> Listed<Facts> {
    let id = format!("{}/{}/{}/{}", app.domain_id, app.holder(), app.app_type, app.app_name);
    let space = app.space_name.as_ref().map(|space| format!("{}/{space}", app.domain_id));
    let facts = Facts {
        status: app.status,
        app_type: app.app_type,
        app_name: app.app_name,
        domain_id: app.domain_id.clone(),
        space: app.space_name,
        user_profile: app.user_profile_name,
        instance_type: app.resource_spec.and_then(|spec| spec.instance_type),
        last_activity_at: described.last_user_activity_timestamp.map(|at| at.0),
    };
    Listed::new(id, facts)
        .created(app.creation_time.map(|at| at.0))
        .refers(Role::Inside, Some(app.domain_id))
        .refers(Role::AttachedTo, space)
}

/// The instance by the hour. Canvas is billed by the session and RStudio by its license too.
fn needs(app: &Resource) -> Needs {
    let kind = app.text("app_type").unwrap_or_default();
    let instance = match app.text("instance_type") {
        Some(class) if class != "system" => {
            Needs::of(vec![Need::hours("instance", format!("sagemaker.instance.{class}"), 1.0)])
        }
        _ => Needs::free(),
    };
    if matches!(kind, "Canvas" | "RStudioServerPro") {
        instance.and_unpriced(format!("{kind} session"))
    } else {
        instance
    }
}
