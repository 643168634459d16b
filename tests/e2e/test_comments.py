"""Comments on own videos, on the local stack: listed, answered once, hidden, deleted, within the limits."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from local.stack_client import StackClient
from tests.e2e.business import connect_business
from tests.e2e.road import fault, requests, wait_for

APPROVED = {"approved": True, "approved_by": "ada@example.com"}


@dataclass(frozen=True)
class Comments:
    """An account with a video whose comments our app may manage."""

    journey: StackClient
    account: str
    username: str
    video: str
    connection: str = ""

    @property
    def path_prefix(self) -> str:
        return f"/v1/accounts/{self.account}/videos/{self.video}/comments"

    @property
    def _admin(self) -> str:
        return f"/creators/{self.username}/videos/{self.video}/comments"

    def settings(self, **changes: Any) -> None:
        self.journey.sandbox("PATCH", "/settings", json=changes)

    def said(self, text: str, **more: Any) -> str:
        """Add another person's comment; return its id."""
        return self.journey.sandbox("POST", self._admin, json={"text": text, **more})["id"]

    def standing(self) -> list[dict[str, Any]]:
        """All comments on the video at TikTok."""
        return self.journey.sandbox("GET", self._admin)["items"]

    def texts(self) -> list[str]:
        return [one["text"] for one in self.standing()]

    def get(self, path: str = "", **query: str) -> httpx.Response:
        return self.journey.api("GET", self.path_prefix + path, params=query)

    def post(self, path: str = "", headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        return self.journey.api("POST", self.path_prefix + path, json=body, headers=headers)

    def reply(self, comment_id: str, text: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.post(f"/{comment_id}/replies", headers, text=text, **{**APPROVED, **more})

    def asked(self, route: str) -> list[dict[str, Any]]:
        return requests(self.journey, self.account, route)


def new_comments(journey: StackClient, *, connected: bool = True, **consent: Any) -> Comments:
    name = f"creator-{secrets.token_hex(4)}"
    account = journey.connect(name, user_id=name, private=True)
    video = journey.sandbox("POST", f"/creators/{name}/videos", json={"title": "cats"})["id"]
    connection = ""
    if connected:
        connection = connect_business(journey, "account", user_id=name, account_id=account, username=name, **consent)
    return Comments(journey, account, name, video, connection)


@pytest.fixture
def comments(journey: StackClient) -> Comments:
    return new_comments(journey)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_comments_are_listed_page_by_page_with_their_replies(comments):
    ids = [comments.said(f"c{number}", likes=number) for number in range(5)]
    comments.said("because", parent_id=ids[0])

    pages, after = [], {}
    while True:
        page = comments.get(sort="time", order="asc", limit="2", include_replies="true", **after).json()
        pages.append([one["text"] for one in page["items"]])
        if page["next"] is None:
            break
        after = {"next": page["next"]}
    liked = comments.get(sort="likes", order="desc", limit="1").json()["items"]
    replies = comments.get(f"/{ids[0]}/replies").json()["items"]

    assert pages == [["c0", "c1"], ["c2", "c3"], ["c4"]]
    assert [one["comment_id"] for one in liked] == [ids[4]]
    assert [one["text"] for one in replies] == ["because"]


def test_an_approved_reply_is_written_once_with_its_exact_id(comments):
    comment = comments.said("what is its name?")

    answer = comments.reply(comment, "Minka")

    [written] = [one for one in comments.standing() if one["by_owner"]]
    assert answer.status_code == 201
    assert answer.json()["comment_id"] == written["id"]
    assert (written["text"], written["parent_id"]) == ("Minka", comment)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"approved": False}, (400, "approval_required")),
        ({"approved_by": ""}, (400, "approval_required")),
    ],
)
def test_an_unapproved_comment_is_not_written(comments, body, refusal):
    comment = comments.said("hello")

    answers = [comments.reply(comment, "hi", **body), comments.post(text="hi", **{**APPROVED, **body})]

    assert [code(answer) for answer in answers] == [refusal, refusal]
    assert comments.texts() == ["hello"]


@pytest.mark.parametrize("text", ["", "x" * 151])
def test_a_text_that_tiktok_would_refuse_is_refused_here(comments, text):
    comment = comments.said("hello")

    answer = comments.reply(comment, text)

    assert answer.status_code == 400
    assert comments.asked("comment_reply") == []


def test_a_reply_with_a_lost_answer_is_found_and_not_sent_again(comments):
    comment = comments.said("hello")
    fault(comments.journey, "comment_reply", "reset_after")

    answer = comments.reply(comment, "hi")

    assert (answer.status_code, answer.json()["looked_up"]) == (201, True)
    assert comments.texts() == ["hello", "hi"]
    assert answer.json()["comment_id"] == comments.standing()[1]["id"]
    assert len(comments.asked("comment_reply")) == 1


def test_a_reply_that_never_arrived_is_sent_once_more(comments):
    comment = comments.said("hello")
    fault(comments.journey, "comment_reply", "reset_before")

    answer = comments.reply(comment, "hi")

    assert answer.status_code == 201
    assert comments.texts() == ["hello", "hi"]
    assert len(comments.asked("comment_reply")) <= 2


