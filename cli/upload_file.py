"""Uploads a file to the deployment's bucket in parts. Failed parts are sent again, in this run or a later one."""

from collections.abc import Callable, Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import httpx

from cli.api import Api, ApiRefusedError
from dropcast import clock

Upload = dict[str, Any]
OnProgress = Callable[[int], None]
"""Called with the number of bytes uploaded so far."""

_PIECE_BYTES = 256 * 1024
_TRIES = 8
_PAUSE_S_MAX = 30


def begin_upload(api: Api, file: Path, account_id: str) -> Upload:
    """Start the upload of `file` for one account."""
    content_type, _ = guess_type(file.name)
    body = {
        "account_id": account_id,
        "filename": file.name,
        "size": file.stat().st_size,
        "content_type": content_type or "video/mp4",
    }
    return api.ask("POST", "/v1/uploads", body)


def find_upload(api: Api, file: Path, upload_id: str) -> Upload:
    """Return the upload of the same `file` that an earlier run started."""
    shown = api.ask("GET", f"/v1/uploads/{upload_id}")
    if shown["size"] != file.stat().st_size:
        raise ApiRefusedError(
            f"{upload_id} is an upload of {shown['size']} bytes, and {file} has {file.stat().st_size}.",
            "Use the file that the upload was started with, or omit --resume.",
        )
    return shown


def send_parts(api: Api, file: Path, shown: Upload, tell: OnProgress) -> Upload:
    """Send the missing parts and complete the upload; return its source.

    Eight failures in a row raise ApiRefusedError.
    """
    tries = 0
    with httpx.Client(timeout=httpx.Timeout(60, connect=10)) as s3:
        while shown["state"] == "open" and shown["parts_missing"]:
            there = len(shown["parts_there"])
            _put_parts(s3, file, shown, tell)
            shown = api.ask("GET", f"/v1/uploads/{shown['upload_id']}")
            tries = 0 if len(shown["parts_there"]) > there else tries + 1
            if tries == _TRIES:
                raise ApiRefusedError(
                    "S3 accepts no part of the file.", "Check the network, then continue with --resume."
                )
            if tries:
                clock.sleep(min(2**tries, _PAUSE_S_MAX))
    return api.ask("POST", f"/v1/uploads/{shown['upload_id']}/complete")["source"]


def _put_parts(s3: httpx.Client, file: Path, shown: Upload, tell: OnProgress) -> None:
    """Send the missing parts in order until one fails."""
    there = shown["size"] - sum(part["size"] for part in shown["parts_missing"])
    for part in shown["parts_missing"]:
        tell(there)
        if not _put_part(s3, file, part, lambda sent, before=there: tell(before + sent)):
            return
        there += part["size"]
    tell(there)


def _put_part(s3: httpx.Client, file: Path, part: Upload, tell: OnProgress) -> bool:
    length = {"Content-Length": str(part["size"])}
    try:
        return s3.put(part["url"], content=_pieces(file, part, tell), headers=length).is_success
    except httpx.TransportError:
        return False


def _pieces(file: Path, part: Upload, tell: OnProgress) -> Iterator[bytes]:
    sent = 0
    with file.open("rb") as opened:
        opened.seek(part["offset"])
        while sent < part["size"]:
            piece = opened.read(min(_PIECE_BYTES, part["size"] - sent))
            yield piece
            sent += len(piece)
            tell(sent)
