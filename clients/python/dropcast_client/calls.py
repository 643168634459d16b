"""One call of the API: the request, its retries, and the answer as a model or an exception."""

import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar, overload
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import ValidationError

from dropcast_client.errors import DropcastError, RefusedError, UnansweredError, UnexpectedAnswerError, kind_of
from dropcast_client.model_bases import Answer, Body
from dropcast_client.models.shared import ErrorAnswer, GatewayAnswer
from dropcast_client.runners import AsyncRunner, Flow, Send, Sleep, SyncRunner

P = ParamSpec("P")
T = TypeVar("T")
Model = TypeVar("Model", bound=Answer)
Query = Mapping[str, str | int | bool | datetime | Sequence[str] | None]

_TRIES = 4
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_RETRY_AFTER_MAX_S = 60
# Errors that occur before the request is sent. After any other error the API may have executed the request.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


class operation(Generic[P, T]):
    """A method of both clients. It runs the flow that the decorated function returns.

    Callers of the asynchronous client await the method.
    """

    def __init__(self, flow: Callable[P, Flow[T]]) -> None:
        self._flow = flow
        self.__doc__ = flow.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Flow[T]]: ...

    @overload
    def __get__(self, client: SyncRunner, owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(self, client: AsyncRunner, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, client: SyncRunner | AsyncRunner | None, owner: type) -> Callable[P, Any]:
        if client is None:
            return self._flow

        @wraps(self._flow)
        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client.run(self._flow(*args, **kwargs))

        return method


def new_key() -> str:
    """A new Idempotency-Key. All retries of one call use the same key."""
    return str(uuid4())


def segment(text: str) -> str:
    """`text` as one segment of a path. Raises DropcastError if `text` would lead to another path."""
    if text in ("", ".", ".."):
        raise DropcastError(f"{text!r} is not an id.", "Use an id as the lists show it.")
    return quote(text, safe="")


def call(
    method: str,
    path: str,
    answer: type[Model],
    *,
    body: Body | None = None,
    query: Query | None = None,
    key: str | None = None,
    repeatable: bool = False,
) -> Flow[Model]:
    """Send a request, and send it again while a retry can help. Return the answer. Raises DropcastError.

    A POST with neither `key` nor `repeatable` is not sent again if the API may have executed it.
    """
    headers = {"Idempotency-Key": key} if key else {}
    send = Send(method, path, _texts(query or {}), headers, body.to_json() if body is not None else None)
    repeatable = repeatable or method != "POST" or key is not None
    tries = 0
    while True:
        try:
            return _read((yield send), answer)
        except DropcastError as error:
            tries += 1
            pause = pause_before_retry(error, tries, repeatable=repeatable)
            if pause is None:
                raise
        yield Sleep(pause)


def pause_before_retry(error: DropcastError, tries: int, *, repeatable: bool) -> float | None:
    """The seconds to wait after `tries` failed attempts, of which the last raised `error`. None if a retry cannot
    help.
    """
    wait = _wait_named(error)
    if tries >= _TRIES or wait > _RETRY_AFTER_MAX_S or not _helps_to_retry(error, repeatable):
        return None
    backoff = min(_FIRST_PAUSE_S * 2 ** (tries - 1), _LONGEST_PAUSE_S)
    return wait + backoff * random.uniform(0.5, 1)  # noqa: S311


def _wait_named(error: DropcastError) -> int:
    return (error.retry_after or 0) if isinstance(error, RefusedError) else 0


def _helps_to_retry(error: DropcastError, repeatable: bool) -> bool:
    match error:
        case UnansweredError(sent=sent):
            return repeatable or not sent
        case UnexpectedAnswerError(status=status) | RefusedError(code=None, status=status):
            return status == 429 or (repeatable and status >= 500)
        case RefusedError(next="wait", retry_after=seconds):
            return seconds is not None
        case RefusedError(next="retry", status=status):
            # With any other status a person must act before a retry can help.
            return status in (409, 429) or (repeatable and status >= 500)
        case _:
            return False


def _texts(query: Query) -> dict[str, str]:
    return {name: _text(value) for name, value in query.items() if value is not None}


def _text(value: str | int | bool | datetime | Sequence[str]) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime():
            return value.isoformat()
        case _:
            return ",".join(value)


def _read(result: httpx.Response | httpx.RequestError, answer: type[Model]) -> Model:
    if isinstance(result, httpx.DecodingError):
        raise UnexpectedAnswerError("a body that cannot be decompressed", 200)
    if isinstance(result, httpx.RequestError):
        words = f"{result.request.url.copy_with(raw_path=b'/')} does not answer ({type(result).__name__})."
        raise UnansweredError(words, sent=not isinstance(result, _UNSENT))
    if not result.is_success:
        raise _refusal(result)
    try:
        return answer.model_validate_json(result.content)
    except ValidationError as error:
        raise UnexpectedAnswerError(f"HTTP {result.status_code} {_wrong(error)}", result.status_code) from None


def _wrong(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"with a wrong field {place} ({first['msg']})" if place else "without the JSON object of the API"


def _refusal(response: httpx.Response) -> DropcastError:
    status, headers = response.status_code, response.headers
    after = headers.get("Retry-After", "")
    retry_after = int(after) if after.isascii() and after.isdecimal() else None
    try:
        error = ErrorAnswer.model_validate_json(response.content).error
        return kind_of(status)(status, error, error.message, error.request_id, retry_after)
    except ValidationError:
        pass
    try:
        message = GatewayAnswer.model_validate_json(response.content).message
    except ValidationError:
        return UnexpectedAnswerError(f"HTTP {status} without an error of the API", status)
    words = f"The gateway answered: {message}."
    return kind_of(status)(status, None, words, headers.get("Apigw-Requestid"), retry_after)
