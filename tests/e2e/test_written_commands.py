"""Runs the commands of the pages as they are written, on a local stack whose shell file is sourced."""

import secrets
import shutil
from pathlib import Path

import pytest

from local.shell_file import variables
from local.stack_client import StackClient
from tests.e2e.business import connect_business
from tests.written import ALONE, PAGES, Ran, blocks, run

_SECONDS = 240
_NEEDED = ("aws", "bash", "curl", "jq", "openssl")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, _NEEDED)), reason=f"the pages' commands need {', '.join(_NEEDED)}"
)


def assert_went_well(page: str, ran: Ran) -> None:
    assert ran.code == 0, f"{ran.place} ended with {ran.code}:\n{ran.output[-3000:]}"
    refused = {at for at, status in ran.statuses if status.startswith(("4", "5"))}
    assert refused == {block.place for block in blocks(page) if block.refused}, ran.output[-3000:]
    # the test proves something only if a command of the page got an HTTP answer
    assert ran.statuses or page == ALONE


@pytest.fixture
def own_account(journey: StackClient) -> str:
    """An account of the user `me`, like the one that `make up` connects."""
    return journey.connect(f"creator-{secrets.token_hex(4)}", user_id="me", private=True)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run_as_they_are_written(page, stack, journey, own_account, tmp_path: Path):
    if page == "docs/comments.md":
        connect_business(journey, "account", user_id="me", account_id=own_account, username=_name(journey, own_account))

    ran = run(page, tmp_path, variables(stack, own_account), seconds=_SECONDS)

    assert_went_well(page, ran)


def test_the_sandbox_alone_works_as_its_page_says(tmp_path: Path):
    assert_went_well(ALONE, run(ALONE, tmp_path, {}, seconds=_SECONDS))


def _name(journey: StackClient, account_id: str) -> str:
    """The name of the consenting account at TikTok."""
    return journey.api("GET", f"/v1/accounts/{account_id}").json()["username"]
