"""The event `budget.exhausted`. It is sent once each time a budget is exhausted."""

from dataclasses import dataclass

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.budgets.ledger import Ledger, mark_notified
from dropcast.budgets.limits import budgets
from dropcast.budgets.overflow_queue import next_room
from dropcast.events.outbox.outbox import event_write


@dataclass(frozen=True)
class BudgetOwner:
    """The account that owns the budgets, by Dropcast's account_id and TikTok's open_id."""

    account_id: str
    open_id: str


def mark_exhausted(
    ledger: Ledger, account: BudgetOwner, wants: tuple[str, ...], short: tuple[str, ...]
) -> tuple[Ledger, tuple[dynamo.Item, ...]]:
    """Return the ledger with the exhausted budgets marked, and an event for each of them that was not reported yet.

    `short`: those budgets in `wants` that have no room.
    """
    now = clock.now()
    after, new = mark_notified(ledger, budgets(), wants, short, now)
    return after, tuple(event_write("budget.exhausted", _payload(ledger, account, name, now)) for name in new)


def _payload(ledger: Ledger, account: BudgetOwner, name: str, now: int) -> dynamo.Item:
    budget = budgets()[name]
    block = ledger.block_of(name, now)
    return {
        "account_id": account.account_id,
        "open_id": account.open_id,
        "budget": name,
        "used": len(ledger.used.get(name, {})),
        "limit": budget.limit,
        "window_seconds": budget.window_s,
        "next_free_at": clock.iso(next_room(ledger, budgets(), name, now)),
        "why": block and block.why,
    }
