#!/usr/bin/env python3
"""Fills an account of the emulator the way a data-engineering course leaves one behind, and writes
the truth list: what is there, what of it is a leftover, and why.

    seed.py --endpoint http://127.0.0.1:5577 --out expected.json
    seed.py --endpoint ... --demo --account 111122223333    a fuller account, to look at
    seed.py --endpoint ... --scale 4000    also N volumes, N snapshots and N instances
"""

import argparse
import csv
import datetime as dt
import io
import json
import math
import pathlib
import random
import sys
import time
import zipfile

sys.dont_write_bytecode = True  # keeps the source tree clean

import recorded  # noqa: E402
from bed import Bed, tags  # noqa: E402

AMI = "ami-0a0a0a0a0a0a0a0a1"
EAST, WEST, EUROPE = "us-east-1", "us-west-2", "eu-west-1"


# --- quotas ---------------------------------------------------------------------------------------


def vcpu_usage(kind: str) -> dict:
    return {"Class": kind, "Resource": "vCPU", "Service": "EC2", "Type": "Resource"}


def resource_usage(service: str, resource: str) -> dict:
    return {"Class": "None", "Resource": resource, "Service": service, "Type": "Resource"}


# The quotas of each service: code, name, applied value, AWS default, and what else applies.
QUOTAS = [
    (
        "ec2",
        "Amazon Elastic Compute Cloud (Amazon EC2)",
        [
            (
                "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
                32, 5, {"usage": vcpu_usage("Standard/OnDemand")},
            ),
            (
                "L-DB2E81BA", "Running On-Demand G and VT instances", 0, 0,
                {"usage": vcpu_usage("G/OnDemand")},
            ),
            (
                "L-417A185B", "Running On-Demand P instances", 0, 0,
                {"usage": vcpu_usage("P/OnDemand")},
            ),
            (
                "L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 32,
                5,
                {"usage": vcpu_usage("Standard/Spot")},
            ),
            ("L-0263D0A3", "EC2-VPC Elastic IPs", 5, 5, {}),
        ],
    ),
    (
        "vpc",
        "Amazon Virtual Private Cloud (Amazon VPC)",
        [
            (
                "L-F678F1CE", "VPCs per Region", 5, 5,
                {"requested": {"DesiredValue": 20.0, "Status": "CASE_OPENED", "Created": 1795600000}},
            ),
            ("L-A4707A72", "Internet gateways per Region", 5, 5, {}),
            ("L-FE5A380F", "NAT gateways per Availability Zone", 5, 5, {}),
            ("L-E79EC296", "VPC security groups per Region", 2500, 2500, {}),
        ],
    ),
    (
        "ebs",
        "Amazon Elastic Block Store (Amazon EBS)",
        [
            (
                "L-D18FCD1D", "Storage for General Purpose SSD (gp2) volumes, in TiB", 50, 50, {},
            ),
            (
                "L-7A658B76", "Storage for General Purpose SSD (gp3) volumes, in TiB", 50, 50, {},
            ),
            (
                "L-309BACF6", "Snapshots per Region", 100000, 100000,
                {"usage": resource_usage("EBS", "Snapshots")},
            ),
        ],
    ),
    (
        "rds",
        "Amazon Relational Database Service (Amazon RDS)",
        [
            ("L-7B6409FD", "DB instances", 40, 40, {}),
            ("L-272F1212", "Manual DB instance snapshots", 100, 100, {}),
        ],
    ),
    (
        "lambda",
        "AWS Lambda",
        [
            (
                "L-B99A9384", "Concurrent executions", 10, 1000,
                {"usage": resource_usage("Lambda", "ConcurrentExecutions")},
            ),
        ],
    ),
    (
        "s3",
        "Amazon Simple Storage Service (Amazon S3)",
        [("L-DC2B2D3D", "General purpose buckets", 10000, 10000, {"global": True})],
    ),
    ("kinesis", "Amazon Kinesis Data Streams", [("L-62F8A3AC", "Shards per Region", 6, 500, {})]),
    (
        "iam",
        "AWS Identity and Access Management (IAM)",
        [("L-FE177D64", "Roles per account", 1000, 1000, {"global": True})],
    ),
    (
        "sagemaker",
        "Amazon SageMaker",
        # More than one page of them. Every other one has no applied value.
        [
            (
                f"L-5A6E{i:04X}", f"ml.test{i}.xlarge for endpoint usage", 0, 0,
                {"default_only": i % 2 == 0},
            )
            for i in range(130)
        ],
    ),
]


# vCPUs that ran 90 days ago, the days since the provisioned units of tables were raised, and the
# topics that the metric of SNS makes up.
FIRST_VCPUS, STEP_DAYS_AGO, WRONG_TOPICS = 4, 30, 40.0

# Further quotas of what the account has, with names and values as the program's own list has them.
CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "rules/quotas/catalogue.csv"
CATALOGUED = {
    "acm": ["L-F141DD1D", "L-D2CB7DE9"],
    "airflow": ["L-67D41C6B"],
    "autoscaling": ["L-CDE20ADC"],
    "backup": ["L-7705D2CB", "L-514878B6"],
    "cloudformation": ["L-0485CB21"],
    "dms": ["L-C2341CDC", "L-BBDCBDC8"],
    "dynamodb": ["L-F98FE922", "L-34F6A552", "L-34F8CCC8"],
    "ebs": ["L-FD252861", "L-09BD8365", "L-82ACEF56", "L-B3A130E6", "L-94D7AB7D", "L-E20676C1"],
    "ec2": ["L-B665C33B", "L-A2478D36", "L-E0233F82"],
    "ecr": ["L-CFEB8E8D"],
    "ecs": ["L-21C621EB", "L-9EF96962"],
    "eks": ["L-1194D53C", "L-6D54EA21"],
    "elasticache": ["L-DFE45DF3"],
    "elasticfilesystem": ["L-848C634D"],
    "elasticloadbalancing": [
        "L-53DA6B97", "L-69A177A2", "L-E9E9831D", "L-B22855CB", "L-A0D0B863", "L-B6DF7632",
        "L-1A491844", "L-CE3125E5",
    ],
    "elasticmapreduce": ["L-1EE7982C"],
    "es": ["L-076D529E", "L-6408ABDE"],
    "firehose": ["L-14BB0BE7"],
    "fsx": ["L-C48231E5", "L-AD2FC696"],
    "glue": ["L-611FDDE4", "L-11FA2C1A", "L-DBA56E2F"],
    "kafka": ["L-EDD31C36"],
    "kms": ["L-C2F1777E", "L-340F62FB"],
    "logs": ["L-C7B9AAAB"],
    "rds": ["L-952B80B8", "L-7ADDB58A", "L-9B510759"],
    "redshift": ["L-F9D462EE", "L-93AC8AE6", "L-2E428669"],
    "route53": ["L-4EA4796A", "L-E209CC9F"],
    "sagemaker": [
        "L-B683BCB0", "L-04CE2E67", "L-E17566B7", "L-7A3DF611", "L-ED8DEE9B", "L-614B09FD",
    ],
    "sns": ["L-61103206"],
    "vpc": [
        "L-407747CB", "L-5F53652F", "L-0EA8095F", "L-DF5E4CA3", "L-589F43AA", "L-93826ACB",
        "L-29B6F2EB", "L-1B52E74A",
    ],
}


def catalogued_rows(account: str) -> list:
    rows = []
    with open(CATALOGUE, newline="") as file:
        for line in csv.DictReader(file):
            service, code = line["service_code"], line["quota_code"]
            if code not in CATALOGUED.get(service, []):
                continue
            value = float(line["default"])
            row = {
                "ServiceCode": service,
                "ServiceName": service,
                "QuotaCode": code,
                "QuotaName": line["name"],
                "Value": value,
                "Unit": "None",
                "Adjustable": line["adjustable"] == "yes",
                "GlobalQuota": line["global"] == "yes",
                "QuotaArn": f"arn:aws:servicequotas:us-east-1:{account}:{service}/{code}",
                "_Default": value,
            }
            if line["metric"]:
                namespace, metric, statistic, pairs = line["metric"].split(" ", 3)
                row["UsageMetric"] = {
                    "MetricNamespace": namespace,
                    "MetricName": metric,
                    "MetricDimensions": dict(pair.split("=") for pair in pairs.split(";")),
                    "MetricStatisticRecommendation": statistic,
                }
            rows.append(row)
    return rows


def quota_rows(account: str) -> list:
    rows = catalogued_rows(account)
    for service, service_name, quotas in QUOTAS:
        for code, name, value, default, facts in quotas:
            row = {
                "ServiceCode": service,
                "ServiceName": service_name,
                "QuotaCode": code,
                "QuotaName": name,
                "Value": float(value),
                "Unit": "None",
                "Adjustable": True,
                "GlobalQuota": facts.get("global", False),
                "QuotaArn": f"arn:aws:servicequotas:us-east-1:{account}:{service}/{code}",
                "_Default": float(default),
            }
            if "usage" in facts:
                row["UsageMetric"] = {
                    "MetricNamespace": "AWS/Usage",
                    "MetricName": "ResourceCount",
                    "MetricDimensions": facts["usage"],
                    "MetricStatisticRecommendation": "Maximum",
                }
            if facts.get("default_only"):
                row["_DefaultOnly"] = True
            if "requested" in facts:
                row["_Requested"] = facts["requested"]
            rows.append(row)
    return rows


