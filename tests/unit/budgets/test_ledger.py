"""The rules of one account's queue: kept places, returned slots, TikTok's refusals, dead publishes."""

from dataclasses import replace

import pytest

from dropcast.budgets.ledger import (
    VOID_S,
    Behind,
    Go,
    Ledger,
    Slot,
    Wait,
    block_after_refusal,
    drop_expired,
    enqueue,
    mark_notified,
    release,
    replan,
    turn_of,
)
from dropcast.budgets.limits import MARGIN_S, Budget, parse

CALL = ("init", "posts")
BUDGETS = {"init": Budget(2, 10), "posts": Budget(3, 100)}
INIT_S, POSTS_S = 10 + MARGIN_S, 100 + MARGIN_S


def ask(ledger: Ledger, owner: str, now: int, heir_of: str | None = None) -> tuple[Ledger, Go | Behind | Wait]:
    standing = enqueue(drop_expired(ledger, BUDGETS, now), owner, CALL, now, heir_of=heir_of)
    planned = replan(standing, BUDGETS, now, awake=owner)
    return planned, turn_of(planned, BUDGETS, owner, now)


def through(ledger: Ledger, owner: str, now: int) -> Ledger:
    return release(ledger, owner, dict.fromkeys(CALL, now))


def posted(ledger: Ledger, *owners: str, at: int) -> Ledger:
    for owner in owners:
        ledger, turn = ask(ledger, owner, at)
        assert turn == Go()
        ledger = through(ledger, owner, at)
    return ledger


def waiting(ledger: Ledger, *owners: str, at: int) -> Ledger:
    for owner in owners:
        ledger, turn = ask(ledger, owner, at)
        assert isinstance(turn, Wait)
    return ledger


def slots(ledger: Ledger) -> dict[str, int]:
    return {slot.owner: slot.at for slot in ledger.queue}


def test_a_second_request_finds_the_same_slot():
    ledger = waiting(posted(Ledger(), "a", "b", at=0), "c", at=1)

    again, turn = ask(ledger, "c", 5)

    assert turn == Wait(INIT_S, ("init",))
    assert slots(again) == {"c": INIT_S}


def test_a_publish_goes_at_its_time_and_uses_its_slot():
    ledger = waiting(posted(Ledger(), "a", "b", at=0), "c", at=1)

    ledger, turn = ask(ledger, "c", INIT_S)

    assert turn == Go()
    assert through(ledger, "c", INIT_S).queue == ()


def test_no_publish_overtakes_one_that_has_not_finished():
    first, turn = ask(Ledger(), "a", 0)
    second, behind = ask(first, "b", 0)

    after, at_last = ask(through(second, "a", 3), "b", 3)

    assert (turn, behind, at_last) == (Go(), Behind(), Go())
    assert slots(after) == {"b": 3}


def test_either_all_budgets_are_reserved_or_none():
    ledger = posted(Ledger(), "a", "b", at=0)
    ledger = posted(ledger, "c", at=INIT_S)

    ledger = waiting(ledger, "d", "e", at=INIT_S)

    assert slots(ledger) == {"d": POSTS_S, "e": POSTS_S}
    assert ledger.times("init", ledger.queue) == [INIT_S, POSTS_S, POSTS_S]


def test_a_returned_slot_goes_to_a_running_publish_without_overtaking():
    ledger = waiting(posted(Ledger(), "a", "b", at=0), "c", "d", "e", at=1)
    assert slots(ledger) == {"c": INIT_S, "d": POSTS_S, "e": POSTS_S}

    ledger = release(ledger, "c", {})
    ledger, turn = ask(ledger, "f", 2)
    awake, earlier = ask(ledger, "d", 2)

    assert isinstance(turn, Wait)
    assert turn.until == POSTS_S + INIT_S
    assert earlier == Wait(INIT_S, ("init",))
    assert slots(awake)["d"] == INIT_S


def test_a_returned_use_makes_room():
    ledger = posted(posted(Ledger(), "a", "b", at=0), "c", at=INIT_S)
    used = {**ledger.used, "posts": {k: v for k, v in ledger.used["posts"].items() if k != "a"}}

    _, turn = ask(Ledger(used=used), "d", INIT_S + 1)

    assert turn == Go()


def test_tiktoks_refusal_delays_all_publishes_and_keeps_their_order():
    ledger = waiting(posted(Ledger(), "a", "b", at=0), "c", "d", at=1)
    ledger, turn = ask(ledger, "c", INIT_S)
    assert turn == Go()

    shut = block_after_refusal(ledger, "init", BUDGETS["init"], "rate_limit_exceeded", INIT_S)
    planned = replan(shut, BUDGETS, INIT_S, awake="c")

    assert slots(planned) == {"c": 2 * INIT_S, "d": POSTS_S}
    assert turn_of(planned, BUDGETS, "c", INIT_S) == Wait(2 * INIT_S, ("init",), "rate_limit_exceeded")


