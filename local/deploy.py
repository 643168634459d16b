"""Deploys a synthesised stack to the emulator as the CDK command does: assets first, then CloudFormation."""

import json
import time
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.child_environment import ACCOUNT, REGION
from local.ministack import MiniStack
from local.recorded_calls import add_line, with_app_ids

_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
_DEPLOY_TIMEOUT_S = 180
_NO_REASON = "no reason given"


class DeployFailed(Exception):
    """CloudFormation refused the template. The text names the resources and the reasons."""


@dataclass(frozen=True)
class Asset:
    """A file of the assembly, and the bucket and key where the template expects it."""

    path: Path
    zipped: bool
    bucket: str
    key: str


def assets(assembly: Path, stack: str) -> list[Asset]:
    """The assets of a stack, read from `{stack}.assets.json` in a cloud assembly."""
    manifest = json.loads((assembly / f"{stack}.assets.json").read_text())
    return [
        Asset(
            path=assembly / entry["source"]["path"],
            zipped=entry["source"]["packaging"] == "zip",
            bucket=_with_account(destination["bucketName"]),
            key=_with_account(destination["objectKey"]),
        )
        for entry in manifest["files"].values()
        for destination in entry["destinations"].values()
    ]


def _with_account(text: str) -> str:
    return text.replace("${AWS::AccountId}", ACCOUNT).replace("${AWS::Region}", REGION)


def packed_asset(asset: Asset) -> bytes:
    """The bytes to upload: the file itself, or the folder as a zip."""
    if not asset.zipped or asset.path.is_file():
        return asset.path.read_bytes()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(asset.path.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(asset.path))
    return buffer.getvalue()


def deploy(
    emulator: MiniStack, assembly: Path, stack: str, parameters: dict[str, str], record: Path | None = None
) -> dict[str, str]:
    """Deploy `stack` of a cloud assembly and return its outputs by name.

    DeployFailed if CloudFormation refuses a resource. The file `record`, if given, gets a line that describes the
    deployment.
    """
    wanted = assets(assembly, stack)
    s3 = emulator.client("s3")
    for bucket in {asset.bucket for asset in wanted}:
        s3.create_bucket(Bucket=bucket)
    template = next(asset for asset in wanted if asset.path.name == f"{stack}.template.json")
    for asset in wanted:
        body = packed_asset(asset)
        s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=with_app_ids(body) if asset is template else body)
    emulator.client("ssm").put_parameter(Name=_BOOTSTRAP_VERSION, Value="30", Type="String", Overwrite=True)
    _create(emulator, stack, f"{emulator.endpoint}/{template.bucket}/{template.key}", parameters)
    if record:
        made = _resource_ids(emulator, stack)
        add_line(record, {"template": str(template.path), "parameters": parameters, "resources": made})
    return _outputs(emulator, stack)


def _resource_ids(emulator: MiniStack, stack: str) -> dict[str, str]:
    """The physical id of each resource of a deployed stack, by its logical id."""
    pages = emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    listed = pages.build_full_result()["StackResourceSummaries"]
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed if "PhysicalResourceId" in one}


def _create(emulator: MiniStack, stack: str, template_url: str, parameters: dict[str, str]) -> None:
    cloudformation = emulator.client("cloudformation")
    try:
        cloudformation.create_stack(
            StackName=stack,
            TemplateURL=template_url,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
            OnFailure="DO_NOTHING",
        )
    except ClientError as refused:
        raise DeployFailed(f"CreateStack was refused: {refused}") from None
    deadline = time.monotonic() + _DEPLOY_TIMEOUT_S
    while (status := _status(cloudformation, stack)) == "CREATE_IN_PROGRESS":
        if time.monotonic() > deadline:
            raise DeployFailed(f"{stack} is still being created after {_DEPLOY_TIMEOUT_S} s")
        time.sleep(0.1)
    if status != "CREATE_COMPLETE":
        raise DeployFailed(f"{stack} ended as {status}: {_reasons(cloudformation, stack)}")


def _status(cloudformation: Any, stack: str) -> str:
    return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]


def _reasons(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return failures(events) or _NO_REASON


def failures(events: list[dict[str, Any]]) -> str:
    """The failed resources and their reasons, oldest first. `events` are a stack's events, newest first."""
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    return "; ".join(
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', _NO_REASON)}"
        for event in failed
    )


def _outputs(emulator: MiniStack, stack: str) -> dict[str, str]:
    found = emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
