"""Calls the deployment's API over HTTPS with an API key."""

import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from cli.stack import use_stack

KEY_VARIABLE = "DROPCAST_API_KEY"
URL_VARIABLE = "DROPCAST_URL"

_TRIES = 4
_PAGE = 100


class ApiRefusedError(Exception):
    """The API refused the request or did not answer. The text says what happened; `fix` says what helps."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class Answer(dict[str, Any]):
    """A JSON object from the API. A missing field raises ApiRefusedError instead of KeyError."""

    def __missing__(self, name: str) -> Any:
        raise _not_dropcast(f"an answer without the field {name}")


@dataclass(frozen=True)
class Api:
    """The API at one address, called with one key."""

    http: httpx.Client

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """Send a request; return the JSON object of the answer. Raise ApiRefusedError for any other answer."""
        try:
            answer = self.http.request(method, path, json=body, headers=headers)
        except httpx.RequestError as error:
            words = f"{self.http.base_url} does not answer ({type(error).__name__})."
            raise ApiRefusedError(words, "Check the address and the network.") from None
        body = _object(answer)
        if not answer.is_success:
            raise _error_of(answer.status_code, body or Answer())
        if body is None:
            raise _not_dropcast(f"HTTP {answer.status_code} without a JSON object")
        return body

    def list_items(self, path: str, query: dict[str, str], most: int) -> list[dict[str, Any]]:
        """The first `most` items of a list, page by page. Parts of `query` that are empty are left out."""
        found: list[dict[str, Any]] = []
        after: str | None = ""
        while after is not None and len(found) < most:
            wanted = query | {"limit": str(min(_PAGE, most - len(found))), "next": after}
            page = self.ask("GET", f"{path}?{urlencode({name: value for name, value in wanted.items() if value})}")
            found += page["items"]
            after = page["next"]
        return found


def _object(answer: httpx.Response) -> Answer | None:
    try:
        body = json.loads(answer.content, object_hook=Answer)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, Answer) else None


def _error_of(status: int, answer: Answer) -> ApiRefusedError:
    error = answer.get("error")
    if isinstance(error, Answer):
        return ApiRefusedError(f"{error['code']}: {error['message']}", str(error["fix"]))
    return ApiRefusedError(
        f"HTTP {status}: {answer.get('message', 'no message')}", f"Check the key in {KEY_VARIABLE} and the address."
    )


def _not_dropcast(what: str) -> ApiRefusedError:
    return ApiRefusedError(
        f"The address returned {what}. This is not Dropcast's API.",
        f"Check {URL_VARIABLE}, and whether a proxy or a login page answers instead.",
    )


def open_api(stage: str) -> Api:
    """The API at DROPCAST_URL, or by default that of the stage's stack, with the key in DROPCAST_API_KEY."""
    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise ApiRefusedError(
            "There is no API key.", f"Create one (dropcast keys create --name me) and set {KEY_VARIABLE} to it."
        )
    if not key.isascii() or not key.isprintable():
        raise ApiRefusedError("The API key contains invalid characters.", f"Set {KEY_VARIABLE} to the text of a key.")
    url = os.environ.get(URL_VARIABLE) or use_stack(stage)["PublicUrl"]
    transport = httpx.HTTPTransport(retries=_TRIES)
    headers = {"Authorization": f"Bearer {key}"}
    try:
        return Api(httpx.Client(base_url=url, headers=headers, timeout=35, transport=transport))
    except httpx.InvalidURL as error:
        raise ApiRefusedError(f"{url} is not a valid address: {error}", f"Check {URL_VARIABLE}.") from None
