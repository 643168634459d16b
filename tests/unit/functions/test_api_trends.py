"""/v1/trends against the real store in moto, filled as a collection fills it."""

import json
from typing import Any

import pytest

from dropcast.aws.dynamo import to_item
from dropcast.clock import iso
from dropcast.events.outbox.outbox import event_write
from dropcast.settings import settings
from dropcast.trends import health_store, snapshot_store
from dropcast.trends.models import Failed, Hashtag, Item, Keyword, Track, TrendKind, TrendQuery, Video, trend_query
from dropcast.trends.snapshot_store import Snapshot
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.accounts import NOW
from tests.unit.support.api import call, event_of, with_scopes
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

HOUR_S = 3600
VIDEOS = (
    Video(
        rank=1,
        video_id="11",
        description="Slow #Bread",
        author="ana",
        hashtags=("Bread",),
        views=7,
        likes=3,
        comments=1,
    ),
    Video(rank=2, video_id="12", description="", author="breadmaker", hashtags=("pottery",)),
    Video(rank=3, video_id="13", description="Nothing of the kind", author="eva", hashtags=("slow",)),
)
ITEMS: dict[TrendKind, tuple[Item, ...]] = {
    "hashtags": (
        Hashtag(rank=1, hashtag_id="421", name="pottery", direction="up"),
        Hashtag(rank=2, hashtag_id="422", name="b"),
    ),
    "videos": VIDEOS,
    "music": (Track(rank=1, track_id="77", title="Soft Voyage"),),
    "keywords": (Keyword(rank=1, keyword="sourdough"),),
}


