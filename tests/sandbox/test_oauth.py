import re

import httpx
import pytest

REDIRECT_URI = "http://127.0.0.1:9999/callback"


def exchange(app, code, **form):
    return app.token(grant_type="authorization_code", code=code, **{"redirect_uri": REDIRECT_URI, **form})


def test_a_connection_gets_a_flat_answer_with_the_documented_lifetimes(app):
    callback = app.consent("tom.private")

    reply = exchange(app, callback["code"]).json()

    assert callback["state"] == "s1"
    assert callback["scopes"] == "user.info.basic,video.publish,video.upload"
    assert {"*", "!"} <= set(callback["code"])
    assert reply["expires_in"] == 7200
    assert reply["refresh_expires_in"] == 15_552_000
    assert reply["scope"] == callback["scopes"]
    assert reply["token_type"] == "Bearer"


def test_a_code_works_once(app):
    code = app.consent("tom.private")["code"]
    exchange(app, code)

    again = exchange(app, code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert again.json()["log_id"]


def test_a_code_expires(app):
    code = app.consent("tom.private")["code"]
    app.admin("POST", "clock", {"advance": 600})

    assert exchange(app, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("wrong", [{"client_secret": "no"}, {"client_key": "no"}])
def test_the_client_must_be_correct(app, wrong):
    reply = app.token(grant_type="authorization_code", code="x", redirect_uri=REDIRECT_URI, **wrong)

    assert reply.json()["error"] == "invalid_client"


def test_the_apps_own_token_shows_that_key_and_secret_are_right(app):
    right = app.token(grant_type="client_credentials").json()

    assert right["access_token"].startswith("clt.")
    assert "open_id" not in right
    assert app.token(grant_type="client_credentials", client_secret="no").json()["error"] == "invalid_client"


def test_other_grant_types_are_refused(app):
    assert app.token(grant_type="password").json()["error"] == "unsupported_grant_type"
    assert app.token().json()["error"] == "invalid_request"


def test_the_hex_challenge_of_a_desktop_app_is_checked(app, pkce):
    app.settings(platform="desktop")
    verifier, challenge = pkce
    asking = app.authorize_url(code_challenge=challenge, code_challenge_method="S256")
    right = app.consent("tom.private", authorize_url=asking)["code"]
    wrong = app.consent("tom.private", authorize_url=asking)["code"]
    missing = app.consent("tom.private", authorize_url=asking)["code"]

    assert exchange(app, right, code_verifier=verifier).status_code == 200
    assert "verifier" in exchange(app, wrong, code_verifier=verifier + "x").json()["error_description"]
    assert exchange(app, missing).json()["error"] == "invalid_grant"


BASE64URL = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}


@pytest.mark.parametrize("challenge", [{}, BASE64URL, {"code_challenge": "0" * 64, "code_challenge_method": "plain"}])
def test_the_page_refuses_a_desktop_app_without_a_hex_challenge(app, challenge):
    app.settings(platform="desktop")

    page = app.http.get(app.authorize_url(**challenge))

    assert page.status_code == 400
    assert "code_challenge" in page.text


@pytest.mark.parametrize("challenge", [{}, BASE64URL])
def test_pkce_of_a_web_app_is_ignored(app, challenge):
    code = app.consent("tom.private", authorize_url=app.authorize_url(**challenge))["code"]

    assert exchange(app, code, code_verifier="anything").status_code == 200


@pytest.mark.parametrize("error", ["invalid_request", "invalid_grant"])
def test_a_code_is_bound_to_its_redirect_uri(app, error):
    if error != "invalid_request":
        app.settings(redirect_mismatch_error=error)
    code = app.consent("tom.private")["code"]

    reply = exchange(app, code, redirect_uri=REDIRECT_URI + "/")

    assert (reply.status_code, reply.json()["error"]) == (400, error)
    assert exchange(app, code).json()["error"] == "invalid_grant"


def test_the_authorize_page_needs_no_final_slash(app):
    bare = app.authorize_url().replace("/authorize/?", "/authorize?")

    page = app.http.get(bare)

    assert page.status_code == 200
    assert "/authorize?" in bare
    assert app.consent("tom.private", authorize_url=bare)["code"]
    assert app.journal()[-1]["route"] == "authorize"


def test_a_refresh_invalidates_only_the_old_refresh_token(app):
    first = app.connect()

    second = app.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    reused = app.token(grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert reused.json()["error"] == "invalid_grant"
    assert app.call("post/publish/creator_info/query/", first["access_token"]).status_code == 200
    assert app.call("post/publish/creator_info/query/", second["access_token"]).status_code == 200


def test_a_refresh_invalidates_the_access_token_if_set(app):
    app.settings(refresh_kills_access_token=True)
    first = app.connect()

    app.token(grant_type="refresh_token", refresh_token=first["refresh_token"])

    refused = app.call("post/publish/creator_info/query/", first["access_token"])
    assert refused.json()["error"]["code"] == "access_token_invalid"


def test_tokens_expire_on_the_sandboxs_clock(app):
    tokens = app.connect()
    app.admin("POST", "clock", {"advance": 7200})

    refused = app.call("post/publish/creator_info/query/", tokens["access_token"])
    renewed = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    app.admin("POST", "clock", {"advance": 15_552_000})
    late = app.token(grant_type="refresh_token", refresh_token=renewed.json()["refresh_token"])

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "access_token_invalid")
    assert renewed.status_code == 200
    assert late.json()["error"] == "invalid_grant"


def test_errors_have_status_200_if_set(app):
    app.settings(oauth_errors_on_200=True)

    reply = app.token(grant_type="refresh_token", refresh_token="none")

    assert (reply.status_code, reply.json()["error"]) == (200, "invalid_grant")


def test_revoking_invalidates_the_tokens_and_sends_a_webhook(app, receiver):
    app.settings(webhook_url=f"{receiver.url}/hook")
    tokens = app.connect()

    reply = app.http.post(
        "/v2/oauth/revoke/",
        data={"client_key": "ck", "client_secret": "secret", "token": tokens["access_token"]},
    )

    assert (reply.status_code, reply.json()) == (200, {})
    assert app.call("post/publish/creator_info/query/", tokens["access_token"]).status_code == 401
    assert app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400
    ((_, body),) = receiver.wait_for(1)
    assert b'"authorization.removed"' in body
    assert b'{\\"reason\\":5}' in body


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_key": "other"}, "client_key"),
        ({"redirect_uri": REDIRECT_URI + "/"}, "redirect_uri"),
        ({"scope": "video.publish,video.create"}, "error=invalid_scope"),
        ({"scope": "user.info.basic video.publish"}, "error_type=scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": ""}, "state"),
    ],
)
def test_an_invalid_request_gets_an_error_page(app, change, words):
    page = app.http.get(app.authorize_url(**change))

    assert page.status_code == 400
    assert words in page.text


