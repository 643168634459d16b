"""Telling the world that a budget is used up, once per exhaustion."""

from dataclasses import dataclass

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.budgets.ledger import Ledger, mark_notified
from dropcast.budgets.limits import budgets
from dropcast.budgets.overflow_queue import next_room
from dropcast.events.outbox.outbox import event_write


@dataclass(frozen=True)
class BudgetOwner:
    """An account: ours, and TikTok's name of it."""

    account_id: str
    open_id: str


def mark_exhausted(
    ledger: Ledger, who: BudgetOwner, wants: tuple[str, ...], short: tuple[str, ...]
) -> tuple[Ledger, tuple[dynamo.Item, ...]]:
    """The ledger with note of which of `wants` are `short` of room, and the events of those that nobody was told of."""
    now = clock.now()
    after, new = mark_notified(ledger, budgets(), wants, short, now)
    return after, tuple(event_write("budget.exhausted", _payload(ledger, who, name, now)) for name in new)


def _payload(ledger: Ledger, who: BudgetOwner, name: str, now: int) -> dynamo.Item:
    budget = budgets()[name]
    block = ledger.block_of(name, now)
    return {
        "account_id": who.account_id,
        "open_id": who.open_id,
        "budget": name,
        "used": len(ledger.used.get(name, {})),
        "limit": budget.limit,
        "window_seconds": budget.window_s,
        "next_free_at": clock.iso(next_room(ledger, budgets(), name, now)),
        "why": block and block.why,
    }
