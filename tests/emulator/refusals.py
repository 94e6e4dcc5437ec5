#!/usr/bin/env python3
"""Proves against a running server what refuse.py and held.py promise, and that the seeded account
can be emptied through the API.

    server.py --port 6101
    seed.py --endpoint http://127.0.0.1:6101 --out truth.json
    refusals.py --endpoint http://127.0.0.1:6101 --truth truth.json

Each refusal is provoked in a region the seed leaves alone, then what stands in the way is removed
and the same call has to go through. After that every leftover of the truth list is deleted, see
emptied.py. It exits with 1 if anything was not refused, was refused with another code, or is still
there. The account is empty afterwards, so it takes a server of its own.
"""

import argparse
import json
import sys

sys.dont_write_bytecode = True  # keeps the source tree clean

from bed import Bed  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from emptied import UNIMPLEMENTED, empty_the_account, ids, verbs  # noqa: E402

REGION = "eu-central-1"  # nothing of the seed is here
AMI = "ami-0a0a0a0a0a0a0a0a1"
PASSWORD = "passw0rdX"

CASES = []


def case(function):
    CASES.append(function)
    return function


class Report:
    """What was tried, one printed line each, and how much of it went wrong."""

    def __init__(self):
        self.failures = []
        self.missing = []

    def line(self, ok: bool, text: str) -> None:
        print(f"{'ok  ' if ok else 'FAIL'} {text}", flush=True)
        if not ok:
            self.failures.append(text)

    def refused(self, code: str, what: str, call, /, **request) -> None:
        try:
            call(**request)
            self.line(False, f"{what}: went through, AWS answers {code}")
        except ClientError as error:
            got = error.response["Error"]["Code"]
            self.line(
                got == code, f"{what}: {got}" + ("" if got == code else f", AWS answers {code}")
            )

    def passes(self, what: str, call, /, **request):
        try:
            answer = call(**request)
            self.line(True, what)
            return answer
        except ClientError as error:
            headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
            if UNIMPLEMENTED in headers:
                self.missing.append(what)
            self.line(False, f"{what}: {error}")
            return None

    def holds(self, what: str, truth: bool) -> None:
        self.line(bool(truth), what)


class Network:
    """A network of its own for one case."""

    def __init__(self, bed):
        self.ec2 = bed.client("ec2", REGION)
        self.vpc = self.ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
        self.subnet, self.other = (
            self.ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.99.{number}.0/24", AvailabilityZone=REGION + zone
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        )

    def instance(self, **options) -> str:
        launched = self.ec2.run_instances(
            ImageId=AMI,
            MinCount=1,
            MaxCount=1,
            InstanceType="t3.micro",
            SubnetId=self.subnet,
            **options,
        )
        return launched["Instances"][0]["InstanceId"]

    def group(self, name: str) -> str:
        made = self.ec2.create_security_group(GroupName=name, Description="d", VpcId=self.vpc)
        return made["GroupId"]


# --- EC2 ------------------------------------------------------------------------------------------


@case
def addresses_and_nat_gateways(bed, report):
    net = Network(bed)
    ec2 = net.ec2
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=net.subnet, AllocationId=address)["NatGateway"]
    nat, eni = nat["NatGatewayId"], nat["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=net.vpc)
    detach = {"InternetGatewayId": gateway, "VpcId": net.vpc}

    refused = report.refused
    in_use = "InvalidIPAddress.InUse"
    refused(in_use, "ReleaseAddress of a NAT gateway", ec2.release_address, AllocationId=address)
    refused(
        "DependencyViolation",
        "DeleteSubnet with a NAT gateway",
        ec2.delete_subnet,
        SubnetId=net.subnet,
    )
    refused(
        "InvalidParameterValue",
        "DeleteNetworkInterface of a NAT gateway",
        ec2.delete_network_interface,
        NetworkInterfaceId=eni,
    )
    refused(
        "DependencyViolation",
        "DetachInternetGateway with a NAT gateway",
        ec2.detach_internet_gateway,
        **detach,
    )
    refused(
        "DependencyViolation",
        "DeleteInternetGateway while attached",
        ec2.delete_internet_gateway,
        InternetGatewayId=gateway,
    )
    refused("DependencyViolation", "DeleteVpc with subnets", ec2.delete_vpc, VpcId=net.vpc)
    refused(
        "NatGatewayNotFound",
        "DeleteNatGateway of none",
        ec2.delete_nat_gateway,
        NatGatewayId="nat-00000000000000000",
    )

    report.passes("DeleteNatGateway", ec2.delete_nat_gateway, NatGatewayId=nat)
    report.passes("ReleaseAddress after the NAT gateway", ec2.release_address, AllocationId=address)
    instance = net.instance()
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, InstanceId=instance)
    refused(in_use, "ReleaseAddress of an instance", ec2.release_address, AllocationId=address)
    refused(
        "DependencyViolation",
        "DetachInternetGateway with an address in use",
        ec2.detach_internet_gateway,
        **detach,
    )
    refused(
        "DependencyViolation",
        "DeleteSubnet with an instance",
        ec2.delete_subnet,
        SubnetId=net.subnet,
    )
    report.passes("TerminateInstances", ec2.terminate_instances, InstanceIds=[instance])
    report.passes("ReleaseAddress after the instance", ec2.release_address, AllocationId=address)
    report.passes("DetachInternetGateway after both", ec2.detach_internet_gateway, **detach)
    for subnet in (net.subnet, net.other):
        report.passes("DeleteSubnet, empty", ec2.delete_subnet, SubnetId=subnet)
    report.passes(
        "DeleteInternetGateway, detached", ec2.delete_internet_gateway, InternetGatewayId=gateway
    )
    report.passes("DeleteVpc, empty", ec2.delete_vpc, VpcId=net.vpc)


