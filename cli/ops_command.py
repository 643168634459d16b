"""`dropcast ops`: shows what failed in a deployment, and retries it. It uses your AWS credentials."""

import json
import sys
from collections.abc import Iterable
from itertools import islice
from typing import Annotated

import typer

from cli.output import print_note, print_result, print_rows
from cli.redrive.failure import Failure
from cli.redrive.kinds import KINDS, find, put_back
from cli.stack import Stage, use_stack
from dropcast.health.finding import duration

cli = typer.Typer(help="List what failed in a deployment, and retry it.", no_args_is_help=True)

Kinds = Annotated[list[str] | None, typer.Option("--kind", help=f"Only this kind; repeatable: {', '.join(KINDS)}.")]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON array.")]


@cli.command()
def failures(
    kind: Kinds = None,
    limit: Annotated[int, typer.Option(help="The largest number of rows of each kind.", min=1)] = 100,
    as_json: Json = False,
    stage: Stage = "dev",
) -> None:
    """List what failed: executions, publishes that did not begin, events, messages of dead-letter queues.

    It uses your AWS credentials. Example: dropcast ops failures
    """
    kinds = _chosen(kind)
    prefix = _prefix(stage)
    found: list[Failure] = []
    for name in kinds:
        some = list(islice(find(name, prefix), limit + 1))
        if len(some) > limit:
            print_note(f"{name}: there are more than {limit}; --limit shows more.")
        found += some[:limit]
    _show(found, "REDRIVE", [_planned(one) for one in found], as_json=as_json)
    if not found and not as_json:
        print_note("There are no open failures.")


@cli.command()
def redrive(
    kind: Kinds = None,
    every: Annotated[bool, typer.Option("--all", help="Every kind.")] = False,
    yes: Annotated[bool, typer.Option("--yes/--dry-run", help="Act, or only show what would be done.")] = False,
    as_json: Json = False,
    stage: Stage = "dev",
) -> None:
    """Retry what failed. A redrive never posts twice. Exits with 1 if an item could not be retried.

    It uses your AWS credentials. Example: dropcast ops redrive --all --dry-run
    """
    if every == bool(kind):
        raise typer.BadParameter("choose kinds, or all of them", param_hint="--kind or --all")
    kinds = _chosen(kind)
    prefix = _prefix(stage)
    if not yes:
        planned = [one for name in kinds for one in find(name, prefix)]
        _show(planned, "WOULD", [_planned(one) for one in planned], as_json=as_json)
        print_note(f"Dry run: {_counts(planned, 'would be retried')}. Add --yes to do it.")
        return
    done: list[Failure] = []
    try:
        for one in put_back(kinds, prefix):
            done.append(one)
    finally:  # also after an error, so that the person sees what was done before the error
        _show(done, "RESULT", [_done(one) for one in done], as_json=as_json)
        print_note(f"{_counts(done, 'put back')}.")
    if any(one.obstacle for one in done):
        raise typer.Exit(1)


def _chosen(kinds: list[str] | None) -> list[str]:
    for name in kinds or ():
        if name not in KINDS:
            raise typer.BadParameter(f"choose from {', '.join(KINDS)}", param_hint="--kind")
    return [name for name in KINDS if not kinds or name in kinds]


def _prefix(stage: str) -> str:
    """The name of the stage's event bus. The names of the stage's queues and functions begin with it."""
    return use_stack(stage)["EventBusName"]


def _show(failures: list[Failure], heading: str, last: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        print_result(json.dumps([one.to_json() for one in failures], indent=2 if sys.stdout.isatty() else None))
        return
    headings = ("KIND", "ID", "ABOUT", "AGE", "CAUSE", heading)
    rows = [
        (one.kind, one.failure_id, one.about, duration(one.age_s), one.cause, words)
        for one, words in zip(failures, last, strict=True)
    ]
    print_rows(headings, rows)


def _planned(failure: Failure) -> str:
    return failure.plan if failure.obstacle is None else _stays(failure)


def _done(failure: Failure) -> str:
    return f"done: {failure.plan}" if failure.obstacle is None else _stays(failure)


def _stays(failure: Failure) -> str:
    assert failure.obstacle is not None
    return f"stays: {failure.obstacle.code}: {failure.obstacle.message} {failure.obstacle.fix}"


def _counts(failures: list[Failure], words: str) -> str:
    stay = sum(one.obstacle is not None for one in failures)
    return f"{len(failures) - stay} {words}, {stay} {'stays' if stay == 1 else 'stay'}"
