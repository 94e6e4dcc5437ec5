#!/usr/bin/env python3
"""An AWS endpoint on 127.0.0.1: moto in-process behind a thin WSGI wrapper.

    server.py --port 5577    by hand; a test takes the port from the line that is printed

The AWS behaviour is moto's. Everything the wrapper adds is listed here, because an answer of the
wrapper proves nothing about AWS.

Control requests (POST a JSON object, the answer is one too):
  /_testbed/health   GET; answers once the server accepts requests
  /_testbed/clock    {"days_ago": 120} | {"iso": "..."} | {}
                     moves the clock of the whole process, so that what is created next looks old
  /_testbed/attr     {backend, account, region, path: [...], attr, value | iso}
                     sets one attribute of one of moto's objects
  /_testbed/scale    {n, account, region, days_ago, kinds: [volumes, snapshots, instances]}
                     adds many resources without one request each
  /_testbed/canned   {service, operation, region?, status?, body, content_type?}
                     answers one operation verbatim; `service` is the signing name; without `region`
                     in every region; a text body is sent as XML, any other as JSON. This is how
                     the seed answers what moto does not have: ec2 DescribeReservedInstances and
                     DescribeCapacityReservations, rds DescribeReservedDBInstances and
                     DescribeDBClusterAutomatedBackups
  /_testbed/missing  {answers: [{service, operation, status?, body}]}
                     the same, but only where moto lacks the operation; a `*` in the operation stands for
                     one part of a path. The seed takes these answers of an empty account from
                     tests/answers, so that every kind can be listed
  /_testbed/recorded {service, region, exchanges: [{ask, with?, answer | error, ...}]}
                     plays a recording of tests/answers in one region: the first exchange that fits
                     a request answers it
  /_testbed/quotas   {account, rows: [{ServiceCode, QuotaCode, ...}]}
                     Service Quotas (moto knows only the defaults of 'vpc')
  /_testbed/costs    {account, rows: [{date, service, region, usage_type, usd, record_type}]}
                     Cost Explorer with filters, grouping, paging and a forecast
  /_testbed/denied   {account, actions: ["ec2:DeleteVolume", "rds:*", ...]}
                     what IAM's SimulatePrincipalPolicy, which moto lacks, and a DryRun of EC2 say
                     is not allowed; everything else is. The calls themselves go through
  /_testbed/reset    {} forgets everything, moto's state included

Changes to moto's behaviour, each of which can be switched off:
  --no-paging-shim   pages EC2 Describe* by MaxResults and NextToken where moto ignores MaxResults
  --no-unimpl-map    an operation moto lacks is a 400 UnknownOperationException or InvalidAction
                     with the header x-testbed-unimplemented: 1; moto itself answers an HTML page
                     with status 404, or 500, which an SDK takes for a passing fault and retries
  --no-owner-filter  DescribeSnapshots heeds OwnerIds, which moto ignores
  --no-fast-tags     EC2 tags are looked up by resource; moto scans all tags for each resource
  --no-fast-metrics  GetMetricData looks only at the points of the metric it is asked for, its
                     dimensions in any order; moto compares every point of the region with every
                     period, and dimensions by their order. Also, points that were put for a bucket
                     replace the size and object count moto works out for it
  --no-emr-region    EMR lists the clusters of the region that is asked; moto looks for the region in the
                     host's name, and answers for us-east-1 wherever the host is this one
  --no-s3-roots      GetBucketVersioning and ListParts answer with the XML root AWS uses, not with
                     moto's, which an SDK that checks the root refuses
  --no-refusals      what AWS refuses to delete and moto deletes is refused, see refuse.py; a delete
                     takes what only a control request put there out of the answers, see held.py
  --no-dry-run       EC2 with DryRun=true answers DryRunOperation and does nothing
  --no-account-map   a 12-digit access key id selects the account of that number
"""

import argparse
import base64
import contextlib
import datetime as dt
import fnmatch
import io
import json
import os
import pathlib
import re
import sys
import threading
import time
import types
import xml.etree.ElementTree as ElementTree
from http import HTTPStatus
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import lifecycle

HERE = pathlib.Path(__file__).resolve().parent

# moto reads these while it is imported. Its own list of public images brings some 1,300 snapshots
# that it reports as owned by the account; a list of two images brings none.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "true")
os.environ.setdefault("MOTO_AMIS_PATH", str(HERE / "amis.json"))

import time_machine  # noqa: E402
from moto.backends import get_backend  # noqa: E402
from moto.core.utils import camelcase_to_underscores  # noqa: E402
from moto.ec2.responses import EC2Response  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server  # noqa: E402

import held  # noqa: E402
import refuse  # noqa: E402

