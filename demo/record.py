"""Records the account `closeout demo` shows, anew: the demo account of the emulator, with a region that refuses some.

    screenshots/make.sh --help                                  # makes the virtual environment this one shares
    target/screenshots/venv/bin/python demo/record.py           # writes demo/recording.ndjson

Identifiers are drawn anew with every run, so the snapshots and pictures of the demo have to follow:
`INSTA_UPDATE=always cargo test --test screens`, `UPDATE_DOCS=1 cargo test --test docs`, `screenshots/make.sh`.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "screenshots"))

import emulator  # noqa: E402

BINARIES = [ROOT / "target" / build / "closeout" for build in ("release", "debug")]

# Old roles grant less than a scan asks for.
REFUSED = [
    {"service": service, "region": "ca-central-1", "fault": "denied"}
    for service in ("elasticloadbalancing", "rds")
]


def tidied(recording):
    """The emulator says that regions of every partition are on. Those that are not read are off in the demo's account."""
    began, rest = recording.split("\n", 1)
    event = json.loads(began)
    read = set(event["scope"])
    for region in event["regions"]:
        if region not in read:
            event["regions"][region] = "not-opted-in"
    return json.dumps(event, separators=(",", ":")) + "\n" + rest


def main():
    binary = next((binary for binary in BINARIES if binary.exists()), None)
    if binary is None:
        sys.exit("there is no closeout to run: `cargo build --release` makes one")
    with tempfile.TemporaryDirectory() as folder:
        # The regions are those of the recording before.
        regions = [word for region in emulator.regions() for word in ("--region", region)]
        target = Path(folder) / "recording.ndjson"
        with emulator.account(folder, REFUSED) as endpoint:
            homes = {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "STATE", "CACHE", "DATA")}
            environment = {**os.environ, **emulator.variables(endpoint), "HOME": folder, **homes}
            command = [binary, "scan", *regions, "--record", target, "--output", f"{folder}/audit.json"]
            ended = subprocess.run([*command, "--format", "json"], env=environment)
        # 4: there are gaps, as there are meant to be.
        if ended.returncode not in (0, 4):
            sys.exit(f"the scan ended with {ended.returncode}")
        emulator.RECORDING.write_text(tidied(target.read_text()))


main()
