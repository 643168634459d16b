"""Events of the local stack. The tests listen on the bus and check each event against its schema."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.road import SMALL, published, wait_for
from tests.event_schemas import conforming
from tests.events_page import RULES

DRAFT = {"mode": "draft", "privacy_level": None}


@pytest.fixture
def stream_off(stack) -> Iterator[Any]:
    """Stop the outbox's stream; the yielded function starts it again."""
    client = stack.client("lambda")
    [relay] = client.list_event_source_mappings(FunctionName=stack.function_name("stream-outbox"))[
        "EventSourceMappings"
    ]

    def follow(yes: bool = True) -> None:
        client.update_event_source_mapping(UUID=relay["UUID"], Enabled=yes)

    follow(False)
    yield follow
    follow()


def cancelled(journey, account) -> str:
    """A cancelled publish that was scheduled for the end of a year; its event is sent at once."""
    source = {"type": "s3", "bucket": journey.stack.bucket, "key": "in/events.mp4"}
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    body = {"account_id": account, "source": source, "privacy_level": "SELF_ONLY", "publish_at": at}
    publish_id = journey.api("POST", "/v1/publishes", json=body).raise_for_status().json()["publish_id"]
    journey.api("POST", f"/v1/publishes/{publish_id}/cancel").raise_for_status()
    return publish_id


def counted(stack, event: dict[str, Any], outcome: str) -> int:
    """How many publishes the relays counted for this outcome, for the event's user and on the event's day."""
    key = {"pk": {"S": f"day#{event['at'][:10]}#{event['data']['user_id']}"}}
    row = stack.client("dynamodb").get_item(TableName=stack.outputs["ConsoleTable"], Key=key).get("Item", {})
    return int(row.get(outcome, {"N": "0"})["N"])


def test_each_event_shows_the_publish_of_its_moment_and_its_position(journey, account, videos, events):
    shown = published(journey, account, videos(SMALL)[0], **DRAFT)
    journey.sandbox("POST", f"/posts/{shown['tiktok_publish_id']}/publish", json={"public": True})
    told = wait_for(lambda: len(events.told(shown["publish_id"])) == 2 and events.told(shown["publish_id"]))

    first, second = sorted(told.values(), key=lambda event: event["sequence"])

    assert (first["event"], second["event"]) == ("publish.in_inbox", "publish.published")
    assert first["data"] == {name: shown[name] for name in shown if name not in ("options", "consent")}
    assert first["sequence"] < second["sequence"]
    for event in (first, second):
        assert event["sequence"] == len(event["data"]["history"])
        assert (
            event["event"] == f"publish.{event['data']['state']}" == f"publish.{event['data']['history'][-1]['state']}"
        )


def test_a_connections_events_cover_its_whole_life(journey, account, events):
    journey.api("DELETE", f"/v1/accounts/{account}").raise_for_status()

    [ended] = wait_for(lambda: events.of("account.disconnected", account))
    [begun] = events.of("account.connected", account)
    assert begun["open_id"] == ended["open_id"]
    assert ended["reason"] == "disconnected_here"


def test_the_schedule_sends_an_event_that_the_stream_missed(journey, account, videos, stack, events, stream_off):
    journey.upload(videos(SMALL)[0], "in/events.mp4")
    publish_id = cancelled(journey, account)
    dynamodb, table = stack.client("dynamodb"), stack.outputs["OutboxTable"]

    def relay() -> None:
        answer = stack.client("lambda").invoke(FunctionName=stack.function_name("schedule-relay"))
        assert "FunctionError" not in answer, answer["Payload"].read()

    [row] = [item for item in dynamodb.scan(TableName=table)["Items"] if publish_id in item["body"]["S"]]
    relay()
    assert events.told(publish_id) == {}
    dynamodb.update_item(
        TableName=table,
        Key={"pk": row["pk"]},
        UpdateExpression="SET unrelayed_at = :at",
        ExpressionAttributeValues={":at": {"N": str(int(time.time()) - 600)}},
    )
    relay()

    [event] = wait_for(lambda: events.told(publish_id)).values()
    assert event == json.loads(row["body"]["S"])
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": row["pk"]})
    stream_off(True)
    cancelled(journey, account)
    wait_for(lambda: len(events.of("publish.cancelled", account)) >= 2)
    assert list(events.told(publish_id)) == [event["event_id"]]
    wait_for(lambda: counted(stack, event, "cancelled") == 2)


def test_the_documented_rule_delivers_only_the_named_events_to_a_queue(journey, account, videos, stack):
    cloudformation, sqs = stack.client("cloudformation"), stack.client("sqs")
    cloudformation.create_stack(
        StackName="listener",
        TemplateBody=RULES["An SQS queue"],
        Parameters=[{"ParameterKey": "Bus", "ParameterValue": stack.outputs["EventBusName"]}],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="listener", WaiterConfig={"Delay": 1})
    resources = cloudformation.describe_stack_resources(StackName="listener")["StackResources"]
    [queue] = [one["PhysicalResourceId"] for one in resources if one["ResourceType"] == "AWS::SQS::Queue"]

    name = f"creator-{secrets.token_hex(4)}"
    journey.connect(name, user_id=name)
    journey.upload(videos(SMALL)[0], "in/events.mp4")
    publish_id = cancelled(journey, account)

    [message] = wait_for(lambda: sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"))
    event = conforming(json.loads(message["Body"]))
    assert (event["event"], event["data"]["publish_id"]) == ("publish.cancelled", publish_id)
    cloudformation.delete_stack(StackName="listener")