# --- costs ----------------------------------------------------------------------------------------

# Service, region, usage type, mean dollars a day, and for how many days back the line exists.
COST_LINES = [
    ("Amazon Elastic Compute Cloud - Compute", EAST, "BoxUsage:m5.xlarge", 4.61, 400),
    ("EC2 - Other", EAST, "EBS:VolumeUsage.gp3", 1.9, 400),
    ("EC2 - Other", WEST, "USW2-NatGateway-Hours", 1.08, 400),
    ("EC2 - Other", EUROPE, "EU-EBS:SnapshotUsage", 0.42, 400),
    ("Amazon Relational Database Service", EAST, "RDS:GP3-Storage", 0.9, 400),
    ("Amazon Redshift", WEST, "USW2-Node:ra3.xlplus", 26.06, 95),
    ("Amazon Kinesis", EAST, "Storage-ShardHour", 0.72, 400),
    ("Amazon QuickSight", EAST, "QS-User-Enterprise-Month", 0.8, 400),
    ("Amazon Simple Storage Service", EAST, "TimedStorage-ByteHrs", 0.33, 400),
    ("Amazon Elastic Load Balancing", EUROPE, "EU-LoadBalancerUsage", 0.54, 400),
    ("AmazonCloudWatch", EAST, "TimedStorage-ByteHrs", 0.05, 400),
    ("Amazon SageMaker", WEST, "USW2-Notebk:ml.t3.medium", 1.2, 400),
    ("Amazon Virtual Private Cloud", EAST, "PublicIPv4:IdleAddress", 0.24, 400),
    ("Tax", "NoRegion", "", 0.0, 400),
]

# What the additions of the demo account cost.
DEMO_COST_LINES = [
    ("Amazon Elastic Compute Cloud - Compute", EUROPE, "EU-BoxUsage:m5.2xlarge", 10.27, 60),
    ("Amazon Simple Storage Service", EAST, "TimedStorage-ByteHrs", 1.61, 300),
    ("AmazonCloudWatch", EAST, "TimedStorage-ByteHrs", 0.9, 250),
    ("Amazon Virtual Private Cloud", EAST, "VpcEndpoint-Hours", 0.24, 90),
]


def cost_rows(today: dt.date, lines: list = COST_LINES, seed: int = 7) -> list:
    """400 days of daily cost rows, with a refund on the first of each month."""
    noise = random.Random(seed)
    rows = []
    for days_back in range(400, 0, -1):
        date = today - dt.timedelta(days=days_back)
        for service, region, usage_type, dollars, since in lines:
            if days_back > since:
                continue
            rows.append(
                {
                    "date": date.isoformat(),
                    "service": service,
                    "region": region,
                    "usage_type": usage_type,
                    "usd": round(dollars * (0.9 + 0.2 * noise.random()), 10),
                    "record_type": "Tax" if service == "Tax" else "Usage",
                }
            )
        if date.day == 1:
            rows.append(
                {
                    "date": date.isoformat(),
                    "service": "Amazon QuickSight",
                    "region": EAST,
                    "usage_type": "Refund",
                    "usd": -3.21,
                    "record_type": "Refund",
                }
            )
    return rows


# --- answers moto does not have -------------------------------------------------------------------


EC2_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
RDS_NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/"


def canned(bed, service, operation, list_name, items="", region=None) -> None:
    """Has the server answer a listing that moto lacks, in every region unless one is named."""
    listing = f"<{list_name}>{items}</{list_name}>"
    if service == "ec2":
        namespace = EC2_NAMESPACE
        inner = f"<requestId>testbed</requestId>{listing}"
    else:
        namespace = RDS_NAMESPACE
        inner = (
            f"<{operation}Result>{listing}</{operation}Result>"
            "<ResponseMetadata><RequestId>testbed</RequestId></ResponseMetadata>"
        )
    body = f'<{operation}Response xmlns="{namespace}">{inner}</{operation}Response>'
    where = {"region": region} if region else {}
    bed.control("canned", service=service, operation=operation, body=body, **where)


# --- metrics --------------------------------------------------------------------------------------


def put_metric(bed, region, namespace, metric, dimensions, value, hours, unit="None") -> None:
    """Puts a point at each of `hours` before now; `value` is a number or a function of the hour."""
    now = dt.datetime.now(dt.timezone.utc)
    named = [{"Name": name, "Value": text} for name, text in dimensions.items()]
    points = [
        {
            "MetricName": metric,
            "Dimensions": named,
            "Timestamp": now - dt.timedelta(hours=hour),
            "Value": value(hour) if callable(value) else value,
            "Unit": unit,
        }
        for hour in hours
    ]
    bed.client("cloudwatch", region).put_metric_data(Namespace=namespace, MetricData=points)


TWO_WEEKS = range(1, 14 * 24, 6)
THIRTY_DAYS = range(1, 30 * 24, 6)


def daily_wave(mean: float, swing: float):
    """A value with a day's rhythm and a little unevenness, the same in every run."""

    def at(hour: int) -> float:
        return mean + swing * (math.sin(hour * math.pi / 12) + 0.3 * math.sin(hour * 0.7)) / 1.3

    return at


# --- the account ----------------------------------------------------------------------------------


