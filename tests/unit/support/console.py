"""Browsers at the console function's handler, and the static files of its layer without those of npm."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.http.console.handler import handler
from infra.console_assets import FILES_OF_NPM, own_files, write_static_set
from tests.unit.support.functions import context

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session", autouse=True)
def static_set(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Our own static files as the layer holds them. Files of npm are empty."""
    folder = tmp_path_factory.mktemp("console")
    write_static_set(own_files(ROOT) | dict.fromkeys(FILES_OF_NPM, b""), folder / "console_static")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


@dataclass
class Shown:
    """An answer. `sets`: the lines of its cookies."""

    status: int
    headers: dict[str, str]
    text: str
    sets: list[str]
    is_base64: bool

    def words(self) -> str:
        """The text without tags, its blanks joined."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.text).split())


@dataclass
class Visitor:
    """A browser that keeps its cookies."""

    jar: dict[str, str] = field(default_factory=dict[str, str])

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> Shown:
        return self.send("GET", path, headers or {}, query, None)

    def post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> Shown:
        return self.send("POST", path, headers or {}, {}, urlencode(form))

    def send(self, method: str, path: str, headers: dict[str, str], query: dict[str, str], body: str | None) -> Shown:
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "headers": headers,
            "cookies": [f"{name}={value}" for name, value in self.jar.items()],
            "queryStringParameters": query,
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
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


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()
