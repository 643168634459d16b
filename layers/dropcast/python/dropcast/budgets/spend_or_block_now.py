"""Uses a budget at once or not at all, for calls that do not wait. Blocks a budget if TikTok refused a call."""

from dataclasses import dataclass

from dropcast import clock, ids
from dropcast.budgets import ledger_store
from dropcast.budgets.exhaustion_events import BudgetOwner, mark_exhausted
from dropcast.budgets.ledger import Ledger, block_after_refusal, budgets_without_room, free_at, release, replan
from dropcast.budgets.ledger_item import book_of
from dropcast.budgets.ledger_store import Change
from dropcast.budgets.limits import BudgetName, budgets
from dropcast.errors.problem import Problem, problem


@dataclass(frozen=True)
class NoRoom:
    """The budget `name` has no room before `free_at` (seconds since the epoch)."""

    name: BudgetName
    free_at: int


def spend_now(account: BudgetOwner, *wants: BudgetName) -> NoRoom | None:
    """Use each budget in `wants` once now and return None.

    If a budget has no room, use none of them, and return the budget that has room last. The uses that waiting publishes
    have reserved count as made.
    """

    def rule(ledger: Ledger) -> Change[NoRoom | None]:
        now = clock.now()
        short = budgets_without_room(ledger, budgets(), wants, now, ledger.queue)
        after, events = mark_exhausted(ledger, account, wants, short)
        if short:
            full = [
                NoRoom(name, free_at(ledger, budgets(), name, now, ledger.queue)) for name in wants if name in short
            ]
            return Change(after, max(full, key=lambda one: one.free_at), events)
        return Change(release(after, ids.new_id("ask"), dict.fromkeys(wants, now)), None)

    return ledger_store.change(account.open_id, book_of(wants[0]), rule)


def over_budget(account: BudgetOwner, full: NoRoom) -> Problem:
    """The problem `rate_limit_exceeded` for a limit that Dropcast counts."""
    budget = budgets()[full.name]
    return problem(
        "rate_limit_exceeded",
        whose="dropcast",
        account_id=account.account_id,
        budget=full.name,
        limit=budget.limit,
        window_seconds=budget.window_s,
        retry_after=max(full.free_at - clock.now(), 1),
    )


def block_budget(account: BudgetOwner, name: BudgetName, code: str) -> None:
    """Block the budget `name` for some time, because TikTok refused a call with `code`."""

    def rule(ledger: Ledger) -> Change[None]:
        now = clock.now()
        after, events = mark_exhausted(
            block_after_refusal(ledger, name, budgets()[name], code, now), account, (name,), (name,)
        )
        return Change(replan(after, budgets(), now), None, events)

    ledger_store.change(account.open_id, book_of(name), rule)
