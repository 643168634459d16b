"""Changes the fragments of MP4 files."""

import struct
from collections.abc import Callable

from tests.media.mp4 import Box, box, changed, words

_TFXD = bytes.fromhex("6d1d9b0542d544e680e2141daff757b2")
_DEFAULT_DURATION = 0x8


def timed(data: bytes, time: Callable[[int, int], int | None], in_place: bool = False) -> bytes:
    """`data` whose fragments state `time(number of the fragment, stated time)`, or no time where that is None.

    `in_place` keeps every byte in its place, so that an index stays right.
    """

    def change(file: Box) -> None:
        for number, moof in enumerate(file.all(b"moof")):
            for traf in moof.all(b"traf"):
                new = time(number, _time(traf.one(b"tfdt")))
                traf.inner = [one for one in traf.inner if one.kind != b"tfdt"]
                if new is None and in_place:
                    traf.inner.append(box(b"free", bytes(12)))
                if new is not None:
                    traf.inner.insert(1, box(b"tfdt", b"\1\0\0\0", struct.pack(">q", new)))

    return changed(data, change)


def without_index(data: bytes) -> bytes:
    """`data` without the indexes that state the times of its fragments."""
    return changed(data, lambda file: (file.without(b"mfra"), file.without(b"sidx"))[0])


def smooth(data: bytes) -> bytes:
    """`data` whose fragments state their time in the box of Smooth Streaming instead of `tfdt`."""

    def change(file: Box) -> None:
        for moof in file.all(b"moof"):
            for traf in moof.all(b"traf"):
                time = _time(traf.one(b"tfdt"))
                traf.without(b"tfdt")
                traf.inner.append(box(b"uuid", _TFXD, b"\1\0\0\0", struct.pack(">QQ", time, 0)))

    return changed(data, change)


def durations_in(data: bytes, place: bytes, ticks: int) -> bytes:
    """`data` with one track. The duration of its samples (`ticks`) is declared only in `trex`, `tfhd` or `trun`."""

    def change(file: Box) -> None:
        trex = file.one(b"moov", b"mvex", b"trex")
        trex.content = trex.content[:12] + words(ticks if place == b"trex" else 0) + trex.content[16:]
        for moof in file.all(b"moof"):
            for traf in moof.all(b"traf"):
                _redeclare(traf, place, ticks)

    return changed(data, change)


def _time(tfdt: Box) -> int:
    return int.from_bytes(tfdt.content[4:12] if tfdt.content[:1] == b"\1" else tfdt.content[4:8])


def _redeclare(traf: Box, place: bytes, ticks: int) -> None:
    head = traf.one(b"tfhd")
    flags = int.from_bytes(head.content[1:4])
    fields = {bit: size for bit, size in ((0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4), (0x20, 4)) if flags & bit}
    at, kept = 8, dict[int, bytes]()
    for bit, size in fields.items():
        kept[bit] = head.content[at : at + size]
        at += size
    kept.pop(_DEFAULT_DURATION, None)
    if place == b"tfhd":
        kept[_DEFAULT_DURATION] = words(ticks)
    flags = (flags & ~_DEFAULT_DURATION) | (_DEFAULT_DURATION if place == b"tfhd" else 0)
    head.content = b"\0" + flags.to_bytes(3) + head.content[4:8] + b"".join(kept[bit] for bit in sorted(kept))
    for trun in traf.all(b"trun"):
        _redeclare_run(trun, ticks if place == b"trun" else None)


def _redeclare_run(trun: Box, ticks: int | None) -> None:
    flags, count = int.from_bytes(trun.content[1:4]), int.from_bytes(trun.content[4:8])
    at = 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    sizes = [4 * bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    samples = [trun.content[at + sum(sizes) * each : at + sum(sizes) * (each + 1)] for each in range(count)]
    duration = b"" if ticks is None else words(ticks)
    rest = b"".join(duration + sample[sizes[0] :] for sample in samples)
    flags = (flags & ~0x100) | (0 if ticks is None else 0x100)
    trun.content = trun.content[:1] + flags.to_bytes(3) + trun.content[4:at] + rest
