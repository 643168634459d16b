"""Ledgers in DynamoDB: one item per TikTok account and book. Each publish in the overflow of a queue has two rows.

A change reads the item and writes it on the condition that no other caller changed it meanwhile. A change of rows also
changes the item, in the same transaction, so the item's revision protects the rows too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from dropcast import clock, ids
from dropcast.aws import dynamo
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.aws.tables import BUDGETS, EXISTING, NEW, Item
from dropcast.budgets import overflow_row_store
from dropcast.budgets.ledger import Ledger, Slot, drop_expired
from dropcast.budgets.ledger_item import Book, from_item, key, to_item
from dropcast.budgets.limits import BudgetName, budgets
from dropcast.budgets.overflow_queue import refill, room_in_front

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Change(Generic[Answer]):
    """The result of a rule: the new ledger, the answer for the caller, and the entries to write with the ledger
    (`also`).

    `row`: a row in the overflow that is new or has a new time.
    """

    ledger: Ledger
    answer: Answer
    also: tuple[Item, ...] = ()
    row: Slot | None = None


@dataclass(frozen=True)
class Asker:
    """The owner that asks for its slot, and its lane, which is the last of the budgets that it needs."""

    owner: str
    lane: str


def read(open_id: str, book: Book) -> Ledger:
    """The ledger, read consistently, without expired parts."""
    return _tidied(BUDGETS.get(key(open_id, book))) or Ledger()


def read_books(open_id: str, books: Sequence[Book]) -> dict[Book, Ledger]:
    """The ledgers of several books, read consistently by one call, without expired parts."""
    found = {item["pk"]: item for item in BUDGETS.get_many([key(open_id, book) for book in books])}
    return {book: _tidied(found.get(key(open_id, book)["pk"])) or Ledger() for book in books}


def read_accounts(open_ids: Sequence[str], book: Book) -> dict[str, Ledger]:
    """The ledgers that these accounts (at most 100) have in `book`, read consistently, without expired parts."""
    found = {item["pk"]: item for item in BUDGETS.get_many([key(open_id, book) for open_id in open_ids])}
    read = {open_id: _tidied(found.get(key(open_id, book)["pk"])) for open_id in open_ids}
    return {open_id: ledger for open_id, ledger in read.items() if ledger}


@retry_on_conflict(tries=40, pause_s=0.5)
def change(
    open_id: str, book: Book, rule: Callable[[Ledger], Change[Answer]], *, asker: Asker | None = None
) -> Answer | Conflict:
    """Apply `rule` to the ledger, and store the result if it differs. If another caller writes first, the decorator
    calls this function again.

    If `asker` already has a slot, `rule` finds this slot in the ledger's `queue`, or in the ledger's `mine` if the slot
    is in a row of the overflow.
    """
    seen = read(open_id, book)
    change = rule(_with_place(open_id, seen, asker) if asker else seen)
    nothing_new = change.row is None and change.ledger == seen
    return change.answer if nothing_new or _write(open_id, book, change) else CONFLICT


@retry_on_conflict(tries=40, pause_s=0.5)
def remove_from_queue(
    open_id: str, book: Book, owner: str, made: Mapping[BudgetName, int], *, back: tuple[BudgetName, ...] = ()
) -> Conflict | None:
    """Remove `owner` from the queue.

    `made`: the budgets that it used, with the times. `back`: the budgets whose use by `owner` is undone. This costs one
    write without a read, and for an owner in the overflow also a read and a transaction. If the account has no ledger,
    nothing is written.
    """
    before = _note(open_id, book, owner, made, back)
    if before is None or not before.back or before.slot_of(owner):
        return None
    row = _row_in_back(open_id, before, owner)
    return None if row is None or _remove_row(open_id, before.revision + 1, row) else CONFLICT


def put_aside(open_id: str, book: Book, owner: str, until: int, made: Mapping[BudgetName, int]) -> None:
    """Let other publishes pass `owner` until it asks again at `until` (seconds since the epoch).

    `made`: the budgets that the owner used, with the times. This costs one write without a read.
    """
    name = ids.new_id("ask")
    uses = "".join(f", #used.#{budget}.#use = :{budget}" for budget in made)
    values = {"one": 1, "until": until, "yes": True, **made}
    done = _update(
        open_id,
        book,
        f"SET revision = revision + :one, #queue.#owner.#at = :until, #queue.#owner.aside = :yes{uses}",
        "attribute_exists(#queue.#owner)",
        {"owner": owner, "use": name},
        values,
    )
    if done is None and made:
        _note(open_id, book, name, made, ())


def _note(
    open_id: str, book: Book, owner: str, made: Mapping[BudgetName, int], back: tuple[BudgetName, ...]
) -> Ledger | None:
    """Remove `owner` from the queue, and store or undo its uses.

    Returns the ledger before the write, or None if there is none.
    """
    sets = "".join(f", #used.#{name}.#owner = :{name}" for name in made)
    removes = "".join(f", #used.#{name}.#owner" for name in back)
    update = f"SET revision = revision + :one{sets} REMOVE #queue.#owner{removes}"
    return _update(open_id, book, update, EXISTING, {"owner": owner}, {"one": 1, **made})


def _update(
    open_id: str, book: Book, update: str, condition: str, names: Mapping[str, str], values: Mapping[str, Any]
) -> Ledger | None:
    """The ledger before the update. None if the condition failed.

    If DynamoDB's answer was lost, the result is the ledger after the update, but with the revision before it.
    """
    before = BUDGETS.get_and_update(key(open_id, book), update, condition, values, names)
    if before != {}:
        return _tidied(before)
    after = read(open_id, book)
    return replace(after, revision=after.revision - 1)


def _with_place(open_id: str, ledger: Ledger, asker: Asker) -> Ledger:
    """The ledger after slots moved up from the overflow. An asker's row that stays there is the ledger's `mine`."""
    if asker.lane not in ledger.back or ledger.slot_of(asker.owner):
        return ledger
    room = room_in_front(ledger, asker.lane, clock.now())
    if room > 0:
        after = ledger.back[asker.lane].upto
        rows = overflow_row_store.first(open_id, asker.lane, after=after, limit=room)
        ledger = refill(ledger, asker.lane, rows, were_all=len(rows) < room)
        if ledger.slot_of(asker.owner):
            return ledger
    return replace(ledger, mine=_row_in_back(open_id, ledger, asker.owner))


def _row_in_back(open_id: str, ledger: Ledger, owner: str) -> Slot | None:
    row = overflow_row_store.of_owner(open_id, owner)
    back = ledger.back.get(row.lane) if row else None
    return row if row and back and row.number > back.upto else None


def _remove_row(open_id: str, revision: int, row: Slot) -> bool:
    """Delete `row` and subtract it from the counts. False if the ledger is no longer at `revision`."""
    counts = "".join(f", #back.#lane.#waiting.#{name} = #back.#lane.#waiting.#{name} - :one" for name in row.wants)
    update, values = f"SET revision = revision + :one{counts}", {"one": 1, "seen": revision}
    entry = BUDGETS.update_entry(key(open_id, "posting"), update, "revision = :seen", values, {"lane": row.lane})
    return dynamo.write_all([entry, *overflow_row_store.delete_writes(open_id, row)])


def _write(open_id: str, book: Book, change: Change[Any]) -> bool:
    ledger = change.ledger
    item, seen = key(open_id, book) | to_item(ledger, book), {"seen": ledger.revision}
    unchanged = "revision = :seen" if ledger.revision else NEW
    rows = overflow_row_store.put_writes(open_id, change.row) if change.row else ()
    if rows or change.also:
        return dynamo.write_all([BUDGETS.put_entry(item, unchanged, seen), *rows, *change.also])
    return BUDGETS.put_if(item, unchanged, seen)


def _tidied(item: Item | None) -> Ledger | None:
    return None if item is None else drop_expired(from_item(item), budgets(), clock.now())
