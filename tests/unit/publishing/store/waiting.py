"""Waiting publishes, each stored with as few writes as possible, and the clock."""

from typing import Any

import pytest

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from tests.unit.publishing.conftest import BUCKET, options

HOUR = 3600
DAY = 24 * HOUR
NOW = 1_800_000_000
SOURCE = Source(bucket=BUCKET, key="a.mp4")


@pytest.fixture
def at(cloud: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The clock."""
    held = {"now": NOW}
    monkeypatch.setattr(clock, "now", lambda: held["now"])
    return held


def add(publish_at: int | None = None, state: State | None = None, **fields: Any) -> Publish:
    """Store a publish. It moves to `state` in a separate write."""
    row = {"account_id": "acc_1", "user_id": "ana"} | fields
    publish = new_publish(row.pop("account_id"), SOURCE, "api", options(), publish_at=publish_at, **row)
    assert dynamo.write_all([publish_store.put_write(publish, unstarted=False)])
    if state is State.UNKNOWN:
        publish = moved(publish, State.STARTING)
    return publish if state is None else moved(publish, state)


def moved(publish: Publish, to: State) -> Publish:
    after = publish_store.move(publish, to)
    assert after is not None
    return after
