"""One call to TikTok and its outcome: an answer, a refusal, or no answer (protocol sections 1.7 and 11)."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel, SecretStr, ValidationError

from dropcast.tiktok.http.failure_classes import count_failure, refusal_class
from dropcast.tiktok.http.lenient_json import read_json

if TYPE_CHECKING:
    import httpx  # most importers need only the types of answers, so the first call imports the HTTP client

# At INFO httpx logs whole URLs, and at DEBUG httpcore logs headers. Both could show tokens.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_TRY_LATER_CODES = {"internal_error", "server_error", "temporarily_unavailable"}
_SECRET_LOOKING = re.compile(r"https?://\S+|\b(?:act|rft|clt)\.\S+", re.IGNORECASE)
_MESSAGE_MAX = 300
_NAME_MAX = 100

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class TikTok:
    """TikTok's API host and the HTTP client for it. The caller chooses the client's timeouts."""

    api_url: str
    http: "httpx.Client"


@dataclass(frozen=True)
class Refused:
    """TikTok refused the call with `code`. The HTTP status may be 200."""

    code: str
    message: str
    log_id: str | None
    http_status: int


@dataclass(frozen=True)
class Unanswered:
    """TikTok gave no usable answer. `may_have_arrived`: TikTok may have acted on the request.

    `reason`: not_connected, timeout, connection_lost, server_error, unreadable or malformed (TikTok reported success,
    but a required field is missing).
    """

    reason: str
    may_have_arrived: bool
    http_status: int | None
    log_id: str | None


@dataclass(frozen=True)
class Envelope:
    """The content of a successful answer: `data` and TikTok's `message`. In a flat OAuth answer `data` is the whole
    body.
    """

    data: dict[str, Any] = field(repr=False)
    log_id: str | None
    http_status: int
    message: str = ""


def post_json(
    tiktok: TikTok, path: str, access_token: SecretStr, body: Mapping[str, Any]
) -> Envelope | Refused | Unanswered:
    """POST `body` to `path` for the owner of `access_token`."""
    return _counted(
        _api_answer(
            send(
                tiktok.http,
                "POST",
                _url(tiktok, path),
                headers=_bearer(access_token) | {"Content-Type": "application/json; charset=UTF-8"},
                json=body,
            )
        )
    )


def get_query(
    tiktok: TikTok, path: str, access_token: SecretStr, params: Mapping[str, str]
) -> Envelope | Refused | Unanswered:
    """GET `path` for the owner of `access_token`."""
    response = send(tiktok.http, "GET", _url(tiktok, path), headers=_bearer(access_token), params=params)
    return _counted(_api_answer(response))


def post_form(tiktok: TikTok, path: str, form: Mapping[str, str]) -> Envelope | Refused | Unanswered:
    """POST `form` to an OAuth path.

    The answers have no envelope, errors may have HTTP 200, and a success may be empty.
    """
    return _counted(_form_answer(send(tiktok.http, "POST", _url(tiktok, path), data=form)))


def _form_answer(response: "httpx.Response | Unanswered") -> Envelope | Refused | Unanswered:
    if isinstance(response, Unanswered):
        return response
    if response.is_success and not response.content.strip():
        return Envelope({}, None, response.status_code)
    match _read(response):
        case dict() as body if not body.get("error") and response.is_success:
            return Envelope(body, _log_id(body), response.status_code)
        case dict() as body:
            return _by_code(body, response.status_code)
        case answer:
            return answer


def read_as(shape: type[Answer], answer: Envelope | Refused | Unanswered) -> Answer | Refused | Unanswered:
    """The answer parsed as `shape`. If `shape` has a field `log_id`, it holds TikTok's id of the call.

    A success that does not fit the shape becomes Unanswered (malformed).
    """
    if not isinstance(answer, Envelope):
        return answer
    try:
        return shape.model_validate({**answer.data, "log_id": answer.log_id})
    except (ValidationError, RecursionError):
        count_failure("tiktok")
        return Unanswered("malformed", True, answer.http_status, answer.log_id)


def _url(tiktok: TikTok, path: str) -> str:
    return tiktok.api_url.rstrip("/") + path


def _bearer(access_token: SecretStr) -> dict[str, str]:
    return {"Authorization": f"Bearer {access_token.get_secret_value()}"}


def send(http: "httpx.Client", method: str, url: str, **request: Any) -> "httpx.Response | Unanswered":
    """Send one request without following redirects. Returns the response, or Unanswered.

    Reads at most BODY_BYTES_MAX bytes of the body (see `http_client`).
    """
    import httpx

    from dropcast.tiktok.http.http_client import read_whole

    try:
        asked = http.build_request(method, url, **request)
    except (httpx.InvalidURL, UnicodeError):  # the address is too long, or a header is not ASCII
        return Unanswered("not_connected", False, None, None)
    try:
        return read_whole(http.send(asked, stream=True, follow_redirects=False))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        return Unanswered("not_connected", False, None, None)
    except httpx.TimeoutException:
        return Unanswered("timeout", True, None, None)
    except httpx.RequestError:
        return Unanswered("connection_lost", True, None, None)


def _counted(answer: Envelope | Refused | Unanswered) -> Envelope | Refused | Unanswered:
    """Return `answer` unchanged. If it is a failure, count it first."""
    match answer:
        case Refused(code=code):
            count_failure(refusal_class(code))
        case Unanswered():
            count_failure("tiktok")
        case Envelope():
            pass
    return answer


def _api_answer(response: "httpx.Response | Unanswered") -> Envelope | Refused | Unanswered:
    if isinstance(response, Unanswered):
        return response
    match _read(response):
        case dict() as body:
            return _by_code(body, response.status_code)
        case answer:
            return answer


def _read(response: "httpx.Response") -> dict[str, Any] | Refused | Unanswered:
    """The body as an object, or the outcome if the status decides it or the body is not an object."""
    status = response.status_code
    said = json_object(response)
    body = said or {}
    if status >= 500:
        return Unanswered("server_error", True, status, _log_id(body))
    if status == 429:
        return Refused("rate_limit_exceeded", _code_and_message(body)[1], _log_id(body), status)
    if said is None:
        return Unanswered("unreadable", True, status, None)
    return body


def _by_code(body: dict[str, Any], status: int) -> Envelope | Refused | Unanswered:
    """An Envelope only if TikTok's code is ok. The HTTP status does not matter (protocol section 3.4)."""
    log_id = _log_id(body)
    code, message = _code_and_message(body)
    if not code:
        return Unanswered("unreadable", True, status, log_id)
    if code in _TRY_LATER_CODES:
        return Unanswered("server_error", True, status, log_id)
    if code != "ok":
        return Refused(code, message, log_id, status)
    return Envelope(as_object(body.get("data")), log_id, status)