@case
def subnets_of_other_services(bed, report):
    net = Network(bed)
    ec2 = net.ec2

    def held(by):
        report.refused(
            "DependencyViolation", f"DeleteSubnet with {by}", ec2.delete_subnet, SubnetId=net.subnet
        )

    eni = ec2.create_network_interface(SubnetId=net.subnet)["NetworkInterface"][
        "NetworkInterfaceId"
    ]
    held("a network interface")
    report.passes(
        "DeleteNetworkInterface, available", ec2.delete_network_interface, NetworkInterfaceId=eni
    )

    endpoint = ec2.create_vpc_endpoint(
        VpcId=net.vpc,
        ServiceName=f"com.amazonaws.{REGION}.ssm",
        VpcEndpointType="Interface",
        SubnetIds=[net.subnet],
    )["VpcEndpoint"]["VpcEndpointId"]
    held("an interface endpoint")
    report.passes("DeleteVpcEndpoints", ec2.delete_vpc_endpoints, VpcEndpointIds=[endpoint])

    elb = bed.client("elbv2", REGION)
    balancer = elb.create_load_balancer(Name="r-alb", Subnets=[net.subnet, net.other])
    balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    held("a load balancer")
    report.passes("DeleteLoadBalancer", elb.delete_load_balancer, LoadBalancerArn=balancer)
    classic = bed.client("elb", REGION)
    classic.create_load_balancer(
        LoadBalancerName="r-classic",
        Subnets=[net.subnet],
        Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}],
    )
    held("a classic load balancer")
    report.passes(
        "DeleteLoadBalancer, classic", classic.delete_load_balancer, LoadBalancerName="r-classic"
    )

    efs = bed.client("efs", REGION)
    system = efs.create_file_system(CreationToken="r-efs")["FileSystemId"]
    target = efs.create_mount_target(FileSystemId=system, SubnetId=net.subnet)["MountTargetId"]
    held("a mount target")
    report.refused(
        "FileSystemInUse",
        "efs DeleteFileSystem with a mount target",
        efs.delete_file_system,
        FileSystemId=system,
    )
    report.passes("efs DeleteMountTarget", efs.delete_mount_target, MountTargetId=target)
    report.passes("efs DeleteFileSystem", efs.delete_file_system, FileSystemId=system)

    transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attachment = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=net.vpc, SubnetIds=[net.subnet]
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    held("a transit gateway attachment")
    report.refused(
        "IncorrectState",
        "DeleteTransitGateway with an attachment",
        ec2.delete_transit_gateway,
        TransitGatewayId=transit,
    )
    remove = ec2.delete_transit_gateway_vpc_attachment
    report.passes(
        "DeleteTransitGatewayVpcAttachment", remove, TransitGatewayAttachmentId=attachment
    )
    report.refused(
        "InvalidTransitGatewayAttachmentID.NotFound",
        "the same again",
        remove,
        TransitGatewayAttachmentId=attachment,
    )
    report.passes("DeleteTransitGateway", ec2.delete_transit_gateway, TransitGatewayId=transit)
    report.refused(
        "InvalidTransitGatewayID.NotFound",
        "the same again",
        ec2.delete_transit_gateway,
        TransitGatewayId=transit,
    )
    report.passes("DeleteSubnet after all of them", ec2.delete_subnet, SubnetId=net.subnet)


@case
def security_groups(bed, report):
    net = Network(bed)
    ec2 = net.ec2
    named, naming = net.group("named"), net.group("naming")
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "UserIdGroupPairs": [{"GroupId": named}],
    }
    ec2.authorize_security_group_ingress(GroupId=naming, IpPermissions=[rule])

    def held(by):
        report.refused(
            "DependencyViolation",
            f"DeleteSecurityGroup {by}",
            ec2.delete_security_group,
            GroupId=named,
        )

    held("named by another group")
    ec2.revoke_security_group_ingress(GroupId=naming, IpPermissions=[rule])
    eni = ec2.create_network_interface(SubnetId=net.subnet, Groups=[named])
    eni = eni["NetworkInterface"]["NetworkInterfaceId"]
    held("of an interface")
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    instance = net.instance(SecurityGroupIds=[named])
    held("of an instance")
    ec2.terminate_instances(InstanceIds=[instance])
    elb = bed.client("elbv2", REGION)
    balancer = elb.create_load_balancer(
        Name="sg-alb", Subnets=[net.subnet, net.other], SecurityGroups=[named]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    held("of a load balancer")
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    default = ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [net.vpc]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"][0]["GroupId"]
    report.refused(
        "CannotDelete",
        "DeleteSecurityGroup of the default group",
        ec2.delete_security_group,
        GroupId=default,
    )
    report.passes("DeleteSecurityGroup, free", ec2.delete_security_group, GroupId=named)


@case
def networks(bed, report):
    net = Network(bed)
    ec2 = net.ec2
    for subnet in (net.subnet, net.other):
        ec2.delete_subnet(SubnetId=subnet)

    def held(by):
        report.refused("DependencyViolation", f"DeleteVpc with {by}", ec2.delete_vpc, VpcId=net.vpc)

    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=net.vpc)
    held("an internet gateway")
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=net.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    outbound = ec2.create_egress_only_internet_gateway(VpcId=net.vpc)
    outbound = outbound["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    held("an egress-only gateway")
    ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=outbound)
    group = net.group("left")
    held("a security group")
    ec2.delete_security_group(GroupId=group)
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    held("a route table")
    ec2.delete_route_table(RouteTableId=table)
    acl = ec2.create_network_acl(VpcId=net.vpc)["NetworkAcl"]["NetworkAclId"]
    held("a network ACL")
    ec2.delete_network_acl(NetworkAclId=acl)
    endpoint = ec2.create_vpc_endpoint(
        VpcId=net.vpc, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway"
    )["VpcEndpoint"]["VpcEndpointId"]
    held("a gateway endpoint")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    vpn = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=vpn, VpcId=net.vpc)
    held("a VPN gateway")
    ec2.detach_vpn_gateway(VpnGatewayId=vpn, VpcId=net.vpc)
    peer = Network(bed)
    peering = ec2.create_vpc_peering_connection(VpcId=net.vpc, PeerVpcId=peer.vpc)
    peering = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    held("a peering")
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    report.passes("DeleteVpc after all of them", ec2.delete_vpc, VpcId=net.vpc)


