"""/v1/accounts/{account_id}/budgets: how many calls and posts an account has left."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.accounts.account_store import visible_account
from dropcast.accounts.models import Account
from dropcast.budgets.budget_use import BudgetUse, get_budget_use
from dropcast.budgets.limits import BudgetName
from dropcast.clock import iso

from .answers import Answer, Id, caller, documented, needs, view_or_refusal

router = APIGatewayHttpRouter()


class BudgetView(BaseModel):
    """One budget: how many calls or posts are allowed within a sliding window."""

    budget: BudgetName = Field(
        description="`creator_info`, `video_init`, `inbox_init`, `content_init` and `status` count calls to TikTok's "
        "API. `direct_posts` and `pending_drafts` count the creator's posts and drafts in a day. `looks` counts the "
        "creator_info calls that are not part of a publish. `comments` counts the account's calls to TikTok API for "
        "Business."
    )
    used: int = Field(description="The number of calls or posts within the window that ends now.")
    reserved: int = Field(
        description="The number of further calls or posts that waiting publishes have reserved. A publish keeps its "
        "reservation until Dropcast sends the publish to TikTok."
    )
    limit: int
    window_seconds: int
    next_free_at: str = Field(
        description="When the budget has room for one more call or post, in addition to all used and reserved ones."
    )
    blocked_until: str | None = Field(
        description="Until this time Dropcast makes no such call, because TikTok refused one. null: not blocked."
    )
    blocked_why: str | None = Field(description="The error code of TikTok's refusal.")


class BudgetsView(BaseModel):
    """Every budget of an account."""

    account_id: str
    items: list[BudgetView]


@router.get(
    "/v1/accounts/<account_id>/budgets",
    middlewares=needs("read"),
    responses=documented(200, "The account's budgets", BudgetsView, "account_not_found"),
)
def show_budgets(account_id: Id) -> Answer:
    """Show how many calls and posts the account has left, and when the next call or post is possible.

    A publish over budget waits. It continues at the time in its field `not_before`.
    """
    return view_or_refusal(200, visible_account(account_id, caller()), _budgets_view)


def _budgets_view(account: Account) -> BudgetsView:
    items = [_budget_view(one) for one in get_budget_use(account.open_id)]
    return BudgetsView(account_id=account.account_id, items=items)


def _budget_view(standing: BudgetUse) -> BudgetView:
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
