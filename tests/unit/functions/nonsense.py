"""Generates requests that no correct client sends, from a seed: every operation with values of every kind."""

import json
import random
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.openapi import Operation
from tests.unit.support.api import event_of, with_scopes

DEEP = 100_000
CURSORS: list[bytes] = [
    b"pub_7zzzzzzzzzzzzzzzzzzzzzzzzz",
    b"pub_zzzzzzzzzzzzzzzzzzzzzzzzzz",
    b"evt_7zzzzzzzzzzzzzzzzzzzzzzzzz",
    b"evt_00000000000000000000000000",
    b"zzz_01j0000000000000000000000q",
    b"\xff\xfe",
    b'{"shard":3,"account_id":"zz"}',
    b"[" * 250,
    b"",
]
TIMES = [
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00+23:59",
    "2020-02-30T00:00:00Z",
    "2020-01-01",
    "2020-01-01T00:00:00",
    "2030-01-01T00:00:00Z",
]
TEXTS = [
    *(urlsafe_b64encode(cursor).decode() for cursor in CURSORS),
    *TIMES,
    *("", " ", "\x00", "é", "\ud800", "\u202e", "\u0661", "a\n", "x" * 5000, "9" * 400, "9" * 5000, "-1", "1e3", "NaN"),
    *(
        "null",
        "true",
        "../../x",
        "%00",
        "'; --",
        "https://[::1",
        "https://a.example:99999999/",
        "https://a.example\u2100/",
    ),
]
VALUES: list[Any] = [*TEXTS, None, True, -1, 0, 1, 2**63, 10**400, 1.5, [], {}, [None], {"a": {}}, ["x"] * 300]
BODIES = [
    "",
    "{",
    "null",
    "1e400",
    '"x"',
    "[1]",
    "\ufeff{}",
    "[" * DEEP,
    '{"a":' * DEEP + "1" + "}" * DEEP,
    '{"user_id": ' + "9" * 5000 + "}",
    '{"user_id": NaN}',
    '{"user_id": "\\ud800"}',
]
RAW_BODIES = [b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"\x00", "{}".encode("utf-16")]
QUERY = ["next", "limit", "since", "until", "state", "user_id", "account_id", "country", "period", "status", "any"]
SCOPES = ["admin", "publish", "read", ""]


def requests(seed: int, operations: Sequence[Operation], ids: Mapping[str, str]) -> Any:
    """Endless events of API Gateway. `ids` are the ids of existing rows, by the name of their path parameter."""
    draw = random.Random(seed)
    while True:
        yield _event(draw, draw.choice(operations), list(ids.values()))


def _event(draw: random.Random, operation: Operation, known: list[str]) -> dict[str, Any]:
    path = "/".join(_segment(draw, part, known) for part in operation.path.split("/"))
    body = _changed(draw, operation.body, known)
    # An unknown name is refused before any value is read.
    names = operation.filters or QUERY if draw.random() < 0.9 else QUERY
    query = {name: _text(draw, known) for name in (*operation.query, *draw.choices(names, k=draw.randrange(4)))}
    event = event_of(replace(operation, path=path, query={}, body=body), with_scopes(draw.choice(SCOPES)))
    event["queryStringParameters"] = query or None
    event["headers"] |= {"idempotency-key": _text(draw, known)} if draw.random() < 0.3 else {}
    return event | _raw_body(draw) if operation.body is not None and draw.random() < 0.2 else event


def _segment(draw: random.Random, part: str, known: list[str]) -> str:
    is_parameter = part.startswith("{") or not part.isascii() or part in ("x", "1")
    return (draw.choice(known) if draw.random() < 0.5 else _text(draw, known)) if is_parameter else part


def _text(draw: random.Random, known: list[str]) -> str:
    return draw.choice([*TEXTS, *known])


def _changed(draw: random.Random, body: Any, known: list[str]) -> Any:
    """`body` with some of its values replaced, at any depth."""
    if draw.random() < 0.25:
        return draw.choice([*VALUES, *known])
    if isinstance(body, dict):
        changed = {name: _changed(draw, value, known) for name, value in body.items() if draw.random() < 0.95}
        return changed | ({draw.choice(TEXTS): draw.choice(VALUES)} if draw.random() < 0.1 else {})
    if isinstance(body, list):
        return [_changed(draw, value, known) for value in body]
    return body


def _raw_body(draw: random.Random) -> dict[str, Any]:
    if draw.random() < 0.5:
        return {"body": draw.choice(BODIES)}
    raw = draw.choice([*RAW_BODIES, json.dumps(draw.choice([1, {}])).encode()])
    return {"body": draw.choice([b64encode(raw).decode(), "%%%"]), "isBase64Encoded": True}
