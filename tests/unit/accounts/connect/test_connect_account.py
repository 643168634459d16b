import hashlib
import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from dropcast.accounts.account_store import accounts_of_user, get_account
from dropcast.accounts.connect.connect_account import (
    begin_connection,
    callback,
    cookie_name,
    redirect,
)
from dropcast.accounts.connect.oauth_callback import ConnectResult
from dropcast.accounts.connect.oauth_flow import ConnectLink, RedirectToTikTok
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from tests.unit.support.accounts import ALL_SCOPES, items, plain

RETURN_TO = "https://app.example/done"
CODE = "canary-code*A1!4608.va"


class Browser:
    """One browser with its cookies, sent to TikTok and back."""

    def __init__(self, user_id: str = "user-1", return_to: str | None = RETURN_TO) -> None:
        connection = begin_connection(user_id, return_to)
        assert isinstance(connection, ConnectLink)
        self.link_id = connection.connect_url.split("?c=")[1]
        departure = redirect(self.link_id)
        assert isinstance(departure, RedirectToTikTok)
        self.sent = {name: values[0] for name, values in parse_qs(urlsplit(departure.authorize_url).query).items()}
        self.cookies = {departure.cookie_name: departure.cookie_value}

    def back(self, **query: str) -> ConnectResult:
        return callback({"state": self.sent["state"]} | (query or {"code": CODE}), self.cookies)


def code(outcome) -> str:
    assert isinstance(outcome, Problem), outcome
    return outcome.code


def answer(arrival: ConnectResult) -> dict[str, str]:
    assert arrival.location is not None
    assert arrival.location.startswith(RETURN_TO + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(arrival.location).query).items()}


def test_a_person_connects_an_account(tiktok):
    arrival = Browser().back()

    account = arrival.outcome
    assert isinstance(account, Account)
    assert answer(arrival) == {"connected": account.account_id}
    [stored] = accounts_of_user("user-1")
    assert (stored.username, stored.nickname, stored.status) == ("ana", "Ana", "active")
    assert stored.scopes == set(ALL_SCOPES.split(","))
    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert plain(tokens.access_token()) == tiktok.live_access


def test_tiktok_is_asked_for_consent_with_a_hex_challenge_whose_verifier_follows(tiktok):
    browser = Browser()
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


def test_a_code_reaches_tiktok_as_it_came(tiktok):
    Browser().back(code="a*b!c%2Ad+e")

    assert tiktok.forms[0]["code"] == "a*b!c%2Ad+e"


def test_a_link_works_once(tiktok):
    browser = Browser()

    assert code(redirect(browser.link_id)) == "connection_expired"


def test_a_link_expires(tiktok, held_clock):
    connection = begin_connection("user-1", RETURN_TO)
    assert isinstance(connection, ConnectLink)
    link_id = connection.connect_url.split("?c=")[1]

    held_clock.at = connection.expires_at

    assert code(redirect(link_id)) == "connection_expired"


def test_an_unknown_link_is_told_like_a_spent_one(tiktok):
    assert code(redirect("")) == code(redirect("guessed")) == "connection_expired"


def test_a_link_is_not_spent_while_no_app_is_set(tiktok, cloud):
    from dropcast.accounts import tiktok_app
    from dropcast.tiktok.oauth import AppCredentials

    connection = begin_connection("user-1", RETURN_TO)
    assert isinstance(connection, ConnectLink)
    link_id = connection.connect_url.split("?c=")[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            tiktok_app, "app_credentials", lambda: AppCredentials(tiktok_app.PLACEHOLDER, tiktok_app.SecretStr("x"))
        )
        assert code(redirect(link_id)) == "app_not_set"

    assert isinstance(redirect(link_id), RedirectToTikTok)


def test_a_state_works_once(tiktok):
    browser = Browser()
    first = browser.back()

    replayed = browser.back()

    assert (replayed.location, replayed.shown) == (first.location, "again")
    assert len(tiktok.forms) == 1


