"""The uses of one account's budgets, and the publishes that wait for a slot. Pure rules; times are epoch seconds.

A slot is the time at which a publish may call TikTok. A publish gets its place in the queue once and keeps it until it
leaves the queue. A slot moves to a later time if the budgets require this. It moves to an earlier time only when its
owner asks, because a sleeping owner wakes at the time that it was given. A long queue continues in overflow_queue.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dropcast.budgets.limits import Budget

# How long the others wait for an owner whose slot is due: longer than the state machine waits for Lambda (11 minutes).
VOID_S = 900


@dataclass(frozen=True)
class Slot:
    """`owner` may call TikTok at `at` and needs one use of each budget in `wants`.

    The last of these is the slot's lane. In a lane the slot with the lowest number goes first, but other slots may pass
    a slot that is `aside` or late. Such a slot keeps its number, and its uses stay reserved. The owner of an `aside`
    slot failed and tries again at `at`. The owner of a late slot may still be using it.
    """

    owner: str
    number: int
    at: int
    wants: tuple[str, ...]
    aside: bool = False

    @property
    def lane(self) -> str:
        return self.wants[-1]

    def is_late(self, now: int) -> bool:
        """Whether the owner is so late that other publishes go first."""
        return self.at + VOID_S <= now

    def may_be_passed(self, now: int) -> bool:
        """Whether later slots in this slot's lane may go first."""
        return self.aside or self.is_late(now)


@dataclass(frozen=True)
class Overflow:
    """The publishes of a lane that wait behind `Ledger.queue`. Each has a row in the table.

    upto: all rows up to this number have left the overflow. waiting: how many rows want each budget. promised: for each
    budget, the times that rows got most recently. Times that cannot limit the next row are left out.
    """

    upto: int
    waiting: Mapping[str, int] = field(default_factory=dict[str, int])
    promised: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])


@dataclass(frozen=True)
class Block:
    """TikTok refused a call with the code `why`. Dropcast pauses for `pause_s` seconds, until `until`."""

    until: int
    why: str
    pause_s: int


@dataclass(frozen=True)
class Ledger:
    """`used`: for each budget, the time of each owner's use. `queue`: the first slots of every lane, by number.

    back: the overflow of each lane that has one. told: when the exhaustion of each budget was reported. last: the
    number of the newest slot. rows_until: when the last row of the overflow expires. mine: the row of the owner that
    asks now, if the owner is in the overflow.
    """

    used: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    queue: tuple[Slot, ...] = ()
    back: Mapping[str, Overflow] = field(default_factory=dict[str, Overflow])
    blocks: Mapping[str, Block] = field(default_factory=dict[str, Block])
    told: Mapping[str, int] = field(default_factory=dict[str, int])
    last: int = 0
    rows_until: int = 0
    revision: int = 0
    mine: Slot | None = field(default=None, compare=False)

    def slot_of(self, owner: str) -> Slot | None:
        """The slot of `owner` in the queue, or None."""
        return next((slot for slot in self.queue if slot.owner == owner), None)

    def block_of(self, name: str, now: int) -> Block | None:
        """The block of the budget, or None if no block is valid at `now`."""
        block = self.blocks.get(name)
        return block if block and block.until > now else None

    def times(self, name: str, queued: Iterable[Slot]) -> list[int]:
        """The times of the past uses of `name` and of the uses that the slots `queued` will make, in order."""
        return sorted([*self.used.get(name, {}).values(), *(slot.at for slot in queued if name in slot.wants)])


@dataclass(frozen=True)
class Go:
    """The owner may call TikTok now."""


@dataclass(frozen=True)
class Behind:
    """The slot is due, but an earlier publish, whose slot was due `overdue_s` seconds ago, has not finished yet."""

    overdue_s: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Wait:
    """The owner waits until `until`.

    `short`: the budgets that have no room now; empty if the owner only waits for owners ahead of it. `why`: TikTok's
    code, if TikTok refused.
    """

    until: int
    short: tuple[str, ...] = ()
    why: str | None = None


def next_free(times: Sequence[int], now: int, limit: int, window: int) -> int:
    """The earliest time from `now` on at which one more use fits.

    With that use no window of `window` seconds has more than `limit` uses. `times` are the past and the promised uses,
    in order. Two uses that are `window` seconds apart share no window.
    """
    at = now
    while _overfull(times, at, limit, window):
        at = times[bisect_right(times, at - window)] + window
    return at


