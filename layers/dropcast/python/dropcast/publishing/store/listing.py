"""Lists publishes for a caller. Filters by account, user, reference, state, kind and creation time."""

from dataclasses import dataclass

from dropcast import clock, cursors, ids
from dropcast.accounts.account_store import accounts_of_user
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.options import Kind
from dropcast.publishing.model.states import State
from dropcast.publishing.store import list_queries

_DEFAULT_SPAN_S = 400 * 24 * 3600
_PREFIX = "pub"
_USER_ID_MISSING = "a list by reference needs a user_id"


@dataclass(frozen=True)
class ListQuery:
    """The filters of a list of publishes.

    The list has the publishes made from `since` (included) to `until` (excluded), in seconds since the epoch. `since`
    defaults to 400 days before `until`. `after` is the `next` of the previous page. A `reference` needs a `user_id`,
    unless the caller is bound to a user.
    """

    account_id: str | None = None
    user_id: str | None = None
    states: tuple[State, ...] = ()
    kind: Kind | None = None
    since: int | None = None
    until: int | None = None
    after: str | None = None
    reference: str | None = None


def publishes_page(query: ListQuery, limit: int, caller: Caller) -> list_queries.PublishPage | Problem:
    """Up to `limit` publishes, newest first.

    A caller that is bound to a user gets only the publishes of that user's accounts. A caller that is bound to an
    account gets only the publishes of that account. A page may be short or empty although there is a next page.
    Problems: `invalid_request` (invalid `after`, `reference` without a user), and as for `asked_user`.
    """
    user_id = caller.asked_user(query.user_id)
    if isinstance(user_id, Problem):
        return user_id
    if query.reference is not None and user_id is None:
        return problem(
            "invalid_request", reason=_USER_ID_MISSING, fields=[{"field": "user_id", "reason": _USER_ID_MISSING}]
        )
    until = clock.now() + 1 if query.until is None else query.until
    since = until - _DEFAULT_SPAN_S if query.since is None else query.since
    last = ids.lowest_id(_PREFIX, until)
    below = last if query.after is None else cursors.decode_id(query.after, _PREFIX)
    if below is None:
        return problem("invalid_request", reason="next is not from an earlier page of this list", fields=[])
    span = list_queries.PublishSpan(
        ids.lowest_id(_PREFIX, since), min(below, last), query.states, query.kind, caller.user_id
    )
    account_id = query.account_id or caller.account_id
    if span.floor >= span.below or caller.account_id not in (None, account_id):
        return list_queries.PublishPage([], None)
    if query.reference is not None and user_id is not None:
        return list_queries.of_reference(user_id, query.reference, account_id, span, limit)
    if account_id is None and user_id is None:
        return list_queries.of_all(span, limit)
    return list_queries.of_accounts(_accounts_asked_for(account_id, user_id), span, limit)


def cursor(page: list_queries.PublishPage) -> str | None:
    """The `after` with which a caller requests the page after `page`. None if `page` is the last page."""
    return None if page.below is None else cursors.encode(page.below)


def _accounts_asked_for(account_id: str | None, user_id: str | None) -> list[str]:
    if user_id is None:
        return [account_id] if account_id else []
    of_user = [account.account_id for account in accounts_of_user(user_id)]
    return [each for each in of_user if account_id in (None, each)]
