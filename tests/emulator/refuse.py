"""What AWS refuses to delete, detach or release and moto lets through, with AWS's own error codes.

Each check runs before one of moto's operations and raises what AWS would answer. It sits in front
of the request, not of moto's model, so what moto deletes along with something else stays deleted.
The last part makes deletes free what they free on AWS. Protection flags that moto drops are kept.

Two codes are not certain: AWS documents none for a locked snapshot, and says of directory buckets
only that a multipart upload keeps them from being deleted.
"""

import functools
import importlib

from moto.backends import get_backend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.elastic_block_store import Volume

CHECKS = []  # (module, class, method, check)
AFTER = []  # the same, for what runs once moto has answered
ADDED = []  # the same, for operations moto lacks or answers only in part

GONE = ("deleted", "deleting", "terminated", "shutting-down", "failed", "rejected")

EC2 = "moto.ec2.responses", "EC2Response"
RDS = "moto.rds.responses", "RDSResponse"
EKS = "moto.eks.responses", "EKSResponse"
LOGS = "moto.logs.responses", "LogsResponse"
CLOUDFORMATION = "moto.cloudformation.responses", "CloudFormationResponse"
AUTO_SCALING = "moto.autoscaling.responses", "AutoScalingResponse"


def registered(table: list, owner: tuple, operation: str):
    def keep(function):
        table.append((*owner, operation, function))
        return function

    return keep


before = functools.partial(registered, CHECKS)
after = functools.partial(registered, AFTER)
added = functools.partial(registered, ADDED)


class Refusal(Exception):
    """An error of AWS's, not yet in the name of a service."""


def refuse(code: str, message: str):
    raise Refusal(code, message)


