"""What the server was told to answer and moto does not hold: what of it keeps a delete from being
done, and how a delete takes it out of the answers.

The answers are those of the control requests canned, missing and recorded. A delete of something
that only they hold takes its rows out of them, so that the next listing is without it. Backup jobs,
which moto lacks, are done at once and put their recovery point among the answers.
"""

import json
import re
import time
import uuid
from typing import NamedTuple

from moto.backends import get_backend

TERMINATION_PROTECTED = "Termination protection is enabled for this account."


class Rows(NamedTuple):
    """Rows of a listing, and which members of a request tell the ones it is about."""

    key: str
    members: tuple


class Delete(NamedTuple):
    """A delete: what it takes out of the answers, what has to be gone before, and AWS's error."""

    removes: Rows | None
    blocked_by: tuple = ()
    code: str = ""


APPS = Rows("Apps", ("DomainId", "UserProfileName", "SpaceName", "AppType", "AppName"))
PROFILES = Rows("UserProfiles", ("DomainId", "UserProfileName"))
SPACES = Rows("Spaces", ("DomainId", "SpaceName"))
POINTS = Rows("RecoveryPoints", ("BackupVaultName", "RecoveryPointArn"))

# What a backup calls the resources of a service; those of ec2 are volumes here.
RESOURCE_TYPES = {
    "elasticfilesystem": "EFS",
    "dynamodb": "DynamoDB",
    "rds": "RDS",
    "s3": "S3",
    "fsx": "FSx",
}

# By signing name, and operation or method and path; a name in braces is a member of the request.
DELETES = {
    ("fsx", "DeleteFileSystem"): Delete(Rows("FileSystems", ("FileSystemId",))),
    ("fsx", "DeleteBackup"): Delete(Rows("Backups", ("BackupId",))),
    ("sagemaker", "DeleteApp"): Delete(APPS),
    ("sagemaker", "DeleteSpace"): Delete(SPACES, (APPS,), "ResourceInUse"),
    ("sagemaker", "DeleteUserProfile"): Delete(PROFILES, (APPS,), "ResourceInUse"),
    ("sagemaker", "DeleteDomain"): Delete(None, (APPS, PROFILES, SPACES), "ResourceInUse"),
    (
        "backup",
        "DELETE /backup-vaults/{BackupVaultName}/recovery-points/{RecoveryPointArn}",
    ): Delete(POINTS),
    ("backup", "DELETE /backup-vaults/{BackupVaultName}"): Delete(
        None, (POINTS,), "InvalidRequestException"
    ),
}


def delete_of(call):
    """The delete a request asks for and the members that say of what, or None."""
    for (service, ask), delete in DELETES.items():
        if service != call.service:
            continue
        if ask == call.operation:
            return delete, call.members()
        if " " in ask:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^{}]+)", ask)
            # An ARN may hold slashes of its own, the name of a vault may not.
            pattern = pattern.replace("(?P<BackupVaultName>[^{}]+)", "(?P<BackupVaultName>[^/]+)")
            if found := re.fullmatch(pattern, f"{call.method} {call.path}"):
                return delete, found.groupdict()
    return None


