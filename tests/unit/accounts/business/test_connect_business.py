import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from dropcast.accounts import partner_secrets
from dropcast.accounts.account_store import accounts_of_user
from dropcast.accounts.business.connect_business import (
    begin_business,
    callback,
    redirect,
)
from dropcast.accounts.business.connection_store import (
    active_connections,
    all_business,
    connection_of_account,
    get_business,
)
from dropcast.accounts.business.disconnect_business import disconnect_business
from dropcast.accounts.business.fresh_token import get_business_token
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.connect_account import callback as arrive_at_login
from dropcast.accounts.connect.connect_account import redirect as depart_to_login
from dropcast.accounts.connect.oauth_callback import ConnectResult
from dropcast.accounts.connect.oauth_flow import ConnectLink, RedirectToTikTok
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from dropcast.tiktok.business.oauth import BusinessApp
from tests.unit.support.accounts import change_account, items, plain
from tests.unit.support.business import APP, CALLBACK, CODE

RETURN_TO = "https://app.example/done"


class Browser:
    """One browser with its cookies, sent to TikTok API for Business and back."""

    def __init__(self, kind="account", user_id="user-1", return_to: str | None = RETURN_TO, account_id=None) -> None:
        connection = begin_business(kind, user_id, return_to, account_id=account_id)
        assert isinstance(connection, ConnectLink), connection
        self.link_id = connection.connect_url.split("?c=")[1]
        departure = redirect(self.link_id)
        assert isinstance(departure, RedirectToTikTok)
        self.page = urlsplit(departure.authorize_url)
        self.sent = {name: values[0] for name, values in parse_qs(self.page.query).items()}
        self.cookies = {departure.cookie_name: departure.cookie_value}

    def back(self, **query: str) -> ConnectResult[BusinessConnection]:
        return callback({"state": self.sent["state"]} | (query or {"auth_code": CODE}), self.cookies)


def code(outcome) -> str:
    assert isinstance(outcome, Problem), outcome
    return outcome.code


def connected(browser: Browser, **query: str) -> BusinessConnection:
    outcome = browser.back(**query).outcome
    assert isinstance(outcome, BusinessConnection), outcome
    return outcome


@pytest.fixture
def account(tiktok, business) -> str:
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    return made.account_id


def test_an_account_holder_is_connected(business):
    browser = Browser()

    arrival = browser.back()

    connection = arrival.outcome
    assert isinstance(connection, BusinessConnection)
    assert (connection.kind, connection.status, connection.business_id) == ("account", "active", "biz-open-1")
    assert connection.scopes == {"comment.list", "comment.list.manage"}
    assert arrival.location == f"{RETURN_TO}?connected={connection.connection_id}"
    assert active_connections("account") == [connection]
    assert plain(get_business_token(connection.connection_id, outlive_s=60)) == business.live_access


def test_an_account_holder_is_sent_to_the_portals_address_with_our_state(business):
    browser = Browser()

    assert browser.page.netloc == "www.tiktok.com"
    assert browser.sent | {"state": ""} == {
        "client_key": "7000",
        "scope": "comment.list",
        "redirect_uri": CALLBACK,
        "state": "",
    }


def test_an_advertiser_is_connected(business):
    business.advertiser_ids = [7100000000000000123, "7100"]
    browser = Browser("advertiser")

    connection = connected(browser)

    assert browser.sent | {"state": ""} == {"app_id": "7000", "redirect_uri": CALLBACK, "state": ""}
    assert connection.advertiser_ids == ("7100000000000000123", "7100")
    assert active_connections("advertiser") == [connection]
    assert plain(get_business_token(connection.connection_id, outlive_s=60)) == business.live_advertiser


def test_a_page_that_calls_the_auth_code_code_is_understood(business):
    assert connected(Browser(), code=CODE).status == "active"


def test_the_auth_code_counts_where_both_come(business):
    assert connected(Browser(), auth_code=CODE, code="another").status == "active"


def test_agreeing_again_keeps_the_connection(business):
    first = connected(Browser())
    again = connected(Browser())

    assert first.connection_id == again.connection_id
    assert len(all_business()) == 1
    assert plain(get_business_token(again.connection_id, outlive_s=60)) == business.live_access


