//! AWS Glue.

pub mod crawler;
pub mod database;
pub mod dev_endpoint;
pub mod job;
pub mod session;

use serde::Deserialize;
use serde_json::json;

use super::Scanner;
use super::detail::Detail;
use super::found::Found;
use crate::aws::Cx;
use crate::aws::api::services::GLUE;
use crate::aws::api::{Call, Tags};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<dev_endpoint::DevEndpoints>(),
    Scanner::of::<session::Sessions>(),
    Scanner::of::<job::Jobs>(),
    Scanner::of::<crawler::Crawlers>(),
    Scanner::of::<database::Databases>(),
];

const TAGS: Call = GLUE.rpc("GetTags");

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

/// The tags of something of Glue's; none when they could not be read.
async fn tags<F: serde::Serialize>(cx: &Cx, detail: &Detail, found: &Found<'_, F>, name: &str, arn: &str) -> Tags {
    let asked = cx.call::<Tagged>(&TAGS, json!({ "ResourceArn": arn }));
    detail.ask(found, name, asked).await.map(|tagged| tagged.tags).unwrap_or_default()
}

/// Data Processing Units a worker of a type takes. `None` for a type nobody has heard of here.
///
/// Source: the worker types of the Glue developer guide.
fn dpus(worker_type: &str) -> Option<f64> {
    match worker_type {
        "Standard" | "G.1X" => Some(1.0),
        "G.025X" => Some(0.25),
        "G.2X" => Some(2.0),
        "G.4X" => Some(4.0),
        "G.8X" => Some(8.0),
        "G.12X" => Some(12.0),
        "G.16X" => Some(16.0),
        _ => None,
    }
}

/// Units of so many workers: of the type given, or the capacity Glue tells.
fn capacity(worker_type: Option<&str>, workers: Option<f64>, told: Option<f64>) -> Option<f64> {
    told.filter(|units| *units > 0.0).or_else(|| Some(dpus(worker_type?)? * workers?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_told_or_those_of_the_workers() {
        assert_eq!(capacity(Some("G.2X"), Some(5.0), None), Some(10.0));
        assert_eq!(capacity(Some("G.2X"), Some(5.0), Some(3.0)), Some(3.0));
        assert_eq!(capacity(Some("Z.2X"), Some(5.0), None), None);
    }
}
