"""Fetches the account's public videos since a time. TikTok lists the newest first, 20 per page (protocol section 8)."""

from collections.abc import Callable
from dataclasses import dataclass

from dropcast import clock
from dropcast.errors.problem import Problem
from dropcast.tiktok.models import Video, VideoPage

_PAGES_MAX = 20
# The gateway waits 30 seconds, and a page may take 10.
_BEGINS_WITHIN_S = 12


@dataclass(frozen=True)
class VideoList:
    """The videos that were read. `not_read`: the code of the error that stopped the reading.

    `more`: there may be more videos, which were not read.
    """

    videos: tuple[Video, ...]
    not_read: str | None = None
    more: bool = False


def fetch_videos_since(since: int, read: Callable[[int | None], VideoPage | Problem]) -> VideoList:
    """The videos made at `since` (seconds since the epoch) or later. `read` returns the page of videos after a
    cursor.
    """
    found: list[Video] = []
    cursor: int | None = None
    until = clock.monotonic() + _BEGINS_WITHIN_S
    for _ in range(_PAGES_MAX):
        page = read(cursor)
        if isinstance(page, Problem):
            return VideoList(tuple(found), not_read=page.code)
        found += [video for video in page.videos if (video.create_time or 0) >= since]
        if not page.has_more or page.cursor in (None, cursor) or _ends_before(page, since):
            return VideoList(tuple(found))
        cursor = page.cursor
        if clock.monotonic() > until:
            break
    return VideoList(tuple(found), more=True)


def _ends_before(page: VideoPage, since: int) -> bool:
    times = [video.create_time for video in page.videos if video.create_time is not None]
    return bool(times) and times[-1] < since
