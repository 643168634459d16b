import base64
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from dropcast.accounts.connect import connect_account
from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.settings import settings
from functions.http.connect.handler import handler
from tests.unit.support.accounts import items
from tests.unit.support.functions import context

RETURN_TO = "https://app.example/done"


def call(
    path: str,
    query: dict[str, str] | None = None,
    *,
    cookies: str = "",
    as_list: bool = True,
    form: dict[str, str] | None = None,
) -> dict:
    method = "GET" if form is None else "POST"
    event = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "headers": {} if as_list else {"cookie": cookies},
        "cookies": [one for one in cookies.split("; ") if one] if as_list else None,
        "queryStringParameters": query,
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": base64.b64encode(urlencode(form or {}).encode()).decode(),
        "isBase64Encoded": True,
    }
    return handler(event, context())


def link(return_to: str | None = RETURN_TO, user_id: str = "user-1", **more) -> str:
    connection = begin_connection(user_id, return_to, **more)
    assert isinstance(connection, ConnectLink)
    return connection.connect_url.split("?c=")[1]


def opened(link_id: str) -> tuple[dict, dict[str, str], str]:
    """The page's answer, the fields of its form, and its cookie as the browser returns it."""
    answer = call("/oauth/tiktok/start", {"c": link_id})
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer["body"]))
    return answer, fields, answer["cookies"][0].partition("; ")[0]


def started(return_to: str | None = RETURN_TO) -> tuple[str, str, str]:
    """The state, the cookie as the browser returns it, and the cookie's attributes."""
    _, fields, cookie = opened(link(return_to))
    answer = call("/oauth/tiktok/start", form=fields, cookies=cookie)
    assert answer["statusCode"] == 303
    state = parse_qs(urlsplit(answer["headers"]["Location"]).query)["state"][0]
    cookie, _, attributes = answer["cookies"][0].partition("; ")
    return state, cookie, attributes


def test_opening_a_link_does_not_use_it_up(tiktok):
    link_id = link()

    first, second = opened(link_id)[0], opened(link_id)[0]

    assert (first["statusCode"], second["statusCode"]) == (200, 200)
    assert items("connections")[0]["pk"].startswith("link#")


def test_the_page_names_the_app_and_the_requested_permissions(tiktok, cloud):
    cloud.setenv("APP_NAME", "Ana's <studio>")
    settings.cache_clear()

    page = opened(link(user_id="user-42", scopes=["video.publish"]))[0]["body"]

    assert "Ana&#x27;s &lt;studio&gt;" in page
    assert "user-42" in page
    assert "post to your account" in page
    assert "inbox" not in page


def test_without_a_name_the_page_names_the_host(tiktok):
    assert "dropcast.example" in opened(link())[0]["body"]


@pytest.mark.parametrize("user_id", ["Your bank: call now", "<b>x</b>", "evil.example", "ana@mail.example", "x" * 37])
def test_an_id_that_reads_like_a_message_is_not_shown(tiktok, user_id):
    assert user_id not in opened(link(user_id=user_id))[0]["body"]


def test_the_pages_cookie_is_never_sent_from_another_site(tiktok):
    answer, _, _ = opened(link())

    assert "SameSite=Strict" in answer["cookies"][0]
    assert answer["cookies"][0].startswith("__Host-dropcast_start_")


def test_a_button_pressed_on_another_site_redirects_nowhere_and_uses_nothing_up(tiktok):
    link_id = link()
    _, fields, cookie = opened(link_id)
    _, _, other_cookie = opened(link())

    for attempt in ({}, {"cookies": other_cookie}, {"cookies": f"{cookie}x"}):
        answer = call("/oauth/tiktok/start", form=fields, **attempt)
        assert (answer["statusCode"], "connection_not_started_here" in answer["body"]) == (403, True)
    without_key = call("/oauth/tiktok/start", form={"c": link_id}, cookies=cookie)

    assert without_key["statusCode"] == 403
    assert call("/oauth/tiktok/start", form=fields, cookies=cookie)["statusCode"] == 303


@pytest.mark.parametrize("as_list", [True, False], ids=["cookies", "cookie header"])
def test_a_browser_goes_to_tiktok_and_back_to_the_caller(tiktok, as_list):
    state, cookie, _ = started()

    answer = call("/oauth/tiktok/callback", {"state": state, "code": "c"}, cookies=f"a=b; {cookie}", as_list=as_list)

    assert answer["statusCode"] == 302
    assert answer["headers"]["Location"].startswith(f"{RETURN_TO}?connected=acc_")
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_the_cookie_over_https_has_the_host_prefix(tiktok):
    _, cookie, attributes = started()

    assert cookie.startswith("__Host-dropcast_connect_")
    assert set(attributes.split("; ")) == {"Path=/", "Max-Age=600", "HttpOnly", "Secure", "SameSite=Lax"}


