"""Whether an upload can be whole within the hour that TikTok's address for it lives (protocol section 4). Pure."""

from collections.abc import Sequence
from typing import Literal

from dropcast import clock
from dropcast.publishing.model.publish import HistoryEntry, reached_at
from dropcast.publishing.model.states import State

URL_S = 3600
WARN_S = 45 * 60
_MEASURED_S = 60
# It is given up early only if it would be late even at this much more than its speed so far.
_HOPE = 1.5


def deadline_outlook(*, sent: int, seconds: float, left: int, age: float) -> Literal["fine", "late", "hopeless"]:
    """`sent` bytes took `seconds`, `left` are to come; TikTok gave the address `age` seconds ago.

    late: it would take more than 45 of the 60 minutes. hopeless: it cannot be done. fine, too, while nobody can tell.
    """
    if not sent or seconds < _MEASURED_S:
        return "fine"
    to_come = left * seconds / sent
    if age + to_come / _HOPE > URL_S:
        return "hopeless"
    return "late" if age + to_come > WARN_S else "fine"


def url_given_at(history: Sequence[HistoryEntry]) -> int:
    """When TikTok gave the address (seconds since the epoch): the publish has been uploading since.

    A restart adds a line in the same state, so the first line of the last run of uploading counts.
    """
    return reached_at(history, State.UPLOADING) or clock.now()
