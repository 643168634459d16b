"""`dropcast publish FILE`: uploads a video, publishes it and waits for the outcome."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from cli.api import Api, open_api
from cli.output import console, print_error, print_note, print_result
from cli.stack import Stage
from cli.upload_file import begin_upload, find_upload, send_parts
from dropcast import clock

_POLL_S = 2
_RESTING = {"published", "in_inbox", "failed", "cancelled", "unknown"}
_GOOD = {"published", "in_inbox"}


def publish(
    file: Annotated[Path, typer.Argument(help="The video.", exists=True, dir_okay=False, readable=True)],
    account: Annotated[str, typer.Option(help="An account_id from dropcast accounts list.")],
    privacy_level: Annotated[str, typer.Option(help="Who may see the post. Required unless --draft.")] = "",
    title: Annotated[str, typer.Option(help="The caption.")] = "",
    reference: Annotated[str, typer.Option(help="Your own id of the publish; publishes list can filter by it.")] = "",
    metadata: Annotated[list[str] | None, typer.Option(help="Your own name=value; up to 20 times.")] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Send a draft to the creator's inbox; the creator posts it in the app.")
    ] = False,
    options: Annotated[
        Path | None, typer.Option(help="A JSON file with further fields of the publish.", exists=True, dir_okay=False)
    ] = None,
    resume_upload: Annotated[str, typer.Option("--resume", help="Resume this upload (upl_…).")] = "",
    stage: Stage = "dev",
) -> None:
    """Upload a video, publish it and wait for the outcome. The publish_id goes to stdout."""
    given = {"privacy_level": privacy_level, "title": title, "mode": "draft" if draft else "", "reference": reference}
    asked = _request_body(account, {**given, "metadata": _pairs(metadata or [])}, options)
    api = open_api(stage)
    shown = find_upload(api, file, resume_upload) if resume_upload else begin_upload(api, file, account)
    _check_before_upload(api, {**asked, "source": shown["source"]})
    print_note(f"Uploading. To resume after an interruption, add within a day: --resume {shown['upload_id']}")
    source = _upload(api, file, shown)
    # Running the command again with --resume does not publish the upload twice.
    headers = {"Idempotency-Key": shown["upload_id"]}
    taken = api.ask("POST", "/v1/publishes", {**asked, "source": source}, **headers)
    print_result(taken["publish_id"])
    raise typer.Exit(_follow(api, taken))


def _pairs(metadata: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in metadata]
    if wrong := [name for name, equals, _ in pairs if not (name and equals)]:
        raise typer.BadParameter(f"{wrong[0]!r} is not name=value", param_hint="--metadata")
    return {name: value for name, _, value in pairs}


def _request_body(account: str, given: dict[str, Any], options: Path | None) -> dict[str, Any]:
    further: dict[str, Any] = json.loads(options.read_text()) if options else {}
    return {**further, "account_id": account, **{name: value for name, value in given.items() if value}}


def _check_before_upload(api: Api, asked: dict[str, Any]) -> None:
    """Before the long upload starts, report every problem that does not concern the file."""
    found = api.ask("POST", "/v1/preflight", asked)["problems"]
    wrong = [one for one in found if one["field"] != "source"]
    for one in wrong:
        print_error(f"{one['field']}: {one['message']}", one["fix"])
    if wrong:
        raise typer.Exit(1)


def _upload(api: Api, file: Path, shown: dict[str, Any]) -> dict[str, Any]:
    with _bar() as bar:
        task = bar.add_task("uploading", total=shown["size"])
        return send_parts(api, file, shown, lambda there: bar.update(task, completed=there))


def _follow(api: Api, shown: dict[str, Any]) -> int:
    """Poll the publish until it is at rest or held; return the exit code."""
    with _bar() as bar:
        task = bar.add_task(shown["state"], total=None)
        while shown["state"] not in _RESTING and shown["state"] != "held":
            total = shown["bytes_total"] or None
            bar.update(task, description=shown["state"], completed=shown["bytes_sent"], total=total)
            clock.sleep(_POLL_S)
            shown = api.ask("GET", f"/v1/publishes/{shown['publish_id']}")
    return _print_outcome(shown)


def _print_outcome(shown: dict[str, Any]) -> int:
    if shown["error"]:
        print_error(f"{shown['state']}: {shown['error']['message']}", shown["error"]["fix"])
        return 1
    if shown["state"] == "held":
        print_note(f"The publish is held until {shown['not_before']} and continues then.")
        return 0
    print_note(shown["state"])
    return 0 if shown["state"] in _GOOD else 1


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