def named(module: str, function):
    """A function whose refusals are errors of the service a module of moto's belongs to.

    moto looks the service of an error up in the name of the module the error comes from.
    """

    @functools.wraps(function)
    def naming(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Refusal as refusal:
            kind = type("Refused", (ServiceException,), {"__module__": module})
            raise kind(*refusal.args) from None

    return naming


def model(call, service: str):
    """moto's model of a service in the account and region of a request."""
    return get_backend(service)[call.current_account][call.region]


def global_model(call, service: str):
    """The same of a service that is not in any region."""
    return get_backend(service)[call.current_account]["aws"]


def install() -> None:
    for module, name, operation, check in CHECKS:
        wrap(module, name, operation, first=check)
    for module, name, operation, action in AFTER:
        wrap(module, name, operation, then=action)
    for module, name, operation, answer in ADDED:
        setattr(getattr(importlib.import_module(module), name), operation, named(module, answer))
    Volume.delete_from_cloudformation_json = classmethod(delete_with_stack)


def wrap(module: str, name: str, operation: str, first=None, then=None) -> None:
    owner = getattr(importlib.import_module(module), name)
    plain = getattr(owner, operation)

    @functools.wraps(plain)
    def wrapped(self, *args, **kwargs):
        if first is not None:
            named(module, first)(self, *args, **kwargs)
        answer = plain(self, *args, **kwargs)
        if then is not None:
            then(self, *args, **kwargs)
        return answer

    setattr(owner, operation, wrapped)


# --- addresses, subnets, interfaces ---------------------------------------------------------------


@before(EC2, "release_address")
def address_is_associated(call):
    allocation, public = call._get_param("AllocationId"), call._get_param("PublicIp")
    for address in call.ec2_backend.addresses:
        wanted = address.allocation_id == allocation if allocation else address.public_ip == public
        if wanted and (address.association_id or address.eni or address.instance):
            refuse("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")


@before(EC2, "delete_subnet")
def subnet_is_in_use(call):
    subnet = call._get_param("SubnetId")
    if holder := next(subnet_holders(call, subnet), None):
        message = f"The subnet '{subnet}' has dependencies and cannot be deleted ({holder})."
        refuse("DependencyViolation", message)


def subnet_holders(call, subnet: str):
    """What keeps an interface in a subnet, whether or not moto shows that interface."""
    ec2 = call.ec2_backend
    yield from (nat.id for nat in live(ec2.nat_gateways) if nat.subnet_id == subnet)
    yield from (i.id for i in live_instances(ec2) if i.subnet_id == subnet)
    yield from (e.id for e in live(ec2.vpc_end_points) if subnet in (e.subnet_ids or []))
    for attachment in live(ec2.transit_gateway_attachments):
        if subnet in getattr(attachment, "subnet_ids", []):
            yield attachment.id
    for balancer in model(call, "elbv2").load_balancers.values():
        if subnet in (one.id for one in balancer.subnets):
            yield balancer.arn
    for balancer in model(call, "elb").load_balancers.values():
        if subnet in balancer.subnets:
            yield balancer.name
    for target in model(call, "efs").mount_targets_by_id.values():
        if target.subnet_id == subnet:
            yield target.mount_target_id
    for cluster in model(call, "eks").clusters.values():
        if subnet in (cluster.resources_vpc_config or {}).get("subnetIds", []):
            yield cluster.arn
    for system in model(call, "fsx").file_systems.values():
        if subnet in system.subnet_ids:
            yield system.file_system_id
    for cluster in model(call, "kafka").clusters.values():
        if subnet in (cluster.broker_node_group_info or {}).get("clientSubnets", []):
            yield cluster.arn
    for domain in model(call, "sagemaker").domains.values():
        if subnet in (domain.subnet_ids or []):
            yield domain.id
    yield from (eni.id for eni in ec2.enis.values() if eni.subnet.id == subnet)


def live(things: dict) -> list:
    def state(thing):
        status = getattr(thing, "state", None) or getattr(thing, "_status", None)
        return getattr(status, "code", status)

    return [thing for thing in list(things.values()) if state(thing) not in GONE]


def live_instances(ec2) -> list:
    return [one for one in ec2.all_instances() if one._state.name not in GONE]


@before(EC2, "delete_network_interface")
def interface_is_in_use(call):
    id = call._get_param("NetworkInterfaceId")
    ec2 = call.ec2_backend
    eni = ec2.enis.get(id)
    held = {nat._eni.id for nat in live(ec2.nat_gateways)}
    held |= {one for e in live(ec2.vpc_end_points) for one in e.network_interface_ids}
    targets = model(call, "efs").mount_targets_by_id.values()
    held |= {target.network_interface_id for target in targets}
    if id in held or (eni and eni.instance and eni.instance._state.name not in GONE):
        refuse("InvalidParameterValue", f"Network interface '{id}' is currently in use.")


@before(EC2, "delete_security_group")
def group_is_in_use(call):
    ec2 = call.ec2_backend
    id, name = call._get_param("GroupId"), call._get_param("GroupName")
    group = ec2.get_security_group_from_id(id) if id else ec2.get_security_group_from_name(name)
    if group is None:
        return
    if group.name == "default":
        refuse(
            "CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted'
        )
    if holder := next(group_holders(call, group.id), None):
        refuse("DependencyViolation", f"resource {group.id} has a dependent object ({holder})")


def group_holders(call, id: str):
    ec2 = call.ec2_backend
    for groups in ec2.groups.values():
        for other in groups.values():
            rules = [*other.ingress_rules, *other.egress_rules]
            if other.id != id and any(rule.source_group.get("GroupId") == id for rule in rules):
                yield other.id
    for eni in ec2.enis.values():
        if id in (group.id for group in eni.group_set):
            yield eni.id
    for instance in live_instances(ec2):
        if id in (group.id for group in instance.security_groups):
            yield instance.id
    yield from (e.id for e in live(ec2.vpc_end_points) if id in e.security_group_ids)
    for balancer in model(call, "elbv2").load_balancers.values():
        if id in (balancer.security_groups or []):
            yield balancer.arn
    for balancer in model(call, "elb").load_balancers.values():
        if id in balancer.security_groups:
            yield balancer.name
    for database in model(call, "rds").databases.values():
        if id in database.vpc_security_group_ids:
            yield database.db_instance_identifier


# --- gateways and networks ------------------------------------------------------------------------


@before(EC2, "delete_transit_gateway")
def transit_gateway_has_attachments(call):
    id = call._get_param("TransitGatewayId")
    if id not in call.ec2_backend.transit_gateways:
        refuse(
            "InvalidTransitGatewayID.NotFound",
            f"Transit Gateway {id} was deleted or does not exist.",
        )
    attachments = live(call.ec2_backend.transit_gateway_attachments)
    if held := [one.id for one in attachments if one.transit_gateway_id == id]:
        message = f"{id} has non-deleted Transit Gateway Attachments: {', '.join(held)}."
        refuse("IncorrectState", message)


@before(EC2, "delete_transit_gateway_vpc_attachment")
def attachment_exists(call):
    id = call._get_param("TransitGatewayAttachmentId")
    if id not in call.ec2_backend.transit_gateway_attachments:
        message = f"Transit Gateway Attachment {id} was deleted or does not exist."
        refuse("InvalidTransitGatewayAttachmentID.NotFound", message)


@before(EC2, "delete_nat_gateway")
def nat_gateway_exists(call):
    id = call._get_param("NatGatewayId")
    if id not in call.ec2_backend.nat_gateways:
        refuse("NatGatewayNotFound", f"The Nat Gateway {id} was not found")


@before(EC2, "detach_internet_gateway")
def network_has_public_addresses(call):
    ec2, vpc = call.ec2_backend, call._get_param("VpcId")
    mapped = [a.public_ip for a in ec2.addresses if a.eni and a.eni.vpc_id == vpc]
    mapped += [nat.id for nat in live(ec2.nat_gateways) if nat.vpc_id == vpc]
    running = [i for i in live_instances(ec2) if i._state.name == "running" and i.vpc_id == vpc]
    mapped += [instance.id for instance in running if instance.public_ip]
    for balancer in model(call, "elbv2").load_balancers.values():
        if balancer.vpc_id == vpc and balancer.scheme == "internet-facing":
            mapped.append(balancer.arn)
    for balancer in model(call, "elb").load_balancers.values():
        if balancer.vpc_id == vpc and balancer.scheme == "internet-facing":
            mapped.append(balancer.name)
    if mapped:
        message = f"Network {vpc} has some mapped public address(es): {mapped[0]}."
        refuse("DependencyViolation", message)


@before(EC2, "delete_vpc")
def network_is_not_empty(call):
    vpc = call._get_param("VpcId")
    if holder := next(network_holders(call.ec2_backend, vpc), None):
        message = f"The vpc '{vpc}' has dependencies and cannot be deleted ({holder})."
        refuse("DependencyViolation", message)


def network_holders(ec2, vpc: str):
    """What is left in a network besides what goes with it: main table, default group and ACL."""
    yield from (
        subnet for zone in ec2.subnets.values() for subnet in zone if zone[subnet].vpc_id == vpc
    )
    for things in (ec2.nat_gateways, ec2.vpc_end_points, ec2.enis, ec2.carrier_gateways):
        yield from (thing.id for thing in live(things) if thing.vpc_id == vpc)
    yield from (i.id for i in live_instances(ec2) if i.vpc_id == vpc)
    for gateway in ec2.internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == vpc:
            yield gateway.id
    for gateway in live(ec2.egress_only_internet_gateways):
        if gateway.vpc_id == vpc:
            yield gateway.id
    for gateway in ec2.vpn_gateways.values():
        attachment = gateway.attachments.get(vpc)
        if attachment and attachment.state == "attached":
            yield gateway.id
    for attachment in live(ec2.transit_gateway_attachments):
        if attachment.resource_id == vpc:
            yield attachment.id
    for peering in live(ec2.vpc_pcxs):
        if vpc in (peering.vpc.id, peering.peer_vpc.id):
            yield peering.id
    yield from (g.id for g in ec2.groups.get(vpc, {}).values() if g.name != "default")
    yield from (
        acl.id for acl in ec2.network_acls.values() if acl.vpc_id == vpc and not acl.default
    )
    tables = ec2.describe_route_tables(filters={"vpc-id": vpc})
    yield from (table.id for table in tables[1:])


# --- block storage --------------------------------------------------------------------------------


@added(EC2, "detach_volume")
def detach_volume(call):
    """moto wants the instance to be named, and lets the root volume of a running one go."""
    volume = call.ec2_backend.get_volume(call._get_param("VolumeId"))
    attachment = volume.attachment
    if not attachment:
        refuse("IncorrectState", f"Volume '{volume.id}' is in the 'available' state.")
    instance = attachment.instance
    is_root = attachment.device == instance.root_device_name
    if is_root and instance._state.name not in ("stopped", *GONE):
        message = f"Unable to detach root volume '{volume.id}' from instance '{instance.id}'"
        refuse("OperationNotPermitted", message)
    asked = call._get_param("InstanceId") or instance.id
    done = call.ec2_backend.detach_volume(volume.id, asked, call._get_param("Device"))
    return ActionResult(
        {
            "VolumeId": volume.id,
            "InstanceId": instance.id,
            "Device": done.device,
            "State": "detaching",
            "AttachTime": done.attach_time,
        }
    )


@before(EC2, "delete_snapshot")
def snapshot_is_locked(call):
    id = call._get_param("SnapshotId")
    snapshot = call.ec2_backend.snapshots.get(id)
    if snapshot is not None and getattr(snapshot, "lock_mode", None):
        refuse("OperationNotPermitted", f"The snapshot {id} is locked and cannot be deleted.")


def snapshot_asked_for(call):
    id = call._get_param("SnapshotId")
    if id not in call.ec2_backend.snapshots:
        refuse("InvalidSnapshot.NotFound", f"The snapshot '{id}' does not exist.")
    return call.ec2_backend.snapshots[id]


@added(EC2, "lock_snapshot")
def lock_snapshot(call):
    snapshot = snapshot_asked_for(call)
    snapshot.lock_mode = call._get_param("LockMode")
    return ActionResult({"SnapshotId": snapshot.id, "LockState": snapshot.lock_mode})


@added(EC2, "unlock_snapshot")
def unlock_snapshot(call):
    snapshot = snapshot_asked_for(call)
    snapshot.lock_mode = None
    return ActionResult({"SnapshotId": snapshot.id})


# --- databases ------------------------------------------------------------------------------------


def final_snapshot_is_chosen(call) -> None:
    skip = call._get_bool_param("SkipFinalSnapshot")
    final = call._get_param("FinalDBSnapshotIdentifier")
    if skip and final:
        refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot.",
        )
    if not skip and not final:
        refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )


