"""How the overview shows days, budgets and the month's cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.budgets.budget_use import BudgetUse
from dropcast.events.daily_counts import DayCounts
from dropcast.publishing.intake.cost_estimate import MONTH, estimate_many

from .account_views import name_of

_DAY_S = 24 * 3600
_MONTH = len("2026-11")


@dataclass(frozen=True)
class ShownDay:
    """The counts of a day, and the day in words."""

    counts: DayCounts
    words: str


@dataclass(frozen=True)
class ShownBudget:
    """The budget of an account that is nearest to its limit."""

    account: Account
    name: str
    use: BudgetUse


@dataclass(frozen=True)
class ShownMonth:
    """This month until now, and its cost in US dollars as texts."""

    name: str
    publishes: int
    bytes_sent: int
    publishing: str
    egress: str
    fixed: str
    total: str


def days_before(now: int, number: int) -> list[str]:
    """The day of `now` (seconds since the epoch) in UTC, and those before it: `number` days, the newest first."""
    return [clock.iso(now - ago * _DAY_S).partition("T")[0] for ago in range(number)]


def shown_day(counts: DayCounts) -> ShownDay:
    """The day as its row in the tables shows it."""
    return ShownDay(counts, date.fromisoformat(counts.day).strftime("%-d %b %Y"))


def shown_budget(account: Account, use: BudgetUse) -> ShownBudget:
    """The budget as its row in the table shows it."""
    return ShownBudget(account, name_of(account), use)


def shown_month(days: Sequence[DayCounts]) -> ShownMonth:
    """The month so far. `days` begin with today, the newest first, and include every day of this month so far."""
    this = [one for one in days if one.day[:_MONTH] == days[0].day[:_MONTH]]
    publishes, sent = sum(one.total for one in this), sum(one.bytes_sent for one in this)
    lines = {line.what: line.micro_usd for line in estimate_many(publishes, sent)}
    egress = lines.pop("bytes_out", 0)
    others = sum(lines.values())
    return ShownMonth(
        name=date.fromisoformat(days[0].day).strftime("%B %Y"),
        publishes=publishes,
        bytes_sent=sent,
        publishing=_dollars(others),
        egress=_dollars(egress),
        fixed=_dollars(MONTH // 1000),
        total=_dollars(others + egress + MONTH // 1000),
    )


def _dollars(micro: int) -> str:
    return f"${micro / 1_000_000:,.2f}"
