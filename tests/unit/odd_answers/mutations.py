"""Mutates a good answer: a value, its shape, its bytes, or its headers."""

import copy
import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx

HALF = "\ud83c"

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, -0.0, 1e308, float("nan"), float("inf"), 2**53 + 1, 2**63, 10**38, 10**400,
    253_402_300_800, 1_800_000_000_000, -(10**13), "", " ", "\x00", "0", "-1", "9" * 400, "9" * 5000, "1904000.0",
    "²", "١٢", "null", HALF, f"a{HALF}b", "\udfff", "\u202eabc", "\u2028", "#", "#" * 2000, "x" * 3000, "x" * 70_000,
    "ก" * 20_000, "\x01" * 50_000, "2026-11-31", "https://[", "http://a:99999", "javascript:alert(1)", "@",
    [], {}, [None], [[]], [{}], {"a": None}, {"": ""}, {HALF: HALF}, [1, "a", None, {}], ["a"] * 3000, [{}] * 3000,
]  # fmt: skip

Place = tuple[Any, Any]
"""A container and the key or index of a value in it."""


class Answer(httpx.SyncByteStream):
    """An answer that can be returned several times."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def __iter__(self) -> Iterator[bytes]:
        return (self.body[at : at + 65536] for at in range(0, len(self.body), 65536))

    def response(self) -> httpx.Response:
        """The answer as a new response."""
        return httpx.Response(self.status, headers=self.headers, stream=self)


def mutated(rng: random.Random, good: Any) -> Answer:
    """An answer that equals `good` in most parts."""
    value = {"body": copy.deepcopy(good)}
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        if not value:
            break
        with suppress(ValueError):  # Python writes no int of 4301 digits
            rng.choice(_IN_A_VALUE)(rng, *rng.choice(list(_places(value))))
    body = _encoded(rng, value.get("body"))
    headers: dict[str, str] = {}
    if rng.random() < 0.25:
        body, headers = rng.choice(_IN_THE_BYTES)(rng, body)
    status = (
        200 if rng.random() < 0.9 else rng.choice((201, 204, 206, 302, 400, 401, 403, 404, 418, 429, 451, 500, 502))
    )
    return Answer(status, headers, body)


def _places(value: Any) -> Iterator[Place]:
    inside = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in inside:
        yield value, key
        yield from _places(inner)


def _replace(rng: random.Random, holder: Any, key: Any) -> None:
    holder[key] = copy.deepcopy(rng.choice(ODD))


def _remove(rng: random.Random, holder: Any, key: Any) -> None:
    holder.pop(key)


def _rename(rng: random.Random, holder: Any, key: Any) -> None:
    value = holder.pop(key)
    if isinstance(holder, dict):
        holder[f"{key}_v2"] = value


def _repeat(rng: random.Random, holder: Any, key: Any) -> None:
    value = holder[key]
    times = rng.choice((2, 50, 2000))
    holder[key] = (
        value * min(times, 1 + 200_000 // (1 + len(json.dumps(value)))) if isinstance(value, list | str) else [value]
    )


def _nest(rng: random.Random, holder: Any, key: Any) -> None:
    for _ in range(rng.choice((1, 2, 300))):
        holder[key] = [holder[key]] if rng.random() < 0.5 else {"data": holder[key]}


def _add(rng: random.Random, holder: Any, key: Any) -> None:
    value = copy.deepcopy(rng.choice(ODD))
    if isinstance(holder[key], list):
        holder[key].insert(rng.randint(0, len(holder[key])), value)
    elif isinstance(holder[key], str):
        holder[key] += value if isinstance(value, str) else str(value)[:100]
    else:
        holder[key] = value


def _retype(rng: random.Random, holder: Any, key: Any) -> None:
    value = holder[key]
    holder[key] = str(value)[:1000] if not isinstance(value, str) else int(value) if value.isdecimal() else [value]


_IN_A_VALUE: list[Callable[..., None]] = [_replace, _replace, _replace, _remove, _rename, _repeat, _nest, _add, _retype]


def _encoded(rng: random.Random, value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except RecursionError:
        return b"[" * 5000
    except ValueError:  # an int with more digits than Python writes
        return b"9" * 5000


def _cut(rng: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    return body[: rng.randint(0, len(body))], {}


def _flip(rng: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    flipped = bytearray(body or b"x")
    for _ in range(rng.randint(1, 5)):
        flipped[rng.randrange(len(flipped))] = rng.randrange(256)
    return bytes(flipped), {}


def _other_encoding(rng: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    name = rng.choice(("utf-16", "utf-32-be", "utf-8-sig", "cp037"))
    return body.decode().encode(name, errors="replace"), {"content-type": f"application/json; charset={name}"}


def _packed(rng: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    packed = rng.choice(
        (gzip.compress(body), zlib.compress(body), gzip.compress(gzip.compress(body)), body, b"\x1f\x8b")
    )
    named = rng.choice(("gzip", "deflate", "br", "zstd", "gzip, gzip", "identity", "GZIP", ", ,", "x" * 300))
    return packed[: rng.choice((len(packed), len(packed) // 2))], {"content-encoding": named}


def _bomb(rng: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = packer.compress(body) + packer.compress(b" " * 8_000_000) + packer.flush()
    return packed, {"content-encoding": "gzip"}


def _around(rng: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    return rng.choice(((b")]}',\n" + body), body + b"x", b" " * 5000 + body, b"<html>verify</html>", b"", b"null")), {}


def _headers(rng: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    odd = {"set-cookie": f"a={'x' * 3000}; Domain=tiktok.com", "content-length": "5", "content-type": "text/html"}
    return body, {name: value for name, value in odd.items() if rng.random() < 0.5}


_IN_THE_BYTES: list[Callable[..., tuple[bytes, dict[str, str]]]] = [
    _cut, _cut, _flip, _flip, _other_encoding, _packed, _packed, _around, _headers,
]  # fmt: skip
_IN_THE_BYTES += [_bomb]