@case
def volumes_snapshots_and_instances(bed, report):
    net = Network(bed)
    ec2 = net.ec2
    instance = net.instance()
    volume = ec2.create_volume(AvailabilityZone=REGION + "a", Size=8)["VolumeId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    report.refused("VolumeInUse", "DeleteVolume, attached", ec2.delete_volume, VolumeId=volume)
    report.passes("DetachVolume without an instance", ec2.detach_volume, VolumeId=volume)
    state = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"]
    report.holds(f"a detached volume is {state}", state == "available")
    report.passes("DeleteVolume, detached", ec2.delete_volume, VolumeId=volume)

    image = ec2.create_image(InstanceId=instance, Name="r-image")["ImageId"]
    mappings = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"]
    snapshot = mappings[0]["Ebs"]["SnapshotId"]
    report.refused(
        "InvalidSnapshot.InUse",
        "DeleteSnapshot of an image",
        ec2.delete_snapshot,
        SnapshotId=snapshot,
    )
    ec2.enable_image_deregistration_protection(ImageId=image)
    report.refused(
        "OperationNotPermitted", "DeregisterImage, protected", ec2.deregister_image, ImageId=image
    )
    ec2.disable_image_deregistration_protection(ImageId=image)
    report.passes("DeregisterImage", ec2.deregister_image, ImageId=image)
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=1)
    report.refused(
        "OperationNotPermitted", "DeleteSnapshot, locked", ec2.delete_snapshot, SnapshotId=snapshot
    )
    ec2.unlock_snapshot(SnapshotId=snapshot)
    report.passes("DeleteSnapshot", ec2.delete_snapshot, SnapshotId=snapshot)

    for flag, code, name, act in (
        ("DisableApiStop", "OperationNotPermitted", "StopInstances", ec2.stop_instances),
        (
            "DisableApiTermination",
            "OperationNotPermitted",
            "TerminateInstances",
            ec2.terminate_instances,
        ),
    ):
        ec2.modify_instance_attribute(InstanceId=instance, **{flag: {"Value": True}})
        report.refused(code, f"{name} with {flag}", act, InstanceIds=[instance])
        ec2.modify_instance_attribute(InstanceId=instance, **{flag: {"Value": False}})
        report.passes(f"{name} without it", act, InstanceIds=[instance])


@case
def dry_runs(bed, report):
    """Each of them says DryRunOperation, and afterwards everything is as it was."""
    net = Network(bed)
    ec2 = net.ec2
    instance = net.instance()
    volume = ec2.create_volume(AvailabilityZone=REGION + "a", Size=8)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    attached = ec2.create_volume(AvailabilityZone=REGION + "a", Size=8)["VolumeId"]
    ec2.attach_volume(VolumeId=attached, InstanceId=instance, Device="/dev/sdf")
    image = ec2.create_image(InstanceId=instance, Name="d-image")["ImageId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat_address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=net.other, AllocationId=nat_address)["NatGateway"][
        "NatGatewayId"
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    eni = ec2.create_network_interface(SubnetId=net.subnet)["NetworkInterface"][
        "NetworkInterfaceId"
    ]
    group = net.group("dry")
    key = ec2.create_key_pair(KeyName="dry")["KeyName"]
    template = ec2.create_launch_template(
        LaunchTemplateName="dry", LaunchTemplateData={"ImageId": AMI}
    )["LaunchTemplate"]["LaunchTemplateId"]
    transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attachment = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=net.vpc, SubnetIds=[net.subnet]
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=net.vpc, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway"
    )["VpcEndpoint"]["VpcEndpointId"]
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    asked = [
        (ec2.delete_volume, {"VolumeId": volume}),
        (ec2.detach_volume, {"VolumeId": attached}),
        (ec2.create_snapshot, {"VolumeId": volume}),
        (ec2.delete_snapshot, {"SnapshotId": snapshot}),
        (ec2.copy_snapshot, {"SourceSnapshotId": snapshot, "SourceRegion": REGION}),
        (ec2.create_image, {"InstanceId": instance, "Name": "never"}),
        (ec2.deregister_image, {"ImageId": image}),
        (ec2.stop_instances, {"InstanceIds": [instance]}),
        (ec2.terminate_instances, {"InstanceIds": [instance]}),
        (
            ec2.modify_instance_attribute,
            {"InstanceId": instance, "DisableApiTermination": {"Value": True}},
        ),
        (ec2.release_address, {"AllocationId": address}),
        (ec2.delete_nat_gateway, {"NatGatewayId": nat}),
        (ec2.delete_internet_gateway, {"InternetGatewayId": gateway}),
        (ec2.delete_network_interface, {"NetworkInterfaceId": eni}),
        (ec2.delete_security_group, {"GroupId": group}),
        (ec2.delete_key_pair, {"KeyName": key}),
        (ec2.delete_launch_template, {"LaunchTemplateId": template}),
        (ec2.delete_transit_gateway_vpc_attachment, {"TransitGatewayAttachmentId": attachment}),
        (ec2.delete_transit_gateway, {"TransitGatewayId": transit}),
        (ec2.delete_vpc_endpoints, {"VpcEndpointIds": [endpoint]}),
        (ec2.delete_route_table, {"RouteTableId": table}),
        (ec2.delete_subnet, {"SubnetId": net.subnet}),
        (ec2.delete_vpc, {"VpcId": net.vpc}),
        (ec2.delete_tags, {"Resources": [volume]}),
        (ec2.create_tags, {"Resources": [volume], "Tags": [{"Key": "a", "Value": "b"}]}),
    ]
    was = seen(ec2)
    for call, request in asked:
        name = call.__name__
        report.refused("DryRunOperation", f"DryRun of {name}", call, DryRun=True, **request)
    report.holds("no dry run changed anything", seen(ec2) == was)

    bed.control("denied", account=bed.account, actions=["ec2:DeleteVolume"])
    report.refused(
        "UnauthorizedOperation",
        "DryRun of a denied action",
        ec2.delete_volume,
        VolumeId=volume,
        DryRun=True,
    )
    bed.control("denied", account=bed.account, actions=[])


