"""`dropcast publishes`: lists, shows, cancels, resolves, retries and restarts publishes."""

import json
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.api import open_api
from cli.output import print_note, print_result, print_table
from cli.stack import Stage

cli = typer.Typer(help="Publishes and actions on them.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The publish_id.")]


class Outcome(StrEnum):
    """A person's decision on an unknown publish."""

    POSTED = "posted"
    NOT_POSTED = "not-posted"
    CHECK_AGAIN = "check-again"


@cli.command("list")
def list_publishes(
    account_id: Annotated[str, typer.Option(help="Only publishes of this account.")] = "",
    user_id: Annotated[str, typer.Option(help="Only publishes of this user's accounts.")] = "",
    state: Annotated[str, typer.Option(help="Only publishes in this state.")] = "",
    reference: Annotated[str, typer.Option(help="Only publishes with this reference; requires --user-id.")] = "",
    limit: Annotated[int, typer.Option(help="The largest number of rows.", min=1)] = 50,
    stage: Stage = "dev",
) -> None:
    """List publishes, newest first."""
    wanted = {"account_id": account_id, "user_id": user_id, "state": state, "reference": reference}
    found = open_api(stage).list_items("/v1/publishes", wanted, limit)
    headings = ("PUBLISH ID", "ACCOUNT ID", "STATE", "CREATED", "DUE", "ERROR", "REFERENCE", "SOURCE")
    print_table([headings, *map(_row, found)])


@cli.command()
def show(publish_id: Id, stage: Stage = "dev") -> None:
    """Show a publish: its history on stdout, its other fields on stderr."""
    publish = open_api(stage).ask("GET", _path(publish_id))
    print_note(f"Source: {_source(publish)}")
    if publish["reference"]:
        print_note(f"Reference: {publish['reference']}")
    for name, value in publish["metadata"].items():
        print_note(f"{name}: {value}")
    for url in publish["post_urls"]:
        print_note(f"Post: {url}")
    print_table(
        [("AT", "STATE", "CODE"), *((one["at"], one["state"], one["code"] or "-") for one in publish["history"])]
    )
    if publish["error"]:
        print_note(f"{publish['error']['message']} {publish['error']['fix']}")


@cli.command()
def cancel(publish_id: Id, stage: Stage = "dev") -> None:
    """Cancel a publish if possible. Prints its state."""
    publish = open_api(stage).ask("POST", _path(publish_id, "cancel"))
    if publish["state"] != "cancelled":
        print_note("Dropcast has asked TikTok to cancel; the state will show the result.")
    print_result(publish["state"])


@cli.command()
def resolve(publish_id: Id, outcome: Outcome, stage: Stage = "dev") -> None:
    """Decide the outcome of an unknown publish, or ask TikTok about it again. Prints its state."""
    said = {"outcome": outcome.value.replace("-", "_")}
    publish = open_api(stage).ask("POST", _path(publish_id, "resolve"), said)
    if checked := (publish["error"] or {}).get("details", {}).get("checked"):
        print_note(f"Checked: {json.dumps(checked, indent=2)}")
    print_result(publish["state"])


@cli.command()
def retry(publish_id: Id, stage: Stage = "dev") -> None:
    """Retry a failed or cancelled publish as a new publish. Prints the new publish's id."""
    print_result(open_api(stage).ask("POST", _path(publish_id, "retry"))["publish_id"])


@cli.command()
def restart(publish_id: Id, stage: Stage = "dev") -> None:
    """Continue a stuck publish from its current step. Prints its state."""
    print_result(open_api(stage).ask("POST", _path(publish_id, "restart"))["state"])


def _path(publish_id: str, what: str = "") -> str:
    return f"/v1/publishes/{quote(publish_id, safe='')}{f'/{what}' if what else ''}"


def _row(publish: dict[str, Any]) -> tuple[str, ...]:
    error = publish["error"]["code"] if publish["error"] else "-"
    due = publish["publish_at"] or "-"
    what = publish["publish_id"], publish["account_id"], publish["state"], publish["created_at"], due, error
    return (*what, publish["reference"] or "-", _source(publish))


def _source(publish: dict[str, Any]) -> str:
    """The source in a few words: a key, a host, or the first picture's key and the number of further pictures."""
    match publish["source"]:
        case {"type": "photos"}:
            first, *others = publish["pictures"]
            return f"{first['key']} and {len(others)} more" if others else first["key"]
        case source:
            return source["key"] or source["host"] or "-"
