"""EnsembleData as a source, for deployments with a token. It has no lists of trends, so Dropcast builds them.

Dropcast searches for each word in TREND_KEYWORDS. It ranks the found videos by their views, and each hashtag by the
views of the videos that have it. The list shows trends around these words, not the trends on TikTok as a whole.
"""

import hashlib
import unicodedata
from collections.abc import Iterable

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.partner_secrets import ensembledata_token
from dropcast.accounts.tiktok_app import http_within
from dropcast.settings import listed, settings
from dropcast.tiktok.client import Unanswered
from dropcast.tiktok.hashtags import hashtag_key, hashtags_in
from dropcast.tiktok.http.unexpected_shape import UnexpectedShape
from dropcast.trends.models import ALL, Allowance, Failed, Found, Hashtag, Item, Reason, SourceName, TrendQuery, Video
from dropcast.trends.sources import ensembledata_client
from dropcast.trends.sources.creative_center import page_reason
from dropcast.trends.sources.ensembledata_client import Post, Refusal
from dropcast.trends.sources.failures import failed, failure_of, not_asked
from dropcast.trends.sources.request_and_unit_limits_store import give_back_units, take_units
from dropcast.trends.sources.time_left import ANSWER_WITHIN_S, has_time_to_ask

_NAME: SourceName = "ensembledata"
_ITEMS_PER_LIST = 100
_REASONS: dict[int, Reason] = {429: "rate", 466: "region", 495: "budget"}


def supports(query: TrendQuery) -> bool:
    """Whether the list can be built.

    This is possible for hashtags and videos over 1, 7 or 30 days, for all categories together.
    """
    return (
        query.kind in ("hashtags", "videos")
        and query.period_days in ensembledata_client.PERIODS
        and query.category == ALL
    )


def fetch(query: TrendQuery, allowance: Allowance) -> Found | Failed:
    """Build a list from one search per word, as far as units, requests and time allow."""
    words = listed(settings().trend_keywords)
    if not words:
        return not_asked(_NAME, "not_configured", "TREND_KEYWORDS is empty")
    token = ensembledata_token()
    if token is None:
        return not_asked(_NAME, "not_configured", "no token is set")
    posts, failure = _sample(query, words, token, allowance)
    items = videos_of(posts) if query.kind == "videos" else hashtags_of(posts)
    if not items:
        return failure or failed(_NAME, "empty", f"HTTP 200, no posts for {len(words)} words")
    listed_items, now = items[:_ITEMS_PER_LIST], clock.now()
    return Found(_NAME, listed_items, now, total=len(items), partly=failure, made_of=_digest(words))


def _digest(words: list[str]) -> str:
    """A digest of the words, independent of their order."""
    return hashlib.sha256("\n".join(sorted({word.casefold() for word in words})).encode()).hexdigest()[:32]


def _sample(
    query: TrendQuery, words: list[str], token: SecretStr, allowance: Allowance
) -> tuple[list[Post], Failed | None]:
    """The posts of all searches before the first failure, and that failure, if any."""
    posts: dict[str, Post] = {}
    for word in words:
        answer = _search(query, word, token, allowance)
        if isinstance(answer, Failed):
            return list(posts.values()), answer
        posts |= {post.aweme_id: post for post in answer}
    return list(posts.values()), None


def _search(query: TrendQuery, word: str, token: SecretStr, allowance: Allowance) -> Iterable[Post] | Failed:
    if not has_time_to_ask():
        return not_asked(_NAME, "budget", "no time is left for a search")
    if not take_units(1):
        return not_asked(_NAME, "budget", "the units of this day are used up")
    if not allowance(1):
        give_back_units(1)
        return not_asked(_NAME, "budget", "the run may make no more requests")
    answer = ensembledata_client.search(
        http_within(ANSWER_WITHIN_S),
        settings().ensembledata_url,
        token,
        keyword=word,
        period_days=query.period_days or 0,
        country=query.country or "",
    )
    match answer:
        case Refusal():
            return failed(_NAME, _reason(answer), f"HTTP {answer.http_status}")
        case Unanswered() | UnexpectedShape():
            return failure_of(_NAME, answer)
        case posts:
            return posts


def _reason(answer: Refusal) -> Reason:
    known = _REASONS.get(answer.http_status)
    if known is not None or not answer.is_page:
        return known or "refused"
    return page_reason(answer.http_status, "")


def videos_of(posts: Iterable[Post]) -> tuple[Item, ...]:
    """Posts as videos, the most viewed first."""
    ranked = sorted(posts, key=lambda post: (-post.views, post.aweme_id))
    return tuple(_video(place, post) for place, post in enumerate(ranked, 1))


def hashtags_of(posts: Iterable[Post]) -> tuple[Item, ...]:
    """The hashtags of the posts, most viewed first. `views` and `posts` count only these posts."""
    names: dict[str, str] = {}
    views: dict[str, int] = {}
    counts: dict[str, int] = {}
    for post in posts:
        for key, name in {hashtag_key(name): name for name in hashtags_in(post.desc)}.items():
            names.setdefault(key, unicodedata.normalize("NFC", name).lower())
            views[key] = views.get(key, 0) + post.views
            counts[key] = counts.get(key, 0) + 1
    ranked = sorted(views, key=lambda key: (-views[key], -counts[key], key))
    return tuple(
        Hashtag(rank=place, hashtag_id=f"#{key}", name=names[key], views=views[key], posts=counts[key])
        for place, key in enumerate(ranked, 1)
    )


def _video(place: int, post: Post) -> Video:
    counts, author = post.statistics, post.author.unique_id if post.author else ""
    return Video(
        rank=place,
        video_id=post.aweme_id,
        description=post.desc,
        author=author,
        hashtags=tuple(hashtags_in(post.desc)),
        views=counts.views if counts else None,
        likes=counts.likes if counts else None,
        comments=counts.comments if counts else None,
        url=f"https://www.tiktok.com/@{author}/video/{post.aweme_id}" if author else "",
    )
