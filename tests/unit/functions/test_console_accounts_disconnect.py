"""Disconnects accounts in the console: the page that asks, and the effect of its button."""

import pytest

from dropcast.accounts.account_store import get_account
from dropcast.accounts.business.connection_store import get_business
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from tests.unit.support.console import signed_in
from tests.unit.support.oauth_browsers import BusinessBrowser


@pytest.fixture
def account(tiktok) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected


@pytest.fixture
def path(account: Account) -> str:
    return f"/console/accounts/{account.account_id}/disconnect"


@pytest.fixture
def connection(account: Account, business) -> BusinessConnection:
    made = BusinessBrowser(account_id=account.account_id).back().outcome
    assert isinstance(made, BusinessConnection)
    return made


def status_of(account: Account) -> str:
    found = get_account(account.account_id)
    assert found
    return found.status


def test_the_page_names_the_account_and_what_happens_and_changes_nothing(path, account, tiktok):
    shown = signed_in("admin").get(path)

    assert shown.status == 200
    assert f"Disconnect {account.account_id}?" in shown.words()
    assert "Its waiting posts fail." in shown.words()
    assert status_of(account) == "active"
    assert tiktok.revoked == []


def test_the_button_disconnects_the_account(path, account, tiktok):
    visitor = signed_in("admin")

    answer = visitor.submit(visitor.get(path).form(path))
    after = visitor.get(answer.headers["Location"])

    assert answer.status == 303
    assert status_of(account) == "disconnected"
    assert len(tiktok.revoked) == 1
    assert "The account was disconnected in Dropcast." in after.words()
    assert path not in after.text


def test_the_page_says_if_tiktok_did_not_confirm_the_end(path, tiktok):
    tiktok.revoke_fails = True
    visitor = signed_in("admin")

    answer = visitor.submit(visitor.get(path).form(path))

    assert "TikTok did not confirm that the permission ended." in visitor.get(answer.headers["Location"]).words()


def test_pressing_twice_disconnects_once(path, account, tiktok):
    visitor = signed_in("admin")
    form = visitor.get(path).form(path)

    answers = [visitor.submit(form) for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]
    assert len(tiktok.revoked) == 1


@pytest.mark.parametrize(
    ("scopes", "user_id"), [(("read",), None), (("read", "publish"), None), (("read", "publish"), "user-1")]
)
def test_a_key_that_v1_refuses_disconnects_nothing(path, account, scopes, user_id):
    visitor = signed_in(*scopes, user_id=user_id)

    asked = visitor.get(path)
    pressed = visitor.post(path, {"csrf": visitor.csrf()})

    assert (asked.status, pressed.status) == (403, 403)
    assert status_of(account) == "active"


def test_a_form_without_the_session_s_token_disconnects_nothing(path, account):
    answer = signed_in("admin").post(path, {"csrf": "another"})

    assert answer.status == 403
    assert status_of(account) == "active"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_account_that_does_not_exist_cannot_be_disconnected(cloud, method):
    visitor = signed_in("admin")
    path = "/console/accounts/acc_1/disconnect"

    answer = visitor.get(path) if method == "GET" else visitor.post(path, {"csrf": visitor.csrf()})

    assert answer.status == 404


def test_a_business_connection_is_disconnected_after_a_question(connection, business):
    visitor = signed_in("admin")
    path = f"/console/business-connections/{connection.connection_id}/disconnect"

    asked = visitor.get(path)
    answer = visitor.submit(asked.form(path))

    assert "Account, for comments" in asked.words()
    assert (answer.status, answer.headers["Location"]) == (303, f"/console/accounts/{connection.account_id}")
    found = get_business(connection.connection_id)
    assert found
    assert found.status == "disconnected"
    assert len(business.revoked) == 1


@pytest.mark.parametrize("user_id", [None, "user-1"])
def test_only_an_unbound_admin_disconnects_a_business_connection(connection, user_id):
    visitor = signed_in("read", "publish", user_id=user_id)
    path = f"/console/business-connections/{connection.connection_id}/disconnect"

    assert visitor.get(path).status == 403
    assert visitor.post(path, {"csrf": visitor.csrf()}).status == 403
    found = get_business(connection.connection_id)
    assert found
    assert found.status == "active"


def test_a_business_connection_that_does_not_exist_cannot_be_disconnected(cloud):
    visitor = signed_in("admin")
    path = "/console/business-connections/biz_1/disconnect"

    assert visitor.get(path).status == 404
    assert visitor.post(path, {"csrf": visitor.csrf()}).status == 404
