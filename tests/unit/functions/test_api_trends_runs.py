"""POST /v1/trends/collect and GET /v1/trends/sources."""

import json
from typing import Any

from dropcast.clock import iso
from dropcast.settings import settings
from dropcast.trends import health_store
from dropcast.trends.models import Failed, trend_query
from tests.unit.functions.trend_lists import ask
from tests.unit.functions.trend_lists import trends as trends
from tests.unit.support.accounts import NOW
from tests.unit.support.memory_aws import maker


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


def test_a_requested_run_queues_every_list_once(trends):
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
