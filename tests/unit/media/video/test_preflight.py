import struct
from pathlib import Path

import pytest

from dropcast.errors.problem import Next
from dropcast.media.range_reader import BufferedRanges
from dropcast.media.video.preflight import VideoFacts, preflight

SAMPLE = (Path(__file__).parents[3] / "media" / "sample.mp4").read_bytes()
SAMPLE_FACTS = VideoFacts("mp4", "video/mp4", "h264", 2000, 360, 640, 30_000, has_audio=True)


class Far:
    """A remote file of some bytes followed by zeros up to its size."""

    def __init__(self, content: bytes, size: int | None = None) -> None:
        self.content = content
        self.size = len(content) if size is None else size
        self.reader = BufferedRanges(self._read, self.size)

    def _read(self, first: int, last: int) -> bytes:
        return self.content[first : last + 1].ljust(last - first + 1, b"\0")

    def look(self) -> VideoFacts | tuple:
        return preflight(self.reader, self.size)

    def codes(self) -> list[str]:
        problems = self.look()
        assert isinstance(problems, tuple)
        return [problem.code for problem in problems]


def padded(size: int) -> Far:
    """The sample, followed by a `free` box that makes the file `size` bytes long."""
    free = size - len(SAMPLE)
    return Far(SAMPLE + struct.pack(">I4sQ", 1, b"free", free), size)


def called_prores() -> Far:
    """The sample, with a header that states Apple ProRes as the video codec."""
    return Far(SAMPLE.replace(b"avc1\0\0\0\0", b"apcn\0\0\0\0").replace(b"avcC", b"none"))


def test_tiktok_accepts_the_sample():
    assert Far(SAMPLE).look() == SAMPLE_FACTS


def test_a_local_file_can_be_inspected_too(tmp_path):
    (tmp_path / "a.mp4").write_bytes(SAMPLE)

    with (tmp_path / "a.mp4").open("rb") as file:
        assert preflight(file, len(SAMPLE)) == SAMPLE_FACTS


@pytest.mark.parametrize("size", [64_000_001, 70_000_000, 4_000_000_000])
def test_a_padded_video_is_the_same_video_and_costs_no_more_reads(size):
    far = padded(size)

    assert far.look() == SAMPLE_FACTS
    assert far.reader.reads <= 12
    assert far.reader.bytes_read <= 2_000_000


def test_an_empty_file_is_refused_without_a_read():
    far = Far(b"")

    assert far.codes() == ["source_empty"]
    assert far.reader.reads == 0


def test_one_byte_too_many_is_refused_with_both_numbers():
    problems = padded(4_000_000_001).look()

    assert isinstance(problems, tuple)
    (problem,) = problems
    assert (problem.code, problem.next) == ("source_too_large", Next.NONE)
    assert (problem.details["value"], problem.details["limit"]) == (4_000_000_001, 4_000_000_000)
    assert "4000000001" in problem.message


@pytest.mark.parametrize(
    "content", [b"hello\n", b"\0" * 5000, b"\x89PNG\r\n\x1a\n" + bytes(200), b"%PDF-1.7\n", SAMPLE[:4], SAMPLE[::-1]]
)
def test_a_file_that_is_no_video_is_reported_as_such(content):
    assert Far(content).codes() == ["not_a_video"]


def test_a_file_that_is_no_video_and_too_large_has_both_problems():
    assert Far(b"hello", 4_000_000_001).codes() == ["source_too_large", "not_a_video"]


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.99])
def test_an_mp4_whose_end_is_missing_is_refused(kept):
    problems = Far(SAMPLE[: int(len(SAMPLE) * kept)]).look()

    assert isinstance(problems, tuple)
    assert [problem.code for problem in problems] == ["video_cut_short"]


def test_a_codec_that_tiktok_refuses_is_named():
    problems = called_prores().look()

    assert isinstance(problems, tuple)
    assert "codec_not_accepted" in [problem.code for problem in problems]
    assert "ProRes" in problems[0].message


def test_an_error_of_the_source_is_no_verdict_on_the_file():
    def lost(first: int, last: int) -> bytes:
        raise TimeoutError("s3")

    with pytest.raises(TimeoutError, match="s3"):
        preflight(BufferedRanges(lost, 1000), 1000)
