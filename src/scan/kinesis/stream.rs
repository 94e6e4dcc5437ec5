use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::KINESIS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = KINESIS.rpc("ListStreams").paged("NextToken");
const DESCRIBE: Call = KINESIS.rpc("DescribeStreamSummary");
const TAGS: Call = KINESIS.rpc("ListTagsForStream");

/// Kinesis data streams.
pub struct Streams;

/// Facts of a data stream. Source: `kinesis:ListStreams`, `kinesis:DescribeStreamSummary`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `ACTIVE`, `UPDATING` or `DELETING`.
    status: String,
    /// `PROVISIONED`, billed by the shard, or `ON_DEMAND`, billed by the stream.
    mode: String,
    /// Open shards. Absent when the details could not be read.
    shards: Option<f64>,
    /// Consumers with enhanced fan-out, billed by consumer and shard. Absent when the details could not be read.
    consumers: Option<f64>,
    /// For how long records are kept, in hours; 24 are in the price of a shard, and what is older than 168 is billed by
    /// its size. Absent when the details could not be read.
    retention_hours: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    stream_summaries: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    stream_name: String,
    #[serde(rename = "StreamARN")]
    arn: String,
    stream_status: String,
    stream_mode_details: Option<Mode>,
    stream_creation_timestamp: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mode {
    stream_mode: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    stream_description_summary: Description,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Description {
    open_shard_count: Option<f64>,
    consumer_count: Option<f64>,
    retention_period_hours: Option<f64>,
    key_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Streams {
    const KIND: Kind = Kind::new("kinesis:stream");
    const TITLE: &'static str = "Kinesis streams";
    const ACTIONS: &'static [&'static str] =
        &["kinesis:DescribeStreamSummary", "kinesis:ListStreams", "kinesis:ListTagsForStream"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "Limit": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let streams = each(page.stream_summaries, async |stream: Summary| {
                let name = stream.stream_name.clone();
                let input = json!({ "StreamName": name });
                let described = describing.ask(found, &name, cx.call::<Described>(&DESCRIBE, input.clone())).await;
                let tagged = tagging.ask(found, &name, cx.call::<Tagged>(&TAGS, input)).await;
                (stream, described.map(|d| d.stream_description_summary), tagged.unwrap_or_default())
            });
            for (stream, described, tagged) in streams.await {
                found.add(listed(stream, described, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(stream: Summary, described: Option<Description>, tagged: Tagged) -> Listed<Facts> {
    let facts = Facts {
        status: stream.stream_status,
        mode: stream.stream_mode_details.map_or_else(|| "PROVISIONED".to_owned(), |mode| mode.stream_mode),
        shards: described.as_ref().and_then(|d| d.open_shard_count),
        consumers: described.as_ref().and_then(|d| d.consumer_count),
        retention_hours: described.as_ref().and_then(|d| d.retention_period_hours),
    };
    Listed::new(stream.stream_name, facts)
        .arn(Some(stream.arn))
        .created(stream.stream_creation_timestamp.map(|at| at.0))
        .tags(tagged.tags.0)
        .refers(Role::Needs, described.and_then(|d| d.key_id))
}

/// Hours of memory that are billed by the shard; what is kept for longer is billed by its size.
///
/// Source: the Kinesis price list, usage type `LongTermRetention-ByteHrs`.
const WEEK_HOURS: f64 = 168.0;

/// Shards or the stream by the hour, consumers with a throughput of their own, and a memory of more than a day.
fn needs(stream: &Resource) -> Needs {
    let mut needs = running(stream);
    if stream.number("retention_hours").is_some_and(|hours| hours > WEEK_HOURS) {
        // `kinesis.long_term_retention` has a price by the GB, and no fact tells how many are kept.
        needs.unpriced.push("long-term retention".to_owned());
    }
    needs
}

/// What is billed by the hour.
fn running(stream: &Resource) -> Needs {
    if stream.text("mode") == Some("ON_DEMAND") {
        return Needs::of(vec![Need::hours("stream", "kinesis.on_demand.stream", 1.0)]);
    }
    let Some(shards) = stream.number("shards") else { return Needs::unpriced("shards") };
    let mut parts = vec![Need::hours("shards", "kinesis.shard", shards)];
    let consumers = stream.number("consumers").unwrap_or_default();
    if consumers > 0.0 {
        parts.push(Need::hours("enhanced fan-out", "kinesis.efo.consumer_shard", consumers * shards));
    }
    if stream.number("retention_hours").is_some_and(|hours| hours > 24.0) {
        parts.push(Need::hours("extended retention", "kinesis.shard.extended_retention", shards));
    }
    Needs::of(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn shards_pay_for_consumers_and_for_a_long_memory_too() {
        let facts = json!({ "mode": "PROVISIONED", "shards": 4.0, "consumers": 2.0, "retention_hours": 48.0 });
        let parts = needs(&resource("kinesis:stream", facts)).parts;
        let hours: Vec<_> = parts.iter().map(|part| (part.key.as_str(), part.quantity / 730.0)).collect();
        assert_eq!(
            hours,
            [("kinesis.shard", 4.0), ("kinesis.efo.consumer_shard", 8.0), ("kinesis.shard.extended_retention", 4.0)]
        );
    }

    #[test]
    fn a_stream_of_unknown_size_has_no_price() {
        assert!(needs(&resource("kinesis:stream", json!({ "mode": "PROVISIONED" }))).parts.is_empty());
    }
}
