"""The routes of comments."""

from typing import Any

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.tiktok.business.oauth import HolderGrant
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.accounts import NOW
from tests.unit.support.api import call, event_of, with_scopes
from tests.unit.support.comments import VIDEO, comments_at
from tests.unit.support.functions import context


@pytest.fixture
def account(tiktok, business) -> str:
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    save_business(BusinessConsent("user-1", "7000", NOW, made.account_id), grant)
    return made.account_id


@pytest.fixture
def theirs(account, business, held_clock):
    return comments_at(business, held_clock)


@pytest.fixture
def base(account) -> str:
    return f"/v1/accounts/{account}/videos/{VIDEO}/comments"


def ask(method: str, path: str, body: Any = None, key: str = "publish", **query: str) -> tuple[int, dict[str, Any]]:
    return call(Operation(method, path, path, query, body), with_scopes(key))


def code(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def approved(text: str = "Thanks!") -> dict[str, Any]:
    return {"text": text, "approved": True, "approved_by": "Eva"}


def test_comments_are_listed_page_by_page(base, theirs):
    theirs.page = 1
    theirs.add("older", owner=False, at=NOW - 60)
    newest = theirs.add("newest")

    status, page = ask("GET", base, key="read")

    assert status == 200
    assert page["next"] == "1"
    assert page["items"] == [
        {
            "comment_id": newest,
            "parent_comment_id": None,
            "text": "newest",
            "created_at": "2027-01-15T08:00:00Z",
            "username": "ana",
            "display_name": None,
            "by_owner": True,
            "likes": None,
            "liked": None,
            "hidden": False,
            "pinned": None,
            "replies": None,
            "first_replies": [],
        }
    ]
    _, last = ask("GET", base, key="read", next="1")
    assert ([one["text"] for one in last["items"]], last["next"]) == (["older"], None)


def test_a_comment_and_a_reply_are_made(base, theirs):
    status, comment = ask("POST", base, approved())
    _, reply = ask("POST", f"{base}/{comment['comment_id']}/replies", approved("And thanks"))

    assert (status, comment) == (
        201,
        {"comment_id": theirs.rows[0]["comment_id"], "video_id": VIDEO, "looked_up": False},
    )
    assert theirs.rows[1]["parent_comment_id"] == comment["comment_id"]
    _, replies = ask("GET", f"{base}/{comment['comment_id']}/replies", key="read")
    assert [one["comment_id"] for one in replies["items"]] == [reply["comment_id"]]


@pytest.mark.parametrize(
    "body", [{"text": "Hi"}, {"text": "Hi", "approved": True}, {"text": "Hi", "approved_by": "Eva"}]
)
def test_an_unapproved_comment_is_not_sent(base, theirs, body):
    assert code(ask("POST", base, body)) == (400, "approval_required")
    assert theirs.calls == []


@pytest.mark.parametrize("text", ["", "   ", "x" * 151])
def test_a_text_has_1_to_150_characters(base, theirs, text):
    assert code(ask("POST", base, approved(text))) == (400, "invalid_request")
    assert theirs.calls == []


def test_the_same_idempotency_key_gives_the_same_comment(base, theirs):
    def send(text: str) -> dict[str, Any]:
        event = event_of(Operation("POST", base, base, {}, approved(text)), with_scopes("publish"))
        event["headers"]["idempotency-key"] = "key-1"
        return handler(event, context())

    first, again, other = send("Thanks!"), send("Thanks!"), send("Else")

    assert (first["statusCode"], first["body"]) == (201, again["body"])
    assert other["statusCode"] == 409
    assert theirs.writes() == 1


@pytest.mark.parametrize("mark", ["hide", "unhide", "like", "unlike", "pin", "unpin"])
def test_a_comment_is_marked(base, theirs, mark):
    assert ask("POST", f"{base}/72/{mark}") == (200, {"comment_id": "72", "done": mark})
    assert theirs.calls == [mark.removeprefix("un")]


def test_a_comment_is_deleted(base, theirs):
    assert ask("DELETE", f"{base}/72") == (200, {"comment_id": "72", "done": "delete"})
    assert theirs.calls == ["delete"]


def test_an_unknown_mark_is_refused(base, theirs):
    assert code(ask("POST", f"{base}/72/report")) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", ""), ("POST", "/72/replies"), ("POST", "/72/hide"), ("DELETE", "/72")]
)
def test_a_read_key_changes_nothing(base, theirs, method, path):
    body = approved() if path in ("", "/72/replies") else None

    assert code(ask(method, base + path, body, key="read")) == (403, "scope_missing")
    assert theirs.calls == []


def test_too_many_calls_get_a_time_to_retry(base, theirs):
    theirs.plan = ["refuse:40100"]
    ask("GET", base, key="read")

    event = event_of(Operation("GET", base, base, {}, None), with_scopes("read"))
    answer = handler(event, context())

    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (429, "62")


def test_the_approving_person_is_logged_and_the_text_is_not(base, theirs, written):
    ask("POST", base, approved("canary-text"))

    output = written()
    assert '"approved_by":"Eva"' in output.replace(" ", "")
    assert "canary" not in output
