#!/usr/bin/env python3
"""Says how much of each quota an account of the emulator uses, as JSON, from its listings by boto3.

    quota_truth.py --endpoint http://127.0.0.1:5577 --region us-east-1,eu-west-1

It shares nothing with the program under test: neither its rows nor its code. A line is service,
code, region, use and how: `counted`, or `told` where nobody but the service itself can say it.
"""

import argparse
import collections
import json
import re
import sys

sys.dont_write_bytecode = True  # keeps the source tree clean

from bed import Bed  # noqa: E402

HOME = "us-east-1"
STANDARD = re.compile(r"(a|c|d|h|i|im|is|m|r|t|z)\d")
GIB = 1024**3


def fullest(holders) -> int:
    """How often the most frequent one is there."""
    return max(collections.Counter(holders).values(), default=0)


def largest(sizes) -> float:
    return max(sizes, default=0)


class Account:
    """Listings of one region, each asked for once."""

    def __init__(self, bed: Bed, region: str):
        self.bed, self.region, self.kept = bed, region, {}

    def client(self, service):
        return self.bed.client(service, self.region)

    def list(self, service, operation, key, **request) -> list:
        """All pages of a listing."""
        name = (service, operation, key, json.dumps(request, sort_keys=True))
        if name not in self.kept:
            client, found = self.client(service), []
            if client.can_paginate(operation):
                for page in client.get_paginator(operation).paginate(**request):
                    found += page.get(key, [])
            else:
                found = getattr(client, operation)(**request).get(key, [])
            self.kept[name] = found
        return self.kept[name]


# --- compute and block storage --------------------------------------------------------------------


def vcpus(account, family, spot) -> int:
    """vCPUs of running instances of a family."""
    reservations = account.list("ec2", "describe_instances", "Reservations")
    running = [
        one["InstanceType"]
        for reservation in reservations
        for one in reservation["Instances"]
        if one["State"]["Name"] in ("pending", "running")
        and (one.get("InstanceLifecycle") == "spot") == spot
        and re.match(family, one["InstanceType"])
    ]
    if not running:
        return 0
    types = account.list(
        "ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=sorted(set(running))
    )
    of_type = {one["InstanceType"]: one["VCpuInfo"]["DefaultVCpus"] for one in types}
    return sum(of_type[name] for name in running)


def ec2(account):
    def standing(attachment):
        return not attachment["State"].startswith(("fail", "reject", "delet"))

    own = account.bed.account
    attachments = account.list(
        "ec2", "describe_transit_gateway_attachments", "TransitGatewayAttachments"
    )
    gateways = account.list("ec2", "describe_transit_gateways", "TransitGateways")
    yield "L-1216C47A", vcpus(account, STANDARD, False)
    yield "L-34B43A08", vcpus(account, STANDARD, True)
    yield "L-DB2E81BA", vcpus(account, r"(g|gr|vt)\d", False)
    yield "L-417A185B", vcpus(account, r"p\d", False)
    yield "L-0263D0A3", len(account.list("ec2", "describe_addresses", "Addresses"))
    yield "L-B665C33B", len(account.list("ec2", "describe_images", "Images", Owners=["self"]))
    yield "L-A2478D36", sum(one["OwnerId"] == own for one in gateways)
    yield "L-E0233F82", fullest(one["TransitGatewayId"] for one in attachments if standing(one))


def ebs(account):
    volumes = account.list("ec2", "describe_volumes", "Volumes")
    snapshots = account.list("ec2", "describe_snapshots", "Snapshots", OwnerIds=["self"])
    for code, name in (
        ("L-D18FCD1D", "gp2"), ("L-7A658B76", "gp3"), ("L-FD252861", "io1"),
        ("L-09BD8365", "io2"), ("L-82ACEF56", "st1"),
    ):
        yield code, sum(one["Size"] for one in volumes if one["VolumeType"] == name) / 1024
    yield "L-B3A130E6", sum(one["Iops"] for one in volumes if one["VolumeType"] == "io1")
    yield "L-309BACF6", len(snapshots)
    yield "L-94D7AB7D", sum(one["State"] == "pending" for one in snapshots)
    archived = [one["VolumeId"] for one in snapshots if one.get("StorageTier") == "archive"]
    yield "L-E20676C1", fullest(archived)


