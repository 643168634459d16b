"""A typed client of Dropcast's API. The models are in `dropcast_client.models`, with one module per topic."""

from dropcast_client.client import AsyncDropcast, Dropcast
from dropcast_client.errors import (
    ConflictError,
    DropcastError,
    InvalidRequestError,
    KeyRefusedError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    TikTokFailedError,
    UnansweredError,
    UnavailableError,
    UnexpectedAnswerError,
    UploadFailedError,
    WaitTimeoutError,
    WebhookRefusedError,
)
from dropcast_client.models.preflight import PhotosSource, Picture, PublishRequest, S3Source, UrlSource
from dropcast_client.models.publishes import PublishEdit, PublishView
from dropcast_client.publishing import RESTING
from dropcast_client.uploading import UploadProgress, upload_request
from dropcast_client.webhooks import OtherEvent, verify_webhook

__all__ = [
    "RESTING",
    "AsyncDropcast",
    "ConflictError",
    "Dropcast",
    "DropcastError",
    "InvalidRequestError",
    "KeyRefusedError",
    "NotFoundError",
    "OtherEvent",
    "PhotosSource",
    "Picture",
    "PublishEdit",
    "PublishRequest",
    "PublishView",
    "RateLimitedError",
    "RefusedError",
    "S3Source",
    "TikTokFailedError",
    "UnansweredError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UploadFailedError",
    "UploadProgress",
    "UrlSource",
    "WaitTimeoutError",
    "WebhookRefusedError",
    "upload_request",
    "verify_webhook",
]
