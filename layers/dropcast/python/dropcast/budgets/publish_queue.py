"""Taking turns: a publish goes when every budget that it needs has room, and after those that asked before it."""

from collections.abc import Mapping
from dataclasses import replace

from dropcast import clock, ids
from dropcast.budgets import ledger_store
from dropcast.budgets.exhaustion_events import BudgetOwner, mark_exhausted
from dropcast.budgets.ledger import (
    Behind,
    Go,
    Ledger,
    Slot,
    Wait,
    block_after_refusal,
    budgets_without_room,
    enqueue,
    release,
    replan,
    turn_of,
)
from dropcast.budgets.ledger_store import Asker, Change
from dropcast.budgets.limits import BudgetName, budgets
from dropcast.budgets.overflow_queue import append, goes_to_back, keep_for_row, next_ask_at

# A wait of this length is waited out: a hold costs three transitions and a line of the history.
_SHORT_S = 5
# An earlier publish that has begun needs no longer than its calls of TikTok take. One that is late may take minutes:
# the waits for it grow with its lateness.
_PATIENCE_S = 20
_CALLS_TAKE_S = 40
_LATE_AFTER_S = 60
_GLANCE_S = 0.2
_BEHIND_S = 10
_BEHIND_LATE_S = 300
# A turn that begins so long after its slot is noted, so that the windows hold it where it is.
_DRIFT_S = 60


def take_turn(who: BudgetOwner, owner: str, wants: tuple[BudgetName, ...], *, heir_of: str | None = None) -> Go | Wait:
    """Return Go if `owner` may now make one use of each of `wants`, otherwise when it may ask again.

    It stands in the queue from now on, until `leave`. In a lane, the last of `wants`, the order of the queue holds.
    `heir_of` is an owner whose place it takes, and whose own uses count as made. A wait of seconds is waited out here.
    """
    end = clock.monotonic() + min(_PATIENCE_S, clock.seconds_left() - _CALLS_TAKE_S)
    asker = Asker(owner, wants[-1])
    while True:
        turn = ledger_store.change(
            who.open_id, "posting", lambda ledger: _asked(ledger, who, owner, wants, heir_of), asker=asker
        )
        match turn:
            case Go():
                return turn
            case Wait(until=until) if until > clock.now() + _SHORT_S:
                return turn
            case Behind(overdue_s=overdue_s) if overdue_s > _LATE_AFTER_S:
                return Wait(clock.now() + min(overdue_s // 2, _BEHIND_LATE_S))
            case _ if clock.monotonic() > end:
                return Wait(clock.now() + _BEHIND_S)
            case Wait(until=until):
                clock.sleep(max(until - clock.now(), _GLANCE_S))
            case Behind():
                clock.sleep(_GLANCE_S)


def record_refusal(
    who: BudgetOwner,
    owner: str,
    wants: tuple[BudgetName, ...],
    made: tuple[BudgetName, ...],
    name: BudgetName,
    code: str,
) -> Wait:
    """TikTok refused `owner`, whose turn it was, with `code`, which concerns the budget `name`: when it may try again.

    What it has `made` use of until then counts. It keeps its place, so that those behind it wait longer too.
    """

    def rule(ledger: Ledger) -> Change[Wait]:
        now = clock.now()
        asked = release(ledger, ids.new_id("ask"), dict.fromkeys(made, now))
        shut = block_after_refusal(enqueue(asked, owner, wants, now), name, budgets()[name], code, now)
        after, events = mark_exhausted(replan(shut, budgets(), now, awake=owner), who, wants, (name,))
        turn = turn_of(after, budgets(), owner, now)
        return Change(after, turn if isinstance(turn, Wait) else Wait(now + _BEHIND_S), events)

    return ledger_store.change(who.open_id, "posting", rule)


def leave(who: BudgetOwner, owner: str, made: Mapping[BudgetName, int], *, back: tuple[BudgetName, ...] = ()) -> None:
    """`owner` leaves the queue: it used the budgets in `made` at these times (seconds since the epoch).

    `back` are budgets whose earlier use it gives back, since nothing came of it.
    """
    ledger_store.remove_from_queue(who.open_id, "posting", owner, made, back=back)


def step_aside(who: BudgetOwner, owner: str, until: int, made: Mapping[BudgetName, int]) -> None:
    """`owner`, whose turn it was, tries again at `until` (seconds since the epoch) and used the budgets in `made`.

    It keeps its place. Until it asks again, others may pass it.
    """
    ledger_store.put_aside(who.open_id, "posting", owner, until, made)


def _asked(
    ledger: Ledger, who: BudgetOwner, owner: str, wants: tuple[str, ...], heir_of: str | None
) -> Change[Go | Behind | Wait]:
    now = clock.now()
    before = ledger.slot_of(owner)
    if before is None and ledger.mine is not None:
        return _told_again(ledger, ledger.mine, now)
    if before is None and not (heir_of and ledger.slot_of(heir_of)) and goes_to_back(ledger, wants[-1], now):
        after, row = append(ledger, budgets(), owner, wants, now)
        return _waits_in_back(after, who, row, now)
    planned = replan(enqueue(ledger, owner, wants, now, heir_of=heir_of), budgets(), now, awake=owner)
    turn = turn_of(planned, budgets(), owner, now)
    if not isinstance(turn, Wait) and before and not before.aside and now - before.at < _DRIFT_S:
        return Change(ledger, turn)
    after, events = mark_exhausted(planned, who, wants, turn.short if isinstance(turn, Wait) else ())
    return Change(after, turn, events)


def _told_again(ledger: Ledger, row: Slot, now: int) -> Change[Go | Behind | Wait]:
    """The owner of `row` asked while others are before it: at its time, which is a later one where that has come."""
    if row.at > now:
        return Change(ledger, _wait(ledger, row, now))
    moved = replace(row, at=next_ask_at(ledger, budgets(), row, now))
    return Change(keep_for_row(ledger, moved), _wait(ledger, moved, now), row=moved)


def _waits_in_back(ledger: Ledger, who: BudgetOwner, row: Slot, now: int) -> Change[Go | Behind | Wait]:
    wait = _wait(ledger, row, now)
    after, events = mark_exhausted(ledger, who, row.wants, wait.short)
    return Change(after, wait, events, row)


def _wait(ledger: Ledger, row: Slot, now: int) -> Wait:
    short = budgets_without_room(ledger, budgets(), row.wants, now, ledger.queue)
    said = (ledger.block_of(name, now) for name in short)
    return Wait(row.at, short, next((block.why for block in said if block), None))
