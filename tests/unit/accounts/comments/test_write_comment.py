"""Comments are sent once a person approved: never twice."""

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
def test_nothing_is_sent_that_nobody_approved_of(account, theirs, without):
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
def test_a_comment_whose_answer_was_lost_is_found_and_not_sent_again(account, theirs, replying):
    parent = theirs.add("first", owner=False) if replying else None
    theirs.plan = [f"{'reply/' if replying else ''}create@lost_after"]

    outcome = send_comment(draft(account, comment_id=parent), SYSTEM)

    assert sent(outcome) == Sent(theirs.rows[-1]["comment_id"], looked_up=True)
    assert theirs.writes() == 1


@pytest.mark.parametrize("shows_after", [1, 3, 5, 8, 12, 14])
@pytest.mark.parametrize("replying", [False, True])
def test_a_comment_that_the_lists_show_late_is_not_sent_again(account, theirs, replying, shows_after):
    parent = theirs.add("first", owner=False) if replying else None
    theirs.shows_after = shows_after
    theirs.plan = [f"{'reply/' if replying else ''}create@lost_after"]

    outcome = send_comment(draft(account, comment_id=parent), SYSTEM)

    assert sent(outcome) == Sent(theirs.rows[-1]["comment_id"], looked_up=True)
    assert theirs.writes() == 1


@pytest.mark.parametrize("seconds", [8, 15, 20])
def test_a_comment_whose_call_left_no_time_for_a_late_look_is_not_sent_again(account, theirs, seconds):
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


def test_a_second_lost_answer_is_looked_up_and_never_followed_by_a_third_try(account, theirs):
    theirs.plan = ["create@lost_before", "create@lost_before"]

    assert code(send_comment(draft(account), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 2


def test_a_second_lost_answer_that_took_effect_is_found(account, theirs):
    theirs.plan = ["create@lost_before", "create@lost_after"]

    assert sent(send_comment(draft(account), SYSTEM)).looked_up
    assert (theirs.writes(), len(theirs.rows)) == (2, 1)


@pytest.mark.parametrize("trouble", ["lost_before", "html", "refuse:40001", "not_connected"])
def test_without_a_clear_word_nothing_is_sent_again(account, theirs, trouble):
    theirs.plan = ["create@lost_before", f"list@{trouble}"]

    outcome = send_comment(draft(account), SYSTEM)

    assert code(outcome) == "comment_unknown"
    assert theirs.writes() == 1


THROTTLED = ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "UpdateItem")


@pytest.mark.parametrize("trouble", [THROTTLED, TimeoutError("the budgets kept changing")])
def test_where_we_fail_after_a_lost_answer_nobody_is_told_to_try_again(account, theirs, monkeypatch, trouble):
    theirs.plan = ["create@lost_after"]
    asks = iter([write_comment.call_comments_api])

    def ask_once(*asked):
        if (real := next(asks, None)) is None:
            raise trouble
        return real(*asked)

    monkeypatch.setattr(write_comment, "call_comments_api", ask_once)

    outcome = send_comment(draft(account), SYSTEM)

    assert code(outcome) == "comment_unknown"
    assert theirs.calls == ["create"]


def test_the_same_words_of_shortly_before_are_no_clear_word(account, theirs):
    theirs.add("Thanks!", at=NOW - 30)
    theirs.plan = ["create@lost_before"]

    assert code(send_comment(draft(account), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 1


def test_the_same_words_of_long_ago_or_of_others_are_another_comment(account, theirs):
    theirs.add("Thanks!", at=NOW - 3600)
    theirs.add("Thanks!", owner=False)
    theirs.plan = ["create@lost_before"]

    assert sent(send_comment(draft(account), SYSTEM)) == Sent(theirs.rows[-1]["comment_id"])
    assert theirs.writes() == 2


def test_words_that_tiktok_changed_are_not_sent_again(account, theirs):
    theirs.plan = ["create@lost_before"]
    theirs.add("Thanks\u00a0!")

    assert code(send_comment(draft(account), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 1


def test_a_reply_is_looked_for_on_every_page(account, theirs):
    parent = theirs.add("first", owner=False)
    theirs.page = 2
    for second in range(5):
        theirs.add(f"later {second}", owner=False, at=NOW + 100 + second, parent=parent)
    theirs.plan = ["reply/create@lost_after"]

    assert sent(send_comment(draft(account, comment_id=parent), SYSTEM)).looked_up
    assert theirs.calls.count("reply/list") == 3


def test_a_reply_below_too_many_others_is_not_looked_for_for_ever(account, theirs):
    parent = theirs.add("first", owner=False)
    theirs.page = 1
    for second in range(9):
        theirs.add(f"later {second}", owner=False, at=NOW + 100 + second, parent=parent)
    theirs.plan = ["reply/create@lost_before"]

    assert code(send_comment(draft(account, comment_id=parent), SYSTEM)) == "comment_unknown"
    assert theirs.writes() == 1


def test_what_never_left_us_is_told_at_once(account, theirs):
    theirs.plan = ["create@not_connected"]

    assert code(send_comment(draft(account), SYSTEM)) == "tiktok_unanswered"
    assert theirs.calls == ["create"]


def test_nothing_is_sent_for_a_caller_whom_the_gateway_has_answered_meanwhile(account, theirs, business, held_clock):
    held_clock.at += 86_400  # the token has to be renewed first
    business.on_refresh = lambda: held_clock.sleep(25)

    outcome = send_comment(draft(account), SYSTEM, KEY)

    assert code(outcome) == "tiktok_unanswered"
    assert theirs.calls == []
    assert sent(send_comment(draft(account), SYSTEM, KEY)) == sent(send_comment(draft(account), SYSTEM, KEY))
    assert theirs.writes() == 1


def test_a_crash_while_tiktok_is_asked_may_have_sent_it(account, theirs, monkeypatch):
    def crash(*asked: object):
        create(*asked)
        raise RuntimeError

    create = write_comment.create_comment
    monkeypatch.setattr(write_comment, "create_comment", crash)

    assert sent(send_comment(draft(account), SYSTEM, KEY)).looked_up
    assert theirs.writes() == 1


def test_a_page_with_rows_that_cannot_be_read_says_of_no_comment_that_it_is_absent(account, theirs):
    theirs.plan = ["create@lost_before"]
    theirs.rows.append({"comment_id": None, "text": "Thanks!", "create_time": "1"})
    theirs.rows.append({"comment_id": "1", "text": "older", "create_time": "1", "owner": False})

    assert code(send_comment(draft(account), SYSTEM, KEY)) == "comment_unknown"
    assert theirs.writes() == 1
