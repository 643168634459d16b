"""The CDK command bootstraps, deploys, updates and destroys the stack in the emulator, and the data outlives it."""

import io
import os
import socket
import tempfile
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from cli.deployment import cdk_command
from cli.deployment.account_findings import check_account
from cli.deployment.data_deletion import delete
from cli.deployment.data_resources import DataResource, find_data
from cli.deployment.deploy import deploy_assembly
from cli.stack import use_stack
from dropcast.aws import clients
from dropcast.settings import settings
from local.child_environment import ACCOUNT, REGION, child_environment
from local.ministack import MiniStack, start_ministack
from local.synth import assembly

STACK = "Dropcast-dev"
# The emulator does not support CloudFront's key groups.
PARAMETERS = ["--parameters", "MediaDistribution=off"]
KEPT = {"table": 9, "bucket": 1, "key": 1, "secret": 3}
ROW = {"pk": {"S": "publish#1"}, "sk": {"S": "publish"}}

pytestmark = pytest.mark.xdist_group("own-stacks")


@dataclass
class Rehearsal:
    """The observations between the steps."""

    emulator: MiniStack
    checks: list[dict[str, str]] = field(default_factory=list)
    app_names: list[str] = field(default_factory=list)
    passed: bool = False
    printed: str = ""
    functions_left: int = -1
    row_left: bool = False
    data_left: list[DataResource] = field(default_factory=list)
    data_after_deletion: list[DataResource] = field(default_factory=list)
    tables_and_buckets: list[str] = field(default_factory=list)

    def app_name(self) -> str:
        function = self.emulator.client("lambda").get_function_configuration(FunctionName="dropcast-dev-http-connect")
        return function["Environment"]["Variables"]["APP_NAME"]


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        emulator = start_ministack(folder, functions_at_once=20)
        stack.callback(emulator.child.stop)
        stack.callback(clients.client.cache_clear)
        stack.callback(settings.cache_clear)
        stack.enter_context(mock.patch.dict(os.environ))  # the command stores the stack's outputs in the environment
        use_emulator(stack.enter_context(pytest.MonkeyPatch.context()), emulator)
        seen = Rehearsal(emulator)
        rehearse(seen)
    return seen


def use_emulator(patch: pytest.MonkeyPatch, emulator: MiniStack) -> None:
    """Let this process and CDK use the emulator as AWS. The emulator's API has a name below localhost."""
    for name in ("AWS_PROFILE", "AWS_REGION"):
        patch.delenv(name, raising=False)
    for name, value in (child_environment() | {"AWS_ENDPOINT_URL": emulator.endpoint}).items():
        patch.setenv(name, value)
    clients.client.cache_clear()
    find = socket.getaddrinfo

    def find_below_localhost(host: Any, *rest: Any, **more: Any) -> Any:
        return find("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)

    patch.setattr(socket, "getaddrinfo", find_below_localhost)


def rehearse(seen: Rehearsal) -> None:
    app = assembly("host")
    seen.checks.append(statuses())
    cdk_command.bootstrap(ACCOUNT, REGION)
    seen.checks.append(statuses())

    cdk_command.deploy(app, [*PARAMETERS, "--parameters", "AppName=First"], ask=False)
    seen.app_names.append(seen.app_name())
    outputs = use_stack("dev")
    write_data(seen.emulator, outputs)

    with redirect_stdout(io.StringIO()) as printed:
        seen.passed = deploy_assembly(app, [*PARAMETERS, "--parameters", "AppName=Second"], ask=False)
    seen.printed = printed.getvalue()
    seen.app_names.append(seen.app_name())

    cdk_command.destroy(app, [], ask=False)
    seen.functions_left = len(seen.emulator.client("lambda").list_functions()["Functions"])
    seen.data_left = find_data(STACK)
    read = seen.emulator.client("dynamodb").get_item(TableName=outputs["PublishesTable"], Key=ROW)
    seen.row_left = "Item" in read

    for one in seen.data_left:
        delete(one)
    seen.data_after_deletion = find_data(STACK)
    seen.tables_and_buckets = seen.emulator.client("dynamodb").list_tables()["TableNames"]
    buckets = seen.emulator.client("s3").list_buckets()["Buckets"]
    seen.tables_and_buckets += [one["Name"] for one in buckets if not one["Name"].startswith("cdk-")]


def statuses() -> dict[str, str]:
    return {title: finding.status for title, finding in check_account()}


def write_data(emulator: MiniStack, outputs: dict[str, str]) -> None:
    """Write a row, and an object with two versions and a delete marker."""
    emulator.client("dynamodb").put_item(TableName=outputs["PublishesTable"], Item=ROW)
    s3, named = emulator.client("s3"), {"Bucket": outputs["Bucket"], "Key": "drop/acc_1/ä b.mp4"}
    for body in (b"one", b"two"):
        s3.put_object(**named, Body=body)
    s3.delete_object(**named)


def test_the_checks_notice_that_cdk_is_not_bootstrapped(rehearsal):
    before, after = rehearsal.checks

    assert before == {"AWS": "ok", "Clock": "ok", "Bootstrap": "act"}
    assert after == {"AWS": "ok", "Clock": "ok", "Bootstrap": "ok"}


def test_a_second_deployment_updates_the_functions(rehearsal):
    assert rehearsal.app_names == ["First", "Second"]


def test_the_smoke_test_passes_and_the_addresses_are_printed(rehearsal):
    lines = [line.split()[:2] for line in rehearsal.printed.splitlines()]

    assert rehearsal.passed is True
    assert [line for line in lines if line[0] == "ok"] == [["ok", "Health"], ["ok", "Authoriser"], ["ok", "Webhook"]]
    assert {"PublicUrl", "ConsoleUrl", "RedirectUri", "WebhookUrl", "Bucket"} <= {line[0] for line in lines}


def test_data_outlives_the_stack(rehearsal):
    kinds = [one.kind for one in rehearsal.data_left]

    assert rehearsal.functions_left == 0
    assert rehearsal.row_left is True
    assert {kind: kinds.count(kind) for kind in KEPT} == KEPT


def test_data_that_was_left_behind_is_deleted_with_all_versions(rehearsal):
    assert rehearsal.data_after_deletion == []
    assert rehearsal.tables_and_buckets == []
