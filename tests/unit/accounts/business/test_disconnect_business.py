"""Disconnecting a business connection."""

import pytest

from dropcast.accounts.business.connection_store import (
    connection_of_account,
    get_business,
)
from dropcast.accounts.business.disconnect_business import disconnect_business
from dropcast.accounts.business.fresh_token import get_business_token
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from tests.unit.support.accounts import items
from tests.unit.support.oauth_browsers import BusinessBrowser, code, connected


@pytest.fixture
def account(tiktok, business) -> str:
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    return made.account_id


def test_another_user_may_take_a_disconnected_connection(business):
    first = connected(BusinessBrowser())
    disconnect_business(first.connection_id)

    second = connected(BusinessBrowser(user_id="user-2"))

    assert (second.connection_id, second.user_id) == (first.connection_id, "user-2")
    assert get_business(second.connection_id) == second


def test_a_consent_after_disconnecting_serves_no_account_by_itself(business, account):
    first = connected(BusinessBrowser(account_id=account))
    disconnect_business(first.connection_id)

    again = connected(BusinessBrowser())

    assert again.account_id is None
    assert connection_of_account(account) is None


def test_disconnecting_revokes_the_grant_and_erases_the_tokens(business):
    connection = connected(BusinessBrowser())

    ended = disconnect_business(connection.connection_id)

    assert isinstance(ended, BusinessConnection)
    assert (ended.status, ended.revoked) == ("disconnected", True)
    assert business.revoked == [business.live_access]
    [row] = items("accounts")
    assert {"access_token", "refresh_token", "due_at", "due_shard"}.isdisjoint(row)
    assert code(get_business_token(connection.connection_id, outlive_s=60)) == "business_not_connected"


def test_disconnecting_works_without_tiktok(business):
    connection = connected(BusinessBrowser())
    business.plan = ["server_error"]

    ended = disconnect_business(connection.connection_id)

    assert isinstance(ended, BusinessConnection)
    assert (ended.status, ended.revoked) == ("disconnected", False)


def test_disconnecting_an_account_ends_the_connection_for_its_comments(business, account):
    connection = connected(BusinessBrowser(account_id=account))

    disconnect(account)

    ended = get_business(connection.connection_id)
    assert ended is not None
    assert (ended.status, ended.revoked) == ("disconnected", True)


def test_disconnecting_twice_changes_nothing(business):
    connection = connected(BusinessBrowser("advertiser"))

    first, second = disconnect_business(connection.connection_id), disconnect_business(connection.connection_id)

    assert first == second
    assert code(disconnect_business("biz_nobody")) == "not_found"
