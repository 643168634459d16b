"""The history of trends.

Each list is an object of JSON Lines in the bucket, with one line per item. Each kind and day has a folder. The Glue
table in infra/trends.py reads these objects; docs/trends.md shows how.
"""

import json
from datetime import UTC, datetime
from typing import Any

from dropcast import clock
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.trends.models import dumped
from dropcast.trends.snapshot_store import Snapshot

PREFIX = "trends/"

# The folder for lists that have no country.
_NO_COUNTRY = "ALL"


def append(snapshot: Snapshot, run_id: str) -> str:
    """Store a list. Returns the key of its object. The same list of the same run always has the same key."""
    query, at = snapshot.query, snapshot.captured_at or 0
    common = {
        "run_id": run_id,
        "captured_at": clock.iso(at),
        "source": snapshot.source,
        "country": query.country,
        "period_days": query.period_days,
        "category": query.category,
    }
    key = _key(snapshot, run_id, at)
    clients.client("s3").put_object(
        Bucket=settings().media_bucket,
        Key=key,
        Body="".join(_line(common | dumped(item)) for item in snapshot.items).encode(),
        ContentType="application/x-ndjson",
    )
    return key


def _key(snapshot: Snapshot, run_id: str, at: int) -> str:
    query = snapshot.query
    day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    folder = f"{PREFIX}kind={query.kind}/date={day}/country={query.country or _NO_COUNTRY}"
    return f"{folder}/{run_id}-{query.period_days or 0}-{query.category}.jsonl"


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
