"""Trends on the local stack: a whole run, the answers to callers, and every failure of every source."""

import json
import time
from typing import Any

import pytest

from dropcast import ids
from dropcast.settings import Settings
from local.stack_client import StackClient
from tests.e2e.conftest import TRENDS
from tests.e2e.road import fault, wait_for
from tests.trend_faults.cells import CELLS
from tests.trend_faults.collecting import List, begin_afresh, collect, connect_sources, told
from tests.trend_faults.matrix import heal, run

COUNTRIES = TRENDS[Settings.trend_countries].split(",")
KINDS = ("hashtags", "videos")
ROUTES = (
    *("discovery_hashtags", "discovery_videos", "oembed"),
    *("creative_hashtags", "creative_periods", "creative_videos", "ensemble_keyword", "ensemble_hashtag"),
)


@pytest.fixture
def trends(journey: StackClient) -> StackClient:
    """Connect the Discovery API. The lists that other tests collected do not matter."""
    connect_sources(journey)
    begin_afresh(journey)
    return journey


def asked(journey: StackClient, since: int = 0) -> list[dict[str, Any]]:
    """The requests to the sources after the journal's entry `since`."""
    items = journey.sandbox("GET", "/journal", params={"since": since})["items"]
    return [item for item in items if item["route"] in ROUTES]


def last_seq(journey: StackClient) -> int:
    return journey.sandbox("GET", "/journal")["items"][-1]["seq"]


def spent(stack, run_id: str) -> int:
    """The number of requests that a run counted."""
    key = {"pk": {"S": f"run#{run_id}"}, "sk": {"S": "requests"}}
    item = stack.client("dynamodb").get_item(TableName=stack.outputs["TrendsTable"], Key=key).get("Item", {})
    return int(item.get("used", {"N": "0"})["N"])


def history(stack, run_id: str) -> dict[str, list[dict[str, Any]]]:
    """The lines of every object that a run wrote into the bucket, by its key."""
    s3 = stack.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=stack.bucket, Prefix="trends/")
    keys = [one["Key"] for page in pages for one in page.get("Contents", []) if run_id in one["Key"]]
    bodies = {key: s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read().decode() for key in keys}
    return {key: [json.loads(line) for line in body.splitlines()] for key, body in bodies.items()}


def test_a_run_over_twenty_countries_stays_within_its_budget_and_keeps_each_success(trends, stack, events):
    refused, since, began = 3, last_seq(trends), time.time()
    fault(trends, "discovery_hashtags", "error", code="40001", skip=5, times=refused)

    run = trends.api("POST", "/v1/trends/collect").raise_for_status().json()
    lists = [List(kind, country) for kind in KINDS for country in COUNTRIES]
    wait_for(lambda: len(updates(events, run["run_id"])) == len(lists), seconds=240)

    shown = [told(trends, one) for one in lists]
    assert run["queued"] == len(lists) == 40
    assert all(one["items"] and not one["stale"] for one in shown)
    assert {one["source"] for one in shown} == {"discovery", "creative_center"} | others(shown)
    assert sum(one["source"] != "discovery" for one in shown) == refused
    assert len(asked(trends, since)) == spent(stack, run["run_id"]) <= 500
    assert {one["kind"] for one in updates(events, run["run_id"])} == set(KINDS)
    assert len(history(stack, run["run_id"])) == len(lists)
    assert time.time() - began < 900


def updates(events, run_id: str) -> list[dict[str, Any]]:
    told = [one["detail"]["data"] for one in events.all() if one["detail-type"] == "trends.updated"]
    return [one for one in told if one["run_id"] == run_id]


def others(shown: list[dict[str, Any]]) -> set[str]:
    """The sources that may provide a list of videos if one source refuses it."""
    return {one["source"] for one in shown} & {"ensembledata"}


def test_a_list_names_its_source_and_how_each_entry_moved(trends):
    wanted = List("hashtags", "DE")
    collect(trends, wanted)

    shown = told(trends, wanted)

    assert (shown["source"], shown["country"], shown["period_days"], shown["category"]) == ("discovery", "DE", 7, "ALL")
    assert (shown["stale"], shown["attempts"]) == (False, [])
    assert [item["rank"] for item in shown["items"]] == list(range(1, 51))
    assert {item["direction"] for item in shown["items"]} <= {"up", "down", "stable", "new"}
    assert shown["age_seconds"] < 60


