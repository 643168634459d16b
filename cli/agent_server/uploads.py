"""The tool request_upload, which uploads a file of this machine."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Annotated

import anyio
from anyio import from_thread, to_thread
from mcp.server.mcpserver import Context
from pydantic import Field

from cli.agent_server.accounts import AccountId
from cli.agent_server.strings import Result, Text, Word
from cli.publishing.media_files import format_of, kind_of_media
from cli.wrong_input import WrongInputError
from dropcast_client import Dropcast, RefusedError, UploadProgress, upload_request
from dropcast_client.uploading import OnProgress

FilePath = Annotated[str, Field(description="A video or a picture below the folder of this server.")]

# After one of these codes, the next call begins a new upload.
_GONE = ("upload_not_found", "upload_aborted")

_Version = tuple[str, Path, int, int]


class Upload(Result):
    """An uploaded file. Until `expires_at` the tool `preflight` accepts its upload_id."""

    upload_id: Word
    filename: Text
    content_type: Word
    size: int
    state: Word
    expires_at: datetime


class UploadTools:
    """Uploads videos and pictures from below `folder`, one at a time."""

    def __init__(self, api: Dropcast, folder: Path) -> None:
        self._api = api
        self._folder = folder.resolve()
        self._turn = Lock()
        self._begun: dict[_Version, str] = {}

    async def request_upload(self, account_id: AccountId, path: FilePath, context: Context) -> Upload:
        """Upload a video or a picture from this machine for an account. It returns an upload_id for the `preflight`
        tool, and posts nothing. If the call ends early, repeat the call: it continues the same upload.
        """
        token = anyio.lowlevel.current_token()

        def tell(progress: UploadProgress) -> None:
            from_thread.run(context.report_progress, progress.bytes_sent, progress.bytes_total, token=token)

        return await to_thread.run_sync(self._upload, account_id, path, _each_percent(tell))

    def _upload(self, account_id: str, path: str, tell: OnProgress) -> Upload:
        file = media_file(self._folder, path)
        found = file.stat()
        version = (account_id, file, found.st_size, found.st_mtime_ns)
        # One upload at a time, so that a second call for the same file waits for the first call, and returns the upload
        # of the first call.
        with self._turn:
            if version not in self._begun:
                self._begun[version] = self._api.begin_upload(upload_request(file, account_id)).upload_id
            upload_id = self._begun[version]
            try:
                self._api.resume_upload(file, upload_id, on_progress=tell)
            except RefusedError as refused:
                if refused.code in _GONE:
                    del self._begun[version]
                raise
            return Upload.model_validate(self._api.show_upload(upload_id))


def media_file(folder: Path, path: str) -> Path:
    """The video or picture at `path`, which is a path relative to `folder` or an absolute path below `folder`.

    Raises WrongInputError.
    """
    try:
        file = (folder / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise _not_below(folder, path) from None
    if not file.is_relative_to(folder) or not file.is_file():
        raise _not_below(folder, path)
    kind_of_media([file])
    if not format_of(file):
        raise WrongInputError(
            f"The first bytes of {path} are not those of a video or a picture.",
            "Convert the file to MP4, JPEG or WebP, then upload the new file.",
        )
    return file


def _not_below(folder: Path, path: str) -> WrongInputError:
    return WrongInputError(
        f"There is no file {path} below {folder}.",
        "Name a file in that folder, or ask the person to start dropcast mcp with another --folder.",
    )


def _each_percent(tell: OnProgress) -> Callable[[UploadProgress], None]:
    """A function that calls `tell` once for each percent."""
    told = -1

    def tell_percent(progress: UploadProgress) -> None:
        nonlocal told
        percent = progress.bytes_sent * 100 // progress.bytes_total
        if percent != told:
            told = percent
            tell(progress)

    return tell_percent
