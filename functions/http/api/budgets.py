"""How much an account may still ask and post."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.accounts.account_store import visible_account
from dropcast.budgets.budget_use import BudgetUse, get_budget_use
from dropcast.budgets.limits import BudgetName
from dropcast.clock import iso
from dropcast.errors.problem import Problem

from .answers import Id, caller, documented, needs, refused, view

router = APIGatewayHttpRouter()


class BudgetView(BaseModel):
    """One budget: how often something may be done within a sliding window."""

    budget: BudgetName = Field(
        description="creator_info, video_init, inbox_init, content_init and status count calls of TikTok's API; "
        "direct_posts and pending_drafts what the creator posts in a day; looks are those calls of creator_info that "
        "this API makes for its callers; comments are calls of TikTok API for Business for the account's comments."
    )
    used: int = Field(description="Uses within the window up to now.")
    reserved: int = Field(description="Slots that publishes own: each has one until it has gone.")
    limit: int
    window_seconds: int
    next_free_at: str = Field(description="When one more would fit, after all that are used or reserved.")
    blocked_until: str | None = Field(description="TikTok itself refused: nobody asks again before this time.")
    blocked_why: str | None = Field(description="TikTok's code of that refusal.")


class BudgetsView(BaseModel):
    """Every budget of an account."""

    account_id: str
    items: list[BudgetView]


@router.get(
    "/v1/accounts/<account_id>/budgets",
    middlewares=needs("read"),
    responses=documented(200, "The account's budgets", BudgetsView, "account_not_found"),
)
def show_budgets(account_id: Id) -> Response[Any]:
    """How much the account may still ask and post, and when there is room again. A publish over budget waits by
    itself and goes at its `not_before`."""
    account = visible_account(account_id, caller())
    if isinstance(account, Problem):
        return refused(account)
    return view(200, BudgetsView(account_id=account_id, items=[_shown(one) for one in get_budget_use(account.open_id)]))


def _shown(standing: BudgetUse) -> BudgetView:
    return BudgetView(
        budget=standing.name,
        used=standing.used,
        reserved=standing.reserved,
        limit=standing.limit,
        window_seconds=standing.window_s,
        next_free_at=iso(standing.next_free_at),
        blocked_until=None if standing.blocked_until is None else iso(standing.blocked_until),
        blocked_why=standing.why,
    )
