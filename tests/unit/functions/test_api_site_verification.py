"""The verification file that an operator stores, and the page that serves it."""

from typing import Any

import pytest

from tests.openapi import Operation
from tests.unit.support.api import call, with_scopes
from tests.unit.support.console import Visitor

FILE = {"name": "tiktokAbC123.txt", "line": "tiktok-developers-site-verification=AbC123"}
OTHER = {"name": "tiktokOther.txt", "line": "tiktok-developers-site-verification=Other"}

pytestmark = pytest.mark.usefixtures("cloud")


def store(body: Any) -> tuple[int, Any]:
    route = "/v1/site-verification"
    return call(Operation("PUT", f"PUT {route}", route, {}, body), with_scopes("admin"))


def test_a_stored_file_is_served_publicly(visitor: Visitor):
    assert visitor.get(f"/{FILE['name']}").status == 404

    status, stored = store(FILE)

    assert (status, stored["name"], stored["line"]) == (200, FILE["name"], FILE["line"])
    assert stored["url"].endswith(f"/{FILE['name']}")
    shown = visitor.get(f"/{FILE['name']}")
    assert (shown.status, shown.text) == (200, FILE["line"])
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_the_next_file_replaces_the_stored_one(visitor: Visitor):
    store(FILE)

    store(OTHER)

    assert visitor.get(f"/{OTHER['name']}").text == OTHER["line"]
    assert visitor.get(f"/{FILE['name']}").status == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "index.html"),
        ("name", "tiktok.txt"),
        ("name", "tiktokA1.txt/.."),
        ("name", "tiktokA1.txt\n"),
        ("line", "<script>alert(1)</script>"),
        ("line", "tiktok-developers-site-verification=A1\nmore"),
        ("line", "tiktok-developers-site-verification="),
    ],
)
def test_another_file_is_refused(visitor: Visitor, field: str, value: str):
    status, refused = store({**FILE, field: value})

    assert (status, refused["error"]["code"]) == (400, "invalid_request")
    assert visitor.get(f"/{FILE['name']}").status == 404
