"""Estimates the AWS cost of the month so far, from the daily counts and the cost of one publish."""

from collections.abc import Sequence
from dataclasses import dataclass

from dropcast.events.daily_counts import DayCounts
from dropcast.publishing.intake.cost_estimate import MONTH, estimate_many

DAYS_MAX = 31
"""The largest number of days in a month."""

_MONTH = len("2026-11")


@dataclass(frozen=True)
class MonthCost:
    """The cost of `month` (such as 2026-11) so far, in micro-dollars at list prices.

    publishing_micro_usd: the cost of `publishes` publishes, without data transfer. egress_micro_usd: the cost of
    sending `bytes_sent` bytes.
    fixed_micro_usd: the cost of the whole month without any publish.
    """

    month: str
    publishes: int
    bytes_sent: int
    publishing_micro_usd: int
    egress_micro_usd: int
    fixed_micro_usd: int

    @property
    def total_micro_usd(self) -> int:
        """The sum of the three costs."""
        return self.publishing_micro_usd + self.egress_micro_usd + self.fixed_micro_usd


def month_cost(days: Sequence[DayCounts]) -> MonthCost:
    """The cost of the month that contains the first day in `days`.

    `days` begin with today, newest first, and include every day of this month so far. Days of other months do not
    count.
    """
    month = days[0].day[:_MONTH]
    counted = [one for one in days if one.day[:_MONTH] == month]
    publishes, sent = sum(one.total for one in counted), sum(one.bytes_sent for one in counted)
    lines = {line.what: line.micro_usd for line in estimate_many(publishes, sent)}
    egress = lines.pop("bytes_out", 0)
    return MonthCost(month, publishes, sent, sum(lines.values()), egress, MONTH // 1000)
