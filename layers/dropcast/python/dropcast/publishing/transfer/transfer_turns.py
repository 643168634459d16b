"""Whose turn it is to send a video: so many transfers at once, the others in the order in which they came. Pure.

Times are seconds since the epoch. A turn that a killed process never gave back ends by itself. A publish that no longer
asks keeps its number for a while, and does not hold up those behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

TURN_S = 960
"""How long a turn lasts: longer than one invocation of Transfer."""

_WAIT_S = 15
_WAIT_MAX_S = 300
_LATE_S = 60
_KEPT_S = 3600
_PLACES = 500


@dataclass(frozen=True)
class Place:
    """A publish in the queue: the lowest number is next. It holds up others until `until`."""

    number: int
    until: int


@dataclass(frozen=True)
class Turns:
    """The ends of the turns that were given, and the places of those that wait, by publish_id."""

    running: Mapping[str, int] = field(default_factory=dict[str, int])
    waiting: Mapping[str, Place] = field(default_factory=dict[str, Place])


def request_turn(turns: Turns, publish_id: str, now: int, *, at_once: int, has_begun: bool) -> tuple[Turns, int]:
    """The turns after `publish_id` asked for one, and the seconds until it has to ask again: 0 if it has its turn.

    has_begun: TikTok's upload address is ageing already, so it goes before those that have none.
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
