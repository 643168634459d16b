"""Asking TikTok something now or not at all: a poll of the status, a look at the creator."""

from dropcast import clock, ids
from dropcast.budgets import ledger_store
from dropcast.budgets.exhaustion_events import BudgetOwner, mark_exhausted
from dropcast.budgets.ledger import Ledger, block_after_refusal, budgets_without_room, free_at, release, replan
from dropcast.budgets.ledger_item import book_of
from dropcast.budgets.ledger_store import Change
from dropcast.budgets.limits import BudgetName, budgets
from dropcast.errors.problem import Problem, problem


def spend_now(who: BudgetOwner, *wants: BudgetName) -> int | None:
    """Make one use of each of `wants` now: None, or else when there is room (seconds since the epoch), and no use made.

    What others in the queue will use keeps its room.
    """

    def rule(ledger: Ledger) -> Change[int | None]:
        now = clock.now()
        short = budgets_without_room(ledger, budgets(), wants, now, ledger.queue)
        after, events = mark_exhausted(ledger, who, wants, short)
        if short:
            return Change(after, max(free_at(ledger, budgets(), name, now, ledger.queue) for name in short), events)
        return Change(release(after, ids.new_id("ask"), dict.fromkeys(wants, now)), None)

    return ledger_store.change(who.open_id, book_of(wants[0]), rule)


def over_budget(who: BudgetOwner, name: BudgetName, free_at: int) -> Problem:
    """`rate_limit_exceeded` by our own count, which has room in the budget `name` again at `free_at`."""
    budget = budgets()[name]
    return problem(
        "rate_limit_exceeded",
        whose="dropcast",
        account_id=who.account_id,
        budget=name,
        limit=budget.limit,
        window_seconds=budget.window_s,
        retry_after=max(free_at - clock.now(), 1),
    )


def block_budget(who: BudgetOwner, name: BudgetName, code: str) -> None:
    """TikTok said `code`, which tells of the budget `name`, to somebody who does not wait: nobody asks for a while."""

    def rule(ledger: Ledger) -> Change[None]:
        now = clock.now()
        after, events = mark_exhausted(
            block_after_refusal(ledger, name, budgets()[name], code, now), who, (name,), (name,)
        )
        return Change(replan(after, budgets(), now), None, events)

    ledger_store.change(who.open_id, book_of(name), rule)
