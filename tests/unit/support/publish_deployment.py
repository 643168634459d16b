"""A fake API and a fake S3 for `dropcast publish`."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli.main import cli
from dropcast_client import DropcastError
from tests.unit.support.api_examples import client, example
from tests.unit.support.client_sleeps import replace_sleep

PART = 4
FILE = b"0123456789"
SOURCE = {"type": "s3", "bucket": "b", "key": "k", "version_id": None}


@dataclass
class Deployment:
    """Has one upload and one publish. `s3_answers` are the answers to the next parts, which are then not stored."""

    parts: dict[int, bytes] = field(default_factory=dict)
    s3_answers: list[int | BaseException] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    states: list[dict[str, Any]] = field(default_factory=lambda: [{"state": "published"}])
    published: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    begun: list[dict[str, Any]] = field(default_factory=list)
    checked: list[dict[str, Any]] = field(default_factory=list)
    active_accounts: list[str] = field(default_factory=list)
    s3_waits: Callable[[], Any] = lambda: None

    def answer(self, request: httpx.Request) -> httpx.Response:
        match request.method, request.url.path:
            case "PUT", _:
                return self._take(request)
            case "GET", "/v1/accounts":
                assert request.url.params["status"] == "active"
                items = [example("AccountView", account_id=one, username=one[4:]) for one in self.active_accounts]
                return httpx.Response(200, json={"items": items, "next": None})
            case "POST", "/v1/uploads":
                self.begun.append(json.loads(request.content))
                return httpx.Response(201, json=self._upload())
            case "GET", "/v1/uploads/upl_1":
                return httpx.Response(200, json=self._upload())
            case "POST", "/v1/uploads/upl_1/complete":
                return httpx.Response(200, json=self._upload() | {"state": "complete"})
            case "POST", "/v1/preflight":
                self.checked.append(json.loads(request.content))
                return httpx.Response(200, json=example("ReportView", ok=not self.problems, problems=self.problems))
            case "POST", "/v1/publishes":
                self.published.append((json.loads(request.content), request.headers["Idempotency-Key"]))
                return httpx.Response(202, json=self._publish({"state": "queued"}))
            case _:
                return httpx.Response(200, json=self._publish(self.states.pop(0)))

    def _take(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        self.s3_waits()
        planned = self.s3_answers.pop(0) if self.s3_answers else 200
        if isinstance(planned, BaseException):
            raise planned
        assert request.headers["Content-Length"] == str(len(body))
        if planned == 200:
            self.parts[int(request.url.path.rsplit("/", 1)[1])] = body
        return httpx.Response(planned)

    def _upload(self) -> dict[str, Any]:
        offsets = range(0, len(FILE), PART)
        parts = [
            {"number": n, "offset": at, "size": min(PART, len(FILE) - at), "url": f"https://s3.example/{n}"}
            for n, at in enumerate(offsets, start=1)
        ]
        return example(
            "UploadView",
            upload_id="upl_1",
            state="open",
            size=len(FILE),
            source=SOURCE,
            parts_there=sorted(self.parts),
            parts_missing=[part for part in parts if part["number"] not in self.parts],
        )

    def _publish(self, state: dict[str, Any]) -> dict[str, Any]:
        unless_named = {"bytes_sent": 0, "bytes_total": 10, "error": None, "not_before": None}
        return example("PublishView", publish_id="pub_1", **(unless_named | state))


@pytest.fixture
def deployment(monkeypatch) -> Deployment:
    made = Deployment()
    monkeypatch.setattr("cli.publish_command.open_api", lambda stage: client(made.answer))
    replace_sleep(monkeypatch, lambda seconds: None)
    return made


@pytest.fixture
def video(tmp_path) -> Path:
    path = tmp_path / "my clip.mov"
    path.write_bytes(FILE)
    return path


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["publish", *words])
    if result.exception and not isinstance(result.exception, SystemExit | DropcastError):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr
