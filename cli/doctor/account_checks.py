"""Checks of the connected accounts: their scopes, their connections and their budgets."""

from dropcast.accounts.account_list_store import AccountPage, get_accounts_page
from dropcast.accounts.models import Account
from dropcast.accounts.needing_a_person import accounts_needing_a_person
from dropcast.budgets.budget_use import get_fullest_budgets
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.health.finding import Finding
from dropcast.settings import listed, settings

_PAGE = 100
_SHOWN = 5


def first_accounts() -> AccountPage:
    """The first hundred accounts, including disconnected ones."""
    page = get_accounts_page(SYSTEM, user_id=None, status=None, after=None, limit=_PAGE)
    if isinstance(page, Problem):
        raise TypeError("a list without a user and a cursor has no problem")
    return page


def check_accounts() -> Finding:
    """Whether accounts need a new consent, now or soon. Reads the first hundred accounts, and at most fifty more for
    each of the two cases.
    """
    first = first_accounts()
    found = accounts_needing_a_person(SYSTEM, first)
    parts = [f"{shown_name(one)} must be connected again." for one in found.to_reconnect[:_SHOWN]]
    parts += [f"{shown_name(one)}: its connection ends soon." for one, _ in found.expiring[:_SHOWN]]
    if parts:
        count = len(found.to_reconnect) + len(found.expiring)
        words = f"{count} {'account needs' if count == 1 else 'accounts need'} a new consent."
        fix = "Run dropcast accounts connect for the user of each account, and send the link."
        return Finding("look", words, fix, "connect.md#5-connect-an-account", tuple(parts))
    active = [one for one in first.accounts if one.status == "active"]
    if not active:
        fix = "Run dropcast setup, or dropcast accounts connect."
        return Finding("look", "No account is connected.", fix, "connect.md#5-connect-an-account")
    return Finding(
        "ok", f"{len(active)}{'' if first.next is None else ' or more'} connected, none needs a new consent."
    )


def check_scopes() -> Finding:
    """Whether the accounts granted the scopes that the deployment asks for. Reads up to a hundred accounts."""
    wanted = set(listed(settings().tiktok_scopes))
    active = [one for one in first_accounts().accounts if one.status == "active"]
    lacking = [(one, sorted(wanted - one.scopes)) for one in active if wanted - one.scopes]
    asked = ", ".join(sorted(wanted))
    if not lacking:
        return Finding("ok", f"Every connected account granted all scopes that Dropcast requests: {asked}.")
    words = f"{len(lacking)} of {len(active)} accounts did not grant all of {asked}."
    fix = "Connect these accounts again and leave the scopes ticked, or take the scopes out of tiktok_scopes."
    parts = tuple(f"{shown_name(one)} lacks {', '.join(scopes)}." for one, scopes in lacking[:_SHOWN])
    return Finding("look", words, fix, "connect.md#1-create-an-app-at-tiktok", parts)


def check_budgets() -> Finding:
    """Whether an account has used up one of TikTok's budgets. Reads up to a hundred accounts."""
    accounts = {one.open_id: one for one in first_accounts().accounts if one.status == "active"}
    full = [(accounts[open_id], use) for open_id, use in get_fullest_budgets(list(accounts), _SHOWN) if use.share >= 1]
    if not full:
        return Finding("ok", "No account has used up a budget.")
    words = f"{len(full)} {'account has' if len(full) == 1 else 'accounts have'} used up a budget."
    parts = tuple(f"{shown_name(account)}: {use.used} of {use.limit} {use.what}." for account, use in full)
    return Finding("look", words, "Wait: the publishes continue when the budget has room.", "operate.md#budgets", parts)


def shown_name(account: Account) -> str:
    """The name by which people know the account."""
    return f"@{account.username}" if account.username else account.nickname or account.account_id
