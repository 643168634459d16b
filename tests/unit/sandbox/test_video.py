import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.rules.video_outline import Outline
from sandbox.state.publishes import Received


def box(kind: bytes, payload: bytes, *, large: bool = False) -> bytes:
    if large:
        return (1).to_bytes(4) + kind + (16 + len(payload)).to_bytes(8) + payload
    return (8 + len(payload)).to_bytes(4) + kind + payload


def track(handler: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(13))))


FTYP = box(b"ftyp", b"isom\0\0\2\0isom")
MOOV = box(b"moov", track(b"soun") + track(b"vide"))
MDAT = box(b"mdat", bytes(1000))
WEBM = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67" + bytes(500)


def is_video(*pieces: bytes) -> bool:
    outline = Outline()
    for piece in pieces:
        outline.feed(piece)
    return outline.is_video()


@pytest.mark.parametrize(
    "video",
    [
        FTYP + MOOV + MDAT,
        FTYP + MDAT + MOOV,
        FTYP + box(b"mdat", bytes(1000), large=True) + MOOV,
        FTYP + MOOV + (0).to_bytes(4) + b"mdat" + bytes(50),
        FTYP + MOOV + MDAT + box(b"free", bytes(99)),
        FTYP + box(b"free", b"") + MOOV + MDAT,
        WEBM,
    ],
)
@given(cuts=st.lists(st.integers(1, 40), max_size=60))
def test_a_video_is_recognised_however_its_bytes_are_split(video, cuts):
    pieces, rest = [], video
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]

    assert is_video(*pieces, rest)


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"plain text that is longer than a header",
        bytes(5000),
        FTYP,
        FTYP + MDAT,
        FTYP + MOOV,
        MOOV + MDAT,
        FTYP + box(b"moov", track(b"soun")) + MDAT,
        (FTYP + MOOV + MDAT)[:-1],
        FTYP + MOOV + MDAT + b"tail",
        FTYP + MOOV + MDAT + bytes(8)[:3],
        b"\x1a\x45\xdf\xa3" + bytes(2000),
        WEBM.replace(b"webm", b"matr"),
        b"\x89PNG\r\n\x1a\n" + bytes(200),
    ],
)
def test_an_incomplete_video_is_detected(other):
    assert not is_video(other)


@given(st.binary(max_size=3000))
def test_any_bytes_can_be_checked(data):
    assert not is_video(data)


def test_an_interrupted_chunk_keeps_the_bytes_received_before():
    received = Received()
    received.feed(FTYP)
    attempt = received.copy()
    attempt.feed(b"garbage")

    received.feed(MOOV + MDAT)

    assert received.is_video
    assert not attempt.is_video
    assert received.sha256 != attempt.sha256
    assert received.size == len(FTYP + MOOV + MDAT)
