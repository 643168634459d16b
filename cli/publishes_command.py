"""`dropcast publishes`: lists, shows, cancels, resolves, retries and restarts publishes."""

import json
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any, cast

import typer

from cli.api import PAGE, open_api, request_of
from cli.output import print_note, print_result, print_table, time_text
from cli.stack import Stage
from dropcast.settings import listed
from dropcast_client.models.publishes import PublishView, ResolveRequest

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
    api = open_api(stage)
    found = api.each(
        api.list_publishes,
        account_id=account_id or None,
        user_id=user_id or None,
        reference=reference or None,
        state=cast(Any, listed(state)) or None,  # the API knows the states
        limit=min(PAGE, limit),
    )
    headings = ("PUBLISH ID", "ACCOUNT ID", "STATE", "CREATED", "DUE", "ERROR", "REFERENCE", "SOURCE")
    print_table([headings, *map(_row, islice(found, limit))])


@cli.command()
def show(publish_id: Id, stage: Stage = "dev") -> None:
    """Show a publish: its history on stdout, its other fields on stderr."""
    publish = open_api(stage).show_publish(publish_id)
    print_note(f"Source: {_source(publish)}")
    if publish.reference:
        print_note(f"Reference: {publish.reference}")
    for name, value in publish.metadata.items():
        print_note(f"{name}: {value}")
    for url in publish.post_urls:
        print_note(f"Post: {url}")
    print_table(
        [("AT", "STATE", "CODE"), *((time_text(one.at), one.state, one.code or "-") for one in publish.history)]
    )
    if publish.error:
        print_note(f"{publish.error.message} {publish.error.fix}")


@cli.command()
def cancel(publish_id: Id, stage: Stage = "dev") -> None:
    """Cancel a publish if possible. Prints its state."""
    publish = open_api(stage).cancel_publish(publish_id)
    if publish.state != "cancelled":
        print_note("Dropcast has asked TikTok to cancel; the state will show the result.")
    print_result(publish.state)


@cli.command()
def resolve(publish_id: Id, outcome: Outcome, stage: Stage = "dev") -> None:
    """Decide the outcome of an unknown publish, or ask TikTok about it again. Prints its state."""
    decision = request_of(ResolveRequest, {"outcome": outcome.value.replace("-", "_")})
    publish = open_api(stage).resolve_publish(publish_id, decision)
    if publish.error and (checked := publish.error.details.get("checked")):
        print_note(f"Checked: {json.dumps(checked, indent=2)}")
    print_result(publish.state)


@cli.command()
def retry(publish_id: Id, stage: Stage = "dev") -> None:
    """Retry a failed or cancelled publish as a new publish. Prints the new publish's id."""
    print_result(open_api(stage).retry_publish(publish_id).publish_id)


@cli.command()
def restart(publish_id: Id, stage: Stage = "dev") -> None:
    """Continue a stuck publish from its current step. Prints its state."""
    print_result(open_api(stage).restart_publish(publish_id).state)


def _row(publish: PublishView) -> tuple[str, ...]:
    error = publish.error.code if publish.error else "-"
    times = time_text(publish.created_at), time_text(publish.publish_at)
    return (
        publish.publish_id,
        publish.account_id,
        publish.state,
        *times,
        error,
        publish.reference or "-",
        _source(publish),
    )


def _source(publish: PublishView) -> str:
    """The source in a few words: a key, a host, or the first picture's key and the number of further pictures."""
    if publish.source.type == "photos":
        first, *others = publish.pictures
        return f"{first.key} and {len(others)} more" if others else first.key
    return publish.source.key or publish.source.host or "-"
