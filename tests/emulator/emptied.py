"""How the seeded account is emptied: the calls of each kind of leftover, in the order AWS accepts.

refusals.py runs it. Every leftover of the truth list has to be listed before, its calls have to go
through, and no listing may show it afterwards.
"""

from botocore.exceptions import ClientError

UNIMPLEMENTED = "x-testbed-unimplemented"


def ids(rows, key) -> list:
    return [row[key] for row in rows]


def empty_bucket(s3, row):
    for version in s3.list_object_versions(Bucket=row["id"]).get("Versions", []):
        s3.delete_object(Bucket=row["id"], Key=version["Key"], VersionId=version["VersionId"])
    for marker in s3.list_object_versions(Bucket=row["id"]).get("DeleteMarkers", []):
        s3.delete_object(Bucket=row["id"], Key=marker["Key"], VersionId=marker["VersionId"])
    s3.delete_bucket(Bucket=row["id"])


def delete_container_cluster(ecs, row):
    services = ecs.list_services(cluster=row["id"])["serviceArns"]
    for service in services:
        ecs.delete_service(cluster=row["id"], service=service, force=True)
    ecs.delete_cluster(cluster=row["id"])


def delete_instance(ec2, row):
    ec2.modify_instance_attribute(InstanceId=row["id"], DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[row["id"]])


def delete_database(rds, row):
    rds.modify_db_instance(
        DBInstanceIdentifier=row["id"], DeletionProtection=False, ApplyImmediately=True
    )
    rds.delete_db_instance(
        DBInstanceIdentifier=row["id"], FinalDBSnapshotIdentifier=f"last-{row['id']}"
    )


def delete_volume(ec2, row):
    volume = ec2.describe_volumes(VolumeIds=[row["id"]])["Volumes"][0]
    ec2.create_snapshot(VolumeId=row["id"], Description="last")
    if volume["State"] == "in-use":
        ec2.detach_volume(VolumeId=row["id"])
    ec2.delete_volume(VolumeId=row["id"])


def delete_address(ec2, row):
    address = ec2.describe_addresses(AllocationIds=[row["id"]])["Addresses"][0]
    if "AssociationId" in address:
        ec2.disassociate_address(AssociationId=address["AssociationId"])
    ec2.release_address(AllocationId=row["id"])


def delete_gateway(ec2, row):
    found = ec2.describe_internet_gateways(InternetGatewayIds=[row["id"]])["InternetGateways"][0]
    for attachment in found["Attachments"]:
        ec2.detach_internet_gateway(InternetGatewayId=row["id"], VpcId=attachment["VpcId"])
    ec2.delete_internet_gateway(InternetGatewayId=row["id"])


def delete_notebook(sagemaker, row):
    sagemaker.stop_notebook_instance(NotebookInstanceName=row["id"])
    sagemaker.delete_notebook_instance(NotebookInstanceName=row["id"])


def abort_upload(s3, row):
    for upload in s3.list_multipart_uploads(Bucket=row["bucket"])["Uploads"]:
        if upload["UploadId"] == row["id"]:
            s3.abort_multipart_upload(Bucket=row["bucket"], Key=upload["Key"], UploadId=row["id"])


def uploads_left(s3, row):
    return row["id"] in ids(
        s3.list_multipart_uploads(Bucket=row["bucket"]).get("Uploads", []), "UploadId"
    )


def delete_cluster_with_version(kafka, row):
    for cluster in kafka.list_clusters()["ClusterInfoList"]:
        if cluster["ClusterName"] == row["id"] or cluster["ClusterArn"] == row["id"]:
            kafka.delete_cluster(ClusterArn=cluster["ClusterArn"])


def delete_stack(cloudformation, row):
    cloudformation.delete_stack(StackName=row["id"])


def stack_left(cloudformation, row):
    stacks = cloudformation.list_stacks()["StackSummaries"]
    return any(
        s["StackName"] == row["id"] and s["StackStatus"] != "DELETE_COMPLETE" for s in stacks
    )