def test_the_cookie_over_http_is_not_secure(tiktok, cloud):
    cloud.setenv("PUBLIC_URL", "http://127.0.0.1:8080")
    settings.cache_clear()

    _, cookie, attributes = started()

    assert cookie.startswith("dropcast_connect_")
    assert set(attributes.split("; ")) == {"Path=/", "Max-Age=600", "HttpOnly", "SameSite=Lax"}


def test_the_cookie_lasts_a_day_so_that_a_reload_shows_the_outcome(tiktok):
    state, cookie, _ = started()

    answer = call("/oauth/tiktok/callback", {"state": state, "code": "c"}, cookies=cookie)

    [kept] = answer["cookies"]
    assert kept.startswith(f"{cookie}; ")
    assert {"Max-Age=86400", "HttpOnly", "Secure", "SameSite=Lax"} <= set(kept.split("; "))


def test_without_return_to_a_page_shows_the_outcome(tiktok):
    state, cookie, _ = started(return_to=None)

    answer = call("/oauth/tiktok/callback", {"state": state, "code": "c"}, cookies=cookie)

    assert answer["statusCode"] == 200
    assert "Your TikTok account is connected" in answer["body"]
    assert answer["headers"]["Content-Security-Policy"].startswith("default-src 'none'")


def ended_page() -> str:
    """The last page of connecting without return_to."""
    state, cookie, _ = started(return_to=None)
    return call("/oauth/tiktok/callback", {"state": state, "code": "code-1"}, cookies=cookie)["body"]


def test_the_page_shows_declined_scopes_and_their_consequence(tiktok):
    tiktok.scopes = "user.info.basic,video.upload"

    page = ended_page()

    assert "You did not allow the app to post to your account." in page
    assert "connect again" in page
    assert "inbox" not in page


def test_the_page_shows_what_the_account_cannot_do_now_and_the_fix(tiktok, cloud):
    public = ended_page()
    tiktok.creator = tiktok.creator | {"privacy_level_options": ["FOLLOWER_OF_CREATOR", "SELF_ONLY"]}
    private = ended_page()
    tiktok.creator = tiktok.creator | {"privacy_level_options": ["PUBLIC_TO_EVERYONE"]}
    cloud.setenv("APP_AUDIT", "audited")
    settings.cache_clear()
    audited = ended_page()

    assert "switch your account to private in the TikTok app" in public
    assert "private" not in private + audited


def test_the_pages_load_nothing_and_cannot_be_framed(tiktok):
    for answer in (opened(link())[0], call("/oauth/tiktok/start", {"c": "none"})):
        headers, page = answer["headers"], answer["body"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert '<html lang="en">' in page
        assert re.search("<title>.+</title>", page)
        assert not re.search(r"""(src|href)=|url\(|@import|<script""", page)


def test_a_used_link_shows_a_message_and_the_fix(tiktok):
    answer = call("/oauth/tiktok/start", {"c": "guessed"})

    assert answer["statusCode"] == 410
    assert "already used, or its ten minutes are over" in answer["body"]
    assert "go back to the site or app that sent you here" in answer["body"]


def test_an_unknown_tiktok_error_is_in_the_log_and_not_on_the_page(tiktok, written):
    state, cookie, _ = started(return_to=None)

    answer = call("/oauth/tiktok/callback", {"state": state, "error": "<b>call us</b>"}, cookies=cookie)

    assert "call us" not in answer["body"]
    assert "tiktok_refused" in answer["body"]
    assert "<b>call us</b>" in written()


@pytest.mark.parametrize("path", ["/oauth/tiktok/start", "/oauth/tiktok/callback"])
def test_a_callback_without_parameters_is_not_our_error(tiktok, path):
    assert call(path)["statusCode"] == 410


def test_an_unexpected_failure_shows_a_page_and_no_secret(tiktok, monkeypatch, written):
    def fail(query, _):
        raise RuntimeError(query["code"])

    monkeypatch.setattr(connect_account, "callback", fail)

    answer = call("/oauth/tiktok/callback", {"state": "s", "code": "canary-code"})

    assert answer["statusCode"] == 500
    output = written()
    assert "RuntimeError" in output
    assert "canary" not in output + answer["body"]


def test_logs_name_the_outcome_and_no_secret(tiktok, written):
    state, cookie, _ = started()

    call("/oauth/tiktok/callback", {"state": state, "code": "canary-code"}, cookies=cookie)
    call("/oauth/tiktok/callback", {"state": state, "code": "canary-code"}, cookies=cookie)
    call("/oauth/tiktok/callback", {"state": state, "code": "canary-code"})

    output = written()
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert {"account.connected", "account.not_connected"} <= {line.get("message") for line in lines}
    assert not [one for one in (state, cookie.split("=")[1], "canary") if one in output]