@before(RDS, "delete_db_instance")
def instance_needs_a_choice(call):
    """Replicas and members of a cluster have no final snapshot of their own."""
    database = model(call, "rds").databases.get(call._get_param("DBInstanceIdentifier"))
    if database is not None and not database.is_replica and not database.db_cluster_identifier:
        final_snapshot_is_chosen(call)


@before(RDS, "delete_db_cluster")
def cluster_needs_a_choice(call):
    """moto itself refuses a cluster that still has instances; AWS says that first."""
    cluster = model(call, "rds").clusters.get(call._get_param("DBClusterIdentifier"))
    if cluster is not None and not cluster.members and not cluster.deletion_protection:
        final_snapshot_is_chosen(call)


@before(("moto.redshift.responses", "RedshiftResponse"), "delete_cluster")
def warehouse_needs_a_choice(call):
    """moto does so only where the request says that it wants the snapshot."""
    skip = call._get_bool_param("SkipFinalClusterSnapshot")
    if not skip and not call._get_param("FinalClusterSnapshotIdentifier"):
        refuse(
            "InvalidParameterCombination",
            "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is "
            "specified.",
        )


@before(("moto.redshift.models", "RedshiftBackend"), "delete_cluster")
def final_snapshot_is_made(redshift, **request):
    """moto makes it only where the request says SkipFinalClusterSnapshot=false in words."""
    identifier, snapshot = (
        request["cluster_identifier"],
        request["final_cluster_snapshot_identifier"],
    )
    if snapshot and request["skip_final_snapshot"] is None and identifier in redshift.clusters:
        cluster = redshift.clusters[identifier]
        redshift.create_cluster_snapshot(identifier, snapshot, cluster.region, cluster.tags)


