"""Converts a publish to and from its row in DynamoDB, and computes the attributes of the row's indexes."""

import hashlib
from typing import Literal, TypedDict

from pydantic import SecretBytes, SecretStr

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.errors.problem import Problem
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import AnySource, Publish
from dropcast.publishing.model.states import State

UNSTARTED_SHARDS = 8
MONTH_SHARDS = 4
WaitsIn = Literal["time", "unknown", "failed"]
"""A partition of the index of waiting publishes.

Publishes in `time` wait for their scheduled time. Publishes in the other partitions wait for a person.
"""

_ROW = "publish"
# These fields are not stored while they are 0 or empty, because a write costs by the row's size.
_RARE = ("executions_lost", "history_left_out", "metadata")
_SEALED = {"upload_url_sealed", "source_url_sealed"}


class Changes(TypedDict, total=False):
    """Fields of a publish that a write changes. None removes a field.

    `unstarted_at`: when the periodic sweep handles the publish: it starts a missing execution, or checks the outcome
    again.
    """

    execution: str
    open_id: str | None
    username: str | None
    options: PublishOptions
    source: AnySource
    publish_at: int | None
    not_before: int | None
    failing_since: int | None
    error: Problem | None
    inits_lost: int
    executions_lost: int
    tiktok_publish_id: str | None
    upload_url_sealed: SecretBytes | None
    epoch: int
    chunk_bytes: int
    chunks_begun: int
    bytes_sent: int
    processing_since: int
    task_token: SecretStr | None
    post_ids: list[str]
    looks: int
    recheck_at: int | None
    unstarted_at: int | None


def to_row(publish: Publish) -> dynamo.Item:
    """The row of the publish as plain values, with its key."""
    rare = {name for name in _RARE if not getattr(publish, name)}
    row = publish.model_dump(mode="json", exclude_none=True, exclude={*_SEALED, *rare, "task_token"})
    for name in _SEALED:
        if (sealed := getattr(publish, name)) is not None:
            row[name] = sealed.get_secret_value()
    if publish.options is not None:
        row["options"] = options_to_row(publish.options)
    if publish.task_token is not None:
        row["task_token"] = publish.task_token.get_secret_value()
    return {"pk": f"publish#{publish.publish_id}", "sk": _ROW, **row}


def options_to_row(options: PublishOptions) -> dynamo.Item:
    """The options that differ from their defaults. Defaults are not stored, because a write costs by the row's size."""
    return options.model_dump(mode="json", exclude_defaults=True)


def from_row(row: dynamo.Item) -> Publish:
    """Make the publish from a row whose values are plain Python values."""
    sealed = {name: bytes(row[name]) for name in _SEALED & row.keys()}
    return Publish.model_validate(row | sealed)


def row_key(publish_id: str) -> dynamo.Item:
    """The key of a publish's row, as plain values."""
    return {"pk": f"publish#{publish_id}", "sk": _ROW}


def due_entry(publish_id: str, due: int) -> dynamo.Item:
    """The attributes by which the sweep finds a publish that is due at `due` (seconds since the epoch)."""
    return {"unstarted_shard": _shard(publish_id), "unstarted_at": due}


def recheck_entry(publish_id: str, at: int) -> dynamo.Item:
    """The attributes of a publish at rest whose next recheck is due at `at` (seconds since the epoch)."""
    return {"recheck_at": at, **due_entry(publish_id, at)}


def month_of(at: int) -> str:
    """The month of `at` (seconds since the epoch) in UTC: "2026-11"."""
    return clock.iso(at)[:7]


def listed_in(publish: Publish) -> str:
    """The publish's partition in the index by month. Shards spread the writes of a month."""
    return f"{month_of(publish.created_at)}#{_shard_number(publish.publish_id, MONTH_SHARDS)}"


def referenced_in(publish: Publish) -> dynamo.Item:
    """The attribute for the index by reference. Empty for a publish without a reference or a user."""
    if publish.reference is None or publish.user_id is None:
        return {}
    return {"referenced_in": reference_partition(publish.user_id, publish.reference)}


def wait_entry(publish: Publish) -> dynamo.Item:
    """The attributes for the index of waiting publishes, computed from the row alone.

    Empty if the publish does not wait. A queued or held publish waits for its scheduled time. An unknown publish has
    waited for a person since it became unknown. A failed publish has waited since it failed, until a person retries it.
    """
    match publish.state:
        case State.QUEUED | State.HELD if publish.publish_at is not None:
            return _waits("time", publish.publish_at)
        case State.UNKNOWN:
            return _waits("unknown", publish.history[-1].at)
        case State.FAILED if publish.retried_as is None:
            return _waits("failed", publish.history[-1].at)
        case _:
            return {}


def _waits(where: WaitsIn, at: int) -> dynamo.Item:
    return {"waits_in": where, "waits_at": at}


def reference_partition(user_id: str, reference: str) -> str:
    """The partition of a user's publishes with this reference.

    Without the length of the user_id, two users could have the same partition.
    """
    return f"{len(user_id)}#{user_id}#{reference}"


def _shard(publish_id: str) -> str:
    return f"shard{_shard_number(publish_id, UNSTARTED_SHARDS)}"


def _shard_number(publish_id: str, shards: int) -> int:
    return hashlib.sha256(publish_id.encode()).digest()[0] % shards
