"""Answers of the API that have every field: the examples in its description, with some fields changed."""

from collections.abc import Callable
from typing import Any

import httpx

from dropcast_client import Dropcast
from functions.http.api.description import document

BASE = "https://api.example"


def example(schema: str, /, **changes: Any) -> dict[str, Any]:
    """The document's example of a schema, with some fields changed."""
    return document()["components"]["schemas"][schema]["examples"][0] | changes


def answer(schema: str, /, status: int = 200, **changes: Any) -> httpx.Response:
    """The example of a schema as an answer."""
    return httpx.Response(status, json=example(schema, **changes))


def client(handle: Callable[[httpx.Request], httpx.Response]) -> Dropcast:
    """A client of an API that answers each request by `handle`."""
    return Dropcast(BASE, "dk_1", httpx.MockTransport(handle))
