"""Taking turns: a publish goes when every budget that it needs has room, and after those that asked before it."""

from collections.abc import Mapping

from dropcast import clock, ids
from dropcast.budgets import ledger_store
from dropcast.budgets.exhaustion import Who, noted
from dropcast.budgets.ledger import Behind, Go, Ledger, Wait, blocked, entered, gone, replanned, turn_of
from dropcast.budgets.ledger_store import Change
from dropcast.budgets.limits import BudgetName, budgets

# A wait of this length is waited out: a hold costs three transitions and a line of the history.
_SHORT_S = 5
# Who is before us has begun, and needs no longer than its calls of TikTok take.
_PATIENCE_S = 20
_CALLS_TAKE_S = 40
_GLANCE_S = 0.2
_BEHIND_S = 10


def take_turn(who: Who, owner: str, wants: tuple[BudgetName, ...], *, heir_of: str | None = None) -> Go | Wait:
    """Whether `owner` may now make one use of each of `wants`. In a lane, the last of these, nobody overtakes.

    It stands in the queue from now on, until `leave`. `heir_of` is an owner whose place it takes, and whose own uses
    count as made. A wait of seconds is waited out here.
    """
    end = clock.monotonic() + min(_PATIENCE_S, clock.seconds_left() - _CALLS_TAKE_S)
    while True:
        turn = ledger_store.change(who.open_id, "posting", lambda ledger: _asked(ledger, who, owner, wants, heir_of))
        match turn:
            case Go():
                return turn
            case Wait(until=until) if until > clock.now() + _SHORT_S:
                return turn
            case _ if clock.monotonic() > end:
                return Wait(clock.now() + _BEHIND_S)
            case Wait(until=until):
                clock.sleep(max(until - clock.now(), _GLANCE_S))
            case Behind():
                clock.sleep(_GLANCE_S)


def refused(
    who: Who, owner: str, wants: tuple[BudgetName, ...], made: tuple[BudgetName, ...], name: BudgetName, code: str
) -> Wait:
    """TikTok refused `owner`, whose turn it was, with `code`, which tells of the budget `name`: when it may try again.

    What it has `made` use of until then counts. It keeps its place, so that those behind it wait longer too.
    """

    def rule(ledger: Ledger) -> Change[Wait]:
        now = clock.now()
        asked = gone(ledger, ids.new_id("ask"), dict.fromkeys(made, now))
        shut = blocked(entered(asked, owner, wants, now), name, budgets()[name], code, now)
        after, events = noted(replanned(shut, budgets(), now, awake=owner), who, wants, (name,))
        turn = turn_of(after, budgets(), owner, now)
        return Change(after, turn if isinstance(turn, Wait) else Wait(now + _BEHIND_S), events)

    return ledger_store.change(who.open_id, "posting", rule)


def leave(who: Who, owner: str, made: Mapping[BudgetName, int], *, back: tuple[BudgetName, ...] = ()) -> None:
    """`owner` is through, or gives up: it used the budgets in `made` at these times (seconds since the epoch).

    `back` are budgets whose use of earlier it gives back, since nothing came of it.
    """
    ledger_store.note(who.open_id, "posting", owner, made, back=back)


def _asked(
    ledger: Ledger, who: Who, owner: str, wants: tuple[str, ...], heir_of: str | None
) -> Change[Go | Behind | Wait]:
    now = clock.now()
    planned = replanned(entered(ledger, owner, wants, now, heir_of=heir_of), budgets(), now, awake=owner)
    turn = turn_of(planned, budgets(), owner, now)
    if not isinstance(turn, Wait) and ledger.slot_of(owner):
        return Change(ledger, turn)
    after, events = noted(planned, who, wants, turn.short if isinstance(turn, Wait) else ())
    return Change(after, turn, events)
