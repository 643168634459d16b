"""The Discovery API (protocol section 13.0): popular hashtags and their videos, commercial music, search keywords."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request

from sandbox.addresses import player_url, share_url
from sandbox.answers.business import BusinessDone, BusinessRefusal, wrong_parameter
from sandbox.business.bearer import advertiser, holder
from sandbox.state.made_up_trends import (
    DAY_S,
    Chart,
    Entry,
    Standing,
    daily_history,
    hashtag_names,
    standings,
    videos_about,
)
from sandbox.state.state import entry_of, sandbox_of

Answer = BusinessDone | BusinessRefusal
RANGES = {"1DAY": 1, "7DAY": 7, "30DAY": 30, "120DAY": 120}
MUSIC_RANGES = {"1DAY": 1, "7DAY": 7, "30DAY": 30, "90DAY": 90}
LONGEST_HISTORY = 30
MOST_HASHTAGS, VIDEOS_EACH, KEYWORDS, SUGGESTIONS = 10, 20, 20, 10
TRACKS = 100
LONGEST_QUERY = 255
AGES = [{"age": age, "percentage": share} for age, share in (("18-24", 0.44), ("25-34", 0.35), ("35+", 0.21))]


def _hashtag_refusal(request: Request) -> BusinessRefusal | None:
    who = advertiser(request)
    if isinstance(who, BusinessRefusal):
        return who
    if request.query_params.get("discovery_type") != "HASHTAG":
        return wrong_parameter("discovery_type: must be HASHTAG.")
    return None


def _holder_refusal(request: Request) -> BusinessRefusal | None:
    who = holder(request, request.query_params)
    return who if isinstance(who, BusinessRefusal) else None


def _country_and_days(request: Request, ranges: dict[str, int]) -> tuple[str, int] | BusinessRefusal:
    """The country and the number of days of the request, with TikTok's defaults."""
    country = request.query_params.get("country_code", "US")
    date_range = request.query_params.get("date_range", "7DAY")
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        return wrong_parameter("country_code: is not a location code.")
    if date_range not in ranges:
        return wrong_parameter(f"date_range: must be one of {', '.join(ranges)}.")
    entry_of(request).notes.append(f"country={country}")
    return country, ranges[date_range]


def _by_country(
    refusal: Callable[[Request], BusinessRefusal | None], ranges: dict[str, int]
) -> Callable[[Callable[[Request, str, int], Answer]], Callable[[Request], Awaitable[Answer]]]:
    """Pass the request's country and number of days to the endpoint, or refuse the request."""

    def decorated(operation: Callable[[Request, str, int], Answer]) -> Callable[[Request], Awaitable[Answer]]:
        async def checked(request: Request) -> Answer:
            asked = refusal(request) or _country_and_days(request, ranges)
            return asked if isinstance(asked, BusinessRefusal) else operation(request, *asked)

        return checked

    return decorated