class Seed:
    """The steps that fill an account; their order decides the ids, which are drawn in turn."""

    def __init__(self, bed: Bed):
        self.bed = bed
        self.role = bed.arn("iam", "", "role/course-role")
        self.vpcs = {}  # region -> id
        self.subnets = {}  # region -> ids in zones a and b
        self.workers = []  # running instances in us-east-1
        self.stopped = []  # stopped instances in us-east-1
        self.loose_volumes = []  # unattached volumes in us-east-1
        self.ids = {}  # ids of what is made in a step of its own, by name

    def run(self) -> None:
        step = self.bed.step
        self.bed.control("missing", answers=recorded.answers(self.bed.account))
        # moto lacks them: the studio of the seed has none.
        profiles = {"service": "sagemaker", "operation": "ListUserProfiles"}
        self.bed.control("missing", answers=[{**profiles, "body": {"UserProfiles": []}}])
        step("iam role", self.iam_role)
        self.bed.ago(180)
        step("network us-east-1", self.network, EAST, "10.10.0.0/16", False)
        step("network us-west-2", self.network, WEST, "10.20.0.0/16", True)
        step("network eu-west-1", self.network, EUROPE, "10.30.0.0/16", False)
        self.all_instances()
        step("auto scaling", self.auto_scaling)
        self.all_volumes()
        step("attached volumes", self.attached_volumes)
        step("snapshots", self.snapshots)
        step("elastic ips", self.elastic_ips)
        step("nat gateways", self.nat_gateways)
        step("network parts", self.network_parts)
        step("load balancers", self.load_balancers)
        step("rds", self.databases)
        step("s3", self.buckets)
        self.analytics()
        self.machine_learning()
        self.storage_and_streams()
        self.containers_and_functions()
        self.security_and_rest()
        step("cloudformation", self.stack)
        step("reservations", self.reservations)
        step("subscriptions", self.subscriptions)
        step("metrics", self.metrics)
        self.bed.ago(0)
        step("quotas", self.quotas)
        step("costs", self.costs)
        step("budget", self.budget)

    def iam_role(self):
        self.bed.ago(200)
        self.bed.client("iam").create_role(
            RoleName="course-role",
            AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}',
        )

    def network(self, region, cidr, leftover):
        bed = self.bed
        ec2 = bed.client("ec2", region)
        vpc = ec2.create_vpc(
            CidrBlock=cidr,
            TagSpecifications=[
                {"ResourceType": "vpc", "Tags": tags({"Name": f"course-{region}"})}
            ],
        )["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(
                VpcId=vpc,
                CidrBlock=cidr.replace(".0.0/16", f".{i}.0/24"),
                AvailabilityZone=region + zone,
            )["Subnet"]["SubnetId"]
            for i, zone in enumerate("ab")
        ]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.vpcs[region], self.subnets[region] = vpc, subnets

        why = (
            "VPC holds only leftovers; delete after its contents"
            if leftover
            else "VPC hosts running workload"
        )
        bed.add(vpc, "ec2:vpc", region, leftover, why)
        for subnet in subnets:
            bed.add(subnet, "ec2:subnet", region, leftover, why)
        bed.add(gateway, "ec2:internet-gateway", region, leftover, why)

    # --- compute ---

    def instances(
        self, region, count, name, leftover, why, verdict=None, stopped_days=None, extra_tags=None,
        created=120, instance_type="t3.large",
    ):
        bed = self.bed
        bed.ago(created)
        ec2 = bed.client("ec2", region)
        launched = ec2.run_instances(
            ImageId=AMI,
            MinCount=count,
            MaxCount=count,
            InstanceType=instance_type,
            SubnetId=self.subnets[region][0],
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": tags({"Name": name, **(extra_tags or {})}),
                }
            ],
        )["Instances"]
        ids = [instance["InstanceId"] for instance in launched]
        if stopped_days is not None:
            bed.ago(stopped_days)
            ec2.stop_instances(InstanceIds=ids)
            bed.ago(created)
        for id in ids:
            bed.add(id, "ec2:instance", region, leftover, why, verdict, stopped_days=stopped_days)
            self.root_volumes(region, id, leftover, verdict, stopped_days is not None)
        return ids

    def root_volumes(self, region, id, leftover, verdict, stopped):
        described = self.bed.client("ec2", region).describe_instances(InstanceIds=[id])
        if not leftover:
            why = f"root volume of {id}"
        elif stopped:
            why = "root volume of a stopped instance still billed"
        else:
            why = "root volume of an idle instance; goes with it"
        for mapping in described["Reservations"][0]["Instances"][0].get("BlockDeviceMappings", []):
            volume = mapping["Ebs"]["VolumeId"]
            self.bed.add(volume, "ec2:volume", region, leftover, why, verdict, attached_to=id)

    def all_instances(self):
        step = self.bed.step
        self.workers = (
            step("running", self.instances, EAST, 3, "airflow-worker", False, "running") or []
        )
        step("running eu", self.instances, EUROPE, 2, "api", False, "running")
        self.stopped = (
            step(
                "stopped", self.instances, EAST, 3, "spark-lab", True,
                "stopped 60 d, volumes billed", stopped_days=60,
            )
            or []
        )
        step(
            "stopped west", self.instances, WEST, 2, "jupyter-lab", True, "stopped 95 d",
            stopped_days=95, instance_type="m5.xlarge",
        )
        step(
            "stopped recently", self.instances, EAST, 1, "stopped-yesterday", False,
            "stopped 1 d ago: below the age threshold", "too_young", stopped_days=1,
        )
        step(
            "kept", self.instances, EAST, 1, "license-host", False, "stopped, tagged keep=true",
            "protected", stopped_days=80, extra_tags={"keep": "true"},
        )
        step("termination protection", self.termination_protected)

    def termination_protected(self):
        id = self.instances(
            EAST, 1, "term-protected", True,
            "stopped 70 d; termination protection must be reported, not overridden silently",
            stopped_days=70,
        )[0]
        self.bed.client("ec2").modify_instance_attribute(
            InstanceId=id, DisableApiTermination={"Value": True}
        )
        row = next(row for row in self.bed.truth if row["id"] == id)
        row["blocks_delete"] = "DisableApiTermination"

    def auto_scaling(self):
        bed = self.bed
        bed.ago(100)
        scaling = bed.client("autoscaling", EUROPE)
        template = bed.client("ec2", EUROPE).create_launch_template(
            LaunchTemplateName="asg-lt",
            LaunchTemplateData={"ImageId": AMI, "InstanceType": "t3.small"},
        )["LaunchTemplate"]["LaunchTemplateId"]
        bed.add(template, "ec2:launch-template", EUROPE, False, "used by ASG web")

        def group(name, minimum, maximum, desired):
            scaling.create_auto_scaling_group(
                AutoScalingGroupName=name,
                LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
                MinSize=minimum,
                MaxSize=maximum,
                DesiredCapacity=desired,
                VPCZoneIdentifier=self.subnets[EUROPE][0],
            )

        group("web", 1, 2, 1)
        bed.add("web", "autoscaling:group", EUROPE, False, "desired 1")
        groups = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        for instance in groups[0]["Instances"]:
            bed.add(
                instance["InstanceId"],
                "ec2:instance",
                EUROPE,
                False,
                "owned by ASG web: terminating it only relaunches",
                "managed",
            )
        group("empty-old", 0, 0, 0)
        bed.add("empty-old", "autoscaling:group", EUROPE, True, "0/0/0 for 100 d (free)")

    # --- block storage ---

    def volumes(
        self, region, count, size, leftover, why, verdict=None, days=90, volume_type="gp3",
        volume_tags=None,
    ):
        self.bed.ago(days)
        ec2 = self.bed.client("ec2", region)
        ids = []
        for number in range(count):
            named = tags(volume_tags or {"Name": f"data-{number}"})
            id = ec2.create_volume(
                AvailabilityZone=region + "a",
                Size=size,
                VolumeType=volume_type,
                TagSpecifications=[{"ResourceType": "volume", "Tags": named}],
            )["VolumeId"]
            self.bed.add(id, "ec2:volume", region, leftover, why, verdict, size_gib=size)
            ids.append(id)
        return ids

    def all_volumes(self):
        step = self.bed.step
        self.loose_volumes = (
            step(
                "volumes", self.volumes, EAST, 6, 100, True, "available, attached to nothing, 90 d",
            )
            or []
        )
        step(
            "volumes west", self.volumes, WEST, 4, 500, True, "available, 150 d", days=150,
            volume_type="gp2",
        )
        step("volumes eu", self.volumes, EUROPE, 3, 20, True, "available, 40 d", days=40)
        step("volume io1", self.provisioned_volume)
        step(
            "volume new", self.volumes, EAST, 1, 50, False, "available but 0 d old", "too_young",
            days=0,
        )
        step(
            "volume kept", self.volumes, EAST, 1, 30, False, "tagged DoNotDelete", "protected",
            volume_tags={"DoNotDelete": "yes"},
        )
        step(
            "volume of a cluster", self.volumes, EAST, 1, 10, True,
            "Kubernetes PV left after cluster was deleted",
            volume_tags={
                "kubernetes.io/cluster/gone": "owned",
                "kubernetes.io/created-for/pvc/name": "pg-data",
            },
        )

    def provisioned_volume(self):
        self.bed.ago(70)
        id = self.bed.client("ec2").create_volume(
            AvailabilityZone="us-east-1b", Size=200, VolumeType="io1", Iops=3000
        )["VolumeId"]
        why = "available io1 with provisioned IOPS, no tags"
        self.bed.add(id, "ec2:volume", EAST, True, why)

    def attached_volumes(self):
        def attach(volume, instance):
            self.bed.client("ec2").attach_volume(
                VolumeId=volume, InstanceId=instance, Device="/dev/sdf"
            )

        for instance in self.workers[:2]:
            volume = self.volumes(EAST, 1, 80, False, "attached to running instance")[0]
            attach(volume, instance)
        why = "data volume on an instance stopped 60 d"
        attach(self.volumes(EAST, 1, 300, True, why)[0], self.stopped[0])
        self.bed.truth[-1]["attached_to"] = self.stopped[0]

    def snapshots(self):
        bed = self.bed
        ec2 = bed.client("ec2")
        volumes = self.loose_volumes

        def snapshot(volume, leftover, why, verdict=None, **request):
            id = ec2.create_snapshot(VolumeId=volume, **request)["SnapshotId"]
            bed.add(id, "ec2:snapshot", EAST, leftover, why, verdict)

        for days, count in ((400, 6), (200, 4)):
            bed.ago(days)
            for number in range(count):
                snapshot(
                    volumes[number % len(volumes)],
                    True,
                    f"manual snapshot {days} d old",
                    Description=f"before lab {number}",
                )
        bed.ago(3)
        snapshot(volumes[0], False, "3 d old", "too_young", Description="recent")
        bed.ago(150)
        snapshot(
            volumes[0],
            False,
            "description says AWS Backup owns it",
            "managed",
            Description="Created by AWS Backup",
            TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags({"backup": "aws"})}],
        )
        gone = ec2.create_volume(AvailabilityZone="us-east-1a", Size=9)["VolumeId"]
        snapshot(gone, True, "source volume no longer exists, 150 d")
        ec2.delete_volume(VolumeId=gone)
        for used in (True, False):
            self.image(used)

    def image(self, used):
        bed = self.bed
        ec2 = bed.client("ec2")
        bed.ago(160)
        image = ec2.create_image(InstanceId=self.workers[0], Name=f"golden-{used}")["ImageId"]
        why = "in use by running instance" if used else "owned AMI, no instance, 160 d"
        bed.add(image, "ec2:image", EAST, not used, why)
        for mapping in ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"]:
            if snapshot := mapping.get("Ebs", {}).get("SnapshotId"):
                why = f"backs AMI {image}: delete only after deregistering"
                bed.add(snapshot, "ec2:snapshot", EAST, not used, why, depends_on=image)
        if used:
            instance = ec2.run_instances(
                ImageId=image,
                MinCount=1,
                MaxCount=1,
                InstanceType="t3.micro",
                SubnetId=self.subnets[EAST][0],
            )["Instances"][0]["InstanceId"]
            why = "running from golden AMI, no Name tag"
            bed.add(instance, "ec2:instance", EAST, False, why)

    # --- network ---

    def elastic_ips(self):
        bed = self.bed

        def allocate(region):
            return bed.client("ec2", region).allocate_address(Domain="vpc")["AllocationId"]

        for region, count in ((EAST, 3), (WEST, 2)):
            bed.ago(90)
            for _ in range(count):
                bed.add(allocate(region), "ec2:eip", region, True, "not associated")
        for instance, leftover, why in (
            (self.workers[0], False, "on running instance"),
            (self.stopped[0], True, "on stopped instance: billed"),
        ):
            allocation = allocate(EAST)
            bed.client("ec2").associate_address(AllocationId=allocation, InstanceId=instance)
            bed.add(allocation, "ec2:eip", EAST, leftover, why)

    def nat_gateways(self):
        bed = self.bed
        for region, leftover, why in (
            (WEST, True, "NAT gateway, no running instance in VPC, 0 bytes"),
            (EAST, False, "private subnets route through it"),
        ):
            bed.ago(100)
            ec2 = bed.client("ec2", region)
            allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
            gateway = ec2.create_nat_gateway(
                SubnetId=self.subnets[region][0], AllocationId=allocation
            )["NatGateway"]["NatGatewayId"]
            bed.add(gateway, "ec2:nat-gateway", region, leftover, why)
            held = f"held by NAT {gateway}"
            bed.add(allocation, "ec2:eip", region, leftover, held, depends_on=gateway)
            if not leftover:
                table = ec2.create_route_table(VpcId=self.vpcs[region])["RouteTable"]
                table = table["RouteTableId"]
                ec2.create_route(
                    RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway
                )
                ec2.associate_route_table(RouteTableId=table, SubnetId=self.subnets[region][1])
                bed.add(table, "ec2:route-table", region, False, "associated")

    def network_parts(self):
        bed = self.bed
        ec2 = bed.client("ec2")
        vpc, subnet = self.vpcs[EAST], self.subnets[EAST][0]
        bed.ago(90)
        interface = ec2.create_network_interface(SubnetId=subnet, Description="forgotten")
        interface = interface["NetworkInterface"]["NetworkInterfaceId"]
        bed.add(interface, "ec2:network-interface", EAST, True, "available")
        group = ec2.create_security_group(GroupName="unused-sg", Description="d", VpcId=vpc)
        bed.add(group["GroupId"], "ec2:security-group", EAST, True, "attached to nothing (free)")
        key = ec2.create_key_pair(KeyName="old-laptop")["KeyPairId"]
        bed.add(key, "ec2:key-pair", EAST, True, "no instance uses it (free)")

        endpoint = ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName="com.amazonaws.us-east-1.secretsmanager",
            VpcEndpointType="Interface",
            SubnetIds=[subnet],
        )["VpcEndpoint"]["VpcEndpointId"]
        why = "interface endpoint billed hourly; nothing uses it"
        bed.add(endpoint, "ec2:vpc-endpoint", EAST, True, why)
        gateway = ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway"
        )["VpcEndpoint"]["VpcEndpointId"]
        bed.add(gateway, "ec2:vpc-endpoint", EAST, False, "gateway endpoint, free")

        west = bed.client("ec2", WEST)
        transit = west.create_transit_gateway(Description="lab")["TransitGateway"]
        transit = transit["TransitGatewayId"]
        why = "one attachment to an otherwise dead VPC"
        bed.add(transit, "ec2:transit-gateway", WEST, True, why)
        attachment = west.create_transit_gateway_vpc_attachment(
            TransitGatewayId=transit, VpcId=self.vpcs[WEST], SubnetIds=[self.subnets[WEST][0]]
        )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        kind = "ec2:transit-gateway-attachment"
        bed.add(attachment, kind, WEST, True, "billed hourly", blocks=transit)

    def load_balancers(self):
        bed = self.bed
        elb = bed.client("elbv2", EUROPE)
        bed.ago(110)
        for name, has_targets in (("lab-alb", False), ("api-alb", True)):
            balancer = elb.create_load_balancer(
                Name=name, Subnets=self.subnets[EUROPE], Type="application"
            )["LoadBalancers"][0]["LoadBalancerArn"]
            group = elb.create_target_group(
                Name=f"{name}-tg", Protocol="HTTP", Port=80, VpcId=self.vpcs[EUROPE]
            )["TargetGroups"][0]["TargetGroupArn"]
            elb.create_listener(
                LoadBalancerArn=balancer,
                Protocol="HTTP",
                Port=80,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            )
            if has_targets:
                target = next(
                    row["id"]
                    for row in bed.truth
                    if row["type"] == "ec2:instance" and row["region"] == EUROPE
                )
                elb.register_targets(TargetGroupArn=group, Targets=[{"Id": target}])
            why = "has targets" if has_targets else "no registered targets"
            leftover = not has_targets
            bed.add(name, "elbv2:loadbalancer", EUROPE, leftover, why, arn=balancer)
            why = "follows its LB (free)"
            bed.add(f"{name}-tg", "elbv2:targetgroup", EUROPE, leftover, why, arn=group)
        bed.client("elb").create_load_balancer(
            LoadBalancerName="classic-old",
            Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}],
            Subnets=[self.subnets[EAST][0]],
        )
        bed.add("classic-old", "elb:loadbalancer", EAST, True, "0 instances")

    # --- databases and buckets ---

    def databases(self):
        bed = self.bed
        rds = bed.client("rds")
        bed.ago(120)
        protected = {"DeletionProtection": True}
        for name, leftover, why, options in (
            ("lab-pg", True, "stopped; storage billed; AWS restarts it after 7 d", {}),
            ("prod-pg", False, "in use (connections metric > 0)", protected),
            ("idle-pg", True, "available, 0 connections for 14 d", {}),
            (
                "idle-protected", True,
                "0 connections but DeletionProtection on: block must be reported", protected,
            ),
        ):
            rds.create_db_instance(
                DBInstanceIdentifier=name,
                DBInstanceClass="db.t3.medium",
                Engine="postgres",
                MasterUsername="u",
                MasterUserPassword="passw0rdX",
                AllocatedStorage=100,
                **options,
            )
            facts = {"blocks_delete": "DeletionProtection"} if options else {}
            arn = bed.arn("rds", EAST, f"db:{name}")
            bed.add(name, "rds:db", EAST, leftover, why, arn=arn, **facts)

        def snapshot(name, leftover, why, verdict=None):
            rds.create_db_snapshot(DBInstanceIdentifier="prod-pg", DBSnapshotIdentifier=name)
            bed.add(name, "rds:snapshot", EAST, leftover, why, verdict)

        for days, count in ((365, 3), (120, 2)):
            bed.ago(days)
            for number in range(count):
                snapshot(f"pre-lab-{days}-{number}", True, f"manual snapshot {days} d")
        bed.ago(2)
        snapshot("yesterday", False, "2 d", "too_young")
        rds.stop_db_instance(DBInstanceIdentifier="lab-pg")

        bed.ago(120)
        west = bed.client("rds", WEST)
        west.create_db_cluster(
            DBClusterIdentifier="lab-aurora",
            Engine="aurora-postgresql",
            MasterUsername="u",
            MasterUserPassword="passw0rdX",
        )
        bed.add("lab-aurora", "rds:cluster", WEST, True, "cluster with no instances")
        west.create_db_cluster_snapshot(
            DBClusterIdentifier="lab-aurora", DBClusterSnapshotIdentifier="aurora-old"
        )
        bed.add("aurora-old", "rds:cluster-snapshot", WEST, True, "manual, 120 d")

    def buckets(self):
        bed = self.bed
        s3 = bed.client("s3")
        empty = f"course-empty-{bed.account}"
        raw = f"course-raw-{bed.account}"
        lake = f"prod-lake-{bed.account}"
        europe = f"course-eu-{bed.account}"

        bed.ago(300)
        for name, leftover, why in (
            (empty, True, "empty 300 d (free)"),
            (raw, True, "nothing written for 300 d"),
            (lake, False, "recent writes"),
        ):
            s3.create_bucket(Bucket=name)
            bed.add(name, "s3:bucket", EAST, leftover, why, arn=f"arn:aws:s3:::{name}")
        for part in range(20):
            s3.put_object(Bucket=raw, Key=f"y=2024/part-{part:03d}.parquet", Body=b"x" * 1000)
        s3.put_bucket_versioning(Bucket=raw, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=raw, Key="v", Body=b"1")
        s3.put_object(Bucket=raw, Key="v", Body=b"2")
        s3.delete_object(Bucket=raw, Key="v")

        upload = s3.create_multipart_upload(Bucket=lake, Key="huge.bin")["UploadId"]
        s3.upload_part(
            Bucket=lake, Key="huge.bin", UploadId=upload, PartNumber=1, Body=b"z" * 5242880
        )
        why = "incomplete upload 300 d, billed"
        bed.add(upload, "s3:multipart-upload", EAST, True, why, bucket=lake)
        bed.ago(1)
        s3.put_object(Bucket=lake, Key="today", Body=b"1")

        bed.ago(250)
        bed.client("s3", EUROPE).create_bucket(
            Bucket=europe, CreateBucketConfiguration={"LocationConstraint": EUROPE}
        )
        bed.add(europe, "s3:bucket", EUROPE, True, "empty, other region")

    # --- one resource of each further service ---

    def one(self, name, service, type, region, leftover, why, days, create, verdict=None):
        """One step that makes one resource; `create` returns its id where that is not the name."""

        def make():
            self.bed.ago(days)
            id = create(self.bed.client(service, region))
            id = id if isinstance(id, str) else name
            self.ids[name] = id
            self.bed.add(id, type, region, leftover, why, verdict)

        self.bed.step(f"{type} {name}", make)

    def analytics(self):
        one = self.one
        bucket_arn = f"arn:aws:s3:::course-raw-{self.bed.account}"
        one(
            "lab-dw", "redshift", "redshift:cluster", WEST, True, "no connections for 95 d", 95,
            lambda c: c.create_cluster(
                ClusterIdentifier="lab-dw",
                NodeType="ra3.xlplus",
                MasterUsername="u",
                MasterUserPassword="Passw0rdX",
                ClusterType="multi-node",
                NumberOfNodes=2,
            ),
        )
        one(
            "lab-dw-snap", "redshift", "redshift:snapshot", WEST, True, "manual, 95 d", 95,
            lambda c: c.create_cluster_snapshot(
                SnapshotIdentifier="lab-dw-snap", ClusterIdentifier="lab-dw"
            ),
        )
        for name, shards, leftover, why in (
            ("clicks-lab", 4, True, "4 shards, 0 IncomingRecords"),
            ("orders-prod", 2, False, "records arriving"),
        ):
            one(
                name, "kinesis", "kinesis:stream", EAST, leftover, why, 130,
                lambda c: c.create_stream(StreamName=name, ShardCount=shards),
            )
        one(
            "lab-firehose", "firehose", "firehose:deliverystream", EAST, True,
            "source stream idle (free at rest)", 130,
            lambda c: c.create_delivery_stream(
                DeliveryStreamName="lab-firehose",
                S3DestinationConfiguration={"RoleARN": self.role, "BucketARN": bucket_arn},
            ),
        )
        one(
            "course_db", "glue", "glue:database", EAST, True, "course catalog (free)", 200,
            lambda c: c.create_database(DatabaseInput={"Name": "course_db"}),
        )
        one(
            "etl-lab", "glue", "glue:job", EAST, True, "no runs for 200 d (free at rest)", 200,
            lambda c: c.create_job(
                Name="etl-lab",
                Role=self.role,
                Command={"Name": "glueetl", "ScriptLocation": "s3://x"},
            ),
        )
        one(
            "raw-crawler", "glue", "glue:crawler", EAST, True,
            "scheduled crawler nobody reads: billed per run", 200,
            lambda c: c.create_crawler(
                Name="raw-crawler",
                Role=self.role,
                DatabaseName="course_db",
                Schedule="cron(0 * * * ? *)",
                Targets={"S3Targets": [{"Path": "s3://x"}]},
            ),
        )
        one(
            "dev-ep", "glue", "glue:dev-endpoint", EAST, True, "dev endpoint billed per DPU-hour",
            60,
            lambda c: c.create_dev_endpoint(EndpointName="dev-ep", RoleArn=self.role),
        )
        self.map_reduce()

    def map_reduce(self):
        def cluster(emr, name, **instances):
            return emr.run_job_flow(
                Name=name,
                Instances={
                    "MasterInstanceType": "m5.xlarge",
                    "KeepJobFlowAliveWhenNoSteps": True,
                    **instances,
                },
                ReleaseLabel="emr-7.1.0",
                JobFlowRole="EMR_EC2",
                ServiceRole="EMR",
            )["JobFlowId"]

        def terminated(emr):
            id = cluster(emr, "emr-dead", InstanceCount=1)
            emr.terminate_job_flows(JobFlowIds=[id])
            return id

        self.one(
            "emr-idle", "emr", "emr:cluster", EAST, True, "WAITING, no steps", 50,
            lambda c: cluster(c, "emr-idle", SlaveInstanceType="m5.xlarge", InstanceCount=3),
        )
        self.one(
            "emr-dead", "emr", "emr:cluster", EAST, False, "already TERMINATED", 50, terminated,
            "already_gone",
        )

    def machine_learning(self):
        one = self.one

        def endpoint(sagemaker):
            sagemaker.create_model(
                ModelName="m1", ExecutionRoleArn=self.role, PrimaryContainer={"Image": "x"}
            )
            variant = {
                "VariantName": "v",
                "ModelName": "m1",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
            sagemaker.create_endpoint_config(
                EndpointConfigName="ec1", ProductionVariants=[variant]
            )
            sagemaker.create_endpoint(EndpointName="ep-lab", EndpointConfigName="ec1")

        one(
            "nb-lab", "sagemaker", "sagemaker:notebook-instance", WEST, True, "InService, unused",
            75,
            lambda c: c.create_notebook_instance(
                NotebookInstanceName="nb-lab", InstanceType="ml.t3.medium", RoleArn=self.role
            ),
        )
        one(
            "ep-lab", "sagemaker", "sagemaker:endpoint", WEST, True, "0 invocations", 75, endpoint,
        )
        one(
            "studio", "sagemaker", "sagemaker:domain", WEST, True, "Studio domain with EFS home",
            75,
            lambda c: c.create_domain(
                DomainName="studio",
                AuthMode="IAM",
                DefaultUserSettings={"ExecutionRole": self.role},
                SubnetIds=self.subnets[WEST],
                VpcId=self.vpcs[WEST],
            )["DomainArn"].split("/")[-1],
        )
        one(
            "bi-author", "quicksight", "quicksight:user", EAST, True,
            "author seat billed monthly, last active unknown", 140,
            lambda c: c.register_user(
                AwsAccountId=self.bed.account,
                Namespace="default",
                Email="bi@example.com",
                IdentityType="QUICKSIGHT",
                UserRole="AUTHOR",
                UserName="bi-author",
            ),
        )

    def storage_and_streams(self):
        one = self.one

        def log_group(name, retention):
            def create(logs):
                logs.create_log_group(logGroupName=name)
                if retention:
                    logs.put_retention_policy(logGroupName=name, retentionInDays=retention)

            return create

        for name, days, retention, leftover, why, verdict in (
            (
                "/aws/lambda/deleted-fn", 300, None, True, "function gone, no retention", None,
            ),
            ("/course/spark", 250, None, True, "no events, no retention", None),
            ("/prod/api", 200, 30, False, "retention set, recent events", None),
            (
                "/aws/rds/instance/prod-pg/postgresql", 100, 14, False, "AWS-managed", "managed",
            ),
        ):
            one(
                name, "logs", "logs:log-group", EAST, leftover, why, days,
                log_group(name, retention), verdict,
            )

        def mounted(efs):
            id = efs.create_file_system(CreationToken="efs-prod")["FileSystemId"]
            efs.create_mount_target(FileSystemId=id, SubnetId=self.subnets[EAST][0])
            return id

        one(
            "efs-lab", "efs", "efs:file-system", EAST, True, "no mount targets", 140,
            lambda c: c.create_file_system(
                CreationToken="efs-lab", Tags=tags({"Name": "efs-lab"})
            )["FileSystemId"],
        )
        one("efs-prod", "efs", "efs:file-system", EAST, False, "mounted", 140, mounted)
        one(
            "lustre", "fsx", "fsx:file-system", WEST, True, "no throughput 80 d", 80, self.lustre,
        )
        one(
            "lab-kafka", "kafka", "kafka:cluster", EAST, True, "0 bytes in", 66,
            self.kafka,
        )
        one(
            "lab-dms", "dms", "dms:replication-instance", EAST, True, "no tasks", 66,
            lambda c: c.create_replication_instance(
                ReplicationInstanceIdentifier="lab-dms",
                ReplicationInstanceClass="dms.t3.medium",
            )["ReplicationInstance"]["ReplicationInstanceArn"],
        )
        one(
            "lab-os", "opensearch", "opensearch:domain", EAST, True, "0 searches", 77,
            lambda c: c.create_domain(DomainName="lab-os"),
        )
        self.tables()
        one(
            "lab-redis", "elasticache", "elasticache:cluster", EAST, True, "0 connections", 88,
            lambda c: c.create_cache_cluster(
                CacheClusterId="lab-redis",
                Engine="redis",
                CacheNodeType="cache.t3.micro",
                NumCacheNodes=1,
            ),
        )

    def lustre(self, fsx):
        """moto tells neither the state nor the date of a file system."""
        made = fsx.create_file_system(
            FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=[self.subnets[WEST][0]]
        )["FileSystem"]
        created = dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=80)
        body = {
            "FileSystems": [
                {
                    **{name: made[name] for name in ("FileSystemId", "ResourceARN")},
                    "FileSystemType": "LUSTRE",
                    "StorageType": "SSD",
                    "StorageCapacity": 1200,
                    "Lifecycle": "AVAILABLE",
                    "CreationTime": created.timestamp(),
                    "LustreConfiguration": {"DeploymentType": "SCRATCH_2"},
                }
            ]
        }
        self.bed.control(
            "canned", service="fsx", operation="DescribeFileSystems", region=WEST, body=body
        )
        return made["FileSystemId"]

    def kafka(self, kafka):
        """moto leaves a cluster in creation for ever."""
        arn = kafka.create_cluster(
            ClusterName="lab-kafka",
            KafkaVersion="3.5.1",
            NumberOfBrokerNodes=2,
            BrokerNodeGroupInfo={
                "ClientSubnets": self.subnets[EAST],
                "InstanceType": "kafka.t3.small",
            },
        )["ClusterArn"]
        self.bed.control(
            "attr", backend="kafka", account=self.bed.account, region=EAST,
            path=["clusters", arn], attr="state", value="ACTIVE",
        )

    def tables(self):
        throughput = {"ReadCapacityUnits": 50, "WriteCapacityUnits": 50}
        for name, leftover, billing, why in (
            ("lab-provisioned", True, "PROVISIONED", "provisioned 50/50, 0 consumed"),
            ("prod-orders", False, "PAY_PER_REQUEST", "in use, deletion protection"),
        ):
            options = {"ProvisionedThroughput": throughput} if leftover else {}
            self.one(
                name, "dynamodb", "dynamodb:table", EAST, leftover, why, 170,
                lambda c: c.create_table(
                    TableName=name,
                    KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
                    BillingMode=billing,
                    DeletionProtectionEnabled=not leftover,
                    **options,
                ),
            )

    def containers_and_functions(self):
        one = self.one

        def container_cluster(ecs):
            ecs.create_cluster(clusterName="lab-ecs")
            ecs.register_task_definition(
                family="t", containerDefinitions=[{"name": "a", "image": "b", "memory": 64}]
            )
            ecs.create_service(
                cluster="lab-ecs", serviceName="zero", taskDefinition="t", desiredCount=0
            )

        def function(client):
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w") as file:
                file.writestr("a.py", "def h(e,c): pass")
            client.create_function(
                FunctionName="lab-fn",
                Role=self.role,
                Runtime="python3.12",
                Handler="a.h",
                Code={"ZipFile": archive.getvalue()},
            )

        one(
            "lab-repo", "ecr", "ecr:repository", EAST, True, "no pulls", 210,
            lambda c: c.create_repository(repositoryName="lab-repo"),
        )
        one(
            "lab-ecs", "ecs", "ecs:cluster", EUROPE, True, "service at desired 0 (free)", 90,
            container_cluster,
        )
        one(
            "lab-eks", "eks", "eks:cluster", WEST, True, "control plane billed, no node groups", 90,
            lambda c: c.create_cluster(
                name="lab-eks",
                roleArn=self.role,
                resourcesVpcConfig={"subnetIds": self.subnets[WEST]},
            ),
        )
        one(
            "lab-fn", "lambda", "lambda:function", EAST, True, "no invocations (free at rest)", 220,
            function,
        )
        one(
            "lab-q", "sqs", "sqs:queue", EAST, True, "idle (free)", 220,
            lambda c: c.create_queue(QueueName="lab-q")["QueueUrl"],
        )
        one(
            "lab-topic", "sns", "sns:topic", EAST, True, "no subscriptions (free)", 220,
            lambda c: c.create_topic(Name="lab-topic")["TopicArn"],
        )

    def security_and_rest(self):
        one = self.one

        def key(kms, **options):
            return kms.create_key(**options)["KeyMetadata"]["KeyId"]

        def doomed_key(kms):
            id = key(kms)
            kms.schedule_key_deletion(KeyId=id, PendingWindowInDays=30)
            return id

        one(
            "cmk", "kms", "kms:key", EAST, True, "customer key, no grants: $1/month", 220,
            lambda c: key(c, Description="course"),
        )
        one(
            "cmk-del", "kms", "kms:key", EAST, False, "already PendingDeletion", 220, doomed_key,
            "already_gone",
        )
        one(
            "db-pass", "secretsmanager", "secretsmanager:secret", EAST, True, "not read for 150 d",
            150,
            lambda c: c.create_secret(Name="db-pass", SecretString="not-a-secret")["ARN"],
        )
        self.bed.step("hosted zone", self.hosted_zone)
        one(
            "cert", "acm", "acm:certificate", EAST, False, "public certificate is free", 100,
            lambda c: c.request_certificate(DomainName="lab.example")["CertificateArn"],
        )
        one(
            "ca", "acm-pca", "acm-pca:certificate-authority", EAST, True, "private CA $400/month",
            100,
            lambda c: c.create_certificate_authority(
                CertificateAuthorityConfiguration={
                    "KeyAlgorithm": "RSA_2048",
                    "SigningAlgorithm": "SHA256WITHRSA",
                    "Subject": {"CommonName": "x"},
                },
                CertificateAuthorityType="ROOT",
            )["CertificateAuthorityArn"],
        )
        one(
            "lab-vault", "backup", "backup:vault", EAST, True, "no recovery points (free)", 100,
            lambda c: c.create_backup_vault(BackupVaultName="lab-vault"),
        )
        one(
            "lab-mwaa", "mwaa", "mwaa:environment", EAST, True, "idle airflow", 100,
            lambda c: c.create_environment(
                Name="lab-mwaa",
                DagS3Path="d",
                ExecutionRoleArn=self.role,
                NetworkConfiguration={"SubnetIds": self.subnets[EAST]},
                SourceBucketArn="arn:aws:s3:::b",
            ),
        )

    def hosted_zone(self):
        self.bed.ago(300)
        zone = self.bed.client("route53").create_hosted_zone(
            Name="lab.example.", CallerReference="1"
        )["HostedZone"]["Id"]
        self.bed.add(zone.split("/")[-1], "route53:hosted-zone", "global", True, "only NS/SOA")

    def stack(self):
        bed = self.bed
        bed.ago(140)
        types = {
            "AWS::EC2::Volume": "ec2:volume",
            "AWS::SQS::Queue": "sqs:queue",
            "AWS::S3::Bucket": "s3:bucket",
        }
        template = {
            "Resources": {
                "V": {
                    "Type": "AWS::EC2::Volume",
                    "Properties": {
                        "AvailabilityZone": "us-east-1a",
                        "Size": 11,
                        "VolumeType": "gp3",
                    },
                },
                "Q": {
                    "Type": "AWS::SQS::Queue",
                    # As for the bucket below.
                    "Properties": {
                        "QueueName": "cfn-q",
                        "Tags": tags({"aws:cloudformation:stack-name": "course-stack"}),
                    },
                },
                "B": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "BucketName": f"cfn-bucket-{bed.account}",
                        # AWS adds these by itself; moto does so only to what EC2 tags.
                        "Tags": tags(
                            {
                                "aws:cloudformation:logical-id": "B",
                                "aws:cloudformation:stack-name": "course-stack",
                            }
                        ),
                    },
                },
            }
        }
        cloudformation = bed.client("cloudformation")
        cloudformation.create_stack(
            StackName="course-stack", TemplateBody=json.dumps(template)
        )
        why = "delete the stack, not its parts"
        bed.add("course-stack", "cloudformation:stack", EAST, True, why)
        parts = cloudformation.describe_stack_resources(StackName="course-stack")
        for part in parts["StackResources"]:
            bed.add(
                part["PhysicalResourceId"],
                types[part["ResourceType"]],
                EAST,
                True,
                "owned by stack course-stack: act through the stack",
                "managed",
                owner="course-stack",
            )

    def reservations(self):
        """There are none; moto lacks the operations that would say so."""
        for service, operation, list_name in (
            ("ec2", "DescribeReservedInstances", "reservedInstancesSet"),
            ("ec2", "DescribeCapacityReservations", "capacityReservationSet"),
            ("rds", "DescribeReservedDBInstances", "ReservedDBInstances"),
            ("rds", "DescribeDBClusterAutomatedBackups", "DBClusterAutomatedBackups"),
        ):
            canned(self.bed, service, operation, list_name)

    def subscriptions(self):
        """QuickSight is subscribed to, Macie is not; moto has no subscription, and Macie on everywhere."""
        account = self.bed.account
        for path, body in (
            (
                f"/account/{account}",
                {
                    "AccountInfo": {
                        "AccountName": "course-bi",
                        "Edition": "ENTERPRISE",
                        "AuthenticationType": "IDENTITY_POOL",
                        "AccountSubscriptionStatus": "ACCOUNT_CREATED",
                    }
                },
            ),
            (
                f"/accounts/{account}/namespaces",
                {"Namespaces": [{"Name": "default", "CreationStatus": "CREATED"}]},
            ),
            (
                f"/accounts/{account}/settings",
                {
                    "AccountSettings": {
                        "AccountName": "course-bi",
                        "Edition": "ENTERPRISE",
                        "DefaultNamespace": "default",
                        "TerminationProtectionEnabled": False,
                    }
                },
            ),
        ):
            self.bed.control("canned", service="quicksight", operation=f"GET {path}", body=body)
        self.bed.add(
            "subscription", "quicksight:account-subscription", "global", True,
            "its one seat never signed in",
        )
        off = {"__type": "AccessDeniedException", "message": "Macie is not enabled."}
        self.bed.control("canned", service="macie2", operation="GET /macie", status=403, body=off)

    # --- what is known about all of it ---

    def metrics(self):
        bed = self.bed
        bed.ago(0)

        def put(namespace, metric, dimensions, value):
            put_metric(bed, EAST, namespace, metric, dimensions, value, TWO_WEEKS)

        for instance in self.workers:
            put("AWS/EC2", "CPUUtilization", {"InstanceId": instance}, 37.0)
        for name, value in (("prod-pg", 12.0), ("idle-pg", 0.0), ("idle-protected", 0.0)):
            put("AWS/RDS", "DatabaseConnections", {"DBInstanceIdentifier": name}, value)
        # A shard takes 1 MiB a second; this stream's two take half of that.
        for name, records, size in (("clicks-lab", 0.0, 0.0), ("orders-prod", 9e5, 2e9)):
            put("AWS/Kinesis", "IncomingRecords", {"StreamName": name}, records)
            put("AWS/Kinesis", "IncomingBytes", {"StreamName": name}, size)
        for namespace, metrics, dimensions, value in (
            ("AWS/EFS", ["ClientConnections"], {"FileSystemId": self.ids["efs-prod"]}, 3.0),
            ("AWS/Kafka", ["BytesInPerSec"], {"Cluster Name": "lab-kafka", "Broker ID": "1"}, 0.0),
            ("AWS/Kafka", ["BytesInPerSec"], {"Cluster Name": "lab-kafka", "Broker ID": "2"}, 0.0),
            (
                "AWS/ES",
                ["SearchRate", "IndexingRate"],
                {"DomainName": "lab-os", "ClientId": bed.account},
                0.0,
            ),
            (
                "AWS/DynamoDB",
                ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"],
                {"TableName": "lab-provisioned"},
                0.0,
            ),
            ("AWS/ElastiCache", ["CacheHits", "CacheMisses"], {"CacheClusterId": "lab-redis"}, 0.0),
        ):
            for metric in metrics:
                put(namespace, metric, dimensions, value)
        attached = {
            row["blocks"]: row["id"]
            for row in bed.truth
            if row["type"] == "ec2:transit-gateway-attachment"
        }
        for gateway, attachment in attached.items():
            dimensions = {"TransitGateway": gateway, "TransitGatewayAttachment": attachment}
            for metric in ("BytesIn", "BytesOut"):
                put_metric(
                    bed, WEST, "AWS/TransitGateway", metric, dimensions, 0.0, TWO_WEEKS
                )
        for namespace, metric, dimensions, value, region, hours in (
            (
                "AWS/Redshift", "DatabaseConnections", {"ClusterIdentifier": "lab-dw"}, 0.0, WEST,
                TWO_WEEKS,
            ),
            (
                "AWS/FSx", "DataReadBytes", {"FileSystemId": self.ids["lustre"]}, 0.0, WEST,
                TWO_WEEKS,
            ),
            (
                "AWS/FSx", "DataWriteBytes", {"FileSystemId": self.ids["lustre"]}, 0.0, WEST,
                TWO_WEEKS,
            ),
            (
                "AWS/SageMaker", "Invocations", {"EndpointName": "ep-lab", "VariantName": "v"}, 0.0,
                WEST, TWO_WEEKS,
            ),
            (
                "AWS/ElasticMapReduce", "IsIdle", {"JobFlowId": self.ids["emr-idle"]}, 1.0, EAST,
                range(1, 3 * 24),
            ),
        ):
            put_metric(bed, region, namespace, metric, dimensions, value, hours)

    def quotas(self):
        account = self.bed.account
        self.bed.control("quotas", account=account, rows=quota_rows(account))
        self.quota_use()

    def quota_use(self):
        """What AWS counts of quotas: what is there, but of SNS, whose metric is wrong on purpose.

        Of Lambda there is no point at all.
        """
        days = 90
        vcpus = self.running_vcpus(EAST)
        snapshots = self.bed.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
        buckets = self.bed.client("s3").list_buckets()["Buckets"]
        units = 50  # of the table lab-provisioned

        def growing(day):
            return float(round(vcpus - (vcpus - FIRST_VCPUS) * day / (days - 1)))

        for usage, value in (
            (vcpu_usage("Standard/OnDemand"), growing),
            (vcpu_usage("Standard/Spot"), 0.0),
            (resource_usage("EBS", "Snapshots"), float(len(snapshots))),
            (resource_usage("S3", "GeneralPurposeBuckets"), float(len(buckets))),
            (
                resource_usage("DynamoDB", "AccountProvisionedReadCapacityUnits"),
                lambda day: units if day < STEP_DAYS_AGO else units / 5,
            ),
            (resource_usage("SNS", "ApproximateNumberOfTopics"), WRONG_TOPICS),
        ):
            of_day = value if callable(value) else lambda day, value=value: value
            # A point a day, the newest of them a few minutes old.
            hours = [24 * day + 0.05 for day in range(days)]
            put_metric(
                self.bed, EAST, "AWS/Usage", "ResourceCount", usage,
                lambda hour: of_day(round(hour / 24)), hours,
            )

    def running_vcpus(self, region):
        """vCPUs of the instances that run, all of which are of a standard type."""
        ec2 = self.bed.client("ec2", region)
        types = [instance["InstanceType"] for instance in running_instances(self.bed, region)]
        described = ec2.describe_instance_types(InstanceTypes=sorted(set(types)))
        of_type = {
            one["InstanceType"]: one["VCpuInfo"]["DefaultVCpus"]
            for one in described["InstanceTypes"]
        }
        return sum(of_type[name] for name in types)

    def costs(self, lines=COST_LINES):
        rows = cost_rows(dt.date.today(), lines)
        self.bed.control("costs", account=self.bed.account, rows=rows)

    def budget(self):
        self.bed.client("budgets").create_budget(
            AccountId=self.bed.account,
            Budget={
                "BudgetName": "course",
                "BudgetLimit": {"Amount": "50", "Unit": "USD"},
                "TimeUnit": "MONTHLY",
                "BudgetType": "COST",
            },
        )


