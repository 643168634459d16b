"""/console/publishes: the publishes that the session's key can see, newest first, with filters and a search.

The rows of the first page refresh by themselves. test_console_publish_calls.py counts the AWS calls of a request
for the page.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock, cursors, ids
from dropcast.accounts.account_store import get_accounts
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, http_status
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.posting_page.form_request import FieldProblems
from dropcast.publishing.search import FoundAccounts, FoundReference, NothingFound, search
from dropcast.publishing.store.list_queries import PublishPage
from dropcast.publishing.store.listing import ListQuery, cursor, publishes_page

from .account_views import name_of
from .answers import page, partial, redirect
from .field_problems import FORM_FAULT
from .publish_filters import RUNNING, Filters, list_query, read_filters
from .publish_words import STATES, StateWords, caption_start, what_it_is
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_PATH = "/console/publishes"
_PUBLISHES_A_PAGE = 50
_REFRESH_MIN_S, _REFRESH_MAX_S = 5, 60
# Each query of an account reads at most 300 publishes.
_EMPTY_PAGES_MAX = 4
# The list of the whole deployment is queried month by month. 28 days span at most two months.
_RECENT_DAYS = 28
_RECENT_S = _RECENT_DAYS * 24 * 3600
_SHORTCUTS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("All", ()),
    ("Running", RUNNING),
    ("Failed", (State.FAILED,)),
    ("Unknown", (State.UNKNOWN,)),
)


@dataclass(frozen=True)
class ShownRow:
    """A publish in the list. `account`: None if the account is gone or belongs to another user now."""

    publish: Publish
    state: StateWords
    account: Account | None
    account_name: str
    caption: str
    what: str


@router.get("/console/publishes", middlewares=signed_in("read"))
def show_publishes() -> Response[str]:
    """The page with the list. A request from its form is redirected to the same address without empty parameters."""
    query = _query()
    filters = read_filters(query)
    text = query.get("q", [""])[-1].strip()
    if text:
        return _search_answer(text, filters)
    return redirect(_PATH + filters.address()) if "form" in query else _list_answer(filters)


@router.get("/console/publishes/rows", middlewares=signed_in("read"))
def show_rows() -> Response[str]:
    """Only the rows of the list. The first page of the list loads them again every few seconds."""
    filters = read_filters(_query())
    listed = _listed(filters)
    return refused(listed) if isinstance(listed, Problem) else partial("publishes.html", "rows", **listed)


def _search_answer(text: str, filters: Filters) -> Response[str]:
    found = search(text, filters.user or None, caller())
    match found:
        case Problem():
            return refused(found)
        case Publish(publish_id=publish_id):
            return redirect(f"{_PATH}/{publish_id}")
        case FoundReference(reference=reference):
            return redirect(_PATH + filters.address(reference=reference, after=""))
        case FoundAccounts(accounts=[account]):
            return redirect(_PATH + filters.address(account=account.account_id, after=""))
        case FoundAccounts() | NothingFound():
            return _list_answer(filters, text, found)


def _list_answer(filters: Filters, text: str = "", found: FoundAccounts | NothingFound | None = None) -> Response[str]:
    listed = _listed(filters)
    if isinstance(listed, Problem):
        return refused(listed)
    accounts = found.accounts if isinstance(found, FoundAccounts) else ()
    why: Problem | None = listed["problem"]
    return page(
        "publishes.html",
        FORM_FAULT if listed["problems"] else http_status(why.code) if why else 200,
        **listed,
        text=text,
        nothing=found if isinstance(found, NothingFound) else None,
        choices=[(name_of(one), one, _PATH + filters.address(account=one.account_id, after="")) for one in accounts],
        shortcuts=[_shortcut(words, states, filters) for words, states in _SHORTCUTS],
        states=[(state.value, words) for state, words in STATES.items()],
        is_bound=caller().user_id is not None,
    )


def _listed(filters: Filters) -> dict[str, Any] | Problem:
    """The template's values for the list. `problem` and `problems` say why the list is empty.

    Returns a Problem if the list cannot be read and the person cannot correct the cause.
    """
    query = list_query(filters)
    if not isinstance(query, ListQuery):
        return _list_values(filters, PublishPage([], None), problems=query)
    found = _search_on(_recent(query))
    if isinstance(found, Problem):
        is_correctable = found.code == "invalid_request"
        return _list_values(filters, PublishPage([], None), problem=found) if is_correctable else found
    next_page = cursor(found) or _before_recent(query)
    return _list_values(filters, found, next_page=next_page, query=query)


def _search_on(query: ListQuery) -> PublishPage | Problem:
    """A page of the list. After the button "Search further", empty pages are skipped, because a search for a rare
    state finds many of them.
    """
    found = publishes_page(query, _PUBLISHES_A_PAGE, caller())
    for _ in range(0 if query.after is None or _is_of_all(query) else _EMPTY_PAGES_MAX):
        if isinstance(found, Problem) or found.publishes or found.below is None:
            break
        found = publishes_page(replace(query, after=cursor(found)), _PUBLISHES_A_PAGE, caller())
    return found


def _list_values(
    filters: Filters,
    found: PublishPage,
    *,
    next_page: str | None = None,
    query: ListQuery | None = None,
    problem: Problem | None = None,
    problems: FieldProblems | None = None,
) -> dict[str, Any]:
    accounts = _accounts_of(found.publishes, filters)
    shown = accounts.get(filters.account)
    return {
        "rows": [_row(one, accounts.get(one.account_id)) for one in found.publishes],
        "filters": filters,
        "filtered_account": name_of(shown) if shown else filters.account,
        "next_address": next_page and _PATH + filters.address(after=next_page),
        "newest_address": _PATH + filters.address(after=""),
        "is_full": len(found.publishes) == _PUBLISHES_A_PAGE,
        "is_partial": found.below is not None and len(found.publishes) < _PUBLISHES_A_PAGE,
        "recent_days": _RECENT_DAYS,
        # A list of many accounts makes a query for each, so it refreshes less often.
        "refresh_s": min(max(found.accounts, _REFRESH_MIN_S), _REFRESH_MAX_S),
        "rows_address": _rows_address(filters) if query is not None and _is_live(query) else None,
        "problem": problem,
        "problems": problems or {},
    }


def _accounts_of(publishes: Iterable[Publish], filters: Filters) -> dict[str, Account]:
    """The accounts of a page's rows and of the filter, as far as the caller sees them. Makes one call."""
    wanted = [*(publish.account_id for publish in publishes), *filter(None, [filters.account[:64]])]
    return {name: one for name, one in get_accounts(wanted).items() if caller().sees(one.user_id, name)}


