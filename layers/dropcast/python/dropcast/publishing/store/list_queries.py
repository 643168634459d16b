"""Publishes page by page, newest first: of some accounts, or of all.

Publishes of a user's reference are found by the index `by_reference`, ids alone.

Ids sort by the time they were made, so a list is in the order of its ids, and a page goes on below the last id that was
looked at. All publishes are listed by the index `by_month`: a month in shards, ids and states alone. The lists are
eventually consistent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dropcast import ids
from dropcast.aws.dynamo import Item
from dropcast.aws.tables import PUBLISHES, Query
from dropcast.publishing.model.options import Kind
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store.publish_rows import MONTH_SHARDS, from_row, month_of, reference_partition, row_key

_SCANNED_MAX = 300
_MONTHS_A_PAGE = 14


@dataclass(frozen=True)
class PublishSpan:
    """Publishes in one of `states` (or any) with ids from `floor` (included) up to `below` (excluded).

    `kind`: only those of video or photo. `user_id`: only those whose rows store it, of the accounts that are asked for.
    """

    floor: str
    below: str
    states: tuple[State, ...] = ()
    kind: Kind | None = None
    user_id: str | None = None

    def has(self, publish: Publish) -> bool:
        """Whether the publish is in one of the states and of the kind."""
        return (not self.states or publish.state in self.states) and self.kind in (None, publish.kind)


@dataclass(frozen=True)
class PublishPage:
    """Some publishes and, where there may be more, the id below which the next page begins."""

    publishes: list[Publish]
    below: str | None


@dataclass(frozen=True)
class _Scan:
    """Items that were found, newest first, and the last id looked at; that is None if there is nothing below."""

    items: list[Item]
    to: str | None


def of_accounts(account_ids: Sequence[str], span: PublishSpan, limit: int) -> PublishPage:
    """Up to `limit` publishes of these accounts. A page may be short, even empty, and yet have a next one."""
    look = _merge((_query_partition("by_account", "account_id", one, span, limit) for one in account_ids), limit)
    return PublishPage([from_row(item) for item in look.items], look.to)


def of_reference(user_id: str, reference: str, account_id: str | None, span: PublishSpan, limit: int) -> PublishPage:
    """Up to `limit` publishes that this user's `reference` names; of one account if it is given."""
    partition = reference_partition(user_id, reference)
    look = _merge(
        [_query_partition("by_reference", "referenced_in", partition, PublishSpan(span.floor, span.below), limit)],
        limit,
    )
    rows = _read_publishes([item["publish_id"] for item in look.items], span)
    return PublishPage([publish for publish in rows if account_id in (None, publish.account_id)], look.to)


def of_all(span: PublishSpan, limit: int) -> PublishPage:
    """Up to `limit` publishes of the whole deployment, of fourteen months at most."""
    found: list[str] = []
    months = _months(span)
    for _, month in zip(range(_MONTHS_A_PAGE), months, strict=False):
        shards = (f"{month}#{shard}" for shard in range(MONTH_SHARDS))
        wanted = limit - len(found)
        look = _merge((_query_partition("by_month", "listed_in", shard, span, wanted) for shard in shards), wanted)
        found += [item["publish_id"] for item in look.items]
        if look.to is not None:
            return PublishPage(_read_publishes(found, span), look.to)
        if len(found) == limit:
            break
    older = next(months, None)
    return PublishPage(_read_publishes(found, span), older and _month_end(older))


def _query_partition(index: str, key: str, value: str, span: PublishSpan, limit: int) -> _Scan:
    """One query of one partition. The number of items that it looks at is bounded, however few the filter leaves."""
    filters = _filters(span, index)
    values = {"value": value, "floor": span.floor, "below": span.below}
    for some in filters.values():
        values |= some
    where = " AND ".join(f"#{name} IN ({', '.join(f':{one}' for one in some)})" for name, some in filters.items())
    condition = f"{key} = :value AND publish_id BETWEEN :floor AND :below"
    query = Query(condition, values, index=index, where=where or None, descending=True)
    items, last = PUBLISHES.page(query, _SCANNED_MAX if filters else limit + 1)
    below = [item for item in items if item["publish_id"] < span.below]  # BETWEEN takes both of its ends in
    return _Scan(below, last["publish_id"] if last else None)


def _filters(span: PublishSpan, index: str) -> dict[str, dict[str, str]]:
    """By attribute: the values that it may have, by their names in the query. by_month holds no kinds: see `_rows`."""
    wanted: dict[str, tuple[str | None, ...]] = {
        "state": tuple(state.value for state in span.states),
        "kind": (span.kind if index == "by_account" else None,),
        "user_id": (span.user_id,),
    }
    told = {name: [one for one in some if one is not None] for name, some in wanted.items()}
    return {name: {f"{name}{at}": one for at, one in enumerate(some)} for name, some in told.items() if some}


def _merge(looks: Iterable[_Scan], limit: int) -> _Scan:
    """One look of several: only as far down as all of them have seen."""
    seen = list(looks)
    to = max((look.to for look in seen if look.to is not None), default=None)
    items = [item for look in seen for item in look.items if to is None or item["publish_id"] >= to]
    items.sort(key=lambda item: item["publish_id"], reverse=True)
    return _Scan(items, to) if len(items) <= limit else _Scan(items[:limit], items[limit - 1]["publish_id"])


def _months(span: PublishSpan) -> Iterator[str]:
    """The months of the span, newest first: "2026-11"."""
    month, oldest = month_of(ids.made_at(span.below)), month_of(ids.made_at(span.floor))
    while month >= oldest:
        yield month
        month = month_of(_month_start(month) - 1)


def _month_start(month: str) -> int:
    return int(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).timestamp())


def _month_end(month: str) -> str:
    """The lowest id of the month after."""
    return ids.lowest_id("pub", _month_start(month_of(_month_start(month) + 31 * 24 * 3600)))


def _read_publishes(publish_ids: list[str], span: PublishSpan) -> list[Publish]:
    """The publishes in this order, read consistently: one that has left the states by now is left out."""
    items = PUBLISHES.get_many([row_key(publish_id) for publish_id in publish_ids])
    rows = {publish.publish_id: publish for publish in map(from_row, items)}
    found = [rows[publish_id] for publish_id in publish_ids if publish_id in rows]
    return [publish for publish in found if span.has(publish)]