def test_a_reply_with_an_unclear_outcome_is_not_sent_again(comments):
    comment = comments.said("hello")
    fault(comments.journey, "comment_reply", "answer", status=502, body="<h1>Bad gateway</h1>", effect=True)
    fault(comments.journey, "comment_replies", "error", code="50000", times=9)
    fault(comments.journey, "comment_list", "error", code="50000", times=9)

    answer = comments.reply(comment, "hi")

    assert code(answer) == (502, "comment_unknown")
    assert answer.json()["error"]["next"] == "resolve"
    assert comments.texts() == ["hello", "hi"]
    assert len(comments.asked("comment_reply")) == 1


def test_an_own_comment_with_a_lost_answer_is_written_once(comments):
    fault(comments.journey, "comment_create", "reset_after")

    answer = comments.post(text="Meet Minka", **APPROVED)

    assert answer.status_code == 201
    assert comments.texts() == ["Meet Minka"]
    assert answer.json()["comment_id"] == comments.standing()[0]["id"]


def test_a_repeated_request_gets_the_same_answer(comments):
    comment, key = comments.said("hello"), {"Idempotency-Key": secrets.token_hex(8)}

    first, second = comments.reply(comment, "hi", key), comments.reply(comment, "hi", key)

    assert first.json()["comment_id"] == second.json()["comment_id"]
    assert comments.texts() == ["hello", "hi"]


def test_comments_can_be_hidden_liked_and_pinned_and_each_can_be_undone(comments):
    comment = comments.said("hm")
    too_soon = comments.post(f"/{comment}/pin")
    comments.settings(pin_delay=0, hide_pause=0)

    for what in ("hide", "like", "pin"):
        comments.post(f"/{comment}/{what}").raise_for_status()
    [marked] = comments.standing()
    hidden = comments.get(status="public").json()["items"]
    for what in ("unhide", "unlike", "unpin"):
        comments.post(f"/{comment}/{what}").raise_for_status()
    [again] = comments.standing()
    comments.settings(pin_delay=25, hide_pause=5)

    assert code(too_soon) == (502, "business_refused")
    assert (marked["hidden"], marked["liked"], marked["pinned"]) == (True, True, True)
    assert hidden == []
    assert (again["hidden"], again["liked"], again["pinned"]) == (False, False, False)


def test_only_own_comments_are_deleted(comments):
    foreign = comments.said("theirs")
    own = comments.post(text="mine", **APPROVED).json()["comment_id"]

    deleted = comments.journey.api("DELETE", f"{comments.path_prefix}/{own}")
    refused = comments.journey.api("DELETE", f"{comments.path_prefix}/{foreign}")

    assert deleted.is_success
    assert refused.status_code in (403, 409)
    assert comments.texts() == ["theirs"]


def test_tiktok_refuses_another_creators_video_and_its_message_is_passed_on(comments):
    other = new_comments(comments.journey)

    answer = comments.journey.api("GET", f"/v1/accounts/{comments.account}/videos/{other.video}/comments")

    assert code(answer) == (502, "business_refused")
    assert answer.json()["error"]["details"]["tiktok_code"] == "40002"
    assert answer.json()["error"]["log_id"]


def test_tiktok_gets_at_most_forty_calls_a_minute(comments):
    answers = [comments.get() for _ in range(42)]

    assert {answer.status_code for answer in answers[:35]} == {200}
    assert code(answers[-1]) == (429, "rate_limit_exceeded")
    assert {entry["error_code"] for entry in comments.asked("comment_list")} == {None}


def test_an_account_without_a_connection_gets_its_own_error(journey):
    comments = new_comments(journey, connected=False)

    answer = comments.get()

    assert code(answer) == (409, "business_not_connected")
    assert comments.asked("comment_list") == []


def test_an_expiring_token_is_refreshed_before_its_use(journey):
    journey.sandbox("PATCH", "/settings", json={"business_access_lifetime": 30})
    comments = new_comments(journey)
    journey.sandbox("PATCH", "/settings", json={"business_access_lifetime": 86_400})

    answers = [comments.get().status_code for _ in range(2)]

    assert answers == [200, 200]
    assert len(comments.asked("business_refresh")) == 1


def test_a_removed_app_needs_a_new_connection(comments):
    journey = comments.journey
    journey.sandbox("POST", f"/creators/{comments.username}/business-withdrawal")

    answer = comments.get()

    path = f"/v1/business-connections/{comments.connection}"
    assert answer.status_code in (401, 409)
    wait_for(lambda: journey.api("GET", path).json()["status"] == "reconnect_needed", seconds=20)
    connect_business(
        journey, "account", user_id=comments.username, account_id=comments.account, username=comments.username
    )
    assert comments.get().status_code == 200


def test_a_disconnected_connection_is_revoked_and_no_longer_used(comments):
    answer = comments.journey.api("DELETE", f"/v1/business-connections/{comments.connection}")

    assert answer.is_success
    assert code(comments.get()) == (409, "business_not_connected")
    assert [entry["effect"] for entry in comments.asked("business_revoke")] == [True]
