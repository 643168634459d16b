"""Creative Center's web pages as a source. It is off by default, because the site's terms forbid automatic collection.

Dropcast sends at most one query per country and hour, and does not repeat a query within six hours. Meanwhile it uses
the last list, or queues the query for later.
"""

from dataclasses import replace

from dropcast import clock
from dropcast.accounts.tiktok_app import http_within
from dropcast.settings import settings
from dropcast.tiktok import creative_center
from dropcast.tiktok.client import Unanswered
from dropcast.tiktok.creative_center import (
    DIMENSIONS,
    HashtagRows,
    PageAnswer,
    PeriodEnds,
    RefusedByNumber,
    VideoRow,
    VideoRows,
)
from dropcast.tiktok.hashtags import hashtags_in
from dropcast.tiktok.http.unexpected_shape import UnexpectedShape
from dropcast.trends import snapshot_store
from dropcast.trends.models import ALL, Allowance, Failed, Found, Hashtag, Point, Reason, SourceName, TrendQuery, Video
from dropcast.trends.sources import ask_interval_store
from dropcast.trends.sources.failures import failed, failure_of, not_asked
from dropcast.trends.sources.industry_mapping import industry_of, same_industry
from dropcast.trends.sources.time_left import ANSWER_WITHIN_S

SAME_QUERY_AFTER_S = 6 * 3600
SAME_COUNTRY_AFTER_S = 3600

_NAME: SourceName = "creative_center"
_US = "US"
_OVER_BUDGET = not_asked(_NAME, "budget", "the run may make no more requests")


def supports(query: TrendQuery) -> bool:
    """Whether the pages have the list.

    They have hashtags of 7, 30 and 120 days, for all industries or one, and videos of 7 and 30 days.
    """
    match query.kind:
        case "hashtags":
            return query.period_days in (7, 30, 120) and (query.category == ALL or bool(industry_of(query.category)))
        case "videos":
            return query.period_days in DIMENSIONS and query.category == ALL
        case _:
            return False


def fetch(query: TrendQuery, allowance: Allowance) -> Found | Failed:
    """Fetch the first few items of a list. The pages show no more without a login."""
    if settings().creative_center != "on":
        return not_asked(_NAME, "not_configured", "CREATIVE_CENTER is off")
    if (waits := _not_its_turn(query)) is not None:
        return waits
    told = _hashtags(query, allowance) if query.kind == "hashtags" else _videos(query, allowance)
    if told == _OVER_BUDGET:
        for what in (_query(query), _country(query)):
            ask_interval_store.give_back(_NAME, what)
    return told


def _not_its_turn(query: TrendQuery) -> Found | Failed | None:
    """The list of the last six hours, or a Failed with the time of the next call. None if the source may be called
    now.
    """
    now = clock.now()
    if not ask_interval_store.take(_NAME, _query(query), now, SAME_QUERY_AFTER_S):
        again_at = ask_interval_store.next_turn(_NAME, _query(query), now, SAME_QUERY_AFTER_S)
        made = not_asked(_NAME, "budget", "the same query was made less than 6 hours ago", again_at)
        return _told_before(query, now) or made
    if ask_interval_store.take(_NAME, _country(query), now, SAME_COUNTRY_AFTER_S):
        return None
    ask_interval_store.give_back(_NAME, _query(query))
    turn = ask_interval_store.next_turn(_NAME, _country(query), now, SAME_COUNTRY_AFTER_S)
    return not_asked(_NAME, "budget", "one query a country and hour", turn)


def _query(query: TrendQuery) -> str:
    """A text that identifies the query. All categories of an industry have the same text."""
    return f"{query.kind}#{query.country}#{query.period_days}#{industry_of(query.category) or ALL}"


def _country(query: TrendQuery) -> str:
    return f"country#{query.country}"


def _told_before(query: TrendQuery, now: int) -> Found | None:
    for category in same_industry(query.category):
        kept = snapshot_store.latest(replace(query, category=category))
        if kept and kept.source == _NAME and (kept.captured_at or 0) > now - SAME_QUERY_AFTER_S:
            return Found(_NAME, kept.items, kept.captured_at or 0, total=kept.total, is_kept=True)
    return None