# --- the demo account -----------------------------------------------------------------------------


def seed_demo_extras(seed: Seed) -> None:
    """Makes the account worth looking at: a month of metrics, an alias, names people would give."""
    step = seed.bed.step
    step("demo alias", demo_alias, seed)
    step("demo instance", demo_forgotten_instance, seed)
    step("demo instance metrics", demo_instance_metrics, seed)
    step("demo network metrics", demo_network_metrics, seed)
    step("demo bucket metrics", demo_bucket_metrics, seed)
    step("demo load balancer metrics", demo_load_balancer_metrics, seed)
    step("demo logs", demo_logs, seed)
    step("demo names", demo_names, seed)
    step("demo reservations", demo_reservations, seed)
    seed.bed.ago(0)
    step("demo costs", seed.costs, COST_LINES + DEMO_COST_LINES)


def demo_alias(seed):
    seed.bed.client("iam").create_account_alias(AccountAlias="acme-sandbox")


def demo_forgotten_instance(seed):
    seed.instances(
        EUROPE, 1, "forgotten-bench", True, "running 60 d with at most 1.5 % CPU", created=60,
        instance_type="m5.2xlarge", extra_tags={"owner": "priya", "purpose": "load test"},
    )


# Mean and swing of each metric, and its unit.
BUSY = (
    ("CPUUtilization", 42.0, 21.0, "Percent"),
    ("NetworkIn", 6.1e8, 2.4e8, "Bytes"),
    ("NetworkOut", 9.3e8, 3.9e8, "Bytes"),
)
IDLE = (
    ("CPUUtilization", 0.9, 0.6, "Percent"),
    ("NetworkIn", 2600, 900, "Bytes"),
    ("NetworkOut", 1900, 700, "Bytes"),
)


