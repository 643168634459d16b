"""Schedules on the local stack: a scheduled publish starts once, at its time, with its latest edit."""

import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.stack import LocalStack
from tests.e2e.road import (
    SMALL,
    posts,
    requests,
    wait_for,
)

AHEAD_S = 1


@pytest.fixture(scope="module", autouse=True)
def _seconds_are_later(stack: LocalStack) -> Iterator[None]:
    """A publish that is due in two seconds counts as scheduled, so that Scheduler is used."""
    lambda_ = stack.client("lambda")
    changed = {}
    for place in ("http-api", "storage-drop", "schedule-due", "schedule-sweep"):
        name = stack.function_name(place)
        changed[name] = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        lambda_.update_function_configuration(
            FunctionName=name, Environment={"Variables": changed[name] | {"SCHEDULE_AHEAD_S": str(AHEAD_S)}}
        )
    yield
    for name, variables in changed.items():
        lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def scheduled(journey, account, videos, seconds, **options):
    """A publish of a new object due in `seconds`."""
    key = f"in/{secrets.token_hex(4)}.mp4"
    journey.upload(videos(SMALL)[0], key)
    return journey.publish(account, key, publish_at=in_seconds(seconds), **options)


def entries(stack: LocalStack, publish_id: str) -> list[str]:
    """The names of the Scheduler entries for a publish."""
    found = stack.client("scheduler").list_schedules(GroupName="dropcast-dev", NamePrefix=publish_id)
    return [entry["Name"] for entry in found["Schedules"]]


def act(journey, publish_id, what, **request):
    return journey.api("POST", f"/v1/publishes/{publish_id}/{what}", **request)


def redeploy(stack: LocalStack) -> None:
    """Deploy the same template with one changed parameter, so that every function and the state machine are updated."""
    cloudformation = stack.client("cloudformation")
    name = cloudformation.describe_stacks()["Stacks"][0]["StackName"]
    [found] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    parameters = [{"ParameterKey": one["ParameterKey"], "UsePreviousValue": True} for one in found["Parameters"]]
    changed = {"ParameterKey": "AppName", "ParameterValue": f"app {secrets.token_hex(4)}"}
    cloudformation.update_stack(
        StackName=name,
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        Parameters=[one for one in parameters if one["ParameterKey"] != "AppName"] + [changed],
    )
    wait_for(lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE")


def test_a_schedule_survives_a_deployment_and_fires_once(journey, account, videos, stack):
    taken = scheduled(journey, account, videos, 8)
    waiting = entries(stack, taken["publish_id"])

    redeploy(stack)
    due = stack.client("lambda")
    shown = journey.until_rest(taken["publish_id"])
    event = f'{{"publish_id": "{taken["publish_id"]}", "execution": "{taken["publish_id"]}"}}'
    due.invoke(FunctionName=stack.function_name("schedule-due"), Payload=event.encode())
    due.invoke(FunctionName=stack.function_name("schedule-sweep"), Payload=b"{}")

    (init,) = requests(journey, account, "video_init")
    assert (taken["state"], waiting) == ("held", [taken["publish_id"]])
    assert taken["not_before"] == taken["publish_at"]
    assert [moment["code"] for moment in taken["history"]] == [None, "scheduled"]
    assert shown["state"] == "published"
    assert init["at"] >= datetime.fromisoformat(taken["publish_at"]).timestamp()
    assert len(stack.executions(taken["publish_id"])) == len(posts(journey, account)) == 1
    wait_for(lambda: not entries(stack, taken["publish_id"]))


def test_the_sweep_starts_a_scheduled_publish_whose_entry_was_lost(journey, account, videos, stack):
    taken = scheduled(journey, account, videos, 3)
    stack.client("scheduler").delete_schedule(Name=taken["publish_id"], GroupName="dropcast-dev")

    wait_for(lambda: datetime.now(UTC) > datetime.fromisoformat(taken["publish_at"]))
    # Not earlier: once a minute the stack's own sweep postpones by two minutes each publish that is not due yet.
    long_due(stack, taken["publish_id"])
    stack.client("lambda").invoke(FunctionName=stack.function_name("schedule-sweep"), Payload=b"{}")

    assert journey.until_rest(taken["publish_id"])["state"] == "published"


def long_due(stack: LocalStack, publish_id: str) -> None:
    """Call the sweep with a time ten minutes later."""
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["PublishesTable"],
        Key={"pk": {"S": f"publish#{publish_id}"}, "sk": {"S": "publish"}},
        UpdateExpression="SET unstarted_at = :then",
        ExpressionAttributeValues={":then": {"N": str(int(time.time()) - 600)}},
    )


@pytest.mark.parametrize(("publish_at", "code"), [(-3600, "publish_at_past"), (367 * 86400, "publish_at_too_far")])
def test_an_impossible_time_is_refused(journey, account, stack, publish_at, code):
    body = {
        "account_id": account,
        "source": {"type": "s3", "bucket": stack.bucket, "key": "in/none.mp4"},
        "privacy_level": "SELF_ONLY",
        "publish_at": in_seconds(publish_at),
    }

    refused = journey.api("POST", "/v1/publishes", json=body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)


def test_a_known_problem_of_a_scheduled_publish_is_reported_at_once(journey, account, stack):
    body = {
        "account_id": account,
        "source": {"type": "s3", "bucket": stack.bucket, "key": "in/not-there.mp4"},
        "privacy_level": "SELF_ONLY",
        "publish_at": in_seconds(360 * 86400),
    }

    refused = journey.api("POST", "/v1/publishes", json=body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "source_missing")


def test_a_cancelled_scheduled_publish_is_never_posted(journey, account, videos, stack, events):
    taken = scheduled(journey, account, videos, 3)

    cancelled = act(journey, taken["publish_id"], "cancel")
    again = act(journey, taken["publish_id"], "cancel")
    wait_for(lambda: datetime.now(UTC) > datetime.fromisoformat(taken["publish_at"]) + timedelta(seconds=1))
    event = f'{{"publish_id": "{taken["publish_id"]}", "execution": "{taken["publish_id"]}"}}'
    stack.client("lambda").invoke(FunctionName=stack.function_name("schedule-due"), Payload=event.encode())

    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()) == (200, cancelled.json())
    assert entries(stack, taken["publish_id"]) == []
    assert stack.executions(taken["publish_id"]) == []
    wait_for(lambda: events.of("publish.cancelled", account))
    assert requests(journey, account, "video_init") == []


def test_an_edited_time_and_title_are_used(journey, account, videos, stack):
    taken = scheduled(journey, account, videos, 3600, title="before")

    edited = journey.api(
        "PATCH", f"/v1/publishes/{taken['publish_id']}", json={"title": "after", "publish_at": in_seconds(4)}
    )
    moved = entries(stack, taken["publish_id"])
    shown = journey.until_rest(taken["publish_id"])
    late = journey.api("PATCH", f"/v1/publishes/{taken['publish_id']}", json={"title": "later"})

    (post,) = posts(journey, account)
    assert (edited.status_code, edited.json()["state"]) == (200, "held")
    assert moved == [f"{taken['publish_id']}-1"]
    assert (shown["state"], post["title"]) == ("published", "after")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "too_late_to_edit")


def test_an_edit_is_validated_with_the_whole_request(journey, account, videos):
    taken = scheduled(journey, account, videos, 3600)

    refused = journey.api("PATCH", f"/v1/publishes/{taken['publish_id']}", json={"brand_content": True})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")
    assert "privacy_level" in refused.text
    act(journey, taken["publish_id"], "cancel").raise_for_status()
