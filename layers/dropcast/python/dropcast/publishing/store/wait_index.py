"""Lists the publishes that wait for their scheduled time, and the publishes that wait for a person.

The sparse index `by_wait` has a partition for each kind of wait, sorted by time (publish_rows.wait_entry). It contains
only keys, accounts and users, so the rows are read afterwards. The lists are eventually consistent.
"""

from dataclasses import dataclass

from dropcast import clock, cursors, ids
from dropcast.aws.tables import PUBLISHES, Item, Query
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.store.publish_rows import WaitsIn, from_row, row_key, wait_entry

ROWS_MAX = 100
"""The maximum number of publishes in a list, because one call reads all their rows."""

FAILED_FOR_S = 7 * 24 * 3600
"""How long a failed publish waits for a person, in seconds, unless a person retries it."""

# An entry of the index has some 250 bytes, and one query reads up to 1 MB.
_SCANNED_MAX = 2000


@dataclass(frozen=True)
class PlannedPage:
    """Publishes that wait for their time, earliest first.

    `next`: the cursor of the next page, or None on the last page. A page may be short or empty although there is a next
    page.
    """

    publishes: list[Publish]
    next: str | None


@dataclass(frozen=True)
class WaitingForPerson:
    """Some publishes that wait for a person, newest first. has_more: there may be more than these."""

    publishes: list[Publish]
    has_more: bool


@dataclass(frozen=True)
class NeedsPerson:
    """The publishes that wait for a person: unknown ones of any age, and those that failed in the last seven days."""

    unknown: WaitingForPerson
    failed: WaitingForPerson


def planned(
    since: int, until: int, caller: Caller, *, account_id: str | None = None, after: str | None = None, limit: int
) -> PlannedPage | Problem:
    """Up to `limit` (at most ROWS_MAX) publishes that are scheduled from `since` on and before `until`.

    Times are seconds since the epoch. `account_id`: only publishes of this account. `after`: the `next` of the previous
    page. Makes two calls. Problem: `invalid_request` (`after` is no cursor of this list).
    """
    position = None if after is None else _decoded(after)
    if after is not None and (position is None or not since <= position["waits_at"] < until):
        return problem("invalid_request", reason="next is not from an earlier page of this list", fields=[])
    if since >= until:
        return PlannedPage([], None)
    span = {"since": since, "last": until - 1}
    query = _query("time", "BETWEEN :since AND :last", span, caller, account_id)
    entries, last = _read_entries(query, limit, position)
    return PlannedPage(_read_rows(entries, caller)["time"], _encoded(last) if last else None)


def needing_a_person(caller: Caller, limit: int) -> NeedsPerson:
    """Up to `limit` publishes in the state unknown, and up to `limit` in the state failed. Makes three calls.

    `limit` is at most ROWS_MAX / 2.
    """
    latest = {"since": clock.now() - FAILED_FOR_S}
    unknown, more_unknown = _read_entries(_query("unknown", None, {}, caller, newest_first=True), limit)
    failed, more_failed = _read_entries(_query("failed", ">= :since", latest, caller, newest_first=True), limit)
    rows = _read_rows(unknown + failed, caller)
    return NeedsPerson(
        WaitingForPerson(rows["unknown"], more_unknown is not None),
        WaitingForPerson(rows["failed"], more_failed is not None),
    )


def _query(
    where: WaitsIn,
    times: str | None,
    values: Item,
    caller: Caller,
    account_id: str | None = None,
    *,
    newest_first: bool = False,
) -> Query:
    condition = "waits_in = :where" + (f" AND waits_at {times}" if times else "")
    wanted = {
        "asked_account": ("account_id", account_id),
        "own_account": ("account_id", caller.account_id),
        "own_user": ("user_id", caller.user_id),
    }
    filters = {name: (attribute, value) for name, (attribute, value) in wanted.items() if value is not None}
    return Query(
        condition,
        values | {name: value for name, (_, value) in filters.items()} | {"where": where},
        index="by_wait",
        where=" AND ".join(f"{attribute} = :{name}" for name, (attribute, _) in filters.items()) or None,
        descending=newest_first,
    )


def _read_entries(query: Query, limit: int, position: Item | None = None) -> tuple[list[Item], Item | None]:
    """Up to `limit` entries of the index after `position`, and the position after which more may follow.

    One query reads a limited number of entries, even if few of them match the filter.
    """
    entries, last = PUBLISHES.page(query, limit + 1 if query.where is None else _SCANNED_MAX, after=position)
    return (entries, last) if len(entries) <= limit else (entries[:limit], entries[limit - 1])


def _read_rows(entries: list[Item], caller: Caller) -> dict[WaitsIn, list[Publish]]:
    """The publishes of these entries in their order, read consistently.

    A publish whose entry changed meanwhile is left out.
    """
    rows = [from_row(item) for item in PUBLISHES.get_many([{"pk": one["pk"], "sk": one["sk"]} for one in entries])]
    found = {publish.publish_id: publish for publish in rows if caller.sees(publish.user_id, publish.account_id)}
    listed: dict[WaitsIn, list[Publish]] = {"time": [], "unknown": [], "failed": []}
    for entry in entries:
        publish = found.get(_id_of(entry))
        if publish is not None and wait_entry(publish) == {name: entry[name] for name in ("waits_in", "waits_at")}:
            listed[entry["waits_in"]].append(publish)
    return listed


def _id_of(entry: Item) -> str:
    return entry["pk"].removeprefix("publish#")


def _encoded(entry: Item) -> str:
    return cursors.encode(f"{entry['waits_at']}#{_id_of(entry)}")


def _decoded(cursor: str) -> Item | None:
    """The position of `cursor` in the list of planned publishes. None if it is no cursor of that list."""
    at, _, publish_id = (cursors.decode(cursor) or "").partition("#")
    try:
        ids.made_at(publish_id)
        return row_key(publish_id) | {"waits_in": "time", "waits_at": int(at)}
    except ValueError:
        return None
