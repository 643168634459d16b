"""Ledgers in DynamoDB: one item per TikTok account and book, so that no two accounts meet in one.

A change is one consistent read and one write on condition that nobody else changed the item in between.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from dropcast import aws, clock, dynamo
from dropcast.budgets.ledger import Block, Ledger, Slot, tidied
from dropcast.budgets.limits import NAMES, BudgetName, budgets
from dropcast.settings import settings

# Polls of the status are many, and neither they nor comments share a limit with the rest: each has a book of its own.
Book = Literal["posting", "status", "comments"]

_TRIES = 40
_PAUSE_S = 0.5
_KEPT_AFTER_S = 3600

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Change(Generic[Answer]):
    """What a rule made of a ledger, what is written with it, and the answer for the one who asked."""

    ledger: Ledger
    answer: Answer
    also: tuple[dynamo.Item, ...] = ()


def names_in(book: Book) -> tuple[BudgetName, ...]:
    """The budgets that stand in `book`."""
    return tuple(name for name in NAMES if book_of(name) == book)


def book_of(name: str) -> Book:
    """The book in which a budget stands."""
    return name if name in ("status", "comments") else "posting"


def read(open_id: str, book: Book) -> Ledger:
    """The ledger as it is now, read consistently, without what no longer matters."""
    answer = aws.client("dynamodb").get_item(
        TableName=settings().budgets_table, Key=_key(open_id, book), ConsistentRead=True
    )
    stored = _from_item(dynamo.from_item(answer["Item"])) if "Item" in answer else Ledger()
    return tidied(stored, budgets(), clock.now())


def change(open_id: str, book: Book, rule: Callable[[Ledger], Change[Answer]]) -> Answer:
    """Apply `rule` to the ledger; where it changes nothing, nothing is written. Tried again when others are faster."""
    for _ in range(_TRIES):
        seen = read(open_id, book)
        change = rule(seen)
        if change.ledger == seen or _write(open_id, book, change):
            return change.answer
        clock.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311
    raise TimeoutError("others kept changing the account's budgets")


def note(
    open_id: str, book: Book, owner: str, made: Mapping[BudgetName, int], *, back: tuple[BudgetName, ...] = ()
) -> None:
    """Take `owner` out of the queue: it used at their times the budgets in `made`, and gives those in `back` back.

    One write, without reading first; nothing is written for an account without a ledger.
    """
    names = {"#owner": owner, "#queue": "queue"} | {f"#{name}": name for name in (*made, *back)}
    if made or back:
        names["#used"] = "used"
    sets = "".join(f", #used.#{name}.#owner = :{name}" for name in made)
    removes = "".join(f", #used.#{name}.#owner" for name in back)
    values = {":one": 1, **{f":{name}": at for name, at in made.items()}}
    dynamo.mark_if(
        TableName=settings().budgets_table,
        Key=_key(open_id, book),
        UpdateExpression=f"SET revision = revision + :one{sets} REMOVE #queue.#owner{removes}",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=dynamo.to_item(values),
    )


def _write(open_id: str, book: Book, change: Change[Any]) -> bool:
    ledger = change.ledger
    first = ledger.revision == 0
    put: dynamo.Item = {
        "TableName": settings().budgets_table,
        "Item": _key(open_id, book) | dynamo.to_item(_to_item(ledger, book)),
        "ConditionExpression": "attribute_not_exists(pk)" if first else "revision = :seen",
    }
    if not first:
        put["ExpressionAttributeValues"] = dynamo.to_item({":seen": ledger.revision})
    if change.also:
        return dynamo.write_all([{"Put": put}, *change.also])
    return dynamo.write_if("put_item", **put) is not None


def _to_item(ledger: Ledger, book: Book) -> dynamo.Item:
    last = max(
        [clock.now(), *(block.until + block.pause_s for block in ledger.blocks.values())]
        + [slot.at + budgets()[name].kept_s for slot in ledger.queue for name in slot.wants]
        + [at + budgets()[name].kept_s for name, uses in ledger.used.items() for at in uses.values()]
    )
    return {
        "revision": ledger.revision + 1,
        "used": {name: dict(ledger.used.get(name, {})) for name in names_in(book)},
        "queue": {s.owner: {"number": s.number, "at": s.at, "wants": list(s.wants)} for s in ledger.queue},
        "blocks": {name: vars(block) for name, block in ledger.blocks.items()},
        "told": dict(ledger.told),
        "expires_at": last + _KEPT_AFTER_S,
    }


def _from_item(item: dynamo.Item) -> Ledger:
    queue = [Slot(owner, slot["number"], slot["at"], tuple(slot["wants"])) for owner, slot in item["queue"].items()]
    return Ledger(
        used=item["used"],
        queue=tuple(sorted(queue, key=lambda slot: slot.number)),
        blocks={name: Block(**block) for name, block in item["blocks"].items()},
        told=item["told"],
        revision=item["revision"],
    )


def _key(open_id: str, book: Book) -> dynamo.Item:
    return dynamo.to_item({"pk": f"open_id#{open_id}#{book}"})
