"""The overflow of a long queue: when a publish moves up or leaves, and the cost of each change."""

import random

import pytest

from dropcast import clock
from dropcast.budgets import ledger_store
from dropcast.budgets.budget_use import get_budget_use
from dropcast.budgets.ledger import Go, Ledger, Wait
from dropcast.budgets.publish_queue import leave, record_refusal, step_aside, take_turn
from dropcast.settings import settings
from tests.unit.budgets.schedule import BruteForce, most_in_a_window
from tests.unit.support.accounts import NOW, HeldClock, items

VIDEO = ("creator_info", "video_init", "direct_posts")
PHOTO = ("creator_info", "content_init", "direct_posts")
DRAFT = ("inbox_init", "pending_drafts")
KEPT = {"creator_info": (20, 62), "video_init": (6, 62), "content_init": (6, 62), "direct_posts": (2, 102)}


@pytest.fixture
def short(cloud, monkeypatch) -> None:
    """Allow two posts in a hundred seconds, and three slots in the ledger's queue."""
    monkeypatch.setattr("dropcast.budgets.overflow_queue.FRONT", 3)
    monkeypatch.setenv("BUDGETS", "direct_posts=2/100,pending_drafts=2/100")
    settings.cache_clear()


def ledger() -> Ledger:
    return ledger_store.read("open-1", "posting")


def ask(who, owner: str, wants=VIDEO) -> Go | Wait:
    turn = take_turn(who, owner, wants)
    if isinstance(turn, Go):
        leave(who, owner, dict.fromkeys(wants, clock.now()))
    return turn


def until(turn: Go | Wait) -> int:
    return turn.until if isinstance(turn, Wait) else clock.now()


def drained(who, held_clock: HeldClock, told: dict[str, int], wants=VIDEO) -> dict[str, int]:
    """The start time of each waiting publish, if each asks at the time that it was given."""
    gone: dict[str, int] = {}
    while told:
        owner = min(told, key=lambda one: (told[one], list(told).index(one)))
        held_clock.at = max(held_clock.at, told[owner])
        turn = ask(who, owner, wants)
        if isinstance(turn, Go):
            gone[owner] = clock.now()
            del told[owner]
        else:
            told[owner] = turn.until
    return gone


def test_a_long_queue_goes_as_early_as_possible_with_one_wait_each(short, who, held_clock: HeldClock):
    brute, owners = BruteForce(KEPT), [f"p{number:02}" for number in range(20)]

    told = {owner: until(ask(who, owner)) for owner in owners}
    gone = drained(who, held_clock, {owner: at for owner, at in told.items() if at > NOW})

    assert list(told.values()) == [brute.serve(NOW, VIDEO) for _ in owners]
    assert gone == {owner: at for owner, at in told.items() if at > NOW}


def test_only_the_front_is_in_the_item(short, who):
    for number in range(20):
        ask(who, f"p{number:02}")

    assert [slot.owner for slot in ledger().queue] == ["p02", "p03", "p04"]
    assert ledger().back["direct_posts"].waiting == dict.fromkeys(VIDEO, 15)
    shown = {one.name: (one.used, one.reserved) for one in get_budget_use("open-1")}
    assert shown["direct_posts"] == (2, 18)


def test_the_overview_shows_when_there_is_room_behind_all_waiting_publishes(short, who):
    told = [until(ask(who, f"p{number:02}")) for number in range(20)]

    (posts,) = [one for one in get_budget_use("open-1") if one.name == "direct_posts"]

    assert posts.next_free_at == told[-1]
    assert until(ask(who, "next")) == told[-1] + 102


def test_a_second_request_from_the_back_gets_the_same_time_without_a_write(short, who, aws_calls):
    told = [ask(who, f"p{number:02}") for number in range(10)]
    aws_calls.clear()

    assert ask(who, "p08") == told[8]
    assert aws_calls == ["GetItem", "GetItem"]


def test_a_publish_that_leaves_the_back_is_skipped_and_no_longer_counted(short, who, held_clock: HeldClock):
    told = {f"p{number:02}": until(ask(who, f"p{number:02}")) for number in range(12)}
    for owner in ("p06", "p07", "p08"):
        leave(who, owner, {})

    assert ledger().back["direct_posts"].waiting == dict.fromkeys(VIDEO, 4)
    gone = drained(who, held_clock, {owner: told[owner] for owner in told if told[owner] > NOW and owner[1:] not in
                                     ("06", "07", "08")})  # fmt: skip

    assert gone == {owner: told[owner] for owner in gone}
    assert ledger().queue == ()
    assert ledger().back == {}


def test_leaving_the_front_costs_one_call_and_leaving_the_back_three(short, who, aws_calls):
    for number in range(10):
        ask(who, f"p{number:02}")
    aws_calls.clear()

    leave(who, "p02", {})
    leave(who, "p08", {})

    assert aws_calls == ["UpdateItem", "UpdateItem", "GetItem", "TransactWriteItems"]


