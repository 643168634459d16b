"""Turns for sending videos: never too many at once, in the order of the requests, and no turn is lost for ever."""

from hypothesis import given
from hypothesis import strategies as st

from dropcast.publishing.transfer.transfer_concurrency import TURN_S, Turns, request_turn

AT_ONCE = 2


def asked(turns: Turns, name: str, now: int = 0, *, has_begun: bool = False) -> tuple[Turns, int]:
    return request_turn(turns, name, now, at_once=AT_ONCE, has_begun=has_begun)


def crowd(*names: str, now: int = 0) -> Turns:
    turns = Turns()
    for name in names:
        turns, _ = asked(turns, name, now)
    return turns


def ended(turns: Turns, name: str) -> Turns:
    return Turns({other: end for other, end in turns.running.items() if other != name}, turns.waiting)


def test_the_permitted_number_go_and_the_next_waits():
    turns = crowd("a", "b")

    after, wait = asked(turns, "c")

    assert set(after.running) == {"a", "b"}
    assert wait > 0


def test_waiting_transfers_go_in_the_order_of_their_requests():
    turns = ended(crowd("a", "b", "c", "d"), "a")

    turns, of_d = asked(turns, "d", 10)
    turns, of_e = asked(turns, "e", 10)
    turns, of_c = asked(turns, "c", 15)

    assert (of_d > 0, of_e > 0, of_c) == (True, True, 0)


def test_a_transfer_far_behind_asks_less_often_but_at_least_every_five_minutes():
    turns, waits = crowd("a", "b"), list[int]()

    for number in range(50):
        turns, wait = asked(turns, f"waiting-{number}")
        waits.append(wait)

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (15, 300)


def test_a_transfer_with_a_turn_keeps_it_when_it_asks_again():
    turns, wait = asked(crowd("a", "b", "c"), "a", 900)

    assert wait == 0
    assert turns.running["a"] == 900 + TURN_S


def test_a_killed_process_loses_its_turn_after_a_while():
    turns = crowd("a", "b")

    _, early = asked(turns, "c", TURN_S - 1)
    after, late = asked(turns, "c", TURN_S)

    assert (early > 0, late) == (True, 0)
    assert "a" not in after.running


def test_a_transfer_that_stops_asking_blocks_no_other():
    turns = ended(crowd("a", "b", "gone", "d"), "a")

    _, wait = asked(turns, "d", 200)

    assert wait == 0


def test_a_transfer_that_asks_late_keeps_its_place():
    turns = crowd("a", "b", "late", "d")
    turns, _ = asked(turns, "d", 500)
    turns, _ = asked(turns, "late", 510)

    assert turns.waiting["late"].number < turns.waiting["d"].number


def test_an_upload_with_an_old_url_goes_first():
    turns = crowd("a", "b", "c")
    turns, _ = asked(turns, "uploading", has_begun=True)

    turns = ended(turns, "a")
    _, of_c = asked(turns, "c", 10)
    _, of_uploading = asked(turns, "uploading", 10, has_begun=True)

    assert (of_c > 0, of_uploading) == (True, 0)


def test_the_item_stays_small_however_many_wait():
    turns = crowd(*(f"publish-{number}" for number in range(700)))

    _, wait = asked(turns, "one-more")

    assert len(turns.waiting) == 500
    assert wait == 300


steps = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["ask", "end", "upload"]), st.integers(0, 400)))


@given(steps, st.integers(1, 4))
def test_there_are_never_more_turns_than_permitted(walk, at_once):
    turns, now = Turns(), 0

    for name, does, seconds in walk:
        now += seconds
        if does == "end":
            turns = ended(turns, name)
        else:
            turns, _ = request_turn(turns, name, now, at_once=at_once, has_begun=does == "upload")
        assert len([end for end in turns.running.values() if end > now]) <= at_once


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True), st.integers(1, 4))
def test_all_transfers_finally_go_and_in_order_if_one_at_a_time(names, at_once):
    turns, now, gone, due = Turns(), 0, list[str](), dict.fromkeys(names, 0)

    while due and now < 20_000:
        for name in [one for one, at in due.items() if at <= now]:
            turns, wait = request_turn(turns, name, now, at_once=at_once, has_begun=False)
            due[name] = now + wait
            if wait == 0:
                gone.append(name)
                due.pop(name)
        now += 5
        turns = Turns({name: end for name, end in turns.running.items() if end > now + TURN_S - 100}, turns.waiting)

    assert sorted(gone) == sorted(names)
    assert at_once > 1 or gone == names
