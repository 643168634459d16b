"""How lists of trends and the health of their sources are shown."""

from typing import Any, get_args

from pydantic import BaseModel, Field

from dropcast.clock import iso
from dropcast.trends.health_store import Health, SourceState
from dropcast.trends.models import Failed, Hashtag, Keyword, Reason, SourceName, Track, TrendKind, Video
from dropcast.trends.read_lists import is_stale
from dropcast.trends.snapshot_store import Snapshot


class AttemptAtSourceView(BaseModel):
    """A source that told nothing, or not all, when the list was last collected, and its own words."""

    source: SourceName
    reason: Reason
    raw_status: str


class TrendsView(BaseModel):
    """A list of what trends. Before a source has told one, `items` is empty, and `source` and `captured_at` are null.

    stale: no source told it when it was last collected (`attempts` says why), or nobody has collected it for 13 hours.
    """

    kind: TrendKind
    country: str | None = Field(description="Null for keywords: they are those around the connected account.")
    period_days: int | None = Field(description="Null for keywords: they are those of now.")
    category: str
    source: SourceName | None = Field(description="Who told it.")
    captured_at: str | None = Field(description="When it was told.")
    age_seconds: int | None
    stale: bool
    total: int | None = Field(description="How many the source says there are; it may show the first ones alone.")
    attempts: list[AttemptAtSourceView]


class TrendingHashtagsView(TrendsView):
    """Hashtags, the first one first."""

    items: list[Hashtag]


class TrendingVideosView(TrendsView):
    """Videos, the first one first."""

    items: list[Video]


class TrendingMusicView(TrendsView):
    """Tracks of the Commercial Music Library, the first one first."""

    items: list[Track]


class TrendingKeywordsView(TrendsView):
    """What people search for, the first one first."""

    items: list[Keyword]


class SourceView(BaseModel):
    """How a source has done lately.

    state: good or failing by its last try; off: not configured or not connected; untried: nobody asked it yet.
    """

    source: SourceName
    state: SourceState
    good_at: str | None = Field(description="When it last told a list.")
    failed_at: str | None = Field(description="When it last did not.")
    failures: int = Field(description="How often in a row.")
    reason: Reason | None = Field(description="Why it did not.")
    raw_status: str | None = Field(description="Its own words then.")
    list_key: str | None = Field(description="What it was asked for then: kind#country#days#category.")


class SourcesView(BaseModel):
    """The sources of trends, in order of trust."""

    items: list[SourceView]


class TrendRunView(BaseModel):
    """A run that was queued, and how many lists it collects."""

    run_id: str
    queued: int


_VIEWS: dict[TrendKind, type[TrendsView]] = {
    "hashtags": TrendingHashtagsView,
    "videos": TrendingVideosView,
    "music": TrendingMusicView,
    "keywords": TrendingKeywordsView,
}


def trends_view(snapshot: Snapshot, items: Any, now: int) -> TrendsView:
    """`items` of a list as it stands at `now`."""
    captured_at, query = snapshot.captured_at, snapshot.query
    return _VIEWS[query.kind].model_validate(
        {
            "kind": query.kind,
            "country": query.country,
            "period_days": query.period_days,
            "category": query.category,
            "source": snapshot.source,
            "captured_at": _time(captured_at),
            "age_seconds": None if captured_at is None else max(0, now - captured_at),
            "stale": is_stale(snapshot, now),
            "total": snapshot.total,
            "attempts": [_attempt_view(one) for one in snapshot.attempts],
            "items": items,
        }
    )


def sources_view(healths: dict[SourceName, Health]) -> SourcesView:
    """All sources, those that nobody asked yet too."""
    names: tuple[SourceName, ...] = get_args(SourceName)
    return SourcesView(items=[_source_view(healths.get(name, Health(name))) for name in names])


def _source_view(health: Health) -> SourceView:
    return SourceView(
        source=health.source,
        state=health.state,
        good_at=_time(health.good_at),
        failed_at=_time(health.failed_at),
        failures=health.failures,
        reason=health.reason,
        raw_status=health.raw_status,
        list_key=health.list_key,
    )


def _attempt_view(attempt: Failed) -> AttemptAtSourceView:
    return AttemptAtSourceView(source=attempt.source, reason=attempt.reason, raw_status=attempt.raw_status)


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)
