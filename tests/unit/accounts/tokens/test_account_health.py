"""The state of an account and of its connection, described for people."""

from dataclasses import replace

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.account_health import account_health
from dropcast.accounts.tokens.token_store import StoredTokens, get_tokens, visible_account_with_tokens
from dropcast.aws import clients
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem

NOW = 1_795_996_800
DAY = 24 * 3600
ACCOUNT = Account("acc_1", "user-1", "open-1", "active", frozenset({"video.publish"}), 1)
TOKENS = StoredTokens(
    account_id="acc_1",
    open_id="open-1",
    version=1,
    sealed_access_token=b"",
    sealed_refresh_token=b"",
    refreshed_at=NOW - DAY,
    access_expires_at=NOW,
    refresh_expires_at=NOW + 364 * DAY,
    due_at=NOW,
    in_use_until=NOW,
)


def test_a_working_connection_shows_its_end():
    found = account_health(ACCOUNT, TOKENS, NOW)

    assert (found.works, found.fix, found.renewed_at, found.ends_at) == (True, None, NOW - DAY, NOW + 364 * DAY)


def test_a_connection_that_ends_soon_works_and_shows_the_fix():
    found = account_health(ACCOUNT, replace(TOKENS, refresh_expires_at=NOW + 14 * DAY), NOW)

    assert (found.works, found.fix) == (True, "Connect the account again.")
    assert "ends soon" in found.words


@pytest.mark.parametrize("tokens", [None, replace(TOKENS, refresh_expires_at=NOW)])
def test_an_account_without_valid_tokens_is_reported_as_broken(tokens):
    found = account_health(ACCOUNT, tokens, NOW)

    assert (found.works, found.fix) == (False, "Connect the account again.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "reconnect_needed"}, "TikTok no longer accepts"),
        ({"status": "unconfirmed"}, "has not been confirmed"),
        ({"status": "disconnected", "end_reason": "banned"}, "TikTok banned the account."),
        ({"status": "disconnected", "end_reason": "removed_at_tiktok"}, "removed the app in TikTok"),
    ],
)
def test_a_broken_account_shows_the_reason_and_the_fix(changes, words):
    found = account_health(replace(ACCOUNT, **changes), TOKENS, NOW)

    assert not found.works
    assert words in found.words
    assert found.fix


def test_an_account_and_its_tokens_cost_one_call(tiktok):
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    calls: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call", lambda model, **_: calls.append(model.name))

    found = visible_account_with_tokens(connected.account_id, SYSTEM)

    assert calls == ["BatchGetItem"]
    assert found == (connected, get_tokens(connected.account_id))


def test_another_users_account_is_not_found(tiktok):
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    bound = Caller("dk_1", frozenset({"read"}), "user-2")

    found = [visible_account_with_tokens(connected.account_id, bound), visible_account_with_tokens("acc_no", SYSTEM)]

    assert [one.code for one in found if isinstance(one, Problem)] == ["account_not_found"] * 2