def seen(ec2) -> str:
    """All of a region that a dry run might have changed."""
    listings = (
        (ec2.describe_volumes, "Volumes"),
        (ec2.describe_instances, "Reservations"),
        (ec2.describe_addresses, "Addresses"),
        (ec2.describe_nat_gateways, "NatGateways"),
        (ec2.describe_internet_gateways, "InternetGateways"),
        (ec2.describe_network_interfaces, "NetworkInterfaces"),
        (ec2.describe_security_groups, "SecurityGroups"),
        (ec2.describe_key_pairs, "KeyPairs"),
        (ec2.describe_launch_templates, "LaunchTemplates"),
        (ec2.describe_transit_gateways, "TransitGateways"),
        (ec2.describe_transit_gateway_vpc_attachments, "TransitGatewayVpcAttachments"),
        (ec2.describe_vpc_endpoints, "VpcEndpoints"),
        (ec2.describe_route_tables, "RouteTables"),
        (ec2.describe_subnets, "Subnets"),
        (ec2.describe_vpcs, "Vpcs"),
    )
    all_of_it = [list_all()[key] for list_all, key in listings]
    all_of_it.append(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"])
    all_of_it.append(ec2.describe_images(Owners=["self"])["Images"])
    return json.dumps(all_of_it, default=str, sort_keys=True)


# --- databases, containers, load balancers --------------------------------------------------------


@case
def databases(bed, report):
    rds = bed.client("rds", REGION)
    combination = "InvalidParameterCombination"

    def create(name, **options):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.medium",
            **{"Engine": "postgres", **options},
        )

    login = {"MasterUsername": "u", "MasterUserPassword": PASSWORD, "AllocatedStorage": 20}
    create("one", DeletionProtection=True, **login)
    delete = rds.delete_db_instance
    report.refused(
        combination,
        "DeleteDBInstance, protected",
        delete,
        DBInstanceIdentifier="one",
        SkipFinalSnapshot=True,
    )
    rds.modify_db_instance(
        DBInstanceIdentifier="one", DeletionProtection=False, ApplyImmediately=True
    )
    report.refused(
        combination, "DeleteDBInstance without a choice", delete, DBInstanceIdentifier="one"
    )
    report.refused(
        combination,
        "DeleteDBInstance with both",
        delete,
        DBInstanceIdentifier="one",
        SkipFinalSnapshot=True,
        FinalDBSnapshotIdentifier="both",
    )
    report.passes(
        "DeleteDBInstance, final snapshot",
        delete,
        DBInstanceIdentifier="one",
        FinalDBSnapshotIdentifier="one-final",
    )
    found = rds.describe_db_snapshots(DBSnapshotIdentifier="one-final")["DBSnapshots"]
    report.holds(
        "the final snapshot is there", [one["SnapshotType"] for one in found] == ["manual"]
    )

    rds.create_db_cluster(
        DBClusterIdentifier="group",
        Engine="aurora-postgresql",
        MasterUsername="u",
        MasterUserPassword=PASSWORD,
    )
    create("member", DBClusterIdentifier="group", Engine="aurora-postgresql")
    delete_cluster = rds.delete_db_cluster
    report.refused(
        "InvalidDBClusterStateFault",
        "DeleteDBCluster with an instance",
        delete_cluster,
        DBClusterIdentifier="group",
        SkipFinalSnapshot=True,
    )
    report.passes("DeleteDBInstance of a cluster", delete, DBInstanceIdentifier="member")
    report.refused(
        combination, "DeleteDBCluster without a choice", delete_cluster, DBClusterIdentifier="group"
    )
    rds.modify_db_cluster(DBClusterIdentifier="group", DeletionProtection=True)
    report.refused(
        combination,
        "DeleteDBCluster, protected",
        delete_cluster,
        DBClusterIdentifier="group",
        SkipFinalSnapshot=True,
    )
    rds.modify_db_cluster(DBClusterIdentifier="group", DeletionProtection=False)
    report.passes(
        "DeleteDBCluster, final snapshot",
        delete_cluster,
        DBClusterIdentifier="group",
        FinalDBSnapshotIdentifier="group-final",
    )
    found = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="group-final")
    report.holds("the final snapshot is there", len(found["DBClusterSnapshots"]) == 1)

    redshift = bed.client("redshift", REGION)
    redshift.create_cluster(
        ClusterIdentifier="dw",
        NodeType="ra3.xlplus",
        MasterUsername="u",
        MasterUserPassword="Passw0rdX",
    )
    report.refused(
        combination,
        "redshift DeleteCluster without a choice",
        redshift.delete_cluster,
        ClusterIdentifier="dw",
    )
    report.passes(
        "redshift DeleteCluster, final snapshot",
        redshift.delete_cluster,
        ClusterIdentifier="dw",
        FinalClusterSnapshotIdentifier="dw-final",
    )
    found = redshift.describe_cluster_snapshots(SnapshotIdentifier="dw-final")["Snapshots"]
    report.holds("the final snapshot is there", len(found) == 1)

    dynamodb = bed.client("dynamodb", REGION)
    dynamodb.create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )
    report.refused(
        "ValidationException",
        "dynamodb DeleteTable, protected",
        dynamodb.delete_table,
        TableName="kept",
    )
    dynamodb.update_table(TableName="kept", DeletionProtectionEnabled=False)
    report.passes("dynamodb DeleteTable", dynamodb.delete_table, TableName="kept")


