"""One whole simulation from its seed, and its results."""

import random
from dataclasses import dataclass

import pytest

from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from tests.long_queue.tables import answer_as_stored, copy_only_what_is_touched
from tests.long_queue.walk import Walk, prepared
from tests.unit.support.accounts import deployment, hold_clock

_HONEST_ENDS = {"init_lost"}


@dataclass(frozen=True)
class Outcome:
    """complaints: broken guarantees. units: the most write units of one change.

    rows: the most rows that one query read.
    """

    complaints: tuple[str, ...]
    posted: int
    waiting: int
    units: int
    median_units: int
    rows: int
    ends: dict[str, int]


def simulate(publishes: int, days: int, seed: int) -> Outcome:
    """Simulate `publishes` of one account over `days` days, with the faults that `seed` gives."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("APP_AUDIT", "audited")
        monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:eu-west-1:123456789012:stateMachine:publish")
        random.seed(seed)
        held = hold_clock(monkeypatch)
        with deployment(monkeypatch):
            copy_only_what_is_touched(monkeypatch)
            answer_as_stored(monkeypatch)
            monkeypatch.setattr("dropcast.budgets.publish_queue._GLANCE_S", 5)
            walk = Walk(held, random.Random(seed), publishes, days)
            prepared(walk, monkeypatch)
            walk.run()
            return _outcome(walk)


def _outcome(walk: Walk) -> Outcome:
    rows = [publish_store.get(publish_id) for publish_id in walk.ids]
    failed = [
        f"{row.publish_id} failed: {row.error.code}"
        for row in rows
        if row and row.state is State.FAILED and row.error and row.tiktok_publish_id is None
        if row.error.code not in _HONEST_ENDS
    ]
    states = [row.state for row in rows if row]
    return Outcome(
        complaints=(*walk.judge.complaints, *failed),
        posted=states.count(State.PUBLISHED),
        waiting=states.count(State.HELD),
        units=max(walk.units.changes),
        median_units=sorted(walk.units.changes)[len(walk.units.changes) // 2],
        rows=max(walk.units.rows, default=0),
        ends=dict(walk.ends),
    )
