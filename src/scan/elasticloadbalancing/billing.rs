//! Elastic Load Balancing: the hourly price of being there, and of the public IPv4 addresses AWS lends.
//!
//! Capacity units (and gigabytes of a Classic Load Balancer) are usage: they are not in here, and no part of
//! the price that is missing either, since one that serves nobody uses none.

use crate::model::Resource;
use crate::model::{Need, Needs};

/// An Application, Network or Gateway Load Balancer.
pub fn load_balancer(balancer: &Resource) -> Needs {
    if balancer.text("state") == Some("failed") {
        return Needs::free();
    }
    let mut needs = match balancer.text("type") {
        Some("application") => hourly("Application Load Balancer", "elb.alb"),
        Some("network") => hourly("Network Load Balancer", "elb.nlb"),
        Some("gateway") => Needs { unpriced: vec!["Gateway Load Balancer".to_owned()], ..Needs::default() },
        _ => Needs { unpriced: vec!["load balancer".to_owned()], ..Needs::default() },
    };
    needs.parts.extend(addresses(balancer));
    needs
}

/// A Classic Load Balancer.
pub fn classic(balancer: &Resource) -> Needs {
    let mut needs = hourly("Classic Load Balancer", "elb.clb");
    needs.parts.extend(addresses(balancer));
    needs
}

fn hourly(what: &str, key: &str) -> Needs {
    Needs::of(vec![Need::hours(what, key, 1.0)])
}

/// Addresses it was given are resources of their own; only those it is lent are counted here.
fn addresses(balancer: &Resource) -> Option<Need> {
    let lent = balancer.number("lent_ip_count").filter(|count| *count > 0.0)?;
    Some(Need::hours("public IPv4 addresses", "vpc.public_ipv4.in_use", lent))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scan::testing::resource;

    const KIND: &str = "elasticloadbalancing:loadbalancer";

    fn keys(needs: &Needs) -> Vec<(&str, f64)> {
        needs.parts.iter().map(|part| (part.key.as_str(), part.quantity)).collect()
    }

    #[test]
    fn internet_facing_one_pays_for_the_addresses_it_is_lent() {
        let public = json!({ "type": "application", "state": "active", "lent_ip_count": 2.0 });
        let needs = load_balancer(&resource(KIND, public));
        assert_eq!(keys(&needs), [("elb.alb", 730.0), ("vpc.public_ipv4.in_use", 1460.0)]);
        let internal = json!({ "type": "network", "state": "active", "lent_ip_count": 0.0 });
        assert_eq!(keys(&load_balancer(&resource(KIND, internal))), [("elb.nlb", 730.0)]);
    }

    #[test]
    fn gateway_load_balancer_has_no_known_price() {
        let needs = load_balancer(&resource(KIND, json!({ "type": "gateway", "state": "active" })));
        assert_eq!((needs.parts.len(), needs.unpriced), (0, vec!["Gateway Load Balancer".to_owned()]));
    }

    #[test]
    fn classic_one_is_billed_with_or_without_instances() {
        let empty = json!({ "scheme": "internal", "instance_count": 0, "lent_ip_count": 0.0 });
        let needs = classic(&resource("elasticloadbalancing:classic-loadbalancer", empty));
        assert_eq!(keys(&needs), [("elb.clb", 730.0)]);
    }
}
