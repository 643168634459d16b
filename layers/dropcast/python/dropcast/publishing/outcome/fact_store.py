"""What TikTok said, kept by TikTok's own publish_id, so that it may come before we know that id ourselves."""

import hashlib
from typing import Any

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.publishing.outcome.facts import Fact
from dropcast.settings import settings

_KEPT_SECONDS = 90 * 24 * 3600
_POINTER = "publish"
_WEBHOOKS_LATELY_SECONDS = 24 * 3600
_WEBHOOKS_NOTED_EVERY_SECONDS = 3600
_ASKED_EVERY_SECONDS = 60
_UNKNOWN_KEPT_SECONDS = 30 * 24 * 3600


def pointer_write(tiktok_publish_id: str, publish_id: str) -> dynamo.Item:
    """One entry of TransactWriteItems that makes the publish findable by TikTok's id."""
    item = {"pk": _pk(tiktok_publish_id), "sk": _POINTER, "publish_id": publish_id}
    return {"Put": {"TableName": settings().publishes_table, "Item": dynamo.to_item(item)}}


def publish_id_of(tiktok_publish_id: str) -> str | None:
    """Our id of the publish that TikTok calls `tiktok_publish_id`, or None while (or if) we know of none."""
    key = dynamo.to_item({"pk": _pk(tiktok_publish_id), "sk": _POINTER})
    answer = _dynamodb().get_item(TableName=settings().publishes_table, Key=key, ConsistentRead=True)
    return dynamo.from_item(answer["Item"])["publish_id"] if "Item" in answer else None


def add(tiktok_publish_id: str, fact: Fact) -> None:
    """Keep `fact`. The same fact again changes nothing."""
    name = "#".join((fact.kind, str(fact.at), fact.reason or "", ",".join(fact.post_ids)))
    digest = hashlib.sha256(name.encode()).hexdigest()
    item = {
        "pk": _pk(tiktok_publish_id),
        "sk": f"fact#{digest}",
        "kind": fact.kind,
        "at": fact.at,
        "reason": fact.reason,
        "post_ids": list(fact.post_ids),
        "log_id": fact.log_id,
        "expires_at": clock.now() + _KEPT_SECONDS,
    }
    dynamo.write("put_item", TableName=settings().publishes_table, Item=dynamo.to_item(item))


def facts_of(tiktok_publish_id: str) -> list[Fact]:
    """Everything TikTok said of the publish, read consistently."""
    pages = (
        _dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=settings().publishes_table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :fact)",
            ExpressionAttributeValues=dynamo.to_item({":pk": _pk(tiktok_publish_id), ":fact": "fact#"}),
            ConsistentRead=True,
        )
    )
    return [_fact(dynamo.from_item(item)) for page in pages for item in page["Items"]]


def note_webhook() -> None:
    """Note that a true webhook arrived; at most one write an hour changes anything."""
    now = clock.now()
    dynamo.write_if(
        "put_item",
        TableName=settings().publishes_table,
        Item=dynamo.to_item({"pk": "webhooks", "sk": "seen", "at": now}),
        ConditionExpression="attribute_not_exists(pk) OR #at < :before",
        ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues=dynamo.to_item({":before": now - _WEBHOOKS_NOTED_EVERY_SECONDS}),
    )


def claim_status_poll(tiktok_publish_id: str) -> bool:
    """Whether TikTok may be asked about the publish because of a stale webhook: once a minute."""
    now = clock.now()
    claimed = dynamo.write_if(
        "put_item",
        TableName=settings().publishes_table,
        Item=dynamo.to_item(
            {"pk": _pk(tiktok_publish_id), "sk": "asked", "at": now, "expires_at": now + _KEPT_SECONDS}
        ),
        ConditionExpression="attribute_not_exists(pk) OR #at <= :before",
        ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues=dynamo.to_item({":before": now - _ASKED_EVERY_SECONDS}),
    )
    return claimed is not None


def store_unknown_webhook(event: str, raw: str) -> None:
    """Keep a true webhook of a kind that we do not know, for a person to look at; for 30 days."""
    now = clock.now()
    item = {
        "pk": "unknown_webhooks",
        "sk": f"{clock.iso(now)}#{hashlib.sha256(raw.encode()).hexdigest()}",
        "event": event,
        "body": raw,
        "expires_at": now + _UNKNOWN_KEPT_SECONDS,
    }
    dynamo.write("put_item", TableName=settings().publishes_table, Item=dynamo.to_item(item))


def webhooks_arrive() -> bool:
    """Whether TikTok's webhooks are known to arrive: the deployment says so, or a true one came within a day."""
    if settings().webhooks != "auto":
        return settings().webhooks == "expected"
    key = dynamo.to_item({"pk": "webhooks", "sk": "seen"})
    answer = _dynamodb().get_item(TableName=settings().publishes_table, Key=key)
    return "Item" in answer and dynamo.from_item(answer["Item"])["at"] > clock.now() - _WEBHOOKS_LATELY_SECONDS


def _fact(item: dict[str, Any]) -> Fact:
    return Fact(item["kind"], item["at"], item.get("reason"), tuple(item["post_ids"]), item.get("log_id"))


def _pk(tiktok_publish_id: str) -> str:
    return f"tiktok#{tiktok_publish_id}"


def _dynamodb() -> Any:
    return clients.client("dynamodb")
