"""The exceptions of the client: one class for each kind of refusal."""

from typing import Any

from dropcast_client.models.error_code import ErrorCode
from dropcast_client.models.shared import ErrorView, Next


class DropcastError(Exception):
    """The base class. `message` says what happened, and `fix` what the caller can do. A traceback shows both."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.add_note(fix)


class UnansweredError(DropcastError):
    """The API did not answer. If `sent`, the API may have executed the request."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message, "Check the address and the network.")
        self.sent = sent


class UnexpectedAnswerError(DropcastError):
    """The answer does not come from Dropcast's API. `status` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(
            f"The address returned {message}. This is not Dropcast's API.",
            "Check the address, and whether a proxy or a login page answers instead.",
        )
        self.status = status


class UploadFailedError(DropcastError):
    """A file could not be uploaded. `resume_upload` with `upload_id` continues the upload."""

    def __init__(self, message: str, fix: str, upload_id: str) -> None:
        super().__init__(message, fix)
        self.upload_id = upload_id


class WaitTimeoutError(DropcastError):
    """The publish reached none of the awaited states in time. Dropcast continues to work on the publish."""


class WebhookRefusedError(DropcastError):
    """A webhook's signature, time or body is wrong. Answer the request with 401 and ignore its content."""


class RefusedError(DropcastError):
    """The API refused a request.

    status: the HTTP status. code, next: the error's code and the next step. Both are None in an answer of the gateway,
    which has only a message.
    details: the values in the message, for programs.
    doc_url: the address of the page about the code. None in an answer of the gateway.
    log_id: TikTok's id of the refusal. request_id: the id with which to search Dropcast's logs.
    retry_after: the seconds after which the same request may succeed, if the API stated them.
    """

    def __init__(
        self, status: int, error: ErrorView | None, message: str, request_id: str | None, retry_after: int | None
    ) -> None:
        super().__init__(message, error.fix if error else "Check the API key and the address.")
        self.status = status
        self.code: ErrorCode | str | None = error.code if error else None
        self.next: Next | str | None = error.next if error else None
        self.details: dict[str, Any] = error.details if error else {}
        self.doc_url = error.doc_url if error else None
        self.log_id = error.log_id if error else None
        self.request_id = request_id
        self.retry_after = retry_after
        if self.doc_url:
            self.add_note(self.doc_url)

    def __str__(self) -> str:
        return f"{self.code or f'HTTP {self.status}'}: {self.message}"


class InvalidRequestError(RefusedError):
    """The API cannot execute the request as it is (HTTP 400, 405, 422 and other statuses below 500)."""


class KeyRefusedError(RefusedError):
    """The API key is missing or wrong, or lacks a permission (HTTP 401 and 403)."""


class NotFoundError(RefusedError):
    """The object or the route does not exist (HTTP 404)."""


class ConflictError(RefusedError):
    """The object's state does not allow the request now, or no longer allows it (HTTP 409 and 410)."""


class RateLimitedError(RefusedError):
    """A budget, TikTok or the gateway allows no more requests at present (HTTP 429)."""


class TikTokFailedError(RefusedError):
    """TikTok refused a request or did not answer it (HTTP 502)."""


class UnavailableError(RefusedError):
    """Dropcast or the gateway could not handle the request (HTTP 500, 503 and other statuses above 500)."""


_KINDS: dict[int, type[RefusedError]] = {
    401: KeyRefusedError,
    403: KeyRefusedError,
    404: NotFoundError,
    409: ConflictError,
    410: ConflictError,
    429: RateLimitedError,
    502: TikTokFailedError,
}


def kind_of(status: int) -> type[RefusedError]:
    """The class of a refusal with this HTTP status."""
    return _KINDS.get(status, UnavailableError if status >= 500 else InvalidRequestError)