@case
def containers(bed, report):
    ecs = bed.client("ecs", REGION)
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(
        family="t", containerDefinitions=[{"name": "a", "image": "b", "memory": 64}]
    )
    ecs.create_service(cluster="c", serviceName="s", taskDefinition="t", desiredCount=0)
    report.refused(
        "ClusterContainsServicesException",
        "ecs DeleteCluster with a service",
        ecs.delete_cluster,
        cluster="c",
    )
    report.passes("ecs DeleteService", ecs.delete_service, cluster="c", service="s")
    instance = Network(bed).instance()
    document = json.dumps(
        {
            "instanceId": instance,
            "region": REGION,
            "accountId": bed.account,
            "instanceType": "t3.micro",
        }
    )
    registered = ecs.register_container_instance(cluster="c", instanceIdentityDocument=document)
    registered = registered["containerInstance"]["containerInstanceArn"]
    report.refused(
        "ClusterContainsContainerInstancesException",
        "ecs DeleteCluster with an instance",
        ecs.delete_cluster,
        cluster="c",
    )
    report.passes(
        "ecs DeregisterContainerInstance",
        ecs.deregister_container_instance,
        cluster="c",
        containerInstance=registered,
        force=True,
    )
    report.passes("ecs DeleteCluster", ecs.delete_cluster, cluster="c")

    eks = bed.client("eks", REGION)
    role = f"arn:aws:iam::{bed.account}:role/r"
    net = Network(bed)
    eks.create_cluster(
        name="k",
        roleArn=role,
        resourcesVpcConfig={"subnetIds": [net.subnet]},
        deletionProtection=True,
    )
    report.refused(
        "DependencyViolation",
        "DeleteSubnet with a control plane",
        net.ec2.delete_subnet,
        SubnetId=net.subnet,
    )
    report.refused(
        "InvalidRequestException", "eks DeleteCluster, protected", eks.delete_cluster, name="k"
    )
    eks.update_cluster_config(name="k", deletionProtection=False)
    eks.create_nodegroup(clusterName="k", nodegroupName="n", subnets=[net.subnet], nodeRole=role)
    report.refused(
        "ResourceInUseException",
        "eks DeleteCluster with a node group",
        eks.delete_cluster,
        name="k",
    )
    report.passes("eks DeleteNodegroup", eks.delete_nodegroup, clusterName="k", nodegroupName="n")
    report.passes("eks DeleteCluster", eks.delete_cluster, name="k")


@case
def load_balancers_and_groups(bed, report):
    net = Network(bed)
    elb = bed.client("elbv2", REGION)
    balancer = elb.create_load_balancer(Name="p-alb", Subnets=[net.subnet, net.other])
    balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="p-tg", Protocol="HTTP", Port=80, VpcId=net.vpc)
    group = group["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    protection = "deletion_protection.enabled"

    def protect(value):
        elb.modify_load_balancer_attributes(
            LoadBalancerArn=balancer, Attributes=[{"Key": protection, "Value": value}]
        )

    report.refused(
        "ResourceInUse",
        "DeleteTargetGroup of a listener",
        elb.delete_target_group,
        TargetGroupArn=group,
    )
    protect("true")
    report.refused(
        "OperationNotPermitted",
        "DeleteLoadBalancer, protected",
        elb.delete_load_balancer,
        LoadBalancerArn=balancer,
    )
    protect("false")
    report.passes("DeleteLoadBalancer", elb.delete_load_balancer, LoadBalancerArn=balancer)
    report.passes("DeleteTargetGroup after it", elb.delete_target_group, TargetGroupArn=group)

    scaling = bed.client("autoscaling", REGION)
    scaling.create_launch_configuration(
        LaunchConfigurationName="lc", ImageId=AMI, InstanceType="t3.micro"
    )
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="g",
        LaunchConfigurationName="lc",
        MinSize=1,
        MaxSize=1,
        VPCZoneIdentifier=net.subnet,
    )
    report.refused(
        "ResourceInUse",
        "DeleteAutoScalingGroup with instances",
        scaling.delete_auto_scaling_group,
        AutoScalingGroupName="g",
    )
    report.passes(
        "DeleteAutoScalingGroup, forced",
        scaling.delete_auto_scaling_group,
        AutoScalingGroupName="g",
        ForceDelete=True,
    )

    kinesis = bed.client("kinesis", REGION)
    kinesis.create_stream(StreamName="k", ShardCount=1)
    arn = kinesis.describe_stream(StreamName="k")["StreamDescription"]["StreamARN"]
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")
    report.refused(
        "ResourceInUseException",
        "kinesis DeleteStream with a consumer",
        kinesis.delete_stream,
        StreamName="k",
    )
    report.passes(
        "kinesis DeleteStream, enforced",
        kinesis.delete_stream,
        StreamName="k",
        EnforceConsumerDeletion=True,
    )


