"""/console: entries that need a person, outcomes of 30 days, accounts nearest to their limits, and this month's cost.

The page makes at most 16 AWS calls, two of them for the session, and no call to TikTok. With more than 100 accounts it
makes up to nine more AWS calls, which find the accounts that must be connected again.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.accounts.account_list_store import AccountPage, get_accounts_by_user
from dropcast.budgets.budget_use import get_fullest_budgets
from dropcast.errors.problem import Problem
from dropcast.events.daily_counts import days_before, get_days
from dropcast.publishing.intake.month_cost import DAYS_MAX, month_cost

from .answers import page, partial, redirect
from .attention import get_attention
from .navigation import OVERVIEW, menu
from .outcome_views import shown_budget, shown_day, shown_month
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_ACCOUNTS = 100
_BUDGETS = 8
_DAYS = 30


@router.get(OVERVIEW, middlewares=signed_in())
def show_overview() -> Response[str]:
    """The overview. A key without the scope read gets the first page of its menu, if there is one."""
    refusal = caller().refusal("read")
    if refusal:
        others = menu()
        return redirect(others[0].path) if others else refused(refusal)
    accounts = _first_accounts()
    if isinstance(accounts, Problem):
        return refused(accounts)
    days = get_days(days_before(clock.now(), DAYS_MAX), caller().user_id)
    by_open_id = {one.open_id: one for one in accounts.accounts if one.status == "active"}
    fullest = get_fullest_budgets(list(by_open_id), _BUDGETS)
    return page(
        "overview.html",
        groups=get_attention(caller(), accounts),
        days=[shown_day(one) for one in days[:_DAYS]],
        budgets=[shown_budget(by_open_id[open_id], use) for open_id, use in fullest],
        accounts_read=len(accounts.accounts),
        has_more_accounts=accounts.next is not None,
        month=shown_month(month_cost(days)) if caller().user_id is None else None,
        now=clock.now(),
    )


@router.get("/console/attention", middlewares=signed_in("read"))
def show_attention() -> Response[str]:
    """The part of the page with the entries that need a person. The page loads it again while its tab is visible."""
    accounts = _first_accounts()
    if isinstance(accounts, Problem):
        return refused(accounts)
    return partial("overview.html", "attention", groups=get_attention(caller(), accounts))


def _first_accounts() -> AccountPage | Problem:
    return get_accounts_by_user(caller(), None, _ACCOUNTS)
