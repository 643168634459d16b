"""Limits how many transfers run at once. Other publishes wait in the order of their first request. Pure.

Times are seconds since the epoch. A turn is the permission to transfer. The turn of a killed process expires. A publish
that stops asking keeps its place in the queue for a while, but does not delay the publishes behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

TURN_S = 960
"""How long a turn lasts, in seconds. It is longer than one invocation of Transfer."""

_WAIT_S = 15
_WAIT_MAX_S = 300
_LATE_S = 60
_KEPT_S = 3600
_PLACES = 500


@dataclass(frozen=True)
class Place:
    """A place in the queue. The lowest number is next. Publishes behind it must wait for it until the time `until`."""

    number: int
    until: int


@dataclass(frozen=True)
class Turns:
    """`running`: the end of each granted turn. `waiting`: the place of each waiting publish.

    Both have publish_ids as keys.
    """

    running: Mapping[str, int] = field(default_factory=dict[str, int])
    waiting: Mapping[str, Place] = field(default_factory=dict[str, Place])


def request_turn(turns: Turns, publish_id: str, now: int, *, at_once: int, has_begun: bool) -> tuple[Turns, int]:
    """The turns after the request of `publish_id`, and the seconds until the publish must ask again (0 if it has a
    turn).

    has_begun: the publish already has an upload address. The address expires, so the publish goes before publishes
    without an address.
    """
    running = {name: end for name, end in turns.running.items() if end > now}
    waiting = {name: place for name, place in turns.waiting.items() if place.until + _KEPT_S > now}
    mine = waiting.pop(publish_id, None)
    number = 0 if has_begun else mine.number if mine else 1 + max((one.number for one in waiting.values()), default=0)
    ahead = sum(place.until > now and place.number < number for place in waiting.values())
    if publish_id in running or len(running) + ahead < at_once:
        return Turns({**running, publish_id: now + TURN_S}, waiting), 0
    wait = min(_WAIT_S * (1 + ahead), _WAIT_MAX_S)
    if mine or len(waiting) < _PLACES:
        waiting[publish_id] = Place(number, now + wait + _LATE_S)
    return Turns(running, waiting), wait
