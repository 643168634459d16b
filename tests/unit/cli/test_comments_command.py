"""`dropcast comments` against a fake API."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import comments_command
from cli.main import cli
from tests.unit.support.api_examples import client, example

COMMENTS = "/v1/accounts/acc_1/videos/7/comments"
COMMENT = example("CommentView") | {
    "comment_id": "70",
    "text": "What is\x1b its name?",
    "created_at": "2027-01-15T08:00:00Z",
    "username": "ana",
    "likes": 2,
    "replies": 1,
    "by_owner": False,
    "hidden": True,
    "liked": False,
    "pinned": True,
}
REPLY = example("ReplyView") | {"comment_id": "71", "text": None, "likes": None}
BY_EVA = ("--account", "acc_1", "--approved-by", "eva")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """The requests to the API."""
    calls: list[tuple[str, str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.raw_path.decode(), json.loads(request.content or b"null")))
        assert request.headers.get("Idempotency-Key", "key-1") == "key-1"
        if request.method == "GET":
            item = REPLY if request.url.path.endswith("/replies") else COMMENT
            return httpx.Response(200, json={"items": [item], "next": None if "next" in request.url.params else "more"})
        if request.content:
            return httpx.Response(201, json=example("SentCommentView", comment_id="72", looked_up=True))
        return httpx.Response(200, json=example("CommentDoneView", comment_id="70", done="pin"))

    monkeypatch.setattr(comments_command, "open_api", lambda _: client(answer))
    return calls


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["comments", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_comments_of_all_pages_are_listed_up_to_the_limit(asked):
    _, out, _ = run("list", "7", "--account", "acc_1", "--sort", "likes", "--limit", "2")

    [_, first, second] = out.splitlines()
    assert first == second
    assert first.split() == [
        *("70", "2027-01-15T08:00:00Z", "ana", "2", "1", "hidden,pinned"),
        *("What", "is\\u001b", "its", "name?"),
    ]
    query = "status=all&sort=likes&order=desc"
    assert [path for _, path, _ in asked] == [
        f"{COMMENTS}?{query}&limit=2",
        f"{COMMENTS}?{query}&next=more&limit=2",
    ]


def test_a_value_that_tiktok_does_not_return_is_a_dash(asked):
    _, out, _ = run("replies", "7", "70", "--account", "acc_1", "--limit", "1")

    assert out.splitlines()[1].startswith("71 ")
    assert out.splitlines()[1].endswith(" -")


def test_a_list_as_json_is_an_array(asked):
    _, out, _ = run("list", "7", "--account", "acc_1", "--limit", "1", "--json")

    assert [one["comment_id"] for one in json.loads(out)] == ["70"]


@pytest.mark.parametrize(
    ("words", "path"), [(("add", "7"), COMMENTS), (("reply", "7", "70"), f"{COMMENTS}/70/replies")]
)
def test_an_approved_text_is_sent_with_the_key_that_was_given(asked, words, path):
    _, out, err = run(*words, "Minka.", *BY_EVA, "--yes", "--idempotency-key", "key-1")

    assert asked == [("POST", path, {"text": "Minka.", "approved": True, "approved_by": "eva"})]
    assert out == "72\n"
    assert "found the comment" in err


def test_a_new_key_is_named_before_the_text_is_sent(asked, monkeypatch):
    monkeypatch.setattr("cli.commenting.approval.new_key", lambda: "key-1")

    _, out, err = run("add", "7", "Minka.", *BY_EVA, "--yes", "--json")

    assert "--idempotency-key key-1" in err
    assert json.loads(out)["comment_id"] == "72"


@pytest.mark.parametrize(
    "words", [("add", "7", "Minka.", *BY_EVA), ("delete", "7", "70", "--account", "acc_1")], ids=lambda words: words[0]
)
def test_without_a_terminal_nothing_is_sent_unasked(asked, words):
    code, _, err = run(*words)

    assert (code, asked) == (2, [])
    assert "--yes" in err


@pytest.mark.parametrize(
    ("text", "by", "words"),
    [("x" * 151, "eva", "151"), ("\u200b", "eva", "no visible"), ("a\x07", "eva", "control"), ("a", " ", "empty")],
)
def test_what_the_api_would_refuse_is_not_sent(asked, text, by, words):
    code, _, err = run("add", "7", text, "--account", "acc_1", "--approved-by", by, "--yes")

    assert (code, asked) == (2, [])
    assert words in err


def test_a_comment_is_marked_and_deleted(asked):
    _, _, err = run("mark", "7", "70", "pin", "--account", "acc_1")
    run("delete", "7", "70", "--account", "acc_1", "--yes")

    assert asked == [("POST", f"{COMMENTS}/70/pin", None), ("DELETE", f"{COMMENTS}/70", None)]
    assert "70: pin" in err


@pytest.mark.parametrize(
    ("words", "action"),
    [
        (("add", "7", "Minka.", *BY_EVA), "comment"),
        (("reply", "7", "70", "Minka.", *BY_EVA), "reply"),
        (("mark", "7", "70", "hide", "--account", "acc_1"), "hide"),
        (("delete", "7", "70", "--account", "acc_1"), "delete"),
    ],
)
def test_a_dry_run_prints_the_call_and_sends_nothing(asked, words, action):
    _, out, _ = run(*words, "--dry-run", "--json")
    _, table, err = run(*words, "--dry-run")

    assert asked == []
    plan = json.loads(out)
    assert (plan["action"], plan["account_id"], plan["video_id"]) == (action, "acc_1", "7")
    assert action in table
    assert "Dry run" in err
