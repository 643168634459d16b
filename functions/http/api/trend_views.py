"""The API's views of trend lists and of the health of their sources."""

from typing import Any, get_args

from pydantic import BaseModel, Field

from dropcast.clock import iso
from dropcast.trends.health_store import Health, SourceState
from dropcast.trends.models import Hashtag, Keyword, Reason, SourceName, Track, TrendKind, Video
from dropcast.trends.read_lists import is_stale
from dropcast.trends.snapshot_store import Snapshot


class AttemptAtSourceView(BaseModel):
    """A source that failed when Dropcast last collected the list. `raw_status` is the source's own message."""

    source: SourceName
    reason: Reason
    raw_status: str


class TrendsView(BaseModel):
    """A trend list. Before the first successful collection `items` is empty, and `source` and `captured_at` are null.

    `stale` is true if every source failed at the last collection (see `attempts`), or if the list is over 13 hours old.
    """

    kind: TrendKind
    country: str | None = Field(description="Null for keywords, which are those of the connected account's region.")
    period_days: int | None = Field(description="Null for keywords, which have no period.")
    category: str
    source: SourceName | None = Field(description="The source of the list.")
    captured_at: str | None = Field(description="When the source returned the list.")
    age_seconds: int | None
    stale: bool
    total: int | None = Field(
        description="The total that the source reports. The source may return only the first items."
    )
    attempts: list[AttemptAtSourceView]


class TrendingHashtagsView(TrendsView):
    """Hashtags by rank."""

    items: list[Hashtag]


class TrendingVideosView(TrendsView):
    """Videos by rank."""

    items: list[Video]


class TrendingMusicView(TrendsView):
    """Tracks of the Commercial Music Library by rank."""

    items: list[Track]


class TrendingKeywordsView(TrendsView):
    """Search keywords by rank."""

    items: list[Keyword]


class SourceView(BaseModel):
    """The recent state of a source.

    state: good or failing, according to the last attempt; off if the source is not configured or not connected; untried
    if Dropcast has not called the source yet.
    """

    source: SourceName
    state: SourceState
    good_at: str | None = Field(description="When the source last returned a list.")
    failed_at: str | None = Field(description="When the source last failed.")
    failures: int = Field(description="The number of consecutive failures.")
    reason: Reason | None = Field(description="The reason of the last failure.")
    raw_status: str | None = Field(description="The source's message at the last failure.")
    list_key: str | None = Field(description="The list requested at the last failure: kind#country#days#category.")


class SourcesView(BaseModel):
    """The sources of trends, in order of preference."""

    items: list[SourceView]


class TrendRunView(BaseModel):
    """A queued run and the number of lists that it collects."""

    run_id: str
    queued: int


_VIEWS: dict[TrendKind, type[TrendsView]] = {
    "hashtags": TrendingHashtagsView,
    "videos": TrendingVideosView,
    "music": TrendingMusicView,
    "keywords": TrendingKeywordsView,
}


def trends_view(snapshot: Snapshot, items: Any, now: int) -> TrendsView:
    """The view of the list in `snapshot`, showing only `items`. `now`, in epoch seconds, determines the list's age."""
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
            "attempts": [
                AttemptAtSourceView(source=one.source, reason=one.reason, raw_status=one.raw_status)
                for one in snapshot.attempts
            ],
            "items": items,
        }
    )


def sources_view(healths: dict[SourceName, Health]) -> SourcesView:
    """All sources, including those that Dropcast has not called yet."""
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


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)
