//! Notes for what Terraform made: it would make it again, or fail over it.

use std::collections::BTreeMap;

use super::names;
use super::step::Plan;
use crate::model::{Resource, clean};

/// Notes for the resources of a plan whose tags name Terraform, as Terraform text. Empty when there are none.
///
/// Where in a configuration a resource stands, no tag says: the person fills that in.
pub fn terraform(plan: &Plan) -> String {
    let mut made: BTreeMap<&str, (&Resource, String)> = BTreeMap::new();
    for step in &plan.steps {
        if let Some(tag) = tag(&step.resource) {
            made.insert(step.resource.arn.as_str(), (&step.resource, tag));
        }
    }
    if made.is_empty() {
        return String::new();
    }
    let mut out =
        "# Terraform made these. Either delete them with `terraform destroy -target=ADDRESS` instead, or let\n\
                   # Terraform forget them first: put each address in, and apply these blocks before the plan.\n"
            .to_owned();
    for (resource, tag) in made.values() {
        out.push_str(&block(resource, tag));
    }
    out
}

fn block(resource: &Resource, tag: &str) -> String {
    let kind = names::terraform(&resource.kind).unwrap_or("TYPE");
    let head = clean(&format!("{} {} in {}, tag {tag}", resource.kind, resource.arn, resource.region)).into_owned();
    let import = clean(&format!("to keep it instead: terraform import {kind}.NAME {}", resource.id)).into_owned();
    format!(
        "\n# {head}\n# {import}\nremoved {{\n  from = {kind}.NAME\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
    )
}

/// The tag that names Terraform, in its key or its value. Values that say no do not count.
fn tag(resource: &Resource) -> Option<String> {
    let names = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["terraform", "opentofu", "terragrunt"].iter().any(|tool| text.contains(tool))
    };
    let refuses = |value: &str| matches!(value.trim().to_ascii_lowercase().as_str(), "false" | "no" | "0" | "none");
    let found = resource.tags.iter().find(|(key, value)| names(value) || names(key) && !refuses(value));
    found.map(|(key, value)| format!("{key}={value}"))
}
