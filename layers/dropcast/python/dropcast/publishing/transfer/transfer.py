"""Transfer: the bytes, from S3 to TikTok, chunk after chunk, no chunk held in memory (protocol section 4).

One GET, or several where one is too slow, feeds successive PUTs. A chunk that fails is read again from its own start;
where TikTok may hold more than we know, it is asked. Before each chunk it is made sure that nobody newer uploads.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import httpx
from aws_lambda_powertools import Logger
from pydantic import SecretStr

from dropcast import clock
from dropcast.aws.vault import unseal
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.chunk_plan import Chunk, ChunkPlan
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Step, awaiting, dead, more, refused, settled
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.uploaded_bytes import OVER_A_MINUTE, confirm_last_chunk_missing, fetch_uploaded_bytes
from dropcast.publishing.sources.s3_object import SourceInterrupted, SourceStream, open_stream
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.checkpoints import chunks_to_note, note_due
from dropcast.publishing.transfer.source_reader import SourceReader
from dropcast.publishing.transfer.transfer_turn_store import in_turn
from dropcast.publishing.transfer.upload_deadline import URL_S, deadline_outlook, url_given_at
from dropcast.publishing.transfer.upload_url import upload_url_context
from dropcast.tiktok.http.http_client import new_client
from dropcast.tiktok.upload import ChunkAnswer, put_chunk

_TRIES = 5
_RESUME_TRIES = 3
_BACKOFF_MAX_S = 20
_RETRY_AFTER_MAX_S = 120
_MARGIN_S = 20
_FIRST_CHUNK_S = 60

_logger = Logger(child=True)


def transfer(publish_id: str, execution: str, seconds_left: Callable[[], float]) -> Step:
    """Send what TikTok does not hold yet; `seconds_left()` is the time until this process is stopped.

    Answers uploaded, more (call again: time is short, or somebody else moved it), busy (call again later: too many
    videos are being sent), lost (the address died before any byte), refused or settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return settled()
    if publish.state is State.PROCESSING:
        return awaiting("uploaded", fact_store.webhooks_arrive())
    if publish.state is not State.UPLOADING:
        return settled()
    return in_turn(publish_id, lambda: _upload(publish, seconds_left))


def _upload(publish: Publish, seconds_left: Callable[[], float]) -> Step:
    mine = publish_store.take_epoch(publish)
    if mine is None or mine.upload_url_sealed is None:
        return more()
    url = unseal(mine.upload_url_sealed.get_secret_value(), upload_url_context(publish.publish_id))
    return _Transfer(mine, url, mine.plan, seconds_left).run()