def _overfull(times: Sequence[int], at: int, limit: int, window: int) -> bool:
    """Whether a window that contains `at` already holds `limit` other uses."""
    place = bisect_right(times, at)
    for first in range(max(place - limit, 0), min(place, len(times) - limit) + 1):
        last = first + limit - 1
        if max(times[last], at) - min(times[first], at) < window:
            return True
    return False


def drop_expired(ledger: Ledger, budgets: Mapping[str, Budget], now: int) -> Ledger:
    """The ledger without uses, slots and blocks that no longer matter."""
    return replace(
        ledger,
        used={
            name: {owner: at for owner, at in uses.items() if at + budgets[name].kept_s > now}
            for name, uses in ledger.used.items()
        },
        queue=tuple(slot for slot in ledger.queue if _matters(slot, budgets, now)),
        back={lane: back for lane, back in ledger.back.items() if back.waiting[lane] > 0},
        blocks={name: block for name, block in ledger.blocks.items() if block.until + block.pause_s > now},
    )


def _matters(slot: Slot, budgets: Mapping[str, Budget], now: int) -> bool:
    """Whether the owner may still be using the slot, or a use at the slot's time would still count in a budget."""
    return slot.at + max(VOID_S, *(budgets[name].kept_s for name in slot.wants)) > now


def enqueue(ledger: Ledger, owner: str, wants: tuple[str, ...], now: int, *, heir_of: str | None = None) -> Ledger:
    """The ledger with `owner` in the queue: in the place that it already has, in the place of `heir_of`, or at the end.

    `heir_of` is an earlier owner. If `owner` takes this place, the uses that `heir_of` reserved count as made.
    """
    if ledger.slot_of(owner) is not None:
        return ledger
    before = ledger.slot_of(heir_of) if heir_of else None
    if before is None:
        number = ledger.last + 1
        return replace(ledger, queue=(*ledger.queue, Slot(owner, number, now, wants)), last=number)
    # `heir_of` made its call at the slot's time or later. The ledger gets the present time for this call. So Dropcast
    # counts the call for at least as long as TikTok does.
    left = release(ledger, before.owner, dict.fromkeys(before.wants, now))
    queue = sorted((*left.queue, Slot(owner, before.number, now, wants)), key=lambda slot: slot.number)
    return replace(left, queue=tuple(queue))


def release(ledger: Ledger, owner: str, made: Mapping[str, int]) -> Ledger:
    """The ledger without `owner` in the queue. `made`: the budgets that `owner` used, with the times of these uses."""
    used = {name: {**ledger.used.get(name, {}), owner: at} for name, at in made.items()}
    queue = tuple(slot for slot in ledger.queue if slot.owner != owner)
    return replace(ledger, used={**ledger.used, **used}, queue=queue)


def replan(ledger: Ledger, budgets: Mapping[str, Budget], now: int, *, awake: str | None = None) -> Ledger:
    """The ledger with new times for its slots, as the budgets, TikTok's refusals and the earlier slots allow.

    `awake`: the owner that asks now.
    """
    fixed = _in_use(ledger, now, awake)
    times = {name: ledger.times(name, fixed) for name in budgets}
    lanes: dict[str, int] = {}
    queue: list[Slot] = []
    for slot in ledger.queue:
        planned = slot if slot in fixed else _planned(ledger, budgets, slot, times, lanes, now, slot.owner == awake)
        if not planned.may_be_passed(now):
            lanes[slot.lane] = max(planned.at, lanes.get(slot.lane, 0))
        queue.append(planned)
    return replace(ledger, queue=tuple(queue))


def _in_use(ledger: Ledger, now: int, awake: str | None) -> list[Slot]:
    """The slots whose owners may be calling TikTok now: late slots, and a lane's first slot if it is due."""
    firsts: dict[str, Slot] = {}
    for slot in ledger.queue:
        if not slot.may_be_passed(now):
            firsts.setdefault(slot.lane, slot)
    due = [slot for slot in ledger.queue if slot.at <= now and slot.owner != awake]
    return [slot for slot in due if slot.is_late(now) or slot == firsts.get(slot.lane)]


