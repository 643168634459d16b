"""Tests which business connection serves an account's comments."""

import pytest

from dropcast.accounts.account_store import accounts_of_user
from dropcast.accounts.business.connection_store import (
    all_business,
    connection_of_account,
)
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from tests.unit.support.accounts import change_account
from tests.unit.support.oauth_browsers import BusinessBrowser, code, connected


@pytest.fixture
def account(tiktok, business) -> str:
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    return made.account_id


def test_another_user_may_connect_an_account_that_tiktok_removed(business, account):
    first = connected(BusinessBrowser(account_id=account))
    change_account(account, status="disconnected")

    second = connected(BusinessBrowser(user_id="user-2"))

    assert (second.connection_id, second.user_id, second.account_id) == (first.connection_id, "user-2", None)


def test_a_connection_serves_the_comments_of_one_account(business, account):
    connection = connected(BusinessBrowser(account_id=account))

    served = connection_of_account(account)

    assert connection.account_id == account
    assert served == connection


def test_an_account_uses_the_connection_that_was_made_last(business, account):
    first = connected(BusinessBrowser(account_id=account))
    business.open_id = "biz-open-2"

    second = connected(BusinessBrowser(account_id=account))

    assert connection_of_account(account) == second
    assert {one.connection_id: one.account_id for one in all_business()} == {
        first.connection_id: None,
        second.connection_id: account,
    }


def test_a_connection_that_moves_to_another_account_leaves_the_previous_one(business, account, tiktok):
    connected(BusinessBrowser(account_id=account))
    tiktok.open_id = "open-2"
    other = save_connection("user-1", tiktok.grant())
    assert isinstance(other, Account)

    connected(BusinessBrowser(account_id=other.account_id))

    assert connection_of_account(account) is None
    assert connection_of_account(other.account_id) is not None


def test_a_consent_for_trends_leaves_every_account_served(business, account):
    connected(BusinessBrowser(account_id=account))

    again = connected(BusinessBrowser())

    assert again.account_id == account
    assert connection_of_account(account) == again


def test_an_account_disconnected_during_its_consent_gets_no_connection(business, account):
    browser = BusinessBrowser(account_id=account)
    disconnect(account)

    arrival = browser.back()

    assert code(arrival.outcome) == "account_disconnected"
    assert all_business() == []
    assert business.asked == []


def test_a_business_connection_is_not_listed_as_its_users_account(business, account):
    connected(BusinessBrowser(account_id=account))

    assert [one.account_id for one in accounts_of_user("user-1")] == [account]
