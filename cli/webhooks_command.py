"""`dropcast webhooks`: the webhook endpoints of a deployment and their deliveries."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.api import open_api
from cli.output import print_note, print_result, print_table
from cli.stack import Stage
from dropcast.settings import listed

cli = typer.Typer(help="Webhook endpoints and their deliveries.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The endpoint's id (whe_…), as add and list show it.")]

_ALL = "/v1/webhook-endpoints"


@cli.command("list")
def show(stage: Stage = "dev") -> None:
    """List the webhook endpoints."""
    found = open_api(stage).ask("GET", _ALL)["items"]
    print_table([("ENDPOINT ID", "STATUS", "FAILING SINCE", "EVENTS", "URL"), *map(_endpoint_row, found)])


@cli.command()
def add(
    url: Annotated[str, typer.Argument(help="An https address on the public internet.")],
    events: Annotated[str, typer.Option(help="Comma-separated events. publish.* is a group, * is all.")] = "*",
    description: Annotated[str, typer.Option(help="A description for people.")] = "",
    stage: Stage = "dev",
) -> None:
    """Create an endpoint. Prints its signing secret, which cannot be printed again."""
    made = open_api(stage).ask("POST", _ALL, {"url": url, "events": listed(events), "description": description})
    print_note(f"{made['endpoint_id']} ({', '.join(made['events'])}). Its secret is shown only once:")
    print_result(made["secret"])


@cli.command()
def remove(endpoint_id: Id, stage: Stage = "dev") -> None:
    """Delete an endpoint permanently."""
    open_api(stage).ask("DELETE", _path(endpoint_id))
    print_note(f"Removed {endpoint_id}.")


@cli.command("test")
def send_test(endpoint_id: Id, stage: Stage = "dev") -> None:
    """Send a test event to an endpoint. Prints the event's id."""
    print_result(open_api(stage).ask("POST", _path(endpoint_id, "test"))["event_id"])


@cli.command()
def deliveries(
    endpoint_id: Id,
    state: Annotated[str, typer.Option(help="Only pending, delivered or failed deliveries.")] = "",
    limit: Annotated[int, typer.Option(help="The largest number of rows.", min=1)] = 50,
    stage: Stage = "dev",
) -> None:
    """List the deliveries to an endpoint, newest first, with the latest answer."""
    found = open_api(stage).list_items(_path(endpoint_id, "deliveries"), {"state": state}, limit)
    print_table([("EVENT ID", "EVENT", "STATE", "TRIES", "LATEST", "NEXT"), *map(_delivery_row, found)])


@cli.command()
def redeliver(
    endpoint_id: Id,
    event_id: Annotated[str, typer.Option(help="Only this event.")] = "",
    since: Annotated[str, typer.Option(help="Events created at or after this time (2027-01-31T00:00:00Z).")] = "",
    until: Annotated[str, typer.Option(help="Events created before this time.")] = "",
    state: Annotated[str, typer.Option(help="Only pending, delivered or failed deliveries.")] = "",
    stage: Stage = "dev",
) -> None:
    """Deliver one event or the events of a time range again. Prints their number."""
    asked = {"event_id": event_id, "since": since, "until": until, "state": state}
    body = {name: value for name, value in asked.items() if value}
    print_result(open_api(stage).ask("POST", _path(endpoint_id, "redeliver"), body)["queued"])


def _path(endpoint_id: str, what: str = "") -> str:
    return f"{_ALL}/{quote(endpoint_id, safe='')}{f'/{what}' if what else ''}"


def _endpoint_row(one: dict[str, Any]) -> tuple[str, ...]:
    return one["endpoint_id"], one["status"], one["failing_since"] or "-", ",".join(one["events"]), one["url"]


def _delivery_row(one: dict[str, Any]) -> tuple[str, ...]:
    latest = one["attempts"][-1] if one["attempts"] else {"status": None, "error": None}
    answer = str(latest["status"] or latest["error"] or "-")
    return one["event_id"], one["event"], one["state"], str(one["tries"]), answer, one["next_at"] or "-"
