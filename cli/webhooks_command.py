"""`dropcast webhooks`: the webhook endpoints of a deployment and their deliveries."""

import os
from dataclasses import asdict
from itertools import islice
from typing import Annotated, Any, cast

import typer

from cli.api import PAGE, open_api, request_of
from cli.dry_run import DryRun, Planned, print_planned, print_unchanged
from cli.exit_codes import INTERRUPTED
from cli.json_output import AsJson, print_answer, print_answers
from cli.output import print_json_line, print_note, print_result, print_table, time_text
from cli.prompts import Question, ask, can_ask
from cli.stack import Stage
from cli.webhook_listening import Listener, Webhook, check_receiver
from dropcast import clock
from dropcast.clock import iso
from dropcast.settings import listed
from dropcast_client.models.webhook_endpoints import (
    DeliveryView,
    EndpointChange,
    EndpointRequest,
    EndpointStatus,
    EndpointView,
    NewSecretView,
    RedeliverRequest,
)

cli = typer.Typer(help="Webhook endpoints and their deliveries.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The endpoint's id (whe_…), as add and list show it.")]

_ENDPOINT_HEADINGS = ("ENDPOINT ID", "STATUS", "FAILING SINCE", "EVENTS", "URL")
_SECRET_VARIABLE = "DROPCAST_WEBHOOK_SECRET"


@cli.command("list")
def show(as_json: AsJson = False, stage: Stage = "dev") -> None:
    """List the webhook endpoints. Example: dropcast webhooks list"""
    found = open_api(stage).list_webhook_endpoints().items
    if as_json:
        print_answers(found)
        return
    print_table([_ENDPOINT_HEADINGS, *map(_endpoint_row, found)])


@cli.command()
def add(
    url: Annotated[str, typer.Argument(help="An https address on the public internet.")],
    events: Annotated[str, typer.Option(help="Comma-separated events. publish.* is a group, * is all events.")] = "*",
    description: Annotated[str, typer.Option(help="A description for people.")] = "",
    dry_run: Planned = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Create an endpoint. Prints its signing secret, which cannot be printed again.

    Example: dropcast webhooks add https://hooks.example.com/dropcast --events publish.*
    """
    wanted = EndpointRequest(url=url, events=listed(events), description=description)
    if dry_run:
        print_planned(f"create an endpoint at {url}", wanted)
        return
    _print_secret(open_api(stage).make_webhook_endpoint(wanted), as_json)


@cli.command()
def rotate(endpoint_id: Id, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Give an endpoint a new signing secret and print it. The previous secret stays valid for 24 hours.

    Example: dropcast webhooks rotate whe_01…
    """
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_webhook_endpoint(endpoint_id), "give a new secret to", as_json)
        return
    made = api.rotate_webhook_secret(endpoint_id)
    _print_secret(made, as_json)
    print_note(f"Until {time_text(made.previous_secret_until)} Dropcast signs with the previous secret too.")