def vpc(account):
    def listed(what, key):
        return account.list("ec2", f"describe_{what}", key)

    def rules(permissions):
        sorts = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")
        return sum(len(one.get(sort, [])) for one in permissions for sort in sorts)

    subnets, groups = listed("subnets", "Subnets"), listed("security_groups", "SecurityGroups")
    tables, gateways = listed("route_tables", "RouteTables"), listed("nat_gateways", "NatGateways")
    endpoints = listed("vpc_endpoints", "VpcEndpoints")
    zones = {one["SubnetId"]: one["AvailabilityZone"] for one in subnets}
    standing = [one for one in gateways if one["State"] in ("pending", "available", "deleting")]
    sides = [one[side] for one in groups for side in ("IpPermissions", "IpPermissionsEgress")]
    yield "L-F678F1CE", len(listed("vpcs", "Vpcs"))
    yield "L-407747CB", fullest(one["VpcId"] for one in subnets)
    yield "L-A4707A72", len(listed("internet_gateways", "InternetGateways"))
    yield "L-FE5A380F", fullest(zones[one["SubnetId"]] for one in standing)
    yield "L-5F53652F", largest(len(one["NatGatewayAddresses"]) for one in gateways)
    yield "L-E79EC296", sum("VpcId" in one for one in groups)
    yield "L-0EA8095F", largest(rules(side) for side in sides)
    yield "L-DF5E4CA3", len(listed("network_interfaces", "NetworkInterfaces"))
    yield "L-589F43AA", fullest(one["VpcId"] for one in tables)
    yield "L-93826ACB", largest(len(one["Routes"]) for one in tables)
    of_kind = [one["VpcId"] for one in endpoints if one["VpcEndpointType"] == "Interface"]
    yield "L-29B6F2EB", fullest(of_kind)
    yield "L-1B52E74A", sum(one["VpcEndpointType"] == "Gateway" for one in endpoints)


