"""How far an upload is: the bytes that TikTok is known to hold, and the chunks that were begun. No input or output."""

from dataclasses import dataclass

from dropcast.publishing.model.chunk_plan import Chunk, ChunkPlan


@dataclass
class TransferProgress:
    """`held`: bytes that TikTok is known to hold. `begun_before`: earlier uploaders began at most so many chunks.

    begun: chunks that this uploader began. last_sent: how often it sent the last byte of the file, after which TikTok
    may make a post of it.
    """

    plan: ChunkPlan
    held: int
    begun_before: int
    begun: int = 0
    last_sent: int = 0

    def next_chunk(self) -> Chunk | None:
        """The first chunk that TikTok does not hold whole, None if it holds all."""
        return self.plan.next_chunk(self.held)

    def is_new(self, chunk: Chunk) -> bool:
        """Whether no uploader can have sent a byte of `chunk` yet."""
        return chunk.index >= max(self.begun, self.begun_before)

    def begin(self, chunk: Chunk) -> None:
        """This uploader begins to send `chunk`."""
        self.begun = max(self.begun, chunk.index + 1)

    def add_held(self, told: int | None) -> None:
        """TikTok answered that it holds `told` bytes. It never holds fewer than an earlier answer said."""
        self.held = max(self.held, min(told or 0, self.plan.size))

    def may_hold_last(self) -> bool:
        """Whether the last byte of the file ever left, from here or from an earlier uploader."""
        return self.last_sent > 0 or self.begun_before == self.plan.count

    def was_last_sent_once(self) -> bool:
        """Whether this uploader sent the last byte once, and no earlier one can have sent it."""
        return self.last_sent == 1 and self.begun_before < self.plan.count
