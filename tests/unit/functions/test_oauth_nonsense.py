"""Random requests to the public addresses are refused without an error in the log."""

import itertools
import json
from typing import Any

import pytest

from functions.http.connect.handler import handler
from tests.unit.support.functions import context

PATHS = [
    "/oauth/tiktok/start",
    "/oauth/tiktok/callback",
    "/oauth/tiktok/finish",
    "/oauth/business/start",
    "/oauth/business/callback",
    "/oauth/business/callback/",
    "/oauth/business/nothing",
    "/oauth/business/callback/deeper/../../x",
    "/oauth/tiktok/\u2603",
    "/oauth/",
    "/oauth",
]
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get", ""]
LONG = "x" * 100_000
QUERIES: list[dict[str, str] | None] = [
    None,
    {},
    {"c": ""},
    {"c": LONG, "state": LONG, "code": LONG},
    {"c": "\x00\ud800", "state": "\x00\ud800", "code": "\ud83d"},
    {"state": "Ω" * 2000, "error": "\u202eaccess_denied", "error_description": LONG},
    {"c": "../../etc", "state": "[object Object]", "scopes": "%00"},
]
COOKIES: list[list[str] | None] = [
    None,
    [],
    ["="],
    ["; ; =;"],
    ["__Host-dropcast_start_=\x00"],
    [LONG],
    [f"dropcast_start_{'0' * 12}=\ud800"],
    ["a=b; c=d", "é=ü"],
]
BODIES: list[tuple[str | None, bool]] = [
    (None, False),
    ("", True),
    ("c=x&key=y", False),
    ("not base64!", True),
    ("gICA", True),
    ("=====", True),
    ("c=%ff%fe&key=%80&state=%ed%a0%80", False),
    ("c=\ud800&key=\ud800&state=\udfff", False),
    ("&".join(f"a{number}=b" for number in range(5000)), False),
    (LONG, False),
    (json.dumps({"c": [1]}), False),
]


def event(method: str, path: str, **parts: Any) -> dict[str, Any]:
    body, encoded = parts.get("body", (None, False))
    query = parts.get("query")
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": parts.get("headers", {"host": "dropcast.example"}),
        **({} if query is None else {"queryStringParameters": query}),
        **({} if parts.get("cookies") is None else {"cookies": parts["cookies"]}),
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default", "requestId": "r"},
        **({} if body is None else {"body": body}),
        "isBase64Encoded": encoded,
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_random_request_is_refused_and_logs_no_error(tiktok, business, written, path):
    parts = [
        *({"query": query} for query in QUERIES),
        *({"cookies": cookies} for cookies in COOKIES),
        *({"body": body} for body in BODIES),
        {"headers": {}},
        {"headers": {"cookie": "=;=;;\x00"}},
        {"headers": {"content-type": "multipart/form-data; boundary="}, "body": (LONG, False)},
        *(dict(zip(("query", "body"), both, strict=True)) for both in itertools.product(QUERIES[4:], BODIES[3:8])),
    ]
    events = [event(method, path, **one) for method, one in itertools.product(METHODS, parts)]

    for one in events:
        status = handler(one, context())["statusCode"]
        assert status in (400, 403, 404, 410), one
    assert "ERROR" not in written()


@pytest.mark.parametrize("path", PATHS[6:])
def test_an_unknown_address_is_404(tiktok, business, path):
    assert {handler(event(method, path), context())["statusCode"] for method in METHODS} == {404}


def test_an_unsupported_method_is_404(tiktok, business):
    assert handler(event("PUT", "/oauth/tiktok/start"), context())["statusCode"] == 404
