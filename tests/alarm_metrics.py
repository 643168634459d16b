"""The metrics that alarms watch: Dropcast's own metrics by alarm, and AWS's with the page that documents them.

tests/infra/test_alarms.py compares this table with the template. tests/unit/test_alarm_metrics.py compares it with the
metrics that the code emits, and tests/e2e/test_alarms.py with both in a deployment.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

NAMESPACE = "Dropcast"


@dataclass(frozen=True)
class Metric:
    """A metric as CloudWatch names it. `dimensions`: pairs of name and value."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


def own(name: str, **dimensions: str) -> Metric:
    return Metric(NAMESPACE, name, frozenset(dimensions.items()))


OWN = {
    "ActiveUserCap": own("ActiveUserCapReached", service="workflow-start"),
    "RefreshesFailing": own("RefreshesFailed", service="queue-refresh"),
    "TransfersSlow": own("TransferSecondsPerGigabyte", service="workflow-transfer"),
    "PublishUnknown": own("EventsForOperator", service="outbox", event="publish.unknown"),
    "AccountExpiring": own("EventsForOperator", service="outbox", event="account.expiring"),
    "BudgetsExhausted": own("EventsForOperator", service="outbox", event="budget.exhausted"),
    "TikTokRejects": own("TikTokErrors", service="tiktok", error_class="request"),
    "TikTokLimits": own("TikTokErrors", service="tiktok", error_class="rate_limit"),
    "TikTokFails": own("TikTokErrors", service="tiktok", error_class="tiktok"),
    "TikTokAccessLost": own("TikTokErrors", service="tiktok", error_class="access"),
    "TrendSourceDiscovery": own("TrendSourceFailed", service="queue-trends", source="discovery"),
    "TrendSourceCreativeCenter": own("TrendSourceFailed", service="queue-trends", source="creative_center"),
    "TrendSourceEnsembledata": own("TrendSourceFailed", service="queue-trends", source="ensembledata"),
    "TrendsNotCollectedHashtags": own("TrendsNotCollected", service="queue-trends", kind="hashtags"),
    "TrendsNotCollectedVideos": own("TrendsNotCollected", service="queue-trends", kind="videos"),
    "TrendsNotCollectedMusic": own("TrendsNotCollected", service="queue-trends", kind="music"),
    "TrendsNotCollectedKeywords": own("TrendsNotCollected", service="queue-trends", kind="keywords"),
}
"""Dropcast's own metrics, by the name of the alarm."""

_AWS = "https://docs.aws.amazon.com"
_SQS = f"{_AWS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
_LAMBDA = f"{_AWS}/lambda/latest/dg/monitoring-metrics-types.html"
_HTTP_API = f"{_AWS}/apigateway/latest/developerguide/http-api-metrics.html"
_STATES = f"{_AWS}/step-functions/latest/dg/procedure-cw-metrics.html"

OF_AWS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"): _SQS,
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"): _SQS,
    ("AWS/Lambda", "Errors", "FunctionName"): _LAMBDA,
    ("AWS/Lambda", "IteratorAge", "FunctionName"): _LAMBDA,
    ("AWS/ApiGateway", "5xx", "ApiId"): _HTTP_API,
    ("AWS/ApiGateway", "Latency", "ApiId"): _HTTP_API,
    ("AWS/States", "ExecutionsFailed", "StateMachineArn"): _STATES,
    ("AWS/States", "ExecutionsTimedOut", "StateMachineArn"): _STATES,
    ("AWS/States", "ExecutionThrottled", "StateMachineArn"): _STATES,
}
"""For each (namespace, metric, dimension) of AWS that an alarm watches: AWS's page about it."""


def watched(properties: dict[str, Any]) -> Metric:
    """The metric of an alarm of the template."""
    dimensions = frozenset((one["Name"], str(one["Value"])) for one in properties["Dimensions"])
    return Metric(properties["Namespace"], properties["MetricName"], dimensions)


def in_embedded_format(lines: Iterable[str]) -> Iterator[tuple[Metric, list[float]]]:
    """Each metric in a function's log `lines`, with its values, as CloudWatch reads its embedded metric format.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    for line in lines:
        if '"CloudWatchMetrics"' in line:
            told = json.loads(line)
            for one in told["_aws"]["CloudWatchMetrics"]:
                for names in one["Dimensions"]:
                    dimensions = frozenset((name, told[name]) for name in names)
                    for metric in one["Metrics"]:
                        value = told[metric["Name"]]
                        values = value if isinstance(value, list) else [value]
                        yield Metric(one["Namespace"], metric["Name"], dimensions), values