def delete_snapshot(ec2, row):
    ec2.delete_snapshot(SnapshotId=row["id"])


def delete_by(method, parameter, value=lambda row: row["id"], **more):
    return lambda client, row: getattr(client, method)(**{parameter: value(row)}, **more)


def listed(method, path, key=None, state=None, gone=(), **request):
    """Whether a listing still shows a resource in a state in which it exists."""

    def left(client, row):
        rows = getattr(client, method)(**request)[path]
        for one in rows:
            name = one if key is None else one[key]
            if name in (row["id"], row.get("arn")) or str(name).endswith("/" + row["id"]):
                return state is None or one[state] not in gone
        return False

    return left


def instances_left(ec2, row):
    found = ec2.describe_instances(InstanceIds=[row["id"]])["Reservations"]
    return any(i["State"]["Name"] != "terminated" for r in found for i in r["Instances"])


def queue_left(sqs, row):
    """The URLs a listing shows carry the name of this server."""
    return row["id"].split("/")[-1] in [
        url.split("/")[-1] for url in sqs.list_queues().get("QueueUrls", [])
    ]


def arn(row):
    return row["arn"]


# Kind, client, how it goes, how it shows. In the order AWS accepts.
KINDS = [
    ("cloudformation:stack", "cloudformation", delete_stack, stack_left),
    (
        "autoscaling:group",
        "autoscaling",
        delete_by("delete_auto_scaling_group", "AutoScalingGroupName"),
        listed("describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    ),
    (
        "ec2:image",
        "ec2",
        delete_by("deregister_image", "ImageId"),
        listed("describe_images", "Images", "ImageId", Owners=["self"]),
    ),
    ("ec2:instance", "ec2", delete_instance, instances_left),
    ("ec2:volume", "ec2", delete_volume, listed("describe_volumes", "Volumes", "VolumeId")),
    (
        "ec2:snapshot",
        "ec2",
        delete_snapshot,
        listed("describe_snapshots", "Snapshots", "SnapshotId", OwnerIds=["self"]),
    ),
    (
        "ec2:nat-gateway",
        "ec2",
        delete_by("delete_nat_gateway", "NatGatewayId"),
        listed("describe_nat_gateways", "NatGateways", "NatGatewayId", "State", ("deleted",)),
    ),
    ("ec2:eip", "ec2", delete_address, listed("describe_addresses", "Addresses", "AllocationId")),
    (
        "ec2:vpc-endpoint",
        "ec2",
        lambda c, row: c.delete_vpc_endpoints(VpcEndpointIds=[row["id"]]),
        listed("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", "State", ("deleted",)),
    ),
    (
        "ec2:network-interface",
        "ec2",
        delete_by("delete_network_interface", "NetworkInterfaceId"),
        listed("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ),
    (
        "ec2:transit-gateway-attachment",
        "ec2",
        delete_by("delete_transit_gateway_vpc_attachment", "TransitGatewayAttachmentId"),
        listed(
            "describe_transit_gateway_attachments",
            "TransitGatewayAttachments",
            "TransitGatewayAttachmentId",
            "State",
            ("deleted",),
        ),
    ),
    (
        "ec2:transit-gateway",
        "ec2",
        delete_by("delete_transit_gateway", "TransitGatewayId"),
        listed(
            "describe_transit_gateways",
            "TransitGateways",
            "TransitGatewayId",
            "State",
            ("deleted",),
        ),
    ),
    (
        "ec2:security-group",
        "ec2",
        delete_by("delete_security_group", "GroupId"),
        listed("describe_security_groups", "SecurityGroups", "GroupId"),
    ),
    (
        "ec2:key-pair",
        "ec2",
        delete_by("delete_key_pair", "KeyPairId"),
        listed("describe_key_pairs", "KeyPairs", "KeyPairId"),
    ),
    (
        "elbv2:loadbalancer",
        "elbv2",
        delete_by("delete_load_balancer", "LoadBalancerArn", arn),
        listed("describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ),
    (
        "elbv2:targetgroup",
        "elbv2",
        delete_by("delete_target_group", "TargetGroupArn", arn),
        listed("describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ),
    (
        "elb:loadbalancer",
        "elb",
        delete_by("delete_load_balancer", "LoadBalancerName"),
        listed("describe_load_balancers", "LoadBalancerDescriptions", "LoadBalancerName"),
    ),
    (
        "rds:db",
        "rds",
        delete_database,
        listed("describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ),
    (
        "rds:cluster",
        "rds",
        delete_by(
            "delete_db_cluster", "DBClusterIdentifier", FinalDBSnapshotIdentifier="last-cluster"
        ),
        listed("describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ),
    (
        "rds:snapshot",
        "rds",
        delete_by("delete_db_snapshot", "DBSnapshotIdentifier"),
        listed("describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier"),
    ),
    (
        "rds:cluster-snapshot",
        "rds",
        delete_by("delete_db_cluster_snapshot", "DBClusterSnapshotIdentifier"),
        listed(
            "describe_db_cluster_snapshots", "DBClusterSnapshots", "DBClusterSnapshotIdentifier"
        ),
    ),
    (
        "redshift:cluster",
        "redshift",
        delete_by("delete_cluster", "ClusterIdentifier", SkipFinalClusterSnapshot=True),
        listed("describe_clusters", "Clusters", "ClusterIdentifier"),
    ),
    (
        "redshift:snapshot",
        "redshift",
        delete_by("delete_cluster_snapshot", "SnapshotIdentifier"),
        listed("describe_cluster_snapshots", "Snapshots", "SnapshotIdentifier"),
    ),
    ("s3:multipart-upload", "s3", abort_upload, uploads_left),
    ("s3:bucket", "s3", empty_bucket, listed("list_buckets", "Buckets", "Name")),
    (
        "kinesis:stream",
        "kinesis",
        delete_by("delete_stream", "StreamName", EnforceConsumerDeletion=True),
        listed("list_streams", "StreamNames"),
    ),
    (
        "firehose:deliverystream",
        "firehose",
        delete_by("delete_delivery_stream", "DeliveryStreamName"),
        listed("list_delivery_streams", "DeliveryStreamNames"),
    ),
    (
        "glue:crawler",
        "glue",
        delete_by("delete_crawler", "Name"),
        listed("get_crawlers", "Crawlers", "Name"),
    ),
    ("glue:job", "glue", delete_by("delete_job", "JobName"), listed("get_jobs", "Jobs", "Name")),
    (
        "glue:dev-endpoint",
        "glue",
        delete_by("delete_dev_endpoint", "EndpointName"),
        listed("get_dev_endpoints", "DevEndpoints", "EndpointName"),
    ),
    (
        "glue:database",
        "glue",
        delete_by("delete_database", "Name"),
        listed("get_databases", "DatabaseList", "Name"),
    ),
    (
        "emr:cluster",
        "emr",
        lambda c, row: c.terminate_job_flows(JobFlowIds=[row["id"]]),
        lambda c, row: (
            c.describe_cluster(ClusterId=row["id"])["Cluster"]["Status"]["State"] != "TERMINATED"
        ),
    ),
    (
        "sagemaker:notebook-instance",
        "sagemaker",
        delete_notebook,
        listed("list_notebook_instances", "NotebookInstances", "NotebookInstanceName"),
    ),
    (
        "sagemaker:endpoint",
        "sagemaker",
        delete_by("delete_endpoint", "EndpointName"),
        listed("list_endpoints", "Endpoints", "EndpointName"),
    ),
    (
        "sagemaker:domain",
        "sagemaker",
        delete_by("delete_domain", "DomainId", RetentionPolicy={"HomeEfsFileSystem": "Delete"}),
        listed("list_domains", "Domains", "DomainId"),
    ),
    (
        "logs:log-group",
        "logs",
        delete_by("delete_log_group", "logGroupName"),
        listed("describe_log_groups", "logGroups", "logGroupName"),
    ),
    (
        "efs:file-system",
        "efs",
        delete_by("delete_file_system", "FileSystemId"),
        listed("describe_file_systems", "FileSystems", "FileSystemId"),
    ),
    (
        "fsx:file-system",
        "fsx",
        delete_by("delete_file_system", "FileSystemId"),
        listed("describe_file_systems", "FileSystems", "FileSystemId"),
    ),
    (
        "kafka:cluster",
        "kafka",
        delete_cluster_with_version,
        listed("list_clusters", "ClusterInfoList", "ClusterName"),
    ),
    (
        "dms:replication-instance",
        "dms",
        delete_by("delete_replication_instance", "ReplicationInstanceArn"),
        listed("describe_replication_instances", "ReplicationInstances", "ReplicationInstanceArn"),
    ),
    (
        "opensearch:domain",
        "opensearch",
        delete_by("delete_domain", "DomainName"),
        listed("list_domain_names", "DomainNames", "DomainName"),
    ),
    (
        "dynamodb:table",
        "dynamodb",
        delete_by("delete_table", "TableName"),
        listed("list_tables", "TableNames"),
    ),
    (
        "elasticache:cluster",
        "elasticache",
        delete_by("delete_cache_cluster", "CacheClusterId"),
        listed("describe_cache_clusters", "CacheClusters", "CacheClusterId"),
    ),
    (
        "ecr:repository",
        "ecr",
        delete_by("delete_repository", "repositoryName", force=True),
        listed("describe_repositories", "repositories", "repositoryName"),
    ),
    (
        "ecs:cluster",
        "ecs",
        delete_container_cluster,
        lambda c, row: (
            c.describe_clusters(clusters=[row["id"]])["clusters"][0]["status"] != "INACTIVE"
        ),
    ),
    (
        "eks:cluster",
        "eks",
        delete_by("delete_cluster", "name"),
        listed("list_clusters", "clusters"),
    ),
    (
        "lambda:function",
        "lambda",
        delete_by("delete_function", "FunctionName"),
        listed("list_functions", "Functions", "FunctionName"),
    ),
    ("sqs:queue", "sqs", delete_by("delete_queue", "QueueUrl"), queue_left),
    (
        "sns:topic",
        "sns",
        delete_by("delete_topic", "TopicArn"),
        listed("list_topics", "Topics", "TopicArn"),
    ),
    (
        "kms:key",
        "kms",
        delete_by("schedule_key_deletion", "KeyId", PendingWindowInDays=7),
        lambda c, row: (
            c.describe_key(KeyId=row["id"])["KeyMetadata"]["KeyState"] != "PendingDeletion"
        ),
    ),
    (
        "secretsmanager:secret",
        "secretsmanager",
        delete_by("delete_secret", "SecretId", RecoveryWindowInDays=7),
        listed("list_secrets", "SecretList", "ARN"),
    ),
    (
        "route53:hosted-zone",
        "route53",
        delete_by("delete_hosted_zone", "Id"),
        listed("list_hosted_zones", "HostedZones", "Id"),
    ),
    (
        "acm-pca:certificate-authority",
        "acm-pca",
        delete_by("delete_certificate_authority", "CertificateAuthorityArn"),
        listed(
            "list_certificate_authorities", "CertificateAuthorities", "Arn", "Status", ("DELETED",)
        ),
    ),
    (
        "backup:vault",
        "backup",
        delete_by("delete_backup_vault", "BackupVaultName"),
        listed("list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    ),
    (
        "ec2:internet-gateway",
        "ec2",
        delete_gateway,
        listed("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ),
    (
        "ec2:subnet",
        "ec2",
        delete_by("delete_subnet", "SubnetId"),
        listed("describe_subnets", "Subnets", "SubnetId"),
    ),
    ("ec2:vpc", "ec2", delete_by("delete_vpc", "VpcId"), listed("describe_vpcs", "Vpcs", "VpcId")),
]


def quicksight_kinds(bed) -> list:
    account = {"AwsAccountId": bed.account}

    def users(client):
        return ids(client.list_users(Namespace="default", **account)["UserList"], "UserName")

    def unsubscribe(client, row):
        client.update_account_settings(
            DefaultNamespace="default", TerminationProtectionEnabled=False, **account
        )
        client.delete_account_subscription(**account)

    return [
        (
            "quicksight:user",
            "quicksight",
            delete_by("delete_user", "UserName", Namespace="default", **account),
            lambda client, row: row["id"] in users(client),
        ),
        (
            "quicksight:account-subscription",
            "quicksight",
            unsubscribe,
            lambda client, row: client.describe_account_subscription(**account),
        ),
    ]


def empty_the_account(bed, report, truth: list) -> None:
    kinds = KINDS + quicksight_kinds(bed)
    leftovers = [row for row in truth if row["is_leftover"]]
    for kind, service, _, left in kinds:
        for row in leftovers:
            if row["type"] == kind and not present(left, client_of(bed, service, row), row):
                report.line(False, f"{kind} {row['id']} is not listed before it is deleted")
    unknown = {row["type"] for row in leftovers} - {kind for kind, *_ in kinds}
    report.holds(f"every kind of leftover has its calls, but {sorted(unknown)}", not unknown)
    for kind, service, remove, left in kinds:
        for row in leftovers:
            if row["type"] == kind:
                client = client_of(bed, service, row)
                if row["verdict"] != "managed" and present(left, client, row):
                    report.passes(
                        f"{kind} {row['id']} in {row['region']}", lambda: remove(client, row)
                    )
    for kind, service, _, left in kinds:
        for row in leftovers:
            if row["type"] == kind and present(left, client_of(bed, service, row), row):
                report.line(False, f"{kind} {row['id']} is still there")
    repeat(bed, report, kinds, leftovers)


def client_of(bed, service, row):
    return bed.client(service, "us-east-1" if row["region"] == "global" else row["region"])


def present(left, client, row) -> bool:
    """What a look-up by id does not know any more is gone."""
    try:
        return bool(left(client, row))
    except ClientError as error:
        if UNIMPLEMENTED in error.response["ResponseMetadata"].get("HTTPHeaders", {}):
            raise
        return False


def repeat(bed, report, kinds: list, leftovers: list) -> None:
    """A delete of what is gone is answered with success or an error of AWS's, not with a fault."""
    for kind, service, remove, _ in kinds:
        row = next((row for row in leftovers if row["type"] == kind), None)
        if row is None:
            continue
        try:
            remove(client_of(bed, service, row), row)
            print(f"     {kind} again: no error")
        except ClientError as error:
            answer = error.response
            faulty = UNIMPLEMENTED in answer["ResponseMetadata"].get("HTTPHeaders", {})
            report.line(not faulty, f"{kind} again: {answer['Error']['Code']}")
        except (IndexError, KeyError):
            print(f"     {kind} again: not found by its own look-up")


def verbs(bed, report, truth: list) -> None:
    """Calls that save, stop or unprotect: told, not judged, since a plan may do without some."""

    def id(kind, **facts):
        rows = [row for row in truth if row["type"] == kind and row["is_leftover"]]
        return next(row["id"] for row in rows if all(row.get(k) == v for k, v in facts.items()))

    east, west = "us-east-1", "us-west-2"
    table = f"arn:aws:dynamodb:{east}:{bed.account}:table/lab-provisioned"
    for service, region, method, request in (
        ("ec2", east, "create_snapshot", {"VolumeId": id("ec2:volume", region=east)}),
        (
            "ec2",
            west,
            "create_image",
            {"InstanceId": id("ec2:instance", region=west), "Name": "last"},
        ),
        (
            "ec2",
            east,
            "modify_snapshot_tier",
            {"SnapshotId": id("ec2:snapshot"), "StorageTier": "archive"},
        ),
        (
            "rds",
            east,
            "create_db_snapshot",
            {"DBInstanceIdentifier": "idle-pg", "DBSnapshotIdentifier": "verb-1"},
        ),
        (
            "rds",
            west,
            "create_db_cluster_snapshot",
            {"DBClusterIdentifier": "lab-aurora", "DBClusterSnapshotIdentifier": "verb-2"},
        ),
        ("rds", east, "stop_db_instance", {"DBInstanceIdentifier": "idle-pg"}),
        ("rds", west, "stop_db_cluster", {"DBClusterIdentifier": "lab-aurora"}),
        (
            "redshift",
            west,
            "create_cluster_snapshot",
            {"SnapshotIdentifier": "verb-3", "ClusterIdentifier": "lab-dw"},
        ),
        ("redshift", west, "pause_cluster", {"ClusterIdentifier": "lab-dw"}),
        (
            "dynamodb",
            east,
            "create_backup",
            {"TableName": "lab-provisioned", "BackupName": "verb-4"},
        ),
        (
            "dynamodb",
            east,
            "export_table_to_point_in_time",
            {"TableArn": table, "S3Bucket": "b", "S3Prefix": "p"},
        ),
        ("fsx", west, "create_backup", {"FileSystemId": id("fsx:file-system")}),
        (
            "elasticache",
            east,
            "create_snapshot",
            {"CacheClusterId": "lab-redis", "SnapshotName": "verb-5"},
        ),
        ("kms", east, "disable_key", {"KeyId": id("kms:key")}),
        (
            "logs",
            east,
            "put_retention_policy",
            {"logGroupName": "/course/spark", "retentionInDays": 30},
        ),
        (
            "logs",
            east,
            "create_export_task",
            {
                "logGroupName": "/course/spark",
                "fromTime": 0,
                "to": 1,
                "destination": f"course-raw-{bed.account}",
            },
        ),
        (
            "s3",
            east,
            "put_bucket_lifecycle_configuration",
            {
                "Bucket": f"course-raw-{bed.account}",
                "LifecycleConfiguration": {
                    "Rules": [
                        {"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
                    ]
                },
            },
        ),
        (
            "ecs",
            "eu-west-1",
            "update_service",
            {"cluster": "lab-ecs", "service": "zero", "desiredCount": 0},
        ),
        (
            "autoscaling",
            "eu-west-1",
            "update_auto_scaling_group",
            {"AutoScalingGroupName": "empty-old", "MinSize": 0, "MaxSize": 0, "DesiredCapacity": 0},
        ),
        ("glue", east, "stop_crawler_schedule", {"CrawlerName": "raw-crawler"}),
        (
            "emr",
            east,
            "set_termination_protection",
            {"JobFlowIds": [id("emr:cluster")], "TerminationProtected": False},
        ),
        ("sagemaker", west, "delete_endpoint_config", {"EndpointConfigName": "ec1"}),
        ("sagemaker", west, "delete_model", {"ModelName": "m1"}),
        ("secretsmanager", east, "get_secret_value", {"SecretId": "db-pass"}),
        (
            "acm-pca",
            east,
            "update_certificate_authority",
            {"CertificateAuthorityArn": id("acm-pca:certificate-authority"), "Status": "DISABLED"},
        ),
        ("lambda", east, "get_function", {"FunctionName": "lab-fn"}),
        ("opensearch", east, "describe_domain", {"DomainName": "lab-os"}),
        ("budgets", east, "delete_budget", {"AccountId": bed.account, "BudgetName": "course"}),
    ):
        try:
            getattr(bed.client(service, region), method)(**request)
        except ClientError as error:
            headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
            kind = "missing" if UNIMPLEMENTED in headers else "refused"
            if kind == "missing":
                report.missing.append(f"{service} {method}")
            print(f"     {kind}: {service} {method}: {error.response['Error']['Code']}")