# --- buckets, zones, what the server was told -----------------------------------------------------


@case
def buckets(bed, report):
    s3 = bed.client("s3")
    name = f"refusals-{bed.account}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    not_empty = "BucketNotEmpty"

    def held(by):
        report.refused(not_empty, f"DeleteBucket with {by}", s3.delete_bucket, Bucket=name)

    version = s3.put_object(
        Bucket=name,
        Key="k",
        Body=b"1",
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate="2099-01-01T00:00:00Z",
    )["VersionId"]
    held("an object")
    marker = s3.delete_object(Bucket=name, Key="k")["VersionId"]
    held("a version behind a marker")
    request = {"Bucket": name, "Key": "k", "VersionId": version}
    report.refused("AccessDenied", "DeleteObject under governance", s3.delete_object, **request)
    both = {"Objects": [{"Key": "k", "VersionId": version}]}
    answer = s3.delete_objects(Bucket=name, Delete=both)
    codes = [error["Code"] for error in answer.get("Errors", [])]
    report.holds(f"DeleteObjects under governance: {codes}", codes == ["AccessDenied"])
    report.passes(
        "DeleteObject, governance bypassed",
        s3.delete_object,
        BypassGovernanceRetention=True,
        **request,
    )
    held("only a marker")
    s3.delete_object(Bucket=name, Key="k", VersionId=marker)
    upload = s3.create_multipart_upload(Bucket=name, Key="big")["UploadId"]
    held("a multipart upload")
    s3.abort_multipart_upload(Bucket=name, Key="big", UploadId=upload)
    report.passes("DeleteBucket, empty", s3.delete_bucket, Bucket=name)

    route53 = bed.client("route53")
    zone = route53.create_hosted_zone(Name="r.example.", CallerReference="r")["HostedZone"]["Id"]
    record = {
        "Name": "a.r.example.",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }

    def change(action):
        changes = [{"Action": action, "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    change("CREATE")
    report.refused(
        "HostedZoneNotEmpty", "DeleteHostedZone with a record", route53.delete_hosted_zone, Id=zone
    )
    change("DELETE")
    report.passes("DeleteHostedZone", route53.delete_hosted_zone, Id=zone)


@case
def protections(bed, report):
    cloudformation = bed.client("cloudformation", REGION)
    template = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
    cloudformation.create_stack(
        StackName="s", TemplateBody=template, EnableTerminationProtection=True
    )
    report.refused(
        "ValidationError", "DeleteStack, protected", cloudformation.delete_stack, StackName="s"
    )
    cloudformation.update_termination_protection(StackName="s", EnableTerminationProtection=False)
    report.passes("DeleteStack", cloudformation.delete_stack, StackName="s")

    bucket = f"stack-{bed.account}"
    resource = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}
    cloudformation.create_stack(
        StackName="b", TemplateBody=json.dumps({"Resources": {"B": resource}})
    )
    s3 = bed.client("s3", REGION)
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    cloudformation.delete_stack(StackName="b")
    state = cloudformation.describe_stacks(StackName="b")["Stacks"][0]["StackStatus"]
    report.holds(f"a stack with a full bucket is {state}", state == "DELETE_FAILED")
    s3.delete_object(Bucket=bucket, Key="k")
    report.passes("DeleteStack, its bucket empty", cloudformation.delete_stack, StackName="b")
    report.holds("the bucket went with it", bucket not in ids(s3.list_buckets()["Buckets"], "Name"))

    logs = bed.client("logs", REGION)
    logs.create_log_group(logGroupName="l", deletionProtectionEnabled=True)
    report.refused(
        "ValidationException", "DeleteLogGroup, protected", logs.delete_log_group, logGroupName="l"
    )
    logs.put_log_group_deletion_protection(logGroupIdentifier="l", deletionProtectionEnabled=False)
    report.passes("DeleteLogGroup", logs.delete_log_group, logGroupName="l")

    emr = bed.client("emr", REGION)
    flow = emr.run_job_flow(
        Name="f",
        ReleaseLabel="emr-7.1.0",
        JobFlowRole="r",
        ServiceRole="r",
        Instances={
            "MasterInstanceType": "m5.xlarge",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
            "TerminationProtected": True,
        },
    )["JobFlowId"]
    report.refused(
        "ValidationException",
        "TerminateJobFlows, protected",
        emr.terminate_job_flows,
        JobFlowIds=[flow],
    )
    emr.set_termination_protection(JobFlowIds=[flow], TerminationProtected=False)
    report.passes("TerminateJobFlows", emr.terminate_job_flows, JobFlowIds=[flow])

    cognito = bed.client("cognito-idp", REGION)
    pool = cognito.create_user_pool(PoolName="p", DeletionProtection="ACTIVE")["UserPool"]["Id"]
    report.refused(
        "InvalidParameterException",
        "DeleteUserPool, protected",
        cognito.delete_user_pool,
        UserPoolId=pool,
    )
    cognito.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    report.passes("DeleteUserPool", cognito.delete_user_pool, UserPoolId=pool)

    ecr = bed.client("ecr", REGION)
    ecr.create_repository(repositoryName="repo")
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"mediaType": "x", "size": 1, "digest": "sha256:" + "0" * 64},
            "layers": [],
        }
    )
    ecr.put_image(repositoryName="repo", imageManifest=manifest, imageTag="t")
    report.refused(
        "RepositoryNotEmptyException",
        "ecr DeleteRepository with an image",
        ecr.delete_repository,
        repositoryName="repo",
    )
    report.passes(
        "ecr DeleteRepository, forced", ecr.delete_repository, repositoryName="repo", force=True
    )


