"""Publishes in DynamoDB: the moves of a row, and what finds it.

Every move names the revision and the epoch it was decided on; one that comes too late changes nothing and returns None.
"""

from typing import Any, Unpack

from pydantic import SecretStr

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.errors.problem import Problem
from dropcast.events.models import EventName
from dropcast.events.outbox.outbox import event_write
from dropcast.publishing.model.publish import AnySource, HistoryEntry, Publish
from dropcast.publishing.model.size_bounds import bounded_error, bounded_history
from dropcast.publishing.model.states import State, may_follow
from dropcast.publishing.model.views import event_view
from dropcast.publishing.store.rows import (
    Changes,
    due_entry,
    from_row,
    listed_in,
    recheck_entry,
    referenced_in,
    row_key,
    to_row,
)
from dropcast.settings import settings


def put_write(publish: Publish, *, unstarted: bool) -> dynamo.Item:
    """One entry of TransactWriteItems that stores a new row; the sweep finds an `unstarted` one until it begins."""
    row = to_row(publish) | {"listed_in": listed_in(publish)} | referenced_in(publish)
    if unstarted:
        row |= due_entry(publish.publish_id, publish.due_at)
    condition = {"ConditionExpression": "attribute_not_exists(pk)"}
    return {"Put": {"TableName": settings().publishes_table, "Item": dynamo.to_item(row), **condition}}


def get(publish_id: str) -> Publish | None:
    """The publish, read consistently."""
    answer = _dynamodb().get_item(TableName=settings().publishes_table, Key=_key(publish_id), ConsistentRead=True)
    return from_row(dynamo.from_item(answer["Item"])) if "Item" in answer else None


def owned(publish_id: str, execution: str) -> Publish | None:
    """The publish, if `execution` may work on it: None if a newer one may. LookupError: there is no such row."""
    publish = get(publish_id)
    if publish is None:
        raise LookupError(f"no publish {publish_id}")
    return publish if publish.execution == execution else None


def begin(publish_id: str, execution: str) -> Publish | None:
    """Note that `execution` has begun, so that the sweep leaves it alone; None if a newer one may work on it."""
    return _update(
        publish_id,
        "REMOVE unstarted_shard, unstarted_at",
        "execution = :execution",
        {},
        {":execution": execution},
    )


def record_source(publish: Publish, source: AnySource) -> Publish | None:
    """Store what was seen, or made, of the source; None if somebody moved the publish meanwhile."""
    return _update(
        publish.publish_id,
        "SET #source = :source",
        "revision = :revision",
        {"#source": "source"},
        {":source": source.model_dump(exclude_none=True), ":revision": publish.revision},
    )


def move(
    publish: Publish,
    to: State,
    *,
    also: tuple[dynamo.Item, ...] = (),
    code: str | None = None,
    event: EventName | None = None,
    patience_s: float = dynamo.PATIENCE_S,
    **changes: Unpack[Changes],
) -> Publish | None:
    """Move `publish` to the state `to` with `changes` of its row, in one transaction with the writes of `also`.

    The transaction also stores `event`, which shows the publish after the move. None if another caller moved it first.
    ValueError: the rules forbid the move. ContendedError: it could not be written within `patience_s` seconds.
    """
    if not may_follow(publish.state, to):
        raise ValueError(f"{publish.state} is not followed by {to}")
    return _change(publish, to, also, code, event, patience_s, changes)


def supersede(
    publish: Publish,
    *,
    due: int,
    code: str,
    to: State | None = None,
    event: EventName | None = None,
    **changes: Unpack[Changes],
) -> Publish | None:
    """Let a next execution, due at `due` (seconds since the epoch), take the publish over with `changes` of its row.

    It stays in its state or moves to `to`; `code` is the reason in the history, `event` the event that is stored. From
    here on the old execution can change nothing. None if another caller moved it first.
    """
    if to is not None and not may_follow(publish.state, to):
        raise ValueError(f"{publish.state} is not followed by {to}")
    taken_over: Changes = {**changes, "execution": publish.next_execution, "task_token": None, "unstarted_at": due}
    return _change(publish, to or publish.state, (), code, event, dynamo.PATIENCE_S, taken_over)