DEFAULT_ACCOUNT = "123456789012"
ACCOUNT_NUMBER = re.compile(r"\d{12}")
JSON_TYPE = "application/x-amz-json-1.1"
CREDENTIAL = re.compile(r"Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")
S3_ROOTS = {
    b"GetBucketVersioningResponse": b"VersioningConfiguration",
    b"ListPartsResponse": b"ListPartsResult",
}
S3_ROOT = re.compile(rb"(</?)(" + b"|".join(S3_ROOTS) + rb")(?=[\s/>])")
PAGING_PARAMETERS = re.compile(rb"(^|&)(NextToken|MaxResults)=[^&]*")

# A body larger than this is an upload, not an API call worth looking into.
LARGEST_BUFFERED_BODY = 4_000_000


# --- clock, attributes, scale ---------------------------------------------------------------------


class Clock:
    """The one clock of the process; moto stamps what it creates with it."""

    def __init__(self):
        self._lock = threading.RLock()
        self._travel = None

    def set(self, request: dict) -> dict:
        with self._lock:
            if self._travel is not None:
                self._travel.stop()
                self._travel = None
            now = utc_now()
            if "iso" in request:
                destination = parse_instant(request["iso"])
            elif request.get("days_ago"):
                destination = now - dt.timedelta(days=float(request["days_ago"]))
            else:
                return {"now": now.isoformat()}
            self._travel = time_machine.travel(destination, tick=True)
            self._travel.start()
            return {"now": utc_now().isoformat()}


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


def parse_instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def backend(service: str, account: str, region: str):
    """moto's model of one service; a global service is filed under a partition, not a region."""
    regions = get_backend(service)[account]
    if region in regions:
        return regions[region]
    return regions["aws" if "aws" in regions else "global"]


def set_attribute(request: dict) -> dict:
    target = backend(request["backend"], request.get("account", DEFAULT_ACCOUNT), request["region"])
    for step in request["path"]:
        if isinstance(target, dict):
            target = target[step]
        elif isinstance(target, list):
            target = target[int(step)]
        else:
            target = getattr(target, step)

    value = request.get("value")
    if "iso" in request:
        value = parse_instant(request["iso"])
        if request.get("naive", True):  # most of moto's timestamps carry no zone
            value = value.replace(tzinfo=None)

    name = request["attr"]
    if isinstance(target, dict):
        old = target.get(name)
        target[name] = value
    else:
        old = getattr(target, name, None)
        setattr(target, name, value)
    return {"old": str(old), "new": str(value)}


def scale(request: dict) -> dict:
    count = int(request["n"])
    region = request["region"]
    kinds = request.get("kinds", ["volumes", "snapshots", "instances"])
    ec2 = backend("ec2", request.get("account", DEFAULT_ACCOUNT), region)
    created = utc_now() - dt.timedelta(days=float(request.get("days_ago", 90)))
    created = created.replace(tzinfo=None)
    started = time.perf_counter()
    made = {}

    volumes = []
    if "volumes" in kinds or "snapshots" in kinds:
        for i in range(count):
            volume = ec2.create_volume(
                size=8 + i % 500,
                zone_name=region + "ab"[i % 2],
                volume_type=("gp2", "gp3", "st1")[i % 3],
            )
            volume.create_time = created
            volume.add_tags({"Name": f"scale-{i:06d}"})
            volumes.append(volume)
        made["volumes"] = count

    if "snapshots" in kinds:
        for i, volume in enumerate(volumes):
            ec2.create_snapshot(volume.id, f"scale {i}").start_time = created
        made["snapshots"] = count

    if "instances" in kinds:
        done = 0
        while done < count:
            # DescribeInstances pages by reservation: 25 instances in each leave something to page.
            batch = min(25, count - done)
            done += batch
            ec2.run_instances(
                "ami-0a0a0a0a0a0a0a0a1",
                batch,
                "",
                ["default"],
                instance_type="t3.micro",
                subnet_id=None,
                key_name=None,
                security_group_ids=[],
                placement=region + "a",
                tags={"instance": {"Name": "scale"}},
                block_device_mappings=[],
                is_instance_type_default=False,
                launch_config=None,
            )
        made["instances"] = done

    made["seconds"] = round(time.perf_counter() - started, 3)
    return made


# --- changes to moto ------------------------------------------------------------------------------


def install_fast_tags() -> None:
    """Makes the tag look-up linear: with moto's own, 4,000 tagged volumes take half a minute."""
    from moto.ec2.models.core import TaggedEC2Resource

    plain = TaggedEC2Resource.get_tags

    def get_tags(self):
        ec2 = getattr(self, "ec2_backend", None)
        if ec2 is None or not hasattr(ec2, "tags"):
            return plain(self)
        tags = ec2.tags.get(self.id) or {}
        return [
            {"resource_id": self.id, "resource_type": "", "key": key, "value": value}
            for key, value in tags.items()
        ]

    TaggedEC2Resource.get_tags = get_tags


