"""Good answers of the trend sources, as the protocol describes them (section 13)."""

from typing import Any

import httpx

HASHTAGS = "/open_api/v1.3/discovery/trending_list/"
HASHTAG_VIDEOS = "/open_api/v1.3/discovery/video_list/"
MUSIC = "/open_api/v1.3/discovery/cml/trending_list/"
SEARCHES = "/open_api/v1.3/discovery/trending/search/"
OEMBED = "/oembed"

# The day of tests.unit.support.accounts.NOW. The last day of a curve is incomplete.
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

CREATIVE_HASHTAGS = "/CreativeOne/KnowledgeAPI/GetHashtagList"
CREATIVE_PERIODS = "/CreativeOne/Report/GetTopContentsOverview"
CREATIVE_VIDEOS = "/CreativeOne/Report/CreativeCenterGetTopContentsList"
ENSEMBLE = "/apis/tt/keyword/search"


def creative(status: int = 0, message: str = "", **data: Any) -> httpx.Response:
    return httpx.Response(200, json={"BaseResp": {"StatusCode": status, "StatusMessage": message}, **data})


def creative_hashtags(_: httpx.Request) -> httpx.Response:
    def row(rank: int, name: str, *values: str) -> dict[str, Any]:
        first = 1_799_971_200 - (len(values) - 1) * 86_400  # the last day is the day of NOW
        curve = [{"timestamp": str(first + day * 86_400), "value": value} for day, value in enumerate(values)]
        return {
            "hashtagID": str(rank),
            "hashtagName": name,
            "publishCnt": "12",
            "vv": "3400",
            "rankIndex": str(rank),
            "popularityCurve": curve,
        }

    rows = [
        row(2, "falls", "90", "50", "10", "0"),
        row(1, "rises", "10", "50", "90", "0"),
        row(3, "stays", "5", "5", "0"),
    ]
    return creative(items=rows, pagination={"page": 1, "limit": 20, "totalCount": "100", "hasMore": True})


def creative_periods(_: httpx.Request) -> httpx.Response:
    ends = {"lastDailyEndTimestamp": 1, "lastWeeklyEndTimestamp": 7, "lastMonthlyEndTimestamp": "30"}
    return creative(**ends)


def creative_videos(_: httpx.Request) -> httpx.Response:
    video = {
        "itemInfo": {"itemID": "31", "title": "Bread #slow", "videoURL": "https://www.tiktok.com/@ana/video/31"},
        "itemMetrics": {"videoViews": "900", "engagementRate": 0.1},
        "itemAuthorInfo": {"handlerName": "ana"},
    }
    return creative(entityInfos=[video])


def ensemble(*posts: dict[str, Any]) -> httpx.Response:
    wrapped = [{"aweme_info": post} for post in posts]
    return httpx.Response(200, json={"data": {"data": wrapped, "nextCursor": 20}}, headers={"units_charged": "1"})


def post(number: int, text: str, views: int) -> dict[str, Any]:
    counts = {"play_count": views, "digg_count": 2, "comment_count": 1, "share_count": 0}
    return {"aweme_id": str(number), "desc": text, "statistics": counts, "author": {"unique_id": "ana"}}


def ensemble_posts(request: httpx.Request) -> httpx.Response:
    if request.url.params["name"] == "bread":
        return ensemble(post(51, "Sourdough #Bread #slow", 100), post(52, "Rye #bread", 300))
    return ensemble(post(53, "A wheel #slow", 250), post(51, "Sourdough #Bread #slow", 100))


ANSWERS |= {
    CREATIVE_HASHTAGS: creative_hashtags,
    CREATIVE_PERIODS: creative_periods,
    CREATIVE_VIDEOS: creative_videos,
    f"/us{CREATIVE_PERIODS}": creative_periods,
    f"/us{CREATIVE_VIDEOS}": creative_videos,
    ENSEMBLE: ensemble_posts,
}
