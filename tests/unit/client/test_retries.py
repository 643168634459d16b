"""When a request is sent again, after which pause, and with which Idempotency-Key."""

import httpx
import pytest

from dropcast.errors.problem import http_status, problem
from dropcast_client import (
    ConflictError,
    PublishRequest,
    RateLimitedError,
    RefusedError,
    S3Source,
    UnansweredError,
    UnavailableError,
)
from dropcast_client.models.connections import ConnectionRequest
from tests.unit.client.conftest import Calls
from tests.unit.support.api_examples import answer

REQUEST = PublishRequest(account_id="acc_1", source=S3Source(bucket="b", key="k.mp4"))
LOST = [httpx.ReadTimeout("late"), httpx.ReadError("reset"), httpx.RemoteProtocolError("closed")]
UNSENT = [httpx.ConnectError("refused"), httpx.ConnectTimeout("late"), httpx.PoolTimeout("busy")]


def refusal(code: str, **headers: str) -> httpx.Response:
    more = {"doc_url": "https://a.example/errors/x", "request_id": "req-1"}
    error = problem(code).model_dump(mode="json") | more
    return httpx.Response(http_status(code), json={"error": error}, headers=headers)


def keys(calls: Calls) -> list[str | None]:
    return [request.headers.get("Idempotency-Key") for request in calls.requests]


@pytest.mark.parametrize("lost", [*LOST, *UNSENT], ids=lambda error: type(error).__name__)
def test_a_publish_whose_answer_is_lost_is_sent_again_with_the_same_key(calls: Calls, lost):
    calls.plan(lost, answer("PublishView", 202, publish_id="pub_1"))

    taken = calls.run("publish", REQUEST)

    first, second = calls.requests
    assert taken.publish_id == "pub_1"
    assert first.content == second.content
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_each_call_has_a_key_of_its_own_unless_the_caller_names_one(calls: Calls):
    link = ConnectionRequest(user_id="user-1")
    calls.answer = lambda _: answer("ConnectionView", 201)

    calls.run("connect", link)
    calls.run("connect", link)
    calls.run("connect", link, idempotency_key="mine")

    first, second, third = keys(calls)
    assert len({first, second, third}) == 3
    assert third == "mine"


@pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__name__)
def test_a_post_without_a_key_is_not_sent_again_if_it_may_have_been_carried_out(calls: Calls, lost):
    calls.plan(lost)

    with pytest.raises(UnansweredError) as raised:
        calls.run("rotate_webhook_secret", "whe_1")

    assert (raised.value.sent, len(calls.requests)) == (True, 1)


@pytest.mark.parametrize("code", ["internal_error", "tiktok_unanswered"])
def test_a_post_without_a_key_is_not_sent_again_after_an_error_in_the_middle(calls: Calls, code):
    calls.plan(refusal(code))

    with pytest.raises(RefusedError):
        calls.run("rotate_webhook_secret", "whe_1")

    assert len(calls.requests) == 1


@pytest.mark.parametrize("unsent", UNSENT, ids=lambda error: type(error).__name__)
def test_a_post_without_a_key_is_sent_again_if_it_never_left(calls: Calls, unsent):
    calls.plan(unsent, answer("NewSecretView"))

    assert calls.run("rotate_webhook_secret", "whe_1").endpoint_id


def test_a_read_that_is_a_post_is_sent_again(calls: Calls):
    calls.plan(httpx.ReadTimeout("late"), answer("ReportView"))

    assert calls.run("preflight", REQUEST).problems is not None


@pytest.mark.parametrize(
    "busy",
    {
        "busy": lambda: refusal("busy"),
        "failed": lambda: refusal("internal_error"),
        "in flight": lambda: refusal("request_in_flight", **{"Retry-After": "1"}),
        "TikTok silent": lambda: refusal("tiktok_unanswered"),
        "throttled": lambda: httpx.Response(429, json={"message": "Too Many Requests"}),
        "gateway": lambda: httpx.Response(503, json={"message": "Service Unavailable"}),
        "proxy": lambda: httpx.Response(504, html="<html>"),
    }.items(),
    ids=lambda one: one[0],
)
def test_a_retry_that_helps_is_made(calls: Calls, busy):
    calls.plan(busy[1](), busy[1](), answer("AccountDetailView"))

    assert calls.run("show_account", "acc_1").account_id
    assert len(calls.pauses) == 2


def test_pauses_grow_and_end_after_four_attempts(calls: Calls):
    calls.plan(*[refusal("busy") for _ in range(4)])

    with pytest.raises(UnavailableError):
        calls.run("show_account", "acc_1")

    first, second, third = calls.pauses
    assert 0.25 <= first <= 0.5 <= second <= 1 <= third <= 2


def test_retry_after_is_waited_for(calls: Calls):
    calls.plan(refusal("rate_limit_exceeded", **{"Retry-After": "17"}), answer("CreatorInfoView"))

    calls.run("creator_info", "acc_1")

    [pause] = calls.pauses
    assert 17 <= pause <= 18


@pytest.mark.parametrize("after", ["61", "86400"])
def test_a_longer_retry_after_is_left_to_the_caller(calls: Calls, after):
    calls.plan(refusal("budget_exhausted", **{"Retry-After": after}))

    with pytest.raises(RateLimitedError) as raised:
        calls.run("creator_info", "acc_1")

    assert (raised.value.retry_after, calls.pauses) == (int(after), [])


@pytest.mark.parametrize("after", ["", "soon", "-1", "1.5", "²", "Wed, 21 Oct 2027 07:28:00 GMT"])
def test_a_retry_after_in_another_form_is_ignored(calls: Calls, after):
    calls.plan(refusal("budget_exhausted", **{"Retry-After": after.encode()}))

    with pytest.raises(RateLimitedError) as raised:
        calls.run("creator_info", "acc_1")

    assert raised.value.retry_after is None


@pytest.mark.parametrize("code", ["too_late_to_cancel", "reconnect_needed", "say_whether_posted"])
def test_a_refusal_that_a_retry_cannot_change_is_raised_at_once(calls: Calls, code):
    calls.plan(refusal(code))

    with pytest.raises(ConflictError):
        calls.run("cancel_publish", "pub_1")

    assert calls.pauses == []