# --- containers, load balancers, groups -----------------------------------------------------------


@before(("moto.ecs.responses", "EC2ContainerServiceResponse"), "delete_cluster")
def container_cluster_is_in_use(call):
    ecs = model(call, "ecs")
    name = (call._get_param("cluster") or "default").split("/")[-1]
    services = [one for one in ecs.services.values() if one.cluster_name == name]
    if any(service.status != "INACTIVE" for service in services):
        refuse(
            "ClusterContainsServicesException",
            "The Cluster cannot be deleted while Services are active.",
        )
    if ecs.container_instances.get(name):
        refuse(
            "ClusterContainsContainerInstancesException",
            "The Cluster cannot be deleted while Container Instances are active or draining.",
        )
    if any(task.last_status != "STOPPED" for task in ecs.tasks.get(name, {}).values()):
        refuse(
            "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
        )


@before(("moto.elbv2.responses", "ELBV2Response"), "delete_load_balancer")
def load_balancer_is_protected(call):
    arn = call._get_param("LoadBalancerArn")
    balancer = model(call, "elbv2").load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        refuse("OperationNotPermitted", message)


@before(AUTO_SCALING, "delete_auto_scaling_group")
def scaling_group_has_instances(call):
    name = call._get_param("AutoScalingGroupName")
    group = model(call, "autoscaling").autoscaling_groups.get(name)
    forced = call._get_bool_param("ForceDelete")
    if group is not None and group.instance_states and not forced:
        refuse(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
            "instance request(s) still in the group.",
        )


