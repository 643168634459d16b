"""Reads lists of trends for callers: the current list, whether it is stale, and a search in the list."""

from collections.abc import Iterable
from dataclasses import dataclass

from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.hashtags import hashtag_key
from dropcast.trends.collection_plan import planned_queries
from dropcast.trends.models import Item, TrendQuery, Video
from dropcast.trends.rank_changes import EarlierRanks
from dropcast.trends.snapshot_store import Snapshot, latest, latest_with_ranks

# Two runs and an hour. If a list is older, at least one run failed to collect it.
STALE_AFTER_S = 13 * 3600


def current_list(query: TrendQuery) -> Snapshot | Problem:
    """The list. Makes one query. Problem: `trends_not_collected` (there is no list and none is planned)."""
    return latest(query) or _not_collected_yet(query)


@dataclass(frozen=True)
class ListWithRanks:
    """A list, and the ranks in its last versions, oldest first."""

    snapshot: Snapshot
    ranks: tuple[EarlierRanks, ...]


def list_with_ranks(query: TrendQuery, lists: int) -> ListWithRanks | Problem:
    """The list and the ranks in its last `lists` versions. Makes one query. Problem: `trends_not_collected`."""
    found, ranks = latest_with_ranks(query, lists)
    snapshot = found or _not_collected_yet(query)
    return snapshot if isinstance(snapshot, Problem) else ListWithRanks(snapshot, ranks)


def _not_collected_yet(query: TrendQuery) -> Snapshot | Problem:
    if query not in planned_queries():
        return problem(
            "trends_not_collected",
            kind=query.kind,
            country=query.country,
            period_days=query.period_days,
            category=query.category,
        )
    return Snapshot(query, (), None, None, None, (), None, good=False)


def is_stale(snapshot: Snapshot, now: int) -> bool:
    """Whether all sources failed in the last attempt, or the list is too old."""
    return not snapshot.good or snapshot.captured_at is None or now - snapshot.captured_at > STALE_AFTER_S


def matching_videos(items: Iterable[Item], keyword: str) -> tuple[Video, ...]:
    """The videos whose caption, hashtags or author contain `keyword`. Case, "#" and "@" make no difference."""
    sought = hashtag_key(keyword.strip().lstrip("#@"))
    return tuple(item for item in items if isinstance(item, Video) and sought in _text(item))


def _text(video: Video) -> str:
    return hashtag_key("\n".join((video.description, video.author, *video.hashtags)))
