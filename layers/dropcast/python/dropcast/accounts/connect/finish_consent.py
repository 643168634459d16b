"""The callback of every OAuth consent: uses the state up, connects, and stores the outcome for a reload.

The same browser may send a request twice. The second request waits for the outcome of the first, which may still be
calling TikTok, and shows that outcome.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from dropcast import clock
from dropcast.accounts.connect.begin_consent import cookie_name, may_return_to, return_url, spend_state_of_browser
from dropcast.accounts.connect.link_and_state_store import (
    ConsentKind,
    Link,
    OAuthState,
    Outcome,
    SpentState,
    get_spent_state,
    hashed,
    put_outcome,
)
from dropcast.errors.problem import Problem, known_code, problem
from dropcast.log import logger

OUTCOME_LIVES_S = 86_400

# "first": the outcome is new and stored for a reload. "again": a reload shows the outcome. "once": the outcome could
# not be stored for a reload.
Shown = Literal["first", "again", "once"]

# Without faults, the exchange and the fetch of the account's details take at most this many seconds together.
_FIRST_REQUEST_S = 15
_LOOK_AGAIN_S = 0.5

Connected = TypeVar("Connected")
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class ConnectResult(Generic[Connected]):
    """How connecting ended. `missing`: the requested scopes that TikTok did not grant.

    `location`: the address of the redirect that carries the answer, or None if there is no redirect.
    """

    outcome: Connected | Problem
    missing: tuple[str, ...] = ()
    location: str | None = field(default=None, repr=False)
    shown: Shown = "once"


@dataclass(frozen=True)
class Grant(Generic[Connected]):
    """A stored connection. `details` returns the connection, updated with TikTok's present details."""

    connected_id: str
    missing: tuple[str, ...]
    details: Callable[[], Connected]


@dataclass(frozen=True)
class OAuthFlow(Generic[Connected]):
    """The parts of a callback that differ between the flows.

    `connect` exchanges TikTok's code for tokens and stores the connection. `find` returns a stored connection that
    still works. `answer` returns the parameters for return_to, given the link, the connection and the missing scopes.
    """

    consents: tuple[ConsentKind, ...]
    connect: Callable[[OAuthState], Grant[Connected] | Problem]
    find: Callable[[str], Connected | None]
    answer: Callable[[Link, Connected, tuple[str, ...]], dict[str, str]]


def finish(
    flow: OAuthFlow[Connected], state: OAuthState | None, state_text: str, cookies: Mapping[str, str]
) -> ConnectResult[Connected]:
    """Connect with the state of this browser, once.

    A browser is redirected only to the return_to of its link. A used state leads the same browser to the stored
    outcome, and every other browser to `connection_expired`.
    """
    refusal = spend_state_of_browser(state, state_text, cookies) if state else None
    if not state or (refusal and refusal.code == "connection_expired"):
        return _replay(flow, state_text, cookies)
    if refusal:
        return _result(flow, state.link, refusal, (), "once")
    grant = flow.connect(state)
    _save_outcome(state_text, grant)
    if isinstance(grant, Problem):
        return _result(flow, state.link, grant, (), "first")
    return _result(flow, state.link, grant.details(), grant.missing, "first")


def await_first_request(spent_at: int, find: Callable[[], _Found | None]) -> _Found | None:
    """Wait until the request that used the state at `spent_at` has stored its outcome, and return what `find` returns.

    None if that request stored no outcome.
    """
    while not (found := find()):
        if clock.now() >= spent_at + _FIRST_REQUEST_S:
            return None
        clock.sleep(_LOOK_AGAIN_S)
    return found


def _save_outcome(state_text: str, grant: Grant[Connected] | Problem) -> None:
    """Store the outcome of a used state for a reload. If this fails, the connection still works."""
    match grant:
        case Problem(code=code, log_id=log_id):
            outcome = Outcome(error=code, log_id=log_id)
        case Grant(connected_id=connected_id, missing=missing):
            outcome = Outcome(connected_id, missing)
    try:
        put_outcome(state_text, outcome, clock.now() + OUTCOME_LIVES_S)
    except Exception as error:  # noqa: BLE001 - the account is connected, whatever fails here
        logger.warning("outcome.lost", error=type(error).__name__)


def _replay(flow: OAuthFlow[Connected], state_text: str, cookies: Mapping[str, str]) -> ConnectResult[Connected]:
    """The stored outcome, for the browser that used the state."""
    spent = get_spent_state(state_text, *flow.consents)
    outcome = _await_outcome(flow, spent, state_text, cookies) if spent else None
    if not spent or not outcome:
        return ConnectResult(problem("connection_expired"))
    if outcome.error:
        return _result(flow, spent.link, problem(known_code(outcome.error), log_id=outcome.log_id), (), "again")
    connected = flow.find(outcome.connected or "")
    if not connected:
        return ConnectResult(problem("connection_expired"))
    return _result(flow, spent.link, connected, outcome.missing, "again")


def _await_outcome(
    flow: OAuthFlow[Connected], spent: SpentState, state_text: str, cookies: Mapping[str, str]
) -> Outcome | None:
    if not hmac.compare_digest(hashed(cookies.get(cookie_name(state_text), "")), spent.browser_hash):
        return None

    def find() -> Outcome | None:
        again = get_spent_state(state_text, *flow.consents)
        return again.outcome if again else None

    return spent.outcome or await_first_request(spent.at, find)


def _result(
    flow: OAuthFlow[Connected], link: Link, outcome: Connected | Problem, missing: tuple[str, ...], shown: Shown
) -> ConnectResult[Connected]:
    location = None
    if link.return_to and may_return_to(link.return_to):
        answer = {"error": outcome.code} if isinstance(outcome, Problem) else flow.answer(link, outcome, missing)
        location = return_url(link.return_to, answer)
    return ConnectResult(outcome, missing, location, shown)
