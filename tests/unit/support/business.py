"""A fake TikTok API for Business (protocol section 12). It rotates tokens, and refuses with HTTP 200."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from dropcast.accounts import partner_secrets
from dropcast.settings import settings
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.business.oauth import BusinessApp

URL = "https://business-api.tiktok.com"
CALLBACK = "https://dropcast.example/oauth/business/callback/"
HOLDER_URL = f"https://www.tiktok.com/v2/auth/authorize?client_key=7000&scope=comment.list&redirect_uri={CALLBACK}"
APP = BusinessApp("7000", SecretStr("canary-business-secret"))
CODE = "canary-auth-code*A1!"
TOKEN_CALLS = "/open_api/v1.3/tt_user/oauth2/"

Answerer = Callable[[httpx.Request], httpx.Response]


@dataclass
class FakeBusiness:
    """Knows the valid tokens. `plan` has the results of the next token calls, in place of answers."""

    open_id: str = "biz-open-1"
    scopes: str = "comment.list,comment.list.manage"
    expires_in: int = 86_400
    refresh_expires_in: int = 31_536_000
    advertiser_ids: list[Any] = field(default_factory=lambda: ["7100"])
    rotates: bool = True
    plan: list[str] = field(default_factory=list)
    live_access: str = "act.canary-0"
    live_refresh: str = "rft.canary-0"
    live_advertiser: str = "canaryadvertisertoken"
    made: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    on_refresh: Callable[[], None] = lambda: None
    comments: Answerer | None = None

    @property
    def refreshes(self) -> int:
        return sum(path == f"{TOKEN_CALLS}refresh_token/" for path, _ in self.asked)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        body = json.loads(request.content) if request.content else {}
        self.asked.append((path, body))
        if path.startswith("/open_api/v1.3/business/comment/"):
            assert self.comments is not None
            return self.comments(request)
        planned = self.plan.pop(0) if self.plan else ""
        if planned == "not_connected":
            raise httpx.ConnectError("no", request=request)
        if planned == "server_error":
            return httpx.Response(502, text="<html>Bad Gateway</html>")
        if planned.startswith("refuse:"):
            return refused(int(planned.removeprefix("refuse:")))
        answer = self._token_answer(path, body)
        if planned == "lost_answer":
            raise httpx.ReadTimeout("lost", request=request)
        return answer

    def _token_answer(self, path: str, body: dict[str, Any]) -> httpx.Response:
        match path:
            case "/open_api/v1.3/oauth2/access_token/":
                return said({"access_token": self.live_advertiser, "advertiser_ids": self.advertiser_ids})
            case "/open_api/v1.3/tt_user/oauth2/token/":
                return refused(40131) if body["auth_code"] != CODE else said(self._new_tokens(rotated=True))
            case "/open_api/v1.3/tt_user/oauth2/refresh_token/":
                self.on_refresh()
                if body["refresh_token"] != self.live_refresh:
                    return refused(40105)
                return said(self._new_tokens(rotated=self.rotates))
            case "/open_api/v1.3/tt_user/oauth2/revoke/":
                self.revoked.append(body["access_token"])
                return said({}) if body["access_token"] == self.live_access else refused(40105)
            case _:
                raise AssertionError(f"TikTok was asked at {path}")

    def _new_tokens(self, *, rotated: bool) -> dict[str, Any]:
        self.made += 1
        self.live_access = f"act.canary-{self.made}"
        known: dict[str, Any] = {"access_token": self.live_access, "expires_in": self.expires_in}
        if not rotated:
            return known
        self.live_refresh = f"rft.canary-{self.made}"
        return known | {
            "refresh_token": self.live_refresh,
            "refresh_token_expires_in": self.refresh_expires_in,
            "open_id": self.open_id,
            "scope": self.scopes,
        }


def said(data: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"code": 0, "message": "OK", "request_id": "req-1", "data": data})


def refused(code: int) -> httpx.Response:
    """A refusal. Errors have HTTP status 200."""
    return httpx.Response(200, json={"code": code, "message": "no", "request_id": "req-no"})


@pytest.fixture
def business(cloud: pytest.MonkeyPatch) -> FakeBusiness:
    """A fake TikTok API for Business, and our configured app there."""
    return put_in_businesss_place(cloud)


def put_in_businesss_place(monkeypatch: pytest.MonkeyPatch) -> FakeBusiness:
    """Like the fixture `business`, for a deployment that a test itself creates."""
    fake = FakeBusiness()
    client = Business(URL, httpx.Client(transport=httpx.MockTransport(fake.answer)))
    monkeypatch.setattr(partner_secrets, "business_within", lambda seconds: client)
    monkeypatch.setenv("TIKTOK_BUSINESS_HOLDER_URL", HOLDER_URL)
    settings.cache_clear()
    partner_secrets.store_business_app(APP)
    partner_secrets._partners.cache_clear()
    return fake
