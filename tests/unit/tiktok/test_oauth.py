import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from dropcast.tiktok import oauth
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import TokenGrant
from tests.unit.support.answers import answering, failing

APP = oauth.AppCredentials("app-key", SecretStr("app-secret"))
GRANT = {
    "access_token": "act.x",
    "expires_in": 7200,
    "open_id": "open-1",
    "refresh_token": "rft.y",
    "refresh_expires_in": 15552000,
    "scope": "user.info.basic,video.publish",
    "token_type": "Bearer",
}


def exchange(asked):
    return oauth.exchange_code(
        asked.tiktok, APP, code="a*1!4608.va", redirect_uri="https://us.example/cb", verifier="v" * 43
    )


def form(request):
    return {name: values[0] for name, values in parse_qs(request.content.decode(), strict_parsing=True).items()}


def test_the_challenge_is_hex_as_in_the_protocols_example():
    challenge = oauth.hex_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

    assert challenge == "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"


def test_a_verifier_has_the_protocols_form_and_is_always_new():
    verifiers = {oauth.new_verifier() for _ in range(50)}

    assert len(verifiers) == 50
    assert all(re.fullmatch("[A-Za-z0-9._~-]{43,128}", verifier) for verifier in verifiers)


def test_the_consent_page_has_tiktoks_parameters():
    url = oauth.authorize_url(
        "https://www.tiktok.com/v2/auth/authorize/",
        client_key="app-key",
        scopes=["user.info.basic", "video.publish"],
        redirect_uri="https://us.example/oauth/tiktok/callback",
        state="st&te",
        challenge="c" * 64,
    )

    assert url.startswith("https://www.tiktok.com/v2/auth/authorize/?")
    assert parse_qs(urlsplit(url).query) == {
        "client_key": ["app-key"],
        "scope": ["user.info.basic,video.publish"],
        "redirect_uri": ["https://us.example/oauth/tiktok/callback"],
        "state": ["st&te"],
        "response_type": ["code"],
        "disable_auto_auth": ["1"],
        "code_challenge": ["c" * 64],
        "code_challenge_method": ["S256"],
    }


def test_a_code_is_exchanged_for_tokens_by_a_form():
    asked = answering(json=GRANT)

    grant = exchange(asked)

    assert isinstance(grant, TokenGrant)
    assert grant.access_token.get_secret_value() == "act.x"
    assert grant.refresh_token.get_secret_value() == "rft.y"
    assert (grant.expires_in, grant.refresh_expires_in, grant.open_id) == (7200, 15552000, "open-1")
    assert grant.scopes == frozenset({"user.info.basic", "video.publish"})
    assert asked.only.url == "https://open.tiktokapis.com/v2/oauth/token/"
    assert asked.only.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form(asked.only) == {
        "client_key": "app-key",
        "client_secret": "app-secret",
        "grant_type": "authorization_code",
        "code": "a*1!4608.va",
        "redirect_uri": "https://us.example/cb",
        "code_verifier": "v" * 43,
    }


def test_a_refresh_sends_the_refresh_token_to_the_same_path():
    asked = answering(json=GRANT)

    grant = oauth.refresh(asked.tiktok, APP, SecretStr("rft.old"))

    assert isinstance(grant, TokenGrant)
    assert asked.only.url.path == "/v2/oauth/token/"
    assert form(asked.only) == {
        "client_key": "app-key",
        "client_secret": "app-secret",
        "grant_type": "refresh_token",
        "refresh_token": "rft.old",
    }


@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_flat_oauth_error_is_a_refusal_even_on_http_200(status):
    said = {"error": "invalid_grant", "error_description": "Authorization code is expired.", "log_id": "log-1"}

    answer = exchange(answering(status, json=said))

    assert answer == Refused("invalid_grant", "Authorization code is expired.", "log-1", status)


def test_an_api_envelope_on_the_token_path_is_also_parsed():
    said = {"data": {}, "error": {"code": "invalid_params", "message": "m", "log_id": "log-1"}}

    assert exchange(answering(400, json=said)) == Refused("invalid_params", "m", "log-1", 400)


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable"])
def test_a_temporary_oauth_error_is_no_refusal(error):
    assert exchange(answering(400, json={"error": error})) == Unanswered("server_error", True, 400, None)


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "open_id", "expires_in", "refresh_expires_in"])
@pytest.mark.parametrize("change", ["missing", "empty"])
def test_an_incomplete_grant_is_malformed(name, change):
    said = {key: value for key, value in GRANT.items() if key != name} | ({name: ""} if change == "empty" else {})

    assert exchange(answering(json=said)) == Unanswered("malformed", True, 200, None)


def test_an_unknown_token_answer_is_no_answer():
    assert exchange(answering(text="<html></html>")) == Unanswered("unreadable", True, 200, None)
    assert exchange(answering(content=b"")) == Unanswered("malformed", True, 200, None)


def test_a_lost_refresh_may_have_rotated_the_token():
    answer = oauth.refresh(failing(httpx.ReadTimeout("no")).tiktok, APP, SecretStr("rft.old"))

    assert answer == Unanswered("timeout", True, None, None)


@pytest.mark.parametrize("body", [{"content": b""}, {"content": b" \n"}, {"json": {}}])
def test_a_revoke_succeeds_with_an_empty_answer(body):
    asked = answering(**body)

    assert oauth.revoke(asked.tiktok, APP, SecretStr("act.x")) is None
    assert asked.only.url.path == "/v2/oauth/revoke/"
    assert form(asked.only) == {"client_key": "app-key", "client_secret": "app-secret", "token": "act.x"}


def test_a_revoke_can_be_refused_or_unanswered():
    refused = answering(json={"error": "invalid_client", "error_description": "d", "log_id": "l"})
    html = answering(text="<html></html>")

    assert oauth.revoke(refused.tiktok, APP, SecretStr("act.x")) == Refused("invalid_client", "d", "l", 200)
    assert oauth.revoke(html.tiktok, APP, SecretStr("act.x")) == Unanswered("unreadable", True, 200, None)
