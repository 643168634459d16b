"""The lists of trends in DynamoDB: the last good version of each list, and the ranks of earlier versions.

The row of the last good version does not expire: callers get it until a source returns a newer version.
"""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.aws.tables import TRENDS, Query, set_expression
from dropcast.trends.models import ITEMS, Failed, Item, SourceName, TrendQuery, dumped
from dropcast.trends.rank_changes import EarlierRanks

_PLACES_KEPT_S = 30 * 24 * 3600

# A list is compared with the earliest list of the last 26 hours, which is about a day old. If the runs of these hours
# returned only partial lists or none, it is compared with the last list before them.
_COMPARED_S = 26 * 3600
_COMPARED_AT_MOST_S = 2 * _COMPARED_S
_LATEST = "latest"
_AFTER_ALL_RUNS = "~"

# DynamoDB accepts 400 kB per row. The remaining bytes are for the attempts and other attributes.
_ITEMS_MAX_BYTES = 340_000


@dataclass(frozen=True)
class Snapshot:
    """The current version of a list. Times are seconds since the epoch.

    Before the first version `source` and `captured_at` are None.
    attempts: the failures in the last attempt (at `attempted_at`). good: a source returned the list in that attempt.
    told_in: the latest run that returned this version. made_of: see `Found` (models.py).
    """

    query: TrendQuery
    items: tuple[Item, ...]
    source: SourceName | None
    captured_at: int | None
    total: int | None
    attempts: tuple[Failed, ...]
    attempted_at: int | None
    good: bool
    told_in: str = ""
    made_of: str = ""


def fitting(items: Sequence[Item]) -> tuple[Item, ...]:
    """As many of the first `items` as fit into a row."""
    ends = itertools.accumulate(len(_text([item]).encode()) for item in items)
    return tuple(item for item, end in zip(items, ends, strict=True) if end <= _ITEMS_MAX_BYTES)


def keep(snapshot: Snapshot, event: dict[str, Any]) -> bool:
    """Store a new list and its event in one transaction.

    Returns False and stores neither if a later list is already stored.
    """
    captured_at = snapshot.captured_at
    latest = {
        "pk": snapshot.query.key,
        "sk": _LATEST,
        "items": _text(snapshot.items),
        "source": snapshot.source,
        "captured_at": captured_at,
        "total": snapshot.total,
        "good": True,
        "told_in": snapshot.told_in,
        **_tried(snapshot.attempts, snapshot.attempted_at),
    }
    places = {
        "pk": snapshot.query.key,
        "sk": _places_key(captured_at or 0),
        "source": snapshot.source,
        "captured_at": captured_at,
        "ranks": json.dumps({item.item_id: item.rank for item in snapshot.items}, ensure_ascii=False),
        "made_of": snapshot.made_of,
        "is_whole": not any(attempt.source == snapshot.source for attempt in snapshot.attempts),
        "expires_at": clock.now() + _PLACES_KEPT_S,
    }
    is_newer = "attribute_not_exists(captured_at) OR captured_at <= :captured_at"
    put_latest = TRENDS.put_entry(latest, is_newer, {"captured_at": captured_at})
    return dynamo.write_all([put_latest, TRENDS.put_entry(places), event])


def note_failure(query: TrendQuery, attempts: Sequence[Failed], at: int, *, run_id: str = _AFTER_ALL_RUNS) -> None:
    """Store that all sources failed in a run. The list itself stays.

    Stores nothing if another worker stored the list meanwhile, in this run or in a later one.
    """
    told_before = (
        "attribute_not_exists(told_in) OR told_in < :run"  # a run's id begins with its time, so ids can be compared
    )
    _note(query, {**_tried(attempts, at), "good": False}, {"run": run_id}, told_before)


def note_still_good(query: TrendQuery, attempts: Sequence[Failed], at: int, *, run_id: str) -> None:
    """Store that the list is still current in a run."""
    _note(query, {**_tried(attempts, at), "good": True, "told_in": run_id})


def _note(
    query: TrendQuery, changes: dict[str, Any], values: dict[str, Any] | None = None, condition: str | None = None
) -> None:
    key = {"pk": query.key, "sk": _LATEST}
    TRENDS.update_if(key, set_expression(changes), condition, changes | (values or {}))


def latest(query: TrendQuery) -> Snapshot | None:
    """The current list. Makes one query. None if no run has tried to collect it."""
    rows, _ = TRENDS.page(Query("pk = :list AND sk = :latest", {"list": query.key, "latest": _LATEST}))
    return _snapshot(query, rows[0]) if rows else None


def latest_with_ranks(query: TrendQuery, lists: int) -> tuple[Snapshot | None, tuple[EarlierRanks, ...]]:
    """The current list (as for `latest`), and the ranks in the last `lists` lists, oldest first. Makes one query.

    Ranks come only from complete lists of the same source that were built from the same search words. The current list
    is included if it is complete. A DynamoDB page holds 1 MB, so there can be fewer lists.
    """
    # The key of the current list sorts after the keys of all ranks.
    rows, _ = TRENDS.page(Query("pk = :list", {"list": query.key}, descending=True), lists + 1)
    if not rows or rows[0]["sk"] != _LATEST:
        return None, ()
    current = _snapshot(query, rows[0])
    return current, tuple(reversed(_comparable(rows[1:], current.source)))


def _comparable(rows: Sequence[dict[str, Any]], source: SourceName | None) -> list[EarlierRanks]:
    """The ranks in complete lists of `source` that were built from the same search words as the newest one."""
    whole = [row for row in rows if row["source"] == source and row["is_whole"]]
    alike = [row for row in whole if row["made_of"] == whole[0]["made_of"]]
    return [EarlierRanks(row["captured_at"], json.loads(row["ranks"])) for row in alike]


def about_a_day_before(query: TrendQuery, source: SourceName, made_of: str, at: int) -> EarlierRanks | None:
    """The ranks with which to compare a list that was captured at `at`. None if there are none.

    They are from a complete list of the same source that was built from the same search words.
    """
    span = {"since": _places_key(at - _COMPARED_AT_MOST_S), "now": _places_key(clock.now())}
    found = TRENDS.items(Query("pk = :list AND sk BETWEEN :since AND :now", {"list": query.key, **span}))
    rows = [row for row in found if row["source"] == source]
    alike = [row for row in rows if row["is_whole"] and row["made_of"] == made_of]
    if not alike:
        return None
    row = next((row for row in alike if row["captured_at"] >= at - _COMPARED_S), alike[-1])
    return EarlierRanks(row["captured_at"], json.loads(row["ranks"]))


def _text(items: Sequence[Item]) -> str:
    return json.dumps([dumped(item) for item in items], ensure_ascii=False)


def _tried(attempts: Sequence[Failed], at: int | None) -> dict[str, Any]:
    failures = [{"source": one.source, "reason": one.reason, "raw_status": one.raw_status} for one in attempts]
    return {"attempts": failures, "attempted_at": at}


def _snapshot(query: TrendQuery, row: dict[str, Any]) -> Snapshot:
    shape = ITEMS[query.kind]
    return Snapshot(
        query=query,
        items=tuple(shape.model_validate(item) for item in json.loads(row.get("items", "[]"))),
        source=row.get("source"),
        captured_at=row.get("captured_at"),
        total=row.get("total"),
        attempts=tuple(Failed(**one) for one in row["attempts"]),
        attempted_at=row["attempted_at"],
        good=row["good"],
    )


def _places_key(at: int) -> str:
    return f"at#{clock.iso(at)}"