@case
def other_states(bed, report):
    dms = bed.client("dms", REGION)
    instance = dms.create_replication_instance(
        ReplicationInstanceIdentifier="i", ReplicationInstanceClass="dms.t3.medium"
    )["ReplicationInstance"]["ReplicationInstanceArn"]
    task = dms.create_replication_task(
        ReplicationTaskIdentifier="t",
        SourceEndpointArn="a",
        TargetEndpointArn="b",
        TableMappings="{}",
        ReplicationInstanceArn=instance,
        MigrationType="full-load",
    )["ReplicationTask"]["ReplicationTaskArn"]
    delete = dms.delete_replication_instance
    report.refused(
        "InvalidResourceStateFault",
        "DeleteReplicationInstance with a task",
        delete,
        ReplicationInstanceArn=instance,
    )
    report.passes("DeleteReplicationTask", dms.delete_replication_task, ReplicationTaskArn=task)
    report.passes("DeleteReplicationInstance", delete, ReplicationInstanceArn=instance)

    kms = bed.client("kms", REGION)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    report.passes("ScheduleKeyDeletion", kms.schedule_key_deletion, KeyId=key)
    report.refused(
        "KMSInvalidStateException", "the same again", kms.schedule_key_deletion, KeyId=key
    )

    pca = bed.client("acm-pca", REGION)
    authority = pca.create_certificate_authority(
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "RSA_2048",
            "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": {"CommonName": "x"},
        },
        CertificateAuthorityType="ROOT",
    )["CertificateAuthorityArn"]
    delete = pca.delete_certificate_authority
    pca.update_certificate_authority(CertificateAuthorityArn=authority, Status="ACTIVE")
    report.refused(
        "InvalidStateException",
        "DeleteCertificateAuthority, active",
        delete,
        CertificateAuthorityArn=authority,
    )
    pca.update_certificate_authority(CertificateAuthorityArn=authority, Status="DISABLED")
    report.passes("DeleteCertificateAuthority, disabled", delete, CertificateAuthorityArn=authority)

    cloudfront = bed.client("cloudfront")
    config = {
        "CallerReference": "r",
        "Comment": "",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "o",
                    "DomainName": "b.s3.amazonaws.com",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "allow-all",
            "MinTTL": 0,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
    }
    made = cloudfront.create_distribution(DistributionConfig=config)
    id, tag = made["Distribution"]["Id"], made["ETag"]
    delete = cloudfront.delete_distribution
    report.refused(
        "DistributionNotDisabled", "DeleteDistribution, enabled", delete, Id=id, IfMatch=tag
    )
    config["Enabled"] = False
    tag = cloudfront.update_distribution(Id=id, IfMatch=tag, DistributionConfig=config)["ETag"]
    report.passes("DeleteDistribution, disabled", delete, Id=id, IfMatch=tag)


@case
def directories(bed, report):
    net = Network(bed)
    ds, workspaces = bed.client("ds", REGION), bed.client("workspaces", REGION)
    directory = ds.create_directory(
        Name="d.example.com",
        Password="Passw0rd!",
        Size="Small",
        VpcSettings={"VpcId": net.vpc, "SubnetIds": [net.subnet, net.other]},
    )["DirectoryId"]
    workspaces.register_workspace_directory(DirectoryId=directory)
    made = workspaces.create_workspaces(
        Workspaces=[{"DirectoryId": directory, "UserName": "u", "BundleId": "wsb-bh8rsxt14"}]
    )["PendingRequests"][0]["WorkspaceId"]
    report.refused(
        "ClientException",
        "ds DeleteDirectory, registered",
        ds.delete_directory,
        DirectoryId=directory,
    )
    deregister = workspaces.deregister_workspace_directory
    report.refused(
        "InvalidResourceStateException",
        "DeregisterWorkspaceDirectory with a WorkSpace",
        deregister,
        DirectoryId=directory,
    )
    report.passes(
        "TerminateWorkspaces",
        workspaces.terminate_workspaces,
        TerminateWorkspaceRequests=[{"WorkspaceId": made}],
    )
    report.passes("DeregisterWorkspaceDirectory", deregister, DirectoryId=directory)
    report.passes("ds DeleteDirectory", ds.delete_directory, DirectoryId=directory)


