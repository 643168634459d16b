"""Checks whether a file is a video, from its stream of bytes and with little memory."""

import re
from dataclasses import dataclass, field

EBML = b"\x1a\x45\xdf\xa3"
SEGMENT = b"\x18\x53\x80\x67"
EBML_HEADER_AT_MOST = 1024
INDEX_AT_MOST = 64_000_000
VIDEO_TRACK = re.compile(rb"hdlr.{8}vide", re.DOTALL)


@dataclass
class BoxWalk:
    """Walks the top-level boxes of an MP4 or MOV file.

    The walk keeps only the box moov in memory, until it has searched moov for a video track.
    """

    seen: set[bytes] = field(default_factory=set)
    first: bytes | None = None
    broken: bool = False
    has_video_track: bool = False
    _header: bytearray = field(default_factory=bytearray)
    _left: int | None = 0
    """The remaining bytes of the current box. None: the box extends to the end of the file."""
    _index: bytearray | None = None

    def feed(self, data: bytes) -> None:
        view = memoryview(data)
        while view and not self.broken:
            view = self._payload(view) if self._left != 0 else self._read_header(view)

    def _payload(self, view: memoryview) -> memoryview:
        here = len(view) if self._left is None else min(self._left, len(view))
        if self._index is not None:
            self._index += view[:here]
        if self._left is not None:
            self._left -= here
        if self._left == 0:
            self._close()
        return view[here:]

    def _read_header(self, view: memoryview) -> memoryview:
        wanted = 16 if self._header[:4] == b"\0\0\0\1" else 8
        take = min(wanted - len(self._header), len(view))
        self._header += view[:take]
        large = self._header[:4] == b"\0\0\0\1"
        if len(self._header) == (16 if large else 8):
            self._open(large)
        return view[take:]

    def _open(self, large: bool) -> None:
        kind = bytes(self._header[4:8])
        size = int.from_bytes(self._header[8:16] if large else self._header[:4])
        left = None if size == 0 else size - len(self._header)
        self._header.clear()
        self.first = self.first or kind
        self.seen.add(kind)
        if left is not None and (left < 0 or (kind == b"moov" and left > INDEX_AT_MOST)):
            self.broken = True
            return
        self._left = left
        self._index = bytearray() if kind == b"moov" else None

    def _close(self) -> None:
        if self._index is not None and VIDEO_TRACK.search(self._index):
            self.has_video_track = True
        self._index = None

    def is_video(self) -> bool:
        """Whether the file is complete, begins with the box ftyp, and has a box mdat and a video track."""
        if self._left is None:
            self._close()
        complete = not self.broken and not self._header and not self._left
        return complete and self.first == b"ftyp" and b"mdat" in self.seen and self.has_video_track


@dataclass
class Outline:
    """Recognises MP4 and MOV by their boxes, and WebM by its EBML header."""

    boxes: BoxWalk = field(default_factory=BoxWalk)
    head: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        if len(self.head) < EBML_HEADER_AT_MOST:
            self.head += data[: EBML_HEADER_AT_MOST - len(self.head)]
        if not self.head.startswith(EBML):
            self.boxes.feed(data)

    def is_video(self) -> bool:
        if self.head.startswith(EBML):
            segment = self.head.find(SEGMENT)
            return segment > 0 and b"webm" in self.head[:segment]
        return self.boxes.is_video()
