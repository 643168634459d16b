import logging

import httpx
import pytest
from pydantic import SecretStr

from dropcast.tiktok.business.client import Business, business_get, business_post
from dropcast.tiktok.client import Envelope, Refused, Unanswered
from tests.unit.support.answers import answering, failing

HOST = "https://business-api.tiktok.com"
PATH = "/open_api/v1.3/discovery/trending_list/"
TOKEN = SecretStr("canary-business-token")
HTML = "<html><body>502 Bad Gateway</body></html>"


def business(asked):
    return Business(f"{HOST}/", asked.tiktok.http)


def ask(asked):
    return business_get(business(asked), PATH, TOKEN, {"country_code": "US"})


def said(code, **more):
    return {"code": code, "message": "words", "request_id": "req-1", **more}


def test_a_call_has_its_token_in_this_portals_header():
    asked = answering(json=said(0, data={}))

    ask(asked)

    assert str(asked.only.url) == f"{HOST}{PATH}?country_code=US"
    assert asked.only.headers["Access-Token"] == "canary-business-token"
    assert "Authorization" not in asked.only.headers


def test_a_post_sends_json_and_works_without_a_token():
    asked = answering(json=said(0, data={}))

    business_post(business(asked), PATH, None, {"auth_code": "once"})

    assert asked.body == {"auth_code": "once"}
    assert "Access-Token" not in asked.only.headers


def test_code_0_is_a_success_with_data_and_request_id():
    answer = ask(answering(json=said(0, data={"list": [1]})))

    assert answer == Envelope({"list": [1]}, "req-1", 200, "words")


def test_a_number_larger_than_a_double_keeps_its_digits():
    answer = ask(answering(content=b'{"code":0,"data":{"comment_id":7300000000000000123}}'))

    assert isinstance(answer, Envelope)
    assert str(answer.data["comment_id"]) == "7300000000000000123"


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize("code", [40105, "40105"])
def test_another_code_is_a_refusal_with_any_http_status(status, code):
    answer = ask(answering(status, json=said(code)))

    assert answer == Refused("40105", "words", "req-1", status)


def test_429_is_a_rate_limit_even_without_an_envelope():
    answer = ask(answering(429, text=HTML))

    assert answer == Refused("40100", "", None, 429)


@pytest.mark.parametrize("asked", [answering(502, text=HTML), answering(500, json=said(40001)), answering(503)])
def test_5xx_is_no_answer_and_may_have_taken_effect(asked):
    answer = ask(asked)

    assert isinstance(answer, Unanswered)
    assert (answer.reason, answer.may_have_arrived) == ("server_error", True)


def test_an_internal_error_on_http_200_is_no_answer_either():
    answer = ask(answering(json=said(50000)))

    assert answer == Unanswered("server_error", True, 200, "req-1")


@pytest.mark.parametrize(
    "asked",
    [
        answering(text=HTML),
        answering(json=[1]),
        answering(json={"message": "no code"}),
        answering(json=said(True)),
        answering(404, text=HTML),
        answering(302, json=said(0, data={})),
    ],
)
def test_a_body_without_an_envelope_is_malformed_and_never_a_success(asked):
    answer = ask(asked)

    assert isinstance(answer, Unanswered)
    assert answer.reason == "unreadable"


@pytest.mark.parametrize(
    ("error", "reason", "may_have_arrived"),
    [
        (httpx.ConnectError("no"), "not_connected", False),
        (httpx.ReadTimeout("slow"), "timeout", True),
        (httpx.ReadError("reset"), "connection_lost", True),
    ],
)
def test_a_network_error_says_whether_the_call_may_have_arrived(error, reason, may_have_arrived):
    answer = ask(failing(error))

    assert answer == Unanswered(reason, may_have_arrived, None, None)


@pytest.mark.parametrize("secret", ["act.canary-token", "0123456789abcdef0123456789abcdef01234567"])
def test_a_refusal_does_not_quote_a_token(secret):
    answer = ask(answering(json={"code": 40105, "message": f"Access token {secret} is bad", "request_id": "r"}))

    assert isinstance(answer, Refused)
    assert answer.message == "Access token (left out) is bad"


def test_a_call_is_not_logged(caplog):
    caplog.set_level(logging.INFO)

    ask(answering(json=said(0, data={})))

    assert caplog.records == []
