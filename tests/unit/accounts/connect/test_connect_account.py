import hashlib
import logging

import pytest

from dropcast.accounts.account_store import accounts_of_user, get_account
from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.connect_account import (
    begin_connection,
)
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.settings import settings
from tests.unit.support.accounts import items, plain
from tests.unit.support.fake_tiktok import ALL_SCOPES
from tests.unit.support.oauth_browsers import RETURN_TO, AccountBrowser, answer, code


def test_a_person_connects_an_account(tiktok):
    arrival = AccountBrowser().back()

    account = arrival.outcome
    assert isinstance(account, Account)
    assert answer(arrival) == {"connected": account.account_id}
    [stored] = accounts_of_user("user-1")
    assert (stored.username, stored.nickname, stored.status) == ("ana", "Ana", "active")
    assert stored.scopes == set(ALL_SCOPES.split(","))
    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert plain(tokens.access_token()) == tiktok.live_access


def test_the_consent_request_has_a_hex_challenge_whose_verifier_follows(tiktok):
    browser = AccountBrowser()
    browser.back()

    [form] = tiktok.forms
    assert browser.sent | {"state": "", "code_challenge": ""} == {
        "client_key": "key-1",
        "scope": ALL_SCOPES,
        "redirect_uri": "https://dropcast.example/oauth/tiktok/callback",
        "state": "",
        "response_type": "code",
        "disable_auto_auth": "1",
        "code_challenge": "",
        "code_challenge_method": "S256",
    }
    assert browser.sent["code_challenge"] == hashlib.sha256(form["code_verifier"].encode()).hexdigest()
    assert form["redirect_uri"] == browser.sent["redirect_uri"]


def test_a_code_reaches_tiktok_unchanged(tiktok):
    AccountBrowser().back(code="a*b!c%2Ad+e")

    assert tiktok.forms[0]["code"] == "a*b!c%2Ad+e"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("access_denied", "access_denied"),
        ("invalid_scope", "invalid_scope"),
        ("non_sandbox_target", "non_sandbox_target"),
        ("<script>" * 20, "tiktok_refused"),
    ],
)
def test_a_refusal_on_tiktoks_page_is_returned_as_an_error(tiktok, error, expected):
    browser = AccountBrowser()

    arrival = browser.back(error=error, error_description="no")

    assert answer(arrival) == {"error": expected}
    assert browser.back().location == arrival.location
    assert tiktok.forms == []


def test_a_callback_without_code_and_error_is_an_error(tiktok):
    assert answer(AccountBrowser().back(scopes="")) == {"error": "invalid_request"}


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("refuse:invalid_grant", "invalid_grant"),
        ("refuse:invalid_client", "invalid_client"),
        ("server_error", "tiktok_unanswered"),
        ("lost_answer", "tiktok_unanswered"),
    ],
)
def test_a_failed_exchange_connects_nothing_and_sends_the_code_once(tiktok, trouble, expected):
    tiktok.plan = [trouble]

    arrival = AccountBrowser().back()

    assert answer(arrival) == {"error": expected}
    assert (len(tiktok.forms), accounts_of_user("user-1")) == (1, [])


def test_a_second_user_cannot_take_a_connected_account(tiktok):
    AccountBrowser("user-1").back()

    assert answer(AccountBrowser("user-2").back()) == {"error": "account_taken"}


def test_an_account_is_connected_even_if_tiktok_returns_no_profile(tiktok):
    tiktok.user, tiktok.creator = {"fails": True}, "internal_error"

    account = AccountBrowser().back().outcome

    assert isinstance(account, Account)
    assert get_tokens(account.account_id) is not None
    found = get_account(account.account_id)
    assert found is not None
    assert found.nickname is None


def test_known_names_stay_if_tiktok_does_not_answer(tiktok):
    AccountBrowser().back()
    tiktok.user = {"fails": True}

    account = AccountBrowser().back().outcome

    assert isinstance(account, Account)
    assert account.nickname == "Ana"


@pytest.mark.parametrize("return_to", ["https://evil.example/", "https://app.example@evil.example/", "/done", ""])
def test_a_link_to_an_unlisted_address_is_refused(tiktok, return_to):
    assert code(begin_connection("user-1", return_to)) == "return_to_refused"
    assert items("connections") == []


def test_a_link_may_return_to_a_page_of_this_deployment(tiktok):
    assert isinstance(begin_connection("user-1", "https://dropcast.example/console/connected"), ConnectLink)


@pytest.mark.parametrize(
    "return_to", ["http://dropcast.example/", "https://dropcast.example:444/", "https://x.dropcast.example/"]
)
def test_another_port_of_this_deployments_host_is_refused(tiktok, return_to):
    assert code(begin_connection("user-1", return_to)) == "return_to_refused"


@pytest.mark.parametrize("user_id", ["", "  ", "x" * 257])
def test_a_link_needs_a_user(tiktok, user_id):
    assert code(begin_connection(user_id, RETURN_TO)) == "invalid_request"


def test_without_return_to_the_outcome_is_shown_here(tiktok):
    arrival = AccountBrowser(return_to=None).back()

    assert isinstance(arrival.outcome, Account)
    assert arrival.location is None


def test_an_origin_removed_from_the_list_is_no_longer_used(tiktok, cloud):
    browser = AccountBrowser()
    cloud.setenv("RETURN_TO_ORIGINS", "https://other.example")
    settings.cache_clear()

    assert browser.back().location is None


def test_no_secret_is_stored_in_plain_text_or_logged(tiktok, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "botocore")  # at DEBUG it logs every body, which none of our code enables
    tiktok.plan = ["", "refuse:invalid_grant"]
    first = begin_connection("user-1", RETURN_TO)
    browser = AccountBrowser()
    kept = repr(items("connections"))

    browser.back()
    AccountBrowser().back()

    [secret] = browser.cookies.values()
    verifier = tiktok.forms[0]["code_verifier"]
    assert isinstance(first, ConnectLink)
    secrets = [first.connect_url[-20:], browser.sent["state"], secret, verifier]
    written = caplog.text + "".join(capfd.readouterr()) + repr(first)
    assert not [one for one in secrets if one in kept + written]
    assert "canary" not in written
    assert "canary" not in repr(items("accounts")) + repr(items("outbox")) + repr(items("connections"))
