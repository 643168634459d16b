"""Transfer: the bytes, from S3 to TikTok, chunk after chunk, none of them held in memory (protocol section 4).

One GET feeds successive PUTs. A chunk that fails is read again from its own start; where TikTok may hold more than we
know, it is asked. Before each chunk one conditional write notes the progress and makes sure that nobody newer uploads.
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
from dropcast.accounts.app import tiktok
from dropcast.accounts.asking import ask
from dropcast.accounts.vault import unseal
from dropcast.errors import Problem, problem
from dropcast.publishing import fact_store, publish_store
from dropcast.publishing.chunk_plan import Chunk, ChunkPlan, plan_chunks
from dropcast.publishing.facts import fact_of_status
from dropcast.publishing.models import Publish
from dropcast.publishing.source_store import SourceBroke, SourceStream, open_stream
from dropcast.publishing.start import upload_url_context
from dropcast.publishing.steps import Step, awaiting, dead, more, refused, settled
from dropcast.publishing.transitions import State
from dropcast.tiktok.models import PublishStatus
from dropcast.tiktok.posting import fetch_status
from dropcast.tiktok.upload import ChunkAnswer, put_chunk

_TRIES = 5
_BACKOFF_SECONDS_MAX = 20
_MARGIN_SECONDS = 20
_FIRST_CHUNK_SECONDS = 60

logger = Logger(child=True)


def transfer(publish_id: str, execution: str, seconds_left: Callable[[], float]) -> Step:
    """Send what TikTok does not hold yet; `seconds_left()` is the time until this process is stopped.

    Answers uploaded, more (call again: time is short, or somebody else moved it), lost (the address died before any
    byte), refused or settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return settled()
    if publish.state is State.PROCESSING:
        return awaiting("uploaded", fact_store.webhooks_arrive())
    if publish.state is not State.UPLOADING:
        return settled()
    mine = publish_store.take_epoch(publish)
    if mine is None or mine.upload_url_sealed is None:
        return more()
    url = unseal(mine.upload_url_sealed.get_secret_value(), upload_url_context(publish_id))
    return _Transfer(mine, url, plan_chunks(mine.bytes_total), seconds_left).run()


