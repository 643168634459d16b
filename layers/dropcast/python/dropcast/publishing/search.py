"""Finds what a person typed: a publish (by Dropcast's or TikTok's id), a user's reference, or an account (by id or
name).

A search makes at most five AWS calls.
"""

from dataclasses import dataclass

from dropcast.accounts.account_list_store import get_accounts_by_user, get_accounts_page
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.models import Account
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.reference_and_metadata import REFERENCE_MAX
from dropcast.publishing.outcome.fact_store import publish_id_of
from dropcast.publishing.store.listing import ListQuery, publishes_page
from dropcast.publishing.store.visible_publish import visible_publish

_NAMED_ACCOUNTS_MAX = 1000


@dataclass(frozen=True)
class FoundReference:
    """The user has publishes with this reference."""

    reference: str


@dataclass(frozen=True)
class FoundAccounts:
    """The accounts with this id, username or nickname. Several accounts can have the same nickname."""

    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class NothingFound:
    """No match. `names_left`: there are so many accounts that not all names were compared."""

    names_left: bool = False


Found = Publish | FoundReference | FoundAccounts | NothingFound


def search(text: str, user_id: str | None, caller: Caller) -> Found | Problem:
    """Find what `text` names.

    `user_id`: the user whose references and accounts are searched, by default the caller's user. A text that begins
    with @ is compared only with names. References are searched only if there is a user. A text longer than the longest
    reference finds nothing, because all ids and names are shorter.
    Problems: as for `asked_user`.
    """
    whose = caller.asked_user(user_id)
    if isinstance(whose, Problem):
        return whose
    wanted = text.strip()
    if not 0 < len(wanted) <= REFERENCE_MAX:
        return NothingFound()
    if wanted.startswith("acc_"):
        account = visible_account(wanted, caller)
        return NothingFound() if isinstance(account, Problem) else FoundAccounts((account,))
    if wanted.startswith("@"):
        return _accounts_named(wanted[1:], whose, caller)
    return _publish(wanted, caller) or _reference(wanted, whose, caller) or _accounts_named(wanted, whose, caller)


def _publish(text: str, caller: Caller) -> Publish | None:
    publish_id = text if text.startswith("pub_") else publish_id_of(text)
    publish = None if publish_id is None else visible_publish(publish_id, caller)
    return publish if isinstance(publish, Publish) else None


def _reference(text: str, user_id: str | None, caller: Caller) -> FoundReference | None:
    if user_id is None:
        return None
    page = publishes_page(ListQuery(user_id=user_id, reference=text), 1, caller)
    is_known = not isinstance(page, Problem) and bool(page.publishes)
    return FoundReference(text) if is_known else None


def _accounts_named(name: str, user_id: str | None, caller: Caller) -> FoundAccounts | NothingFound | Problem:
    """Find accounts by their username, otherwise by their nickname. Compares only one page of accounts.

    Two accounts never have the same username at TikTok.
    """
    if user_id is None:
        page = get_accounts_by_user(caller, None, _NAMED_ACCOUNTS_MAX)
    else:
        page = get_accounts_page(caller, user_id=user_id, status=None, after=None, limit=_NAMED_ACCOUNTS_MAX)
    if isinstance(page, Problem):
        return page
    wanted = name.casefold()
    for of in ("username", "nickname"):
        found = tuple(one for one in page.accounts if wanted and (getattr(one, of) or "").casefold() == wanted)
        if found:
            return FoundAccounts(found)
    return NothingFound(names_left=page.next is not None)