def test_the_end_of_a_publish_without_a_place_changes_nothing(short, who):
    for number in range(10):
        ask(who, f"p{number:02}")
    before = ledger().back

    leave(who, "p00", {}, back=("direct_posts",))

    assert ledger().back == before


def test_an_owner_that_moved_up_long_ago_gets_a_new_place(short, who, held_clock: HeldClock):
    told = {f"p{number:02}": until(ask(who, f"p{number:02}")) for number in range(10)}
    drained(who, held_clock, {owner: at for owner, at in told.items() if at > NOW})
    for number in range(10, 20):
        ask(who, f"p{number:02}")

    again = ask(who, "p07")

    assert until(again) > max(until(ask(who, f"p{number:02}")) for number in range(12, 20))


def test_a_block_by_tiktok_delays_all_waiting_publishes_in_order(short, who, held_clock: HeldClock):
    owners = [f"p{number:02}" for number in range(30)]
    told = {owner: until(ask(who, owner)) for owner in owners}
    waiting = {owner: at for owner, at in told.items() if at > NOW}
    held_clock.at = told["p02"]
    assert take_turn(who, "p02", VIDEO) == Go()
    wait = record_refusal(who, "p02", VIDEO, ("creator_info",), "direct_posts", "spam_risk_too_many_posts")
    held_clock.at = wait.until
    for _ in range(9):
        assert take_turn(who, "p02", VIDEO) == Go()
        held_clock.at = record_refusal(who, "p02", VIDEO, (), "direct_posts", "spam_risk_too_many_posts").until

    gone = drained(who, held_clock, {**waiting, "p02": clock.now()})

    times = [gone[owner] for owner in owners[2:]]
    assert times == sorted(times)
    assert most_in_a_window(times, 100) <= 2


def test_a_publish_that_is_far_behind_asks_only_a_few_times(short, who, held_clock: HeldClock):
    owners = [f"p{number:03}" for number in range(40)]
    told = {owner: until(ask(who, owner)) for owner in owners}
    held_clock.at = told["p039"]

    asked = 0
    waiting = {owner: at for owner, at in told.items() if at > NOW}
    while "p039" in waiting:
        owner = min(waiting, key=lambda one: (waiting[one], one))
        held_clock.at = max(held_clock.at, waiting[owner])
        asked += owner == "p039"
        turn = ask(who, owner)
        waiting[owner] = until(turn)
        if isinstance(turn, Go):
            del waiting[owner]

    assert asked <= 6


def test_a_failure_in_the_front_keeps_its_place_and_the_back_continues(short, who, held_clock: HeldClock):
    told = {f"p{number:02}": until(ask(who, f"p{number:02}")) for number in range(10)}
    held_clock.at = told["p02"]
    assert take_turn(who, "p02", VIDEO) == Go()
    step_aside(who, "p02", clock.now() + 30, {"creator_info": clock.now()})

    passing = ask(who, "p03")
    held_clock.at += 30

    assert (passing, ask(who, "p02")) == (Go(), Go())
    assert len(ledger().used["creator_info"]) == 3


@pytest.mark.parametrize("seed", range(6))
def test_any_mixture_respects_every_window_and_the_order_of_each_lane(short, who, held_clock: HeldClock, seed):
    dice = random.Random(seed)
    kinds = {f"p{number:02}": dice.choice([VIDEO, PHOTO, DRAFT]) for number in range(40)}
    told = {owner: until(ask(who, owner, wants)) for owner, wants in kinds.items()}
    gone = {owner: NOW for owner, at in told.items() if at == NOW}
    waiting = {owner: at for owner, at in told.items() if at > NOW}
    while waiting:
        owner = min(waiting, key=lambda one: (waiting[one], one))
        held_clock.at = max(held_clock.at, waiting[owner])
        if dice.random() < 0.1:
            leave(who, owner, {})
            del waiting[owner]
            continue
        turn = ask(who, owner, kinds[owner])
        waiting[owner] = until(turn)
        if isinstance(turn, Go):
            gone[owner] = clock.now()
            del waiting[owner]

    for lane in ("direct_posts", "pending_drafts"):
        times = [gone[owner] for owner in kinds if owner in gone and kinds[owner][-1] == lane]
        assert times == sorted(times)
        assert most_in_a_window(times, 100) <= 2
    assert ledger().queue == ()
    assert ledger().back == {}


def test_an_account_with_an_ended_queue_is_deleted_after_its_rows(short, who):
    for number in range(10):
        ask(who, f"p{number:02}")

    found = {item["sk"]: item["expires_at"] for item in items("budgets")}

    rows = [at for sk, at in found.items() if sk != "ledger"]
    assert len(rows) == 2 * 5
    assert found["ledger"] > max(rows)
