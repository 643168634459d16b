"""A list must be the requested list, and is compared only with a similar list."""

import math

import httpx
import pytest

from dropcast.trends.collect import collect
from dropcast.trends.collection_plan import planned_queries
from dropcast.trends.models import Hashtag, Point, Video, trend_query
from dropcast.trends.rank_changes import move_along
from dropcast.trends.read_lists import matching_videos
from dropcast.trends.snapshot_store import latest
from tests.unit.support.accounts import NOW, items
from tests.unit.trends import answers
from tests.unit.trends.conftest import choose, switch_on, task

DAY_S = 24 * 3600
RUN_S = 6 * 3600
US = trend_query("hashtags", "US", 7, "ALL")
FOOD_US = {"date_range": "7DAY", "country_code": "US", "category_name": "FOOD"}


@pytest.fixture
def searches(sources, trends):
    """Only EnsembleData is enabled. A search for bread finds #rye, a search for pottery finds #clay."""
    switch_on(trends)
    choose(trends, CREATIVE_CENTER="off", ENSEMBLEDATA_UNITS_PER_DAY="3", TREND_KEYWORDS="bread,pottery")

    def search(request: httpx.Request) -> httpx.Response:
        bread = request.url.params["name"] == "bread"
        return answers.ensemble(answers.post(1, "#rye", 10) if bread else answers.post(2, "#clay", 100))

    sources.answers[answers.ENSEMBLE] = search
    return trends


def moves() -> dict[str, tuple[str | None, str | None, int | None]]:
    found = latest(US)
    assert found is not None
    return {one.name: (one.direction, one.basis, one.rank_change) for one in found.items if isinstance(one, Hashtag)}


def test_a_partial_list_is_not_compared_with_any_list(searches, held_clock):
    held_clock.at = NOW - NOW % DAY_S + 3600
    collect(task("hashtags"))
    held_clock.at += RUN_S
    collect(task("hashtags", run_id="run_2"))  # one unit is left, so only bread is searched
    part = moves()
    held_clock.at += 21 * 3600
    collect(task("hashtags", run_id="run_3"))

    assert part == {"rye": (None, None, None)}
    assert moves() == {"clay": ("stable", "history", 0), "rye": ("stable", "history", 0)}


@pytest.mark.parametrize(("words", "compared"), [("pottery", False), ("bread", False), ("Pottery, bread", True)])
def test_lists_of_other_words_are_not_compared(searches, held_clock, words, compared):
    collect(task("hashtags"))
    held_clock.at += DAY_S
    choose(searches, TREND_KEYWORDS=words)

    collect(task("hashtags", run_id="run_2"))

    assert {basis for _, basis, _ in moves().values()} == {"history" if compared else None}


def test_a_list_from_two_days_before_is_too_old_to_compare(searches, held_clock):
    choose(searches, ENSEMBLEDATA_UNITS_PER_DAY="50")
    collect(task("hashtags"))
    held_clock.at += 53 * 3600
    collect(task("hashtags", run_id="run_2"))

    assert {basis for _, basis, _ in moves().values()} == {None}


def test_units_and_requests_are_counted_together_or_not_at_all(searches):
    def used(what: str) -> list[int]:
        return [row["used"] for row in items("trends") if row["pk"].startswith(what)]

    choose(searches, TREND_REQUESTS_PER_RUN="1")
    collect(task("hashtags"))
    assert (used("units#"), used("run#")) == ([1], [1])

    choose(searches, ENSEMBLEDATA_UNITS_PER_DAY="1", TREND_REQUESTS_PER_RUN="9")
    collect(task("hashtags", run_id="run_2"))
    assert (used("units#"), used("run#")) == ([1], [1])


@pytest.mark.parametrize(
    ("told", "words"),
    [({"country_code": "US"}, "country US"), ({"date_range": "30DAY"}, "30 days"), ({"date_range": "1DAY"}, "1 days")],
)
@pytest.mark.parametrize(("kind", "path"), [("hashtags", answers.HASHTAGS), ("music", answers.MUSIC)])
def test_a_list_of_another_country_or_period_is_refused(connected, told, words, kind, path):
    row = answers.hashtag(1, "bread") | {"commercial_music_id": "1", "commercial_music_name": "a"}
    connected.answers[path] = lambda _: answers.business({"filter_info": told, "list": [row]})

    collected = collect(task(kind, country="DE"))

    assert collected.source is None
    assert (collected.attempts[0].reason, collected.attempts[0].raw_status) == (
        "changed",
        f"HTTP 200, a list of {words}",
    )


