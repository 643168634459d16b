"""A button, or a way back from TikTok, that one browser takes twice: the second time leads to what the first one did.

The first may still be asking TikTok when the second comes, so the second waits for it.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from aws_lambda_powertools import Logger

from dropcast import clock
from dropcast.accounts.connect.link_and_state_store import (
    ConsentKind,
    Outcome,
    SpentState,
    get_spent_state,
    hashed,
    put_outcome,
)
from dropcast.accounts.connect.oauth_flow import cookie_name
from dropcast.errors.problem import Problem

OUTCOME_LIVES_S = 86_400

# An outcome that has just come about and is kept, one that is shown again, and one that is of no use to a reload.
Shown = Literal["first", "again", "once"]

# An exchange and the look at the account take at most this long where all is well.
_EARLIER_PRESS_S = 15
_LOOK_AGAIN_S = 0.5
_Found = TypeVar("_Found")
_logger = Logger(child=True)


def await_earlier_request(spent_at: int, look: Callable[[], _Found | None]) -> _Found | None:
    """What `look` finds, as soon as the press that spent the state at `spent_at` has stored it; None if it did not."""
    while not (found := look()):
        if clock.now() >= spent_at + _EARLIER_PRESS_S:
            return None
        clock.sleep(_LOOK_AGAIN_S)
    return found


def save_outcome(state_text: str, connected: str | Problem, missing: tuple[str, ...] = ()) -> None:
    """Keep the outcome of a spent state for a reload: the id of what was connected, or the problem."""
    match connected:
        case Problem(code=code, log_id=log_id):
            outcome = Outcome(error=code, log_id=log_id)
        case str():
            outcome = Outcome(connected, missing)
    try:
        put_outcome(state_text, outcome, clock.now() + OUTCOME_LIVES_S)
    except Exception as error:  # noqa: BLE001 - whatever it is, the account is connected
        _logger.warning("outcome.lost", error=type(error).__name__)


def await_earlier_outcome(
    state_text: str, cookies: Mapping[str, str], *consents: ConsentKind
) -> tuple[SpentState, Outcome] | None:
    """How the way of a spent state ended, for the browser that went it; None for every other browser."""
    spent = get_spent_state(state_text, *consents)
    if not spent or not hmac.compare_digest(hashed(cookies.get(cookie_name(state_text), "")), spent.browser_hash):
        return None

    def look() -> Outcome | None:
        again = get_spent_state(state_text, *consents)
        return again.outcome if again else None

    outcome = spent.outcome or await_earlier_request(spent.at, look)
    return (spent, outcome) if outcome else None