def install_owner_filter() -> None:
    """Makes DescribeSnapshots heed OwnerIds."""
    from moto.core.responses import ActionResult
    from moto.ec2.responses.elastic_block_store import ElasticBlockStore

    plain = ElasticBlockStore.describe_snapshots

    def describe_snapshots(self):
        asked = self._get_param("OwnerIds", []) or []
        owners = {self.current_account if owner == "self" else owner for owner in asked}
        if not owners:
            return plain(self)
        snapshots = self.ec2_backend.describe_snapshots(
            snapshot_ids=self._get_param("SnapshotIds", []),
            filters=self._filters_from_querystring(),
        )
        owned = [snapshot for snapshot in snapshots if snapshot.owner_id in owners]
        return ActionResult({"Snapshots": owned})

    ElasticBlockStore.describe_snapshots = describe_snapshots


def install_fast_metrics() -> None:
    """Narrows GetMetricData to the metric in question, and lets put points win over computed ones.

    moto works out today's size of every bucket by itself. A bucket of a few kilobytes whose
    terabytes were put as metric points would otherwise report the average of both.
    """
    from moto.cloudwatch.models import CloudWatchBackend

    plain = CloudWatchBackend.get_metric_data

    def identity(datum):
        dimensions = tuple(sorted((d.name, d.value) for d in datum.dimensions))
        return datum.namespace, datum.name, dimensions

    def get_all_metrics(self):
        put = {identity(datum) for datum in self.metric_data if datum.namespace == "AWS/S3"}
        computed = [datum for datum in self.aws_metric_data if identity(datum) not in put]
        return self.metric_data + computed

    def wanted(metric):
        dimensions = metric.get("Dimensions") or []
        pairs = tuple(sorted((d["Name"], d["Value"]) for d in dimensions))
        return metric["Namespace"], metric["MetricName"], pairs

    def get_metric_data(self, queries, *args, **kwargs):
        # An expression refers to other queries of the request, so those stay together.
        if any("MetricStat" not in query for query in queries):
            return plain(self, queries, *args, **kwargs)
        points = {wanted(query["MetricStat"]["Metric"]): [] for query in queries}
        for datum in self.get_all_metrics():
            if (found := points.get(identity(datum))) is not None:
                found.append(datum)
        results = []
        for query in queries:
            metric = query["MetricStat"]["Metric"]
            found = points[wanted(metric)]
            # moto finds a metric only if its dimensions were put in the order they are asked for.
            bare = {**metric, "Dimensions": []}
            query = {**query, "MetricStat": {**query["MetricStat"], "Metric": bare}}
            narrowed = types.SimpleNamespace(get_all_metrics=lambda found=found: found)
            results += plain(narrowed, [query], *args, **kwargs)
        return results

    CloudWatchBackend.get_all_metrics = get_all_metrics
    CloudWatchBackend.get_metric_data = get_metric_data


def install_fsx_backups() -> None:
    """moto leaves every backup in CREATING; here one is whole at once, as a small one is soon."""
    from moto.fsx.models import Backup

    made = Backup.__init__

    def whole(self, *args, **kwargs):
        made(self, *args, **kwargs)
        self.lifecycle = "AVAILABLE"

    Backup.__init__ = whole


def install_emr_region() -> None:
    """Takes EMR's region out of the signature, as moto does for every other service."""
    from moto.core.responses import BaseResponse
    from moto.emr.responses import ElasticMapReduceResponse

    ElasticMapReduceResponse.get_region_from_url = BaseResponse.get_region_from_url


# --- Service Quotas and Cost Explorer -------------------------------------------------------------