@dataclass
class _Transfer:
    """One uploader's run. `held` is the number of bytes that TikTok is known to hold.

    begun_before: at most so many chunks were begun by earlier uploaders; begun: so many by this one. last_sent:
    how often this one gave the last byte of the file to the network, after which a post may come of it.
    """

    publish: Publish
    url: SecretStr
    plan: ChunkPlan
    seconds_left: Callable[[], float]
    held: int = 0
    tries: int = 0
    chunk_seconds: float = _FIRST_CHUNK_S
    begun: int = 0
    last_sent: int = 0
    is_warned: bool = False
    reader: SourceReader | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.held = self.held_at_first = self.publish.bytes_sent
        self.begun_before = self.publish.chunks_begun
        self.began_at = self.noted_at = clock.monotonic()

    def run(self) -> Step:
        try:
            return self._resume() or self._send_all()
        finally:
            self._drop_reader()

    def _resume(self) -> Step | None:
        """Where an earlier uploader began, TikTok says how far it got; our own note is the floor."""
        if not self.begun_before:
            return None
        for tried in range(1, _RESUME_TRIES + 1):
            told = self._progress()
            if told == "judged":
                return self._uploaded()
            if told is not None:
                break
            clock.sleep(tried)
        self.held_at_first = self.held
        return None

    def _send_all(self) -> Step:
        while (chunk := self.plan.next_chunk(self.held)) is not None:
            step = self._before(chunk) or self._send(chunk)
            if step is not None:
                return step
        return self._uploaded()

    def _before(self, chunk: Chunk) -> Step | None:
        """What keeps `chunk` from being begun: the time of this process or of the address, or a newer uploader."""
        if self.seconds_left() < 2 * self.chunk_seconds + _MARGIN_S:
            if self.held > self.publish.bytes_sent:
                self._note(chunk, self.publish.chunks_begun)
            return more()
        if chunk.index == 0 and self._is_new(chunk) and self._url_age() > URL_S:
            return self._dead()
        if self._is_hopeless():
            return self._ended(problem("upload_too_slow"), self._is_new(chunk))
        if note_due(chunk.index, self.publish.chunks_begun, clock.monotonic() - self.noted_at):
            is_mine = self._note(chunk, chunks_to_note(self.plan, chunk.index))
        else:
            is_mine = publish_store.is_uploader(self.publish)
        return None if is_mine else more()

    def _note(self, chunk: Chunk, chunks_begun: int) -> bool:
        """Note what TikTok holds and that `chunks_begun` may be begun; whether this still is the uploader."""
        noted = publish_store.note_progress(
            self.publish,
            chunks_begun=max(chunks_begun, self.publish.chunks_begun),
            bytes_sent=min(self.held, chunk.first),
        )
        self.noted_at = clock.monotonic()
        self.publish = noted or self.publish
        return noted is not None

    def _is_hopeless(self) -> bool:
        """Whether the address will die before all is there; one warning if it will be close."""
        view = deadline_outlook(
            sent=self.held - self.held_at_first,
            seconds=clock.monotonic() - self.began_at,
            left=self.plan.size - self.held,
            age=self._url_age(),
        )
        if view == "late" and not self.is_warned:
            self.is_warned = True
            _logger.warning("the upload may take longer than 45 minutes", publish_id=self.publish.publish_id)
        return view == "hopeless"

    def _url_age(self) -> int:
        return clock.now() - url_given_at(self.publish.history)

    def _send(self, chunk: Chunk) -> Step | None:
        is_new = self._is_new(chunk)
        self.begun = max(self.begun, chunk.index + 1)
        began = clock.monotonic()
        try:
            answer = self._put(chunk)
        except SourceInterrupted as broke:
            _logger.warning("the source broke off", publish_id=self.publish.publish_id, reason=str(broke))
            answer = ChunkAnswer("again")
        if isinstance(answer, Problem):
            return self._ended(answer, is_new)
        self.chunk_seconds = clock.monotonic() - began
        return self._weigh(chunk, answer, is_new)

    def _is_new(self, chunk: Chunk) -> bool:
        """Whether nobody can have sent anything of `chunk` yet."""
        return chunk.index >= max(self.begun, self.begun_before)

    def _put(self, chunk: Chunk) -> ChunkAnswer | Problem:
        reader = self._reader_at(chunk.first)
        if isinstance(reader, Problem):
            return reader
        try:
            return put_chunk(
                _http(),
                self.url,
                content_type=self.publish.video.content_type or "video/mp4",
                first=chunk.first,
                last=chunk.last,
                total=self.plan.size,
                body=reader.pieces(chunk.length),
            )
        finally:
            self.last_sent += reader.position == self.plan.size

    def _weigh(self, chunk: Chunk, answer: ChunkAnswer, is_new: bool) -> Step | None:
        """Take `answer` into account: None to go on, or the step that ends this run."""
        match answer.kind:
            case "continue" | "done" if chunk.is_in(answer.received):
                self.tries = 0
                self.held = chunk.last + 1
                return None
            case "expired" | "gone":
                return self._ended(problem("upload_url_expired"), is_new, is_unused=is_new and chunk.index == 0)
            case "rejected":
                return self._ended(problem("upload_rejected", status=answer.status), is_new)
            case _:
                return self._try_again(answer)

    def _try_again(self, answer: ChunkAnswer) -> Step | None:
        """Go on from what TikTok holds, after a pause; five failures in a row end the run."""
        self._drop_reader()
        self.tries += 1
        _logger.warning(
            "a chunk was not taken", publish_id=self.publish.publish_id, kind=answer.kind, status=answer.status
        )
        if self.tries >= _TRIES:
            return self._ended(problem("upload_failed"), is_new=False)
        pause = min(2**self.tries, _BACKOFF_MAX_S) * random.uniform(0.5, 1)  # noqa: S311
        clock.sleep(max(pause, min(answer.retry_after or 0, _RETRY_AFTER_MAX_S)))
        if answer.kind == "again":
            return None
        told = self._progress()
        if told is None and answer.kind == "resync":
            self._hold(answer.received)
        return self._uploaded() if told == "judged" else None

    def _progress(self) -> int | Literal["judged"] | None:
        """Ask TikTok how many bytes it holds, and remember that; see `ask_held`."""
        told = fetch_uploaded_bytes(self.publish)
        if isinstance(told, int):
            self._hold(told)
        return told

    def _hold(self, told: int | None) -> None:
        """TikTok told that it holds `told` bytes; it never held fewer than we know of."""
        self.held = max(self.held, min(told or 0, self.plan.size))

    def _dead(self) -> Step:
        """TikTok wants nothing at this address and has nothing: a new init may follow if no chunk was begun since."""
        cleared = publish_store.note_progress(self.publish, chunks_begun=1, bytes_sent=0)
        return more() if cleared is None else dead()

    def _ended(self, why: Problem, is_new: bool, *, is_unused: bool = False) -> Step:
        """The upload cannot go on. A post can come of it only if the file's last byte left.

        is_new: nothing of the chunk was sent before. is_unused: the address refused the first bytes that it was sent.
        """
        if self._may_hold_the_last():
            return refused(why) if self._lacks_the_last(why) else self._uploaded()
        if is_unused:
            return self._dead()
        return self._uploaded() if not is_new and self._progress() == "judged" else refused(why)

    def _may_hold_the_last(self) -> bool:
        """Whether the file's last byte ever left, from here or from an earlier uploader."""
        return self.last_sent > 0 or self.begun_before == self.plan.count

    def _lacks_the_last(self, why: Problem) -> bool:
        """Whether no post can come of this upload although the last byte left: it was refused at its first sending.

        Where that got no clear answer TikTok may have taken it, and an earlier uploader may still be sending it.
        """
        is_clear = why.code != "upload_failed" and self.last_sent == 1 and self.begun_before < self.plan.count
        return is_clear and confirm_last_chunk_missing(self.publish, OVER_A_MINUTE, self.seconds_left)

    def _uploaded(self) -> Step:
        moved = publish_store.move(
            self.publish,
            State.PROCESSING,
            bytes_sent=self.held,
            processing_since=clock.now(),
            upload_url_sealed=None,
        )
        return more() if moved is None else awaiting("uploaded", fact_store.webhooks_arrive())

    def _reader_at(self, first: int) -> SourceReader | Problem:
        if self.reader is not None and self.reader.position == first:
            return self.reader
        self._drop_reader()
        stream = open_stream(self.publish.video, first)
        if not isinstance(stream, SourceStream):
            return stream
        self.reader = SourceReader(self.publish.video, stream)
        return self.reader

    def _drop_reader(self) -> None:
        if self.reader is not None:
            self.reader.close()
            self.reader = None


@lru_cache
def _http() -> httpx.Client:
    """The process's connection to TikTok's upload host and its TLS, kept over chunks and warm invocations."""
    return new_client(httpx.Timeout(60, connect=5))
