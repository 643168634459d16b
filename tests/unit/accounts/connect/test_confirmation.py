"""Connections that wait until the caller confirms that the right person made them."""

from urllib.parse import parse_qs, urlsplit

import pytest

from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.connect_account import (
    CONFIRMATION_LIVES_S,
    begin_connection,
    callback,
    redirect,
)
from dropcast.accounts.connect.save_connection import confirm_connection, save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account, obstacle
from dropcast.accounts.tokens.fresh_token import get_fresh_token
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.errors.problem import Problem
from tests.unit.support.accounts import event_names, items, plain

RETURN_TO = "https://app.example/done"


def connect(user_id: str = "user-1", *, confirm: bool = True) -> tuple[Account | Problem, dict[str, str]]:
    """The outcome of connecting, and the parameters at return_to."""
    connection = begin_connection(user_id, RETURN_TO, confirm=confirm)
    assert isinstance(connection, ConnectLink)
    departure = redirect(connection.connect_url.split("?c=")[1])
    assert not isinstance(departure, Problem)
    state = parse_qs(urlsplit(departure.authorize_url).query)["state"][0]
    arrival = callback({"state": state, "code": "c"}, {departure.cookie_name: departure.cookie_value})
    assert arrival.location is not None
    return arrival.outcome, {name: one for name, [one] in parse_qs(urlsplit(arrival.location).query).items()}


def waiting(user_id: str = "user-1") -> tuple[Account, str]:
    outcome, answer = connect(user_id)
    assert isinstance(outcome, Account)
    assert answer["connected"] == outcome.account_id
    return outcome, answer["code"]


def confirmed(code: str, user_id: str | None = None) -> Account:
    account = confirm_connection(code, user_id)
    assert isinstance(account, Account), account
    return account


def refusal(code: str, user_id: str | None = None) -> str:
    why = confirm_connection(code, user_id)
    assert isinstance(why, Problem)
    return why.code


def test_an_unconfirmed_account_can_do_nothing(tiktok):
    account, _ = waiting()

    stands = get_account(account.account_id)
    assert stands is not None
    assert (stands.status, stands.username) == ("unconfirmed", "ana")
    assert obstacle(stands, "video.publish").code == "account_unconfirmed"  # type: ignore[union-attr]
    assert isinstance(get_fresh_token(account.account_id, outlive_s=1), Problem)
    assert event_names() == []


def test_the_code_activates_the_account_with_the_stored_tokens(tiktok):
    account, code = waiting()

    active = confirmed(code)

    assert (active.account_id, active.status) == (account.account_id, "active")
    assert plain(get_fresh_token(active.account_id, outlive_s=1)) == tiktok.live_access
    assert event_names() == ["account.connected"]


def test_tokens_confirmed_late_keep_their_expiry(tiktok, held_clock):
    account, code = waiting()
    granted_at = int(held_clock.at)
    held_clock.at += 1000

    confirmed(code)

    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert tokens.access_expires_at == granted_at + tiktok.expires_in


def test_the_waiting_tokens_are_encrypted_and_the_code_is_hashed(tiktok):
    _, code = waiting()

    kept = repr(items("connections"))

    assert code not in kept
    assert "canary" not in kept


def test_a_code_works_once(tiktok):
    _, code = waiting()
    confirmed(code)

    assert refusal(code) == "confirmation_expired"
    assert event_names() == ["account.connected"]


def test_a_code_expires_after_an_hour(tiktok, held_clock):
    account, code = waiting()
    held_clock.at += CONFIRMATION_LIVES_S

    assert refusal(code) == "confirmation_expired"
    assert get_account(account.account_id).status == "unconfirmed"  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["", "guessed"])
def test_an_unknown_code_confirms_nothing(tiktok, code):
    assert refusal(code) == "confirmation_expired"


def test_a_code_from_another_users_browser_confirms_nothing_and_stays_valid(tiktok):
    _, code = waiting("user-1")

    assert refusal(code, "user-2") == "confirmation_expired"
    assert confirmed(code, "user-1").status == "active"


def test_an_active_account_stays_active_while_a_confirmation_waits(tiktok):
    account, _ = connect(confirm=False)
    assert isinstance(account, Account)

    again, code = waiting()

    assert (again.account_id, again.status) == (account.account_id, "active")
    assert confirmed(code).account_id == account.account_id
    assert plain(get_fresh_token(account.account_id, outlive_s=1)) == tiktok.live_access


def test_a_disconnected_account_also_waits_for_confirmation(tiktok, held_clock):
    account, _ = connect(confirm=False)
    assert isinstance(account, Account)
    disconnect(account.account_id)
    held_clock.at += 1

    again, code = waiting()

    assert (again.account_id, again.status) == (account.account_id, "unconfirmed")
    active = confirmed(code)
    assert (active.status, active.ended_at) == ("active", None)


def test_older_tokens_never_replace_newer_ones(tiktok, held_clock):
    _, code = waiting()
    held_clock.at += 1
    account, _ = connect(confirm=False)
    newest = tiktok.live_access

    assert refusal(code) == "confirmation_expired"
    assert isinstance(account, Account)
    assert plain(get_fresh_token(account.account_id, outlive_s=1)) == newest


def test_a_disconnect_invalidates_a_waiting_confirmation(tiktok):
    account, code = waiting()

    ended = disconnect(account.account_id)

    assert isinstance(ended, Account)
    assert ended.status == "disconnected"
    assert refusal(code) == "confirmation_expired"


def test_an_unconfirmed_connection_does_not_block_the_account_for_its_owner(tiktok):
    stolen, code = waiting("attacker")

    owned = save_connection("owner", tiktok.grant())

    assert isinstance(owned, Account)
    assert owned.account_id != stolen.account_id
    assert refusal(code) == "account_taken"


def test_an_account_of_another_user_is_refused_at_once(tiktok):
    connect("user-1", confirm=False)

    outcome, answer = connect("user-2")

    assert isinstance(outcome, Problem)
    assert answer == {"error": "account_taken"}


def test_a_confirmation_needs_a_return_to(tiktok):
    refused = begin_connection("user-1", None, confirm=True)

    assert isinstance(refused, Problem)
    assert refused.code == "invalid_request"
