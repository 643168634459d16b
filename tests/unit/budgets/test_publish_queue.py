"""Turns in DynamoDB: what they cost, who is faster, what the world is told."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from dropcast import clock
from dropcast.aws import clients
from dropcast.budgets import ledger_store
from dropcast.budgets.ledger import VOID_S, Go, Wait
from dropcast.budgets.publish_queue import leave, record_refusal, take_turn
from dropcast.budgets.spend_or_block_now import block_budget, spend_now
from dropcast.settings import settings
from tests.unit.support.accounts import NOW, HeldClock, items

VIDEO = ("creator_info", "video_init", "direct_posts")
DRAFT = ("inbox_init", "pending_drafts")
MINUTE_S = 62


def post(who, owner: str) -> Go | Wait:
    turn = take_turn(who, owner, VIDEO)
    if isinstance(turn, Go):
        leave(who, owner, dict.fromkeys(VIDEO, clock.now()))
    return turn


def exhausted() -> list[dict]:
    return [json.loads(item["body"])["data"] for item in items("outbox") if item["name"] == "budget.exhausted"]


@pytest.fixture
def full_minute(cloud, who) -> None:
    for number in range(6):
        assert post(who, f"first-{number}") == Go()


def test_a_slot_costs_one_read_and_one_conditional_write(cloud, who, aws_calls):
    first = take_turn(who, "a", VIDEO)

    assert first == Go()
    assert aws_calls == ["GetItem", "PutItem"]


def test_a_slot_in_the_future_costs_no_more(full_minute, who, aws_calls):
    assert take_turn(who, "b", VIDEO) == Wait(NOW + MINUTE_S, ("video_init",))
    assert take_turn(who, "c", VIDEO) == Wait(NOW + MINUTE_S, ("video_init",))

    assert aws_calls == ["GetItem", "TransactWriteItems", "GetItem", "PutItem"]


def test_taking_a_reserved_slot_costs_a_read_and_leaving_a_write(full_minute, who, aws_calls, held_clock: HeldClock):
    take_turn(who, "b", VIDEO)
    held_clock.at += MINUTE_S
    aws_calls.clear()

    assert post(who, "b") == Go()
    assert aws_calls == ["GetItem", "UpdateItem"]


def test_a_slot_of_seconds_is_waited_out(full_minute, who, held_clock: HeldClock):
    held_clock.at += MINUTE_S - 3

    assert post(who, "b") == Go()
    assert clock.now() == NOW + MINUTE_S


def test_who_is_before_us_is_waited_for_a_while_and_then_not_here(cloud, who, held_clock: HeldClock):
    take_turn(who, "a", VIDEO)

    turn = take_turn(who, "b", VIDEO)

    assert isinstance(turn, Wait)
    assert 15 < clock.now() - NOW < 30
    assert turn.until > clock.now()


def test_the_lanes_do_not_wait_for_each_other(cloud, who):
    take_turn(who, "a", VIDEO)

    assert take_turn(who, "b", DRAFT) == Go()


def test_who_gave_up_is_not_waited_for_and_its_slot_serves_another(full_minute, who, held_clock: HeldClock):
    take_turn(who, "b", VIDEO)
    leave(who, "b", {})
    held_clock.at += MINUTE_S

    assert [post(who, f"c{number}") for number in range(6)] == [Go()] * 6


def test_what_came_to_nothing_gives_its_day_back_and_not_its_minute(cloud, who, monkeypatch, held_clock: HeldClock):
    monkeypatch.setenv("BUDGETS", "direct_posts=1/86400,video_init=1/60")
    settings.cache_clear()
    post(who, "a")

    leave(who, "a", {}, back=("direct_posts",))

    assert take_turn(who, "b", VIDEO) == Wait(NOW + MINUTE_S, ("video_init",))


def test_nothing_is_written_for_an_account_that_has_no_ledger(cloud, who):
    leave(who, "a", {}, back=("direct_posts",))

    assert items("budgets") == []


def test_many_who_ask_at_once_get_a_slot_each_and_no_more_than_there_are(atomic_aws, who, monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr(clock, "sleep", pauses.append)
    monkeypatch.setattr("dropcast.budgets.publish_queue._PATIENCE_S", -1)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda number: take_turn(who, f"p{number}", VIDEO), range(12)))

    queue = ledger_store.read("open-1", "posting").queue
    assert sorted(slot.at - NOW for slot in queue) == [0] * 6 + [MINUTE_S] * 6
    assert sorted(slot.number for slot in queue) == list(range(1, 13))


def test_tiktoks_no_holds_everybody_and_tells_the_world_once(cloud, who):
    take_turn(who, "a0", VIDEO)

    first = record_refusal(who, "a0", VIDEO, ("creator_info",), "video_init", "rate_limit_exceeded")
    second = take_turn(who, "b", VIDEO)
    third = record_refusal(who, "a0", VIDEO, (), "video_init", "rate_limit_exceeded")

    assert first == second == third == Wait(NOW + MINUTE_S, ("video_init",), "rate_limit_exceeded")
    (told,) = exhausted()
    assert (told["budget"], told["why"]) == ("video_init", "rate_limit_exceeded")
    assert list(ledger_store.read("open-1", "posting").used["creator_info"].values()) == [NOW]


def test_an_exhaustion_is_told_once_with_what_is_to_be_known(full_minute, who):
    for number in range(3):
        take_turn(who, f"b{number}", VIDEO)

    assert exhausted() == [
        {
            "account_id": "acc_1",
            "open_id": "open-1",
            "budget": "video_init",
            "used": 6,
            "limit": 6,
            "window_seconds": 60,
            "next_free_at": clock.iso(NOW + MINUTE_S),
            "why": None,
        }
    ]


def test_an_ask_now_is_made_or_not_made_and_waits_for_nobody(cloud, who, held_clock: HeldClock):
    granted = [spend_now(who, "status") for _ in range(31)]
    held_clock.at += MINUTE_S

    assert granted == [None] * 30 + [NOW + MINUTE_S]
    assert spend_now(who, "status") is None
    assert [told["budget"] for told in exhausted()] == ["status"]


def test_an_ask_now_costs_one_read_and_one_conditional_write(cloud, who, aws_calls):
    spend_now(who, "status")

    assert aws_calls == ["GetItem", "PutItem"]


def test_polls_and_posts_do_not_contend(cloud, who):
    spend_now(who, "status")
    take_turn(who, "a", VIDEO)

    assert sorted(item["pk"] for item in items("budgets")) == ["open_id#open-1#posting", "open_id#open-1#status"]


def test_looks_leave_the_queue_its_room(cloud, who, monkeypatch):
    monkeypatch.setenv("BUDGETS", "creator_info=2/60,video_init=1/30")
    settings.cache_clear()
    post(who, "a")
    take_turn(who, "b", VIDEO)

    assert spend_now(who, "creator_info", "looks") == NOW + MINUTE_S


def test_tiktoks_no_to_a_look_holds_the_posts(cloud, who):
    block_budget(who, "direct_posts", "spam_risk_too_many_posts")

    assert take_turn(who, "a", VIDEO) == Wait(NOW + 3600, ("direct_posts",), "spam_risk_too_many_posts")


def test_a_ledger_leaves_when_its_last_use_has_left_its_window(cloud, who):
    post(who, "a")
    post(who, "b")

    (item,) = items("budgets")
    assert 86400 < item["expires_at"] - NOW < 2 * 86400


def test_who_died_holds_the_others_up_for_minutes_not_for_ever(cloud, who, held_clock: HeldClock):
    take_turn(who, "dead", VIDEO)
    held_clock.at += VOID_S

    assert take_turn(who, "b", VIDEO) == Go()


def test_nothing_secret_nor_personal_is_in_a_ledger(cloud, who):
    post(who, "pub_1")

    (item,) = clients.client("dynamodb").scan(TableName="budgets")["Items"]
    assert set(item) == {
        *("pk", "sk", "revision", "last", "used", "queue", "back", "blocks", "told", "rows_until", "expires_at"),
        "write_id",
    }


def test_the_waits_for_a_late_publish_grow_with_its_lateness(cloud, who, held_clock: HeldClock):
    take_turn(who, "late", VIDEO)
    waits: list[int] = []
    while isinstance(turn := take_turn(who, "b", VIDEO), Wait):
        waits.append(turn.until - clock.now())
        held_clock.at = turn.until

    assert clock.now() - NOW < VOID_S + 300
    assert len(waits) <= 9
    assert waits[2:] == sorted(waits[2:])
