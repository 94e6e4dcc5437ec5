use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::api::services::SQS;
use crate::aws::api::{Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = SQS.rpc("ListQueues").paged("NextToken");
const ATTRIBUTES: Call = SQS.rpc("GetQueueAttributes");
const TAGS: Call = SQS.rpc("ListQueueTags");

/// SQS queues.
pub struct Queues;

/// Facts of a queue. Source: `sqs:ListQueues`, `sqs:GetQueueAttributes`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Where it is called at.
    url: String,
    /// Whether it keeps an order.
    fifo: bool,
    /// Messages that wait, about. Absent when the attributes could not be read.
    messages: Option<f64>,
    /// Messages that somebody is working on, about. Absent when the attributes could not be read.
    in_flight: Option<f64>,
    /// For how many days a message waits at the most. Absent when the attributes could not be read.
    retention_days: Option<f64>,
    /// Queue that takes what nobody could handle, by its ARN. Absent when there is none, or the attributes could not be
    /// read.
    dead_letter_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    queue_urls: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

impl Attributes {
    fn number(&self, name: &str) -> Option<f64> {
        self.attributes.get(name)?.parse().ok()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Queues {
    const KIND: Kind = Kind::new("sqs:queue");
    const TITLE: &'static str = "SQS queues";
    const ACTIONS: &'static [&'static str] = &["sqs:GetQueueAttributes", "sqs:ListQueueTags", "sqs:ListQueues"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (reading, tagging) = (Detail::default(), Detail::default());
        // Without a size SQS gives a thousand and no mark of a next page.
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            let queues = each(page.queue_urls, async |url: String| {
                let ask = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
                let attributes = reading.ask(found, &url, cx.call::<Attributes>(&ATTRIBUTES, ask)).await;
                let tags = cx.call::<Tagged>(&TAGS, json!({ "QueueUrl": url }));
                let tagged = tagging.ask(found, &url, tags).await.unwrap_or_default();
                (url, attributes.unwrap_or_default(), tagged)
            });
            for (url, attributes, tagged) in queues.await {
                found.add(listed(cx, url, &attributes, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, url: String, attributes: &Attributes, tagged: Tagged) -> Listed<Facts> {
    let name = url.rsplit('/').next().unwrap_or_default().to_owned();
    let redrive = attributes.attributes.get("RedrivePolicy");
    let redrive: Option<Value> = redrive.and_then(|text| serde_json::from_str(text).ok());
    let dead_letter_arn = redrive.and_then(|policy| policy["deadLetterTargetArn"].as_str().map(str::to_owned));
    let made = attributes.number("CreatedTimestamp");
    let facts = Facts {
        fifo: name.ends_with(".fifo"),
        url,
        messages: attributes.number("ApproximateNumberOfMessages"),
        in_flight: attributes.number("ApproximateNumberOfMessagesNotVisible"),
        retention_days: attributes.number("MessageRetentionPeriod").map(|seconds| seconds / 86_400.0),
        dead_letter_arn: dead_letter_arn.clone(),
    };
    let arn = cx.arn("sqs", cx.region(), &name);
    Listed::new(name, facts)
        .arn(Some(arn))
        .created(made.and_then(|seconds| jiff::Timestamp::from_second(seconds as i64).ok()))
        .tags(tagged.tags.0)
        .refers(Role::Uses, dead_letter_arn)
        .refers(Role::Needs, attributes.attributes.get("KmsMasterKeyId").cloned())
}
