"""Uploads as rows of the publishes table: the user, what was declared, how the upload ended."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from dropcast import clock
from dropcast.aws.dynamo import Item
from dropcast.aws.tables import NEW, PUBLISHES
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem

UploadState = Literal["open", "complete", "aborted"]

# S3 gives up what is not completed by then, and deletes what is older: the bucket's lifecycle rules say the same.
OPEN_S = 24 * 3600
# A publish may wait a year for its time, and a retry of it some days more.
KEPT_S = 400 * 24 * 3600


class Upload(BaseModel):
    """An upload. `multipart_id` is S3's name for it, `version_id` the object's version once it is complete.

    `user_id` is the user whose account it was begun for: that decides which callers see it (caller.py). It is None for
    an upload older than this field.
    `expires_at` (seconds since the epoch): until then an open upload can be completed, and the object of a complete one
    is there.
    """

    model_config = ConfigDict(frozen=True)

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
    """Store a new upload; False if there is one with this id already."""
    return PUBLISHES.put_if({**_key(upload.upload_id), **upload.model_dump()}, NEW)


def get(upload_id: str) -> Upload | None:
    """The upload, read consistently; None if there is none, or it has expired."""
    row = PUBLISHES.get(_key(upload_id))
    upload = Upload.model_validate(row) if row else None
    return upload if upload is not None and upload.expires_at > clock.now() else None


def visible_upload(upload_id: str, caller: Caller) -> Upload | Problem:
    """The upload, if it exists for the caller. Problem: upload_not_found."""
    upload = get(upload_id)
    if upload is None or not caller.sees(upload.user_id):
        return problem("upload_not_found", upload_id=upload_id)
    return upload


def end(upload: Upload, state: Literal["complete", "aborted"], version_id: str | None = None) -> Upload:
    """End an open upload, and return the row after that. Another request may have ended it first."""
    # S3 counts the age of an object from the moment its upload began.
    expires_at = upload.created_at + KEPT_S if state == "complete" else upload.expires_at
    ended = upload.model_copy(update={"state": state, "version_id": version_id, "expires_at": expires_at})
    row = {**_key(upload.upload_id), **ended.model_dump()}
    return ended if PUBLISHES.put_if(row, "#state = :open", {"open": "open"}) else get(upload.upload_id) or ended


def _key(upload_id: str) -> Item:
    return {"pk": f"upload#{upload_id}", "sk": "upload"}
