use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::CUR;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Region, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

/// The region in their ARNs, the only one that answers.
const HOME: &str = "us-east-1";

const LIST: Call = CUR.rpc("DescribeReportDefinitions").paged("NextToken");

/// Cost and Usage Reports that are written to S3.
pub struct ReportDefinitions;

/// Facts of it. Source: `cur:DescribeReportDefinitions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Bucket they are written to. Empty when AWS tells none.
    bucket: String,
    /// `HOURLY`, `DAILY` or `MONTHLY`. Empty when AWS tells none.
    time_unit: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    report_definitions: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    report_name: String,
    time_unit: Option<String>,
    #[serde(rename = "S3Bucket")]
    s3_bucket: Option<String>,
}

impl Scan for ReportDefinitions {
    const KIND: Kind = Kind::new("cur:report-definition");
    const TITLE: &'static str = "Cost and usage reports";
    const ACTIONS: &'static [&'static str] = &["cur:DescribeReportDefinitions"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 5 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.report_definitions {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: One) -> Listed<Facts> {
    let arn = cx.arn("cur", &Region::new(HOME), &format!("definition/{}", one.report_name));
    let facts =
        Facts { bucket: one.s3_bucket.clone().unwrap_or_default(), time_unit: one.time_unit.unwrap_or_default() };
    Listed::new(one.report_name, facts).arn(Some(arn)).refers(Role::Uses, one.s3_bucket)
}
