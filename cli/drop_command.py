"""`dropcast drop FILES`: stores a video or pictures in the bucket below drop/. It uses your AWS credentials."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.dropping.drop_plan import DropPlan, plan_drop
from cli.dropping.store_drop import store_drop
from cli.exit_codes import INTERRUPTED
from cli.output import print_json, print_note, print_result
from cli.publishing.fields import pairs_of, read_fields, time_of
from cli.publishing.post_options import At, Description, Draft, Files, Metadata, PrivacyLevel, Reference, Title
from cli.publishing.progress import shown_steps
from cli.stack import Stage, use_stack


def drop(
    files: Files,
    account: Annotated[str, typer.Option(help="An account_id from dropcast accounts list.")],
    privacy_level: PrivacyLevel = "",
    title: Title = "",
    description: Description = "",
    at: At = "",
    reference: Reference = "",
    metadata: Metadata = None,
    draft: Draft = False,
    options: Annotated[Path | None, typer.Option(help="A JSON file with further options of the drop.")] = None,
    name: Annotated[
        str, typer.Option(help="The name in the bucket, without the ending. Default: the file's name.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and print what would be stored.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (docs/cli.md).")] = False,
    stage: Stage = "dev",
) -> None:
    """Store a video or pictures in the bucket as a drop, which becomes a publish. Prints the object's key.

    The command uses your AWS credentials. docs/publish.md describes drops.

    Example: dropcast drop clip.mp4 --account acc_01… --privacy-level SELF_ONLY --title "Dropped"
    """
    when = time_of(at)
    given = {
        "privacy_level": privacy_level,
        "title": title,
        "description": description,
        "mode": "draft" if draft else "",
        "publish_at": when.isoformat() if when else "",
        "reference": reference,
        "metadata": pairs_of(metadata or []),
    }
    fields = (read_fields(options) if options else {}) | {field: value for field, value in given.items() if value}
    bucket = use_stack(stage)["Bucket"]
    plan = plan_drop(files, account, name, fields)
    if dry_run:
        print_note("Dry run: nothing was stored. The command would store these objects in this order:")
        _print(plan, bucket, plan.keys, as_json)
        return
    _store(plan, bucket)
    print_note(f"The drop becomes a publish. To watch it: dropcast watch --account {account}")
    _print(plan, bucket, [plan.key], as_json)


def _store(plan: DropPlan, bucket: str) -> None:
    try:
        with shown_steps() as steps:
            store_drop(plan, bucket, steps)
    except KeyboardInterrupt:
        print_note(
            f"Stopped. {plan.key} was not stored, so nothing is published. To start again, run the same command."
        )
        raise typer.Exit(INTERRUPTED) from None


def _print(plan: DropPlan, bucket: str, keys: list[str], as_json: bool) -> None:
    if as_json:
        found: dict[str, Any] = {"bucket": bucket, "key": plan.key, "keys": plan.keys, "options": plan.options}
        print_json(found)
        return
    for key in keys:
        print_result(key)
