"""The overflow of a queue: rows for the publishes of a lane that do not fit into the ledger's item. Pure rules.

A row gets its time when it enters the overflow. If the row is still there at that time, it gets a later time. The row
moves into `Ledger.queue` when there is room. Until then other changes of the ledger neither read nor write the row, so
the cost of a change does not grow with the queue.
"""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dropcast.budgets.ledger import Ledger, Overflow, Slot, earliest, free_at
from dropcast.budgets.limits import Budget

FRONT = 25
"""How many slots of a lane `Ledger.queue` holds. Slots that others may pass are not counted."""

ROW_KEPT_S = 30 * 24 * 3600
"""For how many seconds a row is kept after its time. If the row gets a later time, it is kept longer."""

_SOON_S = 60


def room_in_front(ledger: Ledger, lane: str, now: int) -> int:
    """How many more slots of `lane` fit into the ledger's queue."""
    return FRONT - len(_waiting(ledger, lane, now))


def goes_to_back(ledger: Ledger, lane: str, now: int) -> bool:
    """Whether a publish that enters `lane` now becomes a row."""
    return lane in ledger.back or room_in_front(ledger, lane, now) <= 0


def append(
    ledger: Ledger, budgets: Mapping[str, Budget], owner: str, wants: tuple[str, ...], now: int
) -> tuple[Ledger, Slot]:
    """Add a row at the end of the lane's overflow. Returns the ledger after that, and the row."""
    lane = wants[-1]
    back = ledger.back.get(lane) or Overflow(ledger.last)
    floor = max(now, *(slot.at for slot in _waiting(ledger, lane, now)), *back.promised.get(lane, ()))
    at = earliest(ledger, budgets, wants, {name: _times(ledger, name) for name in wants}, floor)
    row = Slot(owner, ledger.last + 1, at, wants)
    after = Overflow(back.upto, _counted(back.waiting, wants, 1), _promised(back, budgets, row))
    return keep_for_row(replace(ledger, back={**ledger.back, lane: after}, last=row.number), row), row


def keep_for_row(ledger: Ledger, row: Slot) -> Ledger:
    """The ledger, kept for at least as long as `row`."""
    return replace(ledger, rows_until=max(ledger.rows_until, row.at + ROW_KEPT_S))


def refill(ledger: Ledger, lane: str, rows: Sequence[Slot], *, were_all: bool) -> Ledger:
    """The ledger after `rows`, the first rows of the lane's overflow, moved into `Ledger.queue`.

    `were_all`: the overflow has no other rows.
    """
    back = ledger.back[lane]
    waiting = back.waiting
    for row in rows:
        waiting = _counted(waiting, row.wants, -1)
    after = replace(back, upto=max([back.upto, *(row.number for row in rows)]), waiting=waiting)
    others = {name: one for name, one in ledger.back.items() if name != lane}
    queue = sorted((*ledger.queue, *rows), key=lambda slot: slot.number)
    return replace(ledger, queue=tuple(queue), back=others if were_all else {**others, lane: after})


def next_ask_at(ledger: Ledger, budgets: Mapping[str, Budget], row: Slot, now: int) -> int:
    """When the owner of `row` asks again (seconds since the epoch), if the row is due but still in the overflow.

    The owner waits for half of the estimated time until its turn, so that it does not miss the turn if the estimate is
    wrong. It asks a few times, at shorter and shorter intervals.
    """
    back = ledger.back[row.lane]
    given = max(ledger.last - back.upto, 1)
    ahead = (row.number - back.upto) * back.waiting.get(row.lane, 0) // given // 2
    front = max((slot.at for slot in _waiting(ledger, row.lane, now)), default=now)
    spans = (ahead // budgets[name].limit * budgets[name].kept_s for name in row.wants)
    return max(front, now + _SOON_S) + max(spans)


def next_room(ledger: Ledger, budgets: Mapping[str, Budget], name: str, now: int) -> int:
    """When the budget `name` has room for one more use. The uses of all waiting publishes count as made."""
    promised = ledger.back[name].promised.get(name, ()) if name in ledger.back else ()
    return max(free_at(ledger, budgets, name, now, ledger.queue), *promised, 0)


def reserved_uses(ledger: Ledger, name: str) -> int:
    """How many uses of the budget `name` the waiting publishes want."""
    rows = sum(back.waiting.get(name, 0) for back in ledger.back.values())
    return rows + sum(name in slot.wants for slot in ledger.queue)


def _waiting(ledger: Ledger, lane: str, now: int) -> list[Slot]:
    return [slot for slot in ledger.queue if slot.lane == lane and not slot.may_be_passed(now)]


def _times(ledger: Ledger, name: str) -> list[int]:
    times = ledger.times(name, ledger.queue)
    for back in ledger.back.values():
        for at in back.promised.get(name, ()):
            insort(times, at)
    return times


def _counted(waiting: Mapping[str, int], wants: Sequence[str], by: int) -> dict[str, int]:
    return {**waiting, **{name: waiting.get(name, 0) + by for name in wants}}


def _promised(back: Overflow, budgets: Mapping[str, Budget], row: Slot) -> dict[str, tuple[int, ...]]:
    """The promised times, including the time of `row`. Times that cannot limit a later row of the lane are
    left out.
    """
    promised = {name: (*times, row.at) if name in row.wants else times for name, times in back.promised.items()}
    promised |= {name: (row.at,) for name in row.wants if name not in promised}
    recent = {
        name: tuple(at for at in times[-budgets[name].limit :] if at + budgets[name].kept_s > row.at)
        for name, times in promised.items()
    }
    return {name: times for name, times in recent.items() if times}