def demo_instance_metrics(seed):
    """Every running instance has its curves; only forgotten-bench does nothing."""
    bed = seed.bed
    bed.ago(0)
    earlier = range(TWO_WEEKS.stop, THIRTY_DAYS.stop, 6)  # the two weeks since are seeded
    position = 0
    for region in (EAST, WEST, EUROPE):
        for instance in running_instances(bed, region):
            id = instance["InstanceId"]
            named = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
            idle = named.get("Name") == "forgotten-bench"
            share = 1.0 if idle else 0.5 + position * 0.13 % 0.8  # no two busy curves are alike
            position += 1
            for metric, mean, swing, unit in IDLE if idle else BUSY:
                known = id in seed.workers and metric == "CPUUtilization"
                put_metric(
                    bed, region, "AWS/EC2", metric, {"InstanceId": id},
                    daily_wave(mean * share, swing * share),
                    earlier if known else THIRTY_DAYS, unit,
                )


def running_instances(bed, region):
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    described = bed.client("ec2", region).describe_instances(Filters=running)
    for reservation in described["Reservations"]:
        yield from reservation["Instances"]


def demo_network_metrics(seed):
    bed = seed.bed
    bed.ago(0)
    for region, sent, connections in (
        (WEST, 0.0, 0.0),
        (EAST, daily_wave(5.2e9, 3.1e9), daily_wave(140, 60)),
    ):
        for gateway in bed.client("ec2", region).describe_nat_gateways()["NatGateways"]:
            dimensions = {"NatGatewayId": gateway["NatGatewayId"]}
            for metric, value, unit in (
                ("BytesOutToDestination", sent, "Bytes"),
                ("ActiveConnectionCount", connections, "Count"),
            ):
                put_metric(
                    bed, region, "AWS/NATGateway", metric, dimensions, value, THIRTY_DAYS, unit
                )
    for endpoint in bed.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]:
        if endpoint["VpcEndpointType"] != "Interface":
            continue  # AWS publishes nothing for gateway endpoints
        dimensions = {
            "Endpoint Type": "Interface",
            "Service Name": endpoint["ServiceName"],
            "VPC Endpoint Id": endpoint["VpcEndpointId"],
            "VPC Id": endpoint["VpcId"],
        }
        put_metric(
            bed, EAST, "AWS/PrivateLinkEndpoints", "BytesProcessed", dimensions, 0.0, THIRTY_DAYS,
            "Bytes",
        )


