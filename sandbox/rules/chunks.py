"""The rules of a chunked upload (protocol section 4), strict where TikTok's page is ambiguous (protocol section 4.2).

A plan that passes here is legal whether MB means 10^6 or 2^20 bytes.
"""

import re
from dataclasses import dataclass

SMALLEST_CHUNK = 5_242_880
LARGEST_CHUNK = 64_000_000
LARGEST_FILE = 4_000_000_000
CHUNKS_MAX = 1000

CONTENT_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


def plan_problem(size: int, chunk: int, count: int) -> str | None:
    """The error of an upload plan. `size` and `chunk` are in bytes. None if the plan is valid."""
    if not 1 <= size <= LARGEST_FILE:
        return f"The video size is invalid: from 1 to {LARGEST_FILE} bytes."
    if chunk < 1 or chunk > size:
        return "The chunk size is invalid: it must be from 1 byte to the video size."
    if not 1 <= count <= CHUNKS_MAX:
        return f"The total chunk count is invalid: from 1 to {CHUNKS_MAX}."
    if count != size // chunk:
        return "The total chunk count is invalid: it must be video_size divided by chunk_size, rounded down."
    if count == 1 and chunk != size:
        return "The chunk size is invalid: a single chunk must be the whole file."
    if chunk > LARGEST_CHUNK:
        return f"The chunk size is invalid: at most {LARGEST_CHUNK} bytes."
    if count > 1 and chunk < SMALLEST_CHUNK:
        return f"The chunk size is invalid: at least {SMALLEST_CHUNK} bytes unless it is the whole file."
    return None


@dataclass(frozen=True)
class ByteRange:
    first: int
    last: int
    total: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def parse_content_range(text: str | None) -> ByteRange | None:
    match = CONTENT_RANGE.fullmatch(text or "")
    if match is None:
        return None
    found = ByteRange(*map(int, match.groups()))
    return found if found.first <= found.last < found.total else None


def expected_range(size: int, chunk: int, count: int, received: int) -> ByteRange | None:
    """The only range that the next chunk may have. None if all bytes have arrived."""
    if received >= size:
        return None
    is_last = received // chunk >= count - 1
    return ByteRange(received, size - 1 if is_last else received + chunk - 1, size)