def test_videos_of_another_country_are_refused(connected):
    rows = [{"hashtag_id": "421", "top_video_list": [answers.video(11)]}]
    connected.answers[answers.HASHTAG_VIDEOS] = lambda _: answers.business(
        {"filter_info": {"country_code": "US", "date_range": "7DAY"}, "list": rows}
    )

    assert collect(task("videos", country="DE")).source is None


@pytest.mark.parametrize(
    "told",
    [
        FOOD_US,
        {"country_code": "us", "date_range": "7 days"},
        {},
        None,
        5,
        {"country_code": None, "date_range": "week"},
    ],
)
def test_a_list_without_a_contradiction_is_accepted(connected, told):
    connected.answers[answers.HASHTAGS] = lambda _: answers.business(
        {"filter_info": told, "list": [answers.hashtag(1, "bread")]}
    )

    assert collect(task("hashtags")).source == "discovery"


def curve(*ranks: int | None) -> list[Point]:
    return [Point(number * DAY_S, rank) for number, rank in enumerate(ranks)]


@pytest.mark.parametrize("ranks", [(50, None, None, 10), (50, 10, None), (5, None), (None, 5), (50, 10, None, None)])
def test_a_day_without_a_rank_is_in_no_movement(ranks):
    assert move_along(curve(*ranks)).rank_change is None


def test_omitted_days_are_days_without_a_rank():
    assert move_along([Point(0, 50), Point(5 * DAY_S, 10)]).rank_change is None


def test_consecutive_last_days_are_a_movement():
    moved = move_along(curve(1, None, 9, 5))

    assert (moved.direction, moved.rank_change, moved.velocity) == ("up", 4, 4.0)


def test_two_lists_within_seconds_give_no_daily_movement(connected, held_clock):
    def two(first: str, second: str) -> httpx.Response:
        return answers.hashtags(
            answers.hashtag(1, first, hashtag_id=first), answers.hashtag(2, second, hashtag_id=second)
        )

    connected.answers[answers.HASHTAGS] = lambda _: two("a", "b")
    collect(task("hashtags"))
    held_clock.at += 10
    connected.answers[answers.HASHTAGS] = lambda _: two("b", "a")
    collect(task("hashtags", run_id="run_2"))

    found = latest(US)
    assert found is not None
    assert [one.velocity for one in found.items] == [24.0, -24.0]


@pytest.mark.parametrize("run_id", ["run_1", "run_2"])
def test_a_late_failure_does_not_mark_a_newer_list(connected, held_clock, run_id):
    def slow(request: httpx.Request) -> httpx.Response:
        connected.answers[answers.HASHTAGS] = answers.two_hashtags
        collect(task("hashtags", run_id=run_id))  # another worker
        held_clock.at += 20
        raise httpx.ReadTimeout("slow", request=request)

    connected.answers[answers.HASHTAGS] = slow

    collect(task("hashtags", run_id="run_1"))

    found = latest(US)
    assert found is not None
    assert (found.good, found.attempts) == (True, ())


@pytest.mark.parametrize("count", range(1, 61))
def test_each_list_of_videos_is_sometimes_first_and_none_waits_for_long(trends, held_clock, count):
    names = [chr(65 + number // 26) + chr(65 + number % 26) for number in range(count)]
    choose(trends, TREND_COUNTRIES=",".join(names), TREND_KINDS="videos", TREND_PERIODS="7")
    firsts, halves = list[str | None](), list[set[str | None]]()

    for run in range(count):
        held_clock.at = NOW + run * RUN_S
        order = [one.country for one in planned_queries()]
        firsts.append(order[0])
        halves.append(set(order[: math.ceil(count / 2)]))

    assert set(firsts) == set(names)
    assert all(set.union(*halves[run : run + 4]) == set(names) for run in range(count - 3))


@pytest.mark.parametrize("keyword", ["café", "cafe\u0301", "#CAFÉ", "@caf\u00e9", "STRASSE"])
def test_videos_are_found_by_a_word_in_any_spelling(keyword):
    video = Video(rank=1, video_id="1", description="a cafe\u0301 in a straße")

    assert matching_videos([video], keyword) == (video,)
