"""A fake of TikTok's open API. It rotates tokens (protocol sections 1.3 and 1.4)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from dropcast.tiktok.models import TokenGrant

ALL_SCOPES = "user.info.basic,user.info.profile,video.publish,video.upload"

CREATOR = {
    "creator_avatar_url": "https://p.example/ana.jpg",
    "creator_username": "ana",
    "creator_nickname": "Ana",
    "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": False,
    "max_video_post_duration_sec": 600,
}


@dataclass
class FakeTikTok:
    """Knows the valid tokens. `plan`: the results of the next token requests, in place of answers."""

    open_id: str = "open-1"
    scopes: str = ALL_SCOPES
    expires_in: int = 7200
    refresh_expires_in: int = 15_552_000
    user: dict[str, Any] = field(default_factory=lambda: {"display_name": "Ana", "username": "ana"})
    plan: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    on_refresh: Callable[[], None] = lambda: None
    live_refresh: str = "rft.canary-0"
    live_access: str = "act.canary-0"
    made: int = 0
    creator: dict[str, Any] | str = field(default_factory=lambda: dict(CREATOR))
    asked: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    revoke_fails: bool = False
    videos: list[dict[str, Any]] = field(default_factory=list)
    more_videos: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)
    refreshes_at_once: int = 0
    under_way: int = 0

    def lose_grant(self) -> None:
        """The person revokes the grant, so every token becomes invalid."""
        self.live_access = self.live_refresh = "none"

    @property
    def refreshes(self) -> int:
        return sum(form["grant_type"] == "refresh_token" for form in self.forms)

    def grant(self) -> TokenGrant:
        return TokenGrant.model_validate(self._new_tokens())

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v2/oauth/token/":
            return self._other(request)
        form = dict(parse_qsl(request.content.decode()))
        self.forms.append(form)
        if form["grant_type"] != "refresh_token":
            return self._token_answer(request, form)
        self.under_way += 1
        self.refreshes_at_once = max(self.refreshes_at_once, self.under_way)
        try:
            self.on_refresh()
            return self._token_answer(request, form)
        finally:
            self.under_way -= 1

    def _token_answer(self, request: httpx.Request, form: dict[str, str]) -> httpx.Response:
        planned = self.plan.pop(0) if self.plan else ""
        if planned == "not_connected":
            raise httpx.ConnectError("no", request=request)
        if planned == "server_error":
            return httpx.Response(503)
        if planned.startswith("refuse:"):
            return refused(planned.removeprefix("refuse:"))
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.live_refresh:
            return refused("invalid_grant")
        answer = httpx.Response(200, json=self._new_tokens())
        if planned == "lost_answer":
            raise httpx.ReadTimeout("lost", request=request)
        return answer

    def _new_tokens(self) -> dict[str, Any]:
        self.made += 1
        self.live_access, self.live_refresh = f"act.canary-{self.made}", f"rft.canary-{self.made}"
        return {
            "access_token": self.live_access,
            "refresh_token": self.live_refresh,
            "expires_in": self.expires_in,
            "refresh_expires_in": self.refresh_expires_in,
            "open_id": self.open_id,
            "scope": self.scopes,
        }

    def _other(self, request: httpx.Request) -> httpx.Response:
        """Answer the calls with a token, and the revocation."""
        self.asked.append(request.url.path)
        match request.url.path:
            case "/v2/user/info/":
                return self._user_info(request)
            case "/v2/post/publish/creator_info/query/":
                return self._creator_info(request)
            case "/v2/video/list/" | "/v2/video/query/":
                self.bodies.append(json.loads(request.content))
                data = {"videos": self.videos, "cursor": 1_700_000_000_000, "has_more": self.more_videos}
                return httpx.Response(200, json={"data": data, "error": {"code": "ok", "message": "", "log_id": "3"}})
            case "/v2/oauth/revoke/":
                token = dict(parse_qsl(request.content.decode()))["token"]
                self.revoked.append(token)
                if token != self.live_access:
                    return refused("invalid_request")
                return httpx.Response(503) if self.revoke_fails else httpx.Response(200)
            case path:
                raise AssertionError(f"TikTok was asked at {path}")

    def _creator_info(self, request: httpx.Request) -> httpx.Response:
        if self._dead(request):
            return refusal("access_token_invalid", 401)
        if isinstance(self.creator, str):
            return refusal(self.creator)
        return httpx.Response(200, json={"data": self.creator, "error": {"code": "ok", "message": "", "log_id": "2"}})

    def _dead(self, request: httpx.Request) -> bool:
        return request.headers["Authorization"] != f"Bearer {self.live_access}"

    def _user_info(self, request: httpx.Request) -> httpx.Response:
        if self.user.get("fails"):
            return httpx.Response(500)
        if code := self.user.get("refusal"):
            return refusal(code)
        if self._dead(request):
            return refusal("access_token_invalid", 401)
        asked = request.url.params["fields"].split(",")
        user = {name: value for name, value in self.user.items() if name in asked} | {"open_id": self.open_id}
        return httpx.Response(200, json={"data": {"user": user}, "error": {"code": "ok", "message": "", "log_id": "1"}})


def refusal(code: str, status: int = 200) -> httpx.Response:
    """A refusal by the API. TikTok reports a reached cap with HTTP 200 (section 2)."""
    return httpx.Response(status, json={"data": {}, "error": {"code": code, "message": "no", "log_id": "log-no"}})


def refused(code: str) -> httpx.Response:
    """A refusal. TikTok's OAuth errors have HTTP status 200 too (section 1.7)."""
    return httpx.Response(200, json={"error": code, "error_description": "no", "log_id": "log-no"})