def demo_bucket_metrics(seed):
    """S3 publishes one point a day, at midnight."""
    bed = seed.bed
    bed.ago(0)
    since_midnight = dt.datetime.now(dt.timezone.utc)
    since_midnight = since_midnight.hour + since_midnight.minute / 60 + since_midnight.second / 3600
    midnights = [since_midnight + 24 * day for day in range(30)]

    def growing(today, daily):
        return lambda hour: today - daily * round((hour - since_midnight) / 24)

    for name, size, count in (
        ("course-raw", 2.1e12, 48_211.0),
        ("prod-lake", growing(6.4e12, 2.3e10), growing(913_400, 3_100)),
    ):
        bucket = f"{name}-{bed.account}"
        for metric, storage, value, unit in (
            ("BucketSizeBytes", "StandardStorage", size, "Bytes"),
            ("NumberOfObjects", "AllStorageTypes", count, "Count"),
        ):
            dimensions = {"BucketName": bucket, "StorageType": storage}
            put_metric(bed, EAST, "AWS/S3", metric, dimensions, value, midnights, unit)


def demo_load_balancer_metrics(seed):
    """Only api-alb has points: AWS publishes no request count for a balancer without requests."""
    bed = seed.bed
    bed.ago(0)
    balancers = bed.client("elbv2", EUROPE).describe_load_balancers(Names=["api-alb"])
    arn = balancers["LoadBalancers"][0]["LoadBalancerArn"]
    put_metric(
        bed, EUROPE, "AWS/ApplicationELB", "RequestCount",
        {"LoadBalancer": arn.split(":loadbalancer/")[1]},
        daily_wave(41_000, 18_000), THIRTY_DAYS, "Count",
    )