def test_a_caller_with_the_current_list_gets_a_304(trends):
    collect(trends, List("hashtags", "DE"))

    first = trends.api("GET", "/v1/trends/hashtags", params={"country": "DE", "limit": "3"})
    again = trends.api(
        "GET",
        "/v1/trends/hashtags",
        params={"country": "DE", "limit": "3"},
        headers={"If-None-Match": first.headers["etag"]},
    )
    other = trends.api(
        "GET", "/v1/trends/hashtags", params={"country": "DE"}, headers={"If-None-Match": first.headers["etag"]}
    )

    assert len(first.json()["items"]) == 3
    assert "max-age" in first.headers["cache-control"]
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_videos_are_found_by_a_word_in_their_caption(trends):
    collect(trends, List("videos", "JP"))
    everything = told(trends, List("videos", "JP"))["items"]
    captioned = next(one for one in everything if one["description"])
    word = captioned["description"].split()[0]

    found = trends.api("GET", "/v1/trends/videos", params={"country": "JP", "keyword": word.upper()}).json()["items"]

    assert captioned["video_id"] in {one["video_id"] for one in found}
    assert len(found) < len(everything)
    assert all(word in f"{one['description']} {one['hashtags']} {one['author']}".lower() for one in found)
    assert isinstance(captioned["video_id"], str)


@pytest.mark.parametrize("way", ["captcha", "renamed", "region"])
def test_a_video_without_oembed_data_is_still_listed(trends, way):
    trends.sandbox("PATCH", "/settings", json={"degraded": {"oembed": way}})

    collect(trends, List("videos", "AT"))

    shown = told(trends, List("videos", "AT"))
    assert (shown["source"], shown["stale"], len(shown["items"])) == ("discovery", False, 50)
    assert {one["description"] for one in shown["items"]} == {""}
    assert all(one["url"] and one["hashtags"] for one in shown["items"])


def test_music_and_keywords_come_from_the_connected_account(trends):
    collect(trends, List("music", "DE"))
    collect(trends, List("keywords", None, None))

    tracks, words = told(trends, List("music", "DE")), told(trends, List("keywords", None, None))

    assert tracks["items"][0].keys() >= {"track_id", "title", "artist", "rank"}
    assert len(words["items"]) == 20
    assert {tracks["source"], words["source"]} == {"discovery"}


def test_an_uncollected_list_is_not_found_and_a_list_without_data_yet_is_empty_and_stale(trends):
    nobody = trends.api("GET", "/v1/trends/music", params={"country": "ZZ"})

    assert (nobody.status_code, nobody.json()["error"]["code"]) == (404, "trends_not_collected")
    trends.sandbox("PATCH", "/settings", json={"degraded": {"discovery_music": "empty"}})
    collect(trends, List("music", "ZZ"))
    never = told(trends, List("music", "ZZ"))
    assert (never["items"], never["source"], never["stale"]) == ([], None, True)
    assert [one["reason"] for one in never["attempts"]] == ["empty"]


def test_a_run_without_requests_left_calls_no_source(trends, stack):
    wanted = List("hashtags", "FR")
    collect(trends, wanted)
    before, since, run_id = told(trends, wanted), last_seq(trends), ids.new_id("run")
    row = {"pk": {"S": f"run#{run_id}"}, "sk": {"S": "requests"}, "used": {"N": "500"}}
    stack.client("dynamodb").put_item(TableName=stack.outputs["TrendsTable"], Item=row)

    collect(trends, wanted, run_id=run_id)

    after = told(trends, wanted)
    assert asked(trends, since) == []
    assert (after["items"], after["captured_at"], after["stale"]) == (before["items"], before["captured_at"], True)
    assert {one["reason"] for one in after["attempts"]} == {"budget"}


def test_a_failing_source_is_reported_with_its_reason(trends):
    """Tests each source with each reason. `make faults` runs the whole matrix."""
    quick = [cell for cell in CELLS if cell.quick]
    sample = {cell.reason: cell for cell in quick} | {cell.source: cell for cell in reversed(quick)}
    cells = list({id(cell): cell for cell in sample.values()}.values())

    outcomes = list(run(cells, trends))

    heal(trends)
    assert {outcome.cell.source for outcome in outcomes} == {cell.source for cell in quick}
    assert {outcome.cell.reason for outcome in outcomes} == {cell.reason for cell in quick}
    assert [outcome.row() for outcome in outcomes if outcome.complaints] == []