def page(items: list, request: dict, key: str, default_size: int = 100) -> dict:
    """One page of `items`; the token is the offset of the next one, made opaque."""
    size = int(request.get("MaxResults") or default_size)
    token = request.get("NextToken")
    start = int(base64.b64decode(token).decode()) if token else 0
    answer = {key: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = base64.b64encode(str(start + size).encode()).decode()
    return answer


def service_quotas(operation: str, request: dict, rows: list):
    """Answers one Service Quotas operation, or None where moto is to answer it.

    A row is a quota as AWS shows it, plus `_Default` where the default differs from the applied
    value, `_DefaultOnly` where no value was ever applied to the account, and `_Requested` with what
    a request for more of it says of itself.
    """

    def public(row):
        return {key: value for key, value in row.items() if not key.startswith("_")}

    def default_of(row):
        return {**public(row), "Value": row.get("_Default", row["Value"])}

    mine = [row for row in rows if row["ServiceCode"] == request.get("ServiceCode")]

    if operation == "ListServices":
        names = {row["ServiceCode"]: row["ServiceName"] for row in rows}
        services = [
            {"ServiceCode": code, "ServiceName": name} for code, name in sorted(names.items())
        ]
        return 200, page(services, request, "Services")
    if operation == "ListServiceQuotas":
        applied = [public(row) for row in mine if not row.get("_DefaultOnly")]
        return 200, page(applied, request, "Quotas")
    if operation == "ListAWSDefaultServiceQuotas":
        return 200, page([default_of(row) for row in mine], request, "Quotas")
    if operation in ("GetServiceQuota", "GetAWSDefaultServiceQuota"):
        show = public if operation == "GetServiceQuota" else default_of
        for row in mine:
            if row["QuotaCode"] == request.get("QuotaCode"):
                return 200, {"Quota": show(row)}
        return 400, {
            "__type": "NoSuchResourceException",
            "message": "The request failed because the specified quota does not exist.",
        }
    if operation == "ListRequestedServiceQuotaChangeHistory":
        asked = [
            {key: row[key] for key in ("ServiceCode", "QuotaCode", "QuotaName")} | row["_Requested"]
            for row in rows
            if "_Requested" in row
        ]
        return 200, page(asked, request, "RequestedQuotas")
    return None


COST_FIELDS = {
    "SERVICE": "service",
    "REGION": "region",
    "USAGE_TYPE": "usage_type",
    "RECORD_TYPE": "record_type",
    "RESOURCE_ID": "resource",
}


def no_cost_data() -> dict:
    return {"__type": "DataUnavailableException", "Message": "Data is not available."}


def cost_explorer(operation: str, request: dict, rows: list):
    """Answers one Cost Explorer operation from daily rows, or None where moto is to answer it."""
    if operation in ("GetSavingsPlansUtilization", "GetReservationUtilization"):
        return 400, no_cost_data()
    if operation not in (
        "GetCostAndUsage",
        "GetCostAndUsageWithResources",
        "GetCostForecast",
        "GetDimensionValues",
    ):
        return None
    if operation == "GetCostAndUsageWithResources":
        # Only an account that has opted in has rows with resources.
        rows = [row for row in rows if row.get("resource")]
        if not rows:
            return 400, no_cost_data()
    start = request["TimePeriod"]["Start"]
    end = request["TimePeriod"]["End"]
    selected = [
        row
        for row in rows
        if start[:10] <= row["date"] < end[:10] and cost_matches(row, request.get("Filter"))
    ]
    if operation == "GetDimensionValues":
        field = COST_FIELDS.get(request["Dimension"])
        if field is None:
            return None
        values = sorted({cost_field(row, field) for row in selected})
        listed = [{"Value": value, "Attributes": {}} for value in values]
        return 200, {"DimensionValues": listed, "ReturnSize": len(values), "TotalSize": len(values)}
    if operation == "GetCostForecast":
        return 200, cost_forecast(rows, start, end, "PredictionIntervalLevel" in request)
    return 200, cost_and_usage(request, selected, start, end)


def cost_field(row: dict, field: str) -> str:
    return row.get(field, "Usage" if field == "record_type" else "")


def cost_matches(row: dict, expression) -> bool:
    """Whether a row passes a filter expression; tags and unknown dimensions exclude nothing."""
    if not expression:
        return True
    if "And" in expression:
        return all(cost_matches(row, part) for part in expression["And"])
    if "Or" in expression:
        return any(cost_matches(row, part) for part in expression["Or"])
    if "Not" in expression:
        return not cost_matches(row, expression["Not"])
    if "Dimensions" in expression:
        field = COST_FIELDS.get(expression["Dimensions"]["Key"])
        return field is None or cost_field(row, field) in expression["Dimensions"]["Values"]
    return True


def cost_forecast(rows: list, start: str, end: str, interval: bool) -> dict:
    """The mean day of the latest rows times the days asked for, a tenth more or less where asked."""
    latest = rows[-2000:]
    mean = sum(row["usd"] for row in latest) / max(1, len({row["date"] for row in latest}))
    dollars = mean * (calendar_day(end) - calendar_day(start)).days
    amount = f"{dollars:.10f}"
    period = {"TimePeriod": {"Start": start, "End": end}, "MeanValue": amount}
    if interval:
        period["PredictionIntervalLowerBound"] = f"{dollars * 0.9:.10f}"
        period["PredictionIntervalUpperBound"] = f"{dollars * 1.1:.10f}"
    return {"Total": {"Amount": amount, "Unit": "USD"}, "ForecastResultsByTime": [period]}


def cost_and_usage(request: dict, rows: list, start: str, end: str) -> dict:
    groups_by = request.get("GroupBy")
    periods = []
    current, last = calendar_day(start), calendar_day(end)
    while current < last:
        if request["Granularity"] == "DAILY":
            following = current + dt.timedelta(days=1)
        else:
            following = (current.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        following = min(following, last)
        within = [
            row for row in rows if current.isoformat() <= row["date"] < following.isoformat()
        ]
        periods.append(cost_period(request, within, current, following))
        current = following

    paging = {"MaxResults": 31, "NextToken": request.get("NextPageToken")}
    answer = page(periods, paging, "ResultsByTime")
    if "NextToken" in answer:
        answer["NextPageToken"] = answer.pop("NextToken")
    if groups_by:
        answer["GroupDefinitions"] = groups_by
    return answer


def cost_period(request: dict, rows: list, start: dt.date, end: dt.date) -> dict:
    def metrics(of):
        total = {"Amount": f"{sum(row['usd'] for row in of):.10f}", "Unit": "USD"}
        used = {"Amount": f"{sum(row.get('quantity', 0) for row in of):.10f}", "Unit": "N/A"}
        return {
            metric: dict(used if metric == "UsageQuantity" else total)
            for metric in request["Metrics"]
        }

    period = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Estimated": end >= dt.date.today(),
        "Groups": [],
        "Total": {},
    }
    groups_by = request.get("GroupBy")
    if not groups_by:
        period["Total"] = metrics(rows)
        return period
    fields = [COST_FIELDS.get(group["Key"], group["Key"]) for group in groups_by]
    groups = {}
    for row in rows:
        groups.setdefault(tuple(cost_field(row, field) for field in fields), []).append(row)
    period["Groups"] = [
        {"Keys": list(keys), "Metrics": metrics(of)} for keys, of in sorted(groups.items())
    ]
    return period


def calendar_day(text: str) -> dt.date:
    return dt.date.fromisoformat(text[:10])


# --- what an account may do -----------------------------------------------------------------------


def is_denied(action: str, denied: list) -> bool:
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in denied)