def demo_logs(seed):
    """Log groups as large as years without retention make them."""
    bed = seed.bed
    logs = bed.client("logs")
    for group, stream, days, size in (
        ("/course/spark", "executor-logs", 250, 900_000_000_000),
        ("/aws/lambda/deleted-fn", "2024/01/01/[$LATEST]0", 300, 38_400_000_000),
        ("/prod/api", "web-1", 200, 11_700_000_000),
    ):
        bed.ago(days)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        bed.control(
            "attr", backend="logs", account=bed.account, region=EAST,
            path=["groups", group, "streams", stream], attr="stored_bytes", value=size,
        )


def demo_names(seed):
    """Names and owners as people give them, in place of the numbered ones."""
    bed = seed.bed
    bed.ago(0)

    def of_type(type, region, why):
        return [
            row["id"]
            for row in bed.truth
            if (row["type"], row["region"]) == (type, region) and row["why"].startswith(why)
        ]

    named = {
        EAST: [
            (
                seed.loose_volumes,
                (
                    ("kafka-broker-1-data", "marek"),
                    ("kafka-broker-2-data", "marek"),
                    ("kafka-broker-3-data", "marek"),
                    ("postgres-migration-scratch", "dana"),
                    ("spark-shuffle-old", "tomas"),
                    ("do we still need this?", "priya"),
                ),
            ),
            (
                of_type("ec2:eip", EAST, "not associated"),
                (("vpn-test", "dana"), ("demo-day", "priya"), ("old-bastion", "marek")),
            ),
            (
                of_type("ec2:snapshot", EAST, "manual snapshot 400 d"),
                (
                    ("before-kafka-upgrade", "marek"),
                    ("before-kafka-upgrade-2", "marek"),
                    ("pg14-final", "dana"),
                    ("lab-week-1", "tomas"),
                    ("lab-week-2", "tomas"),
                    ("lab-week-3", "tomas"),
                ),
            ),
        ],
        WEST: [
            (
                of_type("ec2:volume", WEST, "available, 150 d"),
                (
                    ("jupyter-home-anna", "anna"),
                    ("jupyter-home-tomas", "tomas"),
                    ("dataset-cache", "anna"),
                    ("redshift-unload-tmp", "dana"),
                ),
            ),
        ],
        EUROPE: [
            (
                of_type("ec2:volume", EUROPE, "available, 40 d"),
                (
                    ("bench-results", "priya"),
                    ("api-canary-data", "lena"),
                    ("grafana-old", "lena"),
                ),
            ),
        ],
    }
    for region, lists in named.items():
        ec2 = bed.client("ec2", region)
        for ids, names in lists:
            for id, (name, owner) in zip(ids, names):
                ec2.create_tags(Resources=[id], Tags=tags({"Name": name, "owner": owner}))


