"""Comments on own videos (section 12)."""

import json
from typing import Any

import httpx
import pytest

from tests.sandbox.business import BusinessApp


class Holder:
    """Lena, who has a video and lets the app manage its comments."""

    def __init__(self, app) -> None:
        self.app, self.business = app, BusinessApp(app)
        self.tokens = self.business.holder()
        self.video = app.admin("POST", "creators/lena.public/videos", {"title": "cats"})["id"]

    def said(self, text: str, **more: Any) -> str:
        """Add another person's comment; return its id."""
        path = f"creators/lena.public/videos/{self.video}/comments"
        return self.app.admin("POST", path, {"text": text, **more})["id"]

    def all(self) -> list[dict[str, Any]]:
        return self.app.admin("GET", f"creators/lena.public/videos/{self.video}/comments")["items"]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        asked = {"business_id": self.tokens["open_id"], "video_id": self.video} | body
        return self.business.post(f"/business/comment/{path}/", asked, self.tokens["access_token"])

    def list(self, path: str = "list", **query: Any) -> dict[str, Any]:
        asked = {"business_id": self.tokens["open_id"], "video_id": self.video} | query
        return self.business.get(f"/business/comment/{path}/", self.tokens["access_token"], **asked)


@pytest.fixture
def lena(app) -> Holder:
    return Holder(app)


def texts(answer: dict[str, Any]) -> list[str]:
    return [one["text"] for one in answer["data"]["comments"]]


def test_comments_are_paged_in_the_requested_order(lena):
    for likes, text in ((3, "a"), (1, "b"), (2, "c")):
        lena.said(text, likes=likes)

    first = lena.list(sort_field="likes", sort_order="desc", max_count=2)
    second = lena.list(sort_field="likes", sort_order="desc", max_count=2, cursor=first["data"]["cursor"])

    assert (texts(first), first["data"]["has_more"]) == (["a", "c"], True)
    assert (texts(second), second["data"]["has_more"]) == (["b"], False)
    assert texts(lena.list(sort_field="create_time", sort_order="asc")) == ["a", "b", "c"]
    assert sorted(texts(lena.list())) == ["a", "b", "c"]


def test_a_comment_includes_up_to_three_replies_and_a_list_has_all(lena):
    comment = lena.said("why?")
    for n in range(4):
        lena.said(f"r{n}", parent_id=comment)

    [shown] = lena.list(include_replies="true")["data"]["comments"]
    [bare] = lena.list()["data"]["comments"]

    assert ([one["text"] for one in shown["reply_list"]], shown["replies"]) == (["r0", "r1", "r2"], 4)
    assert "reply_list" not in bare
    assert len(texts(lena.list("reply/list", comment_id=comment))) == 4
    assert shown["reply_list"][0]["parent_comment_id"] == comment


def test_own_comments_and_replies_are_created_with_plain_numbers_as_ids(app, lena):
    comment = lena.said("hello")

    own = lena.post("create", text="mine")["data"]["comment_id"]
    reply = lena.post("reply/create", comment_id=comment, text="thanks")["data"]["comment_id"]
    under_reply = lena.post("reply/create", comment_id=str(reply), text="again")["data"]["comment_id"]
    app.settings(bare_comment_ids=False)
    text = lena.post("create", text="mine too")["data"]["comment_id"]

    assert isinstance(own, int)
    assert isinstance(text, str)
    found = {one["text"]: one for one in lena.all()}
    assert {found["thanks"]["parent_id"], found["again"]["parent_id"]} == {comment}
    assert (found["again"]["id"], found["mine"]["by_owner"], found["hello"]["by_owner"]) == (
        str(under_reply),
        True,
        False,
    )


@pytest.mark.parametrize("text", ["", "x" * 151, None, 7])
def test_a_text_has_1_to_150_characters(lena, text):
    assert lena.post("create", text=text)["code"] == 40002
    assert lena.all() == []


def test_hiding_liking_and_pinning_can_be_undone(app, lena):
    comment = lena.said("hm")
    app.admin("POST", "clock", {"advance": 25})

    on = [lena.post(what, comment_id=comment, action=what.upper())["code"] for what in ("hide", "like", "pin")]
    marked = lena.list()["data"]["comments"][0]
    public = lena.list(status="PUBLIC")
    app.admin("POST", "clock", {"advance": 5})
    off = [lena.post(what, comment_id=comment, action=f"UN{what.upper()}")["code"] for what in ("hide", "like", "pin")]
    again = lena.list(status="PUBLIC")["data"]["comments"][0]

    assert on == off == [0, 0, 0]
    assert (marked["status"], marked["liked"], marked["pinned"], marked["likes"]) == ("HIDDEN", True, True, 1)
    assert texts(public) == []
    assert (again["status"], again["liked"], again["pinned"], again["likes"]) == ("PUBLIC", False, False, 0)
    assert lena.post("hide", comment_id=comment, action="REMOVE")["code"] == 40002


