"""The accounts that need a person, for any number of accounts, and for a key that is bound to a user."""

import pytest

from dropcast.accounts.account_list_store import AccountPage, get_accounts_by_user
from dropcast.accounts.needing_a_person import AccountsNeedingAPerson, accounts_needing_a_person
from dropcast.accounts.tokens.fresh_token import refresh_if_due
from dropcast.accounts.tokens.refresh_due_time import SHARDS
from dropcast.accounts.tokens.token_store import get_tokens, mark_reconnect_needed
from dropcast.caller import SYSTEM, Caller
from tests.unit.support.accounts import items
from tests.unit.support.named_accounts import connect_named

DAY = 24 * 3600
ANA = Caller("key_1", frozenset({"read"}), "ana")


@pytest.fixture
def connect(tiktok):
    return lambda name, user_id="ana": connect_named(tiktok, name, user_id).account_id


def needed(caller: Caller = SYSTEM, read: int = 100) -> AccountsNeedingAPerson:
    first = get_accounts_by_user(caller, None, read)
    assert isinstance(first, AccountPage)
    return accounts_needing_a_person(caller, first)


def lose(account_id: str) -> None:
    tokens = get_tokens(account_id)
    assert tokens
    assert mark_reconnect_needed(tokens)


def let_expire(tiktok, held_clock, *account_ids: str, days_left: float = 10) -> None:
    """Let time pass until these accounts end in `days_left` days, while TikTok refuses to renew them."""
    tokens = get_tokens(account_ids[0])
    assert tokens
    held_clock.at = tokens.refresh_expires_at - days_left * DAY
    tiktok.plan = ["refuse:invalid_client"] * len(account_ids)
    for account_id in account_ids:
        refresh_if_due(account_id)


def ending(found: AccountsNeedingAPerson) -> list[str]:
    return [account.account_id for account, _ in found.expiring]


@pytest.mark.parametrize("read", [100, 1])
def test_lost_and_ending_accounts_are_found_however_many_were_read_before(connect, tiktok, held_clock, read):
    fine, one, other, gone = connect("Fine"), connect("One"), connect("Other", "ben"), connect("Gone")
    lose(gone)
    let_expire(tiktok, held_clock, one, other)

    found = needed(read=read)

    assert [account.account_id for account in found.to_reconnect] == [gone]
    assert set(ending(found)) == {one, other}
    assert fine not in ending(found)
    assert all(health.works and health.fix for _, health in found.expiring)


@pytest.mark.parametrize("read", [100, 1])
def test_a_bound_key_finds_those_of_its_user_alone(connect, tiktok, held_clock, read):
    mine, other = connect("Mine"), connect("Other", "ben")
    lost, others_lost = connect("Lost"), connect("Others lost", "ben")
    lose(lost)
    lose(others_lost)
    let_expire(tiktok, held_clock, mine, other)

    found = needed(ANA, read=read)

    assert [account.account_id for account in found.to_reconnect] == [lost]
    assert ending(found) == [mine]


def test_an_account_that_was_renewed_or_lost_since_is_no_longer_ending(connect, tiktok, held_clock):
    renewed, lost = connect("Renewed"), connect("Lost")
    let_expire(tiktok, held_clock, renewed, lost)
    assert set(ending(needed())) == {renewed, lost}

    connect("Renewed")
    lose(lost)

    assert ending(needed()) == []


def test_a_connection_that_has_ended_still_needs_a_person(connect, tiktok, held_clock):
    account = connect("Ana")
    let_expire(tiktok, held_clock, account)
    held_clock.at += 11 * DAY

    [(_, health)] = needed().expiring

    assert not health.works


def test_the_list_forgets_an_account_a_month_after_its_end(connect, tiktok, held_clock):
    account = connect("Ana")
    let_expire(tiktok, held_clock, account)
    tokens = get_tokens(account)
    assert tokens

    [row] = [item for item in items("accounts") if item["pk"] == "expiring"]

    assert row["sk"] == account
    assert row["expires_at"] == tokens.refresh_expires_at + 30 * DAY


def test_the_calls_are_bounded(connect, tiktok, held_clock, aws_calls):
    accounts = [connect(f"Account {number}") for number in range(12)]
    let_expire(tiktok, held_clock, *accounts[:6])
    for account in accounts[6:]:
        lose(account)
    for read, most in ((100, 2), (1, 2 + SHARDS + 1)):
        first = get_accounts_by_user(SYSTEM, None, read)
        assert isinstance(first, AccountPage)
        aws_calls.clear()

        found = accounts_needing_a_person(SYSTEM, first)

        assert (len(found.to_reconnect), len(found.expiring)) == (6, 6)
        assert len(aws_calls) <= most
