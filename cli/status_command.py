"""`dropcast status`: whether the API answers, and the numbers of accounts and of unfinished publishes."""

from collections import Counter
from typing import Annotated, get_args

import typer

from cli.api import PAGE, open_api
from cli.output import print_json, print_table, time_text
from cli.stack import Stage
from dropcast_client import Dropcast
from dropcast_client.models.shared import State

_UNDER_WAY: list[State] = ["queued", "held", "starting", "uploading", "processing"]


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (docs/cli.md).")] = False, stage: Stage = "dev"
) -> None:
    """Show whether the API answers, and count accounts and publishes. dropcast doctor checks everything else.

    Example: dropcast status
    """
    api = open_api(stage)
    health = api.show_health()
    publishes, accounts = _publishes_by_state(api), _accounts_by_status(api)
    if as_json:
        print_json({"health": health.model_dump(mode="json"), "publishes": publishes, "accounts": accounts})
        return
    print_table(
        [
            ("API", f"{health.status}, {time_text(health.checked_at)}"),
            ("TikTok app", f"{'set' if health.tiktok_app_set else 'not set'}, {health.app_audit}"),
            ("Accounts", _text(accounts)),
            ("Under way", _text({state: publishes[state] for state in _UNDER_WAY})),
            ("Unknown", f"{publishes['unknown']}{_advice(publishes['unknown'])}"),
        ]
    )


def _publishes_by_state(api: Dropcast) -> dict[str, int]:
    """The number of publishes in each unfinished state, and of unknown ones."""
    states: list[State] = [*_UNDER_WAY, "unknown"]
    found = Counter(one.state for one in api.each(api.list_publishes, state=states, limit=PAGE))
    return {state: found[state] for state in get_args(State) if state in states}


def _accounts_by_status(api: Dropcast) -> dict[str, int]:
    return dict(Counter(one.status for one in api.each(api.list_accounts, limit=PAGE)))


def _text(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"


def _advice(unknown: int) -> str:
    return " (dropcast publishes list --state unknown)" if unknown else ""
