"""Helpers for tests of whole publishes: videos, waits, and the state on both sides."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from local.stack import LocalStack
from local.stack_client import StackClient
from local.video import padded_video

# The tests' stack sends small chunks. So even a small video has several chunks.
CHUNK = 10_000_000
SMALL = 300_000
SEVERAL_CHUNKS = 70_000_001


class Videos:
    """Videos by size. Each is made once with its SHA-256, even if several threads ask for it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.made: dict[int, tuple[Path, str]] = {}
        self._one_at_a_time = Lock()

    def __call__(self, size: int) -> tuple[Path, str]:
        with self._one_at_a_time:
            if size not in self.made:
                path = self.folder / f"{size}.mp4"
                self.made[size] = (path, padded_video(path, size))
            return self.made[size]


def published(journey: StackClient, account: str, path: Path, **options: Any) -> dict[str, Any]:
    """Upload, publish by the API and wait; return the last answer."""
    key = f"in/{secrets.token_hex(4)}.mp4"
    journey.upload(path, key)
    return journey.until_rest(journey.publish(account, key, **options)["publish_id"])


def begun(journey: StackClient, account: str, path: Path) -> tuple[str, str]:
    """Upload and publish without waiting. Return the publish_id and the object's key."""
    key = f"in/{secrets.token_hex(4)}.mp4"
    journey.upload(path, key)
    return journey.publish(account, key)["publish_id"], key


def wait_for(condition: Callable[[], Any], *, seconds: float = 120) -> Any:
    """The first true value of `condition`. After three seconds it is called only twice a second."""
    began = time.monotonic()
    while not (found := condition()):
        waited = time.monotonic() - began
        assert waited < seconds, "it did not happen in time"
        time.sleep(0.1 if waited < 3 else 0.5)
    return found


def fault(journey: StackClient, route: str, kind: str, **details: Any) -> None:
    journey.sandbox("POST", "/faults", json={"route": route, "kind": kind, **details})


def requests(journey: StackClient, account: str, route: str) -> list[dict[str, Any]]:
    """The requests to TikTok at `route` for the account's creator."""
    open_id = journey.api("GET", f"/v1/accounts/{account}").json()["open_id"]
    return journey.sandbox("GET", "/journal", params={"route": route, "open_id": open_id})["items"]


def posts(journey: StackClient, account: str) -> list[dict[str, Any]]:
    """The posts on the creator's profile."""
    open_id = journey.api("GET", f"/v1/accounts/{account}").json()["open_id"]
    items = journey.sandbox("GET", "/posts", params={"open_id": open_id})["items"]
    return [item for item in items if item["status"] == "PUBLISH_COMPLETE"]


def transitions(stack: LocalStack, publish_id: str) -> list[str]:
    (execution,) = stack.executions(publish_id)
    return stack.states_entered(execution)


def bytes_put(post: dict[str, Any]) -> int:
    return sum(put["bytes"] for put in post["puts"])


def received_bytes(journey: StackClient, publish_id: str) -> int:
    tiktok_publish_id = journey.show(publish_id)["tiktok_publish_id"]
    return journey.received(tiktok_publish_id)["received_bytes"] if tiktok_publish_id else 0


def send_webhook(
    journey: StackClient, stack: LocalStack, event: str, tiktok_publish_id: str, secret: str | None = None
) -> httpx.Response:
    """Send a webhook about a publish, signed with `secret`, or with the app's secret."""
    content = {"publish_id": tiktok_publish_id, "publish_type": "DIRECT_POST"}
    return send_signed(stack, event, content, open_id="someone", create_time=int(time.time()), secret=secret)


def send_signed(
    stack: LocalStack,
    event: str,
    content: dict[str, Any],
    *,
    open_id: str,
    create_time: int,
    secret: str | None = None,
    age_s: int = 0,
) -> httpx.Response:
    """Send a webhook that was signed `age_s` seconds ago, as protocol section 7 describes."""
    app = json.loads(
        stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["AppSecretArn"])["SecretString"]
    )
    at = int(time.time()) - age_s
    told = {"client_key": app["client_key"], "event": event, "create_time": create_time}
    body = json.dumps({**told, "content": json.dumps(content), "user_openid": open_id})
    signed = hmac.new((secret or app["client_secret"]).encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"TikTok-Signature": f"t={at},s={signed}", "content-type": "application/json"}
    return httpx.post(stack.webhook_url, content=body, headers=headers, timeout=30)


def forget_webhooks(stack: LocalStack) -> None:
    """Make the deployment believe that no webhook arrived recently."""
    stack.client("dynamodb").delete_item(
        TableName=stack.outputs["PublishesTable"], Key={"pk": {"S": "webhooks"}, "sk": {"S": "seen"}}
    )


def store_unstarted(stack: LocalStack, account_id: str, key: str) -> str:
    """Store the row that intake leaves if StartExecution fails, dated two minutes ago. Return its publish_id."""
    publish_id, at = f"pub_{secrets.token_hex(8)}", int(time.time()) - 120
    row = {
        "pk": {"S": f"publish#{publish_id}"},
        "sk": {"S": "publish"},
        "publish_id": {"S": publish_id},
        "execution": {"S": publish_id},
        "account_id": {"S": account_id},
        "state": {"S": "queued"},
        "origin": {"S": "api"},
        "options": {"M": {"privacy_level": {"S": "SELF_ONLY"}}},
        "source": {"M": {"bucket": {"S": stack.bucket}, "key": {"S": key}}},
        "created_at": {"N": str(at)},
        "unstarted_shard": {"S": "shard3"},
        "unstarted_at": {"N": str(at)},
        "history": {"L": []},
        **{name: {"N": "0"} for name in ("revision", "epoch", "chunks_begun", "bytes_sent", "inits_lost")},
        "post_ids": {"L": []},
    }
    stack.client("dynamodb").put_item(TableName=stack.outputs["PublishesTable"], Item=row)
    return publish_id
