"""The result of one check of the deployment's health."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "look", "act"]

_FINE: Status = "ok"
_MOST_URGENT_FIRST: tuple[Status, ...] = ("act", "look", _FINE)
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True)
class Finding:
    """The result of a check, in words for people.

    status: `look` means that a person should check this at some time, `act` that a person must act now. fix: what the
    person can do, or None if there is nothing to do. see: the page of docs/ with more about this. parts: a line for
    each part that the check covers.
    """

    status: Status
    words: str
    fix: str | None = None
    see: str | None = None
    parts: tuple[str, ...] = ()


def urgency(status: Status) -> int:
    """The place of the status in a list that begins with the most urgent status."""
    return _MOST_URGENT_FIRST.index(status)


def worst(statuses: Iterable[Status]) -> Status:
    """The most urgent of the statuses. `ok` if there are none."""
    return min([*statuses, _FINE], key=urgency)


def duration(seconds: int) -> str:
    """A duration in its largest whole unit: 3 hours."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size or size == 1)
    count = max(0, seconds) // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
