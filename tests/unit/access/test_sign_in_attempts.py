"""Attempts to sign in: ten a minute per address, a hundred in total, and the cost of counting them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dropcast.access.sign_in_attempts import SOURCE_LIMIT, TOTAL_LIMIT, count_attempt
from tests.unit.support.accounts import NOW, items
from tests.unit.support.lost import lost_answer

# A whole minute.
MINUTE = NOW - NOW % 60


def counted(address: str, times: int) -> list[bool]:
    return [count_attempt(address) is None for _ in range(times)]


def test_ten_attempts_a_minute_from_one_address_are_allowed(cloud):
    assert counted("192.0.2.1", 12) == [True] * SOURCE_LIMIT + [False] * 2
    assert count_attempt("192.0.2.2") is None


def test_a_hundred_attempts_a_minute_from_all_addresses_are_allowed(cloud):
    many = [count_attempt(f"192.0.2.{number}") is None for number in range(TOTAL_LIMIT + 5)]

    assert many == [True] * TOTAL_LIMIT + [False] * 5


def test_the_next_minute_starts_a_new_count(cloud, held_clock):
    held_clock.at = MINUTE + 59
    assert counted("192.0.2.1", 11)[-1] is False

    held_clock.at = MINUTE + 60
    assert counted("192.0.2.1", 10) == [True] * 10


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (1, 59), (59, 1)])
def test_a_refusal_says_when_to_retry(cloud, held_clock, second, wait):
    held_clock.at = MINUTE + second
    counted("192.0.2.1", 10)

    refused = count_attempt("192.0.2.1")

    assert refused is not None
    assert (refused.code, refused.next, refused.details) == ("too_many_attempts", "wait", {"retry_after": wait})
    assert f"{wait} seconds" in refused.fix


def test_an_attempt_costs_one_write_whether_it_is_refused_or_not(cloud, aws_calls):
    count_attempt("192.0.2.1")
    aws_calls.clear()

    counted("192.0.2.1", 12)

    assert aws_calls == ["UpdateItem"] * 12


def test_refused_attempts_do_not_count_towards_the_total(cloud):
    counted("192.0.2.1", 200)

    assert [count_attempt(f"192.0.2.{number}") for number in range(2, 50)] == [None] * 48


def test_concurrent_attempts_are_each_counted(atomic_aws):
    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(count_attempt, ["192.0.2.1"] * 40))

    assert answers.count(None) == SOURCE_LIMIT


def test_an_attempt_with_a_lost_answer_is_counted_once(cloud):
    with lost_answer("UpdateItem") as left:
        assert count_attempt("192.0.2.1") is None

    assert left == [0]
    assert counted("192.0.2.1", 10) == [True] * 9 + [False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::1", "0:0:0:0:0:0:0:1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "unknown", True),
        ("", "unknown", False),
    ],
)
def test_an_ipv6_network_counts_as_one_address(cloud, one, other, same):
    counted(one, 10)

    assert (count_attempt(other) is not None) == same


def test_a_minute_is_one_row_that_expires_and_contains_no_address(cloud):
    for number in range(150):
        count_attempt(f"192.0.2.{number}")

    [row] = items("console")
    assert len(row) == TOTAL_LIMIT + 3
    assert NOW < row["expires_at"] <= NOW + 600
    assert "192.0.2" not in repr(row)
