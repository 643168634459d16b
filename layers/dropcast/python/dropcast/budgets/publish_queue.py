"""The queue in which publishes wait for the account's budgets.

A publish calls TikTok after the publishes ahead of it, when each budget that it needs has room.
"""

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

# `take_turn` sleeps through a wait of at most this many seconds, because putting the publish on hold costs three state
# transitions and a line of the publish's history.
_SHORT_S = 5
# The publish ahead usually needs only seconds for its calls to TikTok, so `take_turn` waits for it. A publish that
# is late may need minutes more. `take_turn` does not wait for such a publish: the next publish asks again later.
_PATIENCE_S = 20
_CALLS_TAKE_S = 40
_LATE_AFTER_S = 60
_GLANCE_S = 0.2
_BEHIND_S = 10
_BEHIND_LATE_S = 300
# If a turn begins at least this many seconds after its slot, the ledger stores the real time, so that the time of the
# use is right.
_DRIFT_S = 60


def take_turn(
    account: BudgetOwner, owner: str, wants: tuple[BudgetName, ...], *, heir_of: str | None = None
) -> Go | Wait:
    """Return Go if `owner` may now make one use of each budget in `wants`, otherwise how long it must wait.

    `owner` stays in the queue until `leave`. The last budget of `wants` is the owner's lane, within which the order of
    the queue is kept. `heir_of`: an earlier owner, whose place `owner` takes. The uses that the earlier owner reserved
    count as made. This function sleeps through waits of a few seconds.
    """
    end = clock.monotonic() + min(_PATIENCE_S, clock.seconds_left() - _CALLS_TAKE_S)
    asker = Asker(owner, wants[-1])
    while True:
        turn = ledger_store.change(
            account.open_id,
            "posting",
            lambda ledger: _ask_for_turn(ledger, account, owner, wants, heir_of),
            asker=asker,
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
    account: BudgetOwner,
    owner: str,
    wants: tuple[BudgetName, ...],
    made: tuple[BudgetName, ...],
    name: BudgetName,
    code: str,
) -> Wait:
    """Store that TikTok refused `owner` with `code`, which concerns the budget `name`. Returns the wait of `owner`.

    `made`: the budgets that `owner` has used. `owner` keeps its place, so the publishes behind it wait longer too.
    """

    def rule(ledger: Ledger) -> Change[Wait]:
        now = clock.now()
        spent = release(ledger, ids.new_id("ask"), dict.fromkeys(made, now))
        blocked = block_after_refusal(enqueue(spent, owner, wants, now), name, budgets()[name], code, now)
        after, events = mark_exhausted(replan(blocked, budgets(), now, awake=owner), account, wants, (name,))
        turn = turn_of(after, budgets(), owner, now)
        return Change(after, turn if isinstance(turn, Wait) else Wait(now + _BEHIND_S), events)

    return ledger_store.change(account.open_id, "posting", rule)


def leave(
    account: BudgetOwner, owner: str, made: Mapping[BudgetName, int], *, back: tuple[BudgetName, ...] = ()
) -> None:
    """Remove `owner` from the queue. `made`: the budgets that it used, with the times (seconds since the epoch).

    `back`: budgets whose earlier use is undone, because it led to no post.
    """
    ledger_store.remove_from_queue(account.open_id, "posting", owner, made, back=back)


def step_aside(account: BudgetOwner, owner: str, until: int, made: Mapping[BudgetName, int]) -> None:
    """Let others pass `owner` until it asks again at `until` (seconds since the epoch).

    `made`: the budgets that it used. The owner keeps its place.
    """
    ledger_store.put_aside(account.open_id, "posting", owner, until, made)


def _ask_for_turn(
    ledger: Ledger, account: BudgetOwner, owner: str, wants: tuple[str, ...], heir_of: str | None
) -> Change[Go | Behind | Wait]:
    now = clock.now()
    before = ledger.slot_of(owner)
    if before is None and ledger.mine is not None:
        return _ask_from_overflow(ledger, ledger.mine, now)
    if before is None and not (heir_of and ledger.slot_of(heir_of)) and goes_to_back(ledger, wants[-1], now):
        after, row = append(ledger, budgets(), owner, wants, now)
        return _enter_overflow(after, account, row, now)
    planned = replan(enqueue(ledger, owner, wants, now, heir_of=heir_of), budgets(), now, awake=owner)
    turn = turn_of(planned, budgets(), owner, now)
    if not isinstance(turn, Wait) and before and not before.aside and now - before.at < _DRIFT_S:
        return Change(ledger, turn)
    after, events = mark_exhausted(planned, account, wants, turn.short if isinstance(turn, Wait) else ())
    return Change(after, turn, events)


def _ask_from_overflow(ledger: Ledger, row: Slot, now: int) -> Change[Go | Behind | Wait]:
    """Answer the owner of `row`, which asks while others are ahead of it.

    If the time of `row` has come, the row gets a later time.
    """
    if row.at > now:
        return Change(ledger, _wait(ledger, row, now))
    moved = replace(row, at=next_ask_at(ledger, budgets(), row, now))
    return Change(keep_for_row(ledger, moved), _wait(ledger, moved, now), row=moved)


def _enter_overflow(ledger: Ledger, account: BudgetOwner, row: Slot, now: int) -> Change[Go | Behind | Wait]:
    wait = _wait(ledger, row, now)
    after, events = mark_exhausted(ledger, account, row.wants, wait.short)
    return Change(after, wait, events, row)


def _wait(ledger: Ledger, row: Slot, now: int) -> Wait:
    short = budgets_without_room(ledger, budgets(), row.wants, now, ledger.queue)
    said = (ledger.block_of(name, now) for name in short)
    return Wait(row.at, short, next((block.why for block in said if block), None))
