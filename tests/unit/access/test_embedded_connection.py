"""Connecting from an embedded page: only the window that returns from TikTok reports the outcome to the page."""

import pytest

from dropcast.access import embedded_connection
from dropcast.access.embedded_connection import (
    OTHER_ACCOUNT,
    begin_embedded_connection,
    embedded_outcome,
    save_embedded_outcome,
)
from dropcast.access.embeds import EmbedSession, current_embed
from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.link_and_state_store import get_link
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem
from tests.unit.access.test_embeds import key_of, opened


def begun(found: EmbedSession) -> str:
    """Begin a consent. Return the secret in the address to which the window returns."""
    link = begin_embedded_connection(found)
    assert isinstance(link, ConnectLink)
    stored = get_link(link.connect_url.partition("c=")[2], "login")
    assert stored
    assert stored.user_id == found.embed.user_id
    page, _, attempt = (stored.return_to or "").partition("?attempt=")
    assert page == f"https://dropcast.example/embed/{found.embed.embed_id}/connected"
    return attempt


def outcome(found: EmbedSession, token: str) -> Account | Problem | str | None:
    now = current_embed(found.embed.embed_id, token)
    assert now
    return embedded_outcome(now)


def connected(tiktok, user_id: str = "ana") -> Account:
    account = save_connection(user_id, tiktok.grant())
    assert isinstance(account, Account)
    return account


def test_the_page_learns_which_account_was_connected(cloud, tiktok):
    found, token = opened(key_of(), page="connect")
    attempt = begun(found)
    assert outcome(found, token) is None
    account = connected(tiktok)

    save_embedded_outcome(found.embed.embed_id, attempt, connected=account.account_id, error=None)

    assert outcome(found, token) == account


@pytest.mark.parametrize(("error", "code"), [("access_denied", "access_denied"), ("<b>made up</b>", "internal_error")])
def test_the_page_learns_why_nothing_was_connected(cloud, error, code):
    found, token = opened(key_of(), page="connect")

    save_embedded_outcome(found.embed.embed_id, begun(found), connected=None, error=error)

    why = outcome(found, token)
    assert isinstance(why, Problem)
    assert why.code == code


def test_only_the_window_of_the_last_consent_reports_and_only_once(cloud, tiktok):
    found, token = opened(key_of(), page="connect")
    earlier, last = begun(found), begun(found)

    for attempt in ("", "made up", earlier):
        save_embedded_outcome(found.embed.embed_id, attempt, connected=None, error="access_denied")
    assert outcome(found, token) is None
    account = connected(tiktok)
    save_embedded_outcome(found.embed.embed_id, last, connected=account.account_id, error=None)
    save_embedded_outcome(found.embed.embed_id, last, connected=None, error="access_denied")

    assert outcome(found, token) == account


@pytest.mark.parametrize(("embed_id", "connected"), [("", None), ("x" * 3000, None), ("é", None), (None, "a" * 3000)])
def test_an_id_that_no_row_can_have_stores_nothing(cloud, embed_id, connected):
    found, token = opened(key_of(), page="connect")
    attempt = begun(found)

    save_embedded_outcome(embed_id or found.embed.embed_id, attempt, connected=connected, error=None)

    assert outcome(found, token) is None


def test_another_users_account_is_not_reported(cloud, tiktok):
    found, token = opened(key_of(), page="connect")
    account = connected(tiktok, "ben")

    save_embedded_outcome(found.embed.embed_id, begun(found), connected=account.account_id, error=None)

    why = outcome(found, token)
    assert isinstance(why, Problem)
    assert why.code == "account_not_found"


def test_an_embed_for_one_account_refuses_another(cloud, tiktok):
    account = connected(tiktok)
    found, token = opened(key_of(), page="connect", account_id=account.account_id)

    save_embedded_outcome(found.embed.embed_id, begun(found), connected="acc_2", error=None)

    assert outcome(found, token) == OTHER_ACCOUNT


def test_a_refused_link_starts_no_consent(cloud, monkeypatch):
    found, _ = opened(key_of(), page="connect")
    monkeypatch.setattr(embedded_connection, "begin_connection", lambda *_: problem("return_to_refused"))

    assert begin_embedded_connection(found) == problem("return_to_refused")
