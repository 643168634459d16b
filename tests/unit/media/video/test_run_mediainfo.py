"""A file that would block or crash MediaInfo costs only seconds and is reported."""

import subprocess
import time
from pathlib import Path

import pytest

from dropcast.media.range_reader import BufferedRanges
from dropcast.media.video import run_mediainfo
from dropcast.media.video.preflight import preflight
from tests.unit.support.quick_mediainfo import mediainfo_itself

SAMPLE = (Path(__file__).parents[3] / "media" / "sample.mp4").read_bytes()


@pytest.fixture(autouse=True)
def _a_process_for_each_call():
    with mediainfo_itself():
        yield


def reader_of(content: bytes) -> BufferedRanges:
    return BufferedRanges(lambda first, last: content[first : last + 1], len(content))


def endless() -> bytes:
    """The sample, with a sound table that claims four billion entries, each with a separate length."""
    at = SAMPLE.index(b"sgpd") + 12
    return SAMPLE[:at] + b"\0\0\0\0\xeb\0\0\1" + SAMPLE[at + 8 :]


def codes(content: bytes) -> list[str]:
    problems = preflight(reader_of(content), len(content))
    assert isinstance(problems, tuple)
    return [one.code for one in problems]


def test_a_file_that_runs_into_the_time_limit_is_reported(monkeypatch):
    monkeypatch.setattr(run_mediainfo, "_THINKING_SECONDS", 1.0)
    began = time.monotonic()

    found = codes(endless())

    assert found == ["media_unreadable"]
    assert time.monotonic() - began < 10


def test_a_file_that_kills_the_reader_is_reported(tmp_path, monkeypatch):
    (tmp_path / "pymediainfo.py").write_text("import os\nos.abort()\n")
    monkeypatch.syspath_prepend(tmp_path)

    assert codes(SAMPLE) == ["media_unreadable"]


def test_an_exception_of_the_reader_is_passed_on():
    def broken(first: int, last: int) -> bytes:
        raise ConnectionError("S3 is away")

    with pytest.raises(ConnectionError, match="S3 is away"):
        run_mediainfo.run_mediainfo(BufferedRanges(broken, 100), 100)


def test_the_process_sees_no_credentials(tmp_path, monkeypatch):
    (tmp_path / "pymediainfo.py").write_text(
        "import json, os\nclass MediaInfo:\n    parse = staticmethod(lambda *_, **__: json.dumps(sorted(os.environ)))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")

    told = run_mediainfo.run_mediainfo(reader_of(SAMPLE), len(SAMPLE))

    assert told is not None
    assert "PYTHONPATH" in told
    assert "AWS" not in told


def test_no_process_remains(monkeypatch):
    monkeypatch.setattr(run_mediainfo, "_THINKING_SECONDS", 0.2)
    begun: list[subprocess.Popen[bytes]] = []

    class Seen(subprocess.Popen):
        def __init__(self, *args, **how):
            super().__init__(*args, **how)
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Seen)

    run_mediainfo.run_mediainfo(reader_of(endless()), len(endless()))
    run_mediainfo.run_mediainfo(reader_of(SAMPLE), len(SAMPLE))

    assert len(begun) == 2
    assert all(child.returncode is not None for child in begun)
