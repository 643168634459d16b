"""/v1/uploads: files on their way into the deployment's bucket."""

from typing import Any, Literal

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dropcast import clock
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.content_types import UNKNOWN, plain_type
from dropcast.publishing.uploads.upload_rows import Upload, UploadState
from dropcast.publishing.uploads.uploads import Progress

from .answers import Id, caller, documented, needs, refused, view
from .create_once import IdempotencyKey, create_once
from .refusals import ACTIVE_ACCOUNT

logger = Logger(child=True)
router = APIGatewayHttpRouter()

ContentType = Literal[
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "image/jpeg",
    "image/webp",
    "image/png",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/avif",
    "image/tiff",
    "image/bmp",
    "application/octet-stream",
]


class UploadRequest(BaseModel):
    """One file for the accounts of one user: that of the account it is begun for."""

    model_config = ConfigDict(extra="forbid")

    account_id: str = Field(min_length=1, max_length=64)
    filename: str = Field(min_length=1, max_length=255, description="What the file is called at home.")
    size: int = Field(ge=1, description="Its bytes; no other number of them can be uploaded.")
    content_type: ContentType = Field(
        description="Letters of any case and parameters (video/webm;codecs=vp8) are taken too. For "
        "application/octet-stream the ending of `filename` names the type."
    )

    @model_validator(mode="before")
    @classmethod
    def _in_plain_spelling(cls, asked: Any) -> Any:
        match asked:
            case {"content_type": str() as content_type, "filename": str() as filename}:
                return {**asked, "content_type": plain_type(content_type, filename)}
            case _:
                return asked

    @field_validator("content_type")
    @classmethod
    def _is_known(cls, content_type: ContentType) -> ContentType:
        if content_type == UNKNOWN:
            raise ValueError("the ending of filename does not name a type that can be uploaded")
        return content_type


class UploadedSource(BaseModel):
    """The `source` of a publish, once the upload is complete."""

    type: Literal["s3"] = "s3"
    bucket: str
    key: str
    version_id: str | None


class PartView(BaseModel):
    """A part that is missing: `PUT` the file's `size` bytes from `offset` on to `url`, which is a secret until
    `urls_expire_at`. It is null for a key that may not publish."""

    number: int
    offset: int
    size: int
    url: str | None


class UploadView(BaseModel):
    """An upload. `expires_at`: until then an open one can be completed, and the object of a complete one is there."""

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
        "Where to put the parts of the file",
        UploadView,
        *ACTIVE_ACCOUNT,
        "idempotency_conflict",
        "upload_aborted",
        "upload_not_found",
        "upload_too_large",
    ),
)
def begin_upload(request: UploadRequest, idempotency_key: IdempotencyKey = None) -> Response[Any]:
    """Begin an upload. Put each part to its URL, then complete it. A file of up to 16 MiB is one part. The same
    Idempotency-Key with the same body gives the same upload, with fresh URLs for what is missing."""

    def make(claim: Claim) -> Response[Any] | Problem:
        begun = None if claim.first else uploads.get_progress(claim.made, caller())
        if begun is None or isinstance(begun, Problem):
            begun = _begin(request, claim.made)
        return begun if isinstance(begun, Problem) else view(201, _view(begun))

    return create_once(idempotency_key, "upl", make)


@router.get(
    "/v1/uploads/<upload_id>",
    middlewares=needs("read"),
    responses=documented(
        200, "Which parts are there, and fresh URLs for the others", UploadView, "upload_aborted", "upload_not_found"
    ),
)
def show_upload(upload_id: Id) -> Response[Any]:
    """How far an upload is. To go on with it, put what is missing; the URLs come for a key that may publish too."""
    progress = uploads.get_progress(upload_id, caller())
    return refused(progress) if isinstance(progress, Problem) else view(200, _view(progress))


@router.post(
    "/v1/uploads/<upload_id>/complete",
    middlewares=needs("publish", "draft"),
    responses=documented(
        200,
        "The upload, complete; its `source` can be published",
        UploadView,
        "upload_aborted",
        "upload_not_found",
        "upload_unfinished",
    ),
)
def complete_upload(upload_id: Id) -> Response[Any]:
    """Make the object, if every part is there. Asked again, it answers the same."""
    return _ended(uploads.complete(upload_id, caller()))


@router.delete(
    "/v1/uploads/<upload_id>",
    middlewares=needs("publish", "draft"),
    responses=documented(200, "The upload, given up", UploadView, "upload_complete", "upload_not_found"),
)
def abort_upload(upload_id: Id) -> Response[Any]:
    """Give an upload up: what was sent is deleted. One that is complete stays."""
    return _ended(uploads.abort(upload_id, caller()))


def _begin(request: UploadRequest, upload_id: str) -> Progress | Problem:
    begun = uploads.begin(request.account_id, caller(), request.filename, request.size, request.content_type, upload_id)
    if isinstance(begun, Progress):
        logger.info("upload begun", upload_id=upload_id, account_id=request.account_id)
    return begun


def _ended(upload: Upload | Problem) -> Response[Any]:
    if isinstance(upload, Problem):
        return refused(upload)
    logger.info("upload ended", upload_id=upload.upload_id, account_id=upload.account_id, state=upload.state)
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
        created_at=iso(upload.created_at),
        expires_at=iso(upload.expires_at),
        urls_expire_at=iso(clock.now() + uploads.url_seconds(upload)) if urls else None,
        parts_there=[part.number for part in progress.there],
        parts_missing=[
            PartView(number=part.number, offset=part.offset, size=part.size, url=urls.get(part.number))
            for part in progress.missing
        ],
    )