def demo_reservations(seed):
    """Reservations in one region each."""
    now = dt.datetime.now(dt.timezone.utc)

    def instant(days):
        return (now + dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    reserved = (
        "<item><reservedInstancesId>5f2d8c1e-7a34-4b0e-9c55-0d1f6a2b3c4d</reservedInstancesId>"
        "<instanceType>m5.xlarge</instanceType><scope>Region</scope>"
        f"<start>{instant(-353)}</start><end>{instant(12)}</end><duration>31536000</duration>"
        "<usagePrice>0.0</usagePrice><fixedPrice>0.0</fixedPrice>"
        "<instanceCount>2</instanceCount><productDescription>Linux/UNIX</productDescription>"
        "<state>active</state><instanceTenancy>default</instanceTenancy>"
        "<currencyCode>USD</currencyCode><offeringClass>standard</offeringClass>"
        "<offeringType>No Upfront</offeringType><recurringCharges><item>"
        "<frequency>Hourly</frequency><amount>0.121</amount></item></recurringCharges></item>"
    )
    operation, list_name = "DescribeReservedInstances", "reservedInstancesSet"
    canned(seed.bed, "ec2", operation, list_name, reserved, EAST)

    capacity = (
        "<item><capacityReservationId>cr-0b7c9d2e4f6a8b1c3</capacityReservationId>"
        f"<ownerId>{seed.bed.account}</ownerId>"
        f"<availabilityZone>{WEST}a</availabilityZone><instanceType>c5.large</instanceType>"
        "<instancePlatform>Linux/UNIX</instancePlatform><tenancy>default</tenancy>"
        "<totalInstanceCount>2</totalInstanceCount>"
        "<availableInstanceCount>2</availableInstanceCount>"
        "<ebsOptimized>false</ebsOptimized><ephemeralStorage>false</ephemeralStorage>"
        "<state>active</state><endDateType>unlimited</endDateType>"
        "<instanceMatchCriteria>open</instanceMatchCriteria>"
        f"<startDate>{instant(-45)}</startDate><createDate>{instant(-45)}</createDate>"
        "<tagSet><item><key>Name</key><value>black-friday-dry-run</value></item></tagSet></item>"
    )
    operation, list_name = "DescribeCapacityReservations", "capacityReservationSet"
    canned(seed.bed, "ec2", operation, list_name, capacity, WEST)


# --- command line ---------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--endpoint", default="http://127.0.0.1:5577")
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--out", default="expected.json", help="where the truth list goes")
    parser.add_argument("--demo", action="store_true", help="add what makes a demo account")
    parser.add_argument("--scale", type=int, default=0, help="how many of each to add")
    parser.add_argument("--scale-region", default=EAST)
    parser.add_argument("--no-base", action="store_true", help="only what --scale adds")
    options = parser.parse_args()
    if options.demo and options.no_base:
        parser.error("--demo adds to the base, so it cannot go with --no-base")
    return options


def main():
    options = parse_arguments()
    started = time.monotonic()
    bed = Bed(options.endpoint, options.account)
    bed.fix_identifiers()
    lines = COST_LINES
    if not options.no_base:
        seed = Seed(bed)
        seed.run()
        if options.demo:
            seed_demo_extras(seed)
            lines = COST_LINES + DEMO_COST_LINES
    scaled = None
    if options.scale:
        scaled = bed.control(
            "scale", n=options.scale, region=options.scale_region, account=options.account
        )
    costs = cost_rows(dt.date.today(), lines)
    bed.write(
        options.out,
        scale=scaled,
        cost_total_usd=round(sum(row["usd"] for row in costs), 6),
        quota_services=sorted({service for service, _, _ in QUOTAS} | set(CATALOGUED)),
    )
    leftovers = sum(row["is_leftover"] for row in bed.truth)
    types = len({row["type"] for row in bed.truth})
    print(
        f"{len(bed.truth)} resources ({leftovers} leftover) of {types} types, "
        f"{len(bed.skipped)} steps skipped, {time.monotonic() - started:.1f} s, scale {scaled}"
    )
    for skipped in bed.skipped:
        print(f"skipped {skipped['step']}: {skipped['error'][:150]}")


if __name__ == "__main__":
    main()
