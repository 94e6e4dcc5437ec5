use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SAGEMAKER;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = SAGEMAKER.rpc("ListTrainingPlans").paged("NextToken");

/// SageMaker training plans: instances reserved for a time and paid in advance. Expired and failed ones are left out.
pub struct TrainingPlans;

/// Facts of a training plan. Source: `sagemaker:ListTrainingPlans`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `Pending`, `Scheduled` or `Active`.
    status: String,
    /// Types of the reserved instances.
    instance_types: Vec<String>,
    /// Reserved instances. Absent when SageMaker tells none.
    instances: Option<f64>,
    /// Reserved instances in use now. Absent when SageMaker tells none.
    instances_in_use: Option<f64>,
    /// What may run on them: `training-job`, `hyperpod-cluster` and others.
    targets: Vec<String>,
    /// When the reservation begins. Absent when SageMaker tells none.
    starts_at: Option<Timestamp>,
    /// When the reservation ends. Absent when SageMaker tells none.
    ends_at: Option<Timestamp>,
    /// Price of the whole plan, paid once, in `currency`. Absent when SageMaker tells none.
    upfront_fee: Option<f64>,
    /// Currency of the price: `USD`. Absent when SageMaker tells none.
    currency: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    training_plan_summaries: Vec<Plan>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Plan {
    training_plan_arn: String,
    training_plan_name: String,
    status: String,
    start_time: Option<At>,
    end_time: Option<At>,
    upfront_fee: Option<String>,
    currency_code: Option<String>,
    total_instance_count: Option<f64>,
    in_use_instance_count: Option<f64>,
    #[serde(default)]
    target_resources: Vec<String>,
    #[serde(default)]
    reserved_capacity_summaries: Vec<Capacity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Capacity {
    instance_type: String,
}

impl Scan for TrainingPlans {
    const KIND: Kind = Kind::new("sagemaker:training-plan");
    const TITLE: &'static str = "SageMaker training plans";
    const ACTIONS: &'static [&'static str] = &["sagemaker:ListTags", "sagemaker:ListTrainingPlans"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let plans = page.training_plan_summaries.into_iter();
            let current = plans.filter(|plan| !matches!(plan.status.as_str(), "Expired" | "Failed"));
            let plans = each(current, async |plan: Plan| {
                let tags = super::tags(cx, found, &tagging, &plan.training_plan_arn).await;
                listed(plan).tags(tags)
            });
            for plan in plans.await {
                found.add(plan).await;
            }
        }
        Ok(())
    }
}

fn listed(plan: Plan) -> Listed<Facts> {
    let mut instance_types: Vec<String> =
        plan.reserved_capacity_summaries.into_iter().map(|capacity| capacity.instance_type).collect();
    instance_types.sort();
    instance_types.dedup();
    let facts = Facts {
        status: plan.status,
        instance_types,
        instances: plan.total_instance_count,
        instances_in_use: plan.in_use_instance_count,
        targets: plan.target_resources,
        starts_at: plan.start_time.map(|at| at.0),
        ends_at: plan.end_time.map(|at| at.0),
        upfront_fee: plan.upfront_fee.and_then(|fee| fee.parse().ok()),
        currency: plan.currency_code,
    };
    Listed::new(plan.training_plan_name, facts).arn(Some(plan.training_plan_arn))
}

/// Paid once, in advance, at a price of the day it was bought.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("upfront fee")
}
