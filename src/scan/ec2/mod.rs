//! Amazon EC2, EBS and VPC.

pub mod address;
pub mod billing;
pub mod byoip_cidr;
pub mod capacity_block;
pub mod capacity_reservation;
pub mod client_vpn_endpoint;
pub mod dedicated_host;
pub mod host_reservation;
pub mod image;
pub mod instance;
pub mod internet_gateway;
pub mod ipam;
pub mod ipv4_pool;
pub mod key_pair;
pub mod launch_template;
pub mod nat_gateway;
pub mod network_interface;
pub mod recycle_bin_image;
pub mod recycle_bin_rule;
pub mod recycle_bin_snapshot;
pub mod recycle_bin_volume;
pub mod reserved_instances;
pub mod reserved_instances_listing;
pub mod route_table;
pub mod security_group;
pub mod snapshot;
pub mod spot_instances_request;
pub mod subnet;
pub mod transit_gateway;
pub mod transit_gateway_attachment;
pub mod volume;
pub mod vpc;
pub mod vpc_endpoint;
pub mod vpc_endpoint_service;
pub mod vpc_peering_connection;
pub mod vpn_connection;

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Tag;

use super::Scanner;
use super::found;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<instance::Instances>(),
    Scanner::of::<volume::Volumes>(),
    Scanner::of::<snapshot::Snapshots>(),
    Scanner::of::<image::Images>(),
    Scanner::of::<address::Addresses>(),
    Scanner::of::<byoip_cidr::ByoipCidrs>(),
    Scanner::of::<ipv4_pool::Ipv4Pools>(),
    Scanner::of::<ipam::Ipams>(),
    Scanner::of::<nat_gateway::NatGateways>(),
    Scanner::of::<network_interface::NetworkInterfaces>(),
    Scanner::of::<security_group::SecurityGroups>(),
    Scanner::of::<key_pair::KeyPairs>(),
    Scanner::of::<launch_template::LaunchTemplates>(),
    Scanner::of::<vpc::Vpcs>(),
    Scanner::of::<subnet::Subnets>(),
    Scanner::of::<internet_gateway::InternetGateways>(),
    Scanner::of::<route_table::RouteTables>(),
    Scanner::of::<vpc_endpoint::VpcEndpoints>(),
    Scanner::of::<vpc_endpoint_service::VpcEndpointServices>(),
    Scanner::of::<vpc_peering_connection::VpcPeeringConnections>(),
    Scanner::of::<vpn_connection::VpnConnections>(),
    Scanner::of::<client_vpn_endpoint::ClientVpnEndpoints>(),
    Scanner::of::<transit_gateway::TransitGateways>(),
    Scanner::of::<transit_gateway_attachment::TransitGatewayAttachments>(),
    Scanner::of::<reserved_instances::ReservedInstances>(),
    Scanner::of::<reserved_instances_listing::ReservedInstancesListings>(),
    Scanner::of::<capacity_reservation::CapacityReservations>(),
    Scanner::of::<capacity_block::CapacityBlocks>(),
    Scanner::of::<dedicated_host::DedicatedHosts>(),
    Scanner::of::<host_reservation::HostReservations>(),
    Scanner::of::<spot_instances_request::SpotInstancesRequests>(),
    Scanner::of::<recycle_bin_snapshot::RecycleBinSnapshots>(),
    Scanner::of::<recycle_bin_image::RecycleBinImages>(),
    Scanner::of::<recycle_bin_volume::RecycleBinVolumes>(),
    Scanner::of::<recycle_bin_rule::RecycleBinRules>(),
];

/// Tags of an EC2 resource.
fn tags(list: &[Tag]) -> BTreeMap<String, String> {
    found::tags(list, Tag::key, Tag::value)
}
