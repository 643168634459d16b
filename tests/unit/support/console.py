"""Browsers that call the console function's handler, and the static files of its layer without npm's."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from dropcast.access.key_store import ApiKey
from dropcast.access.keys import create_key
from dropcast.access.sessions import current_session
from dropcast.errors.problem import Problem
from functions.http.console.handler import handler
from functions.http.console.signed_in import SIGN_IN_PATH
from infra.console_assets import FILES_OF_NPM, own_files, write_static_set
from tests.unit.support.forms import Form, forms_of
from tests.unit.support.functions import context

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session", autouse=True)
def static_set(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Our own static files, as in the layer. npm's files are empty."""
    folder = tmp_path_factory.mktemp("console")
    write_static_set(own_files(ROOT) | dict.fromkeys(FILES_OF_NPM, b""), folder / "console_static")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


@dataclass
class Shown:
    """An answer. `sets`: its cookies, one text each."""

    status: int
    headers: dict[str, str]
    text: str
    sets: list[str]
    is_base64: bool

    def words(self) -> str:
        """The text without tags, with single spaces."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.text)).split())

    def form(self, action: str) -> Form:
        """The form that is sent to this address, with the values of its fields."""
        [found] = [form for form in forms_of(self.text) if form.action == action]
        return found


@dataclass
class Visitor:
    """A browser that keeps its cookies, at the address `ip`."""

    jar: dict[str, str] = field(default_factory=dict[str, str])
    ip: str = "192.0.2.1"

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> Shown:
        return self.send("GET", path, headers or {}, query, None)

    def post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> Shown:
        return self.send("POST", path, headers or {}, {}, urlencode(form))

    def submit(self, form: Form, headers: dict[str, str] | None = None, **filled: str) -> Shown:
        """Fill in the form and send it."""
        return self.post(form.action.partition("#")[0], form.fields | filled, headers)

    def sign_in(self, key_text: str, next_page: str = "") -> Shown:
        """Sign in with an API key, and return the answer to the form."""
        return self.submit(self.get(SIGN_IN_PATH, next=next_page).form(SIGN_IN_PATH), key=key_text)

    def csrf(self) -> str:
        """The csrf token of this browser's session, which every form repeats."""
        session = current_session(self.jar["__Host-dropcast_session"])
        assert session, "the browser is signed out"
        return session.csrf

    def send(self, method: str, path: str, headers: dict[str, str], query: dict[str, str], body: str | None) -> Shown:
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": urlencode(query),
            "headers": headers,
            "cookies": [f"{name}={value}" for name, value in self.jar.items()],
            "queryStringParameters": query,
            "requestContext": {"http": {"method": method, "path": path, "sourceIp": self.ip}, "stage": "$default"},
            "body": body,
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = json.loads(json.dumps(handler(event, context())))
        self._keep(answer.get("cookies", []))
        return Shown(
            answer["statusCode"],
            answer["headers"],
            answer["body"],
            answer.get("cookies", []),
            answer["isBase64Encoded"],
        )

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            pair, *attributes = line.split("; ")
            name, _, value = pair.partition("=")
            self.jar[name] = value
            if "Max-Age=0" in attributes:
                del self.jar[name]


def new_key(
    *scopes: str, user_id: str | None = None, name: str = "Ana's key", expires_in: int | None = None
) -> tuple[ApiKey, str]:
    """A key with these scopes (default: read and publish), and its text."""
    made = create_key(name, frozenset(scopes or {"read", "publish"}), user_id, expires_in=expires_in)
    assert not isinstance(made, Problem)
    return made


def signed_in(*scopes: str, user_id: str | None = None) -> Visitor:
    """A browser that has signed in with a new key. It needs the fixture `cloud`."""
    visitor = Visitor()
    answer = visitor.sign_in(new_key(*scopes, user_id=user_id)[1])
    assert answer.status == 303, answer.words()
    return visitor


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()
