//! Amazon EC2: running instances, the addresses AWS lends them, and what is reserved.

use crate::model::Resource;
use crate::model::{Need, Needs};

/// The platform that needs no licence, as AWS names it.
const LINUX: &str = "Linux/UNIX";

/// An instance: by the hour while it runs. Its volumes and Elastic IPs are resources of their own, so a
/// stopped one costs nothing by itself.
///
/// The book holds Linux on shared hardware; every other way to pay is named and left without a price.
pub fn instance(resource: &Resource) -> Needs {
    if resource.text("state") != Some("running") {
        return Needs::free();
    }
    let instance_type = resource.text("instance_type").unwrap_or_default();
    let mut needs = match other_price(resource) {
        Some(Other::Free) => Needs::free(),
        Some(Other::Unpriced(what)) => Needs { unpriced: vec![what], ..Needs::default() },
        None => Needs::of(vec![hours(instance_type, 1.0)]),
    };
    // Every public IPv4 address is billed; an Elastic IP is so as a resource of its own.
    if resource.text("public_ip").is_some() && resource.flag("elastic_ip") == Some(false) {
        needs.parts.push(Need::hours("public IPv4 address", "vpc.public_ipv4.in_use", 1.0));
    }
    needs
}

/// How an instance is paid for when not by the Linux hour.
enum Other {
    Free,
    Unpriced(String),
}

fn other_price(resource: &Resource) -> Option<Other> {
    let instance_type = resource.text("instance_type").unwrap_or_default();
    let unpriced = |what: String| Some(Other::Unpriced(what));
    match resource.text("lifecycle") {
        Some("spot") => return unpriced(format!("{instance_type} at the spot price")),
        // Paid in advance, for the whole block.
        Some("capacity-block") => return Some(Other::Free),
        Some(other) => return unpriced(format!("{instance_type}, {other}")),
        None => {}
    }
    match resource.text("tenancy") {
        // The dedicated host is what is billed.
        Some("host") => return Some(Other::Free),
        Some("dedicated") => return unpriced(format!("{instance_type} on dedicated hardware")),
        _ => {}
    }
    let windows = if resource.flag("windows") == Some(true) { "Windows" } else { LINUX };
    match resource.text("platform_details").unwrap_or(windows) {
        LINUX => None,
        licensed => unpriced(format!("{instance_type} with {licensed}")),
    }
}

fn hours(instance_type: &str, count: f64) -> Need {
    Need::hours(instance_type, format!("ec2.linux.{instance_type}"), count)
}

/// A purchase of Reserved Instances: nothing a month when all was paid up front. What recurs is in its own
/// contract, not in any list.
pub fn reserved_instances(resource: &Resource) -> Needs {
    let recurring = resource.number("recurring_hourly").unwrap_or_default() > 0.0;
    if resource.text("state") == Some("active") && recurring {
        return Needs { unpriced: vec!["recurring charge of the reservation".to_owned()], ..Needs::default() };
    }
    Needs::free()
}

/// A capacity reservation: the slots nobody uses, at the price of running instances. Used slots are billed
/// as the instances in them.
pub fn capacity_reservation(resource: &Resource) -> Needs {
    let live = matches!(resource.text("state"), Some("active" | "cancelling"));
    let prepaid = resource.text("reservation_type") == Some("capacity-block");
    let elsewhere = resource.text("unused_billed_to").is_some_and(|payer| payer != resource.account);
    let unused = resource.number("available_count").unwrap_or_default();
    if !live || prepaid || elsewhere || unused <= 0.0 {
        return Needs::free();
    }
    let instance_type = resource.text("instance_type").unwrap_or_default();
    match (resource.text("platform"), resource.text("tenancy")) {
        (Some(LINUX), Some("default") | None) => Needs::of(vec![hours(instance_type, unused)]),
        (platform, _) => {
            let what = format!("{instance_type} with {}", platform.unwrap_or("an unknown platform"));
            Needs { unpriced: vec![what], ..Needs::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;
    use serde_json::{Value, json};

    fn running(more: Value) -> Resource {
        let mut facts = json!({ "state": "running", "instance_type": "m5.large", "platform_details": "Linux/UNIX",
            "windows": false, "tenancy": "default", "elastic_ip": false });
        if let (Some(facts), Some(more)) = (facts.as_object_mut(), more.as_object()) {
            facts.extend(more.clone());
        }
        resource("ec2:instance", facts)
    }

    fn keys(needs: &Needs) -> Vec<&str> {
        needs.parts.iter().map(|part| part.key.as_str()).collect()
    }

    #[test]
    fn running_linux_is_billed_by_the_hour_and_stopped_is_not() {
        assert_eq!(keys(&instance(&running(json!({})))), ["ec2.linux.m5.large"]);
        assert_eq!(instance(&running(json!({ "state": "stopped" }))), Needs::free());
    }

    #[test]
    fn lent_address_is_billed_with_the_instance_and_an_elastic_ip_is_not() {
        let lent = instance(&running(json!({ "public_ip": "198.51.100.7" })));
        assert_eq!(keys(&lent), ["ec2.linux.m5.large", "vpc.public_ipv4.in_use"]);
        let elastic = instance(&running(json!({ "public_ip": "198.51.100.7", "elastic_ip": true })));
        assert_eq!(keys(&elastic), ["ec2.linux.m5.large"]);
    }

    #[test]
    fn what_the_book_does_not_hold_is_named() {
        let unpriced = |more| instance(&running(more)).unpriced;
        assert_eq!(unpriced(json!({ "platform_details": "Windows" })), ["m5.large with Windows"]);
        assert_eq!(unpriced(json!({ "lifecycle": "spot" })), ["m5.large at the spot price"]);
        assert_eq!(unpriced(json!({ "tenancy": "dedicated" })), ["m5.large on dedicated hardware"]);
        assert_eq!(instance(&running(json!({ "tenancy": "host" }))), Needs::free());
    }

    #[test]
    fn only_unused_slots_of_a_reservation_are_billed() {
        let slots = |more: Value| {
            let mut facts = json!({ "state": "active", "total_count": 3, "available_count": 2, "instance_type": "m5.large",
                "platform": "Linux/UNIX", "tenancy": "default", "reservation_type": "default" });
            if let (Some(facts), Some(more)) = (facts.as_object_mut(), more.as_object()) {
                facts.extend(more.clone());
            }
            capacity_reservation(&resource("ec2:capacity-reservation", facts))
        };
        assert_eq!(slots(json!({})).parts.first().map(|part| part.quantity), Some(1460.0));
        assert_eq!(slots(json!({ "available_count": 0 })), Needs::free());
        assert_eq!(slots(json!({ "unused_billed_to": "444455556666" })), Needs::free());
        assert_eq!(slots(json!({ "reservation_type": "capacity-block" })), Needs::free());
        assert_eq!(slots(json!({ "platform": "Windows" })).unpriced, ["m5.large with Windows"]);
    }

    #[test]
    fn reservation_paid_up_front_costs_nothing_a_month() {
        let reserved = |hourly: f64| {
            reserved_instances(&resource(
                "ec2:reserved-instances",
                json!({ "state": "active", "recurring_hourly": hourly }),
            ))
        };
        assert_eq!(reserved(0.0), Needs::free());
        assert_eq!(reserved(0.062).unpriced.len(), 1);
    }
}