def json_object(response: "httpx.Response") -> dict[str, Any] | None:
    """The body if it is a JSON object, else None."""
    said = read_json(response.content)
    return as_object(said) if isinstance(said, dict) else None


def as_object(value: Any) -> dict[str, Any]:
    """`value` if it is a JSON object, else an empty one."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _code_and_message(body: dict[str, Any]) -> tuple[str, str]:
    """The code and message of an error: in an envelope, or flat with `error_description`."""
    error = body.get("error")
    code, message = error, body.get("error_description")
    if isinstance(error, dict):
        envelope = as_object(error)
        code, message = envelope.get("code"), envelope.get("message")
    return (code[:_NAME_MAX] if isinstance(code, str) else "", redacted(message if isinstance(message, str) else ""))


def redacted(message: str) -> str:
    """TikTok's message without the parts that may be links or tokens."""
    return _SECRET_LOOKING.sub("(left out)", message)[:_MESSAGE_MAX]


def _log_id(body: dict[str, Any]) -> str | None:
    """TikTok's id of the request, or None. The id has one of two names, and is in the envelope or beside it."""
    for holder in (as_object(body.get("error")), body):
        for name in ("log_id", "logid"):
            if found := request_id(holder.get(name)):
                return found
    return None


def request_id(value: Any) -> str | None:
    """TikTok's id of a request; None if `value` is not an id."""
    return value[:_NAME_MAX] if isinstance(value, str) and value else None
