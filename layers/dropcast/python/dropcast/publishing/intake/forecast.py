"""Forecasts when a publish starts, its chunks and its cost."""

from dataclasses import dataclass

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.budgets.budget_use import BudgetUse, get_budget_use
from dropcast.publishing.admission.budget_slots import budgets_needed
from dropcast.publishing.intake.cost_estimate import CostLine, estimate
from dropcast.publishing.model.chunk_plan import ChunkPlan, plan_chunks
from dropcast.publishing.model.publish import Photos, Publish, PulledUrl
from dropcast.settings import settings


@dataclass(frozen=True)
class Forecast:
    """`goes_at`: when the publish would start with the present budgets, in seconds since the epoch.

    waits_for: the budget that delays the publish, if there is one. chunks: the chunk plan of an upload. It is None if
    TikTok pulls.
    """

    goes_at: int
    waits_for: str | None
    budgets: tuple[BudgetUse, ...]
    chunks: ChunkPlan | None
    cost: tuple[CostLine, ...]


def forecast(publish: Publish) -> Forecast:
    """Forecast a publish that is not stored yet. Its source must already be inspected and pinned."""
    needed = budgets_needed(publish)
    account = get_account(publish.account_id)
    standing = tuple(one for one in get_budget_use(account.open_id if account else "") if one.name in needed)
    latest = max(standing, key=lambda one: one.next_free_at)
    due = max(clock.now(), publish.due_at)
    return Forecast(
        goes_at=max(due, latest.next_free_at),
        waits_for=latest.name if latest.next_free_at > due else None,
        budgets=standing,
        chunks=plan_chunks(publish.bytes_total, settings().upload_chunk_bytes) if publish.via == "upload" else None,
        cost=_cost(publish),
    )


def _cost(publish: Publish) -> tuple[CostLine, ...]:
    match publish.source:
        case PulledUrl():
            return estimate("pull", 0)
        case Photos(items=items):
            return estimate("pull", sum(item.size or 0 for item in items), pictures=len(items))
        case _:
            return estimate(publish.via, publish.bytes_total)