@_by_country(_hashtag_refusal, RANGES)
def hashtags(request: Request, country: str, days: int) -> Answer:
    """/discovery/trending_list/"""
    category, now = request.query_params.get("category_name", "ALL"), sandbox_of(request).clock.now()
    filters = {
        "date_range": request.query_params.get("date_range", "7DAY"),
        "country_code": country,
        "category_name": category,
    }
    listed = standings(Chart("hashtag", country, category), int(now // DAY_S), days)
    return BusinessDone({"filter_info": filters, "list": [_hashtag(one, now, days) for one in listed]})


@_by_country(_hashtag_refusal, RANGES)
def hashtag(request: Request, country: str, days: int) -> Answer:
    """/discovery/detail/: one hashtag of a country's chart, with the ages of its audience."""
    now = sandbox_of(request).clock.now()
    listed = standings(Chart("hashtag", country), int(now // DAY_S), days)
    found = next((one for one in listed if one.entry.id == request.query_params.get("hashtag_id")), None)
    if found is None:
        return BusinessDone()
    return BusinessDone(_hashtag(found, now, days) | {"audience_insights": {"audience_ages": AGES}})


@_by_country(_hashtag_refusal, RANGES)
def hashtag_videos(request: Request, country: str, _days: int) -> Answer:
    """/discovery/video_list/: the ids and addresses of the twenty best videos of each of up to ten hashtags."""
    ids = _id_list(request.query_params.get("hashtag_ids", ""))
    if ids is None:
        return wrong_parameter(f"hashtag_ids: a JSON array of 1 to {MOST_HASHTAGS} ids is required.")
    known = hashtag_names()
    named = [(hashtag_id, known[hashtag_id]) for hashtag_id in ids if hashtag_id in known]
    return BusinessDone(
        {
            "list": [
                {"hashtag_id": hashtag_id, "hashtag_name": name, "top_video_list": _videos(request, name, country)}
                for hashtag_id, name in named
            ]
        }
    )


@_by_country(_holder_refusal, MUSIC_RANGES)
def music(request: Request, country: str, days: int) -> Answer:
    """/discovery/cml/trending_list/"""
    genre, now = request.query_params.get("genre", "ALL"), sandbox_of(request).clock.now()
    listed = standings(Chart("track", country, genre), int(now // DAY_S), days)[:TRACKS]
    return BusinessDone({"list": [_track(one, now, days, genre) for one in listed]})


@_by_country(_holder_refusal, MUSIC_RANGES)
def music_videos(request: Request, country: str, _days: int) -> Answer:
    """/discovery/cml/video_list/"""
    music_id = request.query_params.get("commercial_music_id", "")
    if not music_id:
        return wrong_parameter("commercial_music_id: value is required but missing.")
    return BusinessDone(
        {"commercial_music_id": music_id, "top_video_list": _videos(request, f"track{music_id}", country)}
    )


async def search(request: Request) -> Answer:
    """/discovery/trending/search/: today's search keywords."""
    if refusal := _holder_refusal(request):
        return refusal
    now = sandbox_of(request).clock.now()
    listed = standings(Chart("keyword", "everywhere"), int(now // DAY_S), 1)[:KEYWORDS]
    return BusinessDone({"search_keywords": [" ".join(one.entry.words) for one in listed]})


async def related(request: Request) -> Answer:
    """/discovery/trending/search/keyword/: search keywords related to a query."""
    if refusal := _holder_refusal(request):
        return refusal
    query, now = request.query_params.get("query", ""), sandbox_of(request).clock.now()
    if not 1 <= len(query) <= LONGEST_QUERY:
        return wrong_parameter(f"query: 1 to {LONGEST_QUERY} characters are required.")
    listed = standings(Chart("keyword", "everywhere", query), int(now // DAY_S), 1)[:KEYWORDS]
    return BusinessDone({"search_keywords": [f"{query} {one.entry.words[1]}" for one in listed]})


async def suggestion(request: Request) -> Answer:
    """/business/hashtag/suggestion/"""
    if refusal := _holder_refusal(request):
        return refusal
    keyword, now = request.query_params.get("keyword", ""), sandbox_of(request).clock.now()
    if not keyword:
        return wrong_parameter("keyword: value is required but missing.")
    listed = standings(Chart("hashtag", "everywhere", keyword), int(now // DAY_S), 30)[:SUGGESTIONS]
    return BusinessDone(
        {"suggestions": [{"name": f"{keyword}{one.entry.words[1]}", "view_count": one.views} for one in listed]}
    )


def _id_list(text: str) -> list[str] | None:
    try:
        ids = json.loads(text)
    except ValueError:
        return None
    fits = isinstance(ids, list) and 1 <= len(ids) <= MOST_HASHTAGS and all(isinstance(one, str) for one in ids)
    return ids if fits else None


def _hashtag(standing: Standing, now: float, days: int) -> dict[str, Any]:
    """A hashtag's JSON. Ranks are strings. rank_change is NEW for a hashtag that was not listed before."""
    entry = standing.entry
    return {
        "hashtag_id": entry.id,
        "hashtag_name": "".join(entry.words),
        "rank_position": str(standing.rank),
        "rank_change": "NEW" if standing.before is None else str(standing.before - standing.rank),
        "views": standing.views,
        "views_global_lifetime": standing.views * 40,
        "posts": standing.views // 7_000,
        "posts_global_lifetime": standing.views // 200,
        "top_country_list": [entry.chart.country],
        "hashtag_status": "ONLINE",
        "trending_history": _history(entry, now, days),
    }


def _track(standing: Standing, now: float, days: int, genre: str) -> dict[str, Any]:
    entry, duration = standing.entry, 60 + standing.entry.place
    clip = {"preview_url": f"https://p16.example/{entry.id}.mp3", "duration": duration, "song_clip_id": entry.id}
    return {
        "commercial_music_id": entry.id,
        "commercial_music_name": " ".join(entry.words).title(),
        "artist": f"The {entry.words[1].title()}s",
        "duration": duration,
        "thumbnail_url": f"https://p16.example/{entry.id}.jpeg",
        "preview_url": clip["preview_url"],
        "genres": ["POP" if genre == "ALL" else genre],
        "rank_position": str(standing.rank),
        "trending_history": _history(entry, now, days),
        "full_duration_song_clip": clip,
        "trending_song_clip": clip | {"duration": 30},
    }


def _history(entry: Entry, now: float, days: int) -> list[dict[str, Any]]:
    return [
        {
            "date": time.strftime("%Y-%m-%d", time.gmtime(day * DAY_S)),
            "rank_position_daily": str(rank),
            "views_daily": views,
        }
        for day, rank, views in daily_history(entry, now, min(days, LONGEST_HISTORY))
    ]


def _videos(request: Request, word: str, country: str) -> list[dict[str, Any]]:
    sandbox = sandbox_of(request)
    found = videos_about(word, country, sandbox.clock.now(), VIDEOS_EACH)
    sandbox.remember_videos(found)
    base_url = str(request.base_url)
    return [
        {
            "video_id": str(one.id),
            "embed_url": player_url(base_url, one.id),
            "share_url": share_url(base_url, one.author, one.id),
        }
        for one in found
    ]