@cli.command()
def enable(endpoint_id: Id, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Resume the deliveries to a disabled endpoint. Example: dropcast webhooks enable whe_01…"""
    _set_status(stage, endpoint_id, "enabled", dry_run, as_json)


@cli.command()
def disable(endpoint_id: Id, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Stop the deliveries to an endpoint, but keep the endpoint. Example: dropcast webhooks disable whe_01…"""
    _set_status(stage, endpoint_id, "disabled", dry_run, as_json)


@cli.command()
def remove(endpoint_id: Id, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Delete an endpoint permanently. Example: dropcast webhooks remove whe_01…"""
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_webhook_endpoint(endpoint_id), "permanently delete", as_json)
        return
    removed = api.delete_webhook_endpoint(endpoint_id)
    if as_json:
        print_answer(removed)
        return
    print_note(f"Removed {endpoint_id}.")


@cli.command("test")
def send_test(endpoint_id: Id, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Send a test event to an endpoint. Prints the event's id. Example: dropcast webhooks test whe_01…"""
    sent = open_api(stage).send_test_event(endpoint_id)
    if as_json:
        print_answer(sent)
        return
    print_result(sent.event_id)


@cli.command()
def deliveries(
    endpoint_id: Id,
    state: Annotated[str, typer.Option(help="Only deliveries in this state: pending, delivered or failed.")] = "",
    limit: Annotated[int, typer.Option(help="The largest number of rows.", min=1)] = 50,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """List the deliveries to an endpoint, newest first, with the latest answer.

    Example: dropcast webhooks deliveries whe_01… --state failed
    """
    api = open_api(stage)
    chosen = cast(Any, state) or None  # the API validates the states
    found = api.each(api.list_webhook_deliveries, endpoint_id, state=chosen, limit=min(PAGE, limit))
    if as_json:
        print_answers(islice(found, limit))
        return
    print_table([("EVENT ID", "EVENT", "STATE", "TRIES", "LATEST", "NEXT"), *map(_delivery_row, islice(found, limit))])


@cli.command()
def redeliver(
    endpoint_id: Id,
    event_id: Annotated[str, typer.Option(help="Only this event.")] = "",
    since: Annotated[str, typer.Option(help="Events created at or after this time (2027-01-31T00:00:00Z).")] = "",
    until: Annotated[str, typer.Option(help="Events created before this time.")] = "",
    state: Annotated[str, typer.Option(help="Only deliveries in this state: pending, delivered or failed.")] = "",
    dry_run: Planned = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Deliver one event or the events of a time range again. Prints their number.

    Example: dropcast webhooks redeliver whe_01… --since 2027-01-31T00:00:00Z --state failed
    """
    wanted = request_of(RedeliverRequest, {"event_id": event_id, "since": since, "until": until, "state": state})
    if dry_run:
        print_planned(f"deliver events again to {endpoint_id}", wanted)
        return
    queued = open_api(stage).redeliver(endpoint_id, wanted)
    if as_json:
        print_answer(queued)
        return
    print_result(queued.queued)


@cli.command()
def listen(
    endpoint_id: Id,
    forward_to: Annotated[str, typer.Option(help="Also send each webhook to this address by POST.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print each webhook as a line of JSON.")] = False,
    stage: Stage = "dev",
) -> None:
    """Print the webhooks of an endpoint as they enter its delivery log, until Ctrl-C. The endpoint may be disabled.

    The command verifies the webhooks with the secret in DROPCAST_WEBHOOK_SECRET, or asks for the secret. Example:
    dropcast webhooks listen whe_01… --forward-to http://127.0.0.1:8000/dropcast
    """
    if forward_to:
        check_receiver(forward_to)
    shown = _Webhooks(forward_to, as_json)
    try:
        Listener(open_api(stage), endpoint_id, _secret(), forward_to).listen(shown.show)
    except (KeyboardInterrupt, typer.Abort):
        print_note(f"Stopped. Webhooks: {shown.count}, refused: {shown.refused}.")
        raise typer.Exit(INTERRUPTED) from None


def _secret() -> str:
    """The secret in the environment, or the one that a person enters. "" if webhooks are not verified."""
    words = "The endpoint's secret (whsec_…; your input is not shown; press Enter to verify nothing)"
    secret = os.environ.get(_SECRET_VARIABLE, "")
    if not secret and can_ask():
        secret = ask(Question("webhook_secret", words, "secret", default=""))
    if not secret:
        print_note(f"The signatures are not verified, because {_SECRET_VARIABLE} is not set.")
    return secret


class _Webhooks:
    """Prints webhooks and counts them."""

    def __init__(self, forward_to: str, as_json: bool) -> None:
        self._forward_to = forward_to
        self._as_json = as_json
        self.count = 0
        self.refused = 0

    def show(self, webhook: Webhook) -> None:
        self.count += 1
        self.refused += webhook.signature == "refused"
        if self._as_json:
            print_json_line(asdict(webhook))
            return
        print_result(f"{iso(clock.now())} --> {webhook.event} [{webhook.event_id}] {webhook.signature}")
        if webhook.reason:
            print_note(webhook.reason)
        if answer := webhook.forwarded:
            print_result(
                f"{iso(clock.now())} <-- [{answer.status or answer.error}] POST {self._forward_to} [{webhook.event_id}]"
            )


def _print_secret(made: NewSecretView, as_json: bool) -> None:
    if as_json:
        print_answer(made)
        return
    print_note(f"{made.endpoint_id} ({', '.join(made.events)}). Its secret is shown only once:")
    print_result(made.secret)


def _print_unchanged(endpoint: EndpointView, verb: str, as_json: bool) -> None:
    plan = f"{verb} {endpoint.endpoint_id}"
    print_unchanged(plan, endpoint, [_ENDPOINT_HEADINGS, _endpoint_row(endpoint)], as_json)


def _set_status(stage: str, endpoint_id: str, status: EndpointStatus, dry_run: bool, as_json: bool) -> None:
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_webhook_endpoint(endpoint_id), f"set the status {status} of", as_json)
        return
    changed = api.change_webhook_endpoint(endpoint_id, EndpointChange(status=status))
    if as_json:
        print_answer(changed)
        return
    print_note(f"{endpoint_id} is {changed.status}.")


def _endpoint_row(one: EndpointView) -> tuple[str, ...]:
    return one.endpoint_id, one.status, time_text(one.failing_since), ",".join(one.events), one.url


def _delivery_row(one: DeliveryView) -> tuple[str, ...]:
    answer = str(one.attempts[-1].status or one.attempts[-1].error or "-") if one.attempts else "-"
    return one.event_id, one.event, one.state, str(one.tries), answer, time_text(one.next_at)
