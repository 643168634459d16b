"""`dropcast publishes` against a fake API."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import publishes_command
from cli.main import cli
from dropcast_client import ConflictError
from tests.unit.support.api_examples import client, example

ONE = example("PublishView") | {
    "publish_id": "pub_1",
    "account_id": "acc_1",
    "state": "held",
    "created_at": "2027-01-01T00:00:00Z",
    "publish_at": "2027-02-01T00:00:00Z",
    "error": None,
    "source": {"type": "s3", "bucket": "b", "key": "drop/acc_1/my clip.mp4", "host": None},
    "pictures": [],
    "post_urls": ["https://www.tiktok.com/@ana/video/7"],
    "reference": "order\x1b[31m-42",
    "metadata": {"customer": "An\x1b[0ma"},
    "history": [{"at": "2027-01-01T00:00:00Z", "state": "held", "code": "scheduled"}],
}


CHECKED = example("PublishErrorView", details={"checked": {"at": "2027-01-02T00:00:00Z"}})
LOOKED_AT = {"state": "unknown", "error": CHECKED}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """The requests to the API."""
    calls: list[tuple[str, str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.raw_path.decode(), json.loads(request.content or b"null")))
        path = request.url.path
        if path == "/v1/publishes":
            later = "next" in request.url.params
            item = ONE | {"publish_id": "pub_0"} if later else ONE
            return httpx.Response(200, json={"items": [item], "next": None if later else "more"})
        if path.endswith("/restart"):
            error = example("ErrorView", code="not_restartable", message="It is over.", fix="Retry it.", next="none")
            return httpx.Response(409, json={"error": error})
        changed = {"cancel": {"state": "processing"}, "retry": {"publish_id": "pub_2"}, "resolve": LOOKED_AT}
        return httpx.Response(200, json=ONE | changed.get(path.rsplit("/", 1)[1], {}))

    monkeypatch.setattr(publishes_command, "open_api", lambda _: client(answer))
    return calls


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["publishes", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_a_list_continues_page_by_page_up_to_its_limit(asked):
    _, out, _ = run("list", "--state", "held", "--limit", "2")

    assert [line.split()[0] for line in out.splitlines()] == ["PUBLISH", "pub_1", "pub_0"]
    assert [path for _, path, _ in asked] == [
        "/v1/publishes?state=held&limit=2",
        "/v1/publishes?state=held&next=more&limit=2",
    ]


@pytest.mark.parametrize(
    ("source", "pictures", "words"),
    [
        ({"type": "s3", "key": "drop/a\nb.mp4"}, [], "drop/a\\nb.mp4"),
        ({"type": "url", "host": "cdn.example.com"}, [], "cdn.example.com"),
        ({"type": "photos"}, ["1.jpg"], "1.jpg"),
        ({"type": "photos"}, ["1.jpg", "2.jpg"], "1.jpg and 1 more"),
    ],
)
def test_a_line_of_the_list_ends_with_the_reference_and_the_source(asked, monkeypatch, source, pictures, words):
    monkeypatch.setitem(ONE, "source", {"bucket": None, "key": None, "host": None} | source)
    monkeypatch.setitem(ONE, "pictures", [example("PictureView", key=key) for key in pictures])

    _, out, _ = run("list", "--user-id", "user-1", "--reference", "order-42", "--limit", "1")

    assert out.splitlines()[1].endswith(f"order\\u001b[31m-42  {words}")
    assert len(out.splitlines()) == 2
    assert asked[0][1] == "/v1/publishes?user_id=user-1&reference=order-42&limit=1"


def test_control_characters_of_a_publish_are_escaped(asked):
    _, out, _ = run("show", "pub_1")

    assert "order\\u001b[31m-42" in out
    assert "An\\u001b[0ma" in out
    assert "\x1b" not in out


def test_a_publish_is_shown_as_it_is_and_with_its_history(asked):
    _, out, _ = run("show", "pub_1")

    fields, _, history = out.partition("\n\n")
    shown = dict(line.split("  ", 1) for line in fields.splitlines())
    assert {name: shown[name].strip() for name in ("Publish", "State", "Source", "Due", "Post")} == {
        "Publish": "pub_1",
        "State": "held",
        "Source": "drop/acc_1/my clip.mp4",
        "Due": "2027-02-01T00:00:00Z",
        "Post": "https://www.tiktok.com/@ana/video/7",
    }
    assert history.splitlines()[1].split() == ["2027-01-01T00:00:00Z", "held", "scheduled"]


def test_the_error_of_a_publish_is_shown_with_its_fix(asked, monkeypatch):
    error = example("PublishErrorView", code="too_long", message="Too long.", fix="Cut it.")
    monkeypatch.setitem(ONE, "error", error)

    _, out, _ = run("show", "pub_1")

    assert "too_long: Too long." in out
    assert "Cut it." in out
    assert error["doc_url"] in out


@pytest.mark.parametrize(
    "words", [("show",), ("cancel",), ("retry",), ("resolve", "posted")], ids=lambda words: words[0]
)
def test_json_is_the_publish_of_the_api(asked, words):
    name, *more = words

    _, out, _ = run(name, "pub_1", *more, "--json")

    assert set(json.loads(out)) == set(ONE)


def test_a_list_as_json_is_an_array(asked):
    _, out, _ = run("list", "--account", "acc_1", "--limit", "1", "--json")

    assert [one["publish_id"] for one in json.loads(out)] == ["pub_1"]
    assert asked[0][1] == "/v1/publishes?account_id=acc_1&limit=1"


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (("--title", "", "--at", "now"), {"title": "", "publish_at": None}),
        (("--at", "2027-01-31T18:00:00+01:00"), {"publish_at": "2027-01-31T18:00:00+01:00"}),
        (("--privacy-level", "SELF_ONLY"), {"privacy_level": "SELF_ONLY"}),
    ],
)
def test_only_the_named_fields_are_changed(asked, words, changes):
    _, out, _ = run("edit", "pub_1", *words)

    assert out.strip() == "held"
    assert asked == [("PATCH", "/v1/publishes/pub_1", changes)]


def test_further_changes_come_from_a_file(asked, tmp_path):
    (tmp_path / "more.json").write_text('{"hashtags": ["demo"], "title": "overruled"}')

    run("edit", "pub_1", "--title", "hi", "--options", str(tmp_path / "more.json"))

    assert asked[0][2] == {"hashtags": ["demo"], "title": "hi"}


@pytest.mark.parametrize("words", [(), ("--privacy-level", "EVERYONE"), ("--at", "tomorrow")])
def test_a_change_that_says_nothing_or_is_wrong_is_not_sent(asked, words):
    code, _, err = run("edit", "pub_1", *words)

    assert (code, asked, len(err.splitlines())) == (2, [], 2)


def test_a_pending_cancel_is_reported_as_pending(asked):
    _, out, words = run("cancel", "pub_1")

    assert (out.strip(), "asked TikTok to cancel" in words) == ("processing", True)


def test_a_retry_prints_the_new_id(asked):
    _, out, _ = run("retry", "pub_1")

    assert out.strip() == "pub_2"
    assert asked == [("POST", "/v1/publishes/pub_1/retry", None)]


@pytest.mark.parametrize("outcome", ["posted", "not-posted", "check-again"])
def test_a_persons_decision_is_sent_and_the_evidence_is_shown(asked, outcome):
    _, out, words = run("resolve", "pub_1", outcome)

    assert out.strip() == "unknown"
    assert "2027-01-02T00:00:00Z" in words
    assert asked == [("POST", "/v1/publishes/pub_1/resolve", {"outcome": outcome.replace("-", "_")})]


def test_a_refusal_of_the_api_is_printed(asked):
    with pytest.raises(ConflictError, match="not_restartable: It is over"):
        run("restart", "pub_1")


def test_an_id_cannot_change_the_path(asked):
    run("show", "../keys?x=1")

    assert asked[0][1] == "/v1/publishes/..%2Fkeys%3Fx%3D1"
