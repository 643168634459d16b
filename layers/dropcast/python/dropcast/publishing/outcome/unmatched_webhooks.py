"""TikTok's webhooks about posts of an account that no publish of ours has, kept for a month."""

from collections.abc import Iterator
from typing import Any

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.publishing.outcome import fact_store
from dropcast.settings import settings
from dropcast.tiktok.webhooks import WebhookEvent

_KEPT_SECONDS = 30 * 24 * 3600
_SHOWN_MAX = 50
_LOOKED_UP_MAX = 200


def store_webhook(event: WebhookEvent) -> None:
    """Keep the event; the same one again changes nothing. One that names no account is of no use."""
    if event.open_id is None or event.publish_id is None:
        return
    item = {
        "pk": _pk(event.open_id),
        "sk": f"{event.publish_id}#{event.event}#{event.create_time}",
        "event": event.event,
        "at": event.create_time,
        "tiktok_publish_id": event.publish_id,
        "post_id": event.post_id,
        "expires_at": clock.now() + _KEPT_SECONDS,
    }
    dynamo.write("put_item", TableName=settings().publishes_table, Item=dynamo.to_item(item))


def webhooks_since(open_id: str, at: int) -> list[dict[str, Any]]:
    """The account's events since `at` (seconds since the epoch) of which no publish of ours is known by now.

    The earliest 50; of more than 200 publish ids the earliest 200 are looked up.
    """
    late = sorted((event for event in _kept(open_id) if event["at"] >= at), key=lambda event: event["at"])
    shown: list[dict[str, Any]] = []
    is_ours: dict[str, bool] = {}
    for event in late:
        if len(shown) == _SHOWN_MAX or len(is_ours) == _LOOKED_UP_MAX:
            break
        named = event["tiktok_publish_id"]
        if named not in is_ours:
            is_ours[named] = fact_store.publish_id_of(named) is not None
        if not is_ours[named]:
            shown.append(_shown(event))
    return shown


def _kept(open_id: str) -> Iterator[dict[str, Any]]:
    pages = (
        clients.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().publishes_table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=dynamo.to_item({":pk": _pk(open_id)}),
        )
    )
    for page in pages:
        yield from map(dynamo.from_item, page["Items"])


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    said = {"event": event["event"], "at": clock.iso(event["at"]), "tiktok_publish_id": event["tiktok_publish_id"]}
    return said | ({"post_id": event["post_id"]} if "post_id" in event else {})


def _pk(open_id: str) -> str:
    return f"unmatched#{open_id}"
