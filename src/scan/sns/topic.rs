use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SNS;
use crate::aws::api::{Call, List, Pair, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = SNS.rpc("ListTopics").paged("NextToken");
const ATTRIBUTES: Call = SNS.rpc("GetTopicAttributes");
const TAGS: Call = SNS.rpc("ListTagsForResource");

/// SNS topics. SNS does not tell when one was made.
pub struct Topics;

/// Facts of a topic. Source: `sns:ListTopics`, `sns:GetTopicAttributes`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether it keeps an order.
    fifo: bool,
    /// Subscriptions that were confirmed. Absent when the attributes could not be read.
    subscriptions: Option<f64>,
    /// Subscriptions nobody has confirmed yet. Absent when the attributes could not be read.
    pending: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    topics: List<Topic>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Topic {
    topic_arn: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    #[serde(default)]
    attributes: List<Pair>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: List<Pair>,
}

impl Scan for Topics {
    const KIND: Kind = Kind::new("sns:topic");
    const TITLE: &'static str = "SNS topics";
    const ACTIONS: &'static [&'static str] = &["sns:GetTopicAttributes", "sns:ListTagsForResource", "sns:ListTopics"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (reading, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            let topics = each(page.topics.items, async |topic: Topic| {
                let arn = topic.topic_arn;
                let attributes = cx.call::<Attributes>(&ATTRIBUTES, json!({ "TopicArn": arn }));
                let attributes = reading.ask(found, &arn, attributes).await;
                let tags = cx.call::<Tagged>(&TAGS, json!({ "ResourceArn": arn }));
                let tagged = tagging.ask(found, &arn, tags).await.unwrap_or_default();
                (arn, attributes, tagged)
            });
            for (arn, attributes, tagged) in topics.await {
                found.add(listed(arn, attributes, &tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(arn: String, attributes: Option<Attributes>, tagged: &Tagged) -> Listed<Facts> {
    let attributes = attributes.map(|read| read.attributes.tags()).unwrap_or_default();
    let number = |name: &str| attributes.get(name).and_then(|text| text.parse().ok());
    let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
    let facts = Facts {
        fifo: name.ends_with(".fifo"),
        subscriptions: number("SubscriptionsConfirmed"),
        pending: number("SubscriptionsPending"),
    };
    Listed::new(name, facts)
        .arn(Some(arn))
        .tags(tagged.tags.tags())
        .refers(Role::Needs, attributes.get("KmsMasterKeyId").cloned())
}
