"""Verifies and parses TikTok's webhooks (protocol section 7)."""

import hmac
import json
import re
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from dropcast import clock
from dropcast.tiktok.webhook_body import Webhook

REMOVED = "authorization.removed"

EVENTS = frozenset(
    {
        "authorization.removed",
        "post.publish.failed",
        "post.publish.complete",
        "post.publish.inbox_delivered",
        "post.publish.publicly_available",
        "post.publish.no_longer_publicaly_available",
        "video.upload.failed",
        "video.publish.completed",
        "portability.download.ready",
    }
)
"""Every event that TikTok documents, also for products that Dropcast does not use."""

_NAME_MAX = 200
_OTHER_NAMES = {
    "post.publish.completed": "post.publish.complete",
    "post.publish.publicaly_available": "post.publish.publicly_available",
    "post.publish.no_longer_publicly_available": "post.publish.no_longer_publicaly_available",
}
"""Undocumented names, each with the only documented event that it can mean."""


@dataclass(frozen=True)
class WebhookEvent:
    """One event, which is only a hint: TikTok may send events twice and in any order.

    `create_time` is in seconds since the epoch.
    """

    event: str
    create_time: int
    open_id: str | None
    publish_id: str | None
    post_id: str | None
    reason: str | None
    publish_type: str | None


def verify(secrets: list[str], header: str | None, raw: bytes, now: int) -> int | None:
    """The age of the signature in seconds. None if no secret in `secrets` made this signature for `raw`.

    The age is negative if TikTok's clock is ahead. An old signature is valid too. Protocol section 7 advises the
    caller to poll the status in that case.
    """
    parts = _signature_parts(header or "")
    if parts is None:
        return None
    at, signature = parts
    signed = at.encode("ascii") + b"." + raw
    # The loop tries all secrets, so that its duration does not reveal which one matches. With an empty secret anyone
    # could sign.
    matches = [
        hmac.compare_digest(hmac.new(secret.encode(), signed, sha256).hexdigest(), signature)
        for secret in secrets
        if secret
    ]
    return now - int(at) if any(matches) else None


def parse(raw: bytes) -> WebhookEvent | None:
    """The event in a webhook's body. None if the body is not a JSON object with an `event`.

    Other fields may be missing or malformed and then count as absent. Without a time in the body the event's time is
    now.
    """
    try:
        webhook = Webhook.model_validate_json(raw)
    except ValidationError:
        return None
    content = webhook.content
    return WebhookEvent(
        event=_OTHER_NAMES.get(webhook.event, webhook.event)[:_NAME_MAX],
        create_time=clock.now() if webhook.create_time is None else webhook.create_time,
        open_id=webhook.user_openid,
        publish_id=content.publish_id,
        post_id=content.post_id,
        reason=content.reason,
        publish_type=content.publish_type,
    )


def is_understood(event: WebhookEvent) -> bool:
    """Whether TikTok documents `event`.

    An event of a removed authorisation must also name its account. An event of a post must also name its publish.
    """
    if event.event == REMOVED:
        return event.open_id is not None
    if event.event.startswith("post.publish."):
        return event.event in EVENTS and event.publish_id is not None
    return event.event in EVENTS


def body_of(event: WebhookEvent) -> str:
    """A body in ASCII that `parse` converts back to `event`."""
    content = {"publish_id": event.publish_id, "post_id": event.post_id, "reason": event.reason}
    content["publish_type"] = event.publish_type
    return json.dumps(
        {
            "event": event.event,
            "create_time": event.create_time,
            "user_openid": event.open_id,
            "content": {name: text for name, text in content.items() if text is not None},
        }
    )


def _signature_parts(header: str) -> tuple[str, str] | None:
    """`t` and `s` of `t=<unix seconds>,s=<hex>`. Each must occur once, in any order, and no other part may occur."""
    match sorted(part.strip(" \t") for part in header.split(",")):
        case [signature, at] if re.fullmatch("s=[0-9a-f]{64}", signature) and re.fullmatch("t=[0-9]{1,12}", at):
            return at[2:], signature[2:]
        case _:
            return None
