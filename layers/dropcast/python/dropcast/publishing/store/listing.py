"""What a list of publishes may be asked by: accounts, states, kind, time of creation, where a page begins."""

from dataclasses import dataclass

from dropcast import clock, cursors, ids
from dropcast.accounts.account_store import accounts_of_user
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.options import Kind
from dropcast.publishing.model.states import State
from dropcast.publishing.store import list_queries
from dropcast.publishing.store.list_queries import PublishPage, PublishSpan

_DEFAULT_SPAN_S = 400 * 24 * 3600
_PREFIX = "pub"
_USER_ID_MISSING = "a reference is looked up among one user's publishes: name the user_id too"


@dataclass(frozen=True)
class ListQuery:
    """What is to be listed. Times are seconds since the epoch, of creation: from `since` (included) to `until`.

    Without `since` a list goes back 400 days. `after` is the `next` of the page before. A `reference` is looked up
    among the publishes of `user_id`, which must be given then unless the caller is bound to a user.
    """

    account_id: str | None = None
    user_id: str | None = None
    states: tuple[State, ...] = ()
    kind: Kind | None = None
    since: int | None = None
    until: int | None = None
    after: str | None = None
    reference: str | None = None


def publishes_page(asked: ListQuery, limit: int, caller: Caller) -> PublishPage | Problem:
    """Up to `limit` publishes, newest first.

    Problems: `invalid_request` (`after` is not ours, `reference` has no user), what `asked_user` finds.
    A caller that is bound to a user gets them by that user's accounts: no page of other users' publishes is read.
    A page may hold fewer, even none, and yet have a next one.
    """
    user_id = caller.asked_user(asked.user_id)
    if isinstance(user_id, Problem):
        return user_id
    if asked.reference is not None and user_id is None:
        return problem(
            "invalid_request", reason=_USER_ID_MISSING, fields=[{"field": "user_id", "reason": _USER_ID_MISSING}]
        )
    until = clock.now() + 1 if asked.until is None else asked.until
    since = until - _DEFAULT_SPAN_S if asked.since is None else asked.since
    last = ids.lowest_id(_PREFIX, until)
    below = last if asked.after is None else cursors.decode_id(asked.after, _PREFIX)
    if below is None:
        return problem("invalid_request", reason="next is not one that this list gave", fields=[])
    span = PublishSpan(ids.lowest_id(_PREFIX, since), min(below, last), asked.states, asked.kind, caller.user_id)
    if span.floor >= span.below:
        return PublishPage([], None)
    if asked.reference is not None and user_id is not None:
        return list_queries.of_reference(user_id, asked.reference, asked.account_id, span, limit)
    if asked.account_id is None and user_id is None:
        return list_queries.of_all(span, limit)
    return list_queries.of_accounts(_accounts_asked_for(asked.account_id, user_id), span, limit)


def cursor(page: PublishPage) -> str | None:
    """What asks for the page after `page`."""
    return None if page.below is None else cursors.encode(page.below)


def _accounts_asked_for(account_id: str | None, user_id: str | None) -> list[str]:
    if user_id is None:
        return [account_id] if account_id else []
    theirs = [account.account_id for account in accounts_of_user(user_id)]
    return [one for one in theirs if account_id in (None, one)]
