"""Shows trend lists, their items and the health of their sources on pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

from dropcast.tiktok.hashtags import is_hashtag
from dropcast.trends import collection_plan
from dropcast.trends.health_store import Health
from dropcast.trends.models import Failed, Hashtag, Item, SourceName, TrendQuery, Video
from dropcast.trends.rank_changes import EarlierRanks, rank_history
from dropcast.trends.read_lists import is_stale
from dropcast.trends.snapshot_store import Snapshot

from .trend_words import SOURCES, STATES, age_words, change_words, figures_of, list_words, name_of, reason_words

_NAME_MAX = 120
_TIKTOK = "https://www.tiktok.com/"


@dataclass(frozen=True)
class ShownTrend:
    """An item of a list. `address`: its page in the console. `url`: its page at TikTok, if the source returned one.

    `hashtags`: the item's hashtags that can be used in a post. `ranks`: the item's ranks in the last versions of
    the list, oldest first, as the text that sparks.js draws. Empty if fewer than two versions have the item.
    """

    item: Item
    name: str
    address: str
    mark: str
    change: str
    figures: list[str]
    url: str | None
    hashtags: list[str]
    ranks: str


@dataclass(frozen=True)
class ShownFailure:
    """A source that returned no list. `words`: the reason. `fix`: what to do.

    `raw_status`: the source's own message.
    """

    source: str
    words: str
    fix: str
    raw_status: str


@dataclass(frozen=True)
class ShownSource:
    """A source's health. `failure`: the last failure. `failed_for`: the name of the list that failed then."""

    name: str
    state: str
    tone: str
    health: Health
    failure: ShownFailure | None
    failed_for: str


def shown_trend(item: Item, query: TrendQuery, ranks: Sequence[EarlierRanks]) -> ShownTrend:
    """The item of the list that `query` names, with its ranks in the last versions of this list."""
    mark, change = change_words(item)
    name = name_of(item)
    return ShownTrend(
        item,
        name if len(name) <= _NAME_MAX else f"{name[:_NAME_MAX]}…",
        f"/console/trends/item?{urlencode(query_values(query) | {'id': item.item_id})}",
        mark,
        change,
        figures_of(item),
        _address_at_tiktok(item),
        _hashtags_of(item),
        _ranks_text(item, ranks),
    )


def shown_state(snapshot: Snapshot, now: int) -> dict[str, Any]:
    """The list's source and age, and the sources that failed at the last collection."""
    captured_at, attempted_at = snapshot.captured_at, snapshot.attempted_at
    return {
        "source": SOURCES[snapshot.source] if snapshot.source else None,
        "captured_at": captured_at,
        "age": None if captured_at is None else age_words(max(0, now - captured_at)),
        "stale": is_stale(snapshot, now),
        "good": snapshot.good,
        "total": snapshot.total,
        "attempted_at": attempted_at,
        "next_by": None if attempted_at is None else attempted_at + collection_plan.RUN_EVERY_S,
        "failures": [_failure(one) for one in snapshot.attempts],
    }


def shown_sources(healths: dict[SourceName, Health]) -> list[ShownSource]:
    """All sources, in order of preference."""
    names: tuple[SourceName, ...] = get_args(SourceName)
    return [_source(healths.get(name, Health(name))) for name in names]


def query_values(query: TrendQuery) -> dict[str, str]:
    """The parameters of a page's address that select this list."""
    period = "" if query.period_days is None else str(query.period_days)
    values = {"kind": query.kind, "country": query.country or "", "period": period, "category": query.category}
    return {name: value for name, value in values.items() if value}


def _source(health: Health) -> ShownSource:
    state, tone = STATES[health.state]
    failure = None
    if health.reason is not None:
        failure = _failure(Failed(health.source, health.reason, health.raw_status or ""))
    return ShownSource(SOURCES[health.source], state, tone, health, failure, _list_of(health.list_key))


def _failure(failed: Failed) -> ShownFailure:
    words, fix = reason_words(failed.source, failed.reason)
    return ShownFailure(SOURCES[failed.source], words, fix, failed.raw_status)


def _list_of(key: str | None) -> str:
    """The name of the list with this key (`TrendQuery.key`). Empty if `key` is None."""
    return "" if key is None else list_words(TrendQuery.of_key(key))


def _ranks_text(item: Item, lists: Sequence[EarlierRanks]) -> str:
    ranks = [rank for _, rank in rank_history(item.item_id, lists)]
    is_line = sum(rank is not None for rank in ranks) > 1
    return ", ".join("–" if rank is None else str(rank) for rank in ranks) if is_line else ""


def _address_at_tiktok(item: Item) -> str | None:
    """The item's address if it leads to TikTok, else None. The sources are other companies and could send any
    address.
    """
    return item.url if isinstance(item, Video) and item.url.startswith(_TIKTOK) else None


def _hashtags_of(item: Item) -> list[str]:
    names = [item.name] if isinstance(item, Hashtag) else item.hashtags if isinstance(item, Video) else ()
    return [name for name in dict.fromkeys(names) if is_hashtag(name)]
