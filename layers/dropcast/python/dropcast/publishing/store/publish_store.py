"""Stores publishes in DynamoDB: reads them, changes their states (moves), and changes single attributes.

A move is conditional on the revision and the epoch that its caller read. A late move changes nothing and returns None.
"""

from typing import Any, Unpack

from pydantic import SecretStr

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.aws.tables import NEW, PUBLISHES, Item, set_expression
from dropcast.errors.problem import Problem
from dropcast.events.models import EventName
from dropcast.events.outbox.outbox import event_write
from dropcast.publishing.model.fit_row_size import bounded_error, bounded_history
from dropcast.publishing.model.publish import AnySource, HistoryEntry, Publish
from dropcast.publishing.model.states import State, may_follow
from dropcast.publishing.model.views import event_view
from dropcast.publishing.store.publish_rows import (
    Changes,
    due_entry,
    from_row,
    listed_in,
    recheck_entry,
    referenced_in,
    row_key,
    to_row,
    wait_entry,
)


def put_write(publish: Publish, *, unstarted: bool) -> Item:
    """An entry of TransactWriteItems that stores a new publish. The sweep finds an `unstarted` publish until its
    execution begins.
    """
    row = to_row(publish) | {"listed_in": listed_in(publish)} | referenced_in(publish) | wait_entry(publish)
    if unstarted:
        row |= due_entry(publish.publish_id, publish.due_at)
    return PUBLISHES.put_entry(row, NEW)


def get(publish_id: str) -> Publish | None:
    """The publish, read consistently, or None."""
    row = PUBLISHES.get(row_key(publish_id))
    return from_row(row) if row else None


def owned(publish_id: str, execution: str) -> Publish | None:
    """The publish if `execution` may work on it. None if a newer execution may. LookupError: there is no such
    publish.
    """
    publish = get(publish_id)
    if publish is None:
        raise LookupError(f"no publish {publish_id}")
    return publish if publish.execution == execution else None


def begin(publish_id: str, execution: str) -> Publish | None:
    """Record that `execution` has begun, so that the sweep skips the publish. None if a newer execution may work on
    it.
    """
    return _update(
        publish_id,
        "REMOVE unstarted_shard, unstarted_at",
        "execution = :execution",
        {"execution": execution},
    )


def record_source(publish: Publish, source: AnySource) -> Publish | None:
    """Store the inspected or prepared source. None if another caller moved the publish meanwhile."""
    return _update(
        publish.publish_id,
        "SET #source = :source",
        "revision = :revision",
        {"source": source.model_dump(exclude_none=True), "revision": publish.revision},
    )


def move(
    publish: Publish,
    to: State,
    *,
    also: tuple[Item, ...] = (),
    code: str | None = None,
    event: EventName | None = None,
    patience_s: float = dynamo.PATIENCE_S,
    **changes: Unpack[Changes],
) -> Publish | None:
    """Move `publish` to the state `to` and write `changes` to its row, in one transaction with the writes of `also`.

    The transaction also stores `event`, which shows the publish after the move. None if another caller moved the
    publish first. ValueError: the move is not allowed. ContendedError: the transaction could not be written within
    `patience_s` seconds.
    """
    if not may_follow(publish.state, to):
        raise ValueError(f"{publish.state} is not followed by {to}")
    return _write_change(publish, to, also, code, event, patience_s, changes)


def supersede(
    publish: Publish,
    *,
    due: int,
    code: str,
    to: State | None = None,
    event: EventName | None = None,
    **changes: Unpack[Changes],
) -> Publish | None:
    """Hand the publish to the next execution, due at `due` (seconds since the epoch). Write `changes` to its row.

    The publish stays in its state or moves to `to`. `code` is the reason in the history, and `event` the event to
    store. Afterwards the old execution can change nothing. None if another caller moved the publish first. ValueError:
    the move is not allowed.
    """
    if to is not None and not may_follow(publish.state, to):
        raise ValueError(f"{publish.state} is not followed by {to}")
    handed_over: Changes = {**changes, "execution": publish.next_execution, "task_token": None, "unstarted_at": due}
    return _write_change(publish, to or publish.state, (), code, event, dynamo.PATIENCE_S, handed_over)


def _write_change(
    publish: Publish,
    to: State,
    also: tuple[Item, ...],
    code: str | None,
    event: EventName | None,
    patience_s: float,
    changes: Changes,
) -> Publish | None:
    history = bounded_history([*publish.history, HistoryEntry(at=clock.now(), state=to, code=code)])
    fields: dict[str, Any] = {**changes, "state": to, "revision": publish.revision + 1, "history": history}
    entry = _due_attributes(publish, fields.pop("unstarted_at")) if "unstarted_at" in fields else {}
    if left_out := len(publish.history) + 1 - len(history):
        fields["history_left_out"] = publish.history_left_out + left_out
    moved = publish.model_copy(update=fields)
    row = to_row(moved)
    values = {name: row.get(name) for name in fields} | entry | _wait_changes(publish, moved)
    events = () if event is None else (event_write(event, event_view(moved)),)
    return moved if dynamo.write_all([_move_write(publish, values), *also, *events], patience_s=patience_s) else None


