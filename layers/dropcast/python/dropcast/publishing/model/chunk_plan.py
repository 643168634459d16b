"""Plans the chunks in which Dropcast sends a file to TikTok (protocol section 4).

TikTok's page does not say whether "MB" is 10^6 or 2^20 bytes. The sizes in this module are valid in both cases.
"""

from dataclasses import dataclass

from dropcast.media.limits import VIDEO_BYTES_MAX

SINGLE_CHUNK_MAX_BYTES = 64_000_000
# The first size is TikTok's own example. A row without a chunk size, from an old release, means this size.
CHUNK_SIZES = (10_000_000, 32_000_000, 64_000_000)


@dataclass(frozen=True)
class Chunk:
    """Bytes `first` to `last` (both included) of the file. The `index` of the first chunk is 0."""

    index: int
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def is_in(self, received: int | None) -> bool:
        """Whether TikTok's answer says that TikTok has this chunk.

        `received`: what the answer reports, as a number of bytes or as the index of the last byte (protocol section
        4.5). If it reports neither (None), the chunk counts as received.
        """
        return received is None or received in (self.last, self.last + 1)


@dataclass(frozen=True)
class ChunkPlan:
    """A file of `size` bytes in `count` chunks of `chunk_size` bytes. The last chunk also contains the remainder."""

    size: int
    chunk_size: int
    count: int

    def chunk(self, index: int) -> Chunk:
        """The chunk at `index`, 0 <= index < count."""
        first = index * self.chunk_size
        last = self.size - 1 if index == self.count - 1 else first + self.chunk_size - 1
        return Chunk(index, first, last)

    def next_chunk(self, held: int) -> Chunk | None:
        """The first chunk that TikTok does not have completely, if TikTok has `held` bytes. None if it has all bytes.

        TikTok may report the number of bytes or the index of the last byte (protocol section 4.5). So a chunk
        counts as complete even if its last byte is missing.
        """
        if held >= self.size - 1 and held > 0:
            return None
        return self.chunk(min((held + 1) // self.chunk_size, self.count - 1))


def plan_chunks(size: int, chunk_bytes: int | None = None) -> ChunkPlan:
    """The plan for a file of `size` bytes. ValueError unless 1 <= size <= 4,000,000,000 (protocol section 4.4).

    A file of at most SINGLE_CHUNK_MAX_BYTES is one chunk. For a larger file, `chunk_bytes` is one of CHUNK_SIZES, by
    default the first. If the file has fewer bytes than two chunks of this size, the next smaller size is used.
    """
    if not 1 <= size <= VIDEO_BYTES_MAX:
        raise ValueError(f"no chunk plan for {size} bytes")
    if size <= SINGLE_CHUNK_MAX_BYTES:
        return ChunkPlan(size, size, 1)
    most = chunk_bytes or CHUNK_SIZES[0]
    chunk_size = max(step for step in CHUNK_SIZES if step <= most and size // step >= 2)
    return ChunkPlan(size, chunk_size, size // chunk_size)