def _row(publish: Publish, account: Account | None) -> ShownRow:
    name = name_of(account) if account else publish.username or publish.account_id
    return ShownRow(publish, STATES[publish.state], account, name, caption_start(publish), what_it_is(publish))


def _recent(query: ListQuery) -> ListQuery:
    """The query to run. If a query of the whole deployment has no beginning, it begins 28 days before its end."""
    if not _is_of_all(query) or query.since is not None or query.after is not None:
        return query
    return replace(query, since=(query.until or clock.now()) - _RECENT_S)


def _before_recent(query: ListQuery) -> str | None:
    """The cursor of the page before the 28 days of `_recent`. None if `query` is not limited to them."""
    since = _recent(query).since
    return None if since is None or query.since is not None else cursors.encode(ids.lowest_id("pub", since))


def _is_live(query: ListQuery) -> bool:
    """Whether the rows refresh. Only the newest page refreshes, and only if a refresh does not query many months."""
    is_newest = query.after is None and query.until is None
    is_cheap = not _is_of_all(query) or query.since is None or query.since >= clock.now() - _RECENT_S
    return is_newest and is_cheap


def _is_of_all(query: ListQuery) -> bool:
    return query.account_id is None and query.user_id is None and caller().user_id is None


def _rows_address(filters: Filters) -> str:
    return f"{_PATH}/rows{filters.address(after='')}"


def _shortcut(words: str, states: tuple[State, ...], filters: Filters) -> tuple[str, str, bool]:
    """The text of a shortcut, its address, and whether the page currently shows it."""
    values = tuple(state.value for state in states)
    return words, _PATH + filters.address(states=values, after=""), set(values) == set(filters.states)


def _query() -> dict[str, list[str]]:
    """All values of each parameter of the address."""
    return parse_qs(BaseRouter.current_event.raw_event.get("rawQueryString") or "")
