"""Runs flows, either blocking or in an event loop.

A flow is a generator that yields actions, such as a request, and receives their results. So both clients share the
same flows.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Event
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

T = TypeVar("T")

_PARALLEL_PARTS = 4
_TIMEOUT = httpx.Timeout(35, connect=10)
# S3 answers only after it has received a whole part.
_PART_TIMEOUT = httpx.Timeout(60, connect=10)


@dataclass(frozen=True)
class Send:
    """Send a request to the API. The result is the answer, or the error if there was no answer."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes | None


@dataclass(frozen=True)
class PartToPut:
    """A part of a file for S3. Each call of `pieces` reads the part's `size` bytes again. The URL is a secret."""

    url: str = field(repr=False)
    size: int
    pieces: Callable[[], Iterator[bytes]]

    @property
    def headers(self) -> dict[str, str]:
        """The headers. Without a length httpx would send chunks, which S3 refuses."""
        return {"Content-Length": str(self.size)}


@dataclass(frozen=True)
class PutParts:
    """Put parts to S3, several at a time. A failed part raises no error, because the API then lists it as missing."""

    parts: list[PartToPut]


@dataclass(frozen=True)
class Sleep:
    """Wait for some seconds."""

    seconds: float


class _WithoutSignedAddresses(logging.Filter):
    """Drops the log records of httpx that contain the address of a part.

    With this address anyone can write to the bucket.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return not any("X-Amz-Signature=" in str(value) for value in record.args or ())


logging.getLogger("httpx").addFilter(_WithoutSignedAddresses())

Action = Send | PutParts | Sleep
Flow = Generator[Action, Any, T]


class SyncRunner:
    """Runs flows in the calling thread. Only parts of files are sent in other threads."""

    def __init__(self, base_url: str, api_key: str, transport: httpx.BaseTransport | None = None) -> None:
        tls = httpx.create_ssl_context() if transport is None else True  # loaded once for both HTTP clients
        address, headers = _address(base_url), _headers(api_key)
        self._api = httpx.Client(base_url=address, headers=headers, timeout=_TIMEOUT, verify=tls, transport=transport)
        self._s3 = httpx.Client(timeout=_PART_TIMEOUT, verify=tls, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._s3.close()

    def run(self, flow: Flow[T]) -> T:
        """Run a flow and return its result."""
        result: Any = None
        while True:
            try:
                action = flow.send(result)
            except StopIteration as end:
                return end.value
            result = self._do(action)

    def _do(self, action: Action) -> httpx.Response | httpx.RequestError | None:
        match action:
            case Send():
                return self._answer(action)
            case PutParts(parts):
                self._put_parts(parts)
            case Sleep(seconds):
                time.sleep(seconds)
        return None

    def _answer(self, send: Send) -> httpx.Response | httpx.RequestError:
        try:
            return self._api.request(
                send.method, send.path, params=send.query, headers=send.headers, content=send.content
            )
        except httpx.RequestError as error:
            return error

    def _put_parts(self, parts: list[PartToPut]) -> None:
        """Put the parts. After Ctrl-C or an error in the caller's code, stop all of them at their next piece."""
        stopped = Event()
        with ThreadPoolExecutor(_PARALLEL_PARTS) as pool:
            puts = [pool.submit(self._put, part, stopped) for part in parts]
            try:
                for put in as_completed(puts):
                    put.result()
            finally:
                stopped.set()

    def _put(self, part: PartToPut, stopped: Event) -> None:
        try:
            self._s3.put(part.url, content=_until(stopped, part.pieces()), headers=part.headers)
        except httpx.TransportError:
            return


class AsyncRunner:
    """Runs flows in the event loop."""

    def __init__(self, base_url: str, api_key: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        tls = httpx.create_ssl_context() if transport is None else True  # loaded once for both HTTP clients
        address, headers = _address(base_url), _headers(api_key)
        self._api = httpx.AsyncClient(
            base_url=address, headers=headers, timeout=_TIMEOUT, verify=tls, transport=transport
        )
        self._s3 = httpx.AsyncClient(timeout=_PART_TIMEOUT, verify=tls, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.aclose()
        await self._s3.aclose()

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow and return its result."""
        result: Any = None
        while True:
            try:
                action = flow.send(result)
            except StopIteration as end:
                return end.value
            result = await self._do(action)

    async def _do(self, action: Action) -> httpx.Response | httpx.RequestError | None:
        match action:
            case Send():
                return await self._answer(action)
            case PutParts(parts):
                await self._put_parts(parts)
            case Sleep(seconds):
                await asyncio.sleep(seconds)
        return None

    async def _answer(self, send: Send) -> httpx.Response | httpx.RequestError:
        try:
            return await self._api.request(
                send.method, send.path, params=send.query, headers=send.headers, content=send.content
            )
        except httpx.RequestError as error:
            return error

    async def _put_parts(self, parts: list[PartToPut]) -> None:
        """Put the parts. After a cancellation or an error in the caller's code, stop all of them."""
        free = asyncio.Semaphore(_PARALLEL_PARTS)
        tasks = [asyncio.create_task(self._put(part, free)) for part in parts]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _put(self, part: PartToPut, free: asyncio.Semaphore) -> None:
        async with free:
            try:
                await self._s3.put(part.url, content=_in_loop(part.pieces()), headers=part.headers)
            except httpx.TransportError:
                return


def _until(stopped: Event, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if stopped.is_set():
            raise httpx.WriteError("stopped by the caller")
        yield piece


async def _in_loop(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces. A thread reads each one from the disk, so that the event loop never waits for the disk."""
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece


def _address(base_url: str) -> str:
    """`base_url`, if httpx accepts it. Raises ValueError."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{base_url} is not a valid address: {error}.") from None
    if url.scheme not in ("https", "http") or not url.host:
        raise ValueError(f"{base_url} is not a valid address: it must begin with https:// or http://.")
    return base_url


def _headers(api_key: str) -> dict[str, str]:
    """The headers of each request to the API. Raises ValueError if no header can contain the key."""
    if not api_key.isascii() or not api_key.isprintable() or not api_key:
        raise ValueError("The API key is empty or contains invalid characters.")
    return {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
