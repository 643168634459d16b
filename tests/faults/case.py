"""One publish of the matrix: its account, what is done to it, and how it ended as both ends tell it."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from local.journey import Journey
from tests.e2e.road import Videos, posts, requests, wait_for
from tests.faults.aws import AwsBetween
from tests.media.pictures import encoded, quarters

What = Literal["small", "chunked", "draft", "pull", "photos", "drop"]

SMALL = 300_000
CHUNK = 10_000_000
CHUNKED = 64_000_001
"""The smallest file that is sent in chunks: six of them."""


@dataclass
class Case:
    """A connected account and its publish. `later` is done in turn once the publish has been asked for."""

    journey: Journey
    videos: Videos
    aws: AwsBetween | None
    account: str
    open_id: str
    username: str
    what: What
    later: list[Callable[[], None]] = field(default_factory=list)
    publish_id: str = ""
    dropped: dict[str, Any] = field(default_factory=dict)
    redelivers: bool = False

    @property
    def size(self) -> int:
        return CHUNKED if self.what == "chunked" else SMALL

    def begin(self) -> None:
        """Upload and publish."""
        key = f"in/{secrets.token_hex(6)}.mp4"
        if self.aws:
            self.aws.about(self.account, key)
        if self.what == "photos":
            self.publish_id = self._publish_photos()
            return
        path, _ = self.videos(self.size)
        if self.what == "drop":
            self.publish_id = self._drop(path)
            return
        self.journey.upload(path, key)
        ways: dict[What, dict[str, Any]] = {"draft": {"mode": "draft", "privacy_level": None}, "pull": {"via": "pull"}}
        self.publish_id = self.journey.publish(self.account, key, **ways.get(self.what, {}))["publish_id"]

    def until_rest(self, seconds: float) -> dict[str, Any]:
        return self.journey.until_rest(self.publish_id, seconds=seconds)

    def asked(self, route: str) -> list[dict[str, Any]]:
        """What TikTok was asked at `route` for this account, refusals and lost ones included."""
        return requests(self.journey, self.account, route)

    def wait_asked(self, route: str, count: int = 1) -> None:
        wait_for(lambda: len(self.asked(route)) >= count, seconds=60)

    def wait_state(self, *states: str) -> None:
        wait_for(lambda: self.journey.show(self.publish_id)["state"] in states, seconds=60)

    def posts(self) -> list[dict[str, Any]]:
        return posts(self.journey, self.account)

    def all_begun(self) -> list[dict[str, Any]]:
        """Everything that TikTok's init made for the account, posted or not."""
        return self.journey.sandbox("GET", "/posts", params={"open_id": self.open_id})["items"]

    def call(self, function: str, event: dict[str, Any]) -> None:
        """Invoke one of the stack's functions once more, as a service that delivers twice would."""
        stack = self.journey.stack
        stack.client("lambda").invoke(FunctionName=stack.function_name(function), Payload=json.dumps(event).encode())

    def step_event(self, **also: Any) -> dict[str, Any]:
        step = {"outcome": "ready"}
        return {"publish_id": self.publish_id, "execution": self.publish_id, "step": step, **also}

    def _publish_photos(self) -> str:
        items = []
        for number in range(2):
            key = f"in/{secrets.token_hex(6)}-{number}.jpg"
            if self.aws:
                self.aws.about(self.account, key)
            stack = self.journey.stack
            stack.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=encoded(quarters(), "JPEG"))
            items.append({"bucket": stack.bucket, "key": key})
        body = {
            "account_id": self.account,
            "kind": "photo",
            "source": {"type": "photos", "items": items},
            "privacy_level": "SELF_ONLY",
        }
        return self.journey.api("POST", "/v1/publishes", json=body).raise_for_status().json()["publish_id"]

    def _drop(self, path: Any) -> str:
        key = f"drop/{self.account}/a.mp4"
        self.journey.drop(self.account, path, "a.mp4", {"privacy_level": "SELF_ONLY"})
        stack = self.journey.stack
        head = stack.client("s3").head_object(Bucket=stack.bucket, Key=key)
        self.dropped = {
            "detail": {
                "bucket": {"name": stack.bucket},
                "object": {
                    "key": key,
                    "version-id": head.get("VersionId"),
                    "etag": head["ETag"].strip('"'),
                    "size": head["ContentLength"],
                },
            }
        }
        return wait_for(self._taken, seconds=90)

    def _taken(self) -> str | None:
        if not self._listed() and self.redelivers:
            time.sleep(5)
            self.call("storage-drop", self.dropped)
        return self._listed()

    def _listed(self) -> str | None:
        items = self.journey.api("GET", "/v1/publishes", params={"account_id": self.account}).json()["items"]
        return items[0]["publish_id"] if items else None


def connected(journey: Journey, videos: Videos, aws: AwsBetween | None, what: What) -> Case:
    """A case with a new creator, connected through the real OAuth routes."""
    name = f"creator-{secrets.token_hex(4)}"
    account = journey.connect(name, user_id=name, private=True)
    if aws:
        aws.about(account)
    open_id = journey.api("GET", f"/v1/accounts/{account}").json()["open_id"]
    return Case(journey, videos, aws, account, open_id, name, what)


def later(case: Case, what: Callable[[], Any], *, after_s: float = 0) -> None:
    def do() -> None:
        time.sleep(after_s)
        what()

    case.later.append(do)
