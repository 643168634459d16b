"""/v1/uploads: uploads of files into the deployment's bucket."""

from typing import Any, Literal

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field, field_validator, model_validator

from dropcast import clock
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim
from dropcast.log import logger
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.content_types import UNKNOWN, ContentType, plain_type
from dropcast.publishing.uploads.upload_rows import Upload, UploadState
from dropcast.publishing.uploads.uploads import Progress

from .answers import Answer, Id, caller, documented, needs, refused, view, view_or_refusal
from .create_once import IdempotencyKey, create_once
from .error_code_groups import ACTIVE_ACCOUNT

router = APIGatewayHttpRouter()


class UploadRequest(BaseModel, extra="forbid"):
    """A file for one account. All accounts of the same user may publish it."""

    account_id: str = Field(min_length=1, max_length=64)
    filename: str = Field(min_length=1, max_length=255, description="The file's own name.")
    size: int = Field(ge=1, description="The exact size in bytes.")
    content_type: ContentType = Field(
        description="Upper case and parameters (video/webm;codecs=vp8) are accepted too. For "
        "application/octet-stream the extension of `filename` determines the type."
    )

    @model_validator(mode="before")
    @classmethod
    def _normalize_content_type(cls, asked: Any) -> Any:
        match asked:
            case {"content_type": str() as content_type, "filename": str() as filename}:
                return {**asked, "content_type": plain_type(content_type, filename)}
            case _:
                return asked

    @field_validator("content_type")
    @classmethod
    def _reject_unknown_type(cls, content_type: ContentType) -> ContentType:
        if content_type == UNKNOWN:
            raise ValueError("the extension of filename is not of a type that can be uploaded")
        return content_type


class UploadedSource(BaseModel):
    """The `source` of a publish, usable once the upload is complete."""

    type: Literal["s3"] = "s3"
    bucket: str
    key: str
    version_id: str | None


class PartView(BaseModel):
    """A missing part. `PUT` to `url` the `size` bytes of the file that begin at `offset`. The URL is a secret until
    the upload's `urls_expire_at`.

    `url` is null for a key that may not publish.
    """

    number: int
    offset: int
    size: int
    url: str | None


class UploadView(BaseModel):
    """An upload. An open upload can be completed until `expires_at`. The object of a complete upload exists until
    `expires_at`.
    """

    upload_id: str
    account_id: str
    state: UploadState
    filename: str
    content_type: str
    size: int
    source: UploadedSource
    created_at: str
    expires_at: str
    urls_expire_at: str | None
    parts_there: list[int]
    parts_missing: list[PartView]


@router.post(
    "/v1/uploads",
    middlewares=needs("publish", "draft"),
    responses=documented(
        201,
        "The upload, with a URL for each part",
        UploadView,
        *ACTIVE_ACCOUNT,
        "idempotency_conflict",
        "upload_aborted",
        "upload_not_found",
        "upload_too_large",
    ),
)
def begin_upload(request: UploadRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Start an upload. `PUT` each part to its URL, then complete the upload. A file of up to 16 MiB is one part.

    The same Idempotency-Key with the same body returns the same upload, with fresh URLs for the missing parts.
    """

    def make(claim: Claim) -> Answer | Problem:
        begun = None if claim.first else uploads.get_progress(claim.made, caller())
        if begun is None or isinstance(begun, Problem):
            begun = _start_upload(request, claim.made)
        return begun if isinstance(begun, Problem) else view(201, _view(begun))

    return create_once(idempotency_key, "upl", make)


@router.get(
    "/v1/uploads/<upload_id>",
    middlewares=needs("read"),
    responses=documented(
        200, "The uploaded parts, and fresh URLs for the missing ones", UploadView, "upload_aborted", "upload_not_found"
    ),
)
def show_upload(upload_id: Id) -> Answer:
    """Show the progress of an upload.

    To resume the upload, `PUT` the missing parts. Only a key that may publish gets the URLs.
    """
    return view_or_refusal(200, uploads.get_progress(upload_id, caller()), _view)


@router.post(
    "/v1/uploads/<upload_id>/complete",
    middlewares=needs("publish", "draft"),
    responses=documented(
        200,
        "The complete upload; its `source` can be published",
        UploadView,
        "upload_aborted",
        "upload_not_found",
        "upload_unfinished",
    ),
)
def complete_upload(upload_id: Id) -> Answer:
    """Complete the upload if every part is there. A repeated request returns the same answer."""
    return _answer_end(uploads.complete(upload_id, caller()))


@router.delete(
    "/v1/uploads/<upload_id>",
    middlewares=needs("publish", "draft"),
    responses=documented(200, "The aborted upload", UploadView, "upload_complete", "upload_not_found"),
)
def abort_upload(upload_id: Id) -> Answer:
    """Abort an upload and delete its parts. A complete upload cannot be aborted."""
    return _answer_end(uploads.abort(upload_id, caller()))


def _start_upload(request: UploadRequest, upload_id: str) -> Progress | Problem:
    begun = uploads.begin(request.account_id, caller(), request.filename, request.size, request.content_type, upload_id)
    if isinstance(begun, Progress):
        logger.info("upload.started", upload_id=upload_id, account_id=request.account_id)
    return begun


def _answer_end(upload: Upload | Problem) -> Answer:
    if isinstance(upload, Problem):
        return refused(upload)
    logger.info("upload.ended", upload_id=upload.upload_id, account_id=upload.account_id, state=upload.state)
    return view(200, _view(Progress(upload, [], [])))


def _view(progress: Progress) -> UploadView:
    upload = progress.upload
    urls = uploads.put_urls(progress) if caller().refusal("publish", "draft") is None else {}
    return UploadView(
        upload_id=upload.upload_id,
        account_id=upload.account_id,
        state=upload.state,
        filename=upload.filename,
        content_type=upload.content_type,
        size=upload.size,
        source=UploadedSource(bucket=upload.bucket, key=upload.key, version_id=upload.version_id),
        created_at=clock.iso(upload.created_at),
        expires_at=clock.iso(upload.expires_at),
        urls_expire_at=clock.iso(clock.now() + uploads.url_lifetime_s(upload)) if urls else None,
        parts_there=[part.number for part in progress.stored],
        parts_missing=[
            PartView(number=part.number, offset=part.offset, size=part.size, url=urls.get(part.number))
            for part in progress.missing
        ],
    )
