"""The accounts for which a person must act: those to be connected again, and those whose connection ends soon."""

from dataclasses import dataclass

from dropcast import clock
from dropcast.accounts.account_list_store import AccountPage, get_accounts_page
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.account_health import AccountHealth, account_health
from dropcast.accounts.tokens.expiring_rows import listed_as_expiring
from dropcast.accounts.tokens.token_store import accounts_with_tokens
from dropcast.caller import Caller
from dropcast.errors.problem import Problem

MOST = 50
"""The maximum number of accounts in each list. One call reads at most 100 rows: two for each account."""


@dataclass(frozen=True)
class AccountsNeedingAPerson:
    """The accounts that need a person, in two lists. `has_more_…`: whether the list before this field may be
    incomplete.

    expiring: active accounts whose connection ends soon or has ended. The connection that ends first comes first.
    """

    to_reconnect: list[Account]
    has_more_to_reconnect: bool
    expiring: list[tuple[Account, AccountHealth]]
    has_more_expiring: bool


def accounts_needing_a_person(caller: Caller, first: AccountPage) -> AccountsNeedingAPerson:
    """The caller's accounts that need a person. `first`: the first page of all accounts that the caller sees.

    Makes two calls, and up to nine more if `first` does not contain all accounts.
    """
    to_reconnect, more = _to_reconnect(caller, first)
    listed, more_expiring = listed_as_expiring(caller, MOST)
    return AccountsNeedingAPerson(to_reconnect, more, _expiring(caller, listed), more_expiring)


def _to_reconnect(caller: Caller, first: AccountPage) -> tuple[list[Account], bool]:
    if first.next is None:
        return [one for one in first.accounts if one.status == "reconnect_needed"], False
    found = get_accounts_page(caller, user_id=None, status="reconnect_needed", after=None, limit=MOST)
    if isinstance(found, Problem):
        raise TypeError("a list without a user and a cursor has no problem")
    return found.accounts, found.next is not None


def _expiring(caller: Caller, account_ids: list[str]) -> list[tuple[Account, AccountHealth]]:
    now = clock.now()
    healths = [(account, account_health(account, tokens, now)) for account, tokens in accounts_with_tokens(account_ids)]
    seen = [one for one in healths if caller.sees(one[0].user_id, one[0].account_id)]
    ending = [one for one in seen if one[0].status == "active" and one[1].fix is not None]
    return sorted(ending, key=lambda one: one[1].ends_at or 0)
