"""The consumer in examples/eventbridge keeps the newest state for any order of messages, and loses no message."""

import json
import sqlite3
from itertools import permutations
from runpy import run_path
from typing import Any

import pytest

from local.folder import ROOT

CONSUMER = run_path(str(ROOT / "examples/eventbridge/consumer.py"))


class Queue:
    """An SQS queue with these messages. `left`: the messages that were not deleted."""

    def __init__(self, *bodies: str) -> None:
        self.left = dict(enumerate(bodies))

    def receive_message(self, **_: Any) -> dict[str, Any]:
        return {"Messages": [{"Body": body, "ReceiptHandle": at} for at, body in self.left.items()]}

    def delete_message(self, *, ReceiptHandle: int, **_: Any) -> None:  # the name is boto3's
        del self.left[ReceiptHandle]


def event(sequence: int, state: str) -> str:
    data = {"publish_id": "pub_1", "state": state, "post_ids": []}
    return json.dumps({"event": f"publish.{state}", "sequence": sequence, "data": data})


@pytest.fixture
def database() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(CONSUMER["TABLE"])
    return database


@pytest.mark.parametrize("order", [*permutations([(2, "held"), (5, "in_inbox"), (7, "published")])])
def test_the_newest_state_stays_in_any_order(database, order):
    queue = Queue(*(event(*one) for one in (*order, order[0])))

    CONSUMER["consume"](queue, "url", database)

    assert queue.left == {}
    assert database.execute("SELECT * FROM publishes").fetchall() == [("pub_1", "published", 7)]


def test_a_message_that_cannot_be_handled_stays_in_the_queue(database):
    queue = Queue(event(2, "held"), "nonsense")

    with pytest.raises(json.JSONDecodeError):
        CONSUMER["consume"](queue, "url", database)

    assert list(queue.left.values()) == ["nonsense"]