def _change(
    publish: Publish,
    to: State,
    also: tuple[dynamo.Item, ...],
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
    values = {name: row.get(name) for name in fields} | entry
    events = () if event is None else (event_write(event, event_view(moved)),)
    return moved if dynamo.write_all([_move_write(publish, values), *also, *events], patience_s=patience_s) else None


def _due_attributes(publish: Publish, at: int | None) -> dynamo.Item:
    entry = due_entry(publish.publish_id, at or 0)
    return dict.fromkeys(entry) if at is None else entry


def take_epoch(publish: Publish) -> Publish | None:
    """Become the only uploader: from now on nobody with an older epoch may send. None if it is uploading no more."""
    return _update(
        publish.publish_id,
        "SET epoch = epoch + :one",
        "#state = :uploading",
        {"#state": "state"},
        {":one": 1, ":uploading": State.UPLOADING.value},
    )


def note_progress(publish: Publish, *, chunks_begun: int, bytes_sent: int) -> Publish | None:
    """Note how many chunks may be begun from now on, and what TikTok holds. None if the epoch has passed on."""
    return _update(
        publish.publish_id,
        "SET chunks_begun = :begun, bytes_sent = :sent",
        "#state = :uploading AND epoch = :epoch",
        {"#state": "state"},
        {
            ":begun": chunks_begun,
            ":sent": bytes_sent,
            ":uploading": State.UPLOADING.value,
            ":epoch": publish.epoch,
        },
    )


def is_uploader(publish: Publish) -> bool:
    """Whether nobody has taken the epoch since `publish` was read: one consistent read of it alone."""
    answer = _dynamodb().get_item(
        TableName=settings().publishes_table,
        Key=_key(publish.publish_id),
        ConsistentRead=True,
        ProjectionExpression="epoch, #state",
        ExpressionAttributeNames={"#state": "state"},
    )
    row = dynamo.from_item(answer.get("Item", {}))
    return row == {"epoch": publish.epoch, "state": State.UPLOADING.value}


def store_task_token(publish_id: str, execution: str, token: SecretStr) -> Publish | None:
    """Keep the token that wakes the Watch step and return the row as it is after that.

    None unless it is processing and `execution` may work on it.
    """
    return _update(
        publish_id,
        "SET task_token = :token",
        "#state = :processing AND execution = :execution",
        {"#state": "state"},
        {":token": token.get_secret_value(), ":processing": State.PROCESSING.value, ":execution": execution},
    )


def note_cancel(publish: Publish) -> Publish | None:
    """Note that TikTok was asked to cancel it; None if it moved meanwhile."""
    return _update(
        publish.publish_id,
        "SET cancel_asked_at = :now",
        "revision = :revision",
        {},
        {":now": clock.now(), ":revision": publish.revision},
    )


def retried_write(publish: Publish, retry_id: str) -> dynamo.Item:
    """One entry of TransactWriteItems that links `publish` to its retry, if nobody moved or retried it meanwhile."""
    return _move_write(publish, {"retried_as": retry_id, "revision": publish.revision + 1})


def tiktok_id_write(publish: Publish, tiktok_publish_id: str) -> dynamo.Item:
    """One entry of TransactWriteItems that stores TikTok's id of `publish`, if nobody moved it meanwhile."""
    return _move_write(publish, {"tiktok_publish_id": tiktok_publish_id, "revision": publish.revision + 1})


def attach_post_ids(publish: Publish, post_ids: list[str]) -> Publish | None:
    """Store the ids of the posts that came of a publish at rest; None if it moved meanwhile."""
    return _update(
        publish.publish_id,
        "SET post_ids = :ids",
        "revision = :revision",
        {},
        {":ids": post_ids, ":revision": publish.revision},
    )


def claim_recheck(publish: Publish, then: int | None) -> Publish | None:
    """Become the one who looks again at a publish at rest; the next look is `then`, None if this is the last.

    None if it moved meanwhile, or somebody else looks.
    """
    entry = {} if then is None else recheck_entry(publish.publish_id, then)
    update = "SET looks = :looks" + "".join(f", {name} = :{name}" for name in entry)
    return _update(
        publish.publish_id,
        update if entry else f"{update} REMOVE recheck_at, unstarted_shard, unstarted_at",
        "revision = :revision AND (attribute_not_exists(looks) OR looks = :seen)",
        {},
        {f":{name}": value for name, value in entry.items()}
        | {":revision": publish.revision, ":seen": publish.looks, ":looks": publish.looks + 1},
    )


def note_error(publish: Publish, error: Problem) -> Publish | None:
    """Store what is known of the error of a publish at rest; None if it moved meanwhile."""
    return _update(
        publish.publish_id,
        "SET #error = :error",
        "revision = :revision",
        {"#error": "error"},
        {":error": bounded_error(error).model_dump(mode="json", exclude_none=True), ":revision": publish.revision},
    )


def _move_write(publish: Publish, values: dict[str, Any]) -> dynamo.Item:
    """`values`: the attributes that change, None for one that is removed."""
    kept = {name: value for name, value in values.items() if value is not None}
    update = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    if removed := values.keys() - kept.keys():
        update += " REMOVE " + ", ".join(f"#{name}" for name in sorted(removed))
    parameters = {f":{name}": value for name, value in kept.items()} | {":seen": publish.revision}
    parameters[":seen_epoch"] = publish.epoch
    return {
        "Update": {
            "TableName": settings().publishes_table,
            "Key": _key(publish.publish_id),
            "UpdateExpression": update,
            "ConditionExpression": "#revision = :seen AND epoch = :seen_epoch",
            "ExpressionAttributeNames": {f"#{name}": name for name in values},
            "ExpressionAttributeValues": dynamo.to_item(parameters),
        }
    }


def _update(
    publish_id: str, update: str, condition: str, names: dict[str, str], values: dict[str, Any]
) -> Publish | None:
    request: dict[str, Any] = {
        "TableName": settings().publishes_table,
        "Key": _key(publish_id),
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": dynamo.to_item(values),
        "ReturnValues": "ALL_NEW",
    }
    if names:
        request["ExpressionAttributeNames"] = names
    answer = dynamo.write_if("update_item", **request)
    return None if answer is None else from_row(dynamo.from_item(answer["Attributes"]))


def _key(publish_id: str) -> dynamo.Item:
    return dynamo.to_item(row_key(publish_id))


def _dynamodb() -> Any:
    return clients.client("dynamodb")
