"""`dropcast webhooks`: the webhook endpoints of a deployment and their deliveries."""

from itertools import islice
from typing import Annotated, Any, cast

import typer

from cli.api import PAGE, open_api, request_of
from cli.output import print_note, print_result, print_table, time_text
from cli.stack import Stage
from dropcast.settings import listed
from dropcast_client.models.webhook_endpoints import DeliveryView, EndpointRequest, EndpointView, RedeliverRequest

cli = typer.Typer(help="Webhook endpoints and their deliveries.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The endpoint's id (whe_…), as add and list show it.")]


@cli.command("list")
def show(stage: Stage = "dev") -> None:
    """List the webhook endpoints."""
    found = open_api(stage).list_webhook_endpoints().items
    print_table([("ENDPOINT ID", "STATUS", "FAILING SINCE", "EVENTS", "URL"), *map(_endpoint_row, found)])


@cli.command()
def add(
    url: Annotated[str, typer.Argument(help="An https address on the public internet.")],
    events: Annotated[str, typer.Option(help="Comma-separated events. publish.* is a group, * is all.")] = "*",
    description: Annotated[str, typer.Option(help="A description for people.")] = "",
    stage: Stage = "dev",
) -> None:
    """Create an endpoint. Prints its signing secret, which cannot be printed again."""
    wanted = EndpointRequest(url=url, events=listed(events), description=description)
    made = open_api(stage).make_webhook_endpoint(wanted)
    print_note(f"{made.endpoint_id} ({', '.join(made.events)}). Its secret is shown only once:")
    print_result(made.secret)


@cli.command()
def remove(endpoint_id: Id, stage: Stage = "dev") -> None:
    """Delete an endpoint permanently."""
    open_api(stage).delete_webhook_endpoint(endpoint_id)
    print_note(f"Removed {endpoint_id}.")


@cli.command("test")
def send_test(endpoint_id: Id, stage: Stage = "dev") -> None:
    """Send a test event to an endpoint. Prints the event's id."""
    print_result(open_api(stage).send_test_event(endpoint_id).event_id)


@cli.command()
def deliveries(
    endpoint_id: Id,
    state: Annotated[str, typer.Option(help="Only pending, delivered or failed deliveries.")] = "",
    limit: Annotated[int, typer.Option(help="The largest number of rows.", min=1)] = 50,
    stage: Stage = "dev",
) -> None:
    """List the deliveries to an endpoint, newest first, with the latest answer."""
    api = open_api(stage)
    chosen = cast(Any, state) or None  # the API knows the states
    found = api.each(api.list_webhook_deliveries, endpoint_id, state=chosen, limit=min(PAGE, limit))
    print_table([("EVENT ID", "EVENT", "STATE", "TRIES", "LATEST", "NEXT"), *map(_delivery_row, islice(found, limit))])


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
    given = {"event_id": event_id, "since": since, "until": until, "state": state}
    print_result(open_api(stage).redeliver(endpoint_id, request_of(RedeliverRequest, given)).queued)


def _endpoint_row(one: EndpointView) -> tuple[str, ...]:
    return one.endpoint_id, one.status, time_text(one.failing_since), ",".join(one.events), one.url


def _delivery_row(one: DeliveryView) -> tuple[str, ...]:
    answer = str(one.attempts[-1].status or one.attempts[-1].error or "-") if one.attempts else "-"
    return one.event_id, one.event, one.state, str(one.tries), answer, time_text(one.next_at)
