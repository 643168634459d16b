"""Creative Center as a source: it is off by default, makes few requests, and reports each failure of its pages."""

import json

import httpx
import pytest

from dropcast.trends.collect import collect
from dropcast.trends.health_store import healths
from dropcast.trends.models import Failed, Found, Hashtag, Video, trend_query
from dropcast.trends.snapshot_store import latest
from dropcast.trends.sources.creative_center import fetch, supports
from tests.unit.support.accounts import event_names
from tests.unit.trends import answers
from tests.unit.trends.conftest import choose, switch_on, task

HOUR_S = 3600
HASHTAGS = trend_query("hashtags", "DE", 7, "ALL")
VIDEOS = trend_query("videos", "US", 7, "ALL")
PATHS = {"hashtags": answers.CREATIVE_HASHTAGS, "videos": f"/us{answers.CREATIVE_VIDEOS}"}


def ok(_: int) -> bool:
    return True


def timeout(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectTimeout("canary in an address", request=request)


FAILURES = {
    "login": (answers.creative(38001001, "InvalidLogin"), "login", "HTTP 200, StatusCode 38001001: InvalidLogin"),
    "another no": (answers.creative(38000001, "InvalidParam"), "refused", "HTTP 200, StatusCode 38000001"),
    "deprecated": (httpx.Response(200, json={"code": 0, "msg": "deprecated"}), "deprecated", "HTTP 200, StatusCode 0"),
    "old no": (httpx.Response(200, json={"code": 40101, "msg": "no"}), "refused", "HTTP 200, StatusCode 40101"),
    "no status": (httpx.Response(200, json={"items": [], "entityInfos": []}), "changed", "HTTP 200, StatusCode none"),
    "empty": (answers.creative(items=[], entityInfos=[]), "empty", "HTTP 200, StatusCode 0, no "),
    "null": (answers.creative(items=None, entityInfos=None), "empty", "HTTP 200, StatusCode 0, no "),
    "renamed list": (answers.creative(elements=[]), "changed", "HTTP 200, "),
    "renamed fields": (answers.creative(items=[{"id": "1"}], entityInfos=[{"id": "1"}]), "changed", "HTTP 200, "),
    "login page": (httpx.Response(302, headers={"Location": "https://login"}), "login", "HTTP 302, and no JSON"),
    "login form": (httpx.Response(200, text="<form>Log in to continue</form>"), "login", "HTTP 200, and no JSON"),
    "captcha": (httpx.Response(200, text="<div>captcha canary</div>"), "captcha", "HTTP 200, and no JSON"),
    "captcha 403": (httpx.Response(403, text="verify that you are human"), "captcha", "HTTP 403, and no JSON"),
    "region": (httpx.Response(403, text="not available in your region"), "region", "HTTP 403, and no JSON"),
    "region law": (httpx.Response(451), "region", "HTTP 451, and no JSON"),
    "too often": (httpx.Response(429), "rate", "HTTP 429, and no JSON"),
    "not found": (httpx.Response(404, text="nothing"), "refused", "HTTP 404, and no JSON"),
    "server error": (httpx.Response(502, text="canary"), "unanswered", "HTTP 502, server_error"),
    "timeout": (timeout, "unanswered", "not_connected"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("failure", FAILURES)
def test_it_fails_with_a_reason_and_its_own_message(creative, kind, failure):
    answer, reason, words = FAILURES[failure]
    creative.answers[PATHS[kind]] = answer if callable(answer) else lambda _: answer

    collected = collect(task(kind))

    attempts = {one.source: one for one in collected.attempts}
    assert collected.source is None
    assert (attempts["creative_center"].reason, attempts["creative_center"].raw_status[: len(words)]) == (reason, words)
    assert "canary" not in attempts["creative_center"].raw_status
    assert healths()["creative_center"].state == "failing"
    assert event_names() == []


def test_it_is_off_by_default(creative, trends):
    choose(trends, CREATIVE_CENTER="off")

    told = fetch(HASHTAGS, ok)

    assert isinstance(told, Failed)
    assert (told.reason, told.asked, creative.asked) == ("not_configured", False, [])


def test_hashtags_are_the_first_few_with_the_total_number(creative):
    told = fetch(HASHTAGS, ok)

    assert isinstance(told, Found)
    assert told.items[0] == Hashtag(rank=1, hashtag_id="1", name="rises", views=3400, posts=12)
    assert (len(told.items), told.total) == (3, 100)


def test_it_is_called_like_its_page_does_without_a_cookie(creative):
    fetch(trend_query("hashtags", "DE", 30, "FOOD"), ok)

    [request] = creative.asked
    assert json.loads(request.content) == {
        "timeRange": 30,
        "countryCode": "DE",
        "page": 1,
        "limit": 20,
        "industryID": "27000000000",
    }
    assert request.headers["agw-js-conv"] == "str"
    assert request.headers["Origin"] == "https://creative.example"
    assert "cookie" not in request.headers


def test_a_direction_is_computed_without_the_curves_last_point(creative):
    collect(task("hashtags", "DE"))

    snapshot = latest(HASHTAGS)
    assert snapshot is not None
    assert [(one.name, one.direction) for one in snapshot.items if isinstance(one, Hashtag)] == [
        ("rises", "up"),
        ("falls", "down"),
        ("stays", "stable"),
    ]


@pytest.mark.parametrize(("days", "dimension", "end"), [(7, "3", "7"), (30, "5", "30")])
def test_videos_of_the_us_are_requested_from_their_own_host_for_the_last_period(creative, days, dimension, end):
    told = fetch(trend_query("videos", "US", days, "ALL"), ok)

    assert isinstance(told, Found)
    assert told.items == (
        Video(
            rank=1, video_id="31", description="Bread #slow", author="ana", hashtags=("slow",), views=900,
            url="https://www.tiktok.com/@ana/video/31",
        ),
    )  # fmt: skip
    assert creative.paths == [f"/us{answers.CREATIVE_PERIODS}", f"/us{answers.CREATIVE_VIDEOS}"]
    params = creative.asked[1].url.params
    assert (params["periodDimension"], params["periodEndTimestamp"]) == (dimension, end)


def test_videos_of_other_countries_are_requested_from_the_other_host(creative):
    fetch(trend_query("videos", "JP", 7, "ALL"), ok)

    assert creative.paths == [answers.CREATIVE_PERIODS, answers.CREATIVE_VIDEOS]


def test_if_the_periods_fail_the_videos_are_not_requested(creative):
    creative.answers[f"/us{answers.CREATIVE_PERIODS}"] = lambda _: answers.creative(lastDailyEndTimestamp=1)

    told = fetch(VIDEOS, ok)

    assert isinstance(told, Failed)
    assert told.reason == "changed"
    assert len(creative.asked) == 1


@pytest.mark.parametrize(
    ("which", "possible"),
    [
        (HASHTAGS, True),
        (trend_query("hashtags", "DE", 1, "ALL"), False),
        (trend_query("hashtags", "DE", 7, "FOOD"), True),
        (trend_query("hashtags", "DE", 7, "ROMANCE"), False),
        (trend_query("videos", "DE", 120, "ALL"), False),
        (trend_query("videos", "DE", 7, "FOOD"), False),
        (trend_query("music", "DE", 7, "ALL"), False),
        (trend_query("keywords", "DE", 7, "ALL"), False),
    ],
    ids=lambda one: getattr(one, "key", one),
)
def test_it_is_not_called_for_lists_that_it_lacks(which, possible):
    assert supports(which) is possible


def test_it_replaces_discovery_after_a_failure(connected, trends):
    switch_on(trends)
    connected.answers[answers.HASHTAGS] = lambda _: answers.business({}, 0, "deprecated")

    collected = collect(task("hashtags"))

    assert collected.source == "creative_center"
    assert [(one.source, one.reason) for one in collected.attempts] == [("discovery", "deprecated")]
