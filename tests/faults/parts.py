"""Calls that AWS answers with 200 and executes only in part: a batch of messages, of events or of reads."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults.calls import AwsCall
from tests.faults.refusals import ImpossibleError

Answer = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """The part of a call that AWS executes, and `complete`, which builds the whole answer from AWS's answer to that
    part.

    `asked` is None if no part is left.
    """

    asked: dict[str, Any] | None
    complete: Callable[[Answer], Answer]


def without(call: AwsCall, mention: str, code: str) -> Part:
    """The call without its first entry that contains `mention`; that entry fails with `code`."""
    match call.operation:
        case "SendMessageBatch":
            return _messages(call.asked, mention, code)
        case "PutEvents":
            return _events(call.asked, mention, code)
        case "BatchGetItem":
            return _reads(call.asked, mention)
        case _:
            raise ImpossibleError(f"{call.operation} is done whole or not at all")


def _messages(asked: dict[str, Any], mention: str, code: str) -> Part:
    place, left = _taken(asked["Entries"], mention)
    failed = {"Id": asked["Entries"][place]["Id"], "SenderFault": False, "Code": code, "Message": "Try again."}

    def complete(answer: Answer) -> Answer:
        return {"Successful": answer.get("Successful", []), "Failed": [*answer.get("Failed", []), failed]}

    return Part({**asked, "Entries": left} if left else None, complete)


def _events(asked: dict[str, Any], mention: str, code: str) -> Part:
    place, left = _taken(asked["Entries"], mention)

    def complete(answer: Answer) -> Answer:
        entries = list(answer.get("Entries", []))
        entries.insert(place, {"ErrorCode": code, "ErrorMessage": "Try again."})
        return {"FailedEntryCount": answer.get("FailedEntryCount", 0) + 1, "Entries": entries}

    return Part({**asked, "Entries": left} if left else None, complete)


def _reads(asked: dict[str, Any], mention: str) -> Part:
    tables = dict(asked["RequestItems"])
    table = next((name for name, one in tables.items() if mention in json.dumps(one)), next(iter(tables)))
    wanted = tables.pop(table)
    place, left = _taken(wanted["Keys"], mention)
    later = {table: {**wanted, "Keys": [wanted["Keys"][place]]}}
    tables |= {table: {**wanted, "Keys": left}} if left else {}

    def complete(answer: Answer) -> Answer:
        found = {table: [], **answer.get("Responses", {})}
        return {"Responses": found, "UnprocessedKeys": {**answer.get("UnprocessedKeys", {}), **later}}

    return Part({**asked, "RequestItems": tables} if tables else None, complete)


def _taken(entries: list[Any], mention: str) -> tuple[int, list[Any]]:
    place = next((place for place, entry in enumerate(entries) if mention in json.dumps(entry)), None)
    if place is None:
        raise ImpossibleError(f"no part of it holds {mention}")
    return place, entries[:place] + entries[place + 1 :]