def simulate_policy(call, denied: list) -> str:
    """SimulatePrincipalPolicy: what is denied is denied by no statement, the rest is allowed."""
    actions = call.form_values("ActionNames.member")
    resources = call.form_values("ResourceArns.member")
    start = int(call.form_value("Marker") or 0)
    end = start + int(call.form_value("MaxItems") or 100)
    results = "".join(evaluation(action, resources, denied) for action in actions[start:end])
    more = end < len(actions)
    marker = f"<Marker>{end}</Marker>" if more else ""
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<SimulatePrincipalPolicyResult><IsTruncated>{str(more).lower()}</IsTruncated>{marker}"
        f"<EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>"
        "<ResponseMetadata><RequestId>testbed</RequestId></ResponseMetadata>"
        "</SimulatePrincipalPolicyResponse>"
    )


def evaluation(action: str, resources: list, denied: list) -> str:
    decision = "implicitDeny" if is_denied(action, denied) else "allowed"
    each = "".join(
        f"<member><EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalResourceDecision>{decision}</EvalResourceDecision><MatchedStatements/></member>"
        for resource in resources
    )
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resources[0] if resources else '*')}</EvalResourceName>"
        f"<EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues/>"
        f"<ResourceSpecificResults>{each}</ResourceSpecificResults></member>"
    )


def dry_run(call, denied: list):
    """Status, code and message for an EC2 request that only asks whether it would be allowed.

    Describe* and what moto lacks are left to moto, so that a missing operation still shows.
    """
    asked = call.service == "ec2" and call.form_value("DryRun").lower() == "true"
    if not asked or call.operation.startswith("Describe"):
        return None
    if not hasattr(EC2Response, camelcase_to_underscores(call.operation)):
        return None
    if is_denied(f"ec2:{call.operation}", denied):
        return 403, "UnauthorizedOperation", "You are not authorized to perform this operation."
    return 412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set."


# --- the WSGI wrapper -----------------------------------------------------------------------------


