"""Lists the videos and pictures in the deployment's bucket that a person can choose on the posting page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dropcast.aws import clients
from dropcast.aws.expected_refusals import INVALID_ARGUMENT, unless
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.intake.drops.drop_keys import is_hidden
from dropcast.publishing.model.options import Kind
from dropcast.publishing.uploads.content_types import UNKNOWN, plain_type
from dropcast.settings import settings

# Hidden folders: Dropcast's own objects, and uploads, which only the accounts of one user may publish.
_NOT_LISTED = ("media/", "trends/", "uploads/")
_KINDS: dict[str, Kind] = {"video": "video", "image": "photo"}


@dataclass(frozen=True)
class MediaObject:
    """A video or a picture. `size` is in bytes, `stored_at` in seconds since the epoch."""

    key: str
    name: str
    kind: Kind
    size: int
    stored_at: int


@dataclass(frozen=True)
class MediaPage:
    """The folders and the media directly in `folder`. `next` is the cursor of the next page.

    It is None on the last page. A page has at most 1,000 folders and objects. S3 fills the pages in the
    order of the keys. Within a page the newest object is first.
    """

    folder: str
    folders: tuple[str, ...]
    objects: tuple[MediaObject, ...]
    next: str | None


def list_media(caller: Caller, folder: str = "", after: str | None = None) -> MediaPage | Problem:
    """A page of `folder` ("" or a text that ends with a slash), by one call to S3. `after`: the cursor of the page.

    Problems: source_not_upload (the caller is bound to a user), not_found (a folder of Dropcast, or a wrong cursor).
    """
    if caller.user_id is not None:
        return problem("source_not_upload")
    if folder.startswith(_NOT_LISTED) or (not folder.endswith("/") and folder != ""):
        return problem("not_found", what="folder")
    request = {"Bucket": settings().media_bucket, "Prefix": folder, "Delimiter": "/"}
    if after is not None:
        request["ContinuationToken"] = after
    answer = unless(INVALID_ARGUMENT, lambda: clients.client("s3").list_objects_v2(**request))
    if answer is None:
        return problem("not_found", what="page")
    folders = (one["Prefix"] for one in answer.get("CommonPrefixes", ()))
    return MediaPage(
        folder,
        tuple(one for one in folders if not one.startswith(_NOT_LISTED) and not is_hidden(one.removesuffix("/"))),
        tuple(sorted(_media(answer, folder), key=lambda one: (-one.stored_at, one.key))),
        answer.get("NextContinuationToken"),
    )


def _media(answer: dict[str, Any], folder: str) -> Iterator[MediaObject]:
    for one in answer.get("Contents", ()):
        key: str = one["Key"]
        kind = _KINDS.get(plain_type(UNKNOWN, key).partition("/")[0])
        if kind is not None and one["Size"] > 0 and not is_hidden(key):
            stored_at = int(one["LastModified"].timestamp())
            yield MediaObject(key, key.removeprefix(folder), kind, one["Size"], stored_at)
