"""Rows of publishes that are stored in the table without the code that usually makes them."""

from itertools import count
from typing import Any

import pytest
from ulid import ULID

from dropcast import clock
from dropcast.aws import clients
from dropcast.publishing.execution import scheduler, state_machine
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import HistoryEntry, Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from tests.unit.support.accounts import BUCKET

KEY = "drop-me/video.mp4"
_COUNT = count()


def without_executions(monkeypatch: pytest.MonkeyPatch) -> None:
    """No execution starts, and none is stopped."""
    monkeypatch.setattr(state_machine, "start", lambda *_: False)
    monkeypatch.setattr(state_machine, "stop", lambda *_: None)
    monkeypatch.setattr(scheduler, "create_entry", lambda *_: None)
    monkeypatch.setattr(scheduler, "delete_entry", lambda *_: None)


def new_publish_id() -> str:
    """An id with the test's time. Ids of the same second sort in the order in which they were made."""
    moment = clock.now() + next(_COUNT) % 1000 / 1000
    return f"pub_{str(ULID.from_timestamp(moment)).lower()}"


def put_publish(account_id: str, state: State = State.QUEUED, user_id: str | None = "user-1", **fields: Any) -> Publish:
    """A direct post of a video that has just reached `state`. `fields`: the fields of its row that differ."""
    options = fields.pop("options", PublishOptions(title="Blue hour", privacy_level="SELF_ONLY"))
    publish = new_publish(account_id, Source(bucket=BUCKET, key=KEY), "api", options, user_id=user_id)
    if state is not publish.state:
        history = [*publish.history, HistoryEntry(at=clock.now(), state=state)]
        publish = publish.model_copy(update={"state": state, "history": history})
    publish_id = new_publish_id()
    named = {"publish_id": publish_id, "execution": publish_id}
    publish = Publish.model_validate(publish.model_copy(update=named | fields).__dict__)
    clients.client("dynamodb").put_item(**publish_store.put_write(publish, unstarted=False)["Put"])
    return publish


def row_of(publish: Publish) -> Publish:
    """The publish as it is stored now."""
    found = publish_store.get(publish.publish_id)
    assert found
    return found