class Call:
    """What a request asks for, as far as its headers and a buffered body tell."""

    def __init__(self, environ: dict):
        self.environ = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = environ["PATH_INFO"]
        credential = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        self.key_id, self.region, self.service = (
            (credential[1], credential[3], credential[4]) if credential else ("", "", "")
        )
        self.is_control = self.path.startswith("/_testbed/")

        length = int(environ.get("CONTENT_LENGTH") or 0)
        small = self.service != "s3" and 0 < length < LARGEST_BUFFERED_BODY
        self.body = b""
        if self.is_control or small:
            self.body = environ["wsgi.input"].read(length)
            environ["wsgi.input"] = io.BytesIO(self.body)

        self.form = {}
        if self.body and "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
            self.form = parse_qs(self.body.decode("utf-8", "replace"))

        self.target = environ.get("HTTP_X_AMZ_TARGET", "")
        if self.target:
            self.operation = self.target.split(".")[-1]
        elif "/operation/" in self.path:  # Smithy RPC v2
            self.operation = self.path.rsplit("/", 1)[1]
        else:
            self.operation = self.form_value("Action")

    @property
    def names_account(self) -> bool:
        return bool(ACCOUNT_NUMBER.fullmatch(self.key_id))

    @property
    def account(self) -> str:
        return self.key_id if self.names_account else DEFAULT_ACCOUNT

    @property
    def label(self) -> str:
        return f"{self.service} {self.operation or self.path}"

    def form_value(self, name: str) -> str:
        return self.form.get(name, [""])[0]

    def form_values(self, prefix: str) -> list:
        """The values of a numbered list: prefix.1, prefix.2 and so on."""
        values = []
        while value := self.form_value(f"{prefix}.{len(values) + 1}"):
            values.append(value)
        return values

    def members(self) -> dict:
        """What the request says by name, in its query, its form or its body, each as a text."""
        query = parse_qs(self.environ.get("QUERY_STRING", ""), keep_blank_values=True)
        said = {name: values[0] for name, values in {**query, **self.form}.items()}
        if self.body and not self.form:
            with contextlib.suppress(ValueError):
                body = json.loads(self.body)
                if isinstance(body, dict):
                    said.update({name: as_text(value) for name, value in body.items()})
        return said


