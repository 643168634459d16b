"""The checks of the AWS account before a deployment."""

import re

import pytest
from botocore.stub import Stubber

from cli.deployment.account_findings import check_account
from cli.deployment.bootstrap_check import PARAMETER
from dropcast.aws import clients
from dropcast.health.finding import Finding
from tests.unit.support.memory_aws import REGION, maker


def bootstrap(version: str) -> None:
    maker("ssm").put_parameter(Name=PARAMETER, Value=version, Type="String", Overwrite=True)


def findings() -> dict[str, Finding]:
    return dict(check_account())


def test_an_account_that_is_ready_passes(cloud):
    bootstrap("21")

    found = findings()

    assert list(found) == ["AWS", "Clock", "Bootstrap"]
    assert {found["AWS"].status, found["Bootstrap"].status} == {"ok"}


def test_without_a_region_nothing_else_is_checked(cloud, tmp_path):
    cloud.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        cloud.delenv(name, raising=False)

    found = findings()

    assert list(found) == ["AWS"]
    assert "AWS_REGION" in str(found["AWS"].fix)


@pytest.mark.parametrize("version", [None, "5"])
def test_a_missing_or_old_bootstrap_names_the_command_that_makes_it(cloud, version):
    if version:
        bootstrap(version)

    found = findings()["Bootstrap"]

    assert found.status == "act"
    assert re.search(rf"npx aws-cdk@[\d.]+ bootstrap aws://\d{{12}}/{REGION}", str(found.fix))


def test_a_role_that_may_not_read_the_bootstrap_gets_a_warning(cloud):
    with Stubber(clients.client("ssm")) as answers:
        answers.add_client_error("get_parameter", "AccessDeniedException")

        found = findings()["Bootstrap"]

    assert found.status == "look"
    assert "ssm:GetParameter" in str(found.fix)
