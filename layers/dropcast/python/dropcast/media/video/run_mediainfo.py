"""Runs MediaInfo in a separate process, because a damaged file can crash MediaInfo or keep it busy for minutes.

That process has no credentials and no network. It requests bytes of the file over a pipe, and this process reads them.
"""

import os
import select
import subprocess
import sys
from typing import IO

from dropcast import clock
from dropcast.media.range_reader import Reader
from dropcast.media.video.mediainfo_child import HEADER, LENGTH, READ

# The child process limits its own processor time. This limit is for a machine that is busy with other work.
_THINKING_SECONDS = 20.0
_PIECE = 256 * 1024
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")


def run_mediainfo(reader: Reader, size: int) -> str | None:
    """MediaInfo's report on the file of `size` bytes in `reader`, as JSON.

    None if MediaInfo's process dies or exceeds a limit: 6 s of processor time, 20 s in all (reads not counted), 256 MB.
    Raises exceptions of `reader`.
    """
    command = [sys.executable, "-m", "dropcast.media.video.mediainfo_child", str(size)]
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
    """The environment variables that the child needs to find modules. They contain no secrets of this process."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class _NoAnswerError(Exception):
    """The child process died or exceeded its time."""


class _Conversation:
    """The messages to and from the child process. Only the waits for the child count against the child's time limit."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._stdin = stdin
        self._from = stdout.fileno()
        self._left = _THINKING_SECONDS

    def serve(self, reader: Reader) -> str:
        """Answer the child's read requests until it sends its report."""
        while True:
            kind, offset, length = HEADER.unpack(self._receive(HEADER.size))
            if kind != READ:
                return self._receive(length).decode(errors="replace")
            reader.seek(offset)
            piece = reader.read(length)
            self._stdin.write(LENGTH.pack(len(piece)) + piece)
            self._stdin.flush()

    def _receive(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size:
            received += self._wait(size - len(received))
        return bytes(received)

    def _wait(self, most: int) -> bytes:
        began = clock.monotonic()
        ready, _, _ = select.select([self._from], [], [], max(0.0, self._left))
        self._left -= clock.monotonic() - began
        piece = os.read(self._from, min(most, _PIECE)) if ready else b""
        if not piece:
            raise _NoAnswerError
        return piece