@pytest.mark.parametrize(
    ("why", "name", "pause"),
    [("rate_limit_exceeded", "init", INIT_S), ("spam_risk_too_many_posts", "posts", 100 // 24)],
)
def test_how_long_tiktoks_refusal_blocks(why, name, pause):
    ledger = block_after_refusal(Ledger(), name, BUDGETS[name], why, 50)

    _, turn = ask(ledger, "a", 50)

    assert turn == Wait(50 + pause, (name,), why)
    assert ask(ledger, "a", 50 + pause)[1] == Go()


def test_a_later_refusal_does_not_shorten_an_earlier_block():
    ledger = block_after_refusal(Ledger(), "posts", BUDGETS["posts"], "rate_limit_exceeded", 0)

    ledger = block_after_refusal(ledger, "posts", BUDGETS["posts"], "spam_risk_too_many_posts", 1)

    assert ledger.blocks["posts"].until == POSTS_S


def test_a_refusal_right_after_a_pause_doubles_it_up_to_a_limit():
    ledger, pauses, now = Ledger(), [], 0
    for _ in range(9):
        ledger = block_after_refusal(
            drop_expired(ledger, BUDGETS, now), "init", BUDGETS["init"], "rate_limit_exceeded", now
        )
        pauses.append(ledger.blocks["init"].until - now)
        now = ledger.blocks["init"].until

    much_later = block_after_refusal(
        drop_expired(ledger, BUDGETS, now + 600), "init", BUDGETS["init"], "rate_limit_exceeded", now + 600
    )

    assert pauses == [12, 24, 48, 96, 192, 384, 600, 600, 600]
    assert much_later.blocks["init"].until == now + 600 + 12


def test_many_reports_of_the_same_refusal_count_as_one():
    ledger = block_after_refusal(Ledger(), "init", BUDGETS["init"], "rate_limit_exceeded", 0)

    ledger = block_after_refusal(ledger, "init", BUDGETS["init"], "rate_limit_exceeded", 1)

    assert ledger.blocks["init"].until == 1 + INIT_S


def test_a_slot_unused_for_long_blocks_no_other():
    ledger, _ = ask(Ledger(), "a", 0)
    ledger, behind = ask(ledger, "b", VOID_S - 1)

    _, turn = ask(ledger, "b", VOID_S)

    assert (behind, turn) == (Behind(), Go())


def test_a_void_slot_counts_until_its_window_ends():
    budgets = {"init": Budget(2, 10), "posts": Budget(1, 1000)}
    ledger = replan(enqueue(Ledger(), "a", CALL, 0), budgets, 0, awake="a")

    ledger = drop_expired(ledger, budgets, VOID_S)
    ledger = replan(enqueue(ledger, "b", CALL, VOID_S), budgets, VOID_S, awake="b")

    assert turn_of(ledger, budgets, "b", VOID_S) == Wait(1000 + MARGIN_S, ("posts",))


def test_a_second_try_replaces_the_first_whose_use_still_counts():
    ledger, _ = ask(Ledger(), "a", 0)
    ledger, _ = ask(ledger, "b", 0)

    ledger, turn = ask(ledger, "a+1", 4, heir_of="a")

    assert turn == Go()
    assert [slot.owner for slot in ledger.queue] == ["a+1", "b"]
    assert ledger.used == {"init": {"a": 4}, "posts": {"a": 4}}


def test_an_exhaustion_is_reported_once_and_again_after_it_was_over():
    ledger, first = mark_notified(Ledger(), BUDGETS, CALL, ("init",), 0)
    ledger, second = mark_notified(ledger, BUDGETS, CALL, ("init",), 5)
    ledger, none = mark_notified(ledger, BUDGETS, CALL, (), 6)
    ledger, flutter = mark_notified(ledger, BUDGETS, CALL, ("init",), 7)
    ledger, _ = mark_notified(ledger, BUDGETS, CALL, (), INIT_S)
    ledger, again = mark_notified(ledger, BUDGETS, CALL, ("init",), INIT_S + 1)

    assert (first, second, none, flutter, again) == (("init",), (), (), (), ("init",))


def test_the_ledger_drops_uses_outside_every_window():
    ledger = posted(Ledger(), "a", at=0)

    assert drop_expired(ledger, BUDGETS, INIT_S).used == {"init": {}, "posts": {"a": 0}}
    assert drop_expired(ledger, BUDGETS, POSTS_S).used == {"init": {}, "posts": {}}


def test_a_budget_is_parsed_as_limit_and_seconds():
    given = parse("video_init=2/9, direct_posts=20/86400")

    assert (given["video_init"], given["direct_posts"]) == (Budget(2, 9), Budget(20, 86400))
    assert given["status"] == Budget(30, 60)


@pytest.mark.parametrize("text", ["video_init=6", "likes=6/60", "video_init=0/60", "video_init=6/60s"])
def test_an_invalid_budget_is_refused(text):
    with pytest.raises(ValueError, match="a budget is"):
        parse(text)


def test_others_pass_a_slot_whose_owner_failed_and_it_becomes_the_first_again():
    ledger, turn = ask(Ledger(), "a", 0)
    assert turn == Go()
    (slot,) = ledger.queue
    ledger = replace(ledger, queue=(replace(slot, at=30, aside=True),))

    ledger, passing = ask(ledger, "b", 1)
    ledger, again = ask(ledger, "a", 30)

    assert (passing, again) == (Go(), Go())
    assert [slot.owner for slot in ledger.queue] == ["a", "b"]


def test_a_late_slot_keeps_its_number_and_goes_first_when_its_owner_returns():
    ledger, _ = ask(Ledger(), "a", 0)
    ledger, passing = ask(ledger, "b", VOID_S)
    ledger = through(ledger, "b", VOID_S)

    ledger, late = ask(ledger, "a", VOID_S + 5)

    assert (passing, late) == (Go(), Go())
    assert slots(ledger)["a"] == VOID_S + 5


def test_two_publishes_in_progress_do_not_share_a_place():
    """A publish that failed requests its turn again while a later publish, which passed it, calls TikTok."""
    ledger = posted(Ledger(), "x", at=0)
    ledger, _ = ask(ledger, "a", 1)
    (slot,) = ledger.queue
    ledger = replace(ledger, queue=(replace(slot, at=2, aside=True),))
    ledger = replace(ledger, queue=(*ledger.queue, Slot("b", 2, 2, CALL)))

    _, turn = ask(ledger, "a", 2)

    assert isinstance(turn, Wait)
    assert turn.until == INIT_S
