"""Transfer: sends a video from S3 to TikTok in chunks, without holding a chunk in memory (protocol section 4).

The bytes of successive PUTs come from one GET, or from several if one is too slow. The function reads a failed chunk
again from its start, and polls TikTok if TikTok may hold more bytes than the row says. It begins a chunk only if it
knows that no newer uploader has taken over. It knows this from a checkpoint directly before the chunk, or from a read
of the epoch during the previous chunk.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import httpx
from pydantic import SecretStr

from dropcast import clock
from dropcast.aws.clients import AWS_ERRORS
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.publishing.model.chunk_plan import Chunk
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.uploaded_bytes import fetch_uploaded_bytes
from dropcast.publishing.sources.s3_object import SourceInterrupted, SourceStream, open_stream
from dropcast.publishing.sources.sealed_urls import unseal_url
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.checkpoint_rules import checkpoint_due, chunks_at_checkpoint
from dropcast.publishing.transfer.source_reader import SourceReader
from dropcast.publishing.transfer.transfer_concurrency_store import send_in_turn
from dropcast.publishing.transfer.transfer_progress import TransferProgress
from dropcast.publishing.transfer.transfer_speed import emit_speed
from dropcast.publishing.transfer.upload_deadline import URL_S, UploadDeadline
from dropcast.publishing.transfer.verdicts import judge_end, refusal_of
from dropcast.tiktok.http.http_client import new_client
from dropcast.tiktok.upload import ChunkAnswer, put_chunk

_TRIES = 5
_RESUME_TRIES = 3
_BACKOFF_MAX_S = 20
_RETRY_AFTER_MAX_S = 120
_MARGIN_S = 20
_FIRST_CHUNK_S = 60


class _TakenOver(Exception):
    """A newer uploader has taken over. Raising this while the body of a chunk is sent aborts the PUT."""


def transfer(publish_id: str, execution: str) -> StepResult:
    """Send the bytes that TikTok does not hold yet, until too little time is left.

    Outcomes: uploaded, more (call again: little time is left, or another caller moved the publish), busy (too many
    transfers run), lost (the upload address expired before TikTok took a byte), refused, settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return StepResult(Outcome.SETTLED)
    if publish.state is State.PROCESSING:
        return StepResult(Outcome.UPLOADED, webhooks=fact_store.webhooks_arrive())
    if publish.state is not State.UPLOADING:
        return StepResult(Outcome.SETTLED)
    return send_in_turn(publish_id, lambda: _upload(publish))


def _upload(publish: Publish) -> StepResult:
    mine = publish_store.take_epoch(publish)
    if mine is None or mine.upload_url_sealed is None:
        return StepResult(Outcome.MORE)
    url = unseal_url(mine.upload_url_sealed, mine.publish_id, "upload_url")
    progress = TransferProgress(mine.plan, mine.bytes_sent, mine.chunks_begun)
    return _Transfer(mine, url, progress, UploadDeadline(mine, mine.bytes_sent)).run()