def _due_attributes(publish: Publish, at: int | None) -> Item:
    entry = due_entry(publish.publish_id, at or 0)
    return dict.fromkeys(entry) if at is None else entry


def _wait_changes(before: Publish, after: Publish) -> Item:
    """The attributes for the index of waiting publishes that a write must set. None removes an attribute."""
    return wait_entry(after) or dict.fromkeys(wait_entry(before))


def take_epoch(publish: Publish) -> Publish | None:
    """Become the only uploader: take the next epoch, so that earlier uploaders cannot send.

    None if the publish is not uploading.
    """
    return _update(
        publish.publish_id,
        "SET epoch = epoch + :one",
        "#state = :uploading",
        {"one": 1, "uploading": State.UPLOADING.value},
    )


def note_progress(publish: Publish, *, chunks_begun: int, bytes_sent: int) -> Publish | None:
    """Record how many chunks may have begun and how many bytes TikTok holds.

    None if another uploader has taken over.
    """
    return _update(
        publish.publish_id,
        "SET chunks_begun = :begun, bytes_sent = :sent",
        "#state = :uploading AND epoch = :epoch",
        {
            "begun": chunks_begun,
            "sent": bytes_sent,
            "uploading": State.UPLOADING.value,
            "epoch": publish.epoch,
        },
    )


def is_uploader(publish: Publish) -> bool:
    """Whether the uploader that read `publish` still has the epoch. Reads only the epoch and the state,
    consistently.
    """
    row = PUBLISHES.get(row_key(publish.publish_id), only="epoch, #state")
    return row == {"epoch": publish.epoch, "state": State.UPLOADING.value}


def store_task_token(publish_id: str, execution: str, token: SecretStr) -> Publish | None:
    """Store the token that wakes the Watch step, and return the changed publish.

    None if the publish is not processing, or if `execution` may not work on it.
    """
    return _update(
        publish_id,
        "SET task_token = :token",
        "#state = :processing AND execution = :execution",
        {"token": token.get_secret_value(), "processing": State.PROCESSING.value, "execution": execution},
    )


def note_cancel(publish: Publish) -> Publish | None:
    """Record that TikTok was asked to cancel the publish. None if another caller moved the publish meanwhile."""
    return _update(
        publish.publish_id,
        "SET cancel_asked_at = :now",
        "revision = :revision",
        {"now": clock.now(), "revision": publish.revision},
    )


def retried_write(publish: Publish, retry_id: str) -> Item:
    """An entry of TransactWriteItems that links `publish` to its retry.

    It fails if the publish was moved or retried meanwhile.
    """
    changes = {"retried_as": retry_id, "revision": publish.revision + 1}
    return _move_write(publish, changes | _wait_changes(publish, publish.model_copy(update=changes)))


def tiktok_id_write(publish: Publish, tiktok_publish_id: str) -> Item:
    """An entry of TransactWriteItems that stores TikTok's id of `publish`. It fails if the publish was moved
    meanwhile.
    """
    return _move_write(publish, {"tiktok_publish_id": tiktok_publish_id, "revision": publish.revision + 1})


def attach_post_ids(publish: Publish, post_ids: list[str]) -> Publish | None:
    """Store the post ids of a publish at rest. None if another caller moved the publish meanwhile."""
    return _update(
        publish.publish_id,
        "SET post_ids = :ids",
        "revision = :revision",
        {"ids": post_ids, "revision": publish.revision},
    )


def claim_recheck(publish: Publish, then: int | None) -> Publish | None:
    """Claim a recheck of a publish at rest.

    `then`: when the next recheck is due (seconds since the epoch), or None if this is the last. Returns None if the
    publish was moved meanwhile, or if another worker has claimed the recheck.
    """
    entry = {} if then is None else recheck_entry(publish.publish_id, then)
    update = "SET looks = :looks" + "".join(f", {name} = :{name}" for name in entry)
    return _update(
        publish.publish_id,
        update if entry else f"{update} REMOVE recheck_at, unstarted_shard, unstarted_at",
        "revision = :revision AND (attribute_not_exists(looks) OR looks = :seen)",
        entry | {"revision": publish.revision, "seen": publish.looks, "looks": publish.looks + 1},
    )


def note_error(publish: Publish, error: Problem) -> Publish | None:
    """Store an updated error of a publish at rest. None if another caller moved the publish meanwhile."""
    return _update(
        publish.publish_id,
        "SET #error = :error",
        "revision = :revision",
        {"error": bounded_error(error).model_dump(mode="json", exclude_none=True), "revision": publish.revision},
    )


def _move_write(publish: Publish, values: dict[str, Any]) -> Item:
    """The write of a move. `values`: the attributes that change. None removes an attribute."""
    unmoved = "#revision = :seen AND epoch = :seen_epoch"
    seen = {"seen": publish.revision, "seen_epoch": publish.epoch}
    return PUBLISHES.update_entry(row_key(publish.publish_id), set_expression(values), unmoved, {**values, **seen})


def _update(publish_id: str, update: str, condition: str, values: Item) -> Publish | None:
    row = PUBLISHES.update_and_get(row_key(publish_id), update, condition, values)
    return from_row(row) if row else None
