"""Answers out of tests/answers: what an empty account says where moto has no answer, and whole recordings
for what moto cannot hold; and out of tests/fixtures/account-calls.json, what services say of their own quotas.

They stand in for operations moto lacks, so that a whole scan can be run. An answer of theirs proves
nothing about AWS, and nothing about the emulator.
"""

import functools
import json
import pathlib
import re
import time

HERE = pathlib.Path(__file__).resolve().parent
RECORDED_ACCOUNT = "111122223333"

# Services that are not among those spoken to without an SDK crate: kind prefix -> signing name.
OTHERS = {"cloudwatch": "monitoring"}

# What the sweep asks, which belongs to no kind.
SWEEP = [{"service": "resource-explorer-2", "operation": "POST /ListIndexes", "body": {"Indexes": []}}]

# Details of resources moto does have, where it cannot tell the detail: there is nothing to tell.
DETAILS = [
    ("cloudtrail", "LookupEvents", {"Events": []}),
    ("backup", "GET /backup-vaults/*/recovery-points/", {"RecoveryPoints": []}),
    ("budgets", "DescribeBudgetActionsForAccount", {"Actions": []}),
    ("eks", "GET /cluster-versions", {"clusterVersions": []}),
    ("kms", "GetKeyLastUsage", {"TrackingStartDate": int(time.time())}),
    ("kms", "ListKeyRotations", {"Rotations": [], "Truncated": False}),
    ("lambda", "GET /2019-09-30/functions/*/provisioned-concurrency", {"ProvisionedConcurrencyConfigs": []}),
    ("sagemaker", "ListTags", {"Tags": []}),
]


@functools.cache
def signing_names() -> tuple:
    """Signing names by IAM prefix and by the name in the AWS CLI, out of the program's own table."""
    source = (HERE.parents[1] / "src/aws/api/services.rs").read_text()
    rows = re.findall(r'^\s+[A-Z0-9_]+ = "([^"]+)", "([^"]+)", "([^"]+)"', source, re.M)
    return {iam: signing for _, signing, iam in rows}, {name: signing for name, signing, _ in rows}


def signing_name(prefix: str, exchange: dict) -> str:
    by_prefix, by_name = signing_names()
    signing = by_prefix.get(prefix) or OTHERS.get(prefix, prefix)
    return by_name.get(exchange.get("service"), signing)


def recording(kind: str, account: str) -> list:
    """The exchanges of a kind with their signing names, as another account would have them."""
    prefix, thing = kind.split(":", 1)
    text = (HERE.parent / "answers" / prefix / f"{thing}.json").read_text()
    exchanges = json.loads(text.replace(RECORDED_ACCOUNT, account))["exchanges"]
    return [(signing_name(prefix, exchange), exchange) for exchange in exchanges]


def account_calls() -> list:
    """What services tell of their own quotas."""
    calls = json.loads((HERE.parent / "fixtures/account-calls.json").read_text())
    by_prefix, _ = signing_names()
    return [
        {"service": by_prefix[call["service"]], "operation": call["ask"], "body": call["answer"]}
        for call in calls
    ]


def answers(account: str) -> list:
    found = list(SWEEP)
    found += [{"service": service, "operation": ask, "body": body} for service, ask, body in DETAILS]
    found += account_calls()
    for path in sorted((HERE.parent / "answers").glob("*/*.json")):
        prefix = path.parent.name
        for exchange in json.loads(path.read_text())["exchanges"]:
            if exchange.get("empty") is None:
                continue
            signing = signing_name(prefix, exchange)
            found.append(
                {
                    "service": signing,
                    "operation": exchange["ask"].replace(RECORDED_ACCOUNT, account),
                    **answer(exchange["empty"]),
                }
            )
    return found


def answer(empty) -> dict:
    if isinstance(empty, dict) and "error" in empty:
        body = {"__type": empty["error"], "message": empty.get("message", "")}
        return {"status": empty.get("status", 400), "body": body}
    return {"body": empty}
