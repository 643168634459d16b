"""How many calls the posting page and the page of a publish make, and what they show while TikTok is down."""

import pytest

from dropcast.aws import clients
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.functions.test_console_post_page import form_of
from tests.unit.support.console import signed_in


@pytest.fixture
def calls(aws_calls: list[str]) -> list[str]:
    """The AWS calls of a process that has its secrets already."""
    clients.client("s3").meta.events.register("before-call.s3", lambda model, **_: aws_calls.append(model.name))
    return aws_calls


def test_the_posting_page_makes_nine_aws_calls_at_most(account: str, calls: list[str]):
    visitor = signed_in()
    visitor.get(f"/console/accounts/{account}/post")
    calls.clear()

    visitor.get(f"/console/accounts/{account}/post")

    assert len(calls) <= 9, calls


def test_a_partial_update_reads_the_session_only(account: str, calls: list[str]):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    calls.clear()

    visitor.post(f"/console/accounts/{account}/post/choices", form)

    assert calls == ["GetItem", "GetItem"]


def test_the_page_of_a_publish_makes_three_aws_calls(account: str, calls: list[str]):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    sent = visitor.post(f"/console/accounts/{account}/post", form).headers["Location"].partition("?")[0]
    calls.clear()

    visitor.get(sent)

    assert calls == ["GetItem", "GetItem", "GetItem"]


@pytest.mark.parametrize("down", ["internal_error", "rate_limit_exceeded"])
def test_the_posting_page_says_that_tiktok_does_not_answer(account: str, tiktok, down: str):
    visitor = signed_in()
    tiktok.creator = down

    shown = visitor.get(f"/console/accounts/{account}/post")

    assert shown.status == 200
    assert "TikTok" in shown.words()
    assert 'role="alert"' in shown.text
    assert "Send as a draft" in shown.words()
