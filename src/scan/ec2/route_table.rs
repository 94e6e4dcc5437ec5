use std::collections::BTreeSet;

use aws_sdk_ec2::types::{Route, RouteState, RouteTable};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::{foreign, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// Route tables, with what their routes lead to.
pub struct RouteTables;

/// Facts of a route table. Source: `ec2:DescribeRouteTables`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// VPC it is in.
    vpc_id: String,
    /// Whether it serves every subnet that has no table of its own; the main table goes with its VPC.
    main: bool,
    /// Subnets that have it as their own.
    subnet_ids: Vec<String>,
    /// Subnets and gateways it is associated with. Being the main table does not count.
    association_count: i64,
    /// What its routes lead to, by id: gateways, endpoints, instances, interfaces, connections.
    target_ids: Vec<String>,
    /// Those of them that lead to another network and still stand: transit gateways, peering connections,
    /// virtual private gateways, core networks, local gateways.
    connection_ids: Vec<String>,
    /// Routes, those within the VPC included.
    route_count: i64,
    /// Routes that lead to something that is gone or not attached.
    blackhole_count: i64,
}

impl Scan for RouteTables {
    const KIND: Kind = Kind::new("ec2:route-table");
    const TITLE: &'static str = "Route tables";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeRouteTables"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_route_tables().into_paginator().page_size(100).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeRouteTables"))?;
            for table in page.route_tables() {
                found.add(listed(cx, table)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, table: &RouteTable) -> Listed<Facts> {
    let mut listed = Listed::new(table.route_table_id().unwrap_or_default(), facts(table))
        .tags(super::tags(table.tags()))
        .owner(foreign(cx, table.owner_id()))
        .refers(Role::Inside, table.vpc_id());
    // A gateway endpoint puts its route into the table and takes it away again: it points at the table.
    for route in table.routes().iter().filter(|route| !is_of_gateway_endpoint(route)) {
        listed = listed.refers(Role::Uses, target(route));
    }
    listed
}

fn facts(table: &RouteTable) -> Facts {
    let routes = table.routes();
    let associations = table.associations();
    let own = associations.iter().filter(|association| !association.main().unwrap_or_default());
    let targets: BTreeSet<&str> = routes.iter().filter_map(target).collect();
    let standing = routes.iter().filter(|route| !is_blackhole(route));
    let connections: BTreeSet<&str> = standing.filter_map(connection).collect();
    Facts {
        vpc_id: table.vpc_id().unwrap_or_default().to_owned(),
        main: associations.iter().any(|association| association.main().unwrap_or_default()),
        subnet_ids: associations.iter().filter_map(|association| text(association.subnet_id())).collect(),
        association_count: own.count() as i64,
        target_ids: targets.into_iter().map(str::to_owned).collect(),
        connection_ids: connections.into_iter().map(str::to_owned).collect(),
        route_count: routes.len() as i64,
        blackhole_count: routes.iter().filter(|route| is_blackhole(route)).count() as i64,
    }
}

/// What a route leads to. `None` for routes within the VPC, whose gateway is called `local`.
fn target(route: &Route) -> Option<&str> {
    let plain = [
        route.nat_gateway_id(),
        route.egress_only_internet_gateway_id(),
        route.carrier_gateway_id(),
        route.gateway_id().filter(|id| *id != "local"),
        route.instance_id(),
        route.network_interface_id(),
    ];
    connection(route).or_else(|| plain.into_iter().flatten().find(|id| !id.is_empty()))
}

/// The connection to another network a route leads to.
fn connection(route: &Route) -> Option<&str> {
    let connections = [
        route.transit_gateway_id(),
        route.vpc_peering_connection_id(),
        route.core_network_arn(),
        route.odb_network_arn(),
        route.local_gateway_id(),
        route.gateway_id().filter(|id| id.starts_with("vgw-")),
    ];
    connections.into_iter().flatten().find(|id| !id.is_empty())
}

fn is_of_gateway_endpoint(route: &Route) -> bool {
    route.destination_prefix_list_id().is_some() && route.gateway_id().is_some_and(|id| id.starts_with("vpce-"))
}

fn is_blackhole(route: &Route) -> bool {
    route.state() == Some(&RouteState::Blackhole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn route_leads_to_its_gateway_and_never_to_the_vpc_itself() {
        let local = Route::builder().gateway_id("local").build();
        let nat = Route::builder().nat_gateway_id("nat-1").build();
        let vpn = Route::builder().gateway_id("vgw-1").build();
        let transit = Route::builder().transit_gateway_id("tgw-1").build();
        assert_eq!([target(&local), target(&nat), target(&vpn)], [None, Some("nat-1"), Some("vgw-1")]);
        assert_eq!([connection(&nat), connection(&vpn), connection(&transit)], [None, Some("vgw-1"), Some("tgw-1")]);
    }

    #[test]
    fn broken_route_connects_nothing() {
        let gone = Route::builder().transit_gateway_id("tgw-1").state(RouteState::Blackhole).build();
        let facts = facts(&RouteTable::builder().routes(gone).build());
        assert_eq!(
            (facts.blackhole_count, facts.connection_ids.len(), facts.target_ids),
            (1, 0, vec!["tgw-1".to_owned()])
        );
    }
}
