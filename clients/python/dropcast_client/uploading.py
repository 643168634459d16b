"""Uploads a file in parts. Failed parts are sent again, in this run or in a later one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mimetypes import guess_type
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import get_args

from dropcast_client.calls import operation
from dropcast_client.errors import UnansweredError, UploadFailedError
from dropcast_client.models.preflight import S3Source
from dropcast_client.models.uploads import PartView, UploadContentType, UploadRequest, UploadView
from dropcast_client.operations.uploads import Uploads
from dropcast_client.runners import Flow, PartToPut, PutParts, Sleep

_PIECE_BYTES = 256 * 1024
_TRIES = 8
_PAUSE_S_MAX = 30


@dataclass(frozen=True)
class UploadProgress:
    """The progress of an upload. Sizes are bytes.

    Store `upload_id` to resume the upload within a day with `resume_upload`.
    """

    upload_id: str
    bytes_sent: int
    bytes_total: int


OnProgress = Callable[[UploadProgress], None]
"""Called before the first part and after each piece. Only one thread calls it at a time."""


def upload_request(file: str | PathLike[str], account_id: str) -> UploadRequest:
    """The request that begins the upload of `file` for one account. Raises OSError."""
    path = Path(file)
    # For an unknown type Dropcast decides by the file's extension.
    known = {kind: kind for kind in get_args(UploadContentType)}
    content_type = known.get(guess_type(path.name)[0], "application/octet-stream")
    return UploadRequest(account_id=account_id, filename=path.name, size=path.stat().st_size, content_type=content_type)


class Uploading:
    """Uploads of files from this machine."""

    @operation
    @staticmethod
    def upload_file(
        file: str | PathLike[str], account_id: str, *, on_progress: OnProgress | None = None
    ) -> Flow[S3Source]:
        """Upload a file for one account. Return the source for a publish. Raises OSError and DropcastError."""
        upload = yield from Uploads.begin_upload(upload_request(file, account_id))
        return (yield from _send(Path(file), upload, on_progress))

    @operation
    @staticmethod
    def resume_upload(
        file: str | PathLike[str], upload_id: str, *, on_progress: OnProgress | None = None
    ) -> Flow[S3Source]:
        """Send the parts of `file` that an upload lacks. Return the source for a publish.

        Raises OSError and DropcastError.
        """
        upload = yield from Uploads.show_upload(upload_id)
        size = Path(file).stat().st_size
        if size != upload.size:
            raise UploadFailedError(
                f"{upload_id} is an upload of {upload.size} bytes, and {file} has {size}.",
                "Use the file that the upload began with, or begin another upload.",
                upload_id,
            )
        return (yield from _send(Path(file), upload, on_progress))


class _Counter:
    """Adds up the sent bytes of all parts, and reports them to the caller."""

    def __init__(self, upload: UploadView, tell: OnProgress | None) -> None:
        self._upload = upload
        self._tell = tell
        self._stored = upload.size - sum(part.size for part in upload.parts_missing)
        self._sent: dict[int, int] = {}
        self._turn = Lock()

    def count(self, part: int, sent: int) -> None:
        """Record that `sent` bytes of a part were sent."""
        with self._turn:
            self._sent[part] = sent
            if self._tell is not None:
                done = self._stored + sum(self._sent.values())
                self._tell(UploadProgress(self._upload.upload_id, done, self._upload.size))


def _send(path: Path, upload: UploadView, tell: OnProgress | None) -> Flow[S3Source]:
    """Send the missing parts and complete the upload.

    UploadFailedError: eight failures in a row, or the file was changed meanwhile.
    """
    failures, version = 0, _version(path)
    while upload.state == "open" and upload.parts_missing:
        yield PutParts(_parts(path, upload, tell))
        latest = yield from _latest(upload)
        failures = 0 if len(latest.parts_there) > len(upload.parts_there) else failures + 1
        upload = latest
        if failures == _TRIES:
            words = "S3 accepts no part of the file.", "Check the network, then resume the upload."
            raise UploadFailedError(*words, upload.upload_id)
        if failures:
            yield Sleep(min(2**failures, _PAUSE_S_MAX))
    if _version(path) != version or version[0] != upload.size:
        words = f"{path} was changed while it was sent.", "Begin another upload when the file is finished."
        raise UploadFailedError(*words, upload.upload_id)
    done = (yield from Uploads.complete_upload(upload.upload_id)).source
    return S3Source(bucket=done.bucket, key=done.key, version_id=done.version_id)


def _version(path: Path) -> tuple[int, int]:
    """The file's size and the time of its last change."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _latest(upload: UploadView) -> Flow[UploadView]:
    """The upload as the API shows it now. If the API does not answer, `upload` unchanged."""
    try:
        return (yield from Uploads.show_upload(upload.upload_id))
    except UnansweredError:
        return upload


def _parts(path: Path, upload: UploadView, tell: OnProgress | None) -> list[PartToPut]:
    counter = _Counter(upload, tell)
    counter.count(0, 0)
    return [_part(path, upload.upload_id, part, counter) for part in upload.parts_missing]


def _part(path: Path, upload_id: str, part: PartView, counter: _Counter) -> PartToPut:
    if part.url is None:
        words = "This API key may not upload.", "Use a key with the scope publish or draft."
        raise UploadFailedError(*words, upload_id)
    return PartToPut(part.url, part.size, lambda: _pieces(path, part, counter))


def _pieces(path: Path, part: PartView, counter: _Counter) -> Iterator[bytes]:
    sent = 0
    with path.open("rb") as file:
        file.seek(part.offset)
        while piece := file.read(min(_PIECE_BYTES, part.size - sent)):
            yield piece
            sent += len(piece)
            counter.count(part.number, sent)
