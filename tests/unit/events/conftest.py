"""A deployment in moto with a bus that records every event, and an EventBridge that can refuse."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dropcast.aws import clients, dynamo
from dropcast.events.outbox.outbox import event_write
from tests.unit.events.world import World, make_world
from tests.unit.support.accounts import HeldClock, items
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.memory_aws import maker


@dataclass
class EventBridge:
    """Wraps moto's EventBridge.

    `plan` has the results of the next calls: an error code for the call, or codes by entry.
    """

    real: Callable[..., Any]
    plan: list[str | dict[int, str]] = field(default_factory=list)
    calls: list[list[dict[str, Any]]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def put_events(self, Entries: list[dict[str, Any]]) -> Any:
        self.calls.append(Entries)
        planned = self.plan.pop(0) if self.plan else {}
        if isinstance(planned, str):
            raise ClientError({"Error": {"Code": planned, "Message": "no"}}, "PutEvents")
        good = [entry for place, entry in enumerate(Entries) if place not in planned]
        taken = iter(self.real(Entries=good)["Entries"] if good else [])
        self.taken += [json.loads(entry["Detail"]) for entry in good]
        answers = [
            {"ErrorCode": planned[place], "ErrorMessage": "no"} if place in planned else next(taken)
            for place in range(len(Entries))
        ]
        return {"FailedEntryCount": len(planned), "Entries": answers}

    @property
    def ids(self) -> list[str]:
        return [event["event_id"] for event in self.taken]


@pytest.fixture
def bus(cloud: pytest.MonkeyPatch) -> EventBridge:
    cloud.setenv("EVENT_BUS_NAME", "dropcast-test")
    maker("events").create_event_bus(Name="dropcast-test")
    client = clients.client("events")
    bus = EventBridge(client.put_events)
    cloud.setattr(client, "put_events", bus.put_events)
    return bus


def write_event(number: int = 0) -> str:
    """Put an event into the outbox; return its id."""
    entry = event_write("webhook_endpoint.test", {"endpoint_id": f"whe_{number}"})
    assert dynamo.write_all([entry])
    return entry["Put"]["Item"]["pk"]["S"]


def waiting() -> set[str]:
    """Ids of the events in the outbox."""
    return {item["pk"] for item in items("outbox")}


@pytest.fixture
def world(cloud: pytest.MonkeyPatch, held_clock: HeldClock) -> World:
    return make_world(cloud, held_clock)
