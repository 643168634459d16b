"""Scheduled trends: the lists that the planner queues, and how a worker handles a message."""

import json
from dataclasses import replace
from typing import Any

import pytest

from dropcast import clock
from dropcast.settings import settings
from dropcast.trends import collect as collecting
from dropcast.trends.models import Failed, Found, Keyword, Source, trend_query
from dropcast.trends.run_queue import Task
from functions.queue.trends.handler import handler as work
from functions.schedule.trends.handler import handler as plan
from tests.unit.support.accounts import NOW
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

RUN = "run_01kf4q0j0000000000000000aa"
KEYWORDS = trend_query("keywords", "US", 7, "ALL")


@pytest.fixture
def trends(cloud: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    cloud.setenv("TREND_COUNTRIES", "US,DE,FR")
    settings.cache_clear()
    return cloud


def told_by(patch: pytest.MonkeyPatch, *answers: Found | Failed) -> None:
    sources = [Source(one.source, lambda _: True, lambda *_, one=one: one) for one in answers]
    patch.setattr(collecting, "SOURCES", tuple(sources))


def good(source: Any = "creative_center") -> Found:
    return Found(source, (Keyword(rank=1, keyword="bread"),), NOW)


def message(**other: Any) -> dict[str, Any]:
    body = {"run_id": RUN, "wanted": vars(KEYWORDS), "not_before": 0} | other
    return {"messageId": "m-1", "body": json.dumps(body), "eventSource": "aws:sqs", "attributes": {}}


def queued() -> list[dict[str, Any]]:
    sqs, found = maker("sqs"), []
    while messages := sqs.receive_message(QueueUrl=settings().trends_queue_url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(one["Body"]) for one in messages]
    return found


def test_a_run_queues_each_planned_list_and_hashtags_first(trends, written):
    run = plan({}, context())

    lists = [Task(one["run_id"], trend_query("keywords", "", 0, "")).run_id for one in queued()]
    assert run["queued"] == 3 + 3 + 3 + 1
    assert lists == [run["run_id"]] * 10
    assert '"TrendsQueued":[10.0]' in written()


def test_an_unknown_name_in_a_plan_is_an_error(trends):
    trends.setenv("TREND_PERIODS", "8")
    settings.cache_clear()

    with pytest.raises(ValueError, match="trend_periods"):
        plan({}, context())


def test_without_countries_nothing_is_queued(cloud):
    assert plan({}, context())["queued"] == 0


def test_a_list_is_collected_and_each_source_is_counted(trends, written):
    told_by(trends, Failed("discovery", "rate", "HTTP 429"), good())

    answer = work({"Records": [message()]}, context())

    output = written()
    assert answer == {"batchItemFailures": []}
    assert '"source":"discovery","service":"tests","TrendSourceFailed":[1.0]' in output
    assert '"source":"creative_center","service":"tests","TrendSourceGood":[1.0]' in output
    assert '"kind":"keywords","service":"tests","TrendsCollected":[1.0]' in output
    assert '"kind":"keywords","service":"tests","TrendsNotCollected":[0.0]' in output
    assert '"raw_status":"HTTP 429"' in output


def test_a_source_that_need_not_be_called_is_not_counted(trends, written):
    told_by(trends, replace(good(), is_kept=True))

    work({"Records": [message()]}, context())

    output = written()
    assert '"TrendsCollected":[1.0]' in output
    assert "TrendSourceGood" not in output
    assert "TrendSourceFailed" not in output


def test_a_list_without_a_source_is_counted_and_is_no_error(trends, written):
    off = Failed("discovery", "not_connected", "no", asked=False)
    told_by(trends, off, Failed("creative_center", "login", "38001001"))

    answer = work({"Records": [message()]}, context())

    output = written()
    assert answer == {"batchItemFailures": []}
    assert '"source":"creative_center","service":"tests","TrendSourceFailed":[1.0]' in output
    assert '"source":"discovery","service":"tests","TrendSourceFailed"' not in output
    assert '"kind":"keywords","service":"tests","TrendsNotCollected":[1.0]' in output


def test_only_the_message_with_an_unexpected_error_returns(trends, written):
    told_by(trends, good())
    broken = message() | {"messageId": "m-2", "body": json.dumps({"run_id": RUN})}

    answer = work({"Records": [message(), broken]}, context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-2"}]}


def test_an_early_message_waits_again(trends):
    told_by(trends, good())

    work({"Records": [message(not_before=NOW + 3600)]}, context())

    assert maker("s3").list_objects_v2(Bucket=settings().media_bucket).get("Contents") is None
    attributes = maker("sqs").get_queue_attributes(
        QueueUrl=settings().trends_queue_url, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    assert attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"


@pytest.mark.parametrize(("wait_s", "again"), [(3600, "1"), (6 * 3600, "0")])
def test_a_list_whose_source_has_a_later_turn_is_postponed_to_it_unless_the_next_run_is_sooner(
    trends, monkeypatch, wait_s, again
):
    monkeypatch.setattr("dropcast.ids.made_at", lambda _: clock.now())
    told_by(trends, Failed("creative_center", "budget", "one an hour", asked=False, again_at=NOW + wait_s))

    work({"Records": [message()]}, context())

    attributes = maker("sqs").get_queue_attributes(
        QueueUrl=settings().trends_queue_url, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    assert attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"] == again
