"""Changes the headers and tables of MP4 files as recorders, cutters and faulty writers do."""

import struct

from tests.media.mp4 import Box, box, changed, words

UNKNOWN = {"zero": 0, "all-ones": -1, "wrapped": -0xC350}
"""What writers store in place of a duration that is unknown, or that they computed as a negative number."""

_DURATION = {b"mvhd": (16, 24), b"tkhd": (20, 28), b"mdhd": (16, 24)}


def stated(data: bytes, duration: int, *kinds: bytes) -> bytes:
    """`data` with headers of `kinds` that state `duration`."""

    def change(file: Box) -> None:
        for header in headers(file):
            if header.kind in kinds:
                wide = header.content[:1] == b"\1"
                at = _DURATION[header.kind][wide]
                number = struct.pack(">q", duration) if wide else struct.pack(">I", duration & 0xFFFFFFFF)
                header.content = header.content[:at] + number + header.content[at + len(number) :]

    return changed(data, change)


def headers(file: Box) -> list[Box]:
    found = [file.one(b"moov", b"mvhd")]
    for trak in file.all(b"moov", b"trak"):
        found += [trak.one(b"tkhd"), trak.one(b"mdia", b"mdhd")]
    return found


def wide_headers(data: bytes) -> bytes:
    """`data` with headers of version 1, whose times have 64 bits."""

    def change(file: Box) -> None:
        for header in headers(file):
            flags, rest = header.content[1:4], header.content[4:]
            created, modified = struct.unpack(">II", rest[:8])
            middle = {b"mvhd": 4, b"tkhd": 8, b"mdhd": 4}[header.kind]
            between, duration, after = rest[8 : 8 + middle], rest[8 + middle : 12 + middle], rest[12 + middle :]
            times = struct.pack(">QQ", created, modified)
            header.content = b"\1" + flags + times + between + b"\0\0\0\0" + duration + after

    return changed(data, change)


def edit_list(data: bytes, *lines: tuple[int, int], track: int = 0, rate: int = 1, wide: bool = False) -> bytes:
    """`data` with an edit list. Each line shows a number of movie ticks from a tick of the media (-1: nothing)."""
    line = struct.Struct(">qqhh" if wide else ">iihh")
    table = b"".join(line.pack(ticks, begin, rate, 0) for ticks, begin in lines)

    def change(file: Box) -> None:
        trak = list(file.all(b"moov", b"trak"))[track]
        trak.without(b"edts")
        elst = box(b"elst", bytes([wide, 0, 0, 0]), words(len(lines)), table)
        trak.inner.insert(1, box(b"edts", elst))

    return changed(data, change)


def times_table(data: bytes, *lines: tuple[int, int], track: int = 0) -> bytes:
    """`data` with this table of times in its track: pairs of a number of samples and the ticks of each sample."""

    def change(file: Box) -> None:
        trak = list(file.all(b"moov", b"trak"))[track]
        table = trak.one(b"mdia", b"minf", b"stbl", b"stts")
        table.content = words(0, len(lines), *(number for line in lines for number in line))

    return changed(data, change)


def media_timescale(data: bytes, ticks: int, track: int = 0) -> bytes:
    """`data` with this number of ticks per second in its track."""

    def change(file: Box) -> None:
        media = list(file.all(b"moov", b"trak"))[track].one(b"mdia", b"mdhd")
        media.content = media.content[:12] + words(ticks) + media.content[16:]

    return changed(data, change)


def with_track(data: bytes, handler: bytes, seconds: int) -> bytes:
    """`data` with another track, of one sample that lasts `seconds`: chapters, time codes or sensor values."""

    def change(file: Box) -> None:
        moov = file.one(b"moov")
        number = 1 + len(list(moov.all(b"trak")))
        at = len(moov.inner) - (moov.inner[-1].kind == b"udta")
        moov.inner.insert(at, _track(number, handler, seconds))

    return changed(data, change)


def _track(number: int, handler: bytes, seconds: int) -> Box:
    entry = words(16) + b"mett" + bytes(7) + b"\1"
    table = box(
        b"stbl",
        box(b"stsd", words(0, 1), entry),
        box(b"stts", words(0, 1, 1, seconds * 1000)),
        box(b"stsc", words(0, 1, 1, 1, 1)),
        box(b"stsz", words(0, 0, 1, 4)),
        box(b"stco", words(0, 1, 40)),
    )
    minf = box(b"minf", box(b"nmhd", words(0)), box(b"dinf", box(b"dref", words(0, 1, 12), b"url ", words(1))), table)
    media = box(b"mdhd", words(0, 0, 0, 1000, seconds * 1000, 0x55C40000))
    name = box(b"hdlr", words(0, 0), handler, bytes(13))
    unity = words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = box(b"tkhd", words(1, 0, 0, number, 0, seconds * 1000, 0, 0, 0, 0), unity, words(0, 0))
    return box(b"trak", header, box(b"mdia", media, name, minf))


def no_samples(data: bytes) -> bytes:
    """`data` whose tables list no samples."""

    def change(file: Box) -> None:
        for trak in file.all(b"moov", b"trak"):
            table = trak.one(b"mdia", b"minf", b"stbl")
            for kind in (b"stts", b"stsc", b"stco", b"ctts", b"stss"):
                for one in table.all(kind):
                    one.content = words(0, 0)
            table.one(b"stsz").content = words(0, 0, 0)

    return changed(data, change)
