from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from dropcast.tiktok.business import comments
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.client import Unanswered
from tests.unit.support.answers import answering

ROOT = "/open_api/v1.3/business/comment"
BARE = 7_600_000_000_000_000_123


def saying(data):
    return answering(json={"code": 0, "message": "OK", "request_id": "r1", "data": data})


def by(asked):
    business = Business("https://business-api.tiktok.com", asked.tiktok.http)
    return comments.HolderAccess(business, SecretStr("act.token"), "biz-1")


def query(asked):
    return asked.only.url.path, dict(parse_qsl(urlsplit(str(asked.only.url)).query))


def test_comments_are_requested_with_tiktoks_field_names():
    asked = saying({"comments": [], "cursor": 0, "has_more": False})

    comments.list_comments(by(asked), "71", comments.CommentQuery("public", "likes", "asc", True, "30", 10))

    assert query(asked) == (
        f"{ROOT}/list/",
        {
            "business_id": "biz-1",
            "video_id": "71",
            "status": "PUBLIC",
            "sort_field": "likes",
            "sort_order": "asc",
            "include_replies": "true",
            "cursor": "30",
            "max_count": "10",
        },
    )
    assert asked.only.headers["Access-Token"] == "act.token"


def test_a_page_has_comments_with_their_replies_and_ids_as_strings():
    reply = {"comment_id": "72", "text": "thanks", "parent_comment_id": BARE, "owner": True}
    one = {"comment_id": BARE, "text": "hi", "create_time": "1800000000", "likes": 2, "reply_list": [reply]}

    page = comments.list_comments(
        by(saying({"comments": [one], "cursor": 30, "has_more": True})), "71", comments.CommentQuery()
    )

    assert isinstance(page, comments.CommentPage)
    assert (page.cursor, page.has_more, page.log_id) == ("30", True, "r1")
    assert (page.comments[0].comment_id, page.comments[0].create_time) == (str(BARE), 1_800_000_000)
    assert (page.comments[0].reply_list[0].parent_comment_id, page.comments[0].owner) == (str(BARE), None)


def test_an_answer_without_comments_is_malformed_and_not_an_empty_page():
    page = comments.list_comments(by(saying({})), "71", comments.CommentQuery())

    assert page == Unanswered("malformed", True, 200, "r1")


def test_a_null_list_is_an_empty_page():
    one = {"comment_id": "72", "text": "hi", "reply_list": None}

    empty = comments.list_comments(by(saying({"comments": None})), "71", comments.CommentQuery())
    full = comments.list_comments(by(saying({"comments": [one]})), "71", comments.CommentQuery())

    assert isinstance(empty, comments.CommentPage)
    assert isinstance(full, comments.CommentPage)
    assert (empty.comments, full.comments[0].reply_list) == ((), ())


def test_replies_are_requested_for_their_comment():
    asked = saying({"comments": []})

    comments.list_replies(by(asked), "71", "72", cursor=None, limit=30)

    assert query(asked) == (
        f"{ROOT}/reply/list/",
        {"business_id": "biz-1", "video_id": "71", "comment_id": "72", "max_count": "30"},
    )


@pytest.mark.parametrize("sent", [BARE, str(BARE)])
def test_a_new_comments_id_keeps_its_digits(sent):
    asked = saying({"comment_id": sent})

    made = comments.create_comment(by(asked), "71", "hi")

    assert isinstance(made, comments.CreatedComment)
    assert made.comment_id == str(BARE)
    assert (asked.only.url.path, asked.body) == (
        f"{ROOT}/create/",
        {"business_id": "biz-1", "video_id": "71", "text": "hi"},
    )


def test_a_reply_names_its_comment():
    asked = saying({"comment_id": "73"})

    comments.create_reply(by(asked), "71", "72", "hi")

    assert (asked.only.url.path, asked.body) == (
        f"{ROOT}/reply/create/",
        {"business_id": "biz-1", "video_id": "71", "comment_id": "72", "text": "hi"},
    )


@pytest.mark.parametrize("body", [{}, {"comment_id": None}])
def test_a_success_without_the_comments_id_may_have_created_it(body):
    made = comments.create_comment(by(saying(body)), "71", "hi")

    assert isinstance(made, Unanswered)
    assert made.may_have_arrived


@pytest.mark.parametrize(
    ("mark", "path", "action", "names_video"),
    [
        ("hide", "hide", "HIDE", True),
        ("unhide", "hide", "UNHIDE", True),
        ("like", "like", "LIKE", False),
        ("unlike", "like", "UNLIKE", False),
        ("pin", "pin", "PIN", True),
        ("unpin", "pin", "UNPIN", True),
    ],
)
def test_a_mark_is_set_and_removed_by_an_action(mark, path, action, names_video):
    asked = saying({})

    done = comments.mark_comment(by(asked), "71", "72", mark)

    assert isinstance(done, comments.ChangedComment)
    assert asked.only.url.path == f"{ROOT}/{path}/"
    video = {"video_id": "71"} if names_video else {}
    assert asked.body == {"business_id": "biz-1", "comment_id": "72", "action": action, **video}


def test_a_comment_is_deleted_by_its_id():
    asked = saying({})

    comments.delete_comment(by(asked), "72")

    assert (asked.only.url.path, asked.body) == (f"{ROOT}/delete/", {"business_id": "biz-1", "comment_id": "72"})
