"""In-memory tables, queues with delays and a key that replace AWS for deliveries. They count every call."""

import heapq
import time
from collections import Counter
from collections.abc import Iterator
from threading import Condition, Lock
from typing import Any

from dropcast.aws.dynamo import Item, from_item, to_item
from tests.unit.publishing.memory import Memory


class Tables(Memory):
    """The hooks table. Its rows are separated by kind, so that a query reads no rows of other kinds."""

    def __init__(self, calls: Counter[str]) -> None:
        super().__init__()
        self._calls = calls
        self._lock = Lock()

    def put_item(self, **request: Any) -> Item:
        with self._counted("PutItem"):
            return super().put_item(**_of_kind(request, request["Item"]))

    def update_item(self, **request: Any) -> Item:
        with self._counted("UpdateItem"):
            return super().update_item(**_of_kind(request, request["Key"]))

    def batch_get_item(self, RequestItems: dict[str, Any]) -> Item:
        with self._counted("BatchGetItem"):
            [(table, wanted)] = RequestItems.items()
            found = [super(Tables, self).get_item(**_of_kind({"Key": key}, key)) for key in wanted["Keys"]]
            return {"Responses": {table: [one["Item"] for one in found if one]}}

    def query(self, **request: Any) -> Item:
        with self._counted("Query"):
            return super().query(**request | {"TableName": "delivery"})

    def get_paginator(self, _: str) -> "Tables":
        return self

    def paginate(self, **_: Any) -> Iterator[Item]:
        with self._counted("Query"):
            yield {"Items": [to_item(item) for item in self.tables.get("endpoints", {}).values()]}

    def _counted(self, call: str) -> Lock:
        self._calls[call] += 1
        return self._lock


class Queues:
    """SQS with delays. It stores the messages by queue name."""

    def __init__(self, calls: Counter[str]) -> None:
        self._calls = calls
        self._waiting: dict[str, list[tuple[float, str]]] = {}
        self._changed = Condition()

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> Item:
        self._calls["SendMessageBatch"] += 1
        for entry in Entries:
            self.send(QueueUrl, entry["MessageBody"], entry["DelaySeconds"])
        return {}

    def send(self, queue: str, body: str, delay_s: float = 0) -> None:
        with self._changed:
            heapq.heappush(self._waiting.setdefault(queue, []), (time.monotonic() + delay_s, body))
            self._changed.notify()

    def take(self, queue: str, most: int) -> list[str]:
        """Take up to `most` due messages. Wait briefly for the first one."""
        with self._changed:
            waiting = self._waiting.setdefault(queue, [])
            if not _is_due(waiting):
                self._changed.wait(0.02)
            taken: list[str] = []
            while len(taken) < most and _is_due(waiting):
                taken.append(heapq.heappop(waiting)[1])
            return taken


class Key:
    """KMS without encryption."""

    def __init__(self, calls: Counter[str]) -> None:
        self._calls = calls

    def encrypt(self, Plaintext: bytes, **_: Any) -> Item:
        return {"CiphertextBlob": Plaintext}

    def decrypt(self, CiphertextBlob: bytes, **_: Any) -> Item:
        self._calls["Decrypt"] += 1
        return {"Plaintext": CiphertextBlob}


def _is_due(waiting: list[tuple[float, str]]) -> bool:
    return bool(waiting) and waiting[0][0] <= time.monotonic()


def _of_kind(request: Item, key: Item) -> Item:
    return request | {"TableName": from_item({"pk": key["pk"]})["pk"].partition("#")[0]}
