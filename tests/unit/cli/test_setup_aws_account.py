"""The steps of `dropcast setup` up to the deployment: the AWS account, its quotas and the stack."""

from pathlib import Path
from typing import Any

import pytest

from cli.deployment import cdk_command
from cli.deployment.cdk_command import CdkFailedError
from cli.setup import deploy_step
from cli.setup.aws_account_steps import bootstrap_region, check_account_quotas, find_account
from cli.setup.choices_step import choose
from cli.setup.deploy_step import deploy, price_words
from cli.setup.found import Done, Failed
from tests.unit.support.deployed import ACCOUNT, PUBLIC, Deployed
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import internet as internet
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.setup_steps import ANSWERS, new_setup, question
from tests.unit.support.setup_steps import cdk_json as cdk_json


def test_the_region_is_asked_if_none_is_chosen(deployed, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    setup = new_setup()

    assert question(find_account(setup)).name == "region"

    setup.answers["region"] = "eu-west-1"
    assert isinstance(find_account(setup), Done)
    assert setup.facts["aws_account"] == ACCOUNT


def test_a_region_without_bootstrap_is_bootstrapped_if_wished(deployed, monkeypatch):
    deployed.bootstrapped = False

    def bootstrap(account: str, region: str) -> None:
        assert (account, region) == (ACCOUNT, "eu-west-1")
        deployed.bootstrapped = True

    monkeypatch.setattr(cdk_command, "bootstrap", bootstrap)
    assert question(bootstrap_region(new_setup())).name == "bootstrap"

    refused = bootstrap_region(new_setup(bootstrap="no"))
    assert isinstance(refused, Failed)
    assert "bootstrap" in refused.fix
    assert isinstance(bootstrap_region(new_setup(bootstrap="yes")), Done)
    assert deployed.bootstrapped


def test_a_bootstrap_that_fails_is_reported(deployed, monkeypatch):
    deployed.bootstrapped = False

    def fail(account: str, region: str) -> None:
        raise CdkFailedError("cdk bootstrap failed.", "See above.")

    monkeypatch.setattr(cdk_command, "bootstrap", fail)

    found = bootstrap_region(new_setup(bootstrap="yes"))

    assert isinstance(found, Failed)
    assert found.words == "cdk bootstrap failed."


def test_a_low_quota_asks_how_many_videos_are_sent_at_once(deployed):
    deployed.functions_at_once = 10
    setup = new_setup()

    asked = question(check_account_quotas(setup))

    assert (asked.name, asked.default) == ("transfers_at_once", "4")
    setup.answers |= {"transfers_at_once": "4"}
    assert isinstance(check_account_quotas(setup), Done)


def test_cloudfront_is_asked_only_in_an_account_without_a_distribution(deployed):
    deployed.deployed = deployed.has_distribution = False
    setup = new_setup()

    assert question(check_account_quotas(setup)).name == "cloudfront"

    setup.answers["cloudfront"] = "no"
    assert isinstance(check_account_quotas(setup), Done)
    assert setup.answers["media_distribution"] == "off"
    deployed.has_distribution = True
    assert isinstance(check_account_quotas(new_setup()), Done)


@pytest.fixture
def cdk(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that CDK got."""
    calls: list[str] = []
    monkeypatch.setattr(cdk_command, "synthesise", lambda arguments: calls.append("synth"))
    monkeypatch.setattr(cdk_command, "show_difference", lambda assembly, arguments: calls.append("diff"))

    def deploy_it(assembly: Any, arguments: Any, *, ask: bool) -> bool:
        calls.append("deploy")
        deployed.deployed = True
        return True

    monkeypatch.setattr(deploy_step, "deploy_assembly", deploy_it)
    return calls


def test_a_stack_with_the_same_choices_is_not_deployed_again(cdk, deployed):
    choose(new_setup(**ANSWERS))
    deployed.parameters = {"TikTokScopes": ANSWERS["scopes"], "AppAudit": "unaudited", "AppName": "Shop"}

    assert isinstance(deploy(new_setup()), Done)
    assert cdk == []


def test_a_changed_choice_shows_the_difference_and_the_price_before_it_is_deployed(cdk, deployed):
    choose(new_setup(**ANSWERS | {"audited": "yes"}))
    deployed.parameters = {"AppAudit": "unaudited"}
    setup = new_setup()

    asked = question(deploy(setup))

    assert cdk == ["synth", "diff"]
    assert "10 US dollars a month" in asked.words
    setup.answers["deploy"] = "yes"
    assert isinstance(deploy(setup), Done)
    assert cdk[-1] == "deploy"
    assert setup.facts["url"] == PUBLIC


def test_the_first_deployment_uses_the_stack_afterwards(cdk, deployed):
    deployed.deployed = False

    found = deploy(new_setup(deploy="yes"))

    assert isinstance(found, Done)
    assert cdk[-1] == "deploy"


def test_a_domain_of_ones_own_names_the_target_of_its_dns_record(cdk, deployed):
    deployed.outputs["DomainTarget"] = "d-1.execute-api.example"

    found = deploy(new_setup())

    assert isinstance(found, Done)
    assert any("d-1.execute-api.example" in line for line in found.lines)


def test_nothing_is_deployed_against_the_persons_wish(cdk, deployed):
    deployed.deployed = False

    assert isinstance(deploy(new_setup(deploy="no")), Failed)
    assert "deploy" not in cdk


def test_a_stack_whose_last_deployment_failed_is_deployed_again(cdk, deployed):
    choose(new_setup(**ANSWERS))
    deployed.status = "UPDATE_ROLLBACK_COMPLETE"

    assert question(deploy(new_setup())).name == "deploy"


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_a_stack_that_cannot_be_deployed_now_says_why(cdk, deployed, status):
    deployed.status = status

    found = deploy(new_setup(deploy="yes"))

    assert isinstance(found, Failed)
    assert status in found.words
    assert cdk == []


def test_a_failed_deployment_can_be_tried_again(cdk, deployed, monkeypatch):
    deployed.deployed = False

    def fail(*_: Any, **__: Any) -> bool:
        raise CdkFailedError("cdk deploy failed.", "See above.")

    monkeypatch.setattr(deploy_step, "deploy_assembly", fail)

    assert deploy(new_setup(deploy="yes")) == Failed("cdk deploy failed.", "See above.", ("deploy",))


def test_the_price_is_that_of_the_page_on_deploying():
    page = Path("docs/deploy.md").read_text()

    assert price_words().startswith("About 10 US dollars a month")
    assert "about 10 US dollars a month" in page