def test_another_user_cannot_take_a_connection_over(business):
    connected(Browser())

    outcome = Browser(user_id="user-2").back().outcome

    assert code(outcome) == "account_taken"
    assert all_business()[0].user_id == "user-1"


def test_a_connection_that_was_let_go_may_be_another_users(business):
    first = connected(Browser())
    disconnect_business(first.connection_id)

    second = connected(Browser(user_id="user-2"))

    assert (second.connection_id, second.user_id) == (first.connection_id, "user-2")
    assert get_business(second.connection_id) == second


def test_who_runs_no_advertiser_account_is_told_so(business):
    business.advertiser_ids = []

    assert code(Browser("advertiser").back().outcome) == "business_no_advertiser"
    assert all_business() == []


def test_a_connection_whose_account_tiktok_ended_may_be_another_users(business, account):
    first = connected(Browser(account_id=account))
    change_account(account, status="disconnected")

    second = connected(Browser(user_id="user-2"))

    assert (second.connection_id, second.user_id, second.account_id) == (first.connection_id, "user-2", None)


def test_a_connection_serves_the_comments_of_one_account(business, account):
    connection = connected(Browser(account_id=account))

    served = connection_of_account(account)

    assert connection.account_id == account
    assert served == connection


def test_an_account_has_the_connection_that_was_made_last(business, account):
    first = connected(Browser(account_id=account))
    business.open_id = "biz-open-2"

    second = connected(Browser(account_id=account))

    assert connection_of_account(account) == second
    assert {one.connection_id: one.account_id for one in all_business()} == {
        first.connection_id: None,
        second.connection_id: account,
    }


def test_a_connection_that_turns_to_another_account_leaves_the_one_before(business, account, tiktok):
    connected(Browser(account_id=account))
    tiktok.open_id = "open-2"
    other = save_connection("user-1", tiktok.grant())
    assert isinstance(other, Account)

    connected(Browser(account_id=other.account_id))

    assert connection_of_account(account) is None
    assert connection_of_account(other.account_id) is not None


def test_agreeing_again_for_trends_alone_leaves_no_account_unserved(business, account):
    connected(Browser(account_id=account))

    again = connected(Browser())

    assert again.account_id == account
    assert connection_of_account(account) == again


def test_agreeing_again_after_letting_go_serves_nobody_unasked(business, account):
    first = connected(Browser(account_id=account))
    disconnect_business(first.connection_id)

    again = connected(Browser())

    assert again.account_id is None
    assert connection_of_account(account) is None


def test_an_account_that_is_let_go_while_its_owner_is_at_tiktok_gets_no_connection(business, account):
    browser = Browser(account_id=account)
    disconnect(account)

    arrival = browser.back()

    assert code(arrival.outcome) == "account_disconnected"
    assert all_business() == []
    assert business.asked == []


def test_a_business_connection_is_no_account_of_its_user(business, account):
    connected(Browser(account_id=account))

    assert [one.account_id for one in accounts_of_user("user-1")] == [account]


@pytest.mark.parametrize(
    ("kind", "account_id", "refusal"),
    [("account", "acc_nobody", "account_not_found"), ("advertiser", "acc_1", "invalid_request")],
)
def test_a_link_for_what_cannot_be_is_refused(business, kind, account_id, refusal):
    assert code(begin_business(kind, "user-1", None, account_id=account_id)) == refusal


def test_no_link_is_made_for_another_users_account(business, account):
    assert code(begin_business("account", "user-2", None, account_id=account)) == "invalid_request"


def test_no_link_is_made_for_an_account_that_was_let_go(business, account):
    change_account(account, status="disconnected")

    assert code(begin_business("account", "user-1", None, account_id=account)) == "account_disconnected"


def test_without_an_app_no_link_is_made(cloud):
    assert code(begin_business("advertiser", "user-1", None)) == "business_not_set"


@pytest.mark.parametrize("holder_url", ["", "https://www.tiktok.com/v2/auth/authorize?redirect_uri=https://else/"])
def test_without_the_portals_address_advertisers_alone_can_connect(business, cloud, holder_url):
    cloud.setenv("TIKTOK_BUSINESS_HOLDER_URL", holder_url)
    settings.cache_clear()

    assert code(begin_business("account", "user-1", None)) == "business_not_set"
    assert isinstance(begin_business("advertiser", "user-1", None), ConnectLink)


