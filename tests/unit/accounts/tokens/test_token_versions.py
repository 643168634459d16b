"""No version number and no encryption context of tokens is used twice, even within one second."""

import pytest

from dropcast import clock
from dropcast.accounts import disconnect as disconnecting
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect import save_connection as saving
from dropcast.accounts.connect.confirmation_store import Confirmation, put_confirmation
from dropcast.accounts.connect.save_connection import confirm_connection, save_connection
from dropcast.accounts.disconnect import disconnect, handle_removal
from dropcast.accounts.models import Account
from dropcast.accounts.tokens import fresh_token
from dropcast.accounts.tokens.fresh_token import refresh_if_due
from dropcast.accounts.tokens.refresh_log_and_use_store import send_expiring_event
from dropcast.accounts.tokens.token_store import mark_reconnect_needed, save_refreshed_tokens
from dropcast.aws import clients
from dropcast.errors.problem import Problem
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.accounts.connect.test_confirmation import waiting
from tests.unit.accounts.tokens.conftest import stored
from tests.unit.support.accounts import event_names, plain


def connected(tiktok) -> str:
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    return account.account_id


def stands(account_id: str) -> str:
    account = get_account(account_id)
    assert account is not None
    return account.status


@pytest.fixture
def reconnected(tiktok):
    """Connect the account again in the middle of its next refresh."""

    def arrange(account_id: str, *, disconnected: bool) -> None:
        def once() -> None:
            tiktok.on_refresh = lambda: None
            if disconnected:
                disconnect(account_id)
            save_connection("user-1", tiktok.grant())

        tiktok.on_refresh = once

    return arrange


@pytest.mark.parametrize("disconnected", [True, False])
def test_a_refused_refresh_of_the_old_pair_keeps_the_new_connection(tiktok, reconnected, disconnected):
    account_id = connected(tiktok)
    reconnected(account_id, disconnected=disconnected)

    outcome = refresh_if_due(account_id, asked_at=clock.now() + 1)

    assert outcome is None
    assert (stands(account_id), stored(account_id).dead) == ("active", False)
    assert plain(stored(account_id).access_token()) == tiktok.live_access


def test_a_granted_refresh_of_the_old_pair_does_not_overwrite_the_new_one(tiktok):
    account_id = connected(tiktok)
    old, late = stored(account_id), tiktok.grant()
    disconnect(account_id)
    save_connection("user-1", tiktok.grant())

    kept = save_refreshed_tokens(old, late, asked_at=clock.now())

    assert kept is None
    assert plain(stored(account_id).access_token()) == tiktok.live_access


def test_a_refusal_of_the_old_pair_cannot_end_the_new_one(tiktok):
    account_id = connected(tiktok)
    old = stored(account_id)
    disconnect(account_id)
    save_connection("user-1", tiktok.grant())

    assert not mark_reconnect_needed(old)
    assert stands(account_id) == "active"


def test_the_end_of_the_old_pair_is_not_announced_for_the_new_one(tiktok):
    account_id = connected(tiktok)
    old = stored(account_id)
    disconnect(account_id)
    save_connection("user-1", tiktok.grant())

    send_expiring_event(old)

    assert "account.expiring" not in event_names()


def test_no_encryption_context_is_used_for_two_secrets(tiktok, cloud, held_clock):
    contexts: list[str] = []
    clients.client("kms").meta.events.register(
        "provide-client-params.kms.Encrypt",
        lambda params, **_: contexts.append(str(sorted(params["EncryptionContext"].items()))),
    )
    account_id = connected(tiktok)
    for _ in range(3):
        refresh_if_due(account_id, asked_at=clock.now() + 1)
        disconnect(account_id)
        connected(tiktok)
        waiting()
        _, code = waiting()
        confirm_connection(code, "user-1")

    assert len(contexts) == len(set(contexts)) > 30


def test_a_refresh_that_began_before_a_consent_yields_to_it(tiktok, cloud):
    account_id = connected(tiktok)
    refreshed = tiktok.grant()
    codes: list[str] = []

    def consent_meanwhile(*_: object) -> object:
        codes.append(waiting()[1])
        return refreshed

    cloud.setattr(fresh_token.oauth, "refresh", consent_meanwhile)
    refresh_if_due(account_id, asked_at=clock.now() + 1)

    confirmed = confirm_connection(codes[0], "user-1")

    assert isinstance(confirmed, Account)
    assert plain(stored(account_id).access_token()) == tiktok.live_access


@pytest.mark.parametrize("newer", ["connection", "refresh", "confirmation"])
def test_a_late_confirmation_does_not_overwrite_newer_tokens(tiktok, newer):
    account_id = connected(tiktok)
    old = stored(account_id)
    _, code = waiting()
    match newer:
        case "connection":
            save_connection("user-1", tiktok.grant())
        case "refresh":
            save_refreshed_tokens(old, tiktok.grant(), asked_at=clock.now())
        case _:
            confirm_connection(waiting()[1], "user-1")

    late = confirm_connection(code, "user-1")

    assert isinstance(late, Problem)
    assert late.code == "confirmation_expired"
    assert plain(stored(account_id).access_token()) == tiktok.live_access


def test_a_consent_does_not_overwrite_tokens_refreshed_while_it_was_stored(tiktok, held_clock):
    account_id = connected(tiktok)
    consented, granted_at = tiktok.grant(), clock.now()
    held_clock.at += 1
    save_refreshed_tokens(stored(account_id), tiktok.grant(), asked_at=clock.now())
    put_confirmation("code", Confirmation("user-1", account_id, consented, granted_at), clock.now() + 3600)

    late = confirm_connection("code", "user-1")

    assert isinstance(late, Problem)
    assert plain(stored(account_id).access_token()) == tiktok.live_access


def test_a_confirmation_overtaken_by_newer_tokens_is_void(tiktok, monkeypatch):
    account_id = connected(tiktok)
    _, code = waiting()
    seal = saving.seal_grant

    def overtaken(*args, **kwargs):
        patch.undo()
        save_connection("user-1", tiktok.grant())
        return seal(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(saving, "seal_grant", overtaken)
        late = confirm_connection(code, "user-1")

    assert isinstance(late, Problem)
    assert plain(stored(account_id).access_token()) == tiktok.live_access


def test_the_later_consent_of_two_confirmations_is_kept(tiktok):
    first, second = waiting()[1], waiting()[1]

    confirm_connection(first, "user-1")
    account = confirm_connection(second, "user-1")

    assert isinstance(account, Account)
    assert plain(stored(account.account_id).access_token()) == tiktok.live_access


def test_a_late_end_keeps_a_connection_of_the_same_second(tiktok, held_clock, monkeypatch):
    account_id = connected(tiktok)
    tiktok.lose_grant()
    save = disconnecting.save_disconnection

    def after_a_new_connection(*args, **kwargs):
        save_connection("user-1", tiktok.grant())
        return save(*args, **kwargs)

    monkeypatch.setattr(disconnecting, "save_disconnection", after_a_new_connection)

    heard = handle_removal(WebhookEvent("authorization.removed", int(held_clock.at), "open-1", None, None, "1", None))

    assert heard is None
    assert (stands(account_id), stored(account_id).dead) == ("active", False)


def test_a_late_answer_activates_an_account_that_waits_for_confirmation(tiktok):
    account_id = connected(tiktok)
    old, late = stored(account_id), tiktok.grant()
    mark_reconnect_needed(old)
    waiting()

    assert stands(account_id) == "unconfirmed"
    assert save_refreshed_tokens(old, late, asked_at=clock.now())
    assert stands(account_id) == "active"