def as_text(value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class Testbed:
    """The WSGI application: control requests and additions first, moto for the rest."""

    def __init__(self, inner, options):
        self.inner = inner
        self.options = options
        self.clock = Clock()
        self.quotas = {}  # account -> rows
        self.costs = {}  # account -> rows
        self.canned = {}  # (service, operation, region or "") -> answer
        self.missing = {}  # (service, operation) -> answer
        self.recorded = {}  # (service, region) -> exchanges
        self.denied = {}  # account -> actions
        self.held = held.Held(self.canned, self.recorded, self.missing)
        self.pages = {}  # listing -> (when it was made, whole body)

    def __call__(self, environ, start_response):
        call = Call(environ)
        if call.is_control:
            try:
                return self.control(call, start_response)
            except Exception as error:
                return reply(start_response, 500, {"error": repr(error)})
        if self.options.account_map and call.names_account:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.key_id
        if self.options.dry_run and (refusal := dry_run(call, self.denied.get(call.account, []))):
            return reply_ec2_error(start_response, *refusal)
        if self.options.refusals and (said := self.held.answer(call)):
            status, body = said
            extra = [("x-amzn-ErrorType", body.get("__type", ""))] if status >= 400 else []
            return reply(start_response, status, body, JSON_TYPE, extra)
        if canned := self.canned_answer(call) or self.recorded_answer(call):
            return self.reply_canned(canned, start_response)
        if (call.service, call.operation) == ("iam", "SimulatePrincipalPolicy"):
            body = simulate_policy(call, self.denied.get(call.account, []))
            return reply(start_response, 200, body, "text/xml", [("x-testbed-supplement", "1")])
        if answer := self.supplement(call):
            status, body = answer
            return reply(start_response, status, body, JSON_TYPE, [("x-testbed-supplement", "1")])
        return self.ask_moto(call, start_response)

    def control(self, call: Call, start_response):
        operation = call.path.split("/")[-1]
        request = json.loads(call.body or b"{}")
        if operation == "health":
            return reply(start_response, 200, {"ok": True, "now": utc_now().isoformat()})
        if call.method != "POST":
            return reply(start_response, 405, {})
        if operation == "reset":
            return self.reset(call.environ, start_response)
        actions = {
            "clock": self.clock.set,
            "attr": set_attribute,
            "scale": scale,
            "quotas": lambda r: self.keep_rows(self.quotas, r),
            "costs": lambda r: self.keep_rows(self.costs, r),
            "denied": self.keep_denied,
            "canned": self.keep_canned,
            "missing": self.keep_missing,
            "recorded": self.keep_recorded,
        }
        if operation not in actions:
            return reply(start_response, 404, {})
        return reply(start_response, 200, actions[operation](request))

    @staticmethod
    def keep_rows(table: dict, request: dict) -> dict:
        table[request["account"]] = request["rows"]
        return {"n": len(request["rows"])}

    def keep_denied(self, request: dict) -> dict:
        self.denied[request["account"]] = request["actions"]
        return {"n": len(request["actions"])}

    def keep_canned(self, request: dict) -> dict:
        key = (request["service"], request["operation"], request.get("region", ""))
        self.canned[key] = request
        return {}

    def keep_missing(self, request: dict) -> dict:
        for answer in request["answers"]:
            self.missing[(answer["service"], answer["operation"])] = answer
        return {"n": len(request["answers"])}

    def missing_answer(self, service: str, operation: str):
        if answer := self.missing.get((service, operation)):
            return answer
        parts = operation.split("/")
        for (of, pattern), answer in self.missing.items():
            wanted = pattern.split("/")
            if of == service and "*" in wanted and len(wanted) == len(parts):
                if all(one in ("*", part) for one, part in zip(wanted, parts, strict=True)):
                    return answer
        return None

    def keep_recorded(self, request: dict) -> dict:
        key = (request["service"], request["region"])
        self.recorded.setdefault(key, []).extend(request["exchanges"])
        return {"n": len(self.recorded[key])}

    def recorded_answer(self, call: Call):
        exchanges = self.recorded.get((call.service, call.region))
        if not exchanges:
            return None
        asks, members = (call.operation, f"{call.method} {call.path}"), call.members()
        for exchange in exchanges:
            wanted = exchange.get("with", {})
            if exchange["ask"] in asks and all(members.get(k) == as_text(v) for k, v in wanted.items()):
                if "error" in exchange:
                    body = {"__type": exchange["error"], "message": exchange.get("message", "")}
                    return {"status": exchange.get("status", 400), "body": body}
                return {"body": exchange["answer"]}
        return None

    def reset(self, environ: dict, start_response):
        self.clock.set({})
        for kept in (self.quotas, self.costs, self.canned, self.missing, self.recorded, self.pages):
            kept.clear()
        self.denied.clear()
        environ = {**environ, "PATH_INFO": "/moto-api/reset", "wsgi.input": io.BytesIO(b"")}
        return self.inner(environ, start_response)

    def canned_answer(self, call: Call):
        for operation in (call.operation, f"{call.method} {call.path}"):
            for region in (call.region, ""):
                if answer := self.canned.get((call.service, operation, region)):
                    return answer
        return None

    @staticmethod
    def reply_canned(canned: dict, start_response):
        body = canned.get("body", {})
        default_type = "text/xml" if isinstance(body, str) else JSON_TYPE
        content_type = canned.get("content_type", default_type)
        extra = [("x-testbed-canned", "1")]
        return reply(start_response, canned.get("status", 200), body, content_type, extra)

    def supplement(self, call: Call):
        table, answer = {
            "servicequotas": (self.quotas, service_quotas),
            "ce": (self.costs, cost_explorer),
        }.get(call.service, ({}, None))
        rows = table.get(call.account)
        if not call.target or not rows:
            return None
        return answer(call.operation, json.loads(call.body or b"{}"), rows)

    def ask_moto(self, call: Call, start_response):
        listing = Listing.of(call) if self.options.paging_shim else None
        if listing and (body := self.kept_listing(listing)):
            return reply(start_response, 200, listing.slice(body), "text/xml")

        status, headers, body = self.run_moto(call)
        if self.options.refusals and self.held.remove(call) and status >= 400:
            return reply(start_response, 200, {}, JSON_TYPE)
        if self.options.unimpl_map and is_unimplemented(status, body):
            for operation in (call.operation, f"{call.method} {call.path}"):
                if answer := self.missing_answer(call.service, operation):
                    return self.reply_canned(answer, start_response)
            return reply_unimplemented(call, start_response)
        if self.options.s3_roots and call.service == "s3" and status == 200:
            headers, body = with_s3_root(headers, body)
        if listing and status == 200 and b"<nextToken>" not in body:
            self.keep_listing(listing, body)
            body = listing.slice(body)
            headers = with_length(headers, body)
        start_response(status_line(status), headers)
        return [] if call.method == "HEAD" else [body]

    def run_moto(self, call: Call):
        captured = {}

        def start(status, headers, exc_info=None):
            captured["status"], captured["headers"] = status, headers
            return lambda data: None

        try:
            chunks = self.inner(call.environ, start)
            body = b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
        except Exception as error:  # moto has no backend for this host or service
            print(f"unrouted {call.label}: {error!r}", file=sys.stderr, flush=True)
            return 500, [("Content-Type", "text/html")], b"<!doctype html>unrouted"
        return int(captured["status"].split()[0]), captured["headers"], body

    def kept_listing(self, listing):
        """The body of an earlier page's request, so that one listing is one moment."""
        kept = self.pages.get(listing.key) if listing.offset else None
        if kept and time.monotonic() - kept[0] < 30:
            return kept[1]
        return None

    def keep_listing(self, listing, body: bytes) -> None:
        if len(self.pages) > 64:
            self.pages.clear()
        self.pages[listing.key] = (time.monotonic(), body)


class Listing:
    """An EC2 Describe* request with MaxResults, paged here because moto returns all of it."""

    TOKEN = "tb:"

    def __init__(self, call: Call):
        token = call.form_value("NextToken")
        self.size = int(call.form_value("MaxResults"))
        self.offset = int(token[len(self.TOKEN) :]) if token.startswith(self.TOKEN) else 0
        without_paging = PAGING_PARAMETERS.sub(b"", call.body)
        self.key = (call.key_id, call.region, without_paging)
        if token.startswith(self.TOKEN):  # moto would refuse a token that is not its own
            call.environ["wsgi.input"] = io.BytesIO(without_paging)
            call.environ["CONTENT_LENGTH"] = str(len(without_paging))

    @classmethod
    def of(cls, call: Call):
        describes = call.service == "ec2" and call.operation.startswith("Describe")
        return cls(call) if describes and "MaxResults" in call.form else None

    def slice(self, body: bytes) -> bytes:
        """Cuts the only list of an answer down to this page; any other answer stays as it is."""
        try:
            root = ElementTree.fromstring(body)
        except ElementTree.ParseError:
            return body
        namespace = root.tag[: root.tag.index("}") + 1] if root.tag[0] == "{" else ""
        if namespace:
            ElementTree.register_namespace("", namespace[1:-1])
        lists = [child for child in root if len(child) and child[0].tag == namespace + "item"]
        if len(lists) != 1:
            return body
        items = list(lists[0])
        if self.offset == 0 and len(items) <= self.size:
            return body
        end = self.offset + self.size
        for position, item in enumerate(items):
            if not self.offset <= position < end:
                lists[0].remove(item)
        if end < len(items):
            ElementTree.SubElement(root, namespace + "nextToken").text = f"{self.TOKEN}{end}"
        return b'<?xml version="1.0" encoding="UTF-8"?>' + ElementTree.tostring(root)


def with_s3_root(headers: list, body: bytes):
    """The answer under the root that AWS uses, where its first element is one of moto's own."""
    first = re.search(rb"<(\w+)", body[:200])
    if first is None or first[1] not in S3_ROOTS:
        return headers, body
    body = S3_ROOT.sub(lambda tag: tag[1] + S3_ROOTS[tag[2]], body)
    return with_length(headers, body), body


def with_length(headers: list, body: bytes) -> list:
    others = [pair for pair in headers if pair[0].lower() != "content-length"]
    return [*others, ("Content-Length", str(len(body)))]


def status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Status"


def reply(start_response, status, body, content_type="application/json", extra=()):
    if isinstance(body, bytes):
        data = body
    else:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(data))),
        ("x-amzn-RequestId", "testbed"),
        *extra,
    ]
    start_response(status_line(status), headers)
    return [data]


