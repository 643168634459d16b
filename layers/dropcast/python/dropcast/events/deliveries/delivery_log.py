"""The deliveries to an endpoint, newest first, in pages."""

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
    """Some deliveries and the cursor of the next page; None on the last page."""

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
    """Up to `limit` deliveries of events made from `since` on and before `until`.

    `after` is the `next` of the previous page. A page may be short or even empty although there is a next one.
    Problem: `invalid_request` (`after` is not from this list, or `since` is after `until`).
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
    """The ids of the first `limit` events of a period that have a delivery to the endpoint, oldest first.

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
