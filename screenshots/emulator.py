"""The account in the picture of a running scan: the emulator of the tests, slower and unwilling."""

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "emulator"
ACCOUNT = "111122223333"

# Its regions are scanned: the emulator takes those of other partitions for the account's own.
RECORDING = FOLDER.parent.parent / "demo" / "recording.ndjson"

# Slow enough for a picture half-way, with a refusal and some throttling, as in real accounts.
TROUBLE = [
    {"latency_ms": 150, "jitter_ms": 250},
    {
        "service": "ec2",
        "operation": "DescribeNatGateways",
        "region": "eu-west-1",
        "fault": "denied",
    },
    {"service": "ec2", "region": "us-east-1", "p": 0.3, "fault": "throttle"},
]


@contextmanager
def account(folder, trouble=TROUBLE):
    """An endpoint with the demo account behind it, and some trouble in between."""
    with helper("server.py") as upstream:
        seed = [
            sys.executable,
            FOLDER / "seed.py",
            "--endpoint",
            upstream,
            "--demo",
            "--account",
            ACCOUNT,
        ]
        subprocess.run(
            [*seed, "--out", f"{folder}/truth.json"], check=True, stdout=subprocess.DEVNULL
        )
        options = [
            "--upstream",
            upstream.removeprefix("http://"),
            "--log",
            f"{folder}/calls.ndjson",
        ]
        with helper("chaos_proxy.py", *options) as endpoint:
            post(f"{endpoint}/_chaos/rules", trouble)
            yield endpoint


@contextmanager
def helper(program, *options):
    """A program that says on its first line where it listens and ends with its standard input."""
    command = [sys.executable, FOLDER / program, *options, "--port", "0", "--exit-with-stdin"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **pipes) as process:
        try:
            yield json.loads(process.stdout.readline())["endpoint"]
        finally:
            process.stdin.close()


def post(url, body):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=30).close()


def regions():
    with RECORDING.open(encoding="utf-8") as lines:
        return json.loads(lines.readline())["scope"]


def variables(endpoint):
    """What closeout needs to find that account."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        # The emulator takes a key id of twelve digits for the number of the account.
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
