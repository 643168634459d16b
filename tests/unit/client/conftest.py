"""Both clients against a fake API: each test runs once with the blocking client and once with the asynchronous one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from dropcast_client import AsyncDropcast, Dropcast, runners
from tests.event_loops import run_coroutine
from tests.unit.support.api_examples import BASE
from tests.unit.support.client_sleeps import replace_sleep


@dataclass
class Calls:
    """Runs calls of one of the clients. `requests` are the requests that arrived. `pauses` are the waits between them.

    `answer` returns the answer to a request, or raises what httpx would raise.
    """

    asynchronous: bool
    pauses: list[float] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    answer: Callable[[httpx.Request], httpx.Response] = lambda request: httpx.Response(500)

    def plan(self, *answers: httpx.Response | httpx.TransportError) -> None:
        """Give these answers in this order."""
        left = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            one = left.pop(0)
            if isinstance(one, httpx.TransportError):
                one.request = request
                raise one
            return one

        self.answer = answer

    def run(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method and return its result."""
        if not self.asynchronous:
            with Dropcast(BASE, "dk_1", httpx.MockTransport(self._handle)) as client:
                return getattr(client, method)(*args, **kwargs)

        async def call() -> Any:
            async with AsyncDropcast(BASE, "dk_1", httpx.MockTransport(self._handle_later)) as client:
                return await getattr(client, method)(*args, **kwargs)

        return run_coroutine(call())

    def _handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return self.answer(request)

    async def _handle_later(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        return self.answer(request)


@pytest.fixture(params=[False, True], ids=["blocking", "asynchronous"])
def calls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Calls:
    made = Calls(request.param)

    async def pause(seconds: float) -> None:
        made.pauses.append(seconds)

    replace_sleep(monkeypatch, made.pauses.append)
    monkeypatch.setattr(runners, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": pause}))
    return made
