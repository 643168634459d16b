"""A comment is sent only after a person approved it, and never twice."""

import pytest
from botocore.exceptions import ClientError

from dropcast.accounts.comments import write_comment
from dropcast.accounts.comments.idempotency_store import CommentKey
from dropcast.accounts.comments.write_comment import Sent, send_comment
from dropcast.caller import SYSTEM
from tests.unit.support.accounts import NOW
from tests.unit.support.comments import code, draft

KEY = CommentKey("dk_1#key", "body")


def sent(outcome) -> Sent:
    assert isinstance(outcome, Sent), outcome
    return outcome


@pytest.mark.parametrize(
    "without", [{"approved": False}, {"approved_by": None}, {"approved_by": "  "}], ids=["flag", "who", "blank"]
)
def test_an_unapproved_text_is_not_sent(account, theirs, without):
    assert code(send_comment(draft(account, **without), SYSTEM)) == "approval_required"
    assert theirs.calls == []


def test_a_comment_and_a_reply_are_made(account, theirs):
    parent = theirs.add("first", owner=False)

    comment, reply = (
        send_comment(draft(account), SYSTEM),
        send_comment(draft(account, comment_id=parent), SYSTEM),
    )

    assert [row.get("parent_comment_id") for row in theirs.rows] == [None, None, parent]
    assert sent(comment).comment_id == theirs.rows[1]["comment_id"]
    assert sent(reply) == Sent(theirs.rows[2]["comment_id"])


@pytest.mark.parametrize("replying", [False, True])
def test_a_comment_with_a_lost_answer_is_found_and_not_sent_again(account, theirs, replying):
    parent = theirs.add("first", owner=False) if replying else None
    theirs.plan = [f"{'reply/' if replying else ''}create@lost_after"]

    outcome = send_comment(draft(account, comment_id=parent), SYSTEM)

    assert sent(outcome) == Sent(theirs.rows[-1]["comment_id"], looked_up=True)
    assert theirs.writes() == 1


@pytest.mark.parametrize("shows_after", [1, 3, 5, 8, 12, 14])
@pytest.mark.parametrize("replying", [False, True])
def test_a_comment_that_appears_late_in_the_lists_is_not_sent_again(account, theirs, replying, shows_after):
    parent = theirs.add("first", owner=False) if replying else None
    theirs.shows_after = shows_after
    theirs.plan = [f"{'reply/' if replying else ''}create@lost_after"]

    outcome = send_comment(draft(account, comment_id=parent), SYSTEM)

    assert sent(outcome) == Sent(theirs.rows[-1]["comment_id"], looked_up=True)
    assert theirs.writes() == 1


@pytest.mark.parametrize("seconds", [8, 15, 20])
def test_a_comment_without_time_left_for_a_late_check_is_not_sent_again(account, theirs, seconds):
    theirs.shows_after = 40
    theirs.write_s = seconds
    theirs.plan = ["create@lost_after"]

    outcome = send_comment(draft(account), SYSTEM)

    assert code(outcome) == "comment_unknown"
    assert theirs.writes() == 1


@pytest.mark.parametrize("trouble", ["lost_before", "html", "refuse:50000"])
def test_a_comment_that_never_arrived_is_sent_once_more(account, theirs, trouble):
    theirs.plan = [f"create@{trouble}"]

    outcome = send_comment(draft(account), SYSTEM)

    assert sent(outcome) == Sent(theirs.rows[0]["comment_id"])
    assert (theirs.writes(), len(theirs.rows)) == (2, 1)


