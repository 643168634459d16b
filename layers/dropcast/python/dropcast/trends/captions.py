"""Captions and authors of videos of which a source tells only where they are, by TikTok's public oEmbed."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dropcast.settings import settings
from dropcast.tiktok.client import Unanswered
from dropcast.tiktok.oembed import Caption, caption_of
from dropcast.trends.shapes import Allowance, Video
from dropcast.trends.time_left import may_ask

if TYPE_CHECKING:
    import httpx

# So many of a list get their caption, each at the cost of one request.
CAPTIONS_PER_LIST = 20

_TOO_OFTEN = 429
_HASHTAG = re.compile(r"#(\w+)")


def with_captions(http: "httpx.Client", videos: tuple[Video, ...], allowance: Allowance) -> tuple[Video, ...]:
    """The first ones with what oEmbed tells of them, one after the other, for as long as it answers and may be asked.

    A video that is private, gone or not told of keeps an empty caption.
    """
    told = list(videos)
    for place, video in enumerate(videos[:CAPTIONS_PER_LIST]):
        if not may_ask() or not allowance(1):
            break
        answer = caption_of(http, settings().tiktok_oembed_url, video.url)
        if isinstance(answer, Caption):
            told[place] = _captioned(video, answer)
        elif isinstance(answer, Unanswered) or answer.http_status == _TOO_OFTEN:
            break
    return tuple(told)


def hashtags_in(caption: str) -> list[str]:
    """The hashtags of a caption, without "#", in their order."""
    return list(dict.fromkeys(_HASHTAG.findall(caption)))


def merged(*several: Iterable[str]) -> tuple[str, ...]:
    """Hashtags from several places, each once whatever its case."""
    by_name = {name.casefold(): name for names in reversed(several) for name in reversed(list(names))}
    return tuple(dict.fromkeys(by_name[name.casefold()] for names in several for name in names))


def _captioned(video: Video, caption: Caption) -> Video:
    return video.model_copy(
        update={
            "description": caption.title,
            "author": caption.author,
            "hashtags": merged(video.hashtags, hashtags_in(caption.title)),
            "thumbnail_url": caption.thumbnail_url,
        }
    )
