"""A fake TikTok that answers as a test says, and records the requests."""

import json
from collections.abc import Callable

import httpx
from pydantic import SecretStr

from dropcast.tiktok.client import TikTok

API = "https://open.tiktokapis.com"
Answerer = Callable[[httpx.Request], httpx.Response]


class Asked:
    """A fake TikTok whose answers come from one function. It records the requests."""

    def __init__(self, answer: Answerer) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer
        self.tiktok = TikTok(API, httpx.Client(transport=httpx.MockTransport(self._handle)))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return self._answer(request)

    @property
    def only(self) -> httpx.Request:
        assert len(self.requests) == 1
        return self.requests[0]

    @property
    def body(self) -> dict:
        return json.loads(self.only.content)


def answering(status: int = 200, **content) -> Asked:
    """A TikTok that always gives the same answer."""
    return Asked(lambda _: httpx.Response(status, **content))


def saying(data: dict, log_id: str = "log-1") -> Asked:
    """A TikTok that answers ok with `data`."""
    return answering(json={"data": data, "error": {"code": "ok", "message": "", "log_id": log_id}})


def failing(error: Exception) -> Asked:
    """A network on which every request fails with `error`."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return Asked(fail)


TOKEN = SecretStr("act.secret-token")
