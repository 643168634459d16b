"""The sweep of drops: accepts the objects under drop/ whose S3 event did not arrive.

If an object is still empty, the sweep stores a failed publish.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dropcast import clock
from dropcast.aws import clients
from dropcast.errors.problem import Problem
from dropcast.log import logger
from dropcast.publishing.intake.drops.drop_keys import DropKind, drop_kind
from dropcast.publishing.intake.drops.drops import accept_drop, idempotency_key_of_object
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources import s3_object
from dropcast.settings import settings

_YOUNGEST_S = 10 * 60
_OLDEST_S = 24 * 3600


@dataclass(frozen=True)
class SweptDrops:
    """`taken`: the ids of the publishes that the sweep created. `failed`: how many objects raised an error."""

    taken: tuple[str, ...]
    failed: int


def sweep_drops() -> SweptDrops:
    """Accept every current object under drop/ that is 10 minutes to 24 hours old and has no publish.

    This makes one S3 request per 1,000 objects, and one per object of that age.
    """
    taken, failed = list[str](), 0
    for key in _due_keys():
        try:
            taken += _accept_if_missed(key)
        except Exception:
            logger.exception("drop.not_swept", key=key)
            failed += 1
    return SweptDrops(tuple(taken), failed)


def _due_keys() -> Iterator[str]:
    pages = _s3().get_paginator("list_objects_v2").paginate(Bucket=settings().media_bucket, Prefix="drop/")
    for page in pages:
        for one in page.get("Contents", ()):
            if drop_kind(one["Key"]) is not DropKind.NOTHING and _is_due(int(one["LastModified"].timestamp())):
                yield one["Key"]


def _is_due(stored_at: int) -> bool:
    return _YOUNGEST_S <= clock.now() - stored_at <= _OLDEST_S


def _accept_if_missed(key: str) -> list[str]:
    """Accept the object if it has no publish yet, and return the id of the new publish.

    If the object was replaced after the listing, the event of the new object or a later sweep handles it.
    """
    source = Source(bucket=settings().media_bucket, key=key)
    facts = s3_object.head(source)
    if isinstance(facts, Problem) or not _is_due(facts.stored_at) or idempotency_key_of_object(source, facts).taken():
        return []
    publish = accept_drop(source.bucket, key, facts.version_id, facts.etag, facts.size, even_empty=True)
    return [] if publish is None else [publish.publish_id]


def _s3() -> Any:
    return clients.client("s3")
