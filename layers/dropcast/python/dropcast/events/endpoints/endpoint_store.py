"""The rows of webhook endpoints: at most 50, in one partition, so that one query reads all of them.

A failing endpoint is paused: no delivery calls it before `paused_until`; afterwards a single delivery probes it.
"""

from dataclasses import dataclass
from typing import Any, Literal

from dropcast.aws import clients, dynamo
from dropcast.events.endpoints import backoff
from dropcast.settings import settings

Status = Literal["enabled", "disabled"]
Why = Literal["by_request", "gone", "failing"]

_PARTITION = "endpoints"


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint. Times are seconds since the epoch.

    failures: its failures since its last success; simultaneous failures count once. revision: rises when a person
    changes it or its status changes. secret_version: the version of `secret_sealed`; the previous secret has the
    version before it and is valid until `previous_until`. slow_until: until then it counts as slow.
    """

    endpoint_id: str
    url: str
    events: tuple[str, ...]
    description: str
    status: Status
    created_at: int
    revision: int
    secret_sealed: bytes
    secret_version: int
    previous_sealed: bytes | None = None
    previous_until: int | None = None
    disabled_why: Why | None = None
    failing_since: int | None = None
    failures: int = 0
    paused_until: int | None = None
    slow_until: int | None = None

    def wants(self, name: str) -> bool:
        """Whether its filter includes the event `name`."""
        kind, _, _ = name.partition(".")
        return not {"*", f"{kind}.*", name}.isdisjoint(self.events)


def endpoint_key(endpoint_id: str) -> dynamo.Item:
    """The key of an endpoint's row."""
    return {"pk": _PARTITION, "sk": endpoint_id}


def from_row(item: dynamo.Item) -> Endpoint:
    """An endpoint's row as an Endpoint."""
    known: dynamo.Item = {name: value for name, value in item.items() if name in Endpoint.__dataclass_fields__}
    known |= {name: bytes(known[name]) for name in ("secret_sealed", "previous_sealed") if name in known}
    known |= {"endpoint_id": item["sk"], "events": tuple(item["events"])}
    return Endpoint(**known)


def get_endpoint(endpoint_id: str) -> Endpoint | None:
    """The endpoint, read consistently."""
    answer = clients.client("dynamodb").get_item(
        TableName=settings().hooks_table, Key=dynamo.to_item(endpoint_key(endpoint_id)), ConsistentRead=True
    )
    return from_row(dynamo.from_item(answer["Item"])) if "Item" in answer else None


def all_endpoints() -> list[Endpoint]:
    """Every endpoint, oldest first, read consistently."""
    pages = (
        clients.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().hooks_table,
            KeyConditionExpression="pk = :partition",
            ExpressionAttributeValues=dynamo.to_item({":partition": _PARTITION}),
            ConsistentRead=True,
        )
    )
    return [from_row(dynamo.from_item(item)) for page in pages for item in page["Items"]]


def put_endpoint(endpoint: Endpoint) -> bool:
    """Store a new endpoint. Returns False if the id exists."""
    row = {name: getattr(endpoint, name) for name in Endpoint.__dataclass_fields__ if name != "endpoint_id"}
    item = dynamo.to_item(endpoint_key(endpoint.endpoint_id) | row)
    table, new = settings().hooks_table, "attribute_not_exists(pk)"
    return dynamo.write_if("put_item", TableName=table, Item=item, ConditionExpression=new) is not None


def delete_endpoint(endpoint_id: str) -> None:
    """Delete the endpoint, if it exists."""
    dynamo.delete(TableName=settings().hooks_table, Key=dynamo.to_item(endpoint_key(endpoint_id)))


def save_changes(endpoint: Endpoint, changes: dynamo.Item) -> Endpoint | None:
    """`endpoint` with `changes` (None takes an attribute away); None if it was changed since it was read."""
    answer = dynamo.write_if(
        "update_item", **_change(endpoint, changes | {"revision": endpoint.revision + 1}), ReturnValues="ALL_NEW"
    )
    return from_row(dynamo.from_item(answer["Attributes"])) if answer else None


def disable_write(endpoint: Endpoint, why: Why) -> dynamo.Item:
    """One entry of a transaction that disables it. Its condition fails if a person changed the endpoint meanwhile."""
    changes = {"status": "disabled", "disabled_why": why, "paused_until": None, "revision": endpoint.revision + 1}
    return {"Update": _change(endpoint, changes)}


def begin_probe(endpoint: Endpoint, until: int) -> bool:
    """Reserve the probe of a failing endpoint until `until`. Returns False if another delivery has it."""
    return _note(endpoint, {"paused_until": until}, same_pause=True)


def note_failure(endpoint: Endpoint, now: int, paused_until: int) -> bool:
    """Count a failure and pause the endpoint. Returns False if another failure was counted since it was read."""
    since = endpoint.failing_since or now
    changes = {"failures": endpoint.failures + 1, "failing_since": since, "paused_until": paused_until}
    return _note(endpoint, changes)


def note_recovery(endpoint: Endpoint, *, quick: bool) -> None:
    """Reset the failures after a success. quick: also reset that it was slow."""
    _note(endpoint, dict(backoff.FORGIVEN) | ({"slow_until": None} if quick else {}), same_failures=False)


def note_slow(endpoint: Endpoint, until: int) -> None:
    """Mark the endpoint as slow until `until`."""
    _note(endpoint, {"slow_until": until})


def end_pause(endpoint: Endpoint) -> None:
    """End the pause, so that the next delivery probes the endpoint at once."""
    _note(endpoint, {"paused_until": None})


def _note(endpoint: Endpoint, changes: dynamo.Item, *, same_failures: bool = True, same_pause: bool = False) -> bool:
    request = _change(endpoint, changes)
    seen: dynamo.Item = {}
    if same_failures:
        request["ConditionExpression"] += " AND failures = :seen_failures"
        seen[":seen_failures"] = endpoint.failures
    if same_pause and endpoint.paused_until is not None:
        request["ConditionExpression"] += " AND paused_until = :seen_pause"
        seen[":seen_pause"] = endpoint.paused_until
    elif same_pause:
        request["ConditionExpression"] += " AND attribute_not_exists(paused_until)"
    request["ExpressionAttributeValues"] |= dynamo.to_item(seen)
    return dynamo.write_if("update_item", **request) is not None


def _change(endpoint: Endpoint, changes: dynamo.Item) -> dict[str, Any]:
    """An update, on the condition that the revision is unchanged."""
    sets = ", ".join(f"#{name} = :{name}" for name, value in changes.items() if value is not None)
    removes = ", ".join(f"#{name}" for name, value in changes.items() if value is None)
    return {
        "TableName": settings().hooks_table,
        "Key": dynamo.to_item(endpoint_key(endpoint.endpoint_id)),
        "UpdateExpression": " ".join(filter(None, [sets and f"SET {sets}", removes and f"REMOVE {removes}"])),
        "ConditionExpression": "#revision = :seen",
        "ExpressionAttributeNames": {f"#{name}": name for name in [*changes, "revision"]},
        "ExpressionAttributeValues": dynamo.to_item(
            {f":{name}": value for name, value in changes.items()} | {":seen": endpoint.revision}
        ),
    }
