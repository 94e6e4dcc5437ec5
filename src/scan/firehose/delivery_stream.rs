use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::aws::api::services::FIREHOSE;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role, Why};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

// The next page begins behind a name that the caller takes from the last one, so that these are no pages by a mark.
const LIST: Call = FIREHOSE.rpc("ListDeliveryStreams");
const DESCRIBE: Call = FIREHOSE.rpc("DescribeDeliveryStream");
const TAGS: Call = FIREHOSE.rpc("ListTagsForDeliveryStream");

/// Firehose streams.
pub struct DeliveryStreams;

/// Facts of a Firehose stream. Source: `firehose:DescribeDeliveryStream`; without it only the name is known.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `CREATING_FAILED`, `ACTIVE`, `DELETING` or `DELETING_FAILED`. Absent when the details could not be
    /// read.
    status: Option<String>,
    /// What feeds it: `DirectPut`, `KinesisStreamAsSource`, `MSKAsSource` or `DatabaseAsSource`. Absent when the details
    /// could not be read.
    source: Option<String>,
    /// ARN of the Kinesis stream or MSK cluster that feeds it. Absent for other sources.
    source_arn: Option<String>,
    /// Where records go: `ExtendedS3`, `Redshift`, `Splunk`, `HttpEndpoint`, … Absent when the details could not be
    /// read.
    destination: Option<String>,
    /// Whether it delivers through network interfaces in a VPC, which are billed by the hour and zone. Absent when the
    /// details could not be read.
    in_vpc: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    delivery_stream_names: Vec<String>,
    has_more_delivery_streams: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    delivery_stream_description: Description,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Description {
    #[serde(rename = "DeliveryStreamARN")]
    arn: String,
    delivery_stream_status: String,
    delivery_stream_type: String,
    create_timestamp: Option<At>,
    delivery_stream_encryption_configuration: Option<Encryption>,
    source: Option<Source>,
    #[serde(default)]
    destinations: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Encryption {
    #[serde(rename = "KeyARN")]
    key: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "KinesisStreamSourceDescription")]
    kinesis: Option<Kinesis>,
    #[serde(rename = "MSKSourceDescription")]
    kafka: Option<Kafka>,
}

#[derive(Deserialize)]
struct Kinesis {
    #[serde(rename = "KinesisStreamARN")]
    arn: Option<String>,
}

#[derive(Deserialize)]
struct Kafka {
    #[serde(rename = "MSKClusterARN")]
    arn: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for DeliveryStreams {
    const KIND: Kind = Kind::new("firehose:deliverystream");
    const TITLE: &'static str = "Firehose streams";
    const ACTIONS: &'static [&'static str] =
        &["firehose:DescribeDeliveryStream", "firehose:ListDeliveryStreams", "firehose:ListTagsForDeliveryStream"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut after: Option<String> = None;
        loop {
            let input = json!({ "Limit": 100, "ExclusiveStartDeliveryStreamName": after });
            let page: Page = cx.call(&LIST, input).await?;
            let last = page.delivery_stream_names.last().cloned();
            let streams = each(page.delivery_stream_names, async |name: String| {
                let input = json!({ "DeliveryStreamName": name });
                let described = describing.ask(found, &name, cx.call::<Described>(&DESCRIBE, input.clone())).await;
                let tagged = tagging.ask(found, &name, cx.call::<Tagged>(&TAGS, input)).await;
                (name, described.map(|d| d.delivery_stream_description), tagged.unwrap_or_default())
            });
            for (name, described, tagged) in streams.await {
                found.add(listed(cx, name, described, tagged)).await;
            }
            if !page.has_more_delivery_streams {
                return Ok(());
            }
            if last.is_none() || last == after {
                return Err(Fault::new(Why::Error, &LIST.action(), "AWS speaks of more streams and names none"));
            }
            after = last;
        }
    }
}

fn listed(cx: &Cx, name: String, described: Option<Description>, tagged: Tagged) -> Listed<Facts> {
    let Some(stream) = described else {
        let arn = cx.arn("firehose", cx.region(), &format!("deliverystream/{name}"));
        return Listed::new(name, Facts::default()).arn(Some(arn)).tags(tagged.tags.0);
    };
    let fed_by = stream.source.and_then(|s| s.kinesis.and_then(|k| k.arn).or_else(|| s.kafka.and_then(|k| k.arn)));
    // An S3 destination stands there in its older form too.
    let members = stream.destinations.iter().flat_map(Map::iter).filter(|(_, value)| value.is_object());
    let mut names: Vec<&str> = members.clone().filter_map(|(k, _)| k.strip_suffix("DestinationDescription")).collect();
    names.retain(|one| *one != "S3");
    let in_vpc = members.clone().any(|(_, to)| {
        to.get("VpcConfigurationDescription")
            .or_else(|| to.get("SnowflakeVpcConfiguration"))
            .is_some_and(Value::is_object)
    });
    let facts = Facts {
        status: Some(stream.delivery_stream_status),
        source: Some(stream.delivery_stream_type),
        source_arn: fed_by.clone(),
        destination: Some(names.first().map_or_else(|| "S3".to_owned(), |one| (*one).to_owned())),
        in_vpc: Some(in_vpc),
    };
    Listed::new(name, facts)
        .arn(Some(stream.arn))
        .created(stream.create_timestamp.map(|at| at.0))
        .tags(tagged.tags.0)
        .refers(Role::Needs, fed_by)
        .refers(Role::Needs, stream.delivery_stream_encryption_configuration.and_then(|e| e.key))
}

/// What it takes in is billed by the gigabyte, and nothing while it waits, unless it delivers into a VPC.
fn needs(stream: &Resource) -> Needs {
    match stream.flag("in_vpc") {
        Some(true) => Needs::unpriced("delivery into a VPC"),
        _ => Needs::free(),
    }
}