def test_a_state_expires(tiktok, held_clock):
    browser = Browser()
    held_clock.at += 601

    assert code(browser.back().outcome) == "connection_expired"
    assert tiktok.forms == []


@pytest.mark.parametrize("cookies", [{}, {"name": "forged"}], ids=["none", "forged"])
def test_another_browser_cannot_finish_what_one_began(tiktok, cookies):
    browser = Browser()
    query = {"state": browser.sent["state"], "code": CODE}

    stranger = callback(query, {cookie_name(query["state"]): value for value in cookies.values()})

    assert code(stranger.outcome) == "connection_other_browser"
    assert tiktok.forms == []
    assert isinstance(browser.back().outcome, Account)


def test_the_cookie_of_another_attempt_does_not_help(tiktok):
    mine, theirs = Browser("user-1"), Browser("user-2")
    [their_secret] = theirs.cookies.values()

    mixed = callback(
        {"state": mine.sent["state"], "code": CODE}, theirs.cookies | {cookie_name(mine.sent["state"]): their_secret}
    )

    assert code(mixed.outcome) == "connection_other_browser"


def test_two_tabs_of_one_browser_do_not_disturb_each_other(tiktok):
    first, second = Browser(), Browser()
    jar = first.cookies | second.cookies
    first.cookies = second.cookies = jar

    assert isinstance(second.back().outcome, Account)
    assert isinstance(first.back().outcome, Account)


@pytest.mark.parametrize("state", [{}, {"state": ""}, {"state": "guessed"}])
def test_an_unknown_state_goes_nowhere(tiktok, state):
    arrival = callback(state | {"code": CODE}, {})

    assert (code(arrival.outcome), arrival.location) == ("connection_expired", None)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("access_denied", "access_denied"),
        ("invalid_scope", "invalid_scope"),
        ("non_sandbox_target", "non_sandbox_target"),
        ("<script>" * 20, "tiktok_refused"),
    ],
)
def test_a_refusal_on_tiktoks_page_comes_back_as_an_error(tiktok, error, expected):
    browser = Browser()

    arrival = browser.back(error=error, error_description="no")

    assert answer(arrival) == {"error": expected}
    assert browser.back().location == arrival.location
    assert tiktok.forms == []


def test_neither_code_nor_error_is_an_error(tiktok):
    assert answer(Browser().back(scopes="")) == {"error": "invalid_request"}


def test_a_scope_that_was_unticked_is_told(tiktok):
    tiktok.scopes = "user.info.basic,video.upload"

    arrival = Browser().back()

    assert isinstance(arrival.outcome, Account)
    assert answer(arrival)["missing_scopes"] == "user.info.profile,video.publish"
    assert arrival.outcome.status == "active"


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("refuse:invalid_grant", "invalid_grant"),
        ("refuse:invalid_client", "invalid_client"),
        ("server_error", "tiktok_unanswered"),
        ("lost_answer", "tiktok_unanswered"),
    ],
)
def test_an_exchange_that_fails_connects_nothing_and_sends_the_code_once(tiktok, trouble, expected):
    tiktok.plan = [trouble]

    arrival = Browser().back()

    assert answer(arrival) == {"error": expected}
    assert (len(tiktok.forms), accounts_of_user("user-1")) == (1, [])


def test_a_second_user_cannot_take_a_connected_account(tiktok):
    Browser("user-1").back()

    assert answer(Browser("user-2").back()) == {"error": "account_taken"}


def test_an_account_is_connected_even_if_tiktok_does_not_say_who_it_is(tiktok):
    tiktok.user, tiktok.creator = {"fails": True}, "internal_error"

    account = Browser().back().outcome

    assert isinstance(account, Account)
    assert get_tokens(account.account_id) is not None
    found = get_account(account.account_id)
    assert found is not None
    assert found.nickname is None


