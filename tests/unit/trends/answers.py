"""What the sources of trends answer when they are well, as the protocol tells (section 13)."""

from typing import Any

import httpx

HASHTAGS = "/open_api/v1.3/discovery/trending_list/"
HASHTAG_VIDEOS = "/open_api/v1.3/discovery/video_list/"
MUSIC = "/open_api/v1.3/discovery/cml/trending_list/"
SEARCHES = "/open_api/v1.3/discovery/trending/search/"
OEMBED = "/oembed"

# The day of tests.unit.support.accounts.NOW, whose last day of a curve is but a part.
TODAY, YESTERDAY, DAY_BEFORE = "2027-01-15", "2027-01-14", "2027-01-13"


def business(data: Any, code: int = 0, message: str = "OK") -> httpx.Response:
    return httpx.Response(200, json={"code": code, "message": message, "request_id": "req-1", "data": data})


def days(*ranks: str) -> list[dict[str, Any]]:
    told = zip((DAY_BEFORE, YESTERDAY, TODAY), ranks, strict=True)
    return [{"date": day, "rank_position_daily": rank, "views_daily": 10} for day, rank in told]


def hashtag(rank: int, name: str, **other: Any) -> dict[str, Any]:
    return {
        "hashtag_id": f"42{rank}",
        "hashtag_name": name,
        "rank_position": str(rank),
        "rank_change": "3",
        "views": 1000 * rank,
        "posts": 10,
        "views_global_lifetime": 5000,
        "posts_global_lifetime": 50,
        "top_country_list": ["US"],
        "trending_history": days("5", "2", "190"),
    } | other


def hashtags(*rows: dict[str, Any]) -> httpx.Response:
    return business({"filter_info": {}, "list": list(rows)})


def two_hashtags(_: httpx.Request) -> httpx.Response:
    return hashtags(hashtag(2, "bread"), hashtag(1, "pottery"))


def video(number: int) -> dict[str, str]:
    url = f"https://www.tiktok.com/@maker{number}/video/{number}"
    return {"video_id": str(number), "share_url": url, "embed_url": f"https://www.tiktok.com/player/v1/{number}"}


def their_videos(_: httpx.Request) -> httpx.Response:
    return business(
        {
            "list": [
                {"hashtag_id": "421", "hashtag_name": "pottery", "top_video_list": [video(11), video(12), video(13)]},
                {"hashtag_id": "422", "hashtag_name": "bread", "top_video_list": [video(21), video(11)]},
            ]
        }
    )


def music(_: httpx.Request) -> httpx.Response:
    track = {
        "commercial_music_id": "77",
        "commercial_music_name": "Soft Voyage",
        "artist": "The Rivers",
        "duration": 61,
        "genres": ["POP"],
        "preview_url": "https://p16.example/77.mp3",
        "thumbnail_url": "https://p16.example/77.jpeg",
        "rank_position": "1",
        "trending_history": days("3", "3", "9"),
    }
    return business({"list": [track]})


def searches(_: httpx.Request) -> httpx.Response:
    return business({"search_keywords": ["sourdough", "pottery wheel", "sourdough"]})


def caption(request: httpx.Request) -> httpx.Response:
    url = request.url.params["url"]
    author = url.split("/")[3]
    return httpx.Response(
        200,
        json={
            "version": "1.0",
            "type": "video",
            "title": f"Made by hand #Pottery #slow {url[-2:]}",
            "author_url": f"https://www.tiktok.com/{author}",
            "author_name": "A Maker",
            "thumbnail_url": "https://p16.example/cover.jpeg",
        },
    )


ANSWERS = {
    HASHTAGS: two_hashtags,
    HASHTAG_VIDEOS: their_videos,
    MUSIC: music,
    SEARCHES: searches,
    OEMBED: caption,
}
