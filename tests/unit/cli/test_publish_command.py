"""`dropcast publish FILE` against a fake API and a fake S3."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli.main import cli
from dropcast_client import DropcastError
from tests.unit.support.api_examples import client, example

PART = 4
FILE = b"0123456789"
SOURCE = {"type": "s3", "bucket": "b", "key": "k", "version_id": None}


@dataclass
class Deployment:
    """Has one upload and one publish. `s3_answers` are the answers to the next parts, instead of accepting them."""

    parts: dict[int, bytes] = field(default_factory=dict)
    s3_answers: list[int | Exception] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    states: list[dict[str, Any]] = field(default_factory=lambda: [{"state": "published"}])
    published: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    begun: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        match request.method, request.url.path:
            case "PUT", _:
                return self._take(request)
            case "POST", "/v1/uploads":
                self.begun.append(json.loads(request.content))
                return httpx.Response(201, json=self._upload())
            case "GET", "/v1/uploads/upl_1":
                return httpx.Response(200, json=self._upload())
            case "POST", "/v1/uploads/upl_1/complete":
                return httpx.Response(200, json=self._upload() | {"state": "complete"})
            case "POST", "/v1/preflight":
                return httpx.Response(200, json=example("ReportView", problems=self.problems))
            case "POST", "/v1/publishes":
                self.published.append((json.loads(request.content), request.headers["Idempotency-Key"]))
                return httpx.Response(202, json=self._publish({"state": "queued"}))
            case _:
                return httpx.Response(200, json=self._publish(self.states.pop(0)))

    def _take(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        planned = self.s3_answers.pop(0) if self.s3_answers else 200
        if isinstance(planned, Exception):
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
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
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


def test_a_file_is_uploaded_and_published(deployment, video):
    code, out, _ = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--title", "hi")

    assert (code, out.strip()) == (0, "pub_1")
    assert b"".join(deployment.parts[number] for number in (1, 2, 3)) == FILE
    assert deployment.begun == [
        {"account_id": "acc_1", "filename": "my clip.mov", "size": 10, "content_type": "video/quicktime"}
    ]
    [(body, key)] = deployment.published
    assert (body["privacy_level"], body["title"], body["source"], key) == (
        "SELF_ONLY",
        "hi",
        SOURCE,
        "upl_1",
    )


@pytest.mark.parametrize("trouble", [503, 403, httpx.WriteTimeout("broke off"), httpx.ConnectError("no")])
def test_a_failed_part_is_sent_again(deployment, video, trouble):
    deployment.s3_answers = [200, trouble, trouble]

    code, _, _ = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")

    assert code == 0
    assert b"".join(deployment.parts[number] for number in (1, 2, 3)) == FILE


def test_a_stuck_upload_ends_and_prints_how_to_continue(deployment, video):
    deployment.s3_answers = [503] * 100

    code, _, err = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")

    assert code == 1
    assert "--resume upl_1" in err
    assert deployment.published == []


def test_an_earlier_upload_is_continued(deployment, video):
    deployment.parts = {1: b"0123"}

    code, _, _ = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--resume", "upl_1")

    assert (code, deployment.begun) == (0, [])
    assert b"".join(deployment.parts[number] for number in (1, 2, 3)) == FILE


def test_another_file_does_not_continue_it(deployment, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(FILE + b"x")

    code, _, _ = run(str(other), "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--resume", "upl_1")

    assert (code, deployment.parts) == (1, {})


def test_problems_are_reported_before_the_upload(deployment, video):
    source, level = (
        example("FindingView", field=name, message=f"{name} is wrong", fix=f"fix {name}")
        for name in ("source", "privacy_level")
    )
    deployment.problems = [source, level]

    code, _, err = run(str(video), "--account", "acc_1", "--privacy-level", "PUBLIC_TO_EVERYONE")

    assert (code, deployment.parts) == (1, {})
    assert "privacy_level is wrong" in err
    assert "fix privacy_level" in err
    assert "source" not in err


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"state": "published"}, 0),
        ({"state": "in_inbox"}, 0),
        ({"state": "held", "not_before": "2026-12-01T00:00:00Z"}, 0),
        ({"state": "failed", "error": example("PublishErrorView", message="too long", fix="cut it")}, 1),
        ({"state": "cancelled"}, 1),
    ],
)
def test_the_exit_code_shows_the_outcome(deployment, video, state, code):
    deployment.states = [{"state": "uploading"}, state]

    ended, _, err = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")

    assert ended == code
    assert state.get("error", {}).get("fix", "") in err
    assert (state.get("not_before") or "") in err


def test_further_fields_come_from_a_file(deployment, video, tmp_path):
    (tmp_path / "options.json").write_text('{"allow_comment": true, "title": "overruled"}')

    run(str(video), "--account", "acc_1", "--draft", "--title", "hi", "--options", str(tmp_path / "options.json"))

    [(body, _)] = deployment.published
    assert (body["allow_comment"], body["title"], body["mode"]) == (True, "hi", "draft")


def test_reference_and_metadata_are_published_with_it(deployment, video):
    words = ["--reference", "order-42", "--metadata", "shop=berlin", "--metadata", "formula=a=b", "--metadata", "note="]

    run(str(video), "--account", "acc_1", "--draft", *words)

    [(body, _)] = deployment.published
    assert (body["reference"], body["metadata"]) == ("order-42", {"shop": "berlin", "formula": "a=b", "note": ""})


@pytest.mark.parametrize("pair", ["shop", "=berlin", ""])
def test_an_invalid_metadata_pair_is_refused_before_the_upload(deployment, video, pair):
    code, _, err = run(str(video), "--account", "acc_1", "--draft", "--metadata", pair)

    assert (code, deployment.begun) == (2, [])
    assert "name=value" in err


@pytest.mark.parametrize("text", ["{", "[]", '{"privacy_level": "EVERYONE"}', '{"colour": "red"}'])
def test_a_wrong_options_file_is_refused_before_the_upload(deployment, video, tmp_path, text):
    (tmp_path / "options.json").write_text(text)

    code, _, err = run(str(video), "--account", "acc_1", "--options", str(tmp_path / "options.json"))

    assert (code, deployment.parts, deployment.published) == (2, {}, [])
    assert "Traceback" not in err
