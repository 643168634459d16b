"""A whole run, list by list as the queue delivers them: its limit of requests, and the result of a partial failure."""

import json

import httpx
import pytest

from dropcast.trends.collect import collect
from dropcast.trends.collection_plan import planned_queries
from dropcast.trends.models import TrendQuery
from dropcast.trends.run_queue import Task, begin_run, read
from dropcast.trends.snapshot_store import latest
from tests.unit.support.accounts import items
from tests.unit.trends import answers
from tests.unit.trends.conftest import choose, queued

RUN_S = 6 * 3600
COUNTRIES = "US,DE,FR,GB,ES,IT,NL,BE,SE,NO,FI,DK,PL,CZ,AT,CH,IE,PT,GR,JP"


@pytest.fixture
def twenty(trends: pytest.MonkeyPatch) -> None:
    """Twenty countries with two kinds, and the maximum number of videos from TikTok."""
    choose(trends, TREND_COUNTRIES=COUNTRIES, TREND_KINDS="hashtags,videos", TREND_REQUESTS_PER_RUN="500")


def many_videos(_: httpx.Request) -> httpx.Response:
    rows = [
        {"hashtag_id": f"42{tag}", "hashtag_name": f"tag{tag}", "top_video_list": listed}
        for tag in range(10)
        for listed in [[answers.video(1000 + 20 * tag + place) for place in range(20)]]
    ]
    return answers.business({"list": rows})


def used(run_id: str) -> int:
    [row] = [item for item in items("trends") if item["pk"] == f"run#{run_id}"]
    return row["used"]


@pytest.mark.long
def test_a_run_of_twenty_countries_and_two_kinds_stays_within_its_budget(connected, twenty):
    connected.answers[answers.HASHTAG_VIDEOS] = many_videos
    run = begin_run()
    tasks = [read(json.dumps(message)) for message in queued()]

    told = [collect(task) for task in tasks]

    assert run.queued == len(tasks) == 40
    assert {one.source for one in told} == {"discovery"}
    assert used(run.run_id) == len(connected.asked) == 20 + 20 * 22
    assert all(one.items == 100 for one in told if one.query.kind == "videos")


def test_if_one_country_fails_the_others_are_stored(connected, twenty):
    def refuse_germany(request: httpx.Request) -> httpx.Response:
        refused = request.url.params["country_code"] == "DE"
        return answers.business({}, 40001, "No permission") if refused else answers.two_hashtags(request)

    connected.answers[answers.HASHTAGS] = refuse_germany
    lists = [one for one in planned_queries() if one.kind == "hashtags"]

    for one in lists:
        collect(Task("run_1", one))

    good = {one.country for one in lists if (kept := latest(one)) and kept.good}
    assert good == set(COUNTRIES.split(",")) - {"DE"}


def test_lists_of_videos_come_last_because_each_costs_many_requests(trends):
    choose(trends, TREND_COUNTRIES=COUNTRIES, TREND_PERIODS="7,30")

    kinds = [one.kind for one in planned_queries()]

    assert kinds == ["hashtags"] * 40 + ["music"] * 40 + ["keywords"] + ["videos"] * 40


@pytest.mark.parametrize("count", range(1, 21))
def test_each_list_of_videos_has_its_turn_if_only_three_fit_into_a_run(trends, held_clock, count):
    choose(trends, TREND_COUNTRIES=",".join(COUNTRIES.split(",")[:count]), TREND_KINDS="videos")
    everything = set(planned_queries())

    collected = set[TrendQuery]()
    for _ in range(3 * count):
        assert set(planned_queries()) == everything
        collected.update(planned_queries()[:3])
        held_clock.at += RUN_S

    assert collected == everything


def test_each_list_of_videos_of_two_periods_is_collected_in_one_of_three_runs(trends, held_clock):
    choose(trends, TREND_COUNTRIES=COUNTRIES, TREND_PERIODS="7,30", TREND_KINDS="videos")

    collected = set[TrendQuery]()
    for _ in range(3):
        collected.update(planned_queries()[:19])
        held_clock.at += RUN_S

    assert len(collected) == 40


def test_when_the_budget_ends_earlier_lists_stay_stored(connected, twenty, trends):
    choose(trends, TREND_REQUESTS_PER_RUN="12")

    told = [collect(Task("run_1", one)) for one in planned_queries()]

    assert [one.source for one in told[:12]] == ["discovery"] * 12
    assert {one.attempts[0].reason for one in told[12:]} == {"budget"}
    assert len(connected.asked) == used("run_1") == 12
