"""Errors come back as results with a code, a fix and the next step, without a traceback and without a secret."""

import httpx
import pytest

from tests.unit.support.agents import agent_of
from tests.unit.support.api_examples import example
from tests.unit.support.client_sleeps import replace_sleep


def test_a_refusal_of_tiktok_has_its_code_its_fix_and_tiktoks_log_id():
    error = example("ErrorView", code="tiktok_refused", next="retry", log_id="log-1", details={"tiktok_code": "odd"})
    agent = agent_of(lambda request: httpx.Response(502, json={"error": error}))

    refusal = agent.refusal("creator_info", account_id="acc_1")

    assert (refusal["code"], refusal["next"], refusal["log_id"]) == ("tiktok_refused", "retry", "log-1")
    assert refusal["fix"] == error["fix"]
    assert refusal["details"] == {"tiktok_code": {"untrusted_text": "odd"}}


def test_an_answer_of_the_gateway_has_the_status_as_its_code():
    agent = agent_of(lambda request: httpx.Response(403, json={"message": "Forbidden"}))

    refusal = agent.refusal("accounts")

    assert (refusal["code"], refusal["next"]) == ("http_403", "none")
    assert refusal["fix"] == "Check the API key and the address."


def test_an_api_that_does_not_answer_is_worth_a_retry(monkeypatch):
    replace_sleep(monkeypatch, lambda seconds: None)

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    refusal = agent_of(fail).refusal("accounts")

    assert (refusal["code"], refusal["next"]) == ("unanswered", "retry")


@pytest.mark.parametrize(
    ("tool", "arguments", "word"),
    [
        ("status", {}, "publish_id"),
        ("retry", {}, "publish_id"),
        ("comments", {"account_id": "acc_1"}, "video_id"),
        ("comments", {"plan_id": "pln_1"}, "approved_by"),
        ("publish", {}, "plan_id"),
        ("videos", {"account_id": "acc_1", "next": "second"}, "page"),
        ("list", {"state": ["posted"]}, "state"),
        ("preflight", {"account_id": "a", "upload_ids": ["u"], "options": {"privacy": "all"}}, "options.privacy"),
        ("preflight", {"account_id": "a", "upload_ids": ["u"], "publish_at": "2027-01-31T18:00:00"}, "publish_at"),
    ],
)
def test_wrong_arguments_are_named_before_the_api_is_called(tool, arguments, word):
    asked: list[httpx.Request] = []
    agent = agent_of(lambda request: asked.append(request) or httpx.Response(500))

    refusal = agent.refusal(tool, **arguments)

    assert (refusal["code"], asked) == ("wrong_input", [])
    assert word in refusal["message"]["untrusted_text"]
    assert refusal["fix"]


def test_a_defect_shows_neither_its_text_nor_a_traceback():
    def break_down(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("a secret")

    result = agent_of(break_down).plain_answer("accounts")

    assert (result.is_error, result.structured_content) == (True, None)
    assert [content.text for content in result.content] == ["Error executing tool accounts"]
