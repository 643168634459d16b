"""Cells for AWS's answers: every write of every step, with every refusal and every lost answer."""

# ruff: noqa: E501
# fmt: off

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.faults.aws_injuries import answer_lost, aws, cut_off, in_part, in_progress, listed, no_room
from tests.faults.cell import Cell
from tests.faults.injuries import Injury, both, no_webhooks, redelivered, refresh_needed, tiktok
from tests.faults.marks import (
    ADDRESS,
    BEGIN,
    CLAIM,
    END,
    EPOCH,
    FACT,
    FACTS,
    GRANT,
    HELD,
    JOURNAL,
    LEASE,
    LEDGER,
    NOTE,
    ONCE_MORE,
    PIN,
    POLLS,
    PULLED,
    PUT_OFF,
    QUEUED,
    SENT,
    STILL_MINE,
    STORE,
    TOKEN_KEPT,
    TOKENS,
)


@dataclass(frozen=True)
class Call:
    """An AWS call of a step. `after` brings the publish to this call. `also` are further fields of the cell."""

    step: str
    name: str
    operation: str
    mention: str
    after: Injury = field(default_factory=both)
    also: dict[str, Any] = field(default_factory=dict)


_THROTTLED_INIT = tiktok("video_init", "error", code="rate_limit_exceeded", status=429)

TRANSACTIONS = [
    Call("Intake", "", "TransactWriteItems", QUEUED),
    Call("Drop", "", "TransactWriteItems", QUEUED, redelivered, {"what": "drop"}),
    Call("Hold", "", "TransactWriteItems", HELD, _THROTTLED_INIT, {"inits": 2}),
    Call("Start: token", "the granted tokens", "TransactWriteItems", GRANT, refresh_needed),
    Call("Start: init", "the claim", "TransactWriteItems", CLAIM),
    Call("Start: init", "the upload", "TransactWriteItems", STORE),
    Call("Start: init of a pull", "TikTok's id", "TransactWriteItems", PULLED, also={"what": "pull"}),
    Call("Start: init of photos", "TikTok's id", "TransactWriteItems", PULLED, also={"what": "photos"}),
    Call("Decide", "", "TransactWriteItems", ONCE_MORE, tiktok("video_init", "reset_after"), {"inits": 2}),
    Call("Transfer", "the last chunk", "TransactWriteItems", SENT),
    Call("Settle", "", "TransactWriteItems", END),
]

_NOT_BEGUN = aws("StartExecution", "pub_")

WRITES = [
    Call("Sweep", "a postponed row", "UpdateItem", PUT_OFF, _NOT_BEGUN, {"within": 400}),
    Call("Prepare", "the start", "UpdateItem", BEGIN),
    Call("Prepare", "the source", "UpdateItem", PIN),
    Call("Pictures", "a picture", "UpdateItem", PIN, also={"what": "photos"}),
    Call("Start: token", "the refresh log", "UpdateItem", JOURNAL, refresh_needed),
    Call("Start: token", "the lease", "PutItem", LEASE, refresh_needed),
    Call("Start: token", "the lease's release", "DeleteItem", LEASE, refresh_needed),
    Call("Start: slot", "the reservation", "PutItem", LEDGER),
    Call("Start: slot", "the use", "UpdateItem", LEDGER),
    Call("Transfer", "the epoch", "UpdateItem", EPOCH),
    Call("Transfer", "a chunk", "UpdateItem", NOTE),
    Call("Watch", "the task token", "UpdateItem", TOKEN_KEPT, no_webhooks),
    Call("Watch", "a poll", "PutItem", POLLS, no_webhooks),
    Call("Watch", "a fact", "PutItem", FACT, no_webhooks),
    Call("webhook", "a fact", "PutItem", FACT),
]

READS = [
    Call("Intake", "the account", "GetItem", "acc_"),
    Call("Transfer", "the uploader check", "GetItem", STILL_MINE, also={"what": "chunked"}),
    Call("Settle", "the facts", "Query", FACTS),
]

