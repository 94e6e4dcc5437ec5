//! Amazon VPC: public addresses, NAT gateways and endpoints by the hour. What they carry is billed by the
//! gigabyte on top; facts do not tell how much that is, so these are the prices of merely being there.

use crate::model::Resource;
use crate::model::{Need, Needs};

/// An address of Amazon's, in use or not. Addresses the account brought cost nothing by the hour.
pub fn elastic_ip(address: &Resource) -> Needs {
    let amazons = address.text("public_ipv4_pool").is_none_or(|pool| pool == "amazon");
    if !amazons || address.text("public_ip").is_none() {
        return Needs::free();
    }
    let key = match address.text("association_id") {
        Some(_) => "vpc.public_ipv4.in_use",
        None => "vpc.public_ipv4.idle",
    };
    Needs::of(vec![Need::hours("public IPv4 address", key, 1.0)])
}

/// A NAT gateway, public or private: by the hour, and by the zone and hour when it spans several. Its
/// addresses are resources of their own.
pub fn nat_gateway(gateway: &Resource) -> Needs {
    if matches!(gateway.text("state"), Some("failed" | "deleting" | "deleted")) {
        return Needs::free();
    }
    match gateway.number("zones") {
        Some(zones) if zones > 0.0 => Needs::of(vec![Need::hours("NAT gateway", "ec2.nat_gateway", zones)]),
        _ => Needs { unpriced: vec!["regional NAT gateway".to_owned()], ..Needs::default() },
    }
}

/// An endpoint, by its zones and hours, whether or not the service has accepted it. Gateway endpoints are free.
pub fn endpoint(endpoint: &Resource) -> Needs {
    let kind = endpoint.text("endpoint_type").unwrap_or_default();
    if kind == "Gateway" || matches!(endpoint.text("state"), Some("failed" | "expired" | "deleting" | "deleted")) {
        return Needs::free();
    }
    let zones = endpoint.number("zones").unwrap_or_default();
    match kind {
        "Interface" => Needs::of(vec![Need::hours("interface endpoint", "vpc.endpoint.interface", zones)]),
        "GatewayLoadBalancer" => {
            Needs::of(vec![Need::hours("Gateway Load Balancer endpoint", "vpc.endpoint.gwlb", zones)])
        }
        other => Needs { unpriced: vec![format!("{other} endpoint")], ..Needs::default() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scan::testing::resource;

    fn keys(needs: &Needs) -> Vec<(&str, f64)> {
        needs.parts.iter().map(|part| (part.key.as_str(), part.quantity)).collect()
    }

    #[test]
    fn address_is_billed_whether_used_or_not_unless_brought_along() {
        let idle = json!({ "public_ip": "203.0.113.7", "public_ipv4_pool": "amazon" });
        assert_eq!(keys(&elastic_ip(&resource("ec2:elastic-ip", idle))), [("vpc.public_ipv4.idle", 730.0)]);
        let used = json!({ "public_ip": "203.0.113.7", "association_id": "eipassoc-1" });
        assert_eq!(keys(&elastic_ip(&resource("ec2:elastic-ip", used))), [("vpc.public_ipv4.in_use", 730.0)]);
        let own = json!({ "public_ip": "203.0.113.7", "public_ipv4_pool": "ipv4pool-ec2-1" });
        assert_eq!(elastic_ip(&resource("ec2:elastic-ip", own)), Needs::free());
    }

    #[test]
    fn regional_nat_gateway_is_billed_for_each_zone_it_is_known_to_be_in() {
        let zonal = json!({ "state": "available", "zones": 1.0 });
        assert_eq!(keys(&nat_gateway(&resource("ec2:natgateway", zonal))), [("ec2.nat_gateway", 730.0)]);
        let regional = json!({ "state": "available", "availability_mode": "regional", "zones": 2.0 });
        assert_eq!(keys(&nat_gateway(&resource("ec2:natgateway", regional))), [("ec2.nat_gateway", 1460.0)]);
        let unknown = json!({ "state": "available", "availability_mode": "regional", "zones": 0.0 });
        assert_eq!(nat_gateway(&resource("ec2:natgateway", unknown)).unpriced, ["regional NAT gateway"]);
        let failed = json!({ "state": "failed", "zones": 1.0 });
        assert_eq!(nat_gateway(&resource("ec2:natgateway", failed)), Needs::free());
    }

    #[test]
    fn interface_endpoint_is_billed_by_zone_and_gateway_endpoint_not_at_all() {
        let interface = json!({ "endpoint_type": "Interface", "state": "available", "zones": 3.0 });
        assert_eq!(keys(&endpoint(&resource("ec2:vpc-endpoint", interface))), [("vpc.endpoint.interface", 2190.0)]);
        let gateway = json!({ "endpoint_type": "Gateway", "state": "available", "zones": 0.0 });
        assert_eq!(endpoint(&resource("ec2:vpc-endpoint", gateway)), Needs::free());
        let refused = json!({ "endpoint_type": "Interface", "state": "rejected", "zones": 1.0 });
        assert_eq!(keys(&endpoint(&resource("ec2:vpc-endpoint", refused))), [("vpc.endpoint.interface", 730.0)]);
        let failed = json!({ "endpoint_type": "Interface", "state": "failed", "zones": 1.0 });
        assert_eq!(endpoint(&resource("ec2:vpc-endpoint", failed)), Needs::free());
        let network = json!({ "endpoint_type": "ServiceNetwork", "state": "available", "zones": 1.0 });
        assert_eq!(endpoint(&resource("ec2:vpc-endpoint", network)).unpriced, ["ServiceNetwork endpoint"]);
    }
}
