"""The Discovery API as a source: official and free. It needs a connection to TikTok API for Business.

Hashtags and videos use the advertiser that was connected last. Music and keywords use an account holder's connection,
preferably one that serves no customer's comments. If TikTok refuses one connection, the next one is used.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, SecretStr

from dropcast import clock
from dropcast.accounts.business.connection_store import active_connections
from dropcast.accounts.business.fresh_token import call_with_business_token
from dropcast.accounts.business.models import BusinessKind
from dropcast.accounts.partner_secrets import business_within
from dropcast.accounts.tiktok_app import http_within
from dropcast.errors.problem import Next, Problem
from dropcast.tiktok.business import discovery
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.http.unexpected_shape import UnexpectedShape
from dropcast.trends import snapshot_store
from dropcast.trends.models import ALL, Allowance, Curves, Failed, Found, Item, SourceName, TrendQuery
from dropcast.trends.sources import discovery_items
from dropcast.trends.sources.failures import empty_list, failed, failure_of, not_asked, wrong_list
from dropcast.trends.sources.oembed_captions import known_captions, with_captions
from dropcast.trends.sources.time_left import ANSWER_WITHIN_S

_NAME: SourceName = "discovery"
_VIDEOS_PER_LIST = 100
_HOLDERS_PER_LIST = 3

Rows = TypeVar("Rows", bound=BaseModel)
Listed = TypeVar("Listed", bound=discovery.TrendingList)
Call = Callable[[SecretStr], Rows | Refused | Unanswered | UnexpectedShape]


@dataclass(frozen=True)
class _Holder:
    """A connection whose token can be used. `id`: the id of its advertiser, or its business_id."""

    connection_id: str
    id: str


def supports(query: TrendQuery) -> bool:
    """Always True, because the API has all lists."""
    return True


def fetch(query: TrendQuery, allowance: Allowance) -> Found | Failed:
    """Fetch the list. For videos also fetch the captions, as far as the run's requests allow.

    A Failed describes the failure of the first connection.
    """
    kind = "advertiser" if query.kind in ("hashtags", "videos") else "account"
    first: Failed | None = None
    for holder in itertools.islice(_holders(kind), _HOLDERS_PER_LIST):
        told = _fetch_list(query, holder, allowance)
        if isinstance(told, Found):
            return told
        first = first or told
        if told.reason != "refused":
            break
    return first or not_asked(_NAME, "not_connected", "no connection to TikTok API for Business")


def _fetch_list(query: TrendQuery, holder: _Holder, allowance: Allowance) -> Found | Failed:
    match query.kind:
        case "hashtags":
            return _hashtags(query, holder, allowance)
        case "videos":
            return _videos(query, holder, allowance)
        case "music":
            return _music(query, holder, allowance)
        case "keywords":
            return _keywords(holder, allowance)


def _holders(kind: BusinessKind) -> Iterator[_Holder]:
    """The connections, newest first. The ones that serve a customer's comments come last."""
    for one in sorted(active_connections(kind), key=lambda one: one.account_id is not None):
        holder_id = next(iter(one.advertiser_ids), None) if kind == "advertiser" else one.business_id
        if holder_id:
            yield _Holder(one.connection_id, holder_id)


def _call_counted(holder: _Holder, allowance: Allowance, call: Call[Rows]) -> Rows | Failed:
    """Run `call` with the holder's token and count each attempt as a request."""

    refusals: list[Refused] = []

    def counted(token: SecretStr) -> Rows | Refused | Unanswered | UnexpectedShape | Failed:
        answer = call(token) if allowance(1) else not_asked(_NAME, "budget", "the run may make no more requests")
        refusals.extend([answer] if isinstance(answer, Refused) else [])
        return answer

    match call_with_business_token(holder.connection_id, counted):
        case Failed() as over_budget:
            return over_budget
        case Problem(code=code, next=helps):
            words = [code, *(failure_of(_NAME, refused).raw_status for refused in refusals)]
            return failed(_NAME, "unanswered" if helps == Next.RETRY else "refused", "; ".join(words))
        case Refused() | Unanswered() | UnexpectedShape() as no:
            return failure_of(_NAME, no)
        case rows:
            return rows


