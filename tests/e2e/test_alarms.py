"""The deployed alarms: the metric of each alarm exists, and a failure makes the alarm's condition true.

Two conditions would take too long: a transfer of half a minute (TransfersSlow) and more than ten exhausted budgets
(BudgetsExhausted). For these the test only checks that the metric exists.
"""

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.stack import LocalStack
from tests.alarm_metrics import NAMESPACE, OWN, Metric, watched
from tests.e2e.emitted_metrics import EmittedMetrics
from tests.e2e.road import SMALL, begun, fault, published
from tests.trend_faults.collecting import List, begin_afresh, collect, connect_sources

MEASURED = 50_000_000
STATISTICS = {"Sum": sum, "Minimum": min}
# The sandbox's name for each source's request for a list of videos.
SOURCES = ("discovery_hashtags", "creative_videos", "ensemble_keyword")
MANY = 21


@pytest.fixture(scope="module")
def alarms(stack: LocalStack) -> dict[Metric, dict[str, Any]]:
    """The stack's alarms by the metric that each watches."""
    pages = stack.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {watched(one): one for page in pages for one in page["MetricAlarms"]}


def fires(alarm: dict[str, Any], values: Sequence[float]) -> bool:
    """Whether `values`, all of one period, are above the alarm's threshold."""
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    return bool(values) and STATISTICS[alarm["Statistic"]](values) > alarm["Threshold"]


def await_condition(alarms: dict[Metric, dict[str, Any]], emitted: EmittedMetrics, *names: str) -> None:
    """Wait until the functions have emitted metrics that make each of the named alarms fire."""
    for name in names:
        emitted.wait(lambda name=name: fires(alarms[OWN[name]], emitted.values(OWN[name])))


def test_each_alarm_watches_an_own_metric_or_a_resource_of_the_stack(alarms, stack):
    functions = {one["FunctionName"] for one in listed(stack.client("lambda"), "list_functions", "Functions")}
    queues = {url.rpartition("/")[2] for url in listed(stack.client("sqs"), "list_queues", "QueueUrls")}
    there = {
        "FunctionName": functions,
        "QueueName": queues,
        "ApiId": {stack.outputs["ApiId"]},
        "StateMachineArn": {stack.outputs["StateMachineArn"]},
    }

    assert {metric for metric in alarms if metric.namespace == NAMESPACE} == set(OWN.values())
    of_aws = {dimension for metric in alarms if metric.namespace != NAMESPACE for dimension in metric.dimensions}
    assert len(of_aws) > 30
    assert [(name, value) for name, value in of_aws if value not in there[name]] == []


def listed(client: Any, operation: str, key: str) -> list[Any]:
    return [one for page in client.get_paginator(operation).paginate() for one in page[key]]


def test_an_exception_of_an_http_function_is_an_error_in_its_alarms_metric(alarms, stack):
    function = stack.function_name("http-webhook")
    metric = Metric("AWS/Lambda", "Errors", frozenset({("FunctionName", function)}))
    now = datetime.now(UTC)

    answer = stack.client("lambda").invoke(FunctionName=function, Payload=b"{}")

    assert "FunctionError" in answer
    told = stack.client("cloudwatch").get_metric_statistics(
        Namespace=metric.namespace,
        MetricName=metric.name,
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now - timedelta(minutes=1),
        EndTime=now + timedelta(minutes=5),
        Period=alarms[metric]["Period"],
        Statistics=[alarms[metric]["Statistic"]],
    )
    assert fires(alarms[metric], [one[alarms[metric]["Statistic"]] for one in told["Datapoints"]])


def test_the_cap_of_the_app(alarms, journey, account, videos, stack):
    name = journey.api("GET", f"/v1/accounts/{account}").json()["username"]
    journey.sandbox("PATCH", f"/creators/{name}", json={"active_user_cap": True})
    emitted = EmittedMetrics(stack, "workflow-start")

    publish_id, _ = begun(journey, account, videos(SMALL)[0])

    await_condition(alarms, emitted, "ActiveUserCap")
    journey.api("POST", f"/v1/publishes/{publish_id}/cancel").raise_for_status()


def test_an_unknown_publish(alarms, journey, account, videos, stack):
    emitted = EmittedMetrics(stack, "stream-outbox", "schedule-relay")
    fault(journey, "video_init", "reset_after")

    shown = published(journey, account, videos(SMALL)[0], via="pull")

    assert shown["state"] == "unknown"
    await_condition(alarms, emitted, "PublishUnknown")


def test_refreshes_that_tiktok_rejects_shortly_before_the_connection_ends(alarms, journey, stack):
    journey.sandbox("PATCH", "/settings", json={"refresh_lifetime": 86_400})
    name = f"creator-{secrets.token_hex(4)}"
    account = journey.connect(name, user_id=name)
    time.sleep(1.1)  # a requested refresh needs tokens that are at least a second old
    emitted = EmittedMetrics(stack, "queue-refresh", "stream-outbox", "schedule-relay")
    fault(journey, "token", "error", code="invalid_client", times=3)

    journey.api("POST", f"/v1/accounts/{account}/refresh").raise_for_status()

    await_condition(alarms, emitted, "RefreshesFailing", "TikTokRejects", "AccountExpiring")


@pytest.mark.parametrize(
    ("alarm", "wrong"),
    [
        ("TikTokLimits", {"kind": "error", "status": 429, "code": "rate_limit_exceeded"}),
        ("TikTokFails", {"kind": "answer", "status": 503, "body": "<h1>Unavailable</h1>"}),
        ("TikTokAccessLost", {"kind": "error", "status": 401, "code": "scope_not_authorized"}),
    ],
)
def test_more_than_twenty_failures_of_a_class(alarms, journey, account, stack, alarm, wrong):
    emitted = EmittedMetrics(stack, "http-api")
    fault(journey, "video_list", times=MANY, **wrong)

    for _ in range(MANY):
        assert not journey.api("GET", f"/v1/accounts/{account}/videos").is_success

    await_condition(alarms, emitted, alarm)


def test_trends_of_which_every_source_fails(alarms, journey, stack):
    connect_sources(journey)
    begin_afresh(journey)
    emitted = EmittedMetrics(stack, "queue-trends")
    broken = (*SOURCES, "creative_hashtags", "discovery_music", "discovery_search")
    journey.sandbox("PATCH", "/settings", json={"degraded": dict.fromkeys(broken, "captcha")})

    for wanted in (List("videos", "DK"), List("hashtags", "DK"), List("music", "DK"), List("keywords", None, None)):
        collect(journey, wanted)

    sources = ("TrendSourceDiscovery", "TrendSourceCreativeCenter", "TrendSourceEnsembledata")
    kinds = (f"TrendsNotCollected{kind}" for kind in ("Videos", "Hashtags", "Music", "Keywords"))
    await_condition(alarms, emitted, *sources, *kinds)


def test_a_transfer_is_measured_and_an_exhausted_budget_is_counted(journey, account, videos, stack):
    emitted = EmittedMetrics(stack, "workflow-transfer", "stream-outbox", "schedule-relay")

    published(journey, account, videos(MEASURED)[0])
    fault(journey, "creator_info", "error", status=429, code="rate_limit_exceeded")
    journey.api("GET", f"/v1/accounts/{account}/creator-info")

    for name in ("TransfersSlow", "BudgetsExhausted"):
        emitted.wait(lambda name=name: emitted.values(OWN[name]))
