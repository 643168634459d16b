"""Sending a video's bytes to the address that TikTok gave for them (protocol sections 1.10, 4.5 and 4.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import httpx
from pydantic import SecretStr

Kind = Literal["continue", "done", "expired", "gone", "resync", "again", "rejected", "no_answer"]


@dataclass(frozen=True)
class ChunkAnswer:
    """What TikTok said to one chunk.

    kind: continue (next chunk), done (all bytes are in), expired or gone (a new init), resync (the range does not match
    TikTok's progress), again (same chunk, later), rejected (our bug), no_answer (the bytes may have arrived or not).
    received: bytes TikTok says it holds, as reported: it may be a count or a last index, one apart (section 4.5).
    status: the HTTP status. retry_after: seconds, where TikTok gave any.
    """

    kind: Kind
    received: int | None = None
    status: int | None = None
    retry_after: int | None = None


def origin_allowed(url: str, origins: list[str]) -> bool:
    """Whether `url` lies at one of `origins`: scheme, host and port are compared (section 1.10).

    An origin's host may begin with `*.`, which stands for one or more whole labels. A URL with a user part is refused.
    """
    raise NotImplementedError


def put_chunk(
    http: httpx.Client,
    upload_url: SecretStr,
    *,
    content_type: str,
    first: int,
    last: int,
    total: int,
    body: Iterable[bytes],
) -> ChunkAnswer:
    """Send bytes `first`..`last` (0-based, inclusive) of `total` from `body`, as they come, never held as a whole.

    An exception of `body` comes through as it is; a body of another length than the chunk's is a ValueError.
    """
    raise NotImplementedError