def test_a_second_lost_answer_is_looked_up_without_a_third_try(account, theirs):
    theirs.plan = ["create@lost_before", "create@lost_before"]

    assert code(send_comment(draft(account), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 2


def test_a_second_lost_answer_that_took_effect_is_found(account, theirs):
    theirs.plan = ["create@lost_before", "create@lost_after"]

    assert sent(send_comment(draft(account), SYSTEM)).looked_up
    assert (theirs.writes(), len(theirs.rows)) == (2, 1)


@pytest.mark.parametrize("trouble", ["lost_before", "html", "refuse:40001", "not_connected"])
def test_an_unclear_outcome_is_not_sent_again(account, theirs, trouble):
    theirs.plan = ["create@lost_before", f"list@{trouble}"]

    outcome = send_comment(draft(account), SYSTEM)

    assert code(outcome) == "comment_unknown"
    assert theirs.writes() == 1


THROTTLED = ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "UpdateItem")


@pytest.mark.parametrize("trouble", [THROTTLED, TimeoutError("the budgets kept changing")])
def test_a_failure_of_ours_after_a_lost_answer_suggests_no_retry(account, theirs, monkeypatch, trouble):
    theirs.plan = ["create@lost_after"]
    asks = iter([write_comment.call_comments_api])

    def fail_later_calls(*asked):
        if (real := next(asks, None)) is None:
            raise trouble
        return real(*asked)

    monkeypatch.setattr(write_comment, "call_comments_api", fail_later_calls)

    outcome = send_comment(draft(account), SYSTEM)

    assert code(outcome) == "comment_unknown"
    assert theirs.calls == ["create"]


def test_a_recent_comment_with_the_same_text_makes_the_outcome_unclear(account, theirs):
    theirs.add("Thanks!", at=NOW - 30)
    theirs.plan = ["create@lost_before"]

    assert code(send_comment(draft(account), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 1


def test_an_old_or_foreign_comment_with_the_same_text_does_not_count(account, theirs):
    theirs.add("Thanks!", at=NOW - 3600)
    theirs.add("Thanks!", owner=False)
    theirs.plan = ["create@lost_before"]

    assert sent(send_comment(draft(account), SYSTEM)) == Sent(theirs.rows[-1]["comment_id"])
    assert theirs.writes() == 2


def test_a_text_that_tiktok_changed_is_not_sent_again(account, theirs):
    theirs.plan = ["create@lost_before"]
    theirs.add("Thanks\u00a0!")

    assert code(send_comment(draft(account), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 1


def test_a_reply_is_searched_on_every_page(account, theirs):
    parent = theirs.add("first", owner=False)
    theirs.page = 2
    for second in range(5):
        theirs.add(f"later {second}", owner=False, at=NOW + 100 + second, parent=parent)
    theirs.plan = ["reply/create@lost_after"]

    assert sent(send_comment(draft(account, comment_id=parent), SYSTEM)).looked_up
    assert theirs.calls.count("reply/list") == 3


def test_the_search_below_too_many_replies_stops(account, theirs):
    parent = theirs.add("first", owner=False)
    theirs.page = 1
    for second in range(9):
        theirs.add(f"later {second}", owner=False, at=NOW + 100 + second, parent=parent)
    theirs.plan = ["reply/create@lost_before"]

    assert code(send_comment(draft(account, comment_id=parent), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 1


def test_a_request_that_never_left_is_reported_at_once(account, theirs):
    theirs.plan = ["create@not_connected"]

    assert code(send_comment(draft(account), SYSTEM)) == "tiktok_unanswered"
    assert theirs.calls == ["create"]


def test_no_comment_is_sent_after_the_gateway_answered_the_caller(account, theirs, business, held_clock):
    held_clock.at += 86_400  # the token must be refreshed first
    business.on_refresh = lambda: held_clock.sleep(25)

    outcome = send_comment(draft(account), SYSTEM, KEY)

    assert code(outcome) == "tiktok_unanswered"
    assert theirs.calls == []
    assert sent(send_comment(draft(account), SYSTEM, KEY)) == sent(send_comment(draft(account), SYSTEM, KEY))
    assert theirs.writes() == 1


def test_a_crash_during_tiktoks_call_may_have_sent_the_comment(account, theirs, monkeypatch):
    def crash(*asked: object):
        create(*asked)
        raise RuntimeError

    create = write_comment.create_comment
    monkeypatch.setattr(write_comment, "create_comment", crash)

    assert sent(send_comment(draft(account), SYSTEM, KEY)).looked_up
    assert theirs.writes() == 1


def test_unreadable_rows_do_not_prove_that_a_comment_is_missing(account, theirs):
    theirs.plan = ["create@lost_before"]
    theirs.rows.append({"comment_id": None, "text": "Thanks!", "create_time": "1"})
    theirs.rows.append({"comment_id": "1", "text": "older", "create_time": "1", "owner": False})

    assert code(send_comment(draft(account), SYSTEM, KEY)) == "comment_unknown"
    assert theirs.writes() == 1
