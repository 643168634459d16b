"""The scopes that a link requests, and the scopes that the person refused."""

from urllib.parse import parse_qs, urlsplit

import pytest

from dropcast.accounts.connect.begin_consent import ConnectLink, RedirectToTikTok
from dropcast.accounts.connect.connect_account import (
    begin_connection,
    callback,
    redirect,
)
from dropcast.accounts.models import Account
from dropcast.settings import settings
from tests.unit.support.accounts import items
from tests.unit.support.oauth_browsers import CODE, RETURN_TO, AccountBrowser, answer, code


def test_a_declined_scope_is_reported(tiktok):
    tiktok.scopes = "user.info.basic,video.upload"

    arrival = AccountBrowser().back()

    assert isinstance(arrival.outcome, Account)
    assert answer(arrival)["missing_scopes"] == "user.info.profile,video.publish"
    assert arrival.outcome.status == "active"


def test_a_link_may_request_fewer_scopes(tiktok):
    asked = sent(begin_connection("user-1", RETURN_TO, scopes=["video.publish"]))

    assert asked == "user.info.basic,video.publish"


@pytest.mark.parametrize("scopes", [["video.create"], ["video.publish", "video.list"], [""]])
def test_a_scope_without_tiktoks_approval_is_refused_with_a_message(tiktok, scopes):
    refused = begin_connection("user-1", RETURN_TO, scopes=scopes)

    assert code(refused) == "scope_not_approved"
    assert items("connections") == []


def test_a_scope_that_lost_its_approval_is_not_requested(tiktok, cloud):
    connection = begin_connection("user-1", RETURN_TO)
    cloud.setenv("TIKTOK_SCOPES", "user.info.basic,video.upload")
    settings.cache_clear()

    assert sent(connection) == "user.info.basic,video.upload"


def test_missing_scopes_are_relative_to_the_requested_ones(tiktok):
    tiktok.scopes = "user.info.basic,video.publish"
    connection = begin_connection("user-1", RETURN_TO, scopes=["video.publish"])
    assert isinstance(connection, ConnectLink)
    departure = redirect(connection.connect_url.split("?c=")[1])
    assert isinstance(departure, RedirectToTikTok)
    state = parse_qs(urlsplit(departure.authorize_url).query)["state"][0]

    arrival = callback({"state": state, "code": CODE}, {departure.cookie_name: departure.cookie_value})

    assert set(answer(arrival)) == {"connected"}


def sent(connection) -> str:
    """The scopes in the consent request."""
    assert isinstance(connection, ConnectLink)
    departure = redirect(connection.connect_url.split("?c=")[1])
    assert isinstance(departure, RedirectToTikTok)
    return parse_qs(urlsplit(departure.authorize_url).query)["scope"][0]
