"""What was delivered to an endpoint, newest first, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dropcast import cursors, ids
from dropcast.aws import clients, dynamo
from dropcast.errors.problem import Problem, problem
from dropcast.events.deliveries.delivery_store import Delivery, DeliveryState, from_row, partition
from dropcast.settings import settings

_PREFIX = "evt"
_LAST_ID = "evt_~"


@dataclass(frozen=True)
class DeliveryPage:
    """Some deliveries and, where there may be more, what to ask the next page with."""

    deliveries: list[Delivery]
    next: str | None


def deliveries(
    endpoint_id: str,
    *,
    state: DeliveryState | None,
    since: int | None,
    until: int | None,
    after: str | None,
    limit: int,
) -> DeliveryPage | Problem:
    """Up to `limit` deliveries of events that were made from `since` on and before `until`.

    `after` is the `next` of the page before. A page may hold fewer, even none, and yet have a next one.
    Problem: `invalid_request` (`after` is not of this list; `since` after `until`).
    """
    first, last = _bounds(since, until)
    if first > last:
        return problem("invalid_request", reason="since must not be after until")
    start = cursors.decode_id(after, _PREFIX) if after else None
    if after and (start is None or not first <= start <= last):
        return problem("invalid_request", reason="next is not one that this list gave")
    begin = {"ExclusiveStartKey": dynamo.to_item({"pk": partition(endpoint_id), "sk": start})} if start else {}
    query = _query(endpoint_id, first, last, state)
    answer = clients.client("dynamodb").query(**query, Limit=limit, ScanIndexForward=False, **begin)
    seen_to = answer.get("LastEvaluatedKey")
    return DeliveryPage(
        [from_row(dynamo.from_item(item)) for item in answer["Items"]],
        cursors.encode(dynamo.from_item(seen_to)["sk"]) if seen_to else None,
    )


def event_ids_of(endpoint_id: str, since: int, until: int, state: DeliveryState | None, limit: int) -> list[str]:
    """The first `limit` events of a span that were to be delivered to the endpoint, oldest first.

    `since` is not after `until` (seconds since the epoch).
    """
    return list(islice(_event_ids(_query(endpoint_id, *_bounds(since, until), state)), limit))


def _event_ids(query: dict[str, Any]) -> Iterator[str]:
    for page in clients.client("dynamodb").get_paginator("query").paginate(**query, ProjectionExpression="sk"):
        yield from (dynamo.from_item(item)["sk"] for item in page["Items"])


def _bounds(since: int | None, until: int | None) -> tuple[str, str]:
    # BETWEEN takes in both ends; no id is the lowest of its second.
    return ids.lowest_id(_PREFIX, since or 0), _LAST_ID if until is None else ids.lowest_id(_PREFIX, until)


def _query(endpoint_id: str, first: str, last: str, state: DeliveryState | None) -> dict[str, Any]:
    query: dict[str, Any] = {
        "TableName": settings().hooks_table,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": dynamo.to_item(
            {":pk": partition(endpoint_id), ":first": first, ":last": last, ":state": state}
        ),
        "ConsistentRead": True,
    }
    if state is not None:
        query |= {"FilterExpression": "#state = :state", "ExpressionAttributeNames": {"#state": "state"}}
    return query
