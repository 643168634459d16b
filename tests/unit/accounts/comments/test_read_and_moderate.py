"""Comments are read, changed and deleted, only with the owner's permission and within the budget."""

import pytest

from dropcast.accounts.business.connection_store import save_business_disconnection
from dropcast.accounts.comments.read_and_moderate import (
    delete_comment,
    get_comments_page,
    get_replies_page,
    mark_comment,
)
from dropcast.accounts.comments.write_comment import send_comment
from dropcast.budgets.budget_use import get_budget_use
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.tiktok.business.comments import ChangedComment, CommentPage, CommentQuery
from tests.unit.support.accounts import change_account, event_names
from tests.unit.support.comments import VIDEO, code, draft


def test_comments_and_replies_are_read(account, theirs):
    parent = theirs.add("first", owner=False)
    theirs.add("mine", parent=parent)

    page, replies = (
        get_comments_page(account, SYSTEM, VIDEO, CommentQuery()),
        get_replies_page(account, SYSTEM, VIDEO, parent, cursor=None, limit=30),
    )

    assert isinstance(page, CommentPage)
    assert isinstance(replies, CommentPage)
    assert [one.text for one in page.comments] == ["first"]
    assert [one.parent_comment_id for one in replies.comments] == [parent]


def test_a_comment_is_marked_and_deleted(account, theirs):
    assert isinstance(mark_comment(account, SYSTEM, VIDEO, "7", "pin"), ChangedComment)
    assert isinstance(delete_comment(account, SYSTEM, "7"), ChangedComment)
    assert theirs.calls == ["pin", "delete"]


@pytest.mark.parametrize(
    ("refusal", "ours"),
    [
        ("refuse:40001", "business_not_permitted"),
        ("refuse:40130", "business_not_permitted"),
        ("refuse:40002", "business_refused"),
        ("html", "tiktok_unanswered"),
    ],
)
def test_a_refusal_on_http_200_is_returned(account, theirs, refusal, ours):
    theirs.plan = [refusal]

    assert code(get_comments_page(account, SYSTEM, VIDEO, CommentQuery())) == ours


def test_an_account_without_a_connection_gets_its_own_error(account, business):
    assert code(get_comments_page(account, SYSTEM, VIDEO, CommentQuery())) == "business_not_connected"
    assert code(get_comments_page("acc_nobody", SYSTEM, VIDEO, CommentQuery())) == "account_not_found"
    assert business.asked == []


def test_a_disconnected_connection_is_not_used(account, connection, theirs):
    save_business_disconnection(connection, revoked=True)

    assert code(send_comment(draft(account), SYSTEM)) == "business_not_connected"
    assert theirs.calls == []


@pytest.mark.parametrize(
    ("status", "ours"), [("disconnected", "account_disconnected"), ("unconfirmed", "account_unconfirmed")]
)
def test_a_disconnected_account_has_no_comments_here(account, theirs, status, ours):
    change_account(account, status=status)

    assert code(get_comments_page(account, SYSTEM, VIDEO, CommentQuery())) == ours


def test_an_account_with_lost_posting_tokens_can_still_manage_comments(account, theirs):
    change_account(account, status="reconnect_needed")

    assert isinstance(get_comments_page(account, SYSTEM, VIDEO, CommentQuery()), CommentPage)


def test_the_41st_call_in_a_minute_is_not_made(account, theirs, held_clock):
    for _ in range(40):
        assert isinstance(get_comments_page(account, SYSTEM, VIDEO, CommentQuery()), CommentPage)

    refused = get_comments_page(account, SYSTEM, VIDEO, CommentQuery())
    held_clock.at += 63

    assert isinstance(refused, Problem)
    assert (refused.code, refused.details["retry_after"]) == ("rate_limit_exceeded", 62)
    assert len(theirs.calls) == 40
    assert isinstance(get_comments_page(account, SYSTEM, VIDEO, CommentQuery()), CommentPage)
    assert "budget.exhausted" in event_names()


def test_tiktoks_rate_limit_blocks_only_the_comments_budget(account, theirs):
    theirs.plan = ["refuse:40100"]

    first, second = (
        get_comments_page(account, SYSTEM, VIDEO, CommentQuery()),
        get_comments_page(account, SYSTEM, VIDEO, CommentQuery()),
    )

    assert (code(first), code(second)) == ("rate_limit_exceeded", "rate_limit_exceeded")
    assert len(theirs.calls) == 1
    assert [one.name for one in get_budget_use("open-1") if one.blocked_until] == ["comments"]
