"""Uploads the files of a publish, and prints how to continue an upload that did not finish."""

import shlex
import sys
from pathlib import Path

import typer

from cli.exit_codes import INTERRUPTED
from cli.output import print_note
from cli.publishing.progress import Steps
from cli.wrong_input import WrongInputError
from dropcast_client import (
    Dropcast,
    PhotosSource,
    Picture,
    S3Source,
    UploadFailedError,
    UploadProgress,
    upload_request,
)
from dropcast_client.models.shared import Kind
from dropcast_client.models.uploads import UploadView


def begin_uploads(api: Dropcast, files: list[Path], account_id: str) -> list[UploadView]:
    """Begin an upload for each file."""
    return [api.begin_upload(upload_request(file, account_id)) for file in files]


def find_uploads(api: Dropcast, files: list[Path], upload_ids: list[str]) -> list[UploadView]:
    """The uploads of an earlier run, in the order of the files. Raises WrongInputError."""
    if len(upload_ids) != len(files):
        raise WrongInputError(
            f"--resume names {len(upload_ids)} uploads for {len(files)} files.",
            "Name all uploads in the order of the files, separated by commas.",
        )
    return [api.show_upload(upload_id) for upload_id in upload_ids]


def place_of(upload: UploadView) -> S3Source:
    """The object that the upload will become."""
    return S3Source(bucket=upload.source.bucket, key=upload.source.key, version_id=upload.source.version_id)


def source_of(kind: Kind, places: list[S3Source]) -> S3Source | PhotosSource:
    """The source of a publish that consists of these objects."""
    if kind == "video":
        return places[0]
    return PhotosSource(items=[Picture(bucket=one.bucket, key=one.key, version_id=one.version_id) for one in places])


def send_files(api: Dropcast, files: list[Path], uploads: list[UploadView], steps: Steps) -> list[S3Source]:
    """Send the parts that S3 lacks and return the objects. After Ctrl-C or a failure, print the command that continues
    the uploads.

    Raises UploadFailedError, and Exit after Ctrl-C.
    """
    try:
        return [_send(api, file, upload, steps) for file, upload in zip(files, uploads, strict=True)]
    except UploadFailedError:
        print_note(f"To continue: {resume_command(uploads)}")
        raise
    except KeyboardInterrupt:
        print_note(f"Stopped. Nothing is published. To continue within a day:\n{resume_command(uploads)}")
        raise typer.Exit(INTERRUPTED) from None


def resume_command(uploads: list[UploadView]) -> str:
    """The command with which this process was started, with options that continue these uploads."""
    words = ["dropcast", *sys.argv[1:]]
    if "--resume" not in words:
        words += ["--resume", ",".join(upload.upload_id for upload in uploads)]
    return shlex.join(words)


def _send(api: Dropcast, file: Path, upload: UploadView, steps: Steps) -> S3Source:
    def show(progress: UploadProgress) -> None:
        steps.show(upload.upload_id, f"Uploading {file.name}", progress.bytes_sent, progress.bytes_total)

    source = api.resume_upload(file, upload.upload_id, on_progress=show)
    steps.finish(upload.upload_id, f"Uploaded {file.name}")
    return source
