"""AWS's refusals as documented: status, headers and body in each service's protocol.

An answer that AWS would never give to a call raises ImpossibleError, because such a cell would prove nothing.
"""

import json
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from tests.faults.calls import AwsCall

Item = dict[str, Any]


class ImpossibleError(Exception):
    """AWS never answers this call in this way."""


REASONS = {
    "ConditionalCheckFailed": "The conditional request failed",
    "TransactionConflict": "Transaction is ongoing for the item",
    "ThrottlingError": "Throughput exceeds the current capacity of your table or index.",
    "ProvisionedThroughputExceeded": "The level of configured provisioned throughput for the table was exceeded.",
    "ValidationError": "Item size to update has exceeded the maximum allowed size",
}
"""The reasons why DynamoDB cancels a transaction: each code with its message."""

_STATUSES = {
    "InternalServerError": 500,
    "InternalFailure": 500,
    "InternalException": 500,
    "InternalError": 500,
    "KMSInternalException": 500,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
    "PreconditionFailed": 412,
    "InvalidRange": 416,
    "NoSuchKey": 404,
    "NoSuchVersion": 404,
    "InvalidObjectState": 403,
    "AccessDenied": 403,
}
_OF_SINGLE_WRITES = {"ConditionalCheckFailedException", "TransactionConflictException"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
_TYPES = {"dynamodb": "com.amazonaws.dynamodb.v20120810#", "sqs": "com.amazonaws.sqs#"}
_KINDS = ("Put", "Update", "Delete", "ConditionCheck")


@dataclass(frozen=True)
class Write:
    """A single write, or one entry of a transaction. `asks_for_item`: it requests the item if its condition fails."""

    table: str
    key: Item
    is_conditional: bool
    asks_for_item: bool


def entry_of(call: AwsCall, mention: str) -> tuple[int, Write]:
    """The entry of a transaction that contains `mention`, and its index. For a single write: the write, and 0."""
    if call.operation != "TransactWriteItems":
        return 0, _write(call.asked)
    entries = [next(entry[kind] for kind in _KINDS if kind in entry) for entry in call.asked["TransactItems"]]
    place = next((place for place, entry in enumerate(entries) if mention in json.dumps(entry)), 0)
    return place, _write(entries[place])


def refusal(call: AwsCall, code: str, *, mention: str = "", stored: Item | None = None) -> Response:
    """AWS's answer `code` to `call`. In a transaction it is about the entry that contains `mention`.

    `stored` is the stored item for the answer to a failed condition.
    """
    if call.service == "s3":
        return _of_s3(call, code)
    if code in REASONS and call.operation == "TransactWriteItems":
        return _cancelled(call, code, mention, stored)
    if code in REASONS:
        raise ImpossibleError(f"{call.operation} is no transaction")
    return _json(call, code, "Rate exceeded.", _of_single_write(call, code, stored))


def _of_single_write(call: AwsCall, code: str, stored: Item | None) -> dict[str, Any]:
    if call.service != "dynamodb" or code not in _OF_SINGLE_WRITES:
        return {}
    if call.operation not in _WRITES:
        raise ImpossibleError(f"{call.operation} is no single write")
    if code == "TransactionConflictException":
        return {}
    return _shown(_write(call.asked), stored)


def _cancelled(call: AwsCall, code: str, mention: str, stored: Item | None) -> Response:
    place, write = entry_of(call, mention)
    item = _shown(write, stored) if code == "ConditionalCheckFailed" else {}
    reasons: list[dict[str, Any]] = [{"Code": "None"} for _ in call.asked["TransactItems"]]
    reasons[place] = {"Code": code, "Message": REASONS[code], **item}
    named = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{named}]"
    return _json(call, "TransactionCanceledException", message, {"CancellationReasons": reasons})


def _write(asked: dict[str, Any]) -> Write:
    key = asked.get("Key") or {name: asked["Item"][name] for name in ("pk", "sk") if name in asked["Item"]}
    shows = asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return Write(asked["TableName"], key, "ConditionExpression" in asked, shows)


def _shown(write: Write, stored: Item | None) -> dict[str, Any]:
    if not write.is_conditional:
        raise ImpossibleError("a write without a condition meets every condition")
    return {"Item": stored} if write.asks_for_item and stored else {}


def _json(call: AwsCall, code: str, message: str, more: dict[str, Any]) -> Response:
    if code == "TransactionInProgressException" and "ClientRequestToken" not in call.asked:
        raise ImpossibleError("only a transaction with a token can be in progress")
    said = {"__type": f"{_TYPES.get(call.service, '')}{code}", "message": message, **more}
    headers = {"content-type": call.headers.get("content-type", "application/x-amz-json-1.0")}
    if call.service == "sqs":
        headers["x-amzn-query-error"] = f"{code};Sender"
    return Response(json.dumps(said), _STATUSES.get(code, 400), headers)


def _of_s3(call: AwsCall, code: str) -> Response:
    """S3 answers a HEAD only with a status."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>Refused.</Message></Error>'
    body = "" if call.operation == "HeadObject" else text
    return Response(body, _STATUSES.get(code, 400), media_type="application/xml")
