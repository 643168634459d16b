"""Adds captions and authors from TikTok's public oEmbed to videos of which the source returned only the addresses."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dropcast.log import logger
from dropcast.settings import settings
from dropcast.tiktok.client import Unanswered
from dropcast.tiktok.hashtags import hashtag_key, hashtags_in
from dropcast.tiktok.oembed import Caption, caption_of
from dropcast.trends.models import Allowance, Item, Video
from dropcast.trends.sources.time_left import has_time_to_ask

if TYPE_CHECKING:
    import httpx


# How many videos of a list get a caption. Each caption costs one request.
CAPTIONS_PER_LIST = 20

_TOO_OFTEN = 429


def known_captions(items: Iterable[Item]) -> dict[str, Caption]:
    """The captions of the videos in a stored list, by video id."""
    return {
        one.video_id: Caption(title=one.description, author_unique_id=one.author, thumbnail_url=one.thumbnail_url)
        for one in items
        if isinstance(one, Video) and (one.description or one.author)
    }


def with_captions(
    http: "httpx.Client", videos: tuple[Video, ...], known: Mapping[str, Caption], allowance: Allowance
) -> tuple[Video, ...]:
    """Add the `known` captions. Fetch missing captions of the first CAPTIONS_PER_LIST videos from oEmbed.

    Fetches one caption after another, until oEmbed stops answering or the run has no requests or time left. A video
    keeps an empty caption if it is private or deleted, or if its caption was not fetched.
    """
    told = [_captioned(video, known[video.video_id]) if video.video_id in known else video for video in videos]
    for place, video in enumerate(videos[:CAPTIONS_PER_LIST]):
        if video.video_id in known or not video.url:
            continue
        answer = _fetch_caption(http, video, allowance)
        if isinstance(answer, Caption):
            told[place] = _captioned(video, answer)
        elif answer is not None:
            logger.warning("captions.stopped", reason=answer, place=place + 1)
            break
    return tuple(told)


def _fetch_caption(http: "httpx.Client", video: Video, allowance: Allowance) -> Caption | str | None:
    """Fetch the caption of a video.

    Returns None if the video has none, or a text that says why no other caption should be fetched.
    """
    if not has_time_to_ask() or not allowance(1):
        return "no time or no requests are left"
    answer = caption_of(http, settings().tiktok_oembed_url, video.url)
    match answer:
        case Caption():
            return answer
        case Unanswered(reason=reason):
            return reason
        case _ if answer.http_status == _TOO_OFTEN:
            return "asked too often"
        case _:
            return None


def merged(*several: Iterable[str]) -> tuple[str, ...]:
    """The hashtags of several lists without repetitions. Different spellings of a hashtag count as the same."""
    by_key = {hashtag_key(name): name for names in reversed(several) for name in reversed(list(names))}
    return tuple(dict.fromkeys(by_key[hashtag_key(name)] for names in several for name in names))


def _captioned(video: Video, caption: Caption) -> Video:
    return video.model_copy(
        update={
            "description": caption.title,
            "author": caption.author,
            "hashtags": merged(video.hashtags, hashtags_in(caption.title)),
            "thumbnail_url": caption.thumbnail_url,
        }
    )