class Held:
    """The answers of a server, seen as lists of rows."""

    def __init__(self, canned: dict, recorded: dict, missing: dict):
        self.canned = canned
        self.recorded = recorded
        self.missing = missing

    def bodies(self, service: str, region: str):
        for (of, _, where), answer in self.canned.items():
            if of == service and where in (region, ""):
                yield answer.get("body")
        for exchange in self.recorded.get((service, region), []):
            yield exchange.get("answer")
        for (of, _), answer in self.missing.items():
            if of == service:
                yield answer.get("body")

    def lists(self, call, rows: Rows, members: dict):
        """Each list of the answers that holds rows a request is about, and those rows."""
        asked = {name: members[name] for name in rows.members if name in members}
        for body in self.bodies(call.service, call.region):
            listed = body.get(rows.key) if isinstance(body, dict) else None
            if not isinstance(listed, list):
                continue
            about = [row for row in listed if all(row.get(k) == v for k, v in asked.items())]
            if about:
                yield listed, about

    def answer(self, call):
        """Status and body of what neither moto nor an answer says to a request, or None."""
        if call.service == "quicksight":
            return self.subscription(call)
        if call.service == "backup" and (call.method, call.path) == ("PUT", "/backup-jobs"):
            return self.backup_job(call)
        return self.refusal(call)

    def refusal(self, call):
        """AWS's refusal of a delete."""
        found = delete_of(call)
        if found is None:
            return None
        delete, members = found
        for rows in delete.blocked_by:
            for _, about in self.lists(call, rows, members):
                if left := [
                    row for row in about if row.get("Status") not in ("Deleted", "DELETED")
                ]:
                    message = f"{rows.key} are left: {json.dumps(left[0], default=str)[:200]}"
                    return 400, {"__type": delete.code, "message": message}
        return None

    def remove(self, call) -> bool:
        """Takes what a request deletes out of the answers; False where they do not hold it."""
        found = delete_of(call)
        if found is None or found[0].removes is None:
            return False
        removed = False
        for listed, about in list(self.lists(call, found[0].removes, found[1])):
            listed[:] = [row for row in listed if row not in about]
            removed = True
        self.canned.pop((call.service, f"GET {call.path}", call.region), None)
        return removed

    def backup_job(self, call):
        """StartBackupJob: the vault must be one of moto's, the resource may be any."""
        request = json.loads(call.body)
        name, resource = request["BackupVaultName"], request["ResourceArn"]
        vault = get_backend("backup")[call.account][call.region].vaults.get(name)
        if vault is None:
            return 400, {
                "__type": "ResourceNotFoundException",
                "message": f"There is no vault {name}.",
            }
        job, now = str(uuid.uuid4()), time.time()
        arn = f"arn:aws:backup:{call.region}:{call.account}:recovery-point:{uuid.uuid4()}"
        point = {
            "RecoveryPointArn": arn,
            "BackupVaultName": name,
            "BackupVaultArn": vault.backup_vault_arn,
            "ResourceArn": resource,
            "ResourceType": RESOURCE_TYPES.get(resource.split(":")[2], "EBS"),
            "IamRoleArn": request["IamRoleArn"],
            "Status": "COMPLETED",
            "CreationDate": now,
            "CompletionDate": now,
            "BackupSizeInBytes": 1 << 30,
        }
        points = f"GET /backup-vaults/{name}/recovery-points/"
        listing = self.canned.setdefault(
            ("backup", points, call.region), {"body": {"RecoveryPoints": []}}
        )
        listing["body"]["RecoveryPoints"].append(point)
        done = {"BackupJobId": job, "State": "COMPLETED", "PercentDone": "100.0", **point}
        del done["Status"]
        self.canned[("backup", points + arn, call.region)] = {"body": point}
        self.canned[("backup", f"GET /backup-jobs/{job}", call.region)] = {"body": done}
        return 200, {"BackupJobId": job, "RecoveryPointArn": arn, "CreationDate": now}

    def subscription(self, call):
        """The QuickSight account, which is one canned answer, and its termination protection."""
        settings = self.canned.get(("quicksight", f"GET /accounts/{call.account}/settings", ""))
        held = (settings or {}).get("body", {}).get("AccountSettings")
        if (call.method, call.path) == ("PUT", f"/accounts/{call.account}/settings") and held:
            asked = json.loads(call.body)
            held["TerminationProtectionEnabled"] = asked.get("TerminationProtectionEnabled", False)
            return None
        if (call.method, call.path) != ("DELETE", f"/account/{call.account}"):
            return None
        asks = [
            f"GET /account/{call.account}",
            f"GET /accounts/{call.account}/settings",
            f"GET /accounts/{call.account}/namespaces",
        ]
        none = {"__type": "ResourceNotFoundException", "message": "There is no subscription."}
        account = self.canned.get(("quicksight", asks[0], ""))
        if account is None or account.get("status", 200) != 200:
            return 404, none
        if held and held.get("TerminationProtectionEnabled"):
            return 400, {"__type": "PreconditionNotMetException", "message": TERMINATION_PROTECTED}
        for ask in asks:
            self.canned[("quicksight", ask, "")] = {"status": 404, "body": none}
        for model in get_backend("quicksight")[call.account].values():
            model.users.clear()
            model.groups.clear()
        return 200, {"Status": 200}
