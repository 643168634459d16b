"""The position of an upload: the bytes that TikTok is known to hold, and the chunks that have begun. Without I/O."""

from dataclasses import dataclass

from dropcast.publishing.model.chunk_plan import Chunk, ChunkPlan


@dataclass
class TransferProgress:
    """`held`: the bytes that TikTok is known to hold. `begun_before`: earlier uploaders began at most this many chunks.

    begun: this uploader began at most this many chunks. last_sent: how often it sent the last byte of the file. Once
    TikTok has that byte, TikTok may create the post.
    """

    plan: ChunkPlan
    held: int
    begun_before: int
    begun: int = 0
    last_sent: int = 0

    def next_chunk(self) -> Chunk | None:
        """The first chunk that TikTok does not hold completely. None if it holds all."""
        return self.plan.next_chunk(self.held)

    def is_new(self, chunk: Chunk) -> bool:
        """Whether no uploader can have sent a byte of `chunk` yet."""
        return chunk.index >= max(self.begun, self.begun_before)

    def begin(self, chunk: Chunk) -> None:
        """Record that this uploader begins to send `chunk`."""
        self.begun = max(self.begun, chunk.index + 1)

    def add_held(self, reported: int | None) -> None:
        """Record that TikTok holds `reported` bytes.

        A lower number than before is ignored, because TikTok drops no bytes.
        """
        self.held = max(self.held, min(reported or 0, self.plan.size))

    def may_hold_last(self) -> bool:
        """Whether this or an earlier uploader may have sent the last byte of the file."""
        return self.last_sent > 0 or self.begun_before == self.plan.count

    def was_last_sent_once(self) -> bool:
        """Whether this uploader sent the last byte exactly once and no earlier uploader can have sent it."""
        return self.last_sent == 1 and self.begun_before < self.plan.count
