import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.rules.chunks import ByteRange, expected_range, parse_content_range, plan_problem

SIZES = st.integers(1, 4_000_000_000)


def safe_plan(size: int, chunk: int) -> tuple[int, int]:
    """Section 4.4."""
    return (size, 1) if size <= 64_000_000 else (chunk, size // chunk)


@given(size=SIZES, chunk=st.sampled_from([10_000_000, 32_000_000]))
@example(size=64_000_000, chunk=10_000_000)
@example(size=64_000_001, chunk=32_000_000)
@example(size=67_108_865, chunk=10_000_000)
@example(size=4_000_000_000, chunk=10_000_000)
def test_the_safe_plan_is_accepted_for_every_size(size, chunk):
    assert plan_problem(size, *safe_plan(size, chunk)) is None


@given(size=SIZES, chunk=st.integers(1, 4_000_000_000), count=st.integers(-1, 2000))
def test_an_accepted_plan_has_only_legal_chunks(size, chunk, count):
    if plan_problem(size, chunk, count) is not None:
        return

    last = size - (count - 1) * chunk

    assert count == size // chunk
    assert chunk <= 64_000_000
    assert count == 1 or chunk >= 5_242_880
    assert last == size if count == 1 else chunk <= last <= 128_000_000


@given(size=SIZES, chunk=st.integers(5_242_880, 64_000_000))
def test_a_count_that_is_rounded_up_is_refused(size, chunk):
    rounded_up = -(-size // chunk)

    if rounded_up != size // chunk:
        assert plan_problem(size, chunk, rounded_up) is not None


@pytest.mark.parametrize(
    ("size", "chunk", "count"),
    [
        (50_000_123, 10_000_000, 5),
        (4_194_304, 4_194_304, 1),
        (5_000_001, 5_000_001, 1),
        (1, 1, 1),
        (128_000_001, 64_000_000, 2),
    ],
)
def test_documented_plans_are_accepted(size, chunk, count):
    assert plan_problem(size, chunk, count) is None


@pytest.mark.parametrize(
    ("size", "chunk", "count", "words"),
    [
        (50_000_123, 10_000_000, 6, "total chunk count"),
        (64_000_001, 64_000_000, 1, "chunk size"),
        (64_000_001, 64_000_001, 1, "chunk size"),
        (15_000_000, 10_000_000, 1, "chunk size"),
        (10_485_758, 5_242_879, 2, "chunk size"),
        (0, 1, 1, "video size"),
        (4_000_000_001, 32_000_000, 125, "video size"),
        (3_000_000, 1, 3_000_000, "total chunk count"),
        (100, 101, 0, "chunk size"),
    ],
)
def test_an_invalid_plan_is_refused_with_the_invalid_field(size, chunk, count, words):
    problem = plan_problem(size, chunk, count)

    assert problem is not None
    assert words in problem


@given(size=SIZES, chunk=st.sampled_from([10_000_000, 32_000_000]))
def test_the_expected_ranges_cover_the_file_once_in_order(size, chunk):
    chunk, count = safe_plan(size, chunk)
    received, seen = 0, 0

    while expected := expected_range(size, chunk, count, received):
        assert expected.first == received
        assert expected.length >= chunk
        received, seen = expected.last + 1, seen + 1

    assert (received, seen) == (size, count)


@given(first=st.integers(0, 10**9), length=st.integers(1, 10**8), rest=st.integers(0, 10**8))
def test_a_content_range_is_parsed(first, length, rest):
    last = first + length - 1

    found = parse_content_range(f"bytes {first}-{last}/{last + 1 + rest}")

    assert found == ByteRange(first, last, last + 1 + rest)


@pytest.mark.parametrize(
    "text", [None, "", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-9/*", "0-9/10", "bytes=0-9/10", "bytes 0-9/10 "]
)
def test_a_malformed_content_range_is_none(text):
    assert parse_content_range(text) is None
