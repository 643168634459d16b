"""Stores the turns of transfers (transfer_concurrency.py) in one DynamoDB item, whose revision guards each write.

If the setting TRANSFERS_AT_ONCE is 0, there are no turns, and this module reads and writes nothing.
"""

from collections.abc import Callable

from dropcast import clock
from dropcast.aws.clients import AWS_ERRORS
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.aws.tables import NEW, PUBLISHES, Item, set_expression
from dropcast.log import logger
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.transfer.transfer_concurrency import Place, Turns, request_turn
from dropcast.settings import settings

_CROWDED_S = 30
_KEPT_S = 7 * 24 * 3600

_KEY = {"pk": "transfers", "sk": "turns"}


def take_turn(publish_id: str, *, has_begun: bool) -> int | None:
    """Take or renew the turn of `publish_id`. None if it may send, otherwise the seconds until it must ask again.

    has_begun: TikTok has already returned an upload address.
    """
    at_once = settings().transfers_at_once
    if not at_once:
        return None
    return _request_turn(publish_id, at_once, has_begun=has_begun) or None


@retry_on_conflict(tries=8, pause_s=0.3, otherwise=lambda: _CROWDED_S)
def _request_turn(publish_id: str, at_once: int, *, has_begun: bool) -> int | Conflict:
    """Request the turn. Returns the seconds until the publish must ask again, or 0 if it may send."""
    seen, revision = _read()
    turns, wait = request_turn(seen, publish_id, clock.now(), at_once=at_once, has_begun=has_begun)
    return wait if _write(turns, revision) else CONFLICT


def send_in_turn(publish_id: str, send: Callable[[], StepResult]) -> StepResult:
    """Call `send` in the turn of `publish_id`. After the result `more` the publish keeps the turn.

    If there is no free turn, the result is busy.
    """
    if (wait := take_turn(publish_id, has_begun=True)) is not None:
        return StepResult(Outcome.BUSY, not_before=clock.now() + wait)
    step = send()
    if step.outcome is not Outcome.MORE:
        give_back(publish_id)
    return step


def give_back(publish_id: str) -> None:
    """End the turn of `publish_id`, if it has one. If the write fails, the turn expires."""
    if not settings().transfers_at_once:
        return
    try:
        update = "SET revision = revision + :one REMOVE running.#id"
        PUBLISHES.update_if(_KEY, update, "attribute_exists(running.#id)", {"one": 1}, {"id": publish_id})
    except AWS_ERRORS as error:
        logger.warning("turn.not_given_back", publish_id=publish_id, error=type(error).__name__)


def _read() -> tuple[Turns, int]:
    """The stored turns and the item's revision. The revision is 0 if there is no item yet."""
    item = PUBLISHES.get(_KEY)
    if item is None:
        return Turns(), 0
    waiting = {name: Place(**place) for name, place in item["waiting"].items()}
    return Turns(item["running"], waiting), item["revision"]


def _write(turns: Turns, revision: int) -> bool:
    changes: Item = {
        "running": turns.running,
        "waiting": {name: vars(place) for name, place in turns.waiting.items()},
        "revision": revision + 1,
        "expires_at": clock.now() + _KEPT_S,
    }
    unchanged = "revision = :seen" if revision else NEW
    return PUBLISHES.update_if(_KEY, set_expression(changes), unchanged, {**changes, "seen": revision})
