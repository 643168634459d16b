"""The replacement of MediaInfo's process makes the same reads and gives the same report."""

from pathlib import Path

import pytest

from dropcast.media.video import run_mediainfo
from tests.unit.support.quick_mediainfo import mediainfo_itself

SAMPLE = (Path(__file__).parents[3] / "media" / "sample.mp4").read_bytes()
# The same length, another creation date.
CHANGED = SAMPLE[:52] + b"\0\1\0\0" + SAMPLE[56:]


class Noted:
    """A file in memory that notes its reads."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at, self.reads = content, 0, list[tuple[int, int]]()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = offset
        return offset

    def tell(self) -> int:
        return self.at

    def read(self, size: int, /) -> bytes:
        self.reads.append((self.at, size))
        return self.content[self.at : self.at + size]


def seen(content: bytes) -> tuple[str | None, list[tuple[int, int]]]:
    """The report on the content, and the reads."""
    file = Noted(content)
    return run_mediainfo.run_mediainfo(file, len(content)), file.reads


@pytest.mark.parametrize("content", [SAMPLE, CHANGED, SAMPLE[:3000], SAMPLE[:5000], b"no video at all"])
def test_the_reads_and_the_report_are_the_same(content):
    with mediainfo_itself():
        process = seen(content)

    first, again = seen(content), seen(content)

    assert first == again == process


def test_a_report_is_not_that_of_another_file_of_the_same_length():
    reports = [seen(content)[0] for content in (SAMPLE, CHANGED, SAMPLE)]

    assert reports[0] == reports[2] != reports[1]


def test_the_same_file_needs_one_process(monkeypatch):
    seen(SAMPLE)
    monkeypatch.setattr(run_mediainfo.subprocess, "Popen", None)

    report, _ = seen(SAMPLE)

    assert report is not None