def _planned(
    ledger: Ledger,
    budgets: Mapping[str, Budget],
    slot: Slot,
    times: Mapping[str, list[int]],
    lanes: Mapping[str, int],
    now: int,
    is_awake: bool,
) -> Slot:
    """The slot at its new time. The function adds that time to `times`."""
    aside = slot.aside and not is_awake
    floor = max(now if is_awake else slot.at, 0 if aside else lanes.get(slot.lane, 0))
    at = earliest(ledger, budgets, slot.wants, times, floor)
    for name in slot.wants:
        insort(times[name], at)
    return replace(slot, at=at, aside=aside)


def earliest(
    ledger: Ledger, budgets: Mapping[str, Budget], wants: tuple[str, ...], times: Mapping[str, list[int]], floor: int
) -> int:
    """The earliest time from `floor` on at which each budget in `wants` has room."""
    at = max(floor, *(ledger.blocks[name].until for name in wants if name in ledger.blocks), 0)
    while True:
        later = max(next_free(times[name], at, budgets[name].limit, budgets[name].kept_s) for name in wants)
        if later == at:
            return at
        at = later


def turn_of(ledger: Ledger, budgets: Mapping[str, Budget], owner: str, now: int) -> Go | Behind | Wait:
    """Return Go if `owner`, which is in the queue, may call TikTok now. Otherwise return the reason for its wait."""
    index = next(index for index, slot in enumerate(ledger.queue) if slot.owner == owner)
    slot, ahead = ledger.queue[index], ledger.queue[:index]
    if slot.at > now:
        short = budgets_without_room(ledger, budgets, slot.wants, now, ahead)
        said = (ledger.block_of(name, now) for name in short)
        return Wait(slot.at, short, next((block.why for block in said if block), None))
    first = next((other for other in ahead if other.lane == slot.lane and not other.may_be_passed(now)), None)
    return Behind(now - first.at) if first else Go()


def budgets_without_room(
    ledger: Ledger, budgets: Mapping[str, Budget], wants: tuple[str, ...], now: int, queued: Sequence[Slot]
) -> tuple[str, ...]:
    """The budgets in `wants` that have no room now. Uses that are planned by the slots in `queued` count as made."""
    return tuple(name for name in wants if free_at(ledger, budgets, name, now, queued) > now)


def free_at(ledger: Ledger, budgets: Mapping[str, Budget], name: str, now: int, queued: Sequence[Slot]) -> int:
    """When the budget has room for one more use. Uses that are planned by the slots in `queued` count as made."""
    return earliest(ledger, budgets, (name,), {name: ledger.times(name, queued)}, now)


def block_after_refusal(ledger: Ledger, name: str, budget: Budget, why: str, now: int) -> Ledger:
    """The ledger with the budget blocked, because TikTok refused with `why`.

    A budget that TikTok counts by the minute is free after one window. TikTok does not say when a daily budget has room
    again, so the first block lasts a 24th of the window. A block that soon follows another lasts twice as long.
    """
    by_minute = why == "rate_limit_exceeded"
    pause, most = (budget.kept_s, 60 * budget.window_s) if by_minute else (budget.window_s // 24, budget.window_s // 4)
    before = ledger.blocks.get(name)
    if before and now < before.until:
        pause = max(before.until - now, pause)
    elif before and now < before.until + before.pause_s:
        pause = min(2 * before.pause_s, most)
    pause = max(pause, 1)
    return replace(ledger, blocks={**ledger.blocks, name: Block(now + pause, why, pause)})


def mark_notified(
    ledger: Ledger, budgets: Mapping[str, Budget], wants: tuple[str, ...], short: tuple[str, ...], now: int
) -> tuple[Ledger, tuple[str, ...]]:
    """The ledger with the budgets in `short` marked as exhausted, and those of them that were not reported before.

    An exhaustion ends when a publish finds room, but at the earliest one window after the report.
    """
    over = {name for name in wants if name not in short and name in ledger.told}
    kept = {n: at for n, at in ledger.told.items() if n not in over or now < at + budgets[n].kept_s}
    new = tuple(name for name in short if name not in kept)
    return replace(ledger, told={**kept, **dict.fromkeys(new, now)}), new
