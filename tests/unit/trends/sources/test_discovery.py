"""The Discovery API as a source: its lists, the connection that it uses, and its cost."""

import httpx
import pytest

from dropcast.trends.models import Failed, Found, Hashtag, Keyword, Point, Track, trend_query
from dropcast.trends.sources.discovery import fetch
from tests.unit.support.accounts import NOW
from tests.unit.trends import answers
from tests.unit.trends.conftest import connect_account

DAY_S = 24 * 3600
HASHTAGS = trend_query("hashtags", "US", 7, "ALL")
VIDEOS = trend_query("videos", "US", 7, "ALL")
MUSIC = trend_query("music", "US", 7, "ALL")


class Budget:
    """Allows a number of requests."""

    def __init__(self, most: int = 100) -> None:
        self.left = most

    def __call__(self, count: int) -> bool:
        if count > self.left:
            return False
        self.left -= count
        return True


def found(list_wanted, allowance=None) -> Found:
    told = fetch(list_wanted, allowance or Budget())
    assert isinstance(told, Found), told
    return told


def test_hashtags_are_in_the_order_of_their_ranks(connected):
    told = found(HASHTAGS)

    assert told.items == (
        Hashtag(
            rank=1, hashtag_id="421", name="pottery", views=1000, posts=10, views_ever=5000, posts_ever=50,
            countries=("US",),
        ),
        Hashtag(
            rank=2, hashtag_id="422", name="bread", views=2000, posts=10, views_ever=5000, posts_ever=50,
            countries=("US",),
        ),
    )  # fmt: skip
    assert (told.source, told.captured_at, told.total) == ("discovery", NOW, 2)


def test_a_hashtags_curve_has_one_value_per_day(connected):
    [*days] = found(HASHTAGS).curves["421"]

    assert days == [
        Point(NOW // DAY_S * DAY_S - 2 * DAY_S, 5, 10),
        Point(NOW // DAY_S * DAY_S - DAY_S, 2, 10),
        Point(NOW // DAY_S * DAY_S, 190, 10),
    ]


def test_hashtags_are_requested_for_the_advertiser_with_its_token(connected):
    found(trend_query("hashtags", "DE", 30, "FOOD"))

    [request] = connected.asked
    assert request.headers["Access-Token"] == "canary-advertiser"
    assert dict(request.url.params) == {
        "advertiser_id": "7000000000000000001",
        "discovery_type": "HASHTAG",
        "country_code": "DE",
        "date_range": "30DAY",
        "category_name": "FOOD",
    }


def test_all_categories_together_count_as_no_category(connected):
    found(HASHTAGS)

    assert "category_name" not in connected.asked[0].url.params


@pytest.mark.parametrize(("kind", "enough"), [("hashtags", 1), ("videos", 2), ("music", 1), ("keywords", 1)])
def test_over_budget_no_request_is_made(connected, kind, enough):
    told = fetch(trend_query(kind, "US", 7, "ALL"), Budget(enough - 1))

    assert isinstance(told, Failed)
    assert told.reason == "budget"
    assert len(connected.asked) == enough - 1


def test_music_of_all_genres_is_requested_for_the_account(connected):
    told = found(trend_query("music", "DE", 120, "FOOD"))

    assert told.items == (
        Track(
            rank=1, track_id="77", title="Soft Voyage", artist="The Rivers", duration_seconds=61, genres=("POP",),
            preview_url="https://p16.example/77.mp3", thumbnail_url="https://p16.example/77.jpeg",
        ),
    )  # fmt: skip
    [request] = connected.asked
    assert request.headers["Access-Token"] == "canary-holder"
    assert dict(request.url.params) == {
        "business_id": "business-1",
        "genre": "ALL",
        "country_code": "DE",
        "date_range": "90DAY",
    }


def test_keywords_keep_their_order_and_exclude_the_accounts_own_interests(connected):
    told = found(trend_query("keywords", "US", 7, "ALL"))

    assert told.items == (Keyword(rank=1, keyword="sourdough"), Keyword(rank=2, keyword="pottery wheel"))
    assert dict(connected.asked[0].url.params) == {"business_id": "business-1", "is_personalized": "false"}


@pytest.mark.parametrize("kind", ["hashtags", "videos", "music", "keywords"])
def test_without_a_connection_no_request_is_made(sources, kind):
    told = fetch(trend_query(kind, "US", 7, "ALL"), Budget())

    assert isinstance(told, Failed)
    assert told.reason == "not_connected"
    assert not told.asked
    assert sources.asked == []


def tokens(sources) -> list[str]:
    return [request.headers["Access-Token"] for request in sources.asked]


def refusing(*refused: str):
    def answer(request: httpx.Request) -> httpx.Response:
        is_refused = request.headers["Access-Token"] in refused
        return answers.business({}, 40001, "No permission") if is_refused else answers.music(request)

    return answer


def test_connections_that_serve_an_accounts_comments_are_used_last(connected):
    connect_account("canary-customer", "business-2", NOW + 60, serves="acc_customer")

    found(MUSIC)

    assert tokens(connected) == ["canary-holder"]


def test_the_newest_of_the_free_connections_is_used(connected):
    connect_account("canary-newer", "business-2", NOW + 60)

    found(MUSIC)

    assert tokens(connected) == ["canary-newer"]


def test_if_tiktok_refuses_one_connection_the_next_is_used(connected):
    connect_account("canary-customer", "business-2", NOW + 60, serves="acc_customer")
    connected.answers[answers.MUSIC] = refusing("canary-holder")

    found(MUSIC)

    assert tokens(connected) == ["canary-holder", "canary-customer"]


def test_at_most_three_connections_are_tried_and_the_first_ones_message_is_returned(connected):
    for number in range(2, 6):
        connect_account(f"canary-{number}", f"business-{number}", NOW + number)
    connected.answers[answers.MUSIC] = lambda request: answers.business({}, 40001, request.headers["Access-Token"])

    told = fetch(MUSIC, Budget())

    assert isinstance(told, Failed)
    assert tokens(connected) == ["canary-5", "canary-4", "canary-3"]
    assert (told.reason, "canary-5" in told.raw_status) == ("refused", True)


def test_after_a_failure_that_is_no_refusal_no_other_connection_is_tried(connected):
    connect_account("canary-newer", "business-2", NOW + 60)
    connected.answers[answers.MUSIC] = lambda _: httpx.Response(502)

    told = fetch(MUSIC, Budget())

    assert isinstance(told, Failed)
    assert told.reason == "unanswered"
    assert tokens(connected) == ["canary-newer"]