@case
def what_only_answers_hold(bed, report):
    sagemaker = bed.client("sagemaker", REGION)
    net = Network(bed)
    domain = sagemaker.create_domain(
        DomainName="d",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": "arn:aws:iam::1:role/r"},
        SubnetIds=[net.subnet],
        VpcId=net.vpc,
    )["DomainArn"].split("/")[-1]
    app = {
        "DomainId": domain,
        "UserProfileName": "ana",
        "AppType": "JupyterServer",
        "AppName": "default",
    }
    profile, space = (
        {"DomainId": domain, "UserProfileName": "ana"},
        {"DomainId": domain, "SpaceName": "lab"},
    )
    for key, row in (("Apps", app), ("UserProfiles", profile), ("Spaces", space)):
        body = {key: [{**row, "Status": "InService"}]}
        bed.control("canned", service="sagemaker", operation=f"List{key}", region=REGION, body=body)
    report.refused(
        "ResourceInUse", "DeleteUserProfile with an app", sagemaker.delete_user_profile, **profile
    )
    report.passes("DeleteApp", sagemaker.delete_app, **app)
    report.holds("the app is no longer listed", not sagemaker.list_apps()["Apps"])
    report.refused(
        "ResourceInUse", "DeleteDomain with profiles", sagemaker.delete_domain, DomainId=domain
    )
    report.passes("DeleteUserProfile", sagemaker.delete_user_profile, **profile)
    report.refused(
        "ResourceInUse", "DeleteDomain with spaces", sagemaker.delete_domain, DomainId=domain
    )
    report.passes("DeleteSpace", sagemaker.delete_space, **space)
    report.passes("DeleteDomain", sagemaker.delete_domain, DomainId=domain)

    backup = bed.client("backup", REGION)
    backup.create_backup_vault(BackupVaultName="v")
    arn = f"arn:aws:ec2:{REGION}::snapshot/snap-00000000000000000"
    point = {"BackupVaultName": "v", "RecoveryPointArn": arn}
    body = {"RecoveryPoints": [{**point, "Status": "COMPLETED"}]}
    bed.control(
        "canned",
        service="backup",
        operation="GET /backup-vaults/v/recovery-points/",
        region=REGION,
        body=body,
    )
    report.refused(
        "InvalidRequestException",
        "DeleteBackupVault with a recovery point",
        backup.delete_backup_vault,
        BackupVaultName="v",
    )
    report.passes("DeleteRecoveryPoint", backup.delete_recovery_point, **point)
    job = backup.start_backup_job(
        BackupVaultName="v",
        ResourceArn=f"arn:aws:dynamodb:{REGION}:{bed.account}:table/t",
        IamRoleArn="arn:aws:iam::1:role/r",
    )
    state = backup.describe_backup_job(BackupJobId=job["BackupJobId"])["State"]
    point["RecoveryPointArn"] = job["RecoveryPointArn"]
    listed = backup.list_recovery_points_by_backup_vault(BackupVaultName="v")["RecoveryPoints"]
    status = backup.describe_recovery_point(**point)["Status"]
    report.holds(f"a backup job is {state}, its point {status}", ids(listed, "Status") == [status])
    report.refused(
        "InvalidRequestException",
        "DeleteBackupVault with its point",
        backup.delete_backup_vault,
        BackupVaultName="v",
    )
    report.passes("DeleteRecoveryPoint of the job", backup.delete_recovery_point, **point)
    report.passes("DeleteBackupVault", backup.delete_backup_vault, BackupVaultName="v")


@case
def simulated_policies(bed, report):
    iam = bed.client("iam")
    bed.control("denied", account=bed.account, actions=["rds:Delete*"])
    actions = [f"ec2:Delete{number}" for number in range(120)] + ["rds:DeleteDBInstance"]
    request = {"PolicySourceArn": f"arn:aws:iam::{bed.account}:user/u", "ActionNames": actions}
    pages = iam.get_paginator("simulate_principal_policy").paginate(**request)
    results = [one for page in pages for one in page["EvaluationResults"]]
    denied = [one["EvalActionName"] for one in results if one["EvalDecision"] != "allowed"]
    report.holds(f"{len(results)} actions simulated over pages", len(results) == len(actions))
    report.holds(f"denied: {denied}", denied == ["rds:DeleteDBInstance"])
    bed.control("denied", account=bed.account, actions=[])


@case
def quicksight_protection(bed, report):
    """On the seeded subscription, which stays."""
    quicksight = bed.client("quicksight")
    settings = {"AwsAccountId": bed.account, "DefaultNamespace": "default"}
    quicksight.update_account_settings(TerminationProtectionEnabled=True, **settings)
    report.refused(
        "PreconditionNotMetException",
        "DeleteAccountSubscription, protected",
        quicksight.delete_account_subscription,
        AwsAccountId=bed.account,
    )
    quicksight.update_account_settings(TerminationProtectionEnabled=False, **settings)


# --- command line ---------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--truth", required=True, help="what seed.py wrote for this server")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    with open(options.truth) as file:
        document = json.load(file)
    bed = Bed(options.endpoint, document["account"])
    report = Report()
    for check in CASES:
        print(f"--- {check.__name__.replace('_', ' ')}")
        try:
            check(bed, report)
        except Exception as error:  # a case that could not be set up is a failure, not the end
            report.line(False, f"{check.__name__}: {type(error).__name__}: {error}")
    print("--- calls that save, stop or unprotect")
    verbs(bed, report, document["resources"])
    print("--- the seeded account")
    empty_the_account(bed, report, document["resources"])
    print(f"{len(report.failures)} failures; not implemented: {report.missing or 'nothing'}")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
