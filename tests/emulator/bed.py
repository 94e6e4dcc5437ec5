"""What a seed needs: clients, the server's clock, the truth list. It uses only the AWS API and the
control requests of server.py."""

import json
import os
import time
import urllib.request

import boto3
from botocore.config import Config

# Profiles, tokens and endpoints of the caller's own AWS set-up must not reach these clients.
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

# The endpoint is on this machine, so a proxy of the environment is never the way to it.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def tags(pairs: dict) -> list:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


class Bed:
    """One account on the emulator and the list of what was put into it."""

    def __init__(self, endpoint: str, account: str):
        self.endpoint = endpoint
        self.account = account
        self.truth = []
        self.skipped = []
        self.age_days = 0
        self._clients = {}

    def post(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(
            f"{self.endpoint}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with _OPENER.open(request, timeout=600) as answer:
            return json.loads(answer.read() or b"{}")

    def control(self, action: str, /, **body) -> dict:
        return self.post(f"/_testbed/{action}", body)

    def fix_identifiers(self) -> None:
        """Makes the ids that moto draws the same in every run, and different in each account."""
        self.post(f"/moto-api/seed?a={int(self.account)}", {})

    def ago(self, days: float) -> None:
        """From now on, what is created looks `days` days old."""
        if days != self.age_days:
            self.control("clock", days_ago=days)
            self.age_days = days

    def client(self, service: str, region: str = "us-east-1"):
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.endpoint,
                aws_access_key_id=self.account,
                aws_secret_access_key="testing",
                config=Config(
                    retries={"max_attempts": 1},
                    read_timeout=60,
                    proxies={},
                    s3={"addressing_style": "path"},
                    inject_host_prefix=False,
                ),
            )
        return self._clients[key]

    def arn(self, service: str, region: str, resource: str) -> str:
        return f"arn:aws:{service}:{region}:{self.account}:{resource}"

    def add(self, id, type, region, leftover, why, verdict=None, arn=None, **facts):
        """Writes one resource down, at the age the clock is set to, and returns its id."""
        self.truth.append(
            {
                "id": id,
                "arn": arn,
                "type": type,
                "region": region,
                "is_leftover": leftover,
                "verdict": verdict or ("leftover" if leftover else "in_use"),
                "why": why,
                "age_days": self.age_days,
                **facts,
            }
        )
        return id

    def step(self, name: str, action, *args, **kwargs):
        """Runs one part of a seed; what the emulator cannot hold is written down, not fatal."""
        try:
            return action(*args, **kwargs)
        except Exception as error:
            self.skipped.append({"step": name, "error": f"{type(error).__name__}: {error}"[:300]})
            return None

    def artefacts(self) -> list:
        """Resources only an emulator has; a test counts them neither for nor against a scanner.

        moto shows the network interfaces of NAT gateways, endpoints and mount targets as
        unattached, where AWS has them in use and managed by the service, and makes up a snapshot
        for each image it registers.
        """
        known = {row["id"] for row in self.truth}
        found = []

        def note(id, type, region):
            found.append({"id": id, "type": type, "region": region, "why": "emulator artefact"})

        for region in sorted({row["region"] for row in self.truth} - {"global"}):
            ec2 = self.client("ec2", region)
            for interface in ec2.describe_network_interfaces()["NetworkInterfaces"]:
                id = interface["NetworkInterfaceId"]
                if interface["Status"] == "available" and id not in known:
                    note(id, "ec2:network-interface", region)
            for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]:
                description = snapshot.get("Description", "")
                made_up = description.startswith("Auto-created snapshot for AMI")
                if made_up and snapshot["SnapshotId"] not in known:
                    note(snapshot["SnapshotId"], "ec2:snapshot", region)
        return found

    def write(self, path: str, **facts) -> None:
        """Writes the truth list and leaves the server's clock at the present."""
        self.ago(0)
        document = {
            "account": self.account,
            "generated": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "counts": {
                "total": len(self.truth),
                "leftover": sum(row["is_leftover"] for row in self.truth),
                "types": len({row["type"] for row in self.truth}),
                "regions": sorted({row["region"] for row in self.truth}),
            },
            **facts,
            "ignore": self.artefacts(),
            "skipped": self.skipped,
            "resources": self.truth,
        }
        with open(path, "w") as file:
            json.dump(document, file, indent=1, ensure_ascii=True)
