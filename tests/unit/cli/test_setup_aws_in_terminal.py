"""`dropcast setup` in a real terminal, against an AWS account without a stack."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from botocore.exceptions import EndpointConnectionError
from typer.testing import CliRunner

from cli.deployment import cdk_command
from cli.main import cli
from cli.setup import deploy_step, kept_choices
from cli.version import ROOT
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.aws import clients
from tests.unit.support.deployed import PUBLIC, Deployed
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import internet as internet
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.terminal import Terminal, terminal

SCHEMA = json.loads((ROOT / "docs/cli/setup.schema.json").read_text())
SETUP = ("setup",)


@pytest.fixture(autouse=True)
def account(deployed: Deployed, tiktok: Any, internet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A new AWS account that is ready for CDK. The TikTok account is already connected."""
    file = tmp_path / "cdk.json"
    file.write_text('{"context": {}}')
    monkeypatch.setattr(kept_choices, "_FILE", file)
    save_connection("me", tiktok.grant())
    deployed.deployed = False
    deployed.bootstrapped = deployed.has_distribution = False
    deployed.functions_at_once = 10

    def bootstrap(account: str, region: str) -> None:
        deployed.bootstrapped = True

    def deploy(*_: Any, ask: bool) -> bool:
        deployed.deployed = True
        deployed.parameters = {"TransfersAtOnce": "4", "AppAudit": "unaudited"}
        print("what CDK prints on stdout")
        return True

    monkeypatch.setattr(cdk_command, "bootstrap", bootstrap)
    monkeypatch.setattr(cdk_command, "synthesise", lambda arguments: None)
    monkeypatch.setattr(cdk_command, "show_difference", lambda *_: print("what changes"))
    monkeypatch.setattr(deploy_step, "deploy_assembly", deploy)
    return deployed


def answer_all(screen: Terminal, *questions: str) -> None:
    """Wait for each question and accept its default."""
    for question in questions:
        screen.expect(question)
        screen.answer()


BEFORE_THE_DEPLOYMENT = (
    "not bootstrapped",
    "How many of them may send videos?",
    "CloudFront distribution",
    "Scopes",
    "audit?",
    "E-mail",
    "domain",
)
AFTER_IT = ("Path of TikTok's verification file", "Use it (answer no")


def test_a_new_account_is_set_up_by_answering_questions():
    with terminal(SETUP) as screen:
        answer_all(screen, *BEFORE_THE_DEPLOYMENT)
        screen.expect("what changes")
        answer_all(screen, "10 US dollars a month", *AFTER_IT)
        screen.expect("SELF_ONLY")
        screen.answer("n")
        assert screen.end() == 0

    assert any("Made the API key" in line for line in screen.lines)
    assert any("has not audited the app" in line for line in screen.lines)


def test_it_continues_after_ctrl_c_without_asking_again():
    with terminal(SETUP, SETUP) as screen:
        answer_all(screen, *BEFORE_THE_DEPLOYMENT)
        screen.expect("10 US dollars a month")
        screen.interrupt()
        screen.expect("it continues here")
        answer_all(screen, "10 US dollars a month", *AFTER_IT)
        screen.expect("SELF_ONLY")
        screen.interrupt()
        assert screen.end() == 130

    assert sum("E-mail address for alarms" in line for line in screen.lines) == 1


def test_a_region_without_bootstrap_stops_it_if_the_person_declines():
    with terminal(SETUP) as screen:
        screen.expect("not bootstrapped")
        screen.answer("n")
        assert screen.end() == 1

    assert any("cdk" in line and "bootstrap aws://" in line for line in screen.lines)


def test_a_wrong_redirect_uri_is_waited_for(account, internet):
    account.deployed, account.bootstrapped, account.functions_at_once = True, True, 1000
    account.outputs["MediaAddress"] = "https://media.example"
    kept_choices.keep_choices({"tiktok_scopes": "", "app_audit": "", "alarm_email": "", "custom_domain": ""})
    account.parameters = {"TikTokScopes": "", "AppAudit": ""}
    internet["consent"].respond(html='{"error_type":"redirect_uri"}')

    with terminal(SETUP) as screen:
        screen.expect(f"{PUBLIC}/oauth/tiktok/callback", f"{PUBLIC}/webhooks/tiktok", "Press Enter")
        screen.answer()
        screen.expect("does not know", "Press Enter")
        screen.interrupt()
        assert screen.end() == 130


def test_without_a_network_the_first_call_says_so(monkeypatch):
    def fail() -> None:
        raise EndpointConnectionError(endpoint_url="https://sts.eu-west-1.amazonaws.com")

    monkeypatch.setattr(clients.client("sts"), "get_caller_identity", fail)

    with terminal(SETUP) as screen:
        assert screen.end() == 1

    assert any("AWS does not answer" in line for line in screen.lines)
    assert any("Check the network" in line for line in screen.lines)


def run_for_machines(*words: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(cli, ["setup", "--json", *words])
    found = json.loads(result.stdout)
    jsonschema_rs.validate(SCHEMA, found)
    return result.exit_code, found


def test_a_machine_learns_which_answer_is_missing():
    code, found = run_for_machines("--bootstrap")

    assert (code, found["outcome"]) == (2, "needs_answer")
    assert found["steps"][-1]["option"] == "--transfers-at-once"


def test_a_machine_that_takes_the_defaults_gets_only_json_on_stdout():
    code, found = run_for_machines("--yes", "--no-sample")

    assert (code, found["outcome"]) == (0, "done")
    assert [step["outcome"] for step in found["steps"]] == ["done"] * 13
    assert found["facts"]["profile"] == "dev"


def test_a_machine_learns_why_a_step_failed():
    code, found = run_for_machines("--no-bootstrap")

    assert (code, found["outcome"], found["steps"][-1]["step"]) == (1, "failed", "bootstrap")
    assert found["steps"][-1]["fix"]
