"""If another writer writes first, a change is repeated on the current item, up to a limit."""

import pytest

from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from tests.unit.support.accounts import held_clock as held_clock


def writer(conflicts: int, **how):
    """A change during which other writers write first `conflicts` times, and the arguments of its tries."""
    tries: list[str] = []

    @retry_on_conflict(**how)
    def change(value: str, *, note: str = "") -> str | Conflict | None:
        tries.append(value + note)
        return CONFLICT if len(tries) <= conflicts else value or None

    return change, tries


def test_a_change_is_repeated_until_no_other_writer_is_first():
    change, tries = writer(conflicts=2)

    assert change("a", note="b") == "a"
    assert tries == ["ab", "ab", "ab"]


def test_none_counts_as_a_result():
    change, tries = writer(conflicts=0)

    assert change("") is None
    assert tries == [""]


def test_a_change_that_is_always_overtaken_raises():
    change, tries = writer(conflicts=100, tries=3)

    with pytest.raises(RuntimeError, match="change met other writers 3 times"):
        change("a")
    assert tries == ["a"] * 3


def test_the_caller_may_set_the_result_for_that_case():
    change, tries = writer(conflicts=100, tries=3, otherwise=lambda: "contended")

    assert (change("a"), len(tries)) == ("contended", 3)


def test_the_pauses_between_tries_have_jitter(held_clock):
    change, _ = writer(conflicts=9, tries=10, pause_s=0.5)
    began = held_clock.at

    assert change("a") == "a"
    assert 0 < held_clock.at - began <= 9 * 0.5
