"""The deliveries to an endpoint, newest first, in pages."""

from dataclasses import dataclass
from itertools import islice

from dropcast import cursors, ids
from dropcast.aws.tables import HOOKS, Query
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.events.deliveries.delivery_store import Attempt, Delivery, DeliveryState, find, from_row, partition
from dropcast.events.endpoints.endpoint_store import Endpoint

_PREFIX = "evt"
_LAST_ID = "evt_~"


@dataclass(frozen=True)
class DeliveryPage:
    """Some deliveries and the cursor of the next page, which is None on the last page."""

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
    """Up to `limit` deliveries of the events that were made at `since` or later, and before `until`.

    `after` is the `next` of the previous page. A page may be short or even empty although there is a next page.
    Problem: `invalid_request` (`after` is not from an earlier page of this list, or `since` is after `until`).
    """
    first, last = _bounds(since, until)
    if first > last:
        return problem("invalid_request", reason="since must not be after until")
    start = cursors.decode_id(after, _PREFIX) if after else None
    if after and (start is None or not first <= start <= last):
        return problem("invalid_request", reason="next is not from an earlier page of this list")
    begin = {"pk": partition(endpoint_id), "sk": start} if start else None
    rows, seen_to = HOOKS.page(_query(endpoint_id, first, last, state, descending=True), limit, after=begin)
    return DeliveryPage([from_row(row) for row in rows], cursors.encode(seen_to["sk"]) if seen_to else None)


def one_delivery(endpoint_id: str, event_id: str) -> tuple[Endpoint, Delivery] | Problem:
    """The delivery of one event and its endpoint, read consistently by one call. Problem: `not_found`."""
    found = find(endpoint_id, event_id)
    if found.endpoint is None:
        return problem("not_found", what="webhook endpoint")
    return (found.endpoint, found.delivery) if found.delivery else problem("not_found", what="delivery")


def answer_for(attempt: Attempt, caller: Caller) -> str:
    """The start of the receiver's answer, for an admin.

    For other callers "", because the answer may quote the URL's secret path.
    """
    return attempt.answer if caller.may("admin") else ""


def event_ids_of(endpoint_id: str, since: int, until: int, state: DeliveryState | None, limit: int) -> list[str]:
    """The ids of the first `limit` events of a period that have a delivery to the endpoint, oldest first.

    `since` must not be after `until` (seconds since the epoch).
    """
    query = _query(endpoint_id, *_bounds(since, until), state, only="sk")
    return [row["sk"] for row in islice(HOOKS.items(query), limit)]


def _bounds(since: int | None, until: int | None) -> tuple[str, str]:
    # BETWEEN includes both ends, but no event has the lowest id of a second, so `until` is excluded.
    return ids.lowest_id(_PREFIX, since or 0), _LAST_ID if until is None else ids.lowest_id(_PREFIX, until)


def _query(
    endpoint_id: str,
    first: str,
    last: str,
    state: DeliveryState | None,
    *,
    only: str | None = None,
    descending: bool = False,
) -> Query:
    return Query(
        "pk = :pk AND sk BETWEEN :first AND :last",
        {"pk": partition(endpoint_id), "first": first, "last": last, "state": state},
        where=None if state is None else "#state = :state",
        only=only,
        consistent=True,
        descending=descending,
    )