S3_READS = [
    Call("Prepare", "the object", "HeadObject", "in/"),
    Call("Prepare", "a range", "GetObject", "in/"),
    Call("Pictures", "a picture", "GetObject", "in/", also={"what": "photos"}),
    Call("Transfer", "a chunk", "GetObject", "bytes=0-64000000", also={"what": "chunked"}),
    Call("Drop", "the object", "HeadObject", "drop/", redelivered, {"what": "drop"}),
    Call("Drop", "the sidecar", "GetObject", "drop/", redelivered, {"what": "drop"}),
]

SEALS = [
    Call("Start: token", "decryption", "Decrypt", TOKENS),
    Call("Start: token", "encryption", "Encrypt", TOKENS, refresh_needed),
    Call("Start: init", "encryption", "Encrypt", ADDRESS),
    Call("Transfer", "decryption", "Decrypt", ADDRESS),
]

Way = Callable[[Call], Injury]


def _refused(code: str, times: int) -> Way:
    return lambda call: aws(call.operation, call.mention, code, times=times)


def _lost(times: int) -> Way:
    return lambda call: answer_lost(call.operation, call.mention, times)


# A write repeats a refused call up to four times. The SDK makes five tries of the calls that it repeats itself.
OF_TRANSACTIONS: dict[str, Way] = {
    "transaction throttled": _refused("ThrottlingError", 4),
    "transaction throughput exceeded": _refused("ProvisionedThroughputExceeded", 4),
    "transaction conflict": _refused("TransactionConflict", 4),
    "request throttled": _refused("ThrottlingException", 5),
    "500": _refused("InternalServerError", 3),
    "answer lost": _lost(1),
    "all five answers lost": _lost(5),
    "answer lost, then in progress": lambda call: in_progress(call.mention),
}
OF_WRITES: dict[str, Way] = {
    "conflict with a transaction": _refused("TransactionConflictException", 4),
    "throughput exceeded": _refused("ProvisionedThroughputExceededException", 3),
    "500": _refused("InternalServerError", 3),
    "answer lost": _lost(1),
    "all five answers lost": _lost(5),
}
OF_READS: dict[str, Way] = {
    "throttled": _refused("ThrottlingException", 5),
    "500": _refused("InternalServerError", 5),
}
OF_S3: dict[str, Way] = {
    "503 SlowDown": _refused("SlowDown", 5),
    "500 InternalError": _refused("InternalError", 5),
    "400 RequestTimeout": _refused("RequestTimeout", 2),
    "the answer breaks off": lambda call: cut_off(call.operation, call.mention),
}
OF_KMS: dict[str, Way] = {
    "throttled": _refused("ThrottlingException", 5),
    "500": _refused("KMSInternalException", 5),
    "answer lost": _lost(1),
}


def _cells(service: str, calls: Iterable[Call], ways: dict[str, Way]) -> list[Cell]:
    return [
        Cell(call.step, f"{service}: {name}{' at ' + call.name if call.name else ''}", both(call.after, way(call)), **_allowed(call))
        for call in calls
        for name, way in ways.items()
        if not _is_vain(call, name)
    ]


def _allowed(call: Call) -> dict[str, Any]:
    return {"within": 300 if call.step == "Drop" else 240, **call.also}


def _is_vain(call: Call, name: str) -> bool:
    """Whether the cell proves nothing: S3 answers a HEAD with a status but no code, and with no body that could break
    off.
    """
    return call.operation == "HeadObject" and name in ("400 RequestTimeout", "the answer breaks off")


PERSISTENT = [
    Cell("Start: init", "DynamoDB: transactions throttled beyond the time limit", aws("TransactWriteItems", STORE, "ThrottlingError", times=25), inits=2),
    Cell("Start: init of a pull", "DynamoDB: transactions throttled beyond the time limit", aws("TransactWriteItems", PULLED, "ThrottlingError", times=60), what="pull", end="unknown pull_init_lost"),
    Cell("Start: init of a pull", "DynamoDB: transactions throttled for seconds", aws("TransactWriteItems", PULLED, "ThrottlingError", times=8), what="pull"),
    Cell("Start: token", "DynamoDB: transactions throttled for seconds", both(refresh_needed, aws("TransactWriteItems", GRANT, "ThrottlingError", times=8))),
    Cell("Settle", "DynamoDB: transactions conflict beyond the time limit", aws("TransactWriteItems", END, "TransactionConflict", times=12)),
]