@pytest.fixture
def trends(cloud: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {"TREND_COUNTRIES": "US,DE", "TREND_PERIODS": "7,30", "TREND_CATEGORIES": "FOOD"}.items():
        cloud.setenv(name, value)
    settings.cache_clear()
    return cloud


def keep(which: TrendQuery, at: int = NOW, attempts: tuple[Failed, ...] = ()) -> None:
    snapshot = Snapshot(which, ITEMS[which.kind], "discovery", at, 200, attempts, at, good=True)
    event = {
        "run_id": "run_1",
        "kind": which.kind,
        "country": which.country,
        "period_days": which.period_days,
        "category": which.category,
        "source": "discovery",
        "captured_at": iso(at),
        "items": 1,
    }
    assert snapshot_store.keep(snapshot, event_write("trends.updated", event))


def ask(kind: str, method: str = "GET", key: str = "read", **query: str) -> tuple[int, dict[str, Any]]:
    return call(Operation(method, f"{method} {kind}", f"/v1/trends/{kind}", query, None), with_scopes(key))


def raw(kind: str, known: str = "") -> dict[str, Any]:
    """The whole answer of the function, to a request with If-None-Match."""
    event = event_of(Operation("GET", "GET", f"/v1/trends/{kind}", {}, None), with_scopes("read"))
    event["headers"]["if-none-match"] = known
    return handler(event, context())


def header(answer: dict[str, Any], name: str) -> str:
    return {key.lower(): value for key, value in answer["headers"].items()}[name.lower()]


@pytest.mark.parametrize("kind", ITEMS)
def test_each_kind_shows_its_list_with_who_told_it_and_when(trends, held_clock, kind):
    which = trend_query(kind, "US", 7, "ALL")
    keep(which)
    held_clock.at += 90

    status, shown = ask(kind)

    assert status == 200
    assert shown.pop("items") == [item.model_dump(mode="json") for item in ITEMS[kind]]
    assert shown == {
        "kind": kind,
        "country": which.country,
        "period_days": which.period_days,
        "category": "ALL",
        "source": "discovery",
        "captured_at": iso(NOW),
        "age_seconds": 90,
        "stale": False,
        "total": 200,
        "attempts": [],
    }


def test_country_period_and_category_choose_the_list(trends):
    keep(trend_query("hashtags", "DE", 30, "FOOD"))

    status, shown = ask("hashtags", country="DE", period="30", category="FOOD")

    assert status == 200
    assert (shown["country"], shown["period_days"], shown["category"]) == ("DE", 30, "FOOD")
    assert ask("hashtags", country="DE", period="30")[1]["source"] is None


def test_no_more_are_shown_than_wanted(trends):
    keep(trend_query("hashtags", "US", 7, "ALL"))

    assert [one["rank"] for one in ask("hashtags", limit="1")[1]["items"]] == [1]


@pytest.mark.parametrize(
    ("keyword", "ids"),
    [
        ("bread", ["11", "12"]),
        ("#BREAD", ["11", "12"]),
        ("@ana", ["11"]),
        ("slow", ["11", "13"]),
        ("pottery", ["12"]),
        ("absent", []),
        ("", ["11", "12", "13"]),
    ],
)
def test_videos_about_a_keyword_have_it_in_caption_hashtags_or_author(trends, keyword, ids):
    keep(trend_query("videos", "US", 7, "ALL"))

    assert [one["video_id"] for one in ask("videos", keyword=keyword)[1]["items"]] == ids


def test_a_video_shows_what_is_known_of_it(trends):
    keep(trend_query("videos", "US", 7, "ALL"))

    first, second, _ = ask("videos")[1]["items"]

    shown = ("video_id", "description", "author", "views", "likes", "comments")
    assert [first[name] for name in shown] == ["11", "Slow #Bread", "ana", 7, 3, 1]
    assert [second[name] for name in shown] == ["12", "", "breadmaker", None, None, None]


def test_what_is_collected_and_was_never_told_says_why(trends):
    which = trend_query("hashtags", "US", 7, "ALL")
    before = ask("hashtags")
    snapshot_store.note_failure(which, [Failed("discovery", "refused", "HTTP 200, code 40001: no")], NOW)

    status, shown = ask("hashtags")

    assert before[0] == status == 200
    for one in (before[1], shown):
        assert (one["items"], one["source"], one["captured_at"], one["stale"]) == ([], None, None, True)
    assert before[1]["attempts"] == []
    assert shown["attempts"] == [{"source": "discovery", "reason": "refused", "raw_status": "HTTP 200, code 40001: no"}]


@pytest.mark.parametrize(
    "query", [{"country": "FR"}, {"period": "1"}, {"period": "90"}, {"category": "BEAUTY"}], ids=str
)
def test_what_is_not_collected_is_not_found(trends, query):
    status, answer = ask("hashtags", **query)

    assert (status, answer["error"]["code"]) == (404, "trends_not_collected")


def test_without_countries_nothing_is_collected(cloud):
    assert ask("hashtags")[1]["error"]["code"] == "trends_not_collected"
    assert ask("keywords")[1]["error"]["code"] == "trends_not_collected"


def test_what_was_collected_once_is_shown_for_as_long_as_there_is_no_better(trends):
    keep(trend_query("hashtags", "FR", 7, "ALL"))

    assert ask("hashtags", country="FR")[0] == 200


@pytest.mark.parametrize(
    "query", [{"country": "us"}, {"country": "USA"}, {"period": "8"}, {"category": "food"}, {"limit": "0"}], ids=str
)
def test_what_makes_no_sense_is_refused(trends, query):
    assert ask("hashtags", **query)[1]["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(("hours", "stale"), [(0, False), (13, False), (14, True)])
def test_a_list_that_nobody_collected_for_two_runs_is_stale(trends, held_clock, hours, stale):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    held_clock.at += hours * HOUR_S

    assert ask("hashtags")[1]["stale"] is stale


def test_a_list_that_no_source_told_last_is_stale_at_once_and_good_again_later(trends):
    which = trend_query("hashtags", "US", 7, "ALL")
    keep(which)
    snapshot_store.note_failure(which, [Failed("discovery", "rate", "HTTP 429")], NOW + HOUR_S)
    failed = ask("hashtags")[1]
    keep(which, NOW + 2 * HOUR_S)

    assert (failed["stale"], failed["captured_at"], len(failed["items"])) == (True, iso(NOW), 2)
    assert ask("hashtags")[1]["stale"] is False


def test_a_list_costs_one_query(trends, aws_calls):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    aws_calls.clear()

    ask("hashtags")

    assert aws_calls == ["Query"]


def test_the_health_of_sources_costs_one_query(trends, aws_calls):
    ask("sources")

    assert aws_calls == ["Query"]


def test_who_has_the_list_gets_no_second_one(trends, held_clock):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    first = raw("hashtags")
    held_clock.at += 60
    tag = header(first, "ETag")

    assert header(first, "Cache-Control") == "private, max-age=60"
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = raw("hashtags", known)
        assert (again["statusCode"], again["body"] or "", header(again, "ETag")) == (304, "", tag)
    assert raw("hashtags", '"other"')["statusCode"] == 200


def test_a_new_list_has_another_tag(trends):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    tag = header(raw("hashtags"), "ETag")
    keep(trend_query("hashtags", "US", 7, "ALL"), NOW + HOUR_S)

    assert raw("hashtags", tag)["statusCode"] == 200


def test_a_list_that_became_stale_has_another_tag(trends, held_clock):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    tag = header(raw("hashtags"), "ETag")
    held_clock.at += 14 * HOUR_S

    assert raw("hashtags", tag)["statusCode"] == 200


def test_every_source_shows_its_health(trends, held_clock):
    health_store.note_good("discovery", NOW - 60)
    failed = Failed("discovery", "rate", "HTTP 429")
    health_store.note_failed(failed, trend_query("music", "US", 7, "ALL"), NOW)

    [first, *others] = ask("sources")[1]["items"]

    assert first == {
        "source": "discovery",
        "state": "failing",
        "good_at": iso(NOW - 60),
        "failed_at": iso(NOW),
        "failures": 1,
        "reason": "rate",
        "raw_status": "HTTP 429",
        "list_key": "music#US#7#ALL",
    }
    assert [(one["source"], one["state"]) for one in others] == [
        ("creative_center", "untried"),
        ("ensembledata", "untried"),
    ]


def test_a_run_now_queues_every_list_once(trends):
    status, run = ask("collect", "POST", key="admin")

    assert status == 202
    # hashtags and videos: 2 countries x 2 periods x (all, FOOD); music: without categories; keywords: one list
    assert run["queued"] == 8 + 8 + 4 + 1
    assert len({json.dumps(one) for one in _queued()}) == 21


def test_without_countries_there_is_no_run(cloud):
    status, answer = ask("collect", "POST", key="admin")

    assert (status, answer["error"]["code"]) == (409, "trends_not_configured")


def _queued() -> list[dict[str, Any]]:
    sqs, found = maker("sqs"), []
    while messages := sqs.receive_message(
        QueueUrl=settings().trends_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=30
    ).get("Messages"):
        found += [json.loads(one["Body"]) for one in messages]
    return found


def test_a_row_without_a_total_is_shown_too(trends):
    which = trend_query("keywords", "US", 7, "ALL")
    maker("dynamodb").put_item(
        TableName="trends",
        Item=to_item(
            {"pk": which.key, "sk": "latest", "items": "[]", "source": "discovery", "captured_at": NOW}
            | {"attempts": [], "attempted_at": NOW, "good": True}
        ),
    )

    assert ask("keywords")[1]["total"] is None