def test_only_own_comments_are_deleted(lena):
    foreign, own = lena.said("theirs"), str(lena.post("create", text="mine")["data"]["comment_id"])
    lena.said("to mine", parent_id=own)

    refused, done = lena.post("delete", comment_id=foreign), lena.post("delete", comment_id=own)

    assert (refused["code"], done["code"]) == (40001, 0)
    assert [one["text"] for one in lena.all()] == ["theirs"]


def test_other_creators_videos_and_comments_are_refused(app, lena):
    other = app.admin("POST", "creators/tom.private/videos", {"title": "dogs"})["id"]
    theirs = app.admin("POST", f"creators/tom.private/videos/{other}/comments", {"text": "woof"})["id"]

    assert lena.list(video_id=other)["code"] == 40002
    assert lena.post("create", video_id=other, text="hi")["code"] == 40002
    assert lena.post("reply/create", video_id=other, comment_id=theirs, text="hi")["code"] == 40002
    assert lena.post("reply/create", comment_id=theirs, text="hi")["code"] == 40002
    assert lena.post("like", comment_id=theirs, action="LIKE")["code"] == 40002


def test_reading_and_managing_need_separate_scopes(lena):
    lena.tokens = lena.business.holder(scope="comment.list")

    assert lena.list()["code"] == 0
    assert lena.post("create", text="hi")["code"] == 40130


def test_a_new_comment_cannot_be_pinned(app, lena):
    comment = lena.said("hm")

    at_once = lena.post("pin", comment_id=comment, action="PIN")["code"]
    app.admin("POST", "clock", {"advance": 25})
    later = lena.post("pin", comment_id=comment, action="PIN")["code"]

    assert (at_once, later) == (40002, 0)


def test_a_comment_that_was_just_hidden_cannot_be_shown_at_once(app, lena):
    comment = lena.said("hm")

    codes = [lena.post("hide", comment_id=comment, action=action)["code"] for action in ("HIDE", "UNHIDE")]
    app.admin("POST", "clock", {"advance": 5})
    later = lena.post("hide", comment_id=comment, action="UNHIDE")["code"]

    assert (codes, later) == ([0, 40002], 0)


def test_a_new_reply_is_missing_from_the_lists_at_first(app, lena):
    comment = lena.said("?")
    lena.post("reply/create", comment_id=comment, text="!")

    at_once = texts(lena.list("reply/list", comment_id=comment))
    with_comment = lena.list(include_replies="true")["data"]["comments"][0]["reply_list"]
    app.admin("POST", "clock", {"advance": 5})

    assert (at_once, with_comment) == ([], [])
    assert texts(lena.list("reply/list", comment_id=comment)) == ["!"]
    app.admin("PATCH", "settings", {"reply_delay": 0})
    lena.post("reply/create", comment_id=comment, text="!!")
    assert texts(lena.list("reply/list", comment_id=comment, sort_field="create_time", sort_order="asc")) == ["!", "!!"]


def test_comments_can_be_requested_by_id(lena):
    wanted, _ = lena.said("a"), lena.said("b")
    reply = lena.said("r", parent_id=wanted)

    assert sorted(texts(lena.list(comment_ids=json.dumps([wanted, reply])))) == ["a", "r"]
    assert lena.list(comment_ids=json.dumps(["1"] * 31))["code"] == 40002


@pytest.mark.parametrize(
    "query", [{"max_count": 31}, {"max_count": 0}, {"cursor": "x"}, {"status": "HIDDEN"}, {"sort_field": "x"}]
)
def test_an_invalid_page_is_refused(lena, query):
    assert lena.list(**query)["code"] == 40002


def test_each_endpoint_accepts_forty_calls_a_minute(app, lena):
    codes = [lena.list()["code"] for _ in range(41)]

    assert codes == [0] * 40 + [40100]
    assert lena.post("create", text="another endpoint")["code"] == 0
    app.admin("POST", "clock", {"advance": 60})
    assert lena.list()["code"] == 0


def test_a_reply_with_a_lost_answer_exists_nevertheless(app, lena):
    comment = lena.said("?")
    app.fault("comment_reply", "reset_after")

    with pytest.raises(httpx.TransportError):
        lena.post("reply/create", comment_id=comment, text="!")

    assert [one["text"] for one in lena.all()] == ["?", "!"]
