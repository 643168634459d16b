"""The deployment's API over HTTPS, as any caller with a key uses it."""

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


@dataclass(frozen=True)
class Api:
    """The API at one address, asked with one key."""

    http: httpx.Client

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """The answer's JSON. ApiRefusedError if it is none of success."""
        try:
            answer = self.http.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            words = f"{self.http.base_url} does not answer ({type(error).__name__})."
            raise ApiRefusedError(words, "Check the address and the network.") from None
        if answer.is_success:
            return answer.json()
        raise _refusal(answer)


def _refusal(answer: httpx.Response) -> ApiRefusedError:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if "error" in told:
        return ApiRefusedError(f"{told['error']['code']}: {told['error']['message']}", told["error"]["fix"])
    return ApiRefusedError(
        f"HTTP {answer.status_code}: {told.get('message', 'no words')}", f"Check the key in {KEY_VARIABLE}."
    )


def open_api(stage: str) -> Api:
    """The API at DROPCAST_URL, else the one of the stage's stack, with the key in DROPCAST_API_KEY."""
    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise ApiRefusedError(
            "There is no API key.", f"Make one (dropcast keys create --name me) and put it into {KEY_VARIABLE}."
        )
    url = os.environ.get(URL_VARIABLE) or use_stack(stage)["PublicUrl"]
    transport = httpx.HTTPTransport(retries=_TRIES)
    return Api(httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=35, transport=transport))
