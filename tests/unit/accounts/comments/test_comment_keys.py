"""The same idempotency key never creates a second comment."""

import pytest
from botocore.exceptions import ClientError

from dropcast.accounts.comments import idempotency_store, write_comment
from dropcast.accounts.comments.idempotency_store import CommentKey
from dropcast.accounts.comments.write_comment import Sent, send_comment
from dropcast.caller import SYSTEM
from tests.unit.support.accounts import items
from tests.unit.support.comments import code, draft

KEY = CommentKey("dk_1#key", "body")


def sent(outcome) -> Sent:
    assert isinstance(outcome, Sent), outcome
    return outcome


def test_releasing_a_key_twice_keeps_the_next_claim(account):
    first, second = CommentKey("k", "b"), CommentKey("k", "b")
    idempotency_store.claim(first, "user-1")
    idempotency_store.release(first)
    idempotency_store.claim(second, "user-1")

    idempotency_store.release(first)

    assert idempotency_store.claim(CommentKey("k", "b"), "user-1") is not None


THROTTLED = ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "UpdateItem")


def test_a_comment_is_returned_even_if_its_key_cannot_be_stored(account, theirs, monkeypatch):
    def throttled(*_):
        raise THROTTLED

    monkeypatch.setattr(idempotency_store, "mark_made", throttled)

    outcome = send_comment(draft(account), SYSTEM, KEY)

    assert sent(outcome).comment_id
    assert code(send_comment(draft(account), SYSTEM, KEY)) == "request_in_flight"
    assert theirs.calls == ["create"]


def test_the_same_key_gives_the_same_comment(account, theirs):
    first, again = send_comment(draft(account), SYSTEM, KEY), send_comment(draft(account), SYSTEM, KEY)

    assert sent(first).comment_id == sent(again).comment_id
    assert theirs.writes() == 1


def test_the_same_key_for_another_request_is_refused(account, theirs):
    send_comment(draft(account), SYSTEM, KEY)

    assert code(send_comment(draft(account, "Else"), SYSTEM, CommentKey(KEY.name, "else"))) == "idempotency_conflict"
    assert theirs.writes() == 1


def test_a_key_is_valid_for_a_day(account, theirs, held_clock):
    send_comment(draft(account), SYSTEM, KEY)
    held_clock.at += 24 * 3600

    send_comment(draft(account), SYSTEM, KEY)

    assert theirs.writes() == 2


def test_a_key_of_a_refused_request_can_be_used_again(account, theirs):
    theirs.plan = ["refuse:40001"]

    first, again = send_comment(draft(account), SYSTEM, KEY), send_comment(draft(account), SYSTEM, KEY)

    assert code(first) == "business_not_permitted"
    assert isinstance(again, Sent)


def test_a_key_with_an_unknown_outcome_is_looked_up_and_never_sent_again(account, theirs, held_clock):
    theirs.plan = ["create@late", "list@html"]
    first = send_comment(draft(account), SYSTEM, KEY)
    absent = send_comment(draft(account), SYSTEM, KEY)
    theirs.rows += theirs.late
    held_clock.at += 300

    found, again = send_comment(draft(account), SYSTEM, KEY), send_comment(draft(account), SYSTEM, KEY)

    assert (code(first), code(absent)) == ("comment_unknown", "comment_unknown")
    assert sent(found).comment_id == sent(again).comment_id == theirs.late[0]["comment_id"]
    assert theirs.writes() == 1


def test_a_request_that_died_is_looked_up_once_it_can_no_longer_run(account, theirs, held_clock, monkeypatch):
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("dropcast.accounts.comments.write_comment._settle", die)
        with pytest.raises(KeyboardInterrupt):
            send_comment(draft(account), SYSTEM, KEY)

    early = send_comment(draft(account), SYSTEM, KEY)
    held_clock.at += 120
    later = send_comment(draft(account), SYSTEM, KEY)

    assert code(early) == "request_in_flight"
    assert sent(later).comment_id == theirs.rows[0]["comment_id"]
    assert theirs.writes() == 1


def test_the_table_contains_no_text_and_no_name(account, theirs):
    send_comment(
        draft(account, "canary-text", approved_by="canary-person"), SYSTEM, CommentKey("canary-key", "canary-body")
    )

    assert "canary-" not in str(items("accounts"))


def refuse_by_aws(*_: object) -> None:
    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")


def test_a_key_is_free_again_if_aws_fails_before_tiktok_was_called(account, theirs, monkeypatch):
    with monkeypatch.context() as failing:
        failing.setattr("dropcast.accounts.comments.read_and_moderate.spend_now", refuse_by_aws)
        with pytest.raises(ClientError):
            send_comment(draft(account), SYSTEM, KEY)

    assert isinstance(send_comment(draft(account), SYSTEM, KEY), Sent)
    assert theirs.writes() == 1


def die(*_: object) -> None:
    raise KeyboardInterrupt  # no except clause may catch it, because no code runs in a killed function


def test_a_key_can_be_used_again_if_its_sender_died_before_calling_tiktok(account, theirs, held_clock, monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr("dropcast.accounts.comments.read_and_moderate.spend_now", die)
        with pytest.raises(KeyboardInterrupt):
            send_comment(draft(account), SYSTEM, KEY)

    early = send_comment(draft(account), SYSTEM, KEY)
    held_clock.at += 120
    later = [send_comment(draft(account), SYSTEM, KEY) for _ in range(2)]

    assert code(early) == "request_in_flight"
    assert [sent(one).comment_id for one in later] == [theirs.rows[0]["comment_id"]] * 2
    assert theirs.writes() == 1


def test_one_of_two_requests_that_find_a_dead_sender_sends(account, theirs, held_clock, monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr("dropcast.accounts.comments.read_and_moderate.spend_now", die)
        with pytest.raises(KeyboardInterrupt):
            send_comment(draft(account), SYSTEM, KEY)
    held_clock.at += 120
    look, others = write_comment._look_up, []

    def after_another(*asked: object):
        monkeypatch.setattr(write_comment, "_look_up", look)
        found = look(*asked)
        others.append(send_comment(draft(account), SYSTEM, KEY))
        return found

    monkeypatch.setattr(write_comment, "_look_up", after_another)
    late = send_comment(draft(account), SYSTEM, KEY)

    assert isinstance(others[0], Sent)
    assert code(late) == "comment_unknown"
    assert theirs.writes() == 1
