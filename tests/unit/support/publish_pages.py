"""Reads the pages of publishes."""

import re

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.publishing.model.publish import Publish
from tests.unit.support.accounts import change_account
from tests.unit.support.console import Shown
from tests.unit.support.publishes import without_executions


@pytest.fixture
def other(account: str, tiktok) -> str:
    """An account of another user."""
    tiktok.open_id = "open-2"
    connected = save_connection("user-2", tiktok.grant())
    assert isinstance(connected, Account)
    change_account(connected.account_id, username="ben", nickname="Ben")
    return connected.account_id


def listed(shown: Shown) -> list[str]:
    """The ids of the rows, in their order."""
    assert shown.status == 200, shown.words()
    return re.findall(r'<li class="row \w+" id="(pub_\w+)"', shown.text)


def leads_to(shown: Shown) -> str:
    assert shown.status == 303, shown.words()
    return shown.headers["Location"]


def path_of(publish: Publish, part: str = "") -> str:
    return f"/console/publishes/{publish.publish_id}{part and '/' + part}"


def offered(shown: Shown) -> set[str]:
    return set(re.findall(r'class="button" href="/console/publishes/pub_\w+/(\w+)"', shown.text))


@pytest.fixture
def account(connected: str, monkeypatch: pytest.MonkeyPatch) -> str:
    without_executions(monkeypatch)
    return connected
