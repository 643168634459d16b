"""Stores an account's webhooks that belong to no known publish. They expire after 30 days."""

from typing import Any

from dropcast import clock
from dropcast.aws.tables import PUBLISHES, Query
from dropcast.publishing.outcome import fact_store
from dropcast.tiktok.webhooks import WebhookEvent

_KEPT_S = 30 * 24 * 3600
_SHOWN_MAX = 50
_LOOKED_UP_MAX = 200


def store_webhook(event: WebhookEvent) -> None:
    """Store the event. A repeated call changes nothing. An event without an account or a publish id is ignored."""
    if event.open_id is None or event.publish_id is None:
        return
    item = {
        "pk": _pk(event.open_id),
        "sk": f"{event.publish_id}#{event.event}#{event.create_time}",
        "event": event.event,
        "at": event.create_time,
        "tiktok_publish_id": event.publish_id,
        "post_id": event.post_id,
        "expires_at": clock.now() + _KEPT_S,
    }
    PUBLISHES.put(item)


def webhooks_since(open_id: str, at: int) -> list[dict[str, Any]]:
    """Read the account's events since `at` (seconds since the epoch) that belong to no known publish.

    Returns at most the earliest 50, and looks up at most the earliest 200 publish ids.
    """
    kept = PUBLISHES.items(Query("pk = :pk", {"pk": _pk(open_id)}))
    late = sorted((event for event in kept if event["at"] >= at), key=lambda event: event["at"])
    shown: list[dict[str, Any]] = []
    is_ours: dict[str, bool] = {}
    for event in late:
        if len(shown) == _SHOWN_MAX or len(is_ours) == _LOOKED_UP_MAX:
            break
        named = event["tiktok_publish_id"]
        if named not in is_ours:
            is_ours[named] = fact_store.publish_id_of(named) is not None
        if not is_ours[named]:
            shown.append(_view(event))
    return shown


def _view(event: dict[str, Any]) -> dict[str, Any]:
    said = {"event": event["event"], "at": clock.iso(event["at"]), "tiktok_publish_id": event["tiktok_publish_id"]}
    return said | ({"post_id": event["post_id"]} if "post_id" in event else {})


def _pk(open_id: str) -> str:
    return f"unmatched#{open_id}"
