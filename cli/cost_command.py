"""`dropcast cost`: estimates what AWS charges for this month so far. It uses your AWS credentials."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from cli.output import print_json, print_note, print_table
from cli.stack import Stage, use_stack
from dropcast import clock
from dropcast.events.daily_counts import days_before, get_days
from dropcast.publishing.intake.month_cost import DAYS_MAX, MonthCost, month_cost


def cost(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (docs/cli.md).")] = False, stage: Stage = "dev"
) -> None:
    """Estimate what AWS charges for this month so far, as the console's overview does (docs/cost.md).

    It uses your AWS credentials. Example: dropcast cost
    """
    use_stack(stage)
    found = month_cost(get_days(days_before(clock.now(), DAYS_MAX), None))
    if as_json:
        print_json(asdict(found) | {"total_micro_usd": found.total_micro_usd})
        return
    print_table(_rows(found))
    print_note("An estimate at AWS's list prices of us-east-1, without free tiers. Your bill may differ.")


def _rows(found: MonthCost) -> list[tuple[str, ...]]:
    return [
        (date.fromisoformat(f"{found.month}-01").strftime("%B %Y"), "USD"),
        (f"{found.publishes} publishes", _dollars(found.publishing_micro_usd)),
        (f"{found.bytes_sent / 10**9:.1f} GB sent", _dollars(found.egress_micro_usd)),
        ("A month without publishes (docs/deploy.md)", _dollars(found.fixed_micro_usd)),
        ("Together", _dollars(found.total_micro_usd)),
    ]


def _dollars(micro: int) -> str:
    return f"{micro / 1_000_000:,.2f}"
