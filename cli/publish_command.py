"""`dropcast publish FILE`: uploads a video, publishes it and waits for the outcome."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from cli.api import open_api, request_of
from cli.output import console, print_error, print_note, print_result, time_text
from cli.stack import Stage
from dropcast_client import RESTING, Dropcast, PublishRequest, PublishView, S3Source, UploadProgress, upload_request
from dropcast_client.models.uploads import UploadView

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
    asked = _request_fields(account, {**given, "metadata": _pairs(metadata or [])}, options)
    api = open_api(stage)
    upload = api.show_upload(resume_upload) if resume_upload else api.begin_upload(upload_request(file, account))
    request = request_of(PublishRequest, {**asked, "source": upload.source.model_dump()})
    _check_before_upload(api, request)
    print_note(f"Uploading. To resume after an interruption, add within a day: --resume {upload.upload_id}")
    request = request.model_copy(update={"source": _upload(api, file, upload)})
    # Running the command again with --resume does not publish the upload twice.
    taken = api.publish(request, idempotency_key=upload.upload_id)
    print_result(taken.publish_id)
    raise typer.Exit(_follow(api, taken))


def _pairs(metadata: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in metadata]
    if wrong := [name for name, equals, _ in pairs if not (name and equals)]:
        raise typer.BadParameter(f"{wrong[0]!r} is not name=value", param_hint="--metadata")
    return {name: value for name, _, value in pairs}


def _request_fields(account: str, given: dict[str, Any], options: Path | None) -> dict[str, Any]:
    further = _read_options(options) if options else {}
    return {**further, "account_id": account, **{name: value for name, value in given.items() if value}}


def _read_options(file: Path) -> dict[str, Any]:
    try:
        further = json.loads(file.read_text())
    except ValueError as error:
        raise typer.BadParameter(f"{file} is not JSON: {error}", param_hint="--options") from None
    if not isinstance(further, dict):
        raise typer.BadParameter(f"{file} is not a JSON object", param_hint="--options")
    return further


def _check_before_upload(api: Dropcast, request: PublishRequest) -> None:
    """Before the long upload starts, report every problem that does not concern the file."""
    wrong = [one for one in api.preflight(request).problems if one.field != "source"]
    for one in wrong:
        print_error(f"{one.field}: {one.message}", one.fix)
    if wrong:
        raise typer.Exit(1)


def _upload(api: Dropcast, file: Path, upload: UploadView) -> S3Source:
    with _bar() as bar:
        task = bar.add_task("uploading", total=upload.size)

        def show(progress: UploadProgress) -> None:
            bar.update(task, completed=progress.bytes_sent)

        return api.resume_upload(file, upload.upload_id, on_progress=show)


def _follow(api: Dropcast, taken: PublishView) -> int:
    """Poll the publish until it is at rest or held; return the exit code."""
    with _bar() as bar:
        task = bar.add_task(taken.state, total=None)

        def show(shown: PublishView) -> None:
            bar.update(task, description=shown.state, completed=shown.bytes_sent, total=shown.bytes_total or None)

        ended = api.wait(taken.publish_id, until=RESTING | {"held"}, on_poll=show)
    return _print_outcome(ended)


def _print_outcome(shown: PublishView) -> int:
    if shown.error:
        print_error(f"{shown.state}: {shown.error.message}", shown.error.fix)
        return 1
    if shown.state == "held":
        print_note(f"The publish is held until {time_text(shown.not_before)} and continues then.")
        return 0
    print_note(shown.state)
    return 0 if shown.state in _GOOD else 1


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
