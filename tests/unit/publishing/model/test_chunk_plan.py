import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropcast.publishing.model.chunk_plan import CHUNK_SIZES, plan_chunks

SIZES = st.integers(1, 4_000_000_000)
VECTORS = [
    (1, 1, 1, 1),
    (4_194_304, 4_194_304, 1, 4_194_304),
    (5_242_880, 5_242_880, 1, 5_242_880),
    (15_000_000, 15_000_000, 1, 15_000_000),
    (50_000_123, 50_000_123, 1, 50_000_123),
    (64_000_000, 64_000_000, 1, 64_000_000),
    (64_000_001, 10_000_000, 6, 14_000_001),
    (67_108_865, 10_000_000, 6, 17_108_865),
    (94_000_000, 10_000_000, 9, 14_000_000),
    (128_000_001, 10_000_000, 12, 18_000_001),
    (1_000_000_000, 10_000_000, 100, 10_000_000),
    (3_999_999_999, 10_000_000, 399, 19_999_999),
]


def edges(**others):
    def decorate(test):
        for size in (*(vector[0] for vector in VECTORS), 4_000_000_000):
            test = example(size=size, **others)(test)
        return test

    return decorate


@pytest.mark.parametrize(("size", "chunk_size", "count", "last"), VECTORS)
def test_the_plan_equals_the_protocols_table(size: int, chunk_size: int, count: int, last: int):
    plan = plan_chunks(size)

    assert (plan.chunk_size, plan.count, plan.chunk(count - 1).length) == (chunk_size, count, last)


LARGER_VECTORS = [
    (64_000_001, 32_000_000, 32_000_000, 2, 32_000_001),
    (94_000_000, 32_000_000, 32_000_000, 2, 62_000_000),
    (128_000_001, 32_000_000, 32_000_000, 4, 32_000_001),
    (1_000_000_000, 32_000_000, 32_000_000, 31, 40_000_000),
    (3_999_999_999, 32_000_000, 32_000_000, 124, 63_999_999),
    (64_000_000, 64_000_000, 64_000_000, 1, 64_000_000),
    (64_000_001, 64_000_000, 32_000_000, 2, 32_000_001),
    (127_999_999, 64_000_000, 32_000_000, 3, 63_999_999),
    (128_000_000, 64_000_000, 64_000_000, 2, 64_000_000),
    (3_999_999_999, 64_000_000, 64_000_000, 62, 95_999_999),
]


@pytest.mark.parametrize(("size", "setting", "chunk_size", "count", "last"), LARGER_VECTORS)
def test_larger_chunks_are_used_if_they_are_legal(size: int, setting: int, chunk_size: int, count: int, last: int):
    plan = plan_chunks(size, setting)

    assert (plan.chunk_size, plan.count, plan.chunk(count - 1).length) == (chunk_size, count, last)


@edges(setting=64_000_000)
@given(size=SIZES, setting=st.sampled_from([None, *CHUNK_SIZES]))
def test_every_rule_of_section_4_holds(size: int, setting: int | None):
    assert_legal(size, setting)


def test_every_rule_of_section_4_holds_around_every_multiple_of_every_chunk_size():
    for setting in CHUNK_SIZES:
        for multiple in range(1, 4_000_000_000 // 1_000_000 + 1):
            for size in (multiple * 1_000_000 - 1, multiple * 1_000_000, multiple * 1_000_000 + 1):
                if size <= 4_000_000_000:
                    assert_legal(size, setting)


def assert_legal(size: int, setting: int | None):
    plan = plan_chunks(size, setting)

    last = plan.chunk(plan.count - 1).length
    assert plan.count == size // plan.chunk_size
    assert 1 <= plan.count <= 1000
    if plan.count == 1:
        assert plan.chunk_size == size <= 64_000_000
    else:
        assert 5_242_880 <= plan.chunk_size <= 64_000_000
        assert plan.chunk_size <= last <= 128_000_000
    if size < 5_242_880:
        assert plan.chunk_size == size
    if size > 64_000_000:
        assert plan.count > 1


@edges()
@given(size=SIZES)
def test_the_chunks_cover_the_file_without_gap_or_overlap(size: int):
    plan = plan_chunks(size)

    chunks = [plan.chunk(index) for index in range(plan.count)]
    assert chunks[0].first == 0
    assert chunks[-1].last == size - 1
    assert all(after.first == before.last + 1 for before, after in itertools.pairwise(chunks))


@given(size=SIZES, data=st.data())
def test_a_resume_begins_at_the_first_incomplete_chunk(size: int, data: st.DataObject):
    plan = plan_chunks(size)
    index = data.draw(st.integers(0, plan.count - 1))
    chunk = plan.chunk(index)

    as_count = plan.next_chunk(chunk.first)
    as_last_index = plan.next_chunk(chunk.first - 1) if chunk.first else as_count

    assert as_count == chunk
    assert as_last_index == chunk


@given(size=st.integers(2, 4_000_000_000))
def test_no_chunk_is_left_if_tiktok_has_all_bytes_by_either_count(size: int):
    plan = plan_chunks(size)

    assert plan.next_chunk(size) is None
    assert plan.next_chunk(size - 1) is None


@pytest.mark.parametrize("size", [0, -1, 4_000_000_001])
def test_a_size_that_tiktok_refuses_has_no_plan(size: int):
    with pytest.raises(ValueError, match="no chunk plan"):
        plan_chunks(size)