@pytest.mark.parametrize(("audited", "username"), [(False, "tom.private"), (True, "lena.public")])
def test_the_page_preselects_a_creator_that_the_app_can_post_for(app, audited, username):
    app.settings(audited=audited)

    page = app.http.get(app.authorize_url()).text

    [chosen] = re.findall(r"checked>\s*<span>[^<]*<small>@([\w.]+)", page.split("The app may")[0])
    assert chosen == username


def test_a_person_may_decline_scopes(app):
    page = app.http.get(app.authorize_url()).text
    tom = re.search(r'value="([^"]+)"[^>]*>\s*<span>Tom', page)
    assert tom
    form = {"open_id": tom[1], "decision": "allow", "scopes": ["video.upload"]}

    answer = app.http.post(app.authorize_url(), data=form)

    callback = httpx.URL(answer.headers["location"])
    assert callback.params["scopes"] == "user.info.basic,video.upload"
    assert exchange(app, callback.params["code"]).json()["scope"] == "user.info.basic,video.upload"


def test_a_person_may_refuse_consent(app):
    answer = app.http.post(app.authorize_url(), data={"decision": "deny"})

    callback = httpx.URL(answer.headers["location"])
    assert dict(callback.params)["error"] == "access_denied"
    assert callback.params["state"] == "s1"


def test_a_signed_in_creator_skips_the_page_unless_told_otherwise(app):
    tom = next(one for one in app.admin("GET", "creators")["items"] if one["username"] == "tom.private")
    form = {"open_id": tom["open_id"], "decision": "allow", "scopes": ["video.publish", "video.upload"]}
    first = app.http.post(app.authorize_url(), data=form)
    exchange(app, httpx.URL(first.headers["location"]).params["code"])

    skipped = app.http.get(app.authorize_url())
    shown = app.http.get(app.authorize_url(disable_auto_auth=1))

    assert skipped.status_code == 302
    assert exchange(app, httpx.URL(skipped.headers["location"]).params["code"]).json()["open_id"] == tom["open_id"]
    assert shown.status_code == 200


def test_consent_without_a_browser_can_refuse(app):
    assert app.consent("tom.private", deny=True)["error"] == "access_denied"