@before(("moto.kinesis.responses", "KinesisResponse"), "delete_stream")
def stream_has_consumers(call):
    name, arn = call._get_param("StreamName"), call._get_param("StreamARN")
    name = name or (arn or "").split("/")[-1]
    stream = model(call, "kinesis").streams.get(name)
    if stream is not None and stream.consumers and not call._get_param("EnforceConsumerDeletion"):
        refuse("ResourceInUseException", f"Stream {name} has registered consumers.")


# --- directories and what the other services share ------------------------------------------------


@before(("moto.ds.responses", "DirectoryServiceResponse"), "delete_directory")
def directory_is_registered(call):
    id = call._get_param("DirectoryId")
    if id in model(call, "workspaces").workspace_directories:
        refuse(
            "ClientException",
            "Cannot delete the directory because it still has authorized applications. "
            f"Directory: {id}, authorized application: WorkSpaces",
        )


@before(("moto.workspaces.responses", "WorkSpacesResponse"), "deregister_workspace_directory")
def directory_has_workspaces(call):
    id = call._get_param("DirectoryId")
    workspaces = model(call, "workspaces")
    if id not in workspaces.workspace_directories:
        refuse("ResourceNotFoundException", f"The directory {id} is not registered.")
    if any(one.workspace.get("DirectoryId") == id for one in workspaces.workspaces.values()):
        refuse("InvalidResourceStateException", f"The directory {id} still has WorkSpaces.")


@before(("moto.dms.responses", "DatabaseMigrationServiceResponse"), "delete_replication_instance")
def replication_instance_has_tasks(call):
    arn = call._get_param("ReplicationInstanceArn")
    tasks = model(call, "dms").replication_tasks.values()
    if any(task.replication_instance_arn == arn for task in tasks):
        refuse("InvalidResourceStateFault", "Replication Instance still has tasks.")


@before(("moto.kms.responses", "KmsResponse"), "schedule_key_deletion")
def key_is_pending_already(call):
    id = (call._get_param("KeyId") or "").split("/")[-1]
    key = model(call, "kms").keys.get(id)
    if key is not None and key.key_state == "PendingDeletion":
        refuse("KMSInvalidStateException", f"{key.arn} is pending deletion.")