def test_a_browser_is_sent_nowhere_that_is_not_listed(business):
    assert code(begin_business("account", "user-1", "https://evil.example")) == "return_to_refused"


def test_a_link_works_once(business):
    browser = Browser()

    assert code(redirect(browser.link_id)) == "connection_expired"


def test_a_link_leads_to_no_other_consent(business):
    connection = begin_business("account", "user-1", None)
    assert isinstance(connection, ConnectLink)

    assert code(depart_to_login(connection.connect_url.split("?c=")[1])) == "connection_expired"


def test_a_state_is_of_no_use_at_the_other_callback(business):
    browser = Browser()

    elsewhere = arrive_at_login({"state": browser.sent["state"], "code": CODE}, browser.cookies)

    assert code(elsewhere.outcome) == "connection_expired"
    assert connected(browser).status == "active"


def test_a_state_is_spent_once(business):
    browser = Browser()
    first = browser.back()

    again = browser.back()

    assert (again.outcome, again.location, again.shown) == (first.outcome, first.location, "again")
    assert len([path for path, _ in business.asked if "token" in path]) == 1


def test_a_state_is_of_no_use_in_another_browser(business):
    browser = Browser()
    browser.cookies = dict.fromkeys(browser.cookies, "guessed")

    arrival = browser.back()

    assert code(arrival.outcome) == "connection_other_browser"
    assert business.asked == []


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"error": "access_denied"}, "access_denied"),
        ({"other": "1"}, "invalid_request"),
        ({"auth_code": "spent"}, "invalid_grant"),
    ],
)
def test_a_way_back_without_a_grant_tells_why(business, query, refusal):
    arrival = Browser().back(**query)

    assert code(arrival.outcome) == refusal
    assert arrival.location == f"{RETURN_TO}?error={refusal}"
    assert all_business() == []


@pytest.mark.parametrize("trouble", ["server_error", "not_connected", "lost_answer"])
def test_a_code_is_not_sent_again_when_tiktok_gives_no_answer(business, trouble):
    business.plan = [trouble]

    assert code(Browser().back().outcome) == "tiktok_unanswered"
    assert len(business.asked) == 1


def test_disconnecting_gives_the_grant_back_and_erases_the_tokens(business):
    connection = connected(Browser())

    ended = disconnect_business(connection.connection_id)

    assert isinstance(ended, BusinessConnection)
    assert (ended.status, ended.revoked) == ("disconnected", True)
    assert business.revoked == [business.live_access]
    [row] = items("accounts")
    assert {"access_token", "refresh_token", "due_at", "due_shard"}.isdisjoint(row)
    assert code(get_business_token(connection.connection_id, outlive_s=60)) == "business_not_connected"


def test_disconnecting_works_without_tiktok(business):
    connection = connected(Browser())
    business.plan = ["server_error"]

    ended = disconnect_business(connection.connection_id)

    assert isinstance(ended, BusinessConnection)
    assert (ended.status, ended.revoked) == ("disconnected", False)


def test_letting_an_account_go_ends_what_serves_its_comments(business, account):
    connection = connected(Browser(account_id=account))

    disconnect(account)

    ended = get_business(connection.connection_id)
    assert ended is not None
    assert (ended.status, ended.revoked) == ("disconnected", True)


def test_disconnecting_twice_changes_nothing(business):
    connection = connected(Browser("advertiser"))

    first, second = disconnect_business(connection.connection_id), disconnect_business(connection.connection_id)

    assert first == second
    assert code(disconnect_business("biz_nobody")) == "not_found"


def test_an_app_that_was_changed_does_not_lose_what_it_connected(business):
    connection = connected(Browser())
    partner_secrets.store_business_app(BusinessApp("8000", APP.secret))
    partner_secrets._partners.cache_clear()

    assert plain(get_business_token(connection.connection_id, outlive_s=60)) == business.live_access


def test_no_secret_is_stored_in_plain_or_logged(business, account, caplog):
    caplog.set_level(logging.DEBUG, logger="dropcast")
    browser = Browser(account_id=account)

    shown = repr(browser.back())

    stored = str([items(table) for table in ("accounts", "connections", "outbox")])
    for secret in ("canary", browser.sent["state"], *browser.cookies.values()):
        assert secret not in stored.replace("canary-client", "")
        assert secret not in shown
        assert secret not in caplog.text
