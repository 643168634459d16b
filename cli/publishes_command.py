"""`dropcast publishes`: lists, shows, edits, cancels, resolves, retries and restarts publishes."""

import json
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from cli.api import PAGE, open_api, request_of, request_with
from cli.dry_run import DryRun, print_unchanged
from cli.json_output import AsJson, print_answer, print_answers
from cli.output import print_note, print_result, print_table, time_text
from cli.publishing.fields import read_fields, time_of
from cli.publishing.publish_text import fields_of, source_text
from cli.stack import Stage
from cli.wrong_input import WrongInputError
from dropcast.settings import listed
from dropcast_client.models.publishes import PublishEdit, PublishView, ResolveRequest

cli = typer.Typer(help="Publishes and actions on them.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The publish_id.")]


class Outcome(StrEnum):
    """A person's decision on an unknown publish."""

    POSTED = "posted"
    NOT_POSTED = "not-posted"
    CHECK_AGAIN = "check-again"


@cli.command("list")
def list_publishes(
    account: Annotated[str, typer.Option(help="Only publishes of this account (acc_…).")] = "",
    user_id: Annotated[str, typer.Option(help="Only publishes of this user's accounts.")] = "",
    state: Annotated[str, typer.Option(help="Only publishes in these states, separated by commas.")] = "",
    reference: Annotated[str, typer.Option(help="Only publishes with this reference; requires --user-id.")] = "",
    limit: Annotated[int, typer.Option(help="The largest number of rows.", min=1)] = 50,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """List publishes, newest first. Example: dropcast publishes list --state failed,unknown"""
    api = open_api(stage)
    found = api.each(
        api.list_publishes,
        account_id=account or None,
        user_id=user_id or None,
        reference=reference or None,
        state=cast(Any, listed(state)) or None,  # the API validates the states
        limit=min(PAGE, limit),
    )
    if as_json:
        print_answers(islice(found, limit))
        return
    headings = ("PUBLISH ID", "ACCOUNT ID", "STATE", "CREATED", "DUE", "ERROR", "REFERENCE", "SOURCE")
    print_table([headings, *map(_row, islice(found, limit))])


@cli.command()
def show(publish_id: Id, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Show a publish and its history. Example: dropcast publishes show pub_01…"""
    publish = open_api(stage).show_publish(publish_id)
    if as_json:
        print_answer(publish)
        return
    print_table(fields_of(publish))
    print_result("")
    print_table(
        [("AT", "STATE", "CODE"), *((time_text(one.at), one.state, one.code or "-") for one in publish.history)]
    )


@cli.command()
def edit(
    publish_id: Id,
    privacy_level: Annotated[str | None, typer.Option(help="Who may see the post.")] = None,
    title: Annotated[str | None, typer.Option(help="The caption of a video, or the title of pictures.")] = None,
    description: Annotated[str | None, typer.Option(help="The text below pictures.")] = None,
    at: Annotated[str, typer.Option(help="The new time: 2027-01-31T18:00:00Z, or the word now.")] = "",
    options: Annotated[Path | None, typer.Option(help="A JSON file with further fields to change.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Change the options or the time of a queued or held publish. Prints its state.

    Example: dropcast publishes edit pub_01… --title "A new title" --at 2027-01-31T18:00:00Z
    """
    given = {"privacy_level": privacy_level, "title": title, "description": description}
    fields = (read_fields(options) if options else {}) | {name: v for name, v in given.items() if v is not None}
    if at:
        fields["publish_at"] = None if at == "now" else time_of(at)
    if not fields:
        raise WrongInputError("There is nothing to change.", "Name a field, such as --title or --at.")
    changes = request_with(PublishEdit, fields)
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_publish(publish_id), f"change {', '.join(fields)} of", as_json)
        return
    publish = api.edit_publish(publish_id, changes)
    _print(publish, publish.state, as_json)


@cli.command()
def cancel(publish_id: Id, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Cancel a publish if possible. Prints its state. Example: dropcast publishes cancel pub_01…"""
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_publish(publish_id), "cancel", as_json)
        return
    publish = api.cancel_publish(publish_id)
    if publish.state != "cancelled":
        print_note("Dropcast has asked TikTok to cancel; the state will show the result.")
    _print(publish, publish.state, as_json)


@cli.command()
def resolve(
    publish_id: Id, outcome: Outcome, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev"
) -> None:
    """Decide the outcome of an unknown publish, or ask TikTok about it again. Prints its state.

    Example: dropcast publishes resolve pub_01… posted
    """
    decision = request_of(ResolveRequest, {"outcome": outcome.value.replace("-", "_")})
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_publish(publish_id), f"resolve as {outcome.value}", as_json)
        return
    publish = api.resolve_publish(publish_id, decision)
    if publish.error and (checked := publish.error.details.get("checked")):
        print_note(f"Checked: {json.dumps(checked, indent=2)}")
    _print(publish, publish.state, as_json)


@cli.command()
def retry(publish_id: Id, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Retry a failed or cancelled publish as a new publish. Prints the new publish's id.

    Example: dropcast publishes retry pub_01…
    """
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_publish(publish_id), "retry", as_json)
        return
    publish = api.retry_publish(publish_id)
    _print(publish, publish.publish_id, as_json)


@cli.command()
def restart(publish_id: Id, dry_run: DryRun = False, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Continue a stuck publish from its current step. Prints its state.

    Example: dropcast publishes restart pub_01…
    """
    api = open_api(stage)
    if dry_run:
        _print_unchanged(api.show_publish(publish_id), "restart", as_json)
        return
    publish = api.restart_publish(publish_id)
    _print(publish, publish.state, as_json)


def _print_unchanged(publish: PublishView, verb: str, as_json: bool) -> None:
    """Print the publish of a dry run. Only the API decides whether the publish can be changed in its state."""
    plan = f"{verb} {publish.publish_id}, which is {publish.state}, if the API accepts that"
    print_unchanged(plan, publish, fields_of(publish), as_json)


def _print(publish: PublishView, words: str, as_json: bool) -> None:
    if as_json:
        print_answer(publish)
    else:
        print_result(words)


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
        source_text(publish),
    )
