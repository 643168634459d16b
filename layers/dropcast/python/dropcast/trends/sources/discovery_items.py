"""Converts the Discovery API's rows into items of trends."""

from collections.abc import Iterable, Iterator, Sequence

from dropcast.tiktok.business.discovery import DayRow, HashtagRow, HashtagVideosRow, TrackRow
from dropcast.trends.models import Hashtag, Keyword, Point, Track, Video

# The maximum number of hashtags of a video. One request returns the videos of only ten hashtags, so this suffices.
_HASHTAGS_MAX = 50


def hashtag(row: HashtagRow) -> Hashtag:
    """A row as a hashtag."""
    return Hashtag(
        rank=row.rank_position,
        hashtag_id=row.hashtag_id,
        name=row.hashtag_name.removeprefix("#"),
        views=row.views,
        posts=row.posts,
        views_ever=row.views_global_lifetime,
        posts_ever=row.posts_global_lifetime,
        countries=row.top_country_list,
    )


def track(row: TrackRow) -> Track:
    """A row as a track."""
    return Track(
        rank=row.rank_position,
        track_id=row.commercial_music_id,
        title=row.commercial_music_name,
        artist=row.artist,
        duration_seconds=row.duration,
        genres=row.genres,
        preview_url=row.preview_url,
        thumbnail_url=row.thumbnail_url,
    )


def keywords(words: Iterable[str]) -> tuple[Keyword, ...]:
    """Search keywords in TikTok's order."""
    return tuple(Keyword(rank=place, keyword=word) for place, word in enumerate(dict.fromkeys(words), 1))


def curve(days: Iterable[DayRow]) -> tuple[Point, ...]:
    """The daily values of a hashtag or a track."""
    return tuple(Point(day.date, day.rank_position_daily, day.views_daily) for day in days)


def by_turns(groups: Sequence[HashtagVideosRow], most: int) -> tuple[Video, ...]:
    """The videos of several hashtags as one list: the first video of each hashtag, then the second of each, and so on.

    TikTok ranks only the videos within one hashtag. A video of several hashtags appears once, with all of these
    hashtags.
    """
    tags: dict[str, list[str]] = {}
    urls: dict[str, str] = {}
    for group, video_id, url in _in_turn(groups):
        urls.setdefault(video_id, url)
        tags.setdefault(video_id, []).append(group.hashtag_name.removeprefix("#"))
    return tuple(
        Video(rank=place, video_id=video_id, url=urls[video_id], hashtags=_once(tags[video_id]))
        for place, video_id in enumerate(list(urls)[:most], 1)
    )


def _once(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, tags)))[:_HASHTAGS_MAX]


def _in_turn(groups: Sequence[HashtagVideosRow]) -> Iterator[tuple[HashtagVideosRow, str, str]]:
    for place in range(max((len(group.top_video_list) for group in groups), default=0)):
        for group in groups:
            if place < len(group.top_video_list):
                row = group.top_video_list[place]
                yield group, row.video_id, row.share_url
