import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.media.range_reader import BufferedRanges


def reader_of(content, **options):
    return BufferedRanges(lambda first, last: content[first : last + 1], len(content), **options)


moves = st.one_of(
    st.tuples(st.just("read"), st.integers(-1, 40)),
    st.tuples(st.just("seek"), st.integers(0, 120), st.just(io.SEEK_SET)),
    st.tuples(st.just("seek"), st.integers(0, 40), st.just(io.SEEK_CUR)),
    st.tuples(st.just("seek"), st.integers(0, 40), st.just(io.SEEK_END)),
    st.tuples(st.just("tell")),
)


@given(st.binary(max_size=100), st.integers(1, 30), st.lists(moves, max_size=20))
def test_it_reads_the_same_bytes_as_the_file(content, block_size, asked):
    reader, file = reader_of(content, block_size=block_size), io.BytesIO(content)

    for name, *arguments in asked:
        assert getattr(reader, name)(*arguments) == getattr(file, name)(*arguments)


@given(st.binary(min_size=1, max_size=100), st.integers(1, 30), st.lists(st.integers(0, 99), max_size=30))
def test_no_block_is_fetched_twice(content, block_size, places):
    reader = reader_of(content, block_size=block_size)

    for place in places:
        reader.seek(place)
        reader.read(7)

    assert reader.bytes_read <= len(content)
    assert reader.reads <= -(-len(content) // block_size)


def test_reads_and_bytes_are_counted():
    reader = reader_of(bytes(200), block_size=40)

    reader.seek(30)
    reader.read(20)
    reader.seek(190)
    reader.read(20)

    assert (reader.reads, reader.bytes_read) == (2, 120)


def test_sequential_reads_fetch_larger_blocks():
    reader = reader_of(bytes(1000), block_size=10)

    for _ in range(31):
        reader.read(10)

    assert (reader.reads, reader.bytes_read) == (6, 10 + 20 + 40 + 80 + 80 + 80)


def test_missing_bytes_between_two_blocks_are_one_fetch():
    reader = reader_of(bytes(100), block_size=10)

    for place in (0, 50):
        reader.seek(place)
        reader.read(10)
    reader.seek(0)
    reader.read(60)

    assert (reader.reads, reader.bytes_read) == (3, 60)


@pytest.mark.parametrize("wrong", [b"", bytes(9), bytes(11)])
def test_a_range_of_the_wrong_length_is_an_error(wrong):
    reader = BufferedRanges(lambda first, last: wrong, 10)

    with pytest.raises(OSError, match="requested bytes 0 to 9"):
        reader.read(5)


def test_an_error_of_the_source_is_passed_on():
    def lost(first, last):
        raise TimeoutError("s3")

    with pytest.raises(TimeoutError, match="s3"):
        BufferedRanges(lost, 10).read(5)