def _call_for_list(query: TrendQuery, holder: _Holder, allowance: Allowance, call: Call[Listed]) -> Listed | Failed:
    """Request the list.

    Returns a Failed if TikTok returned a list for a different country, period or category.
    """
    answer = _call_counted(holder, allowance, call)
    if isinstance(answer, Failed):
        return answer
    told = answer.filter_info
    country, category = told.country_code.strip().upper(), told.category_name.strip().upper()
    if country and country != (query.country or "").upper():
        return wrong_list(_NAME, f"country {country}")
    if told.days is not None and told.days != query.period_days:
        return wrong_list(_NAME, f"{told.days} days")
    if category and query.category != ALL and category != query.category.upper():
        return wrong_list(_NAME, f"category {category}")
    return answer


def _hashtags(query: TrendQuery, holder: _Holder, allowance: Allowance) -> Found | Failed:
    rows = _hashtag_rows(query, holder, allowance)
    if isinstance(rows, Failed):
        return rows
    curves = {row.hashtag_id: discovery_items.curve(row.trending_history) for row in rows}
    return _found([discovery_items.hashtag(row) for row in rows], curves)


def _hashtag_rows(query: TrendQuery, holder: _Holder, allowance: Allowance) -> Sequence[discovery.HashtagRow] | Failed:
    answer = _call_for_list(
        query,
        holder,
        allowance,
        lambda token: discovery.trending_hashtags(
            business_within(ANSWER_WITHIN_S),
            token,
            holder.id,
            country=query.country or "",
            period_days=query.period_days or 0,
            category=None if query.category == ALL else query.category,
        ),
    )
    if isinstance(answer, Failed):
        return answer
    return sorted(answer.rows, key=lambda row: row.rank_position) or empty_list(_NAME, answer.origin)


def _videos(query: TrendQuery, holder: _Holder, allowance: Allowance) -> Found | Failed:
    """The videos of the first ten hashtags, because the API returns videos only by hashtag."""
    hashtags = _hashtag_rows(query, holder, allowance)
    if isinstance(hashtags, Failed):
        return hashtags
    ids = [row.hashtag_id for row in hashtags[: discovery.HASHTAGS_PER_CALL]]

    answer = _call_for_list(
        query,
        holder,
        allowance,
        lambda token: discovery.hashtag_videos(
            business_within(ANSWER_WITHIN_S),
            token,
            holder.id,
            ids,
            country=query.country or "",
            period_days=query.period_days or 0,
        ),
    )
    if isinstance(answer, Failed):
        return answer
    videos = discovery_items.by_turns(answer.rows, _VIDEOS_PER_LIST)
    if not videos:
        return empty_list(_NAME, answer.origin)
    before = snapshot_store.latest(query)
    known = known_captions(before.items if before else ())
    return _found(with_captions(http_within(ANSWER_WITHIN_S), videos, known, allowance), {})


def _music(query: TrendQuery, holder: _Holder, allowance: Allowance) -> Found | Failed:
    answer = _call_for_list(
        query,
        holder,
        allowance,
        lambda token: discovery.trending_music(
            business_within(ANSWER_WITHIN_S),
            token,
            holder.id,
            country=query.country or "",
            period_days=query.period_days or 0,
        ),
    )
    if isinstance(answer, Failed):
        return answer
    rows = sorted(answer.rows, key=lambda row: row.rank_position)
    curves = {row.commercial_music_id: discovery_items.curve(row.trending_history) for row in rows}
    return _found([discovery_items.track(row) for row in rows], curves) if rows else empty_list(_NAME, answer.origin)


def _keywords(holder: _Holder, allowance: Allowance) -> Found | Failed:
    answer = _call_counted(
        holder,
        allowance,
        lambda token: discovery.trending_searches(business_within(ANSWER_WITHIN_S), token, holder.id),
    )
    if isinstance(answer, Failed):
        return answer
    found = discovery_items.keywords(answer.search_keywords)
    return _found(found, {}) if found else empty_list(_NAME, answer.origin)


def _found(items: Sequence[Item], curves: Curves) -> Found:
    return Found(_NAME, tuple(items), clock.now(), total=len(items), curves=curves)
