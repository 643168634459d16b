"""Sends a video's chunks to TikTok's upload address (protocol sections 1.10, 4.5 and 4.6)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import httpx
from pydantic import SecretStr

from dropcast.tiktok.http.http_client import ignore_body

ChunkOutcome = Literal["continue", "done", "expired", "gone", "resync", "again", "rejected", "no_answer"]


@dataclass(frozen=True)
class ChunkAnswer:
    """TikTok's answer to one chunk.

    kind: continue (send the next chunk), done (TikTok has all bytes), expired or gone (a new init is needed), resync
    (the range does not match TikTok's progress), again (send the same chunk later), rejected (a bug of Dropcast),
    no_answer (the bytes may have arrived).
    received: the number that TikTok reports. It is the count of received bytes or the index of the last one (protocol
    section 4.5).
    status: the HTTP status. retry_after: seconds to wait, if TikTok named them.
    """

    kind: ChunkOutcome
    received: int | None = None
    status: int | None = None
    retry_after: int | None = None


def origin_allowed(url: str, origins: list[str]) -> bool:
    """Whether the scheme, host and port of `url` match one of `origins` (protocol section 1.10).

    An origin's host may begin with `*.`, which matches one or more labels. A URL with a user part never matches.
    """
    target = _parsed(url)
    if target is None or target.userinfo:
        return False
    return any(_same_origin(target, pattern) for pattern in map(_parsed, origins) if pattern is not None)


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
    """Stream bytes `first`..`last` (0-based, inclusive) of `total` from `body`. Does not hold the chunk in memory.

    Raises the exceptions of `body` unchanged. Raises ValueError if `body` has a different length from the chunk.
    """
    source = _Source(body, last - first + 1)
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(source.size),
        "Content-Range": f"bytes {first}-{last}/{total}",
    }
    try:
        asked = http.build_request("PUT", upload_url.get_secret_value(), headers=headers, content=source)
        response = http.send(asked, stream=True, follow_redirects=False)
        ignore_body(response)
    except httpx.RequestError:
        if source.failure is not None:
            raise source.failure from None
        return ChunkAnswer("no_answer")
    return ChunkAnswer(
        kind=_kind(response.status_code),
        received=_received(response.headers.get("Content-Range", ""), total),
        status=response.status_code,
        retry_after=_seconds(response.headers.get("Retry-After", "")),
    )


class _Source:
    """A chunk's bytes. Stores an exception of the source, to distinguish it from a network error."""

    def __init__(self, parts: Iterable[bytes], size: int) -> None:
        self.size = size
        self.failure: Exception | None = None
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._measured()
        except Exception as failure:
            self.failure = failure
            raise

    def _measured(self) -> Iterator[bytes]:
        given = 0
        for part in self._parts:
            given += len(part)
            if given > self.size:
                break
            yield part
        if given != self.size:
            raise ValueError(f"the body has {'more' if given > self.size else 'fewer'} bytes than its chunk")


_KINDS: dict[int, ChunkOutcome] = {
    200: "done",
    201: "done",
    206: "continue",
    403: "expired",
    404: "gone",
    408: "again",
    410: "gone",
    416: "resync",
    429: "again",
}


def _kind(status: int) -> ChunkOutcome:
    if status >= 500:
        return "again"
    return _KINDS.get(status, "rejected")


def _received(content_range: str, total: int) -> int | None:
    """N of `bytes 0-N/total`; None if the header is missing or has another total."""
    found = re.fullmatch(r"bytes 0-([0-9]{1,15})/([0-9]{1,15})", content_range.strip())
    return int(found[1]) if found and int(found[2]) == total else None


def _seconds(retry_after: str) -> int | None:
    return int(retry_after) if re.fullmatch("[0-9]{1,6}", retry_after.strip()) else None


def _parsed(url: str) -> httpx.URL | None:
    """`url` as the HTTP client parses it, so that the comparison uses the address to which the client would connect."""
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return None


def _same_origin(target: httpx.URL, pattern: httpx.URL) -> bool:
    return (
        target.scheme == pattern.scheme
        and target.port == pattern.port
        and _same_host(target.raw_host.decode("ascii"), pattern.raw_host.decode("ascii"))
    )


def _same_host(host: str, pattern: str) -> bool:
    if not pattern.startswith("*."):
        return bool(host) and host == pattern
    return re.fullmatch(r"(?:[a-z0-9_-]+\.)+" + re.escape(pattern[2:]), host) is not None and pattern != "*."
