"""How an unconfirmed account ends: by TikTok or by the caller."""

import pytest

from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import confirm_connection, save_connection
from dropcast.accounts.disconnect import disconnect, handle_removal
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.accounts.connect.test_confirmation import waiting


def removed(at: float) -> Account | Problem | None:
    return handle_removal(WebhookEvent("authorization.removed", int(at), "open-1", None, None, "1", None))


def status(account: Account) -> str:
    found = get_account(account.account_id)
    assert found is not None
    return found.status


def is_void(code: str) -> bool:
    outcome = confirm_connection(code, "user-1")
    return isinstance(outcome, Problem) and outcome.code == "confirmation_expired"


@pytest.fixture(params=["new", "known before"])
def unconfirmed(request, tiktok, held_clock) -> tuple[Account, str]:
    """An unconfirmed account and its code."""
    if request.param == "known before":
        account = save_connection("user-1", tiktok.grant())
        assert isinstance(account, Account)
        disconnect(account.account_id)
        held_clock.at += 100
    return waiting()


def test_a_removal_webhook_voids_an_unconfirmed_connection_once_its_tokens_are_refused(unconfirmed, tiktok, held_clock):
    account, code = unconfirmed
    tiktok.lose_grant()

    ended = removed(held_clock.at)

    assert isinstance(ended, Account)
    assert (ended.account_id, ended.status, ended.end_reason) == (
        account.account_id,
        "disconnected",
        "removed_at_tiktok",
    )
    assert is_void(code)


def test_a_removal_webhook_with_valid_waiting_tokens_voids_nothing(unconfirmed, tiktok, held_clock):
    account, code = unconfirmed

    assert removed(held_clock.at) is None
    assert status(account) == "unconfirmed"
    assert not is_void(code)


def test_a_removal_webhook_older_than_the_consent_is_ignored(unconfirmed, tiktok, held_clock):
    account, _ = unconfirmed
    asked = list(tiktok.asked)

    assert removed(held_clock.at - 1) is None
    assert (tiktok.asked, status(account)) == (asked, "unconfirmed")


def test_a_removal_webhook_that_cannot_be_checked_is_retried_later(unconfirmed, tiktok, held_clock):
    account, code = unconfirmed
    tiktok.user = {"fails": True}

    put_off = removed(held_clock.at)

    assert isinstance(put_off, Problem)
    assert put_off.code == "tiktok_unanswered"
    assert not is_void(code)
    assert status(account) == "active"


def test_a_removal_webhook_ends_an_account_whose_confirmation_expired(unconfirmed, tiktok, held_clock):
    account, _ = unconfirmed
    held_clock.at += 3600

    assert isinstance(removed(held_clock.at), Account)
    assert status(account) == "disconnected"


def test_an_expired_waiting_token_proves_no_removal(tiktok, held_clock):
    tiktok.expires_in = 30
    account, code = waiting()
    held_clock.at += 31
    tiktok.user = {"refusal": "access_token_invalid"}

    assert removed(held_clock.at) is None
    assert status(account) == "unconfirmed"
    assert not is_void(code)


def test_the_newer_of_two_consents_decides(unconfirmed, tiktok, held_clock):
    account, first = unconfirmed
    _, second = waiting()

    assert removed(held_clock.at) is None
    tiktok.lose_grant()
    assert isinstance(removed(held_clock.at), Account)
    assert is_void(first)
    assert is_void(second)
    assert status(account) == "disconnected"


def test_disconnecting_an_unconfirmed_account_revokes_its_grant(unconfirmed, tiktok):
    account, code = unconfirmed

    ended = disconnect(account.account_id)

    assert isinstance(ended, Account)
    assert (ended.status, ended.revoked) == ("disconnected", True)
    assert tiktok.revoked[-1] == tiktok.live_access
    assert is_void(code)
