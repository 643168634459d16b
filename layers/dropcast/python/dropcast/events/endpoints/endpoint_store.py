"""The rows of webhook endpoints: at most 50, in one partition, so that one query reads all of them.

A failing endpoint is paused: no delivery calls it before `paused_until`. After that time a single delivery probes it.
"""

from dataclasses import dataclass
from typing import Literal

from dropcast.aws.tables import HOOKS, NEW, Item, Query, set_expression
from dropcast.events.endpoints import backoff

Status = Literal["enabled", "disabled"]
Why = Literal["by_request", "gone", "failing"]

_PARTITION = "endpoints"
# The condition that the endpoint's revision has not changed since it was read.
_UNCHANGED = "#revision = :seen"


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint. Times are seconds since the epoch.

    failures: the failures since the last success; simultaneous failures count once. revision: rises when a person
    changes the endpoint or its status changes. secret_version: the version of `secret_sealed`. The previous secret has
    the version before that and is valid until `previous_until`. slow_until: the endpoint counts as slow until then.
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
        """Whether the endpoint's filter includes the event `name`."""
        kind, _, _ = name.partition(".")
        return not {"*", f"{kind}.*", name}.isdisjoint(self.events)

    def needs_a_person(self, now: int) -> bool:
        """Whether the endpoint has failed for a while, or Dropcast has disabled it."""
        if self.status == "disabled":
            return self.disabled_why != "by_request"
        return backoff.is_failing(self.failing_since, now)


def endpoint_key(endpoint_id: str) -> Item:
    """The key of an endpoint's row."""
    return {"pk": _PARTITION, "sk": endpoint_id}


def from_row(item: Item) -> Endpoint:
    """An endpoint's row as an Endpoint."""
    known: Item = {name: value for name, value in item.items() if name in Endpoint.__dataclass_fields__}
    known |= {name: bytes(known[name]) for name in ("secret_sealed", "previous_sealed") if name in known}
    known |= {"endpoint_id": item["sk"], "events": tuple(item["events"])}
    return Endpoint(**known)


def get_endpoint(endpoint_id: str) -> Endpoint | None:
    """The endpoint, read consistently, or None."""
    row = HOOKS.get(endpoint_key(endpoint_id))
    return from_row(row) if row else None


def all_endpoints() -> list[Endpoint]:
    """Every endpoint, oldest first, read consistently."""
    query = Query("pk = :partition", {"partition": _PARTITION}, consistent=True)
    return [from_row(row) for row in HOOKS.items(query)]


def put_endpoint(endpoint: Endpoint) -> bool:
    """Store a new endpoint. Returns False if the id exists."""
    row = {name: getattr(endpoint, name) for name in Endpoint.__dataclass_fields__ if name != "endpoint_id"}
    return HOOKS.put_if(endpoint_key(endpoint.endpoint_id) | row, NEW)


def delete_endpoint(endpoint_id: str) -> None:
    """Delete the endpoint. A missing endpoint is no error."""
    HOOKS.delete(endpoint_key(endpoint_id))


def save_changes(endpoint: Endpoint, changes: Item) -> Endpoint | None:
    """Store `changes` and return the endpoint. In `changes` a value None removes the attribute.

    Returns None and stores nothing if the endpoint's revision has changed since it was read.
    """
    changes = changes | {"revision": endpoint.revision + 1}
    values = {**changes, "seen": endpoint.revision}
    row = HOOKS.update_and_get(endpoint_key(endpoint.endpoint_id), set_expression(changes), _UNCHANGED, values)
    return from_row(row) if row else None


def disable_write(endpoint: Endpoint, why: Why) -> Item:
    """An entry of a transaction that disables the endpoint.

    The entry fails if the endpoint's revision has changed since it was read.
    """
    changes = {"status": "disabled", "disabled_why": why, "paused_until": None, "revision": endpoint.revision + 1}
    values = {**changes, "seen": endpoint.revision}
    return HOOKS.update_entry(endpoint_key(endpoint.endpoint_id), set_expression(changes), _UNCHANGED, values)


def begin_probe(endpoint: Endpoint, until: int) -> bool:
    """Reserve the probe of a failing endpoint until `until`. Returns False if the endpoint has changed since
    it was read, for example because another delivery reserved the probe.
    """
    return _note(endpoint, {"paused_until": until}, same_pause=True)


def note_failure(endpoint: Endpoint, now: int, paused_until: int) -> bool:
    """Count a failure and pause the endpoint. Returns False if its failures or its revision have changed since it
    was read.
    """
    since = endpoint.failing_since or now
    changes = {"failures": endpoint.failures + 1, "failing_since": since, "paused_until": paused_until}
    return _note(endpoint, changes)


def note_recovery(endpoint: Endpoint, *, quick: bool) -> None:
    """Reset the failures after a success. quick: also remove the mark that the endpoint is slow."""
    _note(endpoint, dict(backoff.FORGIVEN) | ({"slow_until": None} if quick else {}), same_failures=False)


def note_slow(endpoint: Endpoint, until: int) -> None:
    """Mark the endpoint as slow until `until`."""
    _note(endpoint, {"slow_until": until})


def end_pause(endpoint: Endpoint) -> None:
    """End the pause, so that the next delivery calls the endpoint at once."""
    _note(endpoint, {"paused_until": None})


def _note(endpoint: Endpoint, changes: Item, *, same_failures: bool = True, same_pause: bool = False) -> bool:
    conditions = [_UNCHANGED]
    if same_failures:
        conditions.append("failures = :seen_failures")
    if same_pause:
        is_paused = endpoint.paused_until is not None
        conditions.append("paused_until = :seen_pause" if is_paused else "attribute_not_exists(paused_until)")
    seen = {"seen": endpoint.revision, "seen_failures": endpoint.failures, "seen_pause": endpoint.paused_until}
    key, values = endpoint_key(endpoint.endpoint_id), {**changes, **seen}
    return HOOKS.update_if(key, set_expression(changes), " AND ".join(conditions), values)
