"""Shows the outcomes of each day, the budgets and the month's cost on the overview."""

from dataclasses import dataclass
from datetime import date

from dropcast.accounts.models import Account
from dropcast.budgets.budget_use import BudgetUse
from dropcast.events.daily_counts import DayCounts
from dropcast.publishing.intake.month_cost import MonthCost

from .account_views import name_of


@dataclass(frozen=True)
class ShownDay:
    """The counts of a day, and the date in words."""

    counts: DayCounts
    words: str


@dataclass(frozen=True)
class ShownBudget:
    """An account, its name, and the use of the account's fullest budget."""

    account: Account
    name: str
    use: BudgetUse


@dataclass(frozen=True)
class ShownMonth:
    """This month so far. `publishing`, `egress`, `fixed` and `total` are costs in US dollars, as texts."""

    name: str
    publishes: int
    bytes_sent: int
    publishing: str
    egress: str
    fixed: str
    total: str


def shown_day(counts: DayCounts) -> ShownDay:
    """The day as a row of the overview's table of days."""
    return ShownDay(counts, date.fromisoformat(counts.day).strftime("%-d %b %Y"))


def shown_budget(account: Account, use: BudgetUse) -> ShownBudget:
    """The account and its budget as a row of the overview's table of budgets."""
    return ShownBudget(account, name_of(account), use)


def shown_month(cost: MonthCost) -> ShownMonth:
    """The month so far, as the overview shows it."""
    return ShownMonth(
        name=date.fromisoformat(f"{cost.month}-01").strftime("%B %Y"),
        publishes=cost.publishes,
        bytes_sent=cost.bytes_sent,
        publishing=_dollars(cost.publishing_micro_usd),
        egress=_dollars(cost.egress_micro_usd),
        fixed=_dollars(cost.fixed_micro_usd),
        total=_dollars(cost.total_micro_usd),
    )


def _dollars(micro: int) -> str:
    return f"${micro / 1_000_000:,.2f}"