OTHERS = [
    Cell("Transfer", "S3: 412 for the newest version", aws("GetObject", "bytes=0-64000000", "PreconditionFailed", times=1), what="chunked"),
    Cell("Transfer", "S3: 412 for every version", aws("GetObject", "bytes=0-299999", "PreconditionFailed", times=2), end="failed source_changed"),
    Cell("Pictures", "S3: 503 SlowDown at a prepared picture", aws("PutObject", "pub_", "SlowDown"), what="photos"),
    Cell("Pictures", "S3: answer lost at a prepared picture", answer_lost("PutObject", "pub_"), what="photos"),
    Cell("API: list", "DynamoDB: partial read", both(in_part("BatchGetItem", "pub_"), listed)),
    Cell("API: list", "DynamoDB: answer lost", both(answer_lost("BatchGetItem", "pub_"), listed)),
    Cell("Intake", "Step Functions: throttled", aws("StartExecution", "pub_")),
    Cell("Intake", "Step Functions: answer lost", answer_lost("StartExecution", "pub_")),
    Cell("Intake", "Step Functions: too many executions", aws("StartExecution", "pub_", "ExecutionLimitExceeded", times=1)),
    Cell("Sweep", "Step Functions: throttled", aws("StartExecution", "pub_", times=10), within=480),
    Cell("Sweep", "Step Functions: too many executions", aws("StartExecution", "pub_", "ExecutionLimitExceeded", times=2), within=480),
    Cell("Sweep", "Step Functions: answer lost", both(aws("StartExecution", "pub_"), answer_lost("StartExecution", "pub_", skip=5))),
    Cell("Watch", "Step Functions: throttled", both(no_webhooks, aws("SendTaskSuccess", "verdict"))),
    Cell("webhook", "SQS: answer lost", answer_lost("SendMessage", "post.publish")),
    Cell("Outbox", "EventBridge: throttled", aws("PutEvents", "publish.published", times=5)),
    Cell("Outbox", "EventBridge: 500", aws("PutEvents", "publish.published", "InternalException", times=5)),
    Cell("Outbox", "EventBridge: partly failed", in_part("PutEvents", "publish.published", times=2)),
    Cell("Outbox", "EventBridge: answer lost", answer_lost("PutEvents", "publish.published")),
]

NO_ROOM = [
    Cell("Prepare", "Lambda: no capacity", no_room("workflow-prepare"), within=300, alone=True),
    Cell("Start", "Lambda: no capacity", no_room("workflow-start"), within=300, alone=True),
    Cell("Transfer", "Lambda: no capacity", no_room("workflow-transfer"), within=300, alone=True),
    Cell("Watch", "Lambda: no capacity", both(no_webhooks, no_room("workflow-watch")), within=300, alone=True),
    Cell("Settle", "Lambda: no capacity", no_room("workflow-settle"), within=300, alone=True),
]

# These cells also run in `make test`: one of each kind, all of them fast.
_QUICK = {
    ("Intake", "DynamoDB: transaction throttled"),
    ("Prepare", "DynamoDB: answer lost at the source"),
    ("Prepare", "S3: the answer breaks off at a range"),
    ("Start: slot", "DynamoDB: conflict with a transaction at the reservation"),
    ("Start: init", "DynamoDB: transaction conflict at the claim"),
    ("Start: init of a pull", "DynamoDB: transaction throughput exceeded at TikTok's id"),
    ("Transfer", "KMS: answer lost at decryption"),
    ("Settle", "DynamoDB: answer lost, then in progress"),
    ("Outbox", "EventBridge: partly failed"),
}

_ALL = [
    *_cells("DynamoDB", TRANSACTIONS, OF_TRANSACTIONS),
    *_cells("DynamoDB", WRITES, OF_WRITES),
    *_cells("DynamoDB", READS, OF_READS),
    *_cells("S3", S3_READS, OF_S3),
    *_cells("KMS", SEALS, OF_KMS),
    *PERSISTENT,
    *OTHERS,
    *NO_ROOM,
]

AWS_CELLS = [replace(cell, quick=(cell.step, cell.fault) in _QUICK) for cell in _ALL]