@before(("moto.acmpca.responses", "ACMPCAResponse"), "delete_certificate_authority")
def authority_is_active(call):
    arn = call._get_param("CertificateAuthorityArn")
    authority = model(call, "acm-pca").certificate_authorities.get(arn)
    if authority is not None and authority.status in ("ACTIVE", "DELETED"):
        refuse(
            "InvalidStateException",
            f"The certificate authority is in the {authority.status} state.",
        )


@before(("moto.cloudfront.responses", "CloudFrontResponse"), "delete_distribution")
def distribution_is_enabled(call):
    distributions = global_model(call, "cloudfront").distributions
    distribution = distributions.get(call._get_param("Id"))
    if distribution is not None and distribution.Enabled:
        refuse("DistributionNotDisabled", "The distribution has to be disabled first.")


@before(("moto.kafka.responses", "KafkaResponse"), "delete_cluster")
def broker_cluster_exists(call):
    arn = call._get_param("clusterArn")
    if arn and arn not in model(call, "kafka").clusters:
        refuse("NotFoundException", f"The cluster {arn} does not exist.")


@before(("moto.s3.models", "S3Backend"), "delete_bucket")
def bucket_has_uploads(backend, bucket_name):
    from moto.s3.exceptions import BucketNotEmpty

    bucket = backend.buckets.get(bucket_name)
    if bucket is not None and bucket.multiparts:
        raise BucketNotEmpty(bucket_name=bucket_name)


# --- protection flags -----------------------------------------------------------------------------


@added(CLOUDFORMATION, "delete_stack")
def delete_stack(call):
    """A bucket with something in it makes the deletion fail, which shows in the state of the stack.

    moto forgets the stack all the same and leaves the bucket.
    """
    buckets = global_model(call, "s3").buckets
    for stack in stacks_named(call):
        if stack.enable_termination_protection:
            refuse(
                "ValidationError",
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled",
            )
        for logical, part in stack.template_dict.get("Resources", {}).items():
            if part["Type"] != "AWS::S3::Bucket" or part.get("DeletionPolicy") == "Retain":
                continue
            bucket = buckets.get(stack.resource_map[logical].physical_resource_id)
            if bucket is not None and (bucket.keys or bucket.multiparts):
                stack.status = "DELETE_FAILED"
                stack.status_reason = f"The following resource(s) failed to delete: [{logical}]."
                return EmptyResult()
    model(call, "cloudformation").delete_stack(call._get_param("StackName"))
    return EmptyResult()


def stacks_named(call) -> list:
    name = call._get_param("StackName")
    stacks = model(call, "cloudformation").stacks.values()
    return [stack for stack in stacks if name in (stack.name, stack.stack_id)]


@added(CLOUDFORMATION, "update_termination_protection")
def update_termination_protection(call):
    stacks = stacks_named(call)
    if not stacks:
        refuse("ValidationError", f"Stack [{call._get_param('StackName')}] does not exist")
    enabled = call._get_bool_param("EnableTerminationProtection")
    stacks[0].enable_termination_protection = enabled
    return ActionResult({"StackId": stacks[0].stack_id})


def keep_cluster_protection(call):
    protection = call._get_param("deletionProtection")
    if protection is not None:
        model(call, "eks").clusters[call._get_param("name")].deletion_protection = protection


after(EKS, "create_cluster")(keep_cluster_protection)
after(EKS, "update_cluster_config")(keep_cluster_protection)


@before(EKS, "delete_cluster")
def control_plane_is_protected(call):
    cluster = model(call, "eks").clusters.get(call._get_param("name"))
    if cluster is not None and getattr(cluster, "deletion_protection", False):
        message = f"Cluster {cluster.name} cannot be deleted: deletion protection is enabled."
        refuse("InvalidRequestException", message)


@after(LOGS, "create_log_group")
def keep_group_protection(call):
    group = model(call, "logs").groups[call._get_param("logGroupName")]
    group.deletion_protection_enabled = bool(call._get_param("deletionProtectionEnabled"))


