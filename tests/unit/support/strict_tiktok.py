"""A fake TikTok whose tokens expire, and a crash at one AWS call."""

from typing import Any

import httpx

from dropcast.aws import clients
from tests.unit.support.accounts import HeldClock
from tests.unit.support.fake_tiktok import FakeTikTok


class Died(BaseException):
    pass


class StrictTikTok(FakeTikTok):
    """A FakeTikTok whose tokens expire, and that accepts revocations and checks the token of each call."""

    refresh_ends: float = 0
    access_ends: float = 0

    def __init__(self, held: HeldClock, **settings: Any) -> None:
        super().__init__(**settings)
        self.held = held

    def _new_tokens(self) -> dict[str, Any]:
        self.refresh_ends = self.held.at + self.refresh_expires_in
        self.access_ends = self.held.at + self.expires_in
        return super()._new_tokens()

    def honoured(self) -> str | None:
        """The refresh token that TikTok currently accepts."""
        if self.refresh_ends <= self.held.at:
            self.live_refresh = ""
        return self.live_refresh or None

    def revoke(self) -> None:
        self.live_access = self.live_refresh = ""

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.honoured()
        if request.url.path == "/v2/oauth/revoke/":
            self.revoke()
            return httpx.Response(200)
        if request.url.path == "/v2/user/info/" and not self._takes(request.headers["authorization"]):
            return httpx.Response(401, json={"error": {"code": "access_token_invalid", "message": "", "log_id": "1"}})
        return super().answer(request)

    def _takes(self, header: str) -> bool:
        return header == f"Bearer {self.live_access}" and self.access_ends > self.held.at


class Crash:
    """The process dies at one AWS call: before the call or right after it took effect."""

    def __init__(self, at: int, when: str) -> None:
        self.at, self.when, self.calls, self.happened = at, when, 0, False

    def __enter__(self) -> "Crash":
        self._hook("register")
        return self

    def __exit__(self, kind: type | None, *_: object) -> bool:
        self._hook("unregister")
        return kind is Died

    def _hook(self, change: str) -> None:
        for service in ("dynamodb", "kms"):
            events = clients.client(service).meta.events
            getattr(events, change)(f"before-call.{service}", self._before)
            getattr(events, change)(f"after-call.{service}", self._after)

    def _before(self, **_: object) -> None:
        self.calls += 1
        self._die_if("before")

    def _after(self, **_: object) -> None:
        self._die_if("after")

    def _die_if(self, when: str) -> None:
        # After its death no call reaches AWS.
        if self.happened or (self.calls - 1, when) == (self.at, self.when):
            self.happened = True
            raise Died
