"""Stores uploads as rows of the publishes table: the declared file, the user and the state."""

from typing import Literal

from pydantic import BaseModel

from dropcast import clock
from dropcast.aws.tables import NEW, PUBLISHES, Item
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem

UploadState = Literal["open", "complete", "aborted"]

# These times match the bucket's lifecycle rules, which abort open uploads after OPEN_S and delete uploaded objects
# after KEPT_S.
OPEN_S = 24 * 3600
# A publish may be scheduled a year ahead, and a retry may follow some days later.
KEPT_S = 400 * 24 * 3600


class Upload(BaseModel, frozen=True):
    """An upload. `multipart_id` is S3's id of the upload.

    `version_id` is the object's version once the upload is complete. `user_id` is the user of the account for which the
    upload began. It decides which callers see the upload (caller.py). It is None for an upload older than this field.
    An open upload can be completed until `expires_at` (seconds since the epoch). The object of a complete upload exists
    until then.
    """

    upload_id: str
    account_id: str
    user_id: str | None = None
    state: UploadState
    filename: str
    content_type: str
    size: int
    bucket: str
    key: str
    multipart_id: str
    created_at: int
    expires_at: int
    version_id: str | None = None


def put(upload: Upload) -> bool:
    """Store a new upload. False if an upload with this id exists."""
    return PUBLISHES.put_if({**_key(upload.upload_id), **upload.model_dump()}, NEW)


def get(upload_id: str) -> Upload | None:
    """The upload, read consistently. None if it does not exist or has expired."""
    row = PUBLISHES.get(_key(upload_id))
    upload = Upload.model_validate(row) if row else None
    return upload if upload is not None and upload.expires_at > clock.now() else None


def visible_upload(upload_id: str, caller: Caller) -> Upload | Problem:
    """The upload if the caller may see it. Problem: upload_not_found."""
    upload = get(upload_id)
    if upload is None or not caller.sees(upload.user_id, upload.account_id):
        return problem("upload_not_found", upload_id=upload_id)
    return upload


def end(upload: Upload, state: Literal["complete", "aborted"], version_id: str | None = None) -> Upload:
    """End an open upload and return it. If another request ended it first, return the stored upload."""
    # S3 counts the age of an object from the start of its upload.
    expires_at = upload.created_at + KEPT_S if state == "complete" else upload.expires_at
    ended = upload.model_copy(update={"state": state, "version_id": version_id, "expires_at": expires_at})
    row = {**_key(upload.upload_id), **ended.model_dump()}
    return ended if PUBLISHES.put_if(row, "#state = :open", {"open": "open"}) else get(upload.upload_id) or ended


def _key(upload_id: str) -> Item:
    return {"pk": f"upload#{upload_id}", "sk": "upload"}
