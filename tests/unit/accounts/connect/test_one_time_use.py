"""A link and a state work once, for ten minutes, in one browser."""

import pytest

from dropcast.accounts.connect.begin_consent import ConnectLink, RedirectToTikTok
from dropcast.accounts.connect.connect_account import (
    begin_connection,
    callback,
    cookie_name,
    redirect,
)
from dropcast.accounts.models import Account
from tests.unit.support.oauth_browsers import CODE, RETURN_TO, AccountBrowser, code


def test_a_link_works_once(tiktok):
    browser = AccountBrowser()

    assert code(redirect(browser.link_id)) == "connection_expired"


def test_a_link_expires(tiktok, held_clock):
    connection = begin_connection("user-1", RETURN_TO)
    assert isinstance(connection, ConnectLink)
    link_id = connection.connect_url.split("?c=")[1]

    held_clock.at = connection.expires_at

    assert code(redirect(link_id)) == "connection_expired"


def test_an_unknown_link_gets_the_same_answer_as_a_used_one(tiktok):
    assert code(redirect("")) == code(redirect("guessed")) == "connection_expired"


def test_a_link_is_not_used_up_while_no_app_is_set(tiktok, cloud):
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
    browser = AccountBrowser()
    first = browser.back()

    replayed = browser.back()

    assert (replayed.location, replayed.shown) == (first.location, "again")
    assert len(tiktok.forms) == 1


def test_a_state_expires(tiktok, held_clock):
    browser = AccountBrowser()
    held_clock.at += 601

    assert code(browser.back().outcome) == "connection_expired"
    assert tiktok.forms == []


@pytest.mark.parametrize("cookies", [{}, {"name": "forged"}], ids=["none", "forged"])
def test_another_browser_cannot_finish_a_connection(tiktok, cookies):
    browser = AccountBrowser()
    query = {"state": browser.sent["state"], "code": CODE}

    stranger = callback(query, {cookie_name(query["state"]): value for value in cookies.values()})

    assert code(stranger.outcome) == "connection_other_browser"
    assert tiktok.forms == []
    assert isinstance(browser.back().outcome, Account)


def test_the_cookie_of_another_attempt_is_refused(tiktok):
    mine, theirs = AccountBrowser("user-1"), AccountBrowser("user-2")
    [their_secret] = theirs.cookies.values()

    mixed = callback(
        {"state": mine.sent["state"], "code": CODE}, theirs.cookies | {cookie_name(mine.sent["state"]): their_secret}
    )

    assert code(mixed.outcome) == "connection_other_browser"


def test_two_tabs_of_one_browser_do_not_interfere(tiktok):
    first, second = AccountBrowser(), AccountBrowser()
    jar = first.cookies | second.cookies
    first.cookies = second.cookies = jar

    assert isinstance(second.back().outcome, Account)
    assert isinstance(first.back().outcome, Account)


@pytest.mark.parametrize("state", [{}, {"state": ""}, {"state": "guessed"}])
def test_an_unknown_state_redirects_nowhere(tiktok, state):
    arrival = callback(state | {"code": CODE}, {})

    assert (code(arrival.outcome), arrival.location) == ("connection_expired", None)
