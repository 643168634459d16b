"""`dropcast publish FILES`: uploads a video or pictures, publishes them and waits for the outcome."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.api import open_api, request_of
from cli.exit_codes import NOT_PUBLISHED
from cli.json_output import print_answer
from cli.output import print_note, print_result
from cli.publishing.check import print_problems, print_report
from cli.publishing.fields import pairs_of, read_fields, time_of
from cli.publishing.media_files import kind_of_media
from cli.publishing.only_account import find_only_account
from cli.publishing.outcome import UNTIL_HELD, follow, print_outcome
from cli.publishing.post_options import At, Description, Draft, Files, Metadata, PrivacyLevel, Reference, Title
from cli.publishing.progress import Steps, shown_steps
from cli.publishing.uploads import begin_uploads, find_uploads, place_of, send_files, source_of
from cli.stack import Stage
from cli.wrong_input import WrongInputError
from dropcast.settings import listed
from dropcast_client import RESTING, Dropcast, PublishRequest, PublishView
from dropcast_client.models.preflight import ReportView
from dropcast_client.models.uploads import UploadView


def publish(
    files: Files,
    account: Annotated[
        str, typer.Option(help="An account_id from dropcast accounts list. Default: the only active account.")
    ] = "",
    privacy_level: PrivacyLevel = "",
    title: Title = "",
    description: Description = "",
    at: At = "",
    reference: Reference = "",
    metadata: Metadata = None,
    draft: Draft = False,
    options: Annotated[Path | None, typer.Option(help="A JSON file with further fields of the publish.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Upload and check the files, and print a report. Post nothing.")
    ] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Do not wait for the outcome.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the outcome even with --at.")] = False,
    resume: Annotated[str, typer.Option(help="Resume these uploads (upl_…), separated by commas.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the publish, or the report, as JSON.")] = False,
    stage: Stage = "dev",
) -> None:
    """Upload a video or pictures, publish them and wait for the outcome. The publish_id goes to stdout.

    Example: dropcast publish beach.jpg menu.jpg --account acc_01… --privacy-level SELF_ONLY --title "Two days"
    """
    if wait and detach:
        raise WrongInputError("--wait and --detach exclude each other.", "Leave one of them out.")
    kind = kind_of_media(files)
    given = {
        "account_id": account,
        "kind": kind,
        "privacy_level": privacy_level,
        "title": title,
        "description": description,
        "mode": "draft" if draft else "",
        "publish_at": time_of(at),
        "reference": reference,
        "metadata": pairs_of(metadata or []),
    }
    fields = (read_fields(options) if options else {}) | {name: value for name, value in given.items() if value}
    api = open_api(stage)
    if "account_id" not in fields:
        fields["account_id"] = find_only_account(api)
    request, uploads = _upload(api, files, fields, listed(resume))
    if dry_run:
        report = api.preflight(request)
        _print(report, as_json)
        print_note(f"The files stay uploaded. To publish them, replace --dry-run with: --resume {_ids(uploads)}")
        raise typer.Exit(print_report(report))
    # The key is an upload's id, so that a second run with --resume does not publish the uploads twice.
    taken = api.publish(request, idempotency_key=uploads[0].upload_id)
    if not as_json:
        print_result(taken.publish_id)
    shown = taken if detach else follow(api, taken.publish_id, RESTING if wait else UNTIL_HELD)
    _print(shown, as_json)
    raise typer.Exit(0 if detach else print_outcome(shown))


def _upload(
    api: Dropcast, files: list[Path], fields: dict[str, Any], resumed: list[str]
) -> tuple[PublishRequest, list[UploadView]]:
    """Check the request and send the files. Return the request with their objects, and the uploads."""
    account_id = fields["account_id"]
    # This reports a wrong field before an upload begins.
    request_of(PublishRequest, fields | {"source": {"type": "s3", "bucket": "", "key": ""}})
    uploads = find_uploads(api, files, resumed) if resumed else begin_uploads(api, files, account_id)
    print_note(f"To resume after an interruption, repeat the command within a day with: --resume {_ids(uploads)}")
    request = request_of(PublishRequest, fields | {"source": source_of(fields["kind"], list(map(place_of, uploads)))})
    with shown_steps() as steps:
        _check_before_upload(api, request, steps)
        places = send_files(api, files, uploads, steps)
    return request.model_copy(update={"source": source_of(fields["kind"], places)}), uploads


def _check_before_upload(api: Dropcast, request: PublishRequest, steps: Steps) -> None:
    """Before the long upload starts, report all problems that do not concern the files."""
    steps.show("check", "Checking the account and the options")
    wrong = [one for one in api.preflight(request).problems if not one.field.startswith("source")]
    print_problems(wrong)
    if wrong:
        raise typer.Exit(NOT_PUBLISHED)
    steps.finish("check", "Checked the account and the options")


def _ids(uploads: list[UploadView]) -> str:
    return ",".join(upload.upload_id for upload in uploads)


def _print(shown: PublishView | ReportView, as_json: bool) -> None:
    if as_json:
        print_answer(shown)
