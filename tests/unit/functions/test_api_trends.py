"""The lists of /v1/trends from the real store in moto, which the tests fill like a collection."""

import pytest

from dropcast.aws.dynamo import to_item
from dropcast.clock import iso
from dropcast.trends import snapshot_store
from dropcast.trends.models import Failed, trend_query
from tests.unit.functions.trend_lists import HOUR_S, ITEMS, ask, keep
from tests.unit.functions.trend_lists import trends as trends
from tests.unit.support.accounts import NOW
from tests.unit.support.memory_aws import maker


@pytest.mark.parametrize("kind", ITEMS)
def test_each_kind_shows_its_list_with_its_source_and_its_time(trends, held_clock, kind):
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


def test_the_limit_applies(trends):
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
def test_a_keyword_matches_caption_hashtags_or_author_of_videos(trends, keyword, ids):
    keep(trend_query("videos", "US", 7, "ALL"))

    assert [one["video_id"] for one in ask("videos", keyword=keyword)[1]["items"]] == ids


def test_a_video_shows_its_stored_details(trends):
    keep(trend_query("videos", "US", 7, "ALL"))

    first, second, _ = ask("videos")[1]["items"]

    shown = ("video_id", "description", "author", "views", "likes", "comments")
    assert [first[name] for name in shown] == ["11", "Slow #Bread", "ana", 7, 3, 1]
    assert [second[name] for name in shown] == ["12", "", "breadmaker", None, None, None]


def test_a_collected_list_without_data_says_why(trends):
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
def test_an_uncollected_list_is_not_found(trends, query):
    status, answer = ask("hashtags", **query)

    assert (status, answer["error"]["code"]) == (404, "trends_not_collected")


def test_without_countries_nothing_is_collected(cloud):
    assert ask("hashtags")[1]["error"]["code"] == "trends_not_collected"
    assert ask("keywords")[1]["error"]["code"] == "trends_not_collected"


def test_a_stored_list_is_shown_until_there_is_a_better_one(trends):
    keep(trend_query("hashtags", "FR", 7, "ALL"))

    assert ask("hashtags", country="FR")[0] == 200


@pytest.mark.parametrize(
    "query", [{"country": "us"}, {"country": "USA"}, {"period": "8"}, {"category": "food"}, {"limit": "0"}], ids=str
)
def test_an_invalid_query_is_refused(trends, query):
    assert ask("hashtags", **query)[1]["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(("hours", "stale"), [(0, False), (13, False), (14, True)])
def test_a_list_without_a_collection_for_two_runs_is_stale(trends, held_clock, hours, stale):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    held_clock.at += hours * HOUR_S

    assert ask("hashtags")[1]["stale"] is stale


def test_a_list_whose_sources_all_failed_is_stale_at_once_and_fresh_again_later(trends):
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


def test_a_row_without_a_total_is_still_shown(trends):
    which = trend_query("keywords", "US", 7, "ALL")
    maker("dynamodb").put_item(
        TableName="trends",
        Item=to_item(
            {"pk": which.key, "sk": "latest", "items": "[]", "source": "discovery", "captured_at": NOW}
            | {"attempts": [], "attempted_at": NOW, "good": True}
        ),
    )

    assert ask("keywords")[1]["total"] is None
