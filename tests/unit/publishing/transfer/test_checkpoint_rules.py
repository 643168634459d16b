import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropcast.publishing.model.chunk_plan import CHUNK_SIZES, ChunkPlan, plan_chunks
from dropcast.publishing.transfer.checkpoint_rules import checkpoint_due, chunks_at_checkpoint

SIZES = st.integers(1, 4_000_000_000)
CHUNKS = st.sampled_from(CHUNK_SIZES)


def notes(plan: ChunkPlan, seconds_per_chunk: float = 0.0) -> list[tuple[int, int, float]]:
    """The checkpoints of an undisturbed upload: the chunk after each, the number of chunks that it allows, and its
    time.
    """
    made, noted, age = [], 0, 0.0
    for chunk in range(plan.count):
        if checkpoint_due(plan, chunk, noted, age):
            noted, age = max(noted, chunks_at_checkpoint(plan, chunk)), 0.0
            made.append((chunk, noted, chunk * seconds_per_chunk))
        assert chunk < noted
        age += seconds_per_chunk
    return made


@example(size=100_000_000, chunk=10_000_000)
@example(size=128_000_000, chunk=64_000_000)
@given(size=SIZES, chunk=CHUNKS)
def test_there_is_at_most_one_note_per_64_megabytes(size: int, chunk: int):
    assert len(notes(plan_chunks(size, chunk))) <= math.ceil(size / 64_000_000)


@given(size=SIZES, chunk=CHUNKS, seconds=st.floats(0.1, 60))
def test_on_a_slow_connection_there_is_at_most_one_more_note_per_30_seconds(size: int, chunk: int, seconds: float):
    plan = plan_chunks(size, chunk)

    made = notes(plan, seconds)

    assert len(made) <= math.ceil(size / 64_000_000) + plan.count * seconds / 30


@given(size=SIZES, chunk=CHUNKS, seconds=st.floats(0, 60))
def test_the_last_chunk_is_only_in_its_own_note(size: int, chunk: int, seconds: float):
    plan = plan_chunks(size, chunk)

    assert all(noted < plan.count for before, noted, _ in notes(plan, seconds) if before < plan.count - 1)


def test_the_last_chunk_waits_for_its_note_even_if_an_earlier_uploader_made_one():
    plan = plan_chunks(70_000_000, 10_000_000)

    assert checkpoint_due(plan, plan.count - 1, allowed=plan.count, seconds=0)


@pytest.mark.parametrize(
    ("size", "chunk", "expected"),
    [
        (20_000_000, 10_000_000, [(0, 1)]),
        (70_000_000, 10_000_000, [(0, 6), (6, 7)]),
        (1_000_000_000, 10_000_000, [(0, 12), (12, 24), (24, 36), (36, 48), (48, 60), (60, 72), (72, 84), (84, 96)]),
    ],
)
def test_the_notes_of_typical_uploads(size, chunk, expected):
    made = [(before, noted) for before, noted, _ in notes(plan_chunks(size, chunk))]

    assert made[: len(expected)] == expected
