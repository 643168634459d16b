"""Stores trend lists as a collection does, and requests them from the API."""

from typing import Any

import pytest

from dropcast.clock import iso
from dropcast.events.outbox.outbox import event_write
from dropcast.settings import settings
from dropcast.trends import snapshot_store
from dropcast.trends.models import Failed, Hashtag, Item, Keyword, SourceName, Track, TrendKind, TrendQuery, Video
from dropcast.trends.snapshot_store import Snapshot
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.accounts import NOW
from tests.unit.support.api import call, event_of, with_scopes
from tests.unit.support.functions import context

HOUR_S = 3600
VIDEOS = (
    Video(
        rank=1,
        video_id="11",
        description="Slow #Bread",
        author="ana",
        hashtags=("Bread",),
        views=7,
        likes=3,
        comments=1,
    ),
    Video(rank=2, video_id="12", description="", author="breadmaker", hashtags=("pottery",)),
    Video(rank=3, video_id="13", description="Nothing of the kind", author="eva", hashtags=("slow",)),
)
ITEMS: dict[TrendKind, tuple[Item, ...]] = {
    "hashtags": (
        Hashtag(rank=1, hashtag_id="421", name="pottery", direction="up"),
        Hashtag(rank=2, hashtag_id="422", name="b"),
    ),
    "videos": VIDEOS,
    "music": (Track(rank=1, track_id="77", title="Soft Voyage"),),
    "keywords": (Keyword(rank=1, keyword="sourdough"),),
}


@pytest.fixture
def trends(cloud: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {"TREND_COUNTRIES": "US,DE", "TREND_PERIODS": "7,30", "TREND_CATEGORIES": "FOOD"}.items():
        cloud.setenv(name, value)
    settings.cache_clear()
    return cloud


def keep(
    which: TrendQuery,
    at: int = NOW,
    attempts: tuple[Failed, ...] = (),
    items: tuple[Item, ...] | None = None,
    source: SourceName = "discovery",
    made_of: str = "",
) -> None:
    shown = ITEMS[which.kind] if items is None else items
    snapshot = Snapshot(which, shown, source, at, 200, attempts, at, good=True, made_of=made_of)
    event = {
        "run_id": "run_1",
        "kind": which.kind,
        "country": which.country,
        "period_days": which.period_days,
        "category": which.category,
        "source": "discovery",
        "captured_at": iso(at),
        "items": 1,
    }
    assert snapshot_store.keep(snapshot, event_write("trends.updated", event))


def ask(kind: str, method: str = "GET", key: str = "read", **query: str) -> tuple[int, dict[str, Any]]:
    return call(Operation(method, f"{method} {kind}", f"/v1/trends/{kind}", query, None), with_scopes(key))


def raw(kind: str, known: str = "") -> dict[str, Any]:
    """The function's whole answer to a request with If-None-Match."""
    event = event_of(Operation("GET", "GET", f"/v1/trends/{kind}", {}, None), with_scopes("read"))
    event["headers"]["if-none-match"] = known
    return handler(event, context())


def header(answer: dict[str, Any], name: str) -> str:
    return {key.lower(): value for key, value in answer["headers"].items()}[name.lower()]
