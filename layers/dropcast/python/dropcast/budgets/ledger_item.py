"""A ledger as an item of the budgets table: the item's key and attributes.

An account has one ledger per book. A book is a group of budgets.
"""

from collections.abc import Iterable
from typing import Any, Literal

from dropcast import clock
from dropcast.aws.dynamo import Item
from dropcast.budgets.ledger import Block, Ledger, Overflow, Slot
from dropcast.budgets.limits import NAMES, BudgetName, budgets

# Status polls are frequent. Neither polls nor comments share a limit with other calls, so each of the two has its own
# book.
Book = Literal["posting", "status", "comments"]

_KEPT_AFTER_S = 3600


def names_in(book: Book) -> tuple[BudgetName, ...]:
    """The budgets in `book`."""
    return tuple(name for name in NAMES if book_of(name) == book)


def book_of(name: str) -> Book:
    """The book that contains a budget."""
    return name if name in ("status", "comments") else "posting"


def partition(open_id: str, book: Book) -> str:
    """The partition key of an account's book."""
    return f"open_id#{open_id}#{book}"


def key(open_id: str, book: Book) -> Item:
    """The key of the ledger's item."""
    return {"pk": partition(open_id, book), "sk": "ledger"}


def to_item(ledger: Ledger, book: Book) -> Item:
    """The attributes of `ledger` with the next revision, as plain values."""
    return {
        "revision": ledger.revision + 1,
        "last": ledger.last,
        "used": {name: dict(ledger.used.get(name, {})) for name in names_in(book)},
        "queue": {slot.owner: _slot(slot) for slot in ledger.queue},
        "back": {lane: _back(back) for lane, back in ledger.back.items()},
        "blocks": {name: vars(block) for name, block in ledger.blocks.items()},
        "told": dict(ledger.told),
        "rows_until": ledger.rows_until,
        "expires_at": max([ledger.rows_until, *_ends(ledger)]) + _KEPT_AFTER_S,
    }


def from_item(item: Item) -> Ledger:
    """Make the ledger from an item whose values are plain Python values."""
    queue = [_from_slot(owner, slot) for owner, slot in item["queue"].items()]
    return Ledger(
        used=item["used"],
        queue=tuple(sorted(queue, key=lambda slot: slot.number)),
        back={lane: _from_back(back) for lane, back in item["back"].items()},
        blocks={name: Block(**block) for name, block in item["blocks"].items()},
        told=item["told"],
        last=item["last"],
        rows_until=item["rows_until"],
        revision=item["revision"],
    )


def _ends(ledger: Ledger) -> Iterable[int]:
    """The times at which parts of `ledger` stop mattering."""
    yield clock.now()
    yield from (block.until + block.pause_s for block in ledger.blocks.values())
    yield from (slot.at + budgets()[name].kept_s for slot in ledger.queue for name in slot.wants)
    yield from (at + budgets()[name].kept_s for name, uses in ledger.used.items() for at in uses.values())


def _slot(slot: Slot) -> Item:
    item: Item = {"number": slot.number, "at": slot.at, "wants": list(slot.wants)}
    return item | ({"aside": True} if slot.aside else {})


def _from_slot(owner: str, slot: dict[str, Any]) -> Slot:
    return Slot(owner, slot["number"], slot["at"], tuple(slot["wants"]), slot.get("aside", False))


def _back(back: Overflow) -> Item:
    promised = {name: list(times) for name, times in back.promised.items()}
    return {"upto": back.upto, "waiting": dict(back.waiting), "promised": promised}


def _from_back(back: dict[str, Any]) -> Overflow:
    return Overflow(back["upto"], back["waiting"], {name: tuple(times) for name, times in back["promised"].items()})
