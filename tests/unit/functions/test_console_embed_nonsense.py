"""No request causes a server error on a page of an embed. Invalid ids, bodies and queries are refused."""

import re

import pytest

from dropcast.access.embed_store import put_attempt
from dropcast.idempotency import hashed
from tests.unit.functions.nonsense import BODIES, TEXTS
from tests.unit.functions.test_console_embed_guard import CONNECTS, GUARDED
from tests.unit.support.console import Visitor
from tests.unit.support.embeds import embedded

# The gateway passes no lone surrogates.
WORDS = [text for text in TEXTS if text.isprintable() and "\ud800" not in text]

pytestmark = pytest.mark.usefixtures("cloud")


def test_an_address_without_an_embed_is_refused():
    for text in filter(None, WORDS):
        for path in (f"/embed/{text}", f"/embed/{text}/connected", f"/embed/{text}/page"):
            answer = Visitor().get(path)
            assert answer.status in (200, 401, 404), path
            assert answer.status != 200 or path.endswith("/connected")


def test_a_body_without_a_secret_is_refused():
    page = embedded(user_id="ana")
    for body in BODIES:
        assert Visitor().send("POST", f"{page.home}/session", {}, {}, body).status == 401, body[:50]


def test_the_window_s_return_takes_any_query():
    page = embedded("connect", user_id="ana")
    for text in WORDS:
        for query in ({"connected": text}, {"error": text}, {"connected": text, "error": text}, {"attempt": text}):
            put_attempt(page.embed_id, hashed("attempt"))
            answer = Visitor().send("GET", f"{page.home}/connected", {}, {"attempt": "attempt", **query}, None)
            assert answer.status == 200, query
            assert page.get("/connection", until="9999999999").status == 200, query


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_an_id_that_does_not_exist_is_refused(method: str, path: str):
    page = embedded("connect" if (method, path) in CONNECTS else "post", user_id="ana")
    for text in filter(None, WORDS):
        query = {"next": text, "key": text, "kind": text, "mode": text, "until": text}
        answer = page.send(method, re.sub(r"<\w+>", text, path), {"x-csrf": page.csrf()}, query, text)
        assert answer.status < 500, text
