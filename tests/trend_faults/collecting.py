"""Collects one list of trends on a local stack, and reads the answers about it."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from dropcast import ids
from local.stack_client import StackClient
from tests.alarm_metrics import own
from tests.e2e.business import connect_business
from tests.e2e.emitted_metrics import EmittedMetrics
from tests.e2e.road import wait_for

WORKER = "queue-trends"


@dataclass(frozen=True)
class List:
    """One list of trends, as the worker's message and the API name it."""

    kind: str
    country: str | None
    period_days: int | None = 7
    category: str = "ALL"

    @property
    def query(self) -> dict[str, str]:
        named = {"country": self.country, "period": self.period_days and str(self.period_days)}
        return {name: value for name, value in named.items() if value}


def begin_afresh(journey: StackClient) -> None:
    """Let the stack be as if it never collected: no list is queued, no source was called, and enough units are left."""
    sqs = journey.stack.client("sqs")
    queue_url = sqs.get_queue_url(QueueName=f"{journey.stack.prefix}-trends")["QueueUrl"]
    sqs.purge_queue(QueueUrl=queue_url)
    under_way = "ApproximateNumberOfMessagesNotVisible"
    wait_for(
        lambda: sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[under_way])["Attributes"][under_way] == "0"
    )
    forget_queries(journey)
    journey.sandbox("PATCH", "/settings", json={"ensembledata_units_per_day": 100_000})


def forget_queries(journey: StackClient) -> None:
    """Let Dropcast repeat its earlier queries to Creative Center at once."""
    dynamodb, table = journey.stack.client("dynamodb"), journey.stack.outputs["TrendsTable"]
    asked = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "pace#creative_center"}},
    )
    for item in asked["Items"]:
        dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def connect_sources(journey: StackClient) -> None:
    """Allow the Discovery API, with an advertiser and with an account."""
    items = journey.api("GET", "/v1/business-connections").raise_for_status().json()["items"]
    kinds = {item["kind"] for item in items if item["status"] == "active"}
    if "advertiser" not in kinds:
        connect_business(journey, "advertiser", user_id="trends")
    if "account" not in kinds:
        connect_business(journey, "account", user_id="trends", username="lena.public")


def collect(journey: StackClient, wanted: List, *, run_id: str | None = None) -> None:
    """Let the worker collect one list, at once and alone. The worker must not raise or return its message."""
    body = {"run_id": run_id or ids.new_id("run"), "wanted": asdict(wanted), "not_before": 0}
    record = {
        "messageId": "1",
        "receiptHandle": "1",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:trends",
        "awsRegion": "us-east-1",
    }
    stack = journey.stack
    answer = stack.client("lambda").invoke(
        FunctionName=stack.function_name(WORKER), Payload=json.dumps({"Records": [record]}).encode()
    )
    said = answer["Payload"].read()
    assert "FunctionError" not in answer, said
    assert json.loads(said) == {"batchItemFailures": []}


def told(journey: StackClient, wanted: List) -> dict[str, Any]:
    """The API's answer about a list."""
    answer = journey.api("GET", f"/v1/trends/{wanted.kind}", params=wanted.query)
    return answer.raise_for_status().json()


def health(journey: StackClient, source: str) -> dict[str, Any]:
    """The API's answer about a source."""
    items = journey.api("GET", "/v1/trends/sources").raise_for_status().json()["items"]
    return next(item for item in items if item["source"] == source)


def collect_counted(journey: StackClient, wanted: List) -> EmittedMetrics:
    """Collect a list and wait for the worker's final metric. Return the worker's metrics."""
    emitted = EmittedMetrics(journey.stack, WORKER)
    collect(journey, wanted)
    ends = {own(name, service=WORKER, kind=wanted.kind) for name in ("TrendsCollected", "TrendsNotCollected")}
    emitted.wait(lambda: any(metric in ends for metric, _ in emitted.all()))
    return emitted
