"""Odd rows of comments: an unreadable field is left out, and the rest of the page is returned."""

import json

import httpx
import pytest
from pydantic import SecretStr

from dropcast.tiktok.business import comments
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.business.comments import CommentPage, CommentQuery, HolderAccess
from dropcast.tiktok.client import Unanswered

GOOD = {"comment_id": "7", "text": "fine", "create_time": 1_800_000_000, "owner": True, "likes": "12"}

ODD_FIELDS = {
    "milliseconds": ({"create_time": 1_800_000_000_000}, "create_time"),
    "before the epoch": ({"create_time": -1}, "create_time"),
    "a time as words": ({"create_time": "soon"}, "create_time"),
    "half a second": ({"create_time": 1.5}, "create_time"),
    "no text": ({"text": None}, "text"),
    "a text that is a list": ({"text": ["a"]}, "text"),
    "a name that is a number": ({"username": 5}, "username"),
    "likes below 0": ({"likes": -1}, "likes"),
    "likes of 400 digits": ({"likes": 10**400}, "likes"),
    "an owner in words": ({"owner": "who knows"}, "owner"),
    "a status that is an object": ({"status": {}}, "status"),
    "a parent that is a list": ({"parent_comment_id": [1]}, "parent_comment_id"),
}


def page_of(*rows: object, **more: object) -> CommentPage | Unanswered:
    body = json.dumps({"code": 0, "data": {"comments": rows} | more}).encode()
    http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=body)))
    page = comments.list_comments(
        HolderAccess(Business("https://b.example", http), SecretStr("t"), "1"), "2", CommentQuery()
    )
    assert isinstance(page, CommentPage | Unanswered)
    return page


@pytest.mark.parametrize(("odd", "field"), ODD_FIELDS.values(), ids=ODD_FIELDS)
def test_an_unreadable_field_is_omitted(odd, field):
    page = page_of(GOOD, GOOD | {"comment_id": "8"} | odd)

    assert isinstance(page, CommentPage)
    assert [one.comment_id for one in page.comments] == ["7", "8"]
    assert getattr(page.comments[1], field) is None
    assert (
        getattr(page.comments[1], "likes" if field != "likes" else "text")
        == {True: 12, False: "fine"}[field != "likes"]
    )


@pytest.mark.parametrize(
    "row", [None, 5, "x", [], {}, {"comment_id": None}, {"comment_id": ""}, {"comment_id": "9" * 300}]
)
def test_a_row_without_an_id_is_omitted_and_counted(row):
    page = page_of(row, GOOD)

    assert isinstance(page, CommentPage)
    assert [one.comment_id for one in page.comments] == ["7"]
    assert not page.is_complete


def test_a_page_with_only_unreadable_rows_is_not_an_empty_page():
    assert isinstance(page_of({"id": "7"}, {"id": "8"}), Unanswered)


def test_a_split_character_and_a_long_text_are_shortened():
    page = page_of(GOOD | {"text": "half \ud83c", "username": "x" * 10_000}, GOOD | {"text": "y" * 100_000})

    assert isinstance(page, CommentPage)
    assert page.comments[0].text == "half \ufffd"
    assert len(page.comments[0].username or "") == 300
    assert len(page.comments[1].text or "") == 5000


def test_an_odd_reply_does_not_affect_the_others():
    page = page_of(GOOD | {"reply_list": [None, {"comment_id": 1, "create_time": "soon"}, {"reply_list": []}]})

    assert isinstance(page, CommentPage)
    assert [one.comment_id for one in page.comments[0].reply_list] == ["1"]


def test_an_endless_page_is_cut():
    page = page_of(*[GOOD] * 5_000)

    assert isinstance(page, CommentPage)
    assert len(page.comments) == 100