def is_unimplemented(status: int, body: bytes) -> bool:
    if status == 500:
        return b"<!doctype html" in body[:200].lower()
    return status == 404 and (b"Not yet implemented" in body[:300] or b"<title>404 Not Found</title>" in body[:200])


def reply_unimplemented(call: Call, start_response):
    extra = [("x-testbed-unimplemented", "1")]
    if not call.form:
        kind = "UnknownOperationException"
        body = {"__type": kind, "message": f"{call.label}: not implemented by moto"}
        return reply(start_response, 400, body, JSON_TYPE, [("x-amzn-ErrorType", kind), *extra])
    if call.service == "ec2":
        message = (
            f"The action {call.operation} is not valid for this web service "
            "(not implemented by moto)."
        )
        return reply_ec2_error(start_response, 400, "InvalidAction", message, extra)
    body = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>"
        f"{call.operation} not implemented by moto</Message></Error>"
        "<RequestId>testbed</RequestId></ErrorResponse>"
    )
    return reply(start_response, 400, body, "text/xml", extra)


def reply_ec2_error(start_response, status: int, code: str, message: str, extra=()):
    body = (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        "</Errors><RequestID>testbed</RequestID></Response>"
    )
    return reply(start_response, status, body, "text/xml", extra)


class QuietHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, as AWS does

    def log_request(self, *args, **kwargs):
        pass


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument(
        "--exit-with-stdin", action="store_true", help="end when stdin is closed by the starter"
    )
    for change in (
        "paging-shim",
        "unimpl-map",
        "owner-filter",
        "fast-tags",
        "fast-metrics",
        "emr-region",
        "s3-roots",
        "refusals",
        "dry-run",
        "account-map",
    ):
        parser.add_argument(
            f"--no-{change}", dest=change.replace("-", "_"), action="store_false"
        )
    return parser.parse_args()


def main():
    options = parse_arguments()
    if options.owner_filter:
        install_owner_filter()
    if options.fast_tags:
        install_fast_tags()
    if options.fast_metrics:
        install_fast_metrics()
    if options.emr_region:
        install_emr_region()
    install_fsx_backups()
    if options.refusals:
        refuse.install()
    application = Testbed(DomainDispatcherApplication(create_backend_app), options)
    server = make_server(
        "127.0.0.1", options.port, application, threaded=True, request_handler=QuietHandler
    )
    os.environ.setdefault("MOTO_PORT", str(server.server_port))
    if options.exit_with_stdin:
        lifecycle.exit_when_stdin_closes()
    lifecycle.announce(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
