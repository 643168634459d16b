"""MediaInfo, asked in a process of its own: a broken file may keep it busy for minutes, or be the end of it.

That process sees no credentials and no network. What it wants of the file it asks for over a pipe, and it is read here.
"""

import os
import select
import subprocess
import sys
from typing import IO

from dropcast import clock
from dropcast.media.range_reader import Reader
from dropcast.media.video.mediainfo_process import HEADER, LENGTH, READ

# Its own limit is on the time of a processor; this one is for a machine that is busy with other things.
_THINKING_SECONDS = 20.0
_PIECE = 256 * 1024
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")


def run_mediainfo(reader: Reader, size: int) -> str | None:
    """What MediaInfo tells of the file of `size` bytes behind `reader`, as JSON; None if it dies of it: it has 6 s of
    a processor, 20 s besides what reading takes, and 256 MB. What `reader` raises comes through."""
    command = [sys.executable, "-m", "dropcast.media.video.mediainfo_process", str(size)]
    child = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        return _Conversation(child.stdin, child.stdout).serve(reader)
    except (BrokenPipeError, _NoAnswerError):
        return None
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def _environment() -> dict[str, str]:
    """Where this process finds its modules, and none of its secrets."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class _NoAnswerError(Exception):
    """It died, or its time is over."""


class _Conversation:
    """What is said with the process; only waiting for it counts against its time."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._stdin = stdin
        self._from = stdout.fileno()
        self._left = _THINKING_SECONDS

    def serve(self, reader: Reader) -> str:
        """Give it what it wants to read until it has something to tell."""
        while True:
            kind, offset, length = HEADER.unpack(self._hear(HEADER.size))
            if kind != READ:
                return self._hear(length).decode(errors="replace")
            reader.seek(offset)
            piece = reader.read(length)
            self._stdin.write(LENGTH.pack(len(piece)) + piece)
            self._stdin.flush()

    def _hear(self, size: int) -> bytes:
        heard = bytearray()
        while len(heard) < size:
            heard += self._wait(size - len(heard))
        return bytes(heard)

    def _wait(self, most: int) -> bytes:
        began = clock.monotonic()
        ready, _, _ = select.select([self._from], [], [], max(0.0, self._left))
        self._left -= clock.monotonic() - began
        piece = os.read(self._from, min(most, _PIECE)) if ready else b""
        if not piece:
            raise _NoAnswerError
        return piece
