"""An account's queue in DynamoDB: the cost of a turn, concurrent requests, and the events."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from dropcast import clock
from dropcast.aws import clients
from dropcast.budgets import ledger_store
from dropcast.budgets.ledger import VOID_S, Go, Wait
from dropcast.budgets.limits import MARGIN_S
from dropcast.budgets.publish_queue import leave, record_refusal, take_turn
from dropcast.budgets.spend_or_block_now import NoRoom, block_budget, spend_now
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


def test_a_future_slot_costs_no_more(full_minute, who, aws_calls):
    assert take_turn(who, "b", VIDEO) == Wait(NOW + MINUTE_S, ("video_init",))
    assert take_turn(who, "c", VIDEO) == Wait(NOW + MINUTE_S, ("video_init",))

    assert aws_calls == ["GetItem", "TransactWriteItems", "GetItem", "PutItem"]


def test_using_a_reserved_slot_costs_a_read_and_leaving_costs_a_write(
    full_minute, who, aws_calls, held_clock: HeldClock
):
    take_turn(who, "b", VIDEO)
    held_clock.at += MINUTE_S
    aws_calls.clear()

    assert post(who, "b") == Go()
    assert aws_calls == ["GetItem", "UpdateItem"]


def test_a_slot_within_seconds_is_waited_for(full_minute, who, held_clock: HeldClock):
    held_clock.at += MINUTE_S - 3

    assert post(who, "b") == Go()
    assert clock.now() == NOW + MINUTE_S


def test_an_earlier_publish_is_waited_for_only_for_a_while(cloud, who, held_clock: HeldClock):
    take_turn(who, "a", VIDEO)

    turn = take_turn(who, "b", VIDEO)

    assert isinstance(turn, Wait)
    assert 15 < clock.now() - NOW < 30
    assert turn.until > clock.now()


def test_the_lanes_do_not_wait_for_each_other(cloud, who):
    take_turn(who, "a", VIDEO)

    assert take_turn(who, "b", DRAFT) == Go()


def test_an_abandoned_place_blocks_no_other_and_its_slot_is_used(full_minute, who, held_clock: HeldClock):
    take_turn(who, "b", VIDEO)
    leave(who, "b", {})
    held_clock.at += MINUTE_S

    assert [post(who, f"c{number}") for number in range(6)] == [Go()] * 6


def test_a_failed_post_frees_its_daily_use_but_not_its_minutes(cloud, who, monkeypatch, held_clock: HeldClock):
    monkeypatch.setenv("BUDGETS", "direct_posts=1/86400,video_init=1/60")
    settings.cache_clear()
    post(who, "a")

    leave(who, "a", {}, back=("direct_posts",))

    assert take_turn(who, "b", VIDEO) == Wait(NOW + MINUTE_S, ("video_init",))


def test_nothing_is_written_for_an_account_that_has_no_ledger(cloud, who):
    leave(who, "a", {}, back=("direct_posts",))

    assert items("budgets") == []


def test_concurrent_requests_get_one_slot_each_and_no_more_than_exist(atomic_aws, who, monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr(clock, "sleep", pauses.append)
    monkeypatch.setattr("dropcast.budgets.publish_queue._PATIENCE_S", -1)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda number: take_turn(who, f"p{number}", VIDEO), range(12)))

    queue = ledger_store.read("open-1", "posting").queue
    assert sorted(slot.at - NOW for slot in queue) == [0] * 6 + [MINUTE_S] * 6
    assert sorted(slot.number for slot in queue) == list(range(1, 13))


def test_tiktoks_refusal_holds_all_publishes_and_sends_one_event(cloud, who):
    take_turn(who, "a0", VIDEO)

    first = record_refusal(who, "a0", VIDEO, ("creator_info",), "video_init", "rate_limit_exceeded")
    second = take_turn(who, "b", VIDEO)
    third = record_refusal(who, "a0", VIDEO, (), "video_init", "rate_limit_exceeded")

    assert first == second == third == Wait(NOW + MINUTE_S, ("video_init",), "rate_limit_exceeded")
    (told,) = exhausted()
    assert (told["budget"], told["why"]) == ("video_init", "rate_limit_exceeded")
    assert list(ledger_store.read("open-1", "posting").used["creator_info"].values()) == [NOW]


def test_an_exhaustion_sends_one_event_with_its_details(full_minute, who):
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


def test_an_immediate_use_succeeds_or_fails_without_waiting(cloud, who, held_clock: HeldClock):
    granted = [spend_now(who, "status") for _ in range(31)]
    held_clock.at += MINUTE_S

    assert granted == [None] * 30 + [NoRoom("status", NOW + MINUTE_S)]
    assert spend_now(who, "status") is None
    assert [told["budget"] for told in exhausted()] == ["status"]


def test_an_immediate_use_costs_one_read_and_one_conditional_write(cloud, who, aws_calls):
    spend_now(who, "status")

    assert aws_calls == ["GetItem", "PutItem"]


def test_polls_and_posts_do_not_contend(cloud, who):
    spend_now(who, "status")
    take_turn(who, "a", VIDEO)

    assert sorted(item["pk"] for item in items("budgets")) == ["open_id#open-1#posting", "open_id#open-1#status"]


def test_account_checks_leave_room_for_the_queue(cloud, who, monkeypatch):
    monkeypatch.setenv("BUDGETS", "creator_info=2/60,video_init=1/30")
    settings.cache_clear()
    post(who, "a")
    take_turn(who, "b", VIDEO)

    assert spend_now(who, "creator_info", "looks") == NoRoom("creator_info", NOW + MINUTE_S)


@pytest.mark.parametrize(("longer", "shorter"), [("creator_info", "looks"), ("looks", "creator_info")])
def test_a_use_that_two_budgets_refuse_names_the_one_that_has_room_last(cloud, who, monkeypatch, longer, shorter):
    monkeypatch.setenv("BUDGETS", f"{longer}=1/600,{shorter}=1/60")
    settings.cache_clear()

    answers = [spend_now(who, "creator_info", "looks") for _ in range(2)]

    assert answers == [None, NoRoom(longer, NOW + 600 + MARGIN_S)]


def test_tiktoks_refusal_of_an_account_check_holds_the_posts(cloud, who):
    block_budget(who, "direct_posts", "spam_risk_too_many_posts")

    assert take_turn(who, "a", VIDEO) == Wait(NOW + 3600, ("direct_posts",), "spam_risk_too_many_posts")


def test_a_ledger_is_deleted_when_its_last_use_has_left_its_window(cloud, who):
    post(who, "a")
    post(who, "b")

    (item,) = items("budgets")
    assert 86400 < item["expires_at"] - NOW < 2 * 86400


def test_a_dead_publish_delays_the_others_only_for_minutes(cloud, who, held_clock: HeldClock):
    take_turn(who, "dead", VIDEO)
    held_clock.at += VOID_S

    assert take_turn(who, "b", VIDEO) == Go()


def test_a_ledger_contains_nothing_secret_or_personal(cloud, who):
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
