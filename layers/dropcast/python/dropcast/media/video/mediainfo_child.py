"""The process that run_mediainfo.py starts. It requests bytes on stdout, receives them on stdin, and sends its report.

Each outgoing message is a HEADER (kind, offset, length). READ requests `length` bytes from `offset` on. RESULT is
followed by `length` bytes of JSON. Each incoming message is a LENGTH and that many bytes, which may be fewer than
requested at the end of the file.
"""

import io
import resource
import struct
import sys
from contextlib import suppress

HEADER = struct.Struct(">cQQ")
LENGTH = struct.Struct(">Q")
READ, RESULT = b"R", b"T"

_BUFFER = 64 * 1024
_CPU_SECONDS = 6
_MEMORY = 256 * 1024 * 1024


class _RemoteFile(io.RawIOBase):
    """The file. Each read sends a request to the other process."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        left = max(0, self._size - self._at)
        _send_header(READ, self._at, left if size < 0 else min(size, left))
        (length,) = LENGTH.unpack(sys.stdin.buffer.read(LENGTH.size))
        piece = sys.stdin.buffer.read(length)
        self._at += len(piece)
        return piece


def _send_header(kind: bytes, offset: int, length: int) -> None:
    sys.stdout.buffer.write(HEADER.pack(kind, offset, length))
    sys.stdout.buffer.flush()


def _main() -> None:
    # Without these limits a table that claims four billion lines would use all memory and time of the function.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    from pymediainfo import MediaInfo

    told = MediaInfo.parse(_RemoteFile(int(sys.argv[1])), output="JSON", parse_speed=0.0, buffer_size=_BUFFER)
    text = str(told).encode()
    _send_header(RESULT, 0, len(text))
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main()
