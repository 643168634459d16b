"""Stores TikTok's facts under TikTok's publish_id. This also works if Dropcast does not know the publish_id yet."""

import hashlib

from dropcast import clock
from dropcast.aws.tables import NEW, PUBLISHES, Item, Query
from dropcast.publishing.outcome.facts import Fact
from dropcast.settings import settings

_KEPT_S = 90 * 24 * 3600
_POINTER = "publish"
_WEBHOOKS_LATELY_S = 24 * 3600
_WEBHOOKS_NOTED_EVERY_S = 3600
_ASKED_EVERY_S = 60
_UNKNOWN_KEPT_S = 30 * 24 * 3600


def pointer_write(tiktok_publish_id: str, publish_id: str) -> Item:
    """An entry of TransactWriteItems that stores which publish has this TikTok id. `publish_id_of` reads it."""
    return PUBLISHES.put_entry({"pk": _pk(tiktok_publish_id), "sk": _POINTER, "publish_id": publish_id})


def publish_id_of(tiktok_publish_id: str) -> str | None:
    """Dropcast's id of the publish with the TikTok id `tiktok_publish_id`. None if it is not known (yet)."""
    pointer = PUBLISHES.get({"pk": _pk(tiktok_publish_id), "sk": _POINTER})
    return pointer["publish_id"] if pointer else None


def add(tiktok_publish_id: str, fact: Fact) -> None:
    """Store `fact`. A repeated call changes nothing."""
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
        "expires_at": clock.now() + _KEPT_S,
    }
    PUBLISHES.put(item)


def facts_of(tiktok_publish_id: str) -> list[Fact]:
    """All facts about the publish, read consistently."""
    values = {"pk": _pk(tiktok_publish_id), "fact": "fact#"}
    query = Query("pk = :pk AND begins_with(sk, :fact)", values, consistent=True)
    return [
        Fact(item["kind"], item["at"], item.get("reason"), tuple(item["post_ids"]), item.get("log_id"))
        for item in PUBLISHES.items(query)
    ]


def note_webhook() -> None:
    """Record that a verified webhook arrived. Writes at most once an hour."""
    now = clock.now()
    values = {"before": now - _WEBHOOKS_NOTED_EVERY_S}
    PUBLISHES.put_if({"pk": "webhooks", "sk": "seen", "at": now}, f"{NEW} OR #at < :before", values)


def claim_status_poll(tiktok_publish_id: str) -> bool:
    """Reserve the poll of TikTok's status that a stale webhook (one with an old signature) causes.

    False if a poll was reserved within the last minute.
    """
    now = clock.now()
    item = {"pk": _pk(tiktok_publish_id), "sk": "asked", "at": now, "expires_at": now + _KEPT_S}
    return PUBLISHES.put_if(item, f"{NEW} OR #at <= :before", {"before": now - _ASKED_EVERY_S})


def store_unknown_webhook(event: str, raw: str) -> None:
    """Store a verified webhook of an unknown kind for 30 days, so that a person can read it."""
    now = clock.now()
    item = {
        "pk": "unknown_webhooks",
        "sk": f"{clock.iso(now)}#{hashlib.sha256(raw.encode()).hexdigest()}",
        "event": event,
        "body": raw,
        "expires_at": now + _UNKNOWN_KEPT_S,
    }
    PUBLISHES.put(item)


def last_webhook_at() -> int | None:
    """The time at which a verified webhook last arrived (seconds since the epoch). It can be up to an hour before the
    real time.

    None if no webhook ever arrived.
    """
    seen = PUBLISHES.get({"pk": "webhooks", "sk": "seen"}, consistent=False)
    return seen["at"] if seen else None


def webhooks_arrive() -> bool:
    """Whether to expect TikTok's webhooks: as the setting says or, for `auto`, if one arrived within the last day."""
    if settings().webhooks != "auto":
        return settings().webhooks == "expected"
    seen_at = last_webhook_at()
    return seen_at is not None and seen_at > clock.now() - _WEBHOOKS_LATELY_S


def _pk(tiktok_publish_id: str) -> str:
    return f"tiktok#{tiktok_publish_id}"
