import logging

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from dropcast.tiktok.client import Envelope, Refused, Unanswered, post_json
from dropcast.tiktok.oauth import AppCredentials, refresh
from tests.unit.support.answers import TOKEN, answering, failing

HTML = "<html><body>502 Bad Gateway</body></html>"


def ask(asked):
    return post_json(asked.tiktok, "/v2/x/", TOKEN, {"a": 1})


def envelope(code, **error):
    return {"data": {"n": 1}, "error": {"code": code, "message": "words", **error}}


def test_only_the_code_ok_is_a_success():
    answer = ask(answering(json=envelope("ok", log_id="log-1")))

    assert answer == Envelope({"n": 1}, "log-1", 200)


@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_an_error_envelope_is_a_refusal_with_any_http_status(status):
    answer = ask(answering(status, json=envelope("spam_risk_too_many_posts", log_id="log-2")))

    assert answer == Refused("spam_risk_too_many_posts", "words", "log-2", status)


def test_the_log_id_is_found_under_its_other_name():
    answer = ask(answering(400, json=envelope("invalid_params", logid="log-3")))

    assert isinstance(answer, Refused)
    assert answer.log_id == "log-3"


@pytest.mark.parametrize("body", [{"text": HTML}, {"content": b""}, {"json": envelope("rate_limit_exceeded")}])
def test_429_is_a_rate_limit_with_any_body(body):
    answer = ask(answering(429, **body))

    assert isinstance(answer, Refused)
    assert answer.code == "rate_limit_exceeded"
    assert answer.http_status == 429


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [{"text": HTML}, {"content": b""}, {"json": envelope("internal_error")}])
def test_5xx_is_no_answer_and_may_have_taken_effect(status, body):
    answer = ask(answering(status, **body))

    assert answer == Unanswered("server_error", True, status, None)


def test_a_5xx_envelope_has_its_log_id():
    answer = ask(answering(500, json=envelope("internal_error", log_id="log-4")))

    assert answer == Unanswered("server_error", True, 500, "log-4")


def test_an_internal_error_on_http_200_is_no_answer():
    answer = ask(answering(json=envelope("internal_error")))

    assert answer == Unanswered("server_error", True, 200, None)


@pytest.mark.parametrize("status", [200, 302, 403, 404])
@pytest.mark.parametrize(
    "body",
    [
        {"text": HTML},
        {"content": b""},
        {"text": "[]"},
        {"text": "null"},
        {"json": {}},
        {"json": {"data": {"publish_id": "p"}}},
        {"json": {"data": {}, "error": None}},
        {"json": {"data": {}, "error": {"code": 7}}},
        {"content": b"[" * 100_000},
        {"content": b"\xff\xfe\x00"},
    ],
)
def test_a_body_without_an_envelope_is_no_answer(status, body):
    answer = ask(answering(status, **body))

    assert answer == Unanswered("unreadable", True, status, None)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_an_unsent_request_cannot_have_arrived(error):
    answer = ask(failing(error("no")))

    assert answer == Unanswered("not_connected", False, None, None)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ReadTimeout, "timeout"),
        (httpx.WriteTimeout, "timeout"),
        (httpx.ReadError, "connection_lost"),
        (httpx.WriteError, "connection_lost"),
        (httpx.RemoteProtocolError, "connection_lost"),
        (httpx.DecodingError, "connection_lost"),
    ],
)
def test_an_interrupted_request_may_have_arrived(error, reason):
    answer = ask(failing(error("no")))

    assert answer == Unanswered(reason, True, None, None)


def test_a_redirect_is_not_followed():
    asked = answering(307, headers={"Location": "https://elsewhere.example/"})

    answer = ask(asked)

    assert isinstance(answer, Unanswered)
    assert asked.only.url.host == "open.tiktokapis.com"


@given(st.integers(200, 599), st.binary(max_size=200))
def test_no_body_raises_an_exception(status, body):
    answer = ask(answering(status, content=body))

    assert isinstance(answer, Envelope | Refused | Unanswered)


def test_links_and_tokens_are_removed_from_tiktoks_messages():
    said = "bad https://open-upload.tiktokapis.com/video/?upload_token=hidden and act.hidden!1 and rft.hidden"

    answer = ask(answering(400, json={"error": {"code": "invalid_params", "message": said}}))

    assert isinstance(answer, Refused)
    assert "hidden" not in answer.message
    assert answer.message.startswith("bad ")


def test_a_call_leaves_no_token_in_the_log(caplog):
    caplog.set_level(logging.DEBUG)
    app = AppCredentials("key", SecretStr("app-secret"))
    grant = {
        "access_token": "act.new-secret",
        "refresh_token": "rft.new-secret",
        "expires_in": 7200,
        "refresh_expires_in": 100,
        "open_id": "o",
        "scope": "a,b",
    }

    answer = refresh(answering(json=grant).tiktok, app, SecretStr("rft.old-secret"))

    assert "secret" not in caplog.text
    assert "secret" not in f"{answer!r} {answer} {app!r}".replace("client_secret", "")