def elasticloadbalancing(account):
    balancers = account.list("elbv2", "describe_load_balancers", "LoadBalancers")
    groups = account.list("elbv2", "describe_target_groups", "TargetGroups")
    classic = account.list("elb", "describe_load_balancers", "LoadBalancerDescriptions")

    def listeners(arn):
        return len(account.list("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn))

    def targets(arn):
        client = account.client("elbv2")
        return len(client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"])

    application = [one["LoadBalancerArn"] for one in balancers if one["Type"] == "application"]
    yield "L-53DA6B97", len(application)
    yield "L-69A177A2", sum(one["Type"] == "network" for one in balancers)
    yield "L-E9E9831D", len(classic)
    yield "L-B22855CB", len(groups)
    yield "L-A0D0B863", largest(targets(one["TargetGroupArn"]) for one in groups)
    yield "L-B6DF7632", largest(listeners(arn) for arn in application)
    yield "L-1A491844", largest(len(one["ListenerDescriptions"]) for one in classic)
    yield "L-CE3125E5", largest(len(one["Instances"]) for one in classic)


# --- data -----------------------------------------------------------------------------------------


def rds(account):
    databases = account.list("rds", "describe_db_instances", "DBInstances")
    snapshots = account.list("rds", "describe_db_snapshots", "DBSnapshots")
    of_clusters = account.list("rds", "describe_db_cluster_snapshots", "DBClusterSnapshots")
    clustered = ("aurora", "docdb", "neptune")
    stored = [one for one in databases if not one["Engine"].startswith(clustered)]
    yield "L-7B6409FD", len(databases)
    yield "L-952B80B8", len(account.list("rds", "describe_db_clusters", "DBClusters"))
    yield "L-7ADDB58A", sum(one["AllocatedStorage"] for one in stored)
    yield "L-272F1212", sum(one["SnapshotType"] == "manual" for one in snapshots)
    yield "L-9B510759", sum(one["SnapshotType"] == "manual" for one in of_clusters)
    replicas = [len(one.get("ReadReplicaDBInstanceIdentifiers", [])) for one in databases]
    yield "L-5BC124EF", largest(replicas)


def dynamodb(account):
    client = account.client("dynamodb")
    names = account.list("dynamodb", "list_tables", "TableNames")
    tables = [client.describe_table(TableName=name)["Table"] for name in names]
    on_demand = "PAY_PER_REQUEST"
    provisioned = [
        one["ProvisionedThroughput"]
        for one in tables
        if one.get("BillingModeSummary", {}).get("BillingMode") != on_demand
    ]
    yield "L-F98FE922", len(tables)
    yield "L-34F6A552", sum(one["ReadCapacityUnits"] for one in provisioned)
    yield "L-34F8CCC8", sum(one["WriteCapacityUnits"] for one in provisioned)


def redshift(account):
    clusters = account.list("redshift", "describe_clusters", "Clusters")
    ra3 = [one["NumberOfNodes"] for one in clusters if one["NodeType"].startswith("ra3.")]
    yield "L-F9D462EE", sum(one["NumberOfNodes"] for one in clusters)
    yield "L-93AC8AE6", largest(ra3)
    snapshots = account.list("redshift", "describe_cluster_snapshots", "Snapshots")
    yield "L-2E428669", sum(one["SnapshotType"] == "manual" for one in snapshots)


def es(account):
    names = account.list("opensearch", "list_domain_names", "DomainNames")
    client = account.client("opensearch")
    domains = [
        client.describe_domain(DomainName=one["DomainName"])["DomainStatus"]["ClusterConfig"]
        for one in names
    ]
    sizes = [one["InstanceCount"] for one in domains if not one["InstanceType"].startswith("t2.")]
    yield "L-076D529E", len(domains)
    yield "L-6408ABDE", largest(sizes)


def elasticache(account):
    clusters = account.list("elasticache", "describe_cache_clusters", "CacheClusters")
    yield "L-DFE45DF3", sum(one["NumCacheNodes"] for one in clusters)


def kinesis(account):
    client = account.client("kinesis")
    names = account.list("kinesis", "list_streams", "StreamNames")
    streams = [client.describe_stream_summary(StreamName=name) for name in names]
    shards = [one["StreamDescriptionSummary"]["OpenShardCount"] for one in streams]
    yield "L-0918CF54", sum(shards)


def kafka(account):
    clusters = account.list("kafka", "list_clusters_v2", "ClusterInfoList")
    yield "L-EDD31C36", sum(one["Provisioned"]["NumberOfBrokerNodes"] for one in clusters)


def glue(account):
    yield "L-611FDDE4", len(account.list("glue", "get_jobs", "Jobs"))
    yield "L-11FA2C1A", len(account.list("glue", "get_crawlers", "Crawlers"))
    yield "L-DBA56E2F", len(account.list("glue", "get_dev_endpoints", "DevEndpoints"))


def elasticmapreduce(account):
    clusters = account.list("emr", "list_clusters", "Clusters")
    ended = ("TERMINATED", "TERMINATED_WITH_ERRORS")
    yield "L-1EE7982C", sum(one["Status"]["State"] not in ended for one in clusters)


def dms(account):
    instances = account.list("dms", "describe_replication_instances", "ReplicationInstances")
    yield "L-C2341CDC", len(instances)
    yield "L-BBDCBDC8", sum(one.get("AllocatedStorage", 0) for one in instances)
    told = account.client("dms").describe_account_attributes()["AccountQuotas"]
    used = {one["AccountQuotaName"]: one["Used"] for one in told}
    yield "L-E17328E9", used["Endpoints"], "told"


def fsx(account):
    systems = account.list("fsx", "describe_file_systems", "FileSystems")
    scratch = [
        one["StorageCapacity"]
        for one in systems
        if one.get("LustreConfiguration", {}).get("DeploymentType", "").startswith("SCRATCH")
    ]
    yield "L-C48231E5", len(scratch)
    yield "L-AD2FC696", sum(scratch)


def sagemaker(account):
    def listed(operation, key):
        return account.list("sagemaker", operation, key)

    client = account.client("sagemaker")
    notebooks = listed("list_notebook_instances", "NotebookInstances")
    medium = [
        one["NotebookInstanceStatus"]
        for one in notebooks
        if one["InstanceType"] == "ml.t3.medium"
    ]
    names = [one["EndpointName"] for one in listed("list_endpoints", "Endpoints")]
    endpoints = [client.describe_endpoint(EndpointName=name) for name in names]
    sizes, of_large = [], 0
    for endpoint in endpoints:
        config = client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
        types = {one["VariantName"]: one["InstanceType"] for one in config["ProductionVariants"]}
        variants = endpoint["ProductionVariants"]
        counts = {one["VariantName"]: one["CurrentInstanceCount"] for one in variants}
        sizes.append(sum(counts.values()))
        of_large += sum(count for name, count in counts.items() if types[name] == "ml.m5.large")
    yield "L-B683BCB0", len(listed("list_domains", "Domains"))
    yield "L-04CE2E67", len(notebooks)
    yield "L-E17566B7", sum(status in ("Pending", "InService") for status in medium)
    yield "L-7A3DF611", sum(sizes)
    yield "L-ED8DEE9B", largest(sizes)
    yield "L-614B09FD", of_large


# --- the rest -------------------------------------------------------------------------------------


def acm(account):
    client = account.client("acm")
    arns = account.list("acm", "list_certificates", "CertificateSummaryList")
    types = [
        client.describe_certificate(CertificateArn=one["CertificateArn"])["Certificate"]["Type"]
        for one in arns
    ]
    yield "L-F141DD1D", types.count("AMAZON_ISSUED")
    yield "L-D2CB7DE9", types.count("IMPORTED")


def backup(account):
    vaults = account.list("backup", "list_backup_vaults", "BackupVaultList")
    yield "L-7705D2CB", len(vaults)
    yield "L-514878B6", largest(one.get("NumberOfRecoveryPoints", 0) for one in vaults)


def ecs(account):
    clusters = account.list("ecs", "list_clusters", "clusterArns")
    yield "L-21C621EB", len(clusters)
    services = [
        account.list("ecs", "list_services", "serviceArns", cluster=arn) for arn in clusters
    ]
    yield "L-9EF96962", largest(len(some) for some in services)


def eks(account):
    names = account.list("eks", "list_clusters", "clusters")
    yield "L-1194D53C", len(names)
    groups = [
        account.list("eks", "list_nodegroups", "nodegroups", clusterName=name) for name in names
    ]
    yield "L-6D54EA21", largest(len(some) for some in groups)


def kms(account):
    client = account.client("kms")
    ids = [one["KeyId"] for one in account.list("kms", "list_keys", "Keys")]
    keys = [client.describe_key(KeyId=id)["KeyMetadata"] for id in ids]
    own = [one["KeyId"] for one in keys if one["KeyManager"] == "CUSTOMER"]
    aliases = [one.get("TargetKeyId") for one in account.list("kms", "list_aliases", "Aliases")]
    yield "L-C2F1777E", len(own)
    yield "L-340F62FB", fullest(id for id in aliases if id in own)


def sqs(account):
    client = account.client("sqs")
    name = "ApproximateNumberOfMessagesNotVisible"
    flying = {True: [], False: []}
    for url in account.list("sqs", "list_queues", "QueueUrls"):
        told = client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
        flying[url.endswith(".fifo")].append(int(told[name]))
    yield "sqs-in-flight-standard", largest(flying[False])
    yield "sqs-in-flight-fifo", largest(flying[True])


def counts(service, operation, key, code):
    """A quota on the length of one listing."""
    return lambda account: [(code, len(account.list(service, operation, key)))]


def iam(account):
    for code, operation, key, request in (
        ("L-F55AF5E4", "list_users", "Users", {}),
        ("L-F4A5425F", "list_groups", "Groups", {}),
        ("L-FE177D64", "list_roles", "Roles", {}),
        ("L-E95E4862", "list_policies", "Policies", {"Scope": "Local"}),
        ("L-6E65F664", "list_instance_profiles", "InstanceProfiles", {}),
        ("L-BF35879D", "list_server_certificates", "ServerCertificateMetadataList", {}),
    ):
        yield code, len(account.list("iam", operation, key, **request))


# --- what only the service itself can say, beside what is counted ---------------------------------


def route53(account):
    zones = account.list("route53", "list_hosted_zones", "HostedZones")
    yield "L-4EA4796A", len(zones)
    yield "L-E209CC9F", largest(one["ResourceRecordSetCount"] for one in zones)
    yield "L-ACB674F3", len(account.list("route53", "list_health_checks", "HealthChecks"))
    for code, name in (
        ("L-A72C7724", "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER"),
        ("L-FC688E7C", "MAX_TRAFFIC_POLICIES_BY_OWNER"),
        ("L-628D5A56", "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER"),
    ):
        yield code, account.client("route53").get_account_limit(Type=name)["Count"], "told"


def autoscaling(account):
    client = account.client("autoscaling")
    groups = account.list("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    yield "L-CDE20ADC", len(groups)
    told = client.describe_account_limits()
    yield "L-6B80B8FA", told["NumberOfLaunchConfigurations"], "told"


def database_attributes(account):
    told = account.client("rds").describe_account_attributes()["AccountQuotas"]
    used = {one["AccountQuotaName"]: one["Used"] for one in told}
    yield "L-DE55804A", used["DBParameterGroups"], "told"


def code_storage(account):
    told = account.client("lambda").get_account_settings()["AccountUsage"]
    yield "L-2ACBD22F", told["TotalCodeSize"] / GIB, "told"


def mail(account):
    told = account.client("sesv2").get_account()["SendQuota"]
    yield "L-804C8AE8", told["SentLast24Hours"], "told"


REGIONAL = [
    ("acm", acm),
    ("airflow", counts("mwaa", "list_environments", "Environments", "L-67D41C6B")),
    ("autoscaling", autoscaling),
    ("backup", backup),
    ("cloudformation", counts("cloudformation", "describe_stacks", "Stacks", "L-0485CB21")),
    ("dms", dms),
    ("dynamodb", dynamodb),
    ("ebs", ebs),
    ("ec2", ec2),
    ("ecr", counts("ecr", "describe_repositories", "repositories", "L-CFEB8E8D")),
    ("ecs", ecs),
    ("eks", eks),
    ("elasticache", elasticache),
    ("elasticfilesystem", counts("efs", "describe_file_systems", "FileSystems", "L-848C634D")),
    ("elasticloadbalancing", elasticloadbalancing),
    ("elasticmapreduce", elasticmapreduce),
    ("es", es),
    ("firehose", counts("firehose", "list_delivery_streams", "DeliveryStreamNames", "L-14BB0BE7")),
    ("fsx", fsx),
    ("glue", glue),
    ("kafka", kafka),
    ("kinesis", kinesis),
    ("kms", kms),
    ("lambda", code_storage),
    ("logs", counts("logs", "describe_log_groups", "logGroups", "L-C7B9AAAB")),
    ("rds", rds),
    ("rds", database_attributes),
    ("redshift", redshift),
    ("sagemaker", sagemaker),
    ("ses", mail),
    ("sns", counts("sns", "list_topics", "Topics", "L-61103206")),
    ("sqs", sqs),
    ("vpc", vpc),
]
GLOBAL = [
    ("iam", iam),
    ("route53", route53),
    ("s3", counts("s3", "list_buckets", "Buckets", "L-DC2B2D3D")),
]


def uses(bed, regions):
    """Every quota with its use; what the emulator cannot list is left out and named."""
    rows, unlisted = [], []
    places = [(region, REGIONAL) for region in regions] + [("global", GLOBAL)]
    for place, services in places:
        account = Account(bed, HOME if place == "global" else place)
        for service, count in services:
            try:
                found = list(count(account))
            except Exception as error:
                unlisted.append(f"{service} in {place}: {type(error).__name__}: {error}"[:200])
                continue
            for code, use, *how in found:
                how = how[0] if how else "counted"
                row = {"service": service, "code": code, "region": place, "use": use, "how": how}
                rows.append(row)
    return {"uses": rows, "unlisted": unlisted}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--region", required=True, help="regions, with commas between")
    options = parser.parse_args()
    bed = Bed(options.endpoint, options.account)
    print(json.dumps(uses(bed, options.region.split(","))))


if __name__ == "__main__":
    main()
