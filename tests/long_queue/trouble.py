"""Random faults: TikTok's failures and refusals, AWS's lost answers, other writers, killed functions."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from botocore.exceptions import ReadTimeoutError

from dropcast.aws import clients

CREATOR = {
    "creator_username": "ana",
    "creator_nickname": "Ana",
    "creator_avatar_url": "https://example.com/a.jpg",
    "privacy_level_options": ["SELF_ONLY"],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": False,
    "max_video_post_duration_sec": 300,
}
UPLOAD_URL = "https://upload.tiktokapis.com/video/?upload_id=1&upload_token=t"
_WRITES = ("PutItem", "UpdateItem", "TransactWriteItems")


class KilledError(BaseException):
    """Lambda stops the function. None of our code catches this exception."""


@dataclass
class AwsTrouble:
    """Faults of DynamoDB during a Start: a write's answer may be lost, and any call may kill the function."""

    dice: random.Random
    other_writer: Callable[[], None]
    running: bool = False
    kill_in: int = 0

    def __post_init__(self) -> None:
        events = clients.client("dynamodb").meta.events
        events.register("before-call.dynamodb", self._before)
        events.register("after-call.dynamodb", self._after)

    def begin(self) -> None:
        """Begin a Start. One Start in fifty is killed at one of its calls."""
        self.running, self.kill_in = True, self.dice.randrange(1, 12) if self.dice.random() < 0.02 else 0

    def end(self) -> None:
        self.running = False

    def _before(self, **_: Any) -> None:
        if not self.running or not self.kill_in:
            return
        self.kill_in -= 1
        if not self.kill_in:
            raise KilledError

    def _after(self, model: Any, **_: Any) -> None:
        if not self.running:
            return
        if model.name in _WRITES and self.dice.random() < 0.02:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        if model.name == "GetItem" and self.dice.random() < 0.02:
            self.running = False
            self.other_writer()
            self.running = True


@dataclass
class TikTokTrouble:
    """A TikTok that fails at random and sometimes blocks the creator.

    `arrived` and `refused` are called with the body of a request. `meanwhile` is called before TikTok's answer.
    """

    dice: random.Random
    now: Callable[[], int]
    blocks: list[tuple[int, int]]
    arrived: Callable[[str, str], None]
    refused: Callable[[str], None]
    meanwhile: Callable[[], None] = lambda: None
    inits: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer creator_info or an init as the protocol describes, or fail."""
        route = request.url.path.removeprefix("/v2/post/publish/").strip("/")
        trouble = self.dice.random()
        if trouble < 0.01:
            raise httpx.ConnectError("no", request=request)
        self.arrived(route, request.content.decode())
        if self.dice.random() < 0.05:
            self.meanwhile()
        if trouble < 0.04:
            return httpx.Response(502, text="<html>bad gateway</html>")
        if route == "creator_info/query":
            return _ok(CREATOR)
        if any(begin <= self.now() < end for begin, end in self.blocks):
            self.refused(request.content.decode())
            return _refusal("spam_risk_too_many_posts", 403)
        self.inits += 1
        return _ok({"publish_id": f"v_pub_file~{self.inits}", "upload_url": UPLOAD_URL})


def _ok(data: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"data": data, "error": {"code": "ok", "message": "", "log_id": "log"}})


def _refusal(code: str, status: int) -> httpx.Response:
    return httpx.Response(status, json={"data": {}, "error": {"code": code, "message": "no", "log_id": "log"}})
