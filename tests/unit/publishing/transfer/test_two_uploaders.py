"""A newer uploader takes over at every possible moment of an older uploader's upload.

Afterwards the older uploader sends at most the bytes of one chunk, as between two checks of the epoch. TikTok takes at
most one more chunk from it, and never the last chunk.
"""

import re
from collections.abc import Callable

import httpx
import pytest
from botocore.exceptions import ClientError

from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.sources import s3_object
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer import transfer as transfer_module
from dropcast.publishing.transfer.transfer import transfer
from tests.unit.publishing.conftest import stored
from tests.unit.publishing.transfer.test_transfer import BODY, CHUNK, UploadHost, publish, small_chunks  # noqa: F401

PIECE = 10_000
PIECES = CHUNK // PIECE
# The moments of the upload: after each piece of the two chunks before the last one, and before the answers to them.
MOMENTS = [(number, piece) for number in (0, 1) for piece in (*range(1, PIECES + 1), "answer")]


class Overtaken(httpx.BaseTransport):
    """An upload host that calls `take_over` in the PUT `at` (from 0): after the piece `when` (from 1) or before its
    answer.

    after: the bytes that the overtaken uploader sends afterwards. ends_after: how many of its PUTs end afterwards.
    """

    def __init__(self, tiktok, at, when, take_over):
        self.host, self.at, self.when, self.take_over = UploadHost(tiktok), at, when, take_over
        self.begun, self.after, self.ends_after, self.is_overtaken, self.is_nested = -1, 0, [], False, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_nested:
            return self.host(request)
        self.begun += 1
        first, last, _ = map(int, re.findall(r"\d+", request.headers["content-range"]))
        body = b""
        for number, piece in enumerate(request.stream, start=1):
            body += piece
            self.after += len(piece) if self.is_overtaken else 0
            if (self.begun, number) == (self.at, self.when):
                self._overtake()
        if (self.begun, "answer") == (self.at, self.when):
            self._overtake()
        if self.is_overtaken:
            self.ends_after.append((first, last))
        return self.host(httpx.Request("PUT", request.url, headers=request.headers, content=body))

    def _overtake(self) -> None:
        self.is_overtaken = self.is_nested = True
        self.take_over()
        self.is_nested = False


@pytest.fixture
def overtaken(tiktok, monkeypatch) -> Callable[..., Overtaken]:
    def connected(*moment) -> Overtaken:
        host = Overtaken(tiktok, *moment)
        monkeypatch.setattr(transfer_module, "_http", lambda: httpx.Client(transport=host))
        return host

    return connected


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    real = s3_object.SourceStream.read
    monkeypatch.setattr(s3_object.SourceStream, "read", lambda stream, limit: real(stream, min(limit, PIECE)))


@pytest.mark.parametrize(("at", "when"), MOMENTS)
def test_an_older_uploader_sends_at_most_one_chunk_of_bytes_more(publish, overtaken, at, when):  # noqa: F811
    host = overtaken(at, when, lambda: publish_store.take_epoch(stored(publish)))

    step = transfer(publish.publish_id, publish.publish_id)

    assert step == StepResult(Outcome.MORE)
    assert host.is_overtaken
    assert host.after <= CHUNK
    assert len(host.ends_after) <= 1
    assert len(host.host.data) <= 2 * CHUNK


@pytest.mark.parametrize(("at", "when"), MOMENTS)
def test_a_newer_uploader_finishes_whatever_the_older_one_still_sends(publish, overtaken, at, when):  # noqa: F811
    newer = []
    host = overtaken(at, when, lambda: newer.append(transfer(publish.publish_id, publish.publish_id).outcome))

    older = transfer(publish.publish_id, publish.publish_id)

    assert (older.outcome, newer) == ("more", ["uploaded"])
    assert host.host.data == BODY
    assert len(host.ends_after) <= 1
    assert stored(publish).state is State.PROCESSING


@pytest.mark.parametrize("when", [PIECES, "answer"])
def test_an_older_uploader_whose_reads_fail_sends_at_most_two_chunks_more_and_never_the_last(
    publish,  # noqa: F811
    overtaken,
    monkeypatch,
    when,
):
    real = publish_store.is_uploader
    host = overtaken(0, when, lambda: publish_store.take_epoch(stored(publish)))

    def fails_later(row):
        if host.is_overtaken:
            raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")
        return real(row)

    monkeypatch.setattr(publish_store, "is_uploader", fails_later)

    step = transfer(publish.publish_id, publish.publish_id)

    assert step == StepResult(Outcome.MORE)
    assert len(host.ends_after) <= 2
    assert host.host.data == BODY[: 2 * CHUNK]


def test_a_chunk_whose_uploader_lost_the_epoch_is_broken_off(publish, overtaken):  # noqa: F811
    host = overtaken(1, 2, lambda: publish_store.take_epoch(stored(publish)))

    transfer(publish.publish_id, publish.publish_id)

    assert host.after == CHUNK - 3 * PIECE
    assert host.host.data == BODY[:CHUNK]
