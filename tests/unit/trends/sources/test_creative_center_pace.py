"""The rate of calls to Creative Center: one query per country and hour, and the same query at most once in six
hours.
"""

import httpx

from dropcast.trends.collect import collect
from dropcast.trends.health_store import healths
from dropcast.trends.models import Failed, Found, trend_query
from dropcast.trends.run_queue import Task
from dropcast.trends.snapshot_store import latest
from dropcast.trends.sources.creative_center import fetch
from tests.unit.support.accounts import NOW, event_names
from tests.unit.trends import answers
from tests.unit.trends.conftest import task
from tests.unit.trends.sources.test_creative_center import HASHTAGS, HOUR_S, VIDEOS, ok


def test_within_six_hours_the_same_query_is_answered_from_the_stored_list(creative, held_clock):
    collect(task("hashtags", "DE", "run_1"))
    held_clock.at += 6 * HOUR_S - 1

    again = collect(task("hashtags", "DE", "run_2"))

    snapshot = latest(HASHTAGS)
    assert snapshot is not None
    assert (again.source, snapshot.captured_at, snapshot.good) == ("creative_center", NOW, True)
    assert len(creative.asked) == 1
    assert event_names() == ["trends.updated"]

    held_clock.at += 1
    collect(task("hashtags", "DE", "run_3"))

    assert len(creative.asked) == 2


def test_a_failed_query_is_not_repeated_within_six_hours(creative, held_clock):
    creative.answers[answers.CREATIVE_HASHTAGS] = lambda _: httpx.Response(429)
    collect(task("hashtags", "DE"))
    held_clock.at += 2 * HOUR_S

    again = collect(task("hashtags", "DE"))

    assert [one.reason for one in again.attempts if one.source == "creative_center"] == ["budget"]
    assert len(creative.asked) == 1


def test_a_failed_query_is_repeated_after_six_hours(creative, held_clock):
    creative.answers[answers.CREATIVE_HASHTAGS] = lambda _: httpx.Response(429)
    collect(task("hashtags", "DE"))
    held_clock.at += 5 * HOUR_S + 1800

    again = collect(task("hashtags", "DE"))

    assert (again.source, again.again_at) == (None, NOW + 6 * HOUR_S)


def test_a_stored_answer_says_nothing_about_the_sources_health(creative, held_clock):
    collect(task("hashtags", "DE"))
    held_clock.at += HOUR_S
    creative.answers[answers.CREATIVE_HASHTAGS] = lambda _: httpx.Response(429)
    collect(task("hashtags", "JP"))
    failing = healths()["creative_center"]

    again = collect(task("hashtags", "DE", "run_2"))

    assert again.is_kept
    assert (failing.state, failing.failures) == ("failing", 1)
    assert healths()["creative_center"] == failing


def test_a_second_query_of_a_country_waits_for_its_hour(creative, held_clock):
    collect(task("hashtags", "US"))
    held_clock.at += 600

    waits = collect(task("videos", "US"))
    asked = len(creative.asked)
    other = collect(task("videos", "JP"))
    held_clock.at = NOW + HOUR_S
    then = collect(Task("run_1", VIDEOS))

    assert (waits.source, waits.again_at, asked) == (None, NOW + HOUR_S, 1)
    assert other.source == "creative_center"
    assert then.source == "creative_center"


def test_over_budget_it_is_not_called_and_keeps_its_turn(creative):
    for which in (HASHTAGS, VIDEOS):
        told = fetch(which, lambda count: False)
        assert isinstance(told, Failed)
        assert (told.reason, told.asked) == ("budget", False)
    assert creative.asked == []

    assert isinstance(fetch(HASHTAGS, ok), Found)


def test_both_requests_for_videos_are_counted_before_the_first_is_made(creative):
    counted: list[int] = []

    fetch(VIDEOS, lambda count: counted.append(count) is None)

    assert counted == [2]
    assert len(creative.asked) == 2


def test_with_one_request_left_videos_are_not_requested_and_keep_their_turn(creative):
    told = fetch(VIDEOS, lambda count: count <= 1)

    assert isinstance(told, Failed)
    assert (told.reason, creative.asked) == ("budget", [])
    assert isinstance(fetch(VIDEOS, ok), Found)


def test_two_categories_of_one_industry_are_one_query(creative, held_clock):
    food, drinks = (trend_query("hashtags", "DE", 7, category) for category in ("FOOD", "DRINKS"))
    collect(Task("run_1", food))
    held_clock.at += 2 * HOUR_S

    collected = collect(Task("run_1", drinks))

    first, second = latest(food), latest(drinks)
    assert first is not None
    assert second is not None
    assert (collected.source, collected.is_kept, len(creative.asked)) == ("creative_center", True, 1)
    assert [one.item_id for one in second.items] == [one.item_id for one in first.items]
    assert (second.captured_at, second.total, second.good) == (NOW, 100, True)
    assert event_names() == ["trends.updated"] * 2


def test_a_stored_answer_for_another_category_says_nothing_about_the_sources_health(creative, held_clock):
    collect(Task("run_1", trend_query("hashtags", "DE", 7, "FOOD")))
    creative.answers[answers.CREATIVE_HASHTAGS] = lambda _: answers.creative(38001001, "InvalidLogin")
    held_clock.at += 2 * HOUR_S
    collect(Task("run_1", trend_query("hashtags", "FR", 7, "ALL")))
    failing = healths()["creative_center"]

    collected = collect(Task("run_1", trend_query("hashtags", "DE", 7, "DRINKS")))

    assert collected.is_kept
    assert failing.failures == 1
    assert healths()["creative_center"] == failing
