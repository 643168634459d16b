"""/uploads: the uploads of the posting page, in JSON for its scripts (static/upload_api.js).

The routes are below /console. For sites that embed the page they are below /embed/{embed_id}.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.content_types import is_uploadable, plain_type
from dropcast.publishing.uploads.upload_rows import Upload
from dropcast.publishing.uploads.uploads import Progress

from .answers import json, json_problem
from .embedded import in_both
from .request_session import caller

router = APIGatewayHttpRouter()


class UploadRequest(BaseModel):
    """A file that the person chose. `size` is in bytes."""

    model_config = ConfigDict(extra="forbid")

    account_id: str = Field(min_length=1, max_length=64)
    filename: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1)
    content_type: str = Field(max_length=100)


@in_both(router, "POST", "/uploads", "publish", "draft")
def begin_upload() -> Response[str]:
    """Begin an upload. The answer has a URL for each part."""
    try:
        asked = UploadRequest.model_validate_json(BaseRouter.current_event.body or "")
    except ValidationError:
        return json_problem(problem("invalid_request", reason="the file's name or size is not usable", fields=[]))
    content_type = plain_type(asked.content_type, asked.filename)
    if not is_uploadable(content_type):
        return json_problem(problem("invalid_request", reason="files of this kind cannot be posted", fields=[]))
    begun = uploads.begin(asked.account_id, caller(), asked.filename, asked.size, content_type)
    if isinstance(begun, Progress):
        logger.info("upload.started", upload_id=begun.upload.upload_id, account_id=asked.account_id)
    return _progress(begun)


@in_both(router, "GET", "/uploads/<upload_id>", "publish", "draft")
def show_upload(upload_id: str) -> Response[str]:
    """The state of the upload, and a fresh URL for each missing part."""
    return _progress(uploads.get_progress(upload_id, caller()))


@in_both(router, "POST", "/uploads/<upload_id>/complete", "publish", "draft")
def complete_upload(upload_id: str) -> Response[str]:
    """Create the object from its parts."""
    return _ended(uploads.complete(upload_id, caller()))


@in_both(router, "DELETE", "/uploads/<upload_id>", "publish", "draft")
def abort_upload(upload_id: str) -> Response[str]:
    """Abort the upload and delete its parts."""
    return _ended(uploads.abort(upload_id, caller()))


def _ended(upload: Upload | Problem) -> Response[str]:
    if isinstance(upload, Upload):
        logger.info("upload.ended", upload_id=upload.upload_id, account_id=upload.account_id, state=upload.state)
        return _progress(Progress(upload, [], []))
    return json_problem(upload)


def _progress(found: Progress | Problem) -> Response[str]:
    return json_problem(found) if isinstance(found, Problem) else json(200, _view(found))


def _view(progress: Progress) -> dict[str, Any]:
    upload, urls = progress.upload, uploads.put_urls(progress)
    return {
        "upload_id": upload.upload_id,
        "state": upload.state,
        "key": upload.key,
        "parts_missing": [
            {"number": part.number, "offset": part.offset, "size": part.size, "url": urls[part.number]}
            for part in progress.missing
        ],
    }