@added(LOGS, "put_log_group_deletion_protection")
def put_log_group_deletion_protection(call):
    name = call._get_param("logGroupIdentifier").split(":log-group:")[-1].removesuffix(":*")
    groups = model(call, "logs").groups
    if name not in groups:
        refuse("ResourceNotFoundException", "The specified log group does not exist.")
    groups[name].deletion_protection_enabled = call._get_param("deletionProtectionEnabled")
    return EmptyResult()


@before(LOGS, "delete_log_group")
def log_group_is_protected(call):
    group = model(call, "logs").groups.get(call._get_param("logGroupName"))
    if group is not None and getattr(group, "deletion_protection_enabled", False):
        message = "The log group cannot be deleted: deletion protection is enabled."
        refuse("ValidationException", message)


@before(("moto.cognitoidp.responses", "CognitoIdpResponse"), "delete_user_pool")
def user_pool_is_protected(call):
    pool = model(call, "cognito-idp").user_pools.get(call._get_param("UserPoolId"))
    if pool is not None and pool.extended_config.get("DeletionProtection") == "ACTIVE":
        refuse(
            "InvalidParameterException",
            "The user pool cannot be deleted because deletion protection is activated.",
        )


@before(EC2, "deregister_image")
def image_is_protected(call):
    image = call.ec2_backend.amis.get(call._get_param("ImageId"))
    if image is not None and getattr(image, "deregistration_protection", "disabled") != "disabled":
        refuse("OperationNotPermitted", f"The image {image.id} is protected from deregistration.")


@added(EC2, "enable_image_deregistration_protection")
def enable_image_deregistration_protection(call):
    image = call.ec2_backend.amis[call._get_param("ImageId")]
    image.deregistration_protection = "enabled-without-cooldown"
    return ActionResult({"Return": image.deregistration_protection})


@added(EC2, "disable_image_deregistration_protection")
def disable_image_deregistration_protection(call):
    image = call.ec2_backend.amis[call._get_param("ImageId")]
    image.deregistration_protection = "disabled"
    return ActionResult({"Return": image.deregistration_protection})


# --- what a delete frees --------------------------------------------------------------------------


@after(("moto.ec2.models", "EC2Backend"), "delete_nat_gateway")
def free_the_address(ec2, nat_gateway_id):
    eni = ec2.nat_gateways[nat_gateway_id]._eni
    for address in ec2.addresses:
        if address.eni is eni:
            ec2.disassociate_address(address=address.public_ip)
    ec2.enis.pop(eni.id, None)


@after(("moto.ec2.models", "EC2Backend"), "terminate_instances")
def free_what_instances_held(ec2, instance_ids):
    """Addresses are free again, the first interface is gone, further ones stay."""
    for address in ec2.addresses:
        if address.instance is not None and address.instance.id in instance_ids:
            ec2.disassociate_address(address=address.public_ip)
    for eni in list(ec2.enis.values()):
        if eni.instance is None or eni.instance.id not in instance_ids:
            continue
        if eni.device_index == 0:
            ec2.enis.pop(eni.id)
        else:
            eni.instance, eni.attachment_id, eni.status = None, None, "available"


@before(EC2, "delete_key_pair")
def key_pair_by_id(call):
    """moto heeds only the name."""
    pairs = call.ec2_backend.key_pairs
    for name in [name for name, pair in pairs.items() if pair.id == call._get_param("KeyPairId")]:
        pairs.pop(name)


def delete_with_stack(cls, resource_name, resource_json, account_id, region_name):
    """moto leaves the volumes of a stack behind."""
    get_backend("ec2")[account_id][region_name].delete_volume(resource_name)


@after(("moto.elasticache.models", "ElastiCacheBackend"), "delete_cache_cluster")
def forget_cache_cluster(elasticache, cache_cluster_id):
    """moto lists a deleted cluster as being deleted for ever; AWS does so for some minutes."""
    elasticache.cache_clusters.pop(cache_cluster_id, None)
