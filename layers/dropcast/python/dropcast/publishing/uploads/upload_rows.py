"""Uploads as rows of the publishes table: whose, what was declared, how it ended."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.settings import settings

UploadState = Literal["open", "complete", "aborted"]

# S3 gives up what is not completed by then, and deletes what is older: the bucket's lifecycle rules say the same.
OPEN_SECONDS = 24 * 3600
# A publish may wait a year for its time, and a retry of it some days more.
KEPT_SECONDS = 400 * 24 * 3600


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
    written = dynamo.write_if(
        "put_item",
        TableName=settings().publishes_table,
        Item=dynamo.to_item({**_key(upload.upload_id), **upload.model_dump()}),
        ConditionExpression="attribute_not_exists(pk)",
    )
    return written is not None


def get(upload_id: str) -> Upload | None:
    """The upload, read consistently; None if there is none, or its time is over."""
    answer = clients.client("dynamodb").get_item(
        TableName=settings().publishes_table, Key=dynamo.to_item(_key(upload_id)), ConsistentRead=True
    )
    upload = Upload.model_validate(dynamo.from_item(answer["Item"])) if "Item" in answer else None
    return upload if upload is not None and upload.expires_at > clock.now() else None


def visible_upload(upload_id: str, caller: Caller) -> Upload | Problem:
    """The upload, if it exists for the caller. Problem: upload_not_found."""
    upload = get(upload_id)
    if upload is None or not caller.sees(upload.user_id):
        return problem("upload_not_found", upload_id=upload_id)
    return upload


def end(upload: Upload, state: Literal["complete", "aborted"], version_id: str | None = None) -> Upload:
    """How an open upload ended: the row after it, which somebody else may have written first."""
    # S3 counts the age of an object from the moment its upload began.
    expires_at = upload.created_at + KEPT_SECONDS if state == "complete" else upload.expires_at
    ended = upload.model_copy(update={"state": state, "version_id": version_id, "expires_at": expires_at})
    written = dynamo.write_if(
        "put_item",
        TableName=settings().publishes_table,
        Item=dynamo.to_item({**_key(upload.upload_id), **ended.model_dump()}),
        ConditionExpression="#state = :open",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=dynamo.to_item({":open": "open"}),
    )
    return ended if written is not None else get(upload.upload_id) or ended


def _key(upload_id: str) -> dynamo.Item:
    return {"pk": f"upload#{upload_id}", "sk": "upload"}
