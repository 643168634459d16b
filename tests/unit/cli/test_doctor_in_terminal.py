"""`dropcast doctor` in a real terminal."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.aws import clients
from tests.unit.support.deployed import Deployed
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import internet as internet
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.terminal import terminal


@pytest.fixture(autouse=True)
def account(deployed: Deployed, tiktok: Any, internet: Any) -> None:
    save_connection("me", tiktok.grant())


def line_of(title: str, lines: list[str]) -> tuple[str, str]:
    """The state of a line, and the line below it."""
    at = next(number for number, line in enumerate(lines) if line[6:].startswith(title))
    return lines[at].split()[0], lines[at + 1].strip()


def diagnose() -> tuple[int, list[str]]:
    with terminal(("doctor",)) as screen:
        code = screen.end()
    return code, screen.lines


def test_a_deployment_that_works_has_only_what_a_new_app_has_as_warnings():
    code, lines = diagnose()

    assert code == 1
    assert {line[6:25].strip() for line in lines if line.startswith(("warn", "fail"))} == {
        "TikTok's audit",
        "Verified prefix",
    }


@pytest.mark.parametrize(
    ("trouble", "title", "state", "fix"),
    [
        ("secret", "TikTok app", "fail", "Copy both from"),
        ("redirect", "Redirect URI", "fail", "Register exactly https://dropcast.example/oauth/tiktok/callback"),
        ("quota", "Quotas of AWS", "fail", "Request more"),
    ],
)
def test_what_is_wrong_has_its_fix_below(deployed, tiktok, internet, trouble, title, state, fix):
    match trouble:
        case "secret":
            tiktok.plan = ["refuse:invalid_client"]
        case "redirect":
            internet["consent"].respond(html='{"error_type":"redirect_uri"}')
        case "quota":
            deployed.functions_at_once = 10

    code, lines = diagnose()

    found, below = line_of(title, lines)
    assert (code, found) == (2, state)
    assert below.startswith(f"Fix: {fix}")


def test_without_a_network_one_line_says_so(monkeypatch):
    def fail() -> None:
        raise EndpointConnectionError(endpoint_url="https://sts.eu-west-1.amazonaws.com")

    monkeypatch.setattr(clients.client("sts"), "get_caller_identity", fail)

    code, lines = diagnose()

    assert (code, len(lines)) == (2, 2)
    assert line_of("AWS", lines) == ("fail", "Fix: Check the network, AWS_REGION and AWS_ENDPOINT_URL.")
