"""The cost of a ledger change does not grow with the queue."""

from dataclasses import replace

import pytest

from dropcast import clock
from dropcast.budgets import ledger_store, overflow_row_store
from dropcast.budgets.ledger import Go, Ledger, Slot, enqueue, replan
from dropcast.budgets.ledger_store import Change
from dropcast.budgets.limits import budgets
from dropcast.budgets.overflow_queue import append, goes_to_back
from dropcast.budgets.publish_queue import leave, record_refusal, step_aside, take_turn
from dropcast.budgets.spend_or_block_now import spend_now
from tests.long_queue.tables import Units
from tests.unit.support.accounts import HeldClock
from tests.unit.support.memory_aws import maker

VIDEO = ("creator_info", "video_init", "direct_posts")
UNITS_MAX = 24
ROWS_MAX = 25
# A change reads and writes none of the rows in the middle of the queue.
STORED_AT_EITHER_END = 60


def name(number: int) -> str:
    return f"pub_01m7yzcz2da6f9gh0d4y{number:06}"


def fill(count: int) -> None:
    """A queue of `count` publishes, of which the first is due now."""
    ledger, rows = Ledger(), list[Slot]()
    for number in range(count):
        if goes_to_back(ledger, "direct_posts", clock.now()):
            ledger, row = append(ledger, budgets(), name(number), VIDEO, clock.now())
            rows.append(row)
        else:
            ledger = replan(enqueue(ledger, name(number), VIDEO, clock.now()), budgets(), clock.now())
    ledger_store.change("open-1", "posting", lambda seen: Change(replace(ledger, revision=seen.revision), None))
    for row in {*rows[:STORED_AT_EITHER_END], *rows[-STORED_AT_EITHER_END:]}:
        for write in overflow_row_store.put_writes("open-1", row):
            maker("dynamodb").put_item(**write["Put"])


def ledger() -> Ledger:
    return ledger_store.read("open-1", "posting")


@pytest.mark.parametrize("count", [100, 1_000, 10_000])
def test_a_change_costs_the_same_for_every_queue_length(cloud, who, held_clock: HeldClock, count):
    fill(count)
    units = Units("budgets")

    first, second = name(0), name(1)
    assert take_turn(who, first, VIDEO) == Go()
    record_refusal(who, first, VIDEO, ("creator_info",), "video_init", "rate_limit_exceeded")
    held_clock.at += 120
    assert take_turn(who, first, VIDEO) == Go()
    step_aside(who, first, clock.now() + 30, {"creator_info": clock.now()})
    assert take_turn(who, second, VIDEO) == Go()
    leave(who, second, dict.fromkeys(VIDEO, clock.now()))
    spend_now(who, "creator_info", "looks")
    take_turn(who, name(count), VIDEO)
    take_turn(who, name(count - 1), VIDEO)
    leave(who, name(count - 2), {})
    for number in range(2, 25):
        leave(who, name(number), {})
    held_clock.at += 30 * 3600
    take_turn(who, name(25), VIDEO)

    assert ledger().back["direct_posts"].upto > 25
    assert len(units.changes) >= 30
    assert max(units.changes) <= UNITS_MAX
    assert max(units.rows) <= ROWS_MAX


def test_the_item_does_not_grow_with_the_queue(cloud, who):
    sizes: list[int] = []
    for count in (100, 10_000):
        fill(count)
        units = Units("budgets")
        take_turn(who, name(count), VIDEO)
        sizes.append(max(units.changes))

    assert sizes[0] == sizes[1]
