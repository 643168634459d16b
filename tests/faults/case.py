"""One publish of the matrix: its account, its faults, and its end on both sides."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from local.stack_client import StackClient
from tests.e2e.road import Videos, wait_for
from tests.faults.aws import AwsBetween
from tests.media.pictures import encoded, quarters

What = Literal["small", "chunked", "draft", "pull", "photos", "drop"]

_REPEATED_WITHIN_S = 10
SMALL = 300_000
CHUNK = 10_000_000
# After this time the drop's function has ended, so a repeated event does not run at the same time.
_DROP_S = 65
CHUNKED = 64_000_001
"""The smallest file that is sent in chunks: six of them."""


@dataclass
class Case:
    """A connected account and its publish. `later`: actions that run in order after the publish was requested.

    `ordered`: the faults that the sandbox was told to make.
    """

    journey: StackClient
    videos: Videos
    aws: AwsBetween
    account: str
    open_id: str
    username: str
    what: What
    later: list[Callable[[], None]] = field(default_factory=list)
    ordered: list[dict[str, Any]] = field(default_factory=list)
    publish_id: str = ""
    dropped: dict[str, Any] = field(default_factory=dict)
    redelivers: bool = False

    @property
    def size(self) -> int:
        return CHUNKED if self.what == "chunked" else SMALL

    def begin(self) -> None:
        """Upload and publish."""
        if self.what == "photos":
            items = [self._uploaded_picture(), self._uploaded_picture()]
            self.publish_id = self._publish({"type": "photos", "items": items}, kind="photo")
            return
        path, _ = self.videos(self.size)
        if self.what == "drop":
            self.publish_id = self._drop(path)
            return
        key = self._new_key("mp4")
        self.journey.upload(path, key)
        ways: dict[What, dict[str, Any]] = {"draft": {"mode": "draft", "privacy_level": None}, "pull": {"via": "pull"}}
        source = {"type": "s3", "bucket": self.journey.stack.bucket, "key": key}
        self.publish_id = self._publish(source, **ways.get(self.what, {}))

    def until_rest(self, seconds: float) -> dict[str, Any]:
        return self.journey.until_rest(self.publish_id, seconds=seconds)

    def asked(self, route: str) -> list[dict[str, Any]]:
        """The requests to TikTok at `route` for this account, including refused and lost ones."""
        return self.journey.sandbox("GET", "/journal", params={"route": route, "open_id": self.open_id})["items"]

    def wait_asked(self, route: str, count: int = 1) -> None:
        wait_for(lambda: len(self.asked(route)) >= count, seconds=60)

    def all_begun(self) -> list[dict[str, Any]]:
        """Everything that TikTok's inits created for the account, whether posted or not."""
        return self.journey.sandbox("GET", "/posts", params={"open_id": self.open_id})["items"]

    def call(self, function: str, event: dict[str, Any]) -> None:
        """Invoke one of the stack's functions once more, like a service that delivers an event twice."""
        stack = self.journey.stack
        stack.client("lambda").invoke(FunctionName=stack.function_name(function), Payload=json.dumps(event).encode())

    def step_event(self, **also: Any) -> dict[str, Any]:
        step = {"outcome": "ready"}
        return {"publish_id": self.publish_id, "execution": self.publish_id, "step": step, **also}

    def untouched(self) -> list[str]:
        """Faults that never happened, or that AWS would never cause. With such a fault the cell proves nothing."""
        faults = self.aws.faults_of(self.account)
        # The publish may be at rest before the SDK repeats the call whose answer was lost.
        deadline = time.monotonic() + _REPEATED_WITHIN_S
        while time.monotonic() < deadline and not all(fault.has_happened for fault in faults):
            time.sleep(0.1)
        waiting = self.journey.sandbox("GET", "/faults")["items"]
        still = [fault for fault in self.ordered if any(fault.items() <= one.items() for one in waiting)]
        return [
            *(f"{fault.operation} met no fault" for fault in faults if not fault.has_happened),
            *(f"AWS does not do that: {fault.mistake}" for fault in faults if fault.mistake),
            *(f"{fault['route']} met no fault" for fault in still),
        ]

    def _new_key(self, ending: str) -> str:
        name = f"in/{secrets.token_hex(6)}"
        self.aws.about(self.account, name)
        return f"{name}.{ending}"

    def _publish(self, source: dict[str, Any], **options: Any) -> str:
        """Request the publish like a careful caller: with a key, and again if the API's answer was unclear."""
        body = {"account_id": self.account, "source": source, "privacy_level": "SELF_ONLY", **options}
        headers = {"Idempotency-Key": secrets.token_hex(8)}

        def answered() -> Any:
            answer = self.journey.api("POST", "/v1/publishes", json=body, headers=headers)
            is_undecided = answer.status_code >= 500 or "retry-after" in answer.headers
            return None if is_undecided else answer

        return wait_for(answered).raise_for_status().json()["publish_id"]

    def _uploaded_picture(self) -> dict[str, str]:
        key, stack = self._new_key("jpg"), self.journey.stack
        stack.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=encoded(quarters(), "JPEG"))
        return {"bucket": stack.bucket, "key": key}

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
        if not self.redelivers:
            return wait_for(self._listed)
        try:
            return wait_for(self._listed, seconds=_DROP_S)
        except AssertionError:
            self.call("storage-drop", self.dropped)
        return wait_for(self._listed)

    def _listed(self) -> str | None:
        items = self.journey.api("GET", "/v1/publishes", params={"account_id": self.account}).json()["items"]
        return items[0]["publish_id"] if items else None


def connected(journey: StackClient, videos: Videos, aws: AwsBetween, what: What) -> Case:
    """A case with a new creator, connected through the real OAuth routes."""
    name = f"creator-{secrets.token_hex(4)}"
    account = journey.connect(name, user_id=name, private=True)
    open_id = journey.api("GET", f"/v1/accounts/{account}").json()["open_id"]
    aws.about(account, open_id)
    return Case(journey, videos, aws, account, open_id, name, what)
