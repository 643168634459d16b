"""One list of trends: what is stored, announced and counted after an answer, and what stays after a failure."""

import json

import httpx

from dropcast.clock import iso
from dropcast.trends.collect import collect
from dropcast.trends.health_store import healths
from dropcast.trends.models import Hashtag, TrendQuery, trend_query
from dropcast.trends.snapshot_store import latest
from dropcast.trends.sources.request_and_unit_limits_store import take_requests
from tests.event_schemas import conforming
from tests.unit.support.accounts import BUCKET, NOW, event_names, items
from tests.unit.support.memory_aws import maker
from tests.unit.trends import answers
from tests.unit.trends.conftest import choose, connect_account, switch_on, task

HOUR_S = 3600
US_HASHTAGS = trend_query("hashtags", "US", 7, "ALL")


def kept(which: TrendQuery = US_HASHTAGS):
    found = latest(which)
    assert found is not None
    return found


def places(which: TrendQuery = US_HASHTAGS) -> list[str]:
    return [item["sk"] for item in items("trends") if item["pk"] == which.key and item["sk"].startswith("at#")]


def refuse(_: httpx.Request) -> httpx.Response:
    return answers.business({}, 40001, "No permission to operate.")


def objects() -> dict[str, list[dict]]:
    s3 = maker("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    texts = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}
    return {key: [json.loads(line) for line in text.splitlines()] for key, text in texts.items()}


def test_a_list_is_stored_as_its_source_returned_it(connected):
    collected = collect(task("hashtags"))

    snapshot = kept()
    assert (collected.source, collected.items, collected.attempts) == ("discovery", 2, ())
    assert [one.name for one in snapshot.items if isinstance(one, Hashtag)] == ["pottery", "bread"]
    assert (snapshot.source, snapshot.captured_at, snapshot.attempted_at, snapshot.good) == (
        "discovery",
        NOW,
        NOW,
        True,
    )
    assert places() == [f"at#{iso(NOW)}"]


def test_the_first_list_computes_moves_from_the_curve_without_its_incomplete_day(connected):
    collect(task("hashtags"))

    first = kept().items[0]
    assert (first.direction, first.basis, first.rank_change, first.velocity) == ("up", "curve", 3, 3.0)


def test_later_lists_compute_moves_from_the_earliest_list_of_the_last_day(connected, held_clock):
    for shift in range(5):
        held_clock.at = NOW + shift * 6 * HOUR_S
        connected.answers[answers.HASHTAGS] = lambda _, rank=10 - shift: answers.hashtags(
            answers.hashtag(1, "other"), answers.hashtag(rank, "mover", hashtag_id="9")
        )
        collect(task("hashtags", run_id=f"run_{shift}"))

    mover = kept().items[1]
    assert (mover.rank, mover.direction, mover.basis) == (6, "up", "history")
    assert (mover.rank_change, mover.velocity) == (4, 4.0)


def test_an_entry_missing_before_is_new(connected, held_clock):
    collect(task("hashtags"))
    held_clock.at += 6 * HOUR_S
    connected.answers[answers.HASHTAGS] = lambda _: answers.hashtags(answers.hashtag(1, "newcomer", hashtag_id="9"))

    collect(task("hashtags", run_id="run_2"))

    assert kept().items[0].direction == "new"


def test_the_event_is_stored_with_the_list(connected):
    collect(task("hashtags"))

    [row] = [item for item in items("outbox") if item["name"] == "trends.updated"]
    told = conforming(json.loads(row["body"]))["data"]
    assert told == {
        "run_id": "run_1",
        "kind": "hashtags",
        "country": "US",
        "period_days": 7,
        "category": "ALL",
        "source": "discovery",
        "captured_at": iso(NOW),
        "items": 2,
    }


def test_each_list_is_an_object_of_the_history_with_one_line_per_item(connected):
    collect(task("hashtags"))
    collect(task("keywords"))

    found = objects()
    day = iso(NOW)[:10]
    key = f"trends/kind=hashtags/date={day}/country=US/run_1-7-ALL.jsonl"
    assert set(found) == {key, f"trends/kind=keywords/date={day}/country=ALL/run_1-0-ALL.jsonl"}
    assert found[key][0] == {
        "run_id": "run_1",
        "captured_at": iso(NOW),
        "source": "discovery",
        "country": "US",
        "period_days": 7,
        "category": "ALL",
        "rank": 1,
        "direction": "up",
        "basis": "curve",
        "rank_change": 3,
        "velocity": 3.0,
        "hashtag_id": "421",
        "name": "pottery",
        "views": 1000,
        "posts": 10,
        "views_ever": 5000,
        "posts_ever": 50,
        "countries": ["US"],
    }


def test_if_no_source_has_it_the_last_list_stays_with_the_reason(connected, held_clock):
    collect(task("hashtags"))
    before = kept()
    held_clock.at += 6 * HOUR_S
    connected.answers[answers.HASHTAGS] = refuse

    collected = collect(task("hashtags", run_id="run_2"))

    after = kept()
    assert collected.source is None
    assert (after.items, after.source, after.captured_at) == (before.items, before.source, before.captured_at)
    assert (after.good, after.attempted_at) == (False, NOW + 6 * HOUR_S)
    assert [(one.reason, one.raw_status) for one in after.attempts] == [
        ("refused", "HTTP 200, code 40001: No permission to operate. (request req-1)"),
        ("not_configured", "CREATIVE_CENTER is off"),
        ("not_configured", "TREND_KEYWORDS is empty"),
    ]
    assert event_names() == ["trends.updated"]
    assert len(objects()) == 1


def test_before_the_first_list_only_the_reason_is_stored(sources):
    collect(task("hashtags"))

    snapshot = kept()
    assert (snapshot.items, snapshot.source, snapshot.captured_at, snapshot.good) == ((), None, None, False)
    assert [one.reason for one in snapshot.attempts] == ["not_connected", "not_configured", "not_configured"]
    assert event_names() == []


def test_a_list_that_succeeds_again_is_fresh_again(connected):
    connected.answers[answers.HASHTAGS] = refuse
    collect(task("hashtags"))
    connected.answers[answers.HASHTAGS] = answers.two_hashtags

    collect(task("hashtags"))

    assert (kept().good, kept().attempts) == (True, ())


def test_an_older_list_does_not_replace_a_newer_one(connected, held_clock):
    held_clock.at += HOUR_S
    collect(task("hashtags"))
    held_clock.at -= HOUR_S
    connected.answers[answers.HASHTAGS] = lambda _: answers.hashtags(answers.hashtag(1, "late"))

    collect(task("hashtags", run_id="run_2"))

    assert kept().captured_at == NOW + HOUR_S
    assert event_names() == ["trends.updated"]


def test_a_source_counts_its_failures_until_it_succeeds(connected, held_clock):
    collect(task("hashtags"))
    connected.answers[answers.HASHTAGS] = refuse
    for _ in range(2):
        held_clock.at += HOUR_S
        collect(task("hashtags"))

    failing = healths()["discovery"]
    assert (failing.state, failing.failures, failing.reason) == ("failing", 2, "refused")
    assert (failing.good_at, failing.failed_at, failing.list_key) == (NOW, NOW + 2 * HOUR_S, US_HASHTAGS.key)

    held_clock.at += HOUR_S
    collect(task("music"))

    well = healths()["discovery"]
    assert (well.state, well.failures, well.good_at) == ("good", 0, NOW + 3 * HOUR_S)


def test_an_unconnected_source_is_off_and_has_not_failed(sources):
    collect(task("hashtags"))

    assert (healths()["discovery"].state, healths()["discovery"].failures) == ("off", 0)


def test_a_source_connected_for_some_kinds_is_not_off_for_the_others(sources, held_clock):
    connect_account("canary-holder", "business-1", NOW)
    collect(task("music"))
    held_clock.at += 13 * HOUR_S

    collect(task("hashtags"))

    within = healths()["discovery"]
    held_clock.at += 1
    collect(task("hashtags"))
    assert (within.state, within.good_at) == ("good", NOW)
    assert (healths()["discovery"].state, healths()["discovery"].reason) == ("off", "not_connected")


def test_requests_are_counted_for_the_run_up_to_its_limit(connected, trends):
    choose(trends, TREND_REQUESTS_PER_RUN="7")
    collect(task("videos"))

    over = collect(task("videos", "DE"))

    assert len(connected.asked) == 7
    assert [one.reason for one in over.attempts] == ["budget", "not_configured", "not_configured"]
    assert kept(trend_query("videos", "US", 7, "ALL")).good


def test_another_run_has_its_own_budget(trends):
    choose(trends, TREND_REQUESTS_PER_RUN="3")

    assert [take_requests("run_1", count) for count in (2, 2, 1, 1)] == [True, False, True, False]
    assert take_requests("run_2", 3)
    assert not take_requests("run_3", 4)


def test_the_cost_of_one_list_of_hashtags(connected, aws_calls):
    collect(task("hashtags"))

    counted = {name: aws_calls.count(name) for name in sorted(set(aws_calls))}
    assert counted == {
        "Query": 2,  # the connections, the earlier places
        "GetItem": 1,  # the connection's token
        "Decrypt": 1,
        "UpdateItem": 2,  # the run's budget, the source's health
        "TransactWriteItems": 1,  # the list, its places, the event
    }
    assert len(connected.asked) == 1


def test_a_list_too_long_for_a_row_is_shortened(connected, trends):
    switch_on(trends)
    choose(trends, CREATIVE_CENTER="off")
    connected.answers[answers.HASHTAGS] = refuse
    posts = [answers.post(number, f"{number} {'窯' * 4000}", views=1000 - number) for number in range(100, 200)]
    connected.answers[answers.ENSEMBLE] = lambda _: answers.ensemble(*posts)

    collected = collect(task("videos"))

    snapshot = kept(trend_query("videos", "US", 7, "ALL"))
    assert collected.source == "ensembledata"
    assert [one.rank for one in snapshot.items] == list(range(1, collected.items + 1))
    assert 20 < collected.items < 100
    assert snapshot.total == 100