@dataclass
class _Transfer:
    """One uploader's run. `tries`: consecutive failures. `checkpoint_at`: the monotonic time of the last checkpoint.

    is_checked: during the previous chunk no newer uploader had taken over, so the next chunk may begin.
    """

    publish: Publish
    url: SecretStr
    progress: TransferProgress
    deadline: UploadDeadline
    tries: int = 0
    chunk_seconds: float = _FIRST_CHUNK_S
    checkpoint_at: float = field(default_factory=lambda: clock.monotonic())
    is_checked: bool = False
    reader: SourceReader | None = None

    def run(self) -> StepResult:
        try:
            return self._resume() or self._send_all()
        finally:
            deadline = self.deadline
            emit_speed(self.progress.held - deadline.held_at_first, clock.monotonic() - deadline.began_at)
            self._drop_reader()

    def _resume(self) -> StepResult | None:
        """Ask TikTok how many bytes it holds from earlier uploaders. It holds at least as many as the checkpoint says.
        Return the step's result if TikTok has a verdict, else None.
        """
        if not self.progress.begun_before:
            return None
        for tried in range(1, _RESUME_TRIES + 1):
            answer = fetch_uploaded_bytes(self.publish)
            if answer == "judged":
                return self._finish()
            if answer is not None:
                self.progress.add_held(answer)
                break
            clock.sleep(tried)
        self.deadline.held_at_first = self.progress.held
        return None

    def _send_all(self) -> StepResult:
        while (chunk := self.progress.next_chunk()) is not None:
            step = self._prepare_chunk(chunk) or self._send(chunk)
            if step is not None:
                return step
        return self._finish()

    def _prepare_chunk(self, chunk: Chunk) -> StepResult | None:
        """Check that `chunk` may begin, and write a checkpoint if one is due.

        Return the step's result if the chunk may not begin, else None.
        """
        if clock.seconds_left() < 2 * self.chunk_seconds + _MARGIN_S:
            if self.progress.held > self.publish.bytes_sent:
                self._write_checkpoint(chunk, self.publish.chunks_begun)
            return StepResult(Outcome.MORE)
        is_new = self.progress.is_new(chunk)
        if chunk.index == 0 and is_new and self.deadline.url_age() > URL_S:
            return self._give_back_address()
        if self.deadline.warn_if_late(self.progress):
            return self._end(problem("upload_too_slow"), is_new=is_new)
        return None if self._may_begin(chunk) else StepResult(Outcome.MORE)

    def _may_begin(self, chunk: Chunk) -> bool:
        """Whether this uploader may begin `chunk`.

        Unless the epoch was read during the previous chunk, a checkpoint decides.
        """
        plan, is_checked = self.progress.plan, self.is_checked
        self.is_checked = False
        age = clock.monotonic() - self.checkpoint_at
        if is_checked and not checkpoint_due(plan, chunk.index, self.publish.chunks_begun, age):
            return True
        return self._write_checkpoint(chunk, chunks_at_checkpoint(plan, chunk.index))

    def _write_checkpoint(self, chunk: Chunk, chunks_begun: int) -> bool:
        """Store how many bytes TikTok holds and how many chunks may begin. False if a newer uploader took over."""
        written = publish_store.note_progress(
            self.publish,
            chunks_begun=max(chunks_begun, self.publish.chunks_begun),
            bytes_sent=min(self.progress.held, chunk.first),
        )
        self.checkpoint_at = clock.monotonic()
        self.publish = written or self.publish
        return written is not None

    def _send(self, chunk: Chunk) -> StepResult | None:
        is_new = self.progress.is_new(chunk)
        self.progress.begin(chunk)
        began = clock.monotonic()
        try:
            answer = self._put(chunk)
        except SourceInterrupted as error:
            logger.warning("source.interrupted", publish_id=self.publish.publish_id, reason=str(error))
            answer = ChunkAnswer("again")
        except _TakenOver:
            return StepResult(Outcome.MORE)
        if isinstance(answer, Problem):
            return self._end(answer, is_new=is_new)
        self.chunk_seconds = clock.monotonic() - began
        return self._take_answer(chunk, answer, is_new=is_new)

    def _put(self, chunk: Chunk) -> ChunkAnswer | Problem:
        reader = self._open_reader(chunk.first)
        if isinstance(reader, Problem):
            return reader
        try:
            return put_chunk(
                _http(),
                self.url,
                content_type=self.publish.video.content_type or "video/mp4",
                first=chunk.first,
                last=chunk.last,
                total=self.progress.plan.size,
                body=self._pieces(reader, chunk),
            )
        finally:
            self.progress.last_sent += reader.position == self.progress.plan.size

    def _pieces(self, reader: SourceReader, chunk: Chunk) -> Iterator[bytes]:
        """Yield the bytes of `chunk`. Reads the epoch before the last piece, unless the chunk ends the file.

        During that read the connection still sends the earlier pieces. TikTok does not accept a chunk without its last
        piece.
        """
        for piece in reader.pieces(chunk.length):
            if reader.position == chunk.last + 1 < self.progress.plan.size:
                self._read_epoch()
            yield piece

    def _read_epoch(self) -> None:
        """Check that this uploader still has the epoch. Raises _TakenOver if it does not.

        If DynamoDB does not answer, the next chunk needs a checkpoint.
        """
        try:
            self.is_checked = publish_store.is_uploader(self.publish)
        except AWS_ERRORS as error:
            logger.warning("epoch.read_failed", publish_id=self.publish.publish_id, error=type(error).__name__)
            return
        if not self.is_checked:
            raise _TakenOver

    def _take_answer(self, chunk: Chunk, answer: ChunkAnswer, *, is_new: bool) -> StepResult | None:
        """Return None to continue, or the result that ends this run."""
        if answer.kind in ("continue", "done") and chunk.is_in(answer.received):
            self.tries = 0
            self.progress.held = chunk.last + 1
            return None
        if (refusal := refusal_of(answer)) is not None:
            is_unused = is_new and chunk.index == 0 and answer.kind != "rejected"
            return self._end(refusal, is_new=is_new, is_unused=is_unused)
        return self._try_again(answer)

    def _try_again(self, answer: ChunkAnswer) -> StepResult | None:
        """Wait, then return None to continue after the bytes that TikTok holds. Five failures in a row end the run."""
        self._drop_reader()
        self.is_checked = False
        self.tries += 1
        logger.warning("chunk.rejected", publish_id=self.publish.publish_id, kind=answer.kind, status=answer.status)
        if self.tries >= _TRIES:
            return self._end(problem("upload_failed"), is_new=False)
        pause = min(2**self.tries, _BACKOFF_MAX_S) * random.uniform(0.5, 1)  # noqa: S311
        clock.sleep(max(pause, min(answer.retry_after or 0, _RETRY_AFTER_MAX_S)))
        if answer.kind == "again":
            return None
        held = fetch_uploaded_bytes(self.publish)
        if held == "judged":
            return self._finish()
        self.progress.add_held(answer.received if held is None and answer.kind == "resync" else held)
        return None

    def _end(self, why: Problem, *, is_new: bool, is_unused: bool = False) -> StepResult:
        match judge_end(self.publish, self.progress, why, is_new=is_new, is_unused=is_unused):
            case "uploaded":
                return self._finish()
            case "unused":
                return self._give_back_address()
            case "refused":
                return StepResult(Outcome.REFUSED, error=why)

    def _give_back_address(self) -> StepResult:
        """Report that the address expired before TikTok held a byte.

        Decide allows a new init if no chunk has begun meanwhile.
        """
        cleared = publish_store.note_progress(self.publish, chunks_begun=1, bytes_sent=0)
        return StepResult(Outcome.MORE) if cleared is None else StepResult(Outcome.LOST, dead=True)

    def _finish(self) -> StepResult:
        moved = publish_store.move(
            self.publish,
            State.PROCESSING,
            bytes_sent=self.progress.held,
            processing_since=clock.now(),
            upload_url_sealed=None,
        )
        if moved is None:
            return StepResult(Outcome.MORE)
        return StepResult(Outcome.UPLOADED, webhooks=fact_store.webhooks_arrive())

    def _open_reader(self, first: int) -> SourceReader | Problem:
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
    """The process's HTTP client for TikTok's upload host. Chunks and warm invocations reuse its connection."""
    return new_client(httpx.Timeout(60, connect=5))
