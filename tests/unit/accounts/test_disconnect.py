"""The end of a connection, by the caller or by TikTok."""

import pytest

from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect, handle_removal
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.fresh_token import get_fresh_token, refresh_if_due
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.errors.problem import Problem
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.support.accounts import event_names, items


@pytest.fixture
def account(tiktok) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected


def removal(at: int, reason: str | None = "1", open_id: str | None = "open-1") -> WebhookEvent:
    return WebhookEvent("authorization.removed", at, open_id, None, None, reason, None)


def stands(account: Account) -> Account:
    found = get_account(account.account_id)
    assert found is not None
    return found


def test_a_disconnected_account_is_revoked_has_no_tokens_and_stays_stored(account, tiktok):
    token = tiktok.live_access

    ended = disconnect(account.account_id)

    assert isinstance(ended, Account)
    assert (ended.status, ended.end_reason, ended.revoked) == ("disconnected", "disconnected_here", True)
    assert tiktok.revoked == [token]
    assert get_tokens(account.account_id) is None
    assert event_names() == ["account.connected", "account.disconnected"]
    [row] = [item for item in items("accounts") if item["sk"] == "account"]
    assert "due_shard" not in row


def test_an_expired_token_is_refreshed_so_that_it_can_be_revoked(account, tiktok, held_clock):
    held_clock.at += tiktok.expires_in

    ended = disconnect(account.account_id)

    assert isinstance(ended, Account)
    assert ended.revoked is True
    assert tiktok.revoked == [tiktok.live_access]


def test_an_account_is_disconnected_here_even_if_tiktok_does_not_answer(account, tiktok):
    tiktok.revoke_fails = True

    ended = disconnect(account.account_id)

    assert isinstance(ended, Account)
    assert (ended.status, ended.revoked) == ("disconnected", False)
    assert get_tokens(account.account_id) is None


def test_a_token_from_a_refresh_with_a_lost_answer_is_revoked_too(account, tiktok):
    tiktok.live_access = "act.of-a-refresh-whose-answer-was-lost"

    ended = disconnect(account.account_id)

    assert isinstance(ended, Account)
    assert ended.revoked is True
    assert tiktok.revoked == ["act.canary-1", tiktok.live_access]


def test_an_account_whose_owner_already_removed_the_app_is_disconnected(account, tiktok):
    tiktok.lose_grant()

    ended = disconnect(account.account_id)

    assert isinstance(ended, Account)
    assert (ended.status, ended.revoked) == ("disconnected", False)
    assert get_tokens(account.account_id) is None


def test_disconnecting_during_a_refresh_leaves_no_token(account, tiktok, held_clock):
    held_clock.at += 5400
    ended: list[object] = []
    tiktok.on_refresh = lambda: ended.append(disconnect(account.account_id))

    outcome = refresh_if_due(account.account_id)

    assert isinstance(outcome, Problem)
    assert outcome.code == "reconnect_needed"
    assert stands(account).status == "disconnected"
    assert get_tokens(account.account_id) is None
    assert event_names() == ["account.connected", "account.disconnected"]


def test_disconnecting_twice_changes_nothing(account, tiktok, held_clock):
    first = disconnect(account.account_id)
    held_clock.at += 5

    assert disconnect(account.account_id) == first
    assert len(tiktok.revoked) == 1
    assert event_names().count("account.disconnected") == 1


def test_an_unknown_account_cannot_be_disconnected(tiktok):
    outcome = disconnect("acc_none")

    assert isinstance(outcome, Problem)
    assert outcome.code == "account_not_found"


def test_an_account_can_be_connected_again_with_the_same_id(account, tiktok):
    disconnect(account.account_id)

    again = save_connection("user-1", tiktok.grant())

    assert isinstance(again, Account)
    assert (again.account_id, again.status, again.end_reason) == (account.account_id, "active", None)


def test_another_user_may_connect_it_afterwards(account, tiktok):
    disconnect(account.account_id)

    theirs = save_connection("user-2", tiktok.grant())

    assert isinstance(theirs, Account)
    assert theirs.account_id != account.account_id
    assert stands(account).status == "disconnected"


@pytest.mark.parametrize(
    ("reason", "known_as"),
    [
        ("0", "unknown"),
        ("1", "removed_at_tiktok"),
        ("2", "account_deleted"),
        ("3", "age_changed"),
        ("4", "banned"),
        ("5", "revoked"),
        (None, "unknown"),
        ("99", "unknown"),
    ],
)
def test_a_removal_webhook_ends_the_connection_once_its_tokens_are_refused(
    account, tiktok, held_clock, reason, known_as
):
    tiktok.lose_grant()

    ended = handle_removal(removal(int(held_clock.at), reason))

    assert isinstance(ended, Account)
    assert (ended.status, ended.end_reason) == ("disconnected", known_as)
    assert get_tokens(account.account_id) is None
    assert "account.disconnected" in event_names()


def test_a_removal_webhook_with_valid_tokens_erases_nothing(account, tiktok, held_clock):
    assert handle_removal(removal(int(held_clock.at))) is None

    assert stands(account).status == "active"
    assert not isinstance(get_fresh_token(account.account_id, outlive_s=1), Problem)


def test_a_removal_webhook_older_than_the_connection_is_ignored(account, tiktok, held_clock):
    assert handle_removal(removal(int(held_clock.at) - 1)) is None

    assert tiktok.asked == []
    assert stands(account).status == "active"


def test_a_removal_webhook_that_cannot_be_checked_is_retried_later(account, tiktok, held_clock):
    tiktok.user = {"fails": True}

    put_off = handle_removal(removal(int(held_clock.at)))

    assert isinstance(put_off, Problem)
    assert put_off.code == "tiktok_unanswered"
    assert stands(account).status == "active"


def test_a_removal_webhook_is_retried_later_under_tiktoks_rate_limit(account, tiktok, held_clock):
    tiktok.user = {"refusal": "rate_limit_exceeded"}

    put_off = handle_removal(removal(int(held_clock.at)))

    assert isinstance(put_off, Problem)
    assert put_off.code == "rate_limit_exceeded"


def test_a_repeated_removal_webhook_ends_the_connection_once(account, tiktok, held_clock):
    tiktok.lose_grant()
    event = removal(int(held_clock.at))
    handle_removal(event)

    assert handle_removal(event) is None
    assert event_names().count("account.disconnected") == 1


@pytest.mark.parametrize("open_id", [None, "somebody"])
def test_a_removal_webhook_for_an_unknown_account_does_nothing(account, tiktok, held_clock, open_id):
    assert handle_removal(removal(int(held_clock.at), open_id=open_id)) is None


def test_a_late_removal_webhook_keeps_a_newer_connection(account, tiktok, held_clock, monkeypatch):
    from dropcast.accounts import disconnect as room

    tiktok.lose_grant()
    event = removal(int(held_clock.at))
    held_clock.at += 1
    save = room.save_disconnection

    def after_a_new_connection(*args, **kwargs):
        save_connection("user-1", tiktok.grant())
        return save(*args, **kwargs)

    monkeypatch.setattr(room, "save_disconnection", after_a_new_connection)

    assert handle_removal(event) is None
    assert stands(account).status == "active"