def _hashtags(query: TrendQuery, allowance: Allowance) -> Found | Failed:
    if not allowance(1):
        return _OVER_BUDGET
    answer = creative_center.top_hashtags(
        http_within(ANSWER_WITHIN_S),
        settings().creative_center_url,
        country=query.country or "",
        period_days=query.period_days or 0,
        industry=industry_of(query.category),
    )
    if not isinstance(answer, HashtagRows):
        return _failed(answer)
    if not answer.items:
        return failed(_NAME, "empty", "HTTP 200, StatusCode 0, no items")
    rows = sorted(answer.items, key=lambda row: row.rank)
    return Found(
        _NAME,
        tuple(
            Hashtag(rank=row.rank, hashtag_id=row.hashtag_id, name=row.name, views=row.views, posts=row.posts)
            for row in rows
        ),
        clock.now(),
        total=answer.pagination.total if answer.pagination else None,
        # The last point is for an incomplete day and is often 0.
        curves={
            row.hashtag_id: tuple(Point(point.timestamp, measure=point.value) for point in row.curve[:-1])
            for row in rows
        },
    )


def _videos(query: TrendQuery, allowance: Allowance) -> Found | Failed:
    base_url = settings().creative_center_us_url if query.country == _US else settings().creative_center_url
    if not allowance(2):
        return _OVER_BUDGET
    ends = creative_center.period_ends(http_within(ANSWER_WITHIN_S), base_url)
    if not isinstance(ends, PeriodEnds):
        return _failed(ends)
    answer = creative_center.top_videos(
        http_within(ANSWER_WITHIN_S),
        base_url,
        country=query.country or "",
        period_days=query.period_days or 0,
        period_end=ends.week if query.period_days == 7 else ends.month,
    )
    if not isinstance(answer, VideoRows):
        return _failed(answer)
    if not answer.items:
        return failed(_NAME, "empty", "HTTP 200, StatusCode 0, no entityInfos")
    return Found(_NAME, tuple(_video(place, row) for place, row in enumerate(answer.items, 1)), clock.now())


def _video(place: int, row: VideoRow) -> Video:
    return Video(
        rank=place,
        video_id=row.info.video_id,
        description=row.info.title,
        author=row.author.handle if row.author else "",
        hashtags=tuple(hashtags_in(row.info.title)),
        views=row.metrics.views if row.metrics else None,
        url=row.info.url,
    )


def _failed(answer: PageAnswer | RefusedByNumber | Unanswered | UnexpectedShape) -> Failed:
    match answer:
        case RefusedByNumber(code=code, message=message, http_status=status):
            return failed(
                _NAME, _refusal_reason(answer), f"HTTP {status}, StatusCode {code or 'none'}: {message or 'no words'}"
            )
        case PageAnswer(http_status=status):
            return failed(_NAME, page_reason(answer.http_status, answer.text), f"HTTP {status}, and no JSON")
        case _:
            return failure_of(_NAME, answer)


def _refusal_reason(answer: RefusedByNumber) -> Reason:
    if "deprecated" in answer.message.lower():
        return "deprecated"
    if answer.code == str(creative_center.LOGIN_REQUIRED):
        return "login"
    return "refused" if answer.code else "changed"


def page_reason(status: int, text: str) -> Reason:
    """The reason why the site returned a page without data, from the status or, if that is not enough, the text."""
    words = text.lower()
    match status:
        case 429:
            return "rate"
        case 401:
            return "login"
        case 403 | 451:
            return "captcha" if _asks_for_a_human(words) else "region"
        case _ if 300 <= status < 400:
            return "login"
        case _ if status < 300:
            return "login" if "log in" in words and not _asks_for_a_human(words) else "captcha"
        case _:
            return "refused"


def _asks_for_a_human(words: str) -> bool:
    return any(word in words for word in ("captcha", "verify", "robot", "human"))
