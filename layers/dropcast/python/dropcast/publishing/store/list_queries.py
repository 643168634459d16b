"""Lists publishes in pages, newest first: of some accounts, of a user's reference, or of the whole deployment.

Ids sort by their creation time, so lists are in the order of ids. A page begins with the first id that is lower than
the last id scanned for the previous page. The index `by_month` (a partition per month and shard) contains only ids and
states, and `by_reference` only ids. So the rows are read afterwards. The lists are eventually consistent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dropcast import ids
from dropcast.aws.tables import PUBLISHES, Item, Query
from dropcast.publishing.model.options import Kind
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store.publish_rows import MONTH_SHARDS, from_row, month_of, reference_partition, row_key

_SCANNED_MAX = 300
_MONTHS_A_PAGE = 14


@dataclass(frozen=True)
class PublishSpan:
    """The publishes with ids from `floor` (included) to `below` (excluded). `states`, if not empty: only these states.

    `kind`: only videos or only photos. `user_id`: only publishes whose rows store this user.
    """

    floor: str
    below: str
    states: tuple[State, ...] = ()
    kind: Kind | None = None
    user_id: str | None = None

    def has(self, publish: Publish) -> bool:
        """Whether the publish has the kind and one of the states."""
        return (not self.states or publish.state in self.states) and self.kind in (None, publish.kind)


@dataclass(frozen=True)
class PublishPage:
    """Some publishes. `below`: the next page has publishes with ids lower than this id. None if there is no next page.

    `accounts`: the number of accounts that a list by accounts covers. Each account takes a query. 0 for other lists.
    """

    publishes: list[Publish]
    below: str | None
    accounts: int = 0


@dataclass(frozen=True)
class _Scan:
    """The matching items, newest first. `down_to`: the id of the last scanned item, or None if there are no older
    items.
    """

    items: list[Item]
    down_to: str | None


def of_accounts(account_ids: Sequence[str], span: PublishSpan, limit: int) -> PublishPage:
    """Up to `limit` publishes of these accounts. A page may be short or empty although there is a next page."""
    scan = _merge((_query_partition("by_account", "account_id", each, span, limit) for each in account_ids), limit)
    return PublishPage([from_row(item) for item in scan.items], scan.down_to, len(account_ids))


def of_reference(user_id: str, reference: str, account_id: str | None, span: PublishSpan, limit: int) -> PublishPage:
    """Up to `limit` publishes of this user with this `reference`. `account_id`, if given: only of this account."""
    partition = reference_partition(user_id, reference)
    unfiltered = PublishSpan(span.floor, span.below)
    scan = _merge([_query_partition("by_reference", "referenced_in", partition, unfiltered, limit)], limit)
    rows = _read_publishes([item["publish_id"] for item in scan.items], span)
    return PublishPage([publish for publish in rows if account_id in (None, publish.account_id)], scan.down_to)


def of_all(span: PublishSpan, limit: int) -> PublishPage:
    """Up to `limit` publishes of the whole deployment. A page covers at most 14 months."""
    publish_ids: list[str] = []
    months = _months(span)
    for _, month in zip(range(_MONTHS_A_PAGE), months, strict=False):
        shards = (f"{month}#{shard}" for shard in range(MONTH_SHARDS))
        room = limit - len(publish_ids)
        scan = _merge((_query_partition("by_month", "listed_in", shard, span, room) for shard in shards), room)
        publish_ids += [item["publish_id"] for item in scan.items]
        if scan.down_to is not None:
            return PublishPage(_read_publishes(publish_ids, span), scan.down_to)
        if len(publish_ids) == limit:
            break
    older = next(months, None)
    return PublishPage(_read_publishes(publish_ids, span), older and _month_end(older))


def _query_partition(index: str, key: str, value: str, span: PublishSpan, limit: int) -> _Scan:
    """Query one partition once. The query scans a limited number of items, even if few of them match the filter."""
    filters = _filters(span, index)
    values = {"value": value, "floor": span.floor, "below": span.below}
    for allowed in filters.values():
        values |= allowed
    where = " AND ".join(f"#{name} IN ({', '.join(f':{key}' for key in allowed)})" for name, allowed in filters.items())
    condition = f"{key} = :value AND publish_id BETWEEN :floor AND :below"
    query = Query(condition, values, index=index, where=where or None, descending=True)
    items, last = PUBLISHES.page(query, _SCANNED_MAX if filters else limit + 1)
    below = [item for item in items if item["publish_id"] < span.below]  # BETWEEN includes both ends
    return _Scan(below, last["publish_id"] if last else None)


def _filters(span: PublishSpan, index: str) -> dict[str, dict[str, str]]:
    """The filters of a query: the allowed values per attribute.

    In lists by month, `_read_publishes` filters by kind.
    """
    candidates: dict[str, tuple[str | None, ...]] = {
        "state": tuple(state.value for state in span.states),
        "kind": (span.kind if index == "by_account" else None,),
        "user_id": (span.user_id,),
    }
    given = {name: [value for value in values if value is not None] for name, values in candidates.items()}
    return {name: {f"{name}{n}": value for n, value in enumerate(values)} for name, values in given.items() if values}


def _merge(scans: Iterable[_Scan], limit: int) -> _Scan:
    """Merge scans of several partitions. Keeps the items down to the id that all scans have reached."""
    done = list(scans)
    down_to = max((scan.down_to for scan in done if scan.down_to is not None), default=None)
    items = [item for scan in done for item in scan.items if down_to is None or item["publish_id"] >= down_to]
    items.sort(key=lambda item: item["publish_id"], reverse=True)
    return _Scan(items, down_to) if len(items) <= limit else _Scan(items[:limit], items[limit - 1]["publish_id"])


def _months(span: PublishSpan) -> Iterator[str]:
    """The months of the span, newest first: "2026-11"."""
    month, oldest = month_of(ids.made_at(span.below)), month_of(ids.made_at(span.floor))
    while month >= oldest:
        yield month
        month = month_of(_month_start(month) - 1)


def _month_start(month: str) -> int:
    return int(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).timestamp())


def _month_end(month: str) -> str:
    """The lowest id of the next month."""
    return ids.lowest_id("pub", _month_start(month_of(_month_start(month) + 31 * 24 * 3600)))


def _read_publishes(publish_ids: list[str], span: PublishSpan) -> list[Publish]:
    """The publishes in this order, read consistently. A publish that no longer matches the span is left out."""
    items = PUBLISHES.get_many([row_key(publish_id) for publish_id in publish_ids])
    rows = {publish.publish_id: publish for publish in map(from_row, items)}
    found = [rows[publish_id] for publish_id in publish_ids if publish_id in rows]
    return [publish for publish in found if span.has(publish)]