def test_names_known_before_stay_when_tiktok_is_silent(tiktok):
    Browser().back()
    tiktok.user = {"fails": True}

    account = Browser().back().outcome

    assert isinstance(account, Account)
    assert account.nickname == "Ana"


@pytest.mark.parametrize("return_to", ["https://evil.example/", "https://app.example@evil.example/", "/done", ""])
def test_a_link_to_elsewhere_is_refused(tiktok, return_to):
    assert code(begin_connection("user-1", return_to)) == "return_to_refused"
    assert items("connections") == []


@pytest.mark.parametrize("user_id", ["", "  ", "x" * 257])
def test_a_link_needs_a_user(tiktok, user_id):
    assert code(begin_connection(user_id, RETURN_TO)) == "invalid_request"


def test_without_return_to_the_answer_is_shown_here(tiktok):
    arrival = Browser(return_to=None).back()

    assert isinstance(arrival.outcome, Account)
    assert arrival.location is None


def test_an_origin_that_was_taken_off_the_list_is_not_returned_to(tiktok, cloud):
    browser = Browser()
    cloud.setenv("RETURN_TO_ORIGINS", "https://other.example")
    settings.cache_clear()

    assert browser.back().location is None


def test_no_secret_is_kept_in_plain_or_logged(tiktok, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "botocore")  # at DEBUG it writes every body, and nothing of ours switches that on
    tiktok.plan = ["", "refuse:invalid_grant"]
    first = begin_connection("user-1", RETURN_TO)
    browser = Browser()
    kept = repr(items("connections"))

    browser.back()
    Browser().back()

    [secret] = browser.cookies.values()
    verifier = tiktok.forms[0]["code_verifier"]
    assert isinstance(first, ConnectLink)
    secrets = [first.connect_url[-20:], browser.sent["state"], secret, verifier]
    written = caplog.text + "".join(capfd.readouterr()) + repr(first)
    assert not [one for one in secrets if one in kept + written]
    assert "canary" not in written
    assert "canary" not in repr(items("accounts")) + repr(items("outbox")) + repr(items("connections"))


def test_a_link_may_ask_for_less(tiktok):
    asked = sent(begin_connection("user-1", RETURN_TO, scopes=["video.publish"]))

    assert asked == "user.info.basic,video.publish"


@pytest.mark.parametrize("scopes", [["video.create"], ["video.publish", "video.list"], [""]])
def test_a_scope_that_tiktok_did_not_approve_is_refused_in_words(tiktok, scopes):
    refused = begin_connection("user-1", RETURN_TO, scopes=scopes)

    assert code(refused) == "scope_not_approved"
    assert items("connections") == []


def test_a_scope_that_lost_its_approval_meanwhile_is_not_asked_for(tiktok, cloud):
    connection = begin_connection("user-1", RETURN_TO)
    cloud.setenv("TIKTOK_SCOPES", "user.info.basic,video.upload")
    settings.cache_clear()

    assert sent(connection) == "user.info.basic,video.upload"


def test_what_is_missing_is_measured_by_what_was_asked_for(tiktok):
    tiktok.scopes = "user.info.basic,video.publish"
    connection = begin_connection("user-1", RETURN_TO, scopes=["video.publish"])
    assert isinstance(connection, ConnectLink)
    departure = redirect(connection.connect_url.split("?c=")[1])
    assert isinstance(departure, RedirectToTikTok)
    state = parse_qs(urlsplit(departure.authorize_url).query)["state"][0]

    arrival = callback({"state": state, "code": CODE}, {departure.cookie_name: departure.cookie_value})

    assert set(answer(arrival)) == {"connected"}


def sent(connection) -> str:
    """The scopes that TikTok is asked for."""
    assert isinstance(connection, ConnectLink)
    departure = redirect(connection.connect_url.split("?c=")[1])
    assert isinstance(departure, RedirectToTikTok)
    return parse_qs(urlsplit(departure.authorize_url).query)["scope"][0]
