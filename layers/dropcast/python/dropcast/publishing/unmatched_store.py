"""TikTok's webhooks about posts of an account that no publish of ours has, kept for a month."""

from typing import Any

from dropcast import aws, clock, dynamo
from dropcast.publishing import fact_store
from dropcast.settings import settings
from dropcast.tiktok.webhooks import WebhookEvent

_KEPT_SECONDS = 30 * 24 * 3600


def keep(event: WebhookEvent) -> None:
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


def since(open_id: str, at: int) -> list[dict[str, Any]]:
    """The account's events since `at` (seconds since the epoch) of which no publish of ours is known by now."""
    answer = aws.client("dynamodb").query(
        TableName=settings().publishes_table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=dynamo.to_item({":pk": _pk(open_id)}),
    )
    kept = [dynamo.from_item(item) for item in answer["Items"]]
    late = sorted((one for one in kept if one["at"] >= at), key=lambda one: one["at"])
    known = {one: fact_store.publish_id_of(one) is not None for one in {event["tiktok_publish_id"] for event in late}}
    return [_shown(one) for one in late if not known[one["tiktok_publish_id"]]]


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    said = {"event": event["event"], "at": clock.iso(event["at"]), "tiktok_publish_id": event["tiktok_publish_id"]}
    return said | ({"post_id": event["post_id"]} if "post_id" in event else {})


def _pk(open_id: str) -> str:
    return f"unmatched#{open_id}"
