"""The deployment's API over HTTPS, as any caller with a key uses it."""

import json
import os
from dataclasses import dataclass
from typing import Any

import httpx

from cli.stack import use_stack

KEY_VARIABLE = "DROPCAST_API_KEY"
URL_VARIABLE = "DROPCAST_URL"

_TRIES = 4


class ApiRefusedError(Exception):
    """The API said no, or nothing: the text says what, `fix` what helps."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class Answer(dict[str, Any]):
    """An object of the API. ApiRefusedError, in place of KeyError, if a field is missing."""

    def __missing__(self, name: str) -> Any:
        raise _not_dropcast(f"an answer without {name}")


@dataclass(frozen=True)
class Api:
    """The API at one address, asked with one key."""

    http: httpx.Client

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """The object that the API answers. ApiRefusedError if it refuses, or answers anything else."""
        try:
            answer = self.http.request(method, path, json=body, headers=headers)
        except httpx.RequestError as error:
            words = f"{self.http.base_url} does not answer ({type(error).__name__})."
            raise ApiRefusedError(words, "Check the address and the network.") from None
        told = _object(answer)
        if not answer.is_success:
            raise _error_of(answer.status_code, told or Answer())
        if told is None:
            raise _not_dropcast(f"HTTP {answer.status_code} without a JSON object")
        return told


def _object(answer: httpx.Response) -> Answer | None:
    try:
        told = json.loads(answer.content, object_hook=Answer)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, Answer) else None


def _error_of(status: int, told: Answer) -> ApiRefusedError:
    error = told.get("error")
    if isinstance(error, Answer):
        return ApiRefusedError(f"{error['code']}: {error['message']}", str(error["fix"]))
    return ApiRefusedError(
        f"HTTP {status}: {told.get('message', 'no words')}", f"Check the key in {KEY_VARIABLE} and the address."
    )


def _not_dropcast(what: str) -> ApiRefusedError:
    return ApiRefusedError(
        f"The address gave {what}: Dropcast's API does not answer like this.",
        f"Check {URL_VARIABLE}, and whether a proxy or a login page stands in front of it.",
    )


def open_api(stage: str) -> Api:
    """The API at DROPCAST_URL, else the one of the stage's stack, with the key in DROPCAST_API_KEY."""
    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise ApiRefusedError(
            "There is no API key.", f"Make one (dropcast keys create --name me) and put it into {KEY_VARIABLE}."
        )
    if not key.isascii() or not key.isprintable():
        raise ApiRefusedError("The API key is no key.", f"Put the text of a key into {KEY_VARIABLE}.")
    url = os.environ.get(URL_VARIABLE) or use_stack(stage)["PublicUrl"]
    transport = httpx.HTTPTransport(retries=_TRIES)
    headers = {"Authorization": f"Bearer {key}"}
    try:
        return Api(httpx.Client(base_url=url, headers=headers, timeout=35, transport=transport))
    except httpx.InvalidURL as error:
        raise ApiRefusedError(f"{url} is no address: {error}", f"Check {URL_VARIABLE}.") from None