@dataclass
class _Transfer:
    """One uploader's run. `held` is the number of bytes that TikTok is known to hold."""

    publish: Publish
    url: SecretStr
    plan: ChunkPlan
    seconds_left: Callable[[], float]
    held: int = 0
    tries: int = 0
    chunk_seconds: float = _FIRST_CHUNK_SECONDS
    stream: SourceStream | None = field(default=None, init=False)

    def run(self) -> Step:
        try:
            return self._resume() or self._send_all()
        finally:
            self._drop_stream()

    def _resume(self) -> Step | None:
        """Where an earlier uploader began, TikTok says how far it got; our own note is the floor."""
        self.held = self.publish.bytes_sent
        if self.publish.chunks_begun and self._progress() == "beyond":
            return self._uploaded()
        return None

    def _send_all(self) -> Step:
        while (chunk := self.plan.next_chunk(self.held)) is not None:
            if self.seconds_left() < 2 * self.chunk_seconds + _MARGIN_SECONDS:
                return more()
            noted = publish_store.begin_chunk(
                self.publish, chunks_begun=chunk.index + 1, bytes_sent=min(self.held, chunk.first)
            )
            if noted is None:
                return more()
            is_new = self.publish.chunks_begun <= chunk.index
            self.publish = noted
            step = self._send(chunk, is_new)
            if step is not None:
                return step
        return self._uploaded()

    def _send(self, chunk: Chunk, is_new: bool) -> Step | None:
        began = clock.monotonic()
        try:
            answer = self._put(chunk)
        except SourceBroke as broke:
            logger.warning("the source broke off", publish_id=self.publish.publish_id, reason=str(broke))
            answer = ChunkAnswer("again")
        if isinstance(answer, Problem):
            return self._give_up(chunk, is_new, answer)
        self.chunk_seconds = clock.monotonic() - began
        return self._weigh(chunk, answer, is_new)

    def _put(self, chunk: Chunk) -> ChunkAnswer | Problem:
        stream = self._stream_at(chunk.first)
        if isinstance(stream, Problem):
            return stream
        return put_chunk(
            _http(),
            self.url,
            content_type=self.publish.video.content_type or "video/mp4",
            first=chunk.first,
            last=chunk.last,
            total=self.plan.size,
            body=stream.pieces(chunk.length),
        )

    def _weigh(self, chunk: Chunk, answer: ChunkAnswer, is_new: bool) -> Step | None:
        """Take `answer` into account: None to go on, or the step that ends this run."""
        match answer.kind:
            case "continue" | "done" if _agrees(answer.received, chunk):
                self.tries = 0
                self.held = chunk.last + 1
                return None
            case "expired" | "gone" if is_new and chunk.index == 0:
                return dead()
            case "expired" | "gone":
                return self._give_up(chunk, is_new, problem("upload_url_expired"))
            case "rejected":
                return self._give_up(chunk, is_new, problem("upload_rejected", status=answer.status))
            case _:
                return self._try_again(chunk, answer)

    def _try_again(self, chunk: Chunk, answer: ChunkAnswer) -> Step | None:
        """Go on from what TikTok holds, after a pause; five failures in a row end the run."""
        self._drop_stream()
        self.tries += 1
        logger.warning(
            "a chunk was not taken", publish_id=self.publish.publish_id, kind=answer.kind, status=answer.status
        )
        if self.tries >= _TRIES:
            return self._end_by_status(chunk, problem("upload_failed"))
        pause = min(2**self.tries, _BACKOFF_SECONDS_MAX) * random.uniform(0.5, 1)  # noqa: S311
        clock.sleep(max(pause, answer.retry_after or 0))
        if answer.kind != "again" and self._progress() == "beyond":
            return self._uploaded()
        return None

    def _progress(self) -> Literal["uploading", "beyond"] | None:
        """Ask TikTok how many bytes it holds; `beyond` if it has judged already, None if it does not say."""
        answer = ask(
            self.publish.account_id,
            lambda token: fetch_status(tiktok(), token, self.publish.tiktok_publish_id or ""),
        )
        if not isinstance(answer, PublishStatus):
            return None
        if fact_of_status(answer, clock.now()) is not None:
            return "beyond"
        if answer.uploaded_bytes is None:
            return None
        self.held = max(self.held, min(answer.uploaded_bytes, self.plan.size))
        return "uploading"

    def _give_up(self, chunk: Chunk, is_new: bool, why: Problem) -> Step:
        """`chunk` cannot be sent. If it was before, TikTok may hold it after all."""
        return refused(why) if is_new else self._end_by_status(chunk, why)

    def _end_by_status(self, chunk: Chunk, why: Problem) -> Step:
        """The upload cannot go on. If TikTok may hold the last chunk its status decides; else nothing was posted."""
        is_last = chunk.index == self.plan.count - 1
        told = self._progress()
        if told == "beyond" or self.plan.next_chunk(self.held) is None:
            return self._uploaded()
        if is_last and (told is None or why.code == "upload_failed"):
            return self._uploaded()
        return refused(why)

    def _uploaded(self) -> Step:
        moved = publish_store.move(
            self.publish,
            State.PROCESSING,
            set_={"bytes_sent": self.held, "processing_since": clock.now()},
            remove=("upload_url_sealed",),
        )
        return more() if moved is None else awaiting("uploaded", fact_store.webhooks_arrive())

    def _stream_at(self, first: int) -> SourceStream | Problem:
        if self.stream is not None and self.stream.position == first:
            return self.stream
        self._drop_stream()
        opened = open_stream(self.publish.video, first)
        if isinstance(opened, SourceStream):
            self.stream = opened
        return opened

    def _drop_stream(self) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None


def _agrees(received: int | None, chunk: Chunk) -> bool:
    """Whether TikTok's count says that `chunk` is in: it may be a count or a last index, or missing (protocol 4.5)."""
    return received is None or received in (chunk.last, chunk.last + 1)


@lru_cache
def _http() -> httpx.Client:
    """The process's connection to TikTok's upload host, kept over chunks and warm invocations."""
    return httpx.Client(timeout=httpx.Timeout(60, connect=5), follow_redirects=False)
