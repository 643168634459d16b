import logging

import pytest

from dropcast.accounts import partner_secrets
from dropcast.accounts.business.connect_business import (
    begin_business,
    redirect,
)
from dropcast.accounts.business.connection_store import (
    active_connections,
    all_business,
)
from dropcast.accounts.business.fresh_token import get_business_token
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.connect_account import callback as arrive_at_login
from dropcast.accounts.connect.connect_account import redirect as depart_to_login
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.settings import settings
from dropcast.tiktok.business.oauth import BusinessApp
from tests.unit.support.accounts import change_account, items, plain
from tests.unit.support.business import APP, CALLBACK, CODE
from tests.unit.support.oauth_browsers import RETURN_TO, BusinessBrowser, code, connected


@pytest.fixture
def account(tiktok, business) -> str:
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    return made.account_id


def test_an_account_holder_is_connected(business):
    browser = BusinessBrowser()

    arrival = browser.back()

    connection = arrival.outcome
    assert isinstance(connection, BusinessConnection)
    assert (connection.kind, connection.status, connection.business_id) == ("account", "active", "biz-open-1")
    assert connection.scopes == {"comment.list", "comment.list.manage"}
    assert arrival.location == f"{RETURN_TO}?connected={connection.connection_id}"
    assert active_connections("account") == [connection]
    assert plain(get_business_token(connection.connection_id, outlive_s=60)) == business.live_access


def test_a_holder_is_sent_to_the_portals_address_with_our_state(business):
    browser = BusinessBrowser()

    assert browser.page.netloc == "www.tiktok.com"
    assert browser.sent | {"state": ""} == {
        "client_key": "7000",
        "scope": "comment.list",
        "redirect_uri": CALLBACK,
        "state": "",
    }


def test_an_advertiser_is_connected(business):
    business.advertiser_ids = [7100000000000000123, "7100"]
    browser = BusinessBrowser("advertiser")

    connection = connected(browser)

    assert browser.sent | {"state": ""} == {"app_id": "7000", "redirect_uri": CALLBACK, "state": ""}
    assert connection.advertiser_ids == ("7100000000000000123", "7100")
    assert active_connections("advertiser") == [connection]
    assert plain(get_business_token(connection.connection_id, outlive_s=60)) == business.live_advertiser


def test_an_auth_code_in_the_parameter_code_is_accepted(business):
    assert connected(BusinessBrowser(), code=CODE).status == "active"


def test_auth_code_wins_over_code(business):
    assert connected(BusinessBrowser(), auth_code=CODE, code="another").status == "active"


def test_a_second_consent_keeps_the_connection(business):
    first = connected(BusinessBrowser())
    again = connected(BusinessBrowser())

    assert first.connection_id == again.connection_id
    assert len(all_business()) == 1
    assert plain(get_business_token(again.connection_id, outlive_s=60)) == business.live_access


def test_another_user_cannot_take_over_a_connection(business):
    connected(BusinessBrowser())

    outcome = BusinessBrowser(user_id="user-2").back().outcome

    assert code(outcome) == "account_taken"
    assert all_business()[0].user_id == "user-1"


def test_a_person_without_an_advertiser_account_gets_an_error(business):
    business.advertiser_ids = []

    assert code(BusinessBrowser("advertiser").back().outcome) == "business_no_advertiser"
    assert all_business() == []


@pytest.mark.parametrize(
    ("kind", "account_id", "refusal"),
    [("account", "acc_nobody", "account_not_found"), ("advertiser", "acc_1", "invalid_request")],
)
def test_a_link_for_an_impossible_connection_is_refused(business, kind, account_id, refusal):
    assert code(begin_business(kind, "user-1", None, account_id=account_id)) == refusal


def test_no_link_is_made_for_another_users_account(business, account):
    assert code(begin_business("account", "user-2", None, account_id=account)) == "invalid_request"


def test_no_link_is_made_for_a_disconnected_account(business, account):
    change_account(account, status="disconnected")

    assert code(begin_business("account", "user-1", None, account_id=account)) == "account_disconnected"


def test_without_an_app_no_link_is_made(cloud):
    assert code(begin_business("advertiser", "user-1", None)) == "business_not_set"


@pytest.mark.parametrize("holder_url", ["", "https://www.tiktok.com/v2/auth/authorize?redirect_uri=https://else/"])
def test_without_the_portals_address_only_advertisers_can_connect(business, cloud, holder_url):
    cloud.setenv("TIKTOK_BUSINESS_HOLDER_URL", holder_url)
    settings.cache_clear()

    assert code(begin_business("account", "user-1", None)) == "business_not_set"
    assert isinstance(begin_business("advertiser", "user-1", None), ConnectLink)


def test_a_browser_is_redirected_only_to_listed_addresses(business):
    assert code(begin_business("account", "user-1", "https://evil.example")) == "return_to_refused"


def test_a_link_works_once(business):
    browser = BusinessBrowser()

    assert code(redirect(browser.link_id)) == "connection_expired"


def test_a_link_cannot_be_used_for_another_consent(business):
    connection = begin_business("account", "user-1", None)
    assert isinstance(connection, ConnectLink)

    assert code(depart_to_login(connection.connect_url.split("?c=")[1])) == "connection_expired"


def test_a_state_cannot_be_used_at_the_other_callback(business):
    browser = BusinessBrowser()

    elsewhere = arrive_at_login({"state": browser.sent["state"], "code": CODE}, browser.cookies)

    assert code(elsewhere.outcome) == "connection_expired"
    assert connected(browser).status == "active"


def test_a_state_works_once(business):
    browser = BusinessBrowser()
    first = browser.back()

    again = browser.back()

    assert (again.outcome, again.location, again.shown) == (first.outcome, first.location, "again")
    assert len([path for path, _ in business.asked if "token" in path]) == 1


def test_a_state_cannot_be_used_in_another_browser(business):
    browser = BusinessBrowser()
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
def test_a_callback_without_a_grant_says_why(business, query, refusal):
    arrival = BusinessBrowser().back(**query)

    assert code(arrival.outcome) == refusal
    assert arrival.location == f"{RETURN_TO}?error={refusal}"
    assert all_business() == []


@pytest.mark.parametrize("trouble", ["server_error", "not_connected", "lost_answer"])
def test_a_code_is_not_sent_again_if_tiktok_does_not_answer(business, trouble):
    business.plan = [trouble]

    assert code(BusinessBrowser().back().outcome) == "tiktok_unanswered"
    assert len(business.asked) == 1


def test_a_changed_app_keeps_its_earlier_connections(business):
    connection = connected(BusinessBrowser())
    partner_secrets.store_business_app(BusinessApp("8000", APP.secret))
    partner_secrets._partners.cache_clear()

    assert plain(get_business_token(connection.connection_id, outlive_s=60)) == business.live_access


def test_no_secret_is_stored_in_plain_or_logged(business, account, caplog):
    caplog.set_level(logging.DEBUG, logger="dropcast")
    browser = BusinessBrowser(account_id=account)

    shown = repr(browser.back())

    stored = str([items(table) for table in ("accounts", "connections", "outbox")])
    for secret in ("canary", browser.sent["state"], *browser.cookies.values()):
        assert secret not in stored.replace("canary-client", "")
        assert secret not in shown
        assert secret not in caplog.text
