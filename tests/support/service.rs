//! Services as the check of AWS's models (tests/emulator/api_model.py) wants them.

use closeout::aws::api::Service;
use closeout::aws::api::call::{Place, Protocol};
use serde_json::{Map, Value, json};

/// A service as the check of the models wants it.
pub fn row(service: &Service) -> Value {
    let regions = match service.place {
        Place::Regional(_) => &["us-east-1", "eu-west-1"][..],
        Place::Pinned(_, region) => &[region][..],
        Place::Central(_) => &["us-east-1"][..],
    };
    let hosts: Map<String, Value> = regions
        .iter()
        .filter_map(|region| Some(((*region).to_owned(), json!(service.address("aws", region)?.host))))
        .collect();
    let mut row = json!({ "name": service.name, "signing": service.signing, "hosts": hosts });
    match service.protocol {
        Protocol::Json { version, target } => {
            row["protocol"] = json!("json");
            row["json"] = json!(version);
            row["target"] = json!(target);
        }
        Protocol::RestJson => row["protocol"] = json!("rest-json"),
        Protocol::RestXml => row["protocol"] = json!("rest-xml"),
        Protocol::Ec2 { version } => {
            row["protocol"] = json!("ec2");
            row["version"] = json!(version);
        }
        Protocol::Query { version } => {
            row["protocol"] = json!("query");
            row["version"] = json!(version);
        }
    }
    row
}
