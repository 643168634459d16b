"""A browser goes to TikTok API for Business and back, through the function that serves these pages."""

import base64
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from dropcast.accounts.business.connect_business import begin_business
from dropcast.accounts.business.connection_store import all_business
from dropcast.accounts.connect.begin_consent import ConnectLink
from functions.http.connect.handler import handler
from tests.unit.support.business import CODE
from tests.unit.support.functions import context

START = "/oauth/business/start"
CALLBACK = "/oauth/business/callback/"
RETURN_TO = "https://app.example/done"


def call(path: str, query: dict[str, str] | None = None, *, cookies: str = "", form: dict[str, str] | None = None):
    method = "GET" if form is None else "POST"
    event = {
        "version": "2.0",
        "routeKey": "GET /oauth/business/{proxy+}",
        "rawPath": path,
        "headers": {},
        "cookies": [one for one in cookies.split("; ") if one],
        "queryStringParameters": query,
        "pathParameters": {"proxy": path.removeprefix("/oauth/business/")},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": base64.b64encode(urlencode(form or {}).encode()).decode(),
        "isBase64Encoded": True,
    }
    return handler(event, context())


def opened(kind="account", return_to: str | None = RETURN_TO):
    """The page's answer, the fields of its form, and its cookie as the browser returns it."""
    link = begin_business(kind, "user-1", return_to)
    assert isinstance(link, ConnectLink)
    answer = call(START, {"c": link.connect_url.split("?c=")[1]})
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer["body"]))
    return answer, fields, answer["cookies"][0].partition("; ")[0]


def started(**more) -> tuple[str, str]:
    """The state, and the cookie as the browser returns it."""
    _, fields, cookie = opened(**more)
    answer = call(START, form=fields, cookies=cookie)
    assert answer["statusCode"] == 303
    state = parse_qs(urlsplit(answer["headers"]["Location"]).query)["state"][0]
    return state, answer["cookies"][0].partition("; ")[0]


@pytest.mark.parametrize(("kind", "words"), [("advertiser", "read TikTok"), ("account", "read the comments")])
def test_the_page_names_the_requested_permissions_and_its_form_posts_here(business, kind, words):
    answer, _, cookie = opened(kind)

    assert answer["statusCode"] == 200
    assert words in answer["body"]
    assert f'action="{START}"' in answer["body"]
    assert "frame-ancestors 'none'" in answer["headers"]["Content-Security-Policy"]
    assert cookie.startswith("__Host-dropcast_start_")


@pytest.mark.parametrize("kind", ["advertiser", "account"])
def test_a_browser_goes_to_tiktok_and_back_to_the_caller(business, kind):
    state, cookie = started(kind=kind)

    answer = call(CALLBACK, {"state": state, "auth_code": CODE}, cookies=cookie)

    [connection] = all_business()
    assert (answer["statusCode"], connection.kind) == (302, kind)
    assert answer["headers"]["Location"] == f"{RETURN_TO}?connected={connection.connection_id}"
    assert "Max-Age=86400" in answer["cookies"][0]


def test_a_gateway_may_remove_the_trailing_slash(business):
    state, cookie = started()

    answer = call(CALLBACK.rstrip("/"), {"state": state, "auth_code": CODE}, cookies=cookie)

    assert (answer["statusCode"], len(all_business())) == (302, 1)


def test_without_return_to_a_page_shows_the_outcome(business):
    state, cookie = started(return_to=None)

    answer = call(CALLBACK, {"state": state, "auth_code": CODE}, cookies=cookie)

    assert answer["statusCode"] == 200
    assert all_business()[0].connection_id in answer["body"]


def test_a_button_pressed_on_another_site_redirects_nowhere_and_uses_nothing_up(business):
    _, fields, cookie = opened()

    elsewhere = call(START, form=fields)

    assert (elsewhere["statusCode"], "connection_not_started_here" in elsewhere["body"]) == (403, True)
    assert call(START, form=fields, cookies=cookie)["statusCode"] == 303


def test_a_page_of_the_other_connect_flow_redirects_nowhere(business):
    _, fields, cookie = opened()

    assert call("/oauth/tiktok/start", form=fields, cookies=cookie)["statusCode"] == 410


def test_a_refusal_is_returned_to_the_caller(business):
    state, cookie = started()

    answer = call(CALLBACK, {"state": state, "error": "access_denied"}, cookies=cookie)

    assert answer["headers"]["Location"] == f"{RETURN_TO}?error=access_denied"


def test_a_callback_replayed_in_another_browser_ends_on_a_page(business):
    state, cookie = started()
    call(CALLBACK, {"state": state, "auth_code": CODE}, cookies=cookie)

    again = call(CALLBACK, {"state": state, "auth_code": CODE})

    assert (again["statusCode"], "connection_expired" in again["body"]) == (410, True)


def test_no_secret_of_the_flow_is_logged(business, written):
    state, cookie = started()
    spoiled = started()

    call(CALLBACK, {"state": state, "auth_code": CODE}, cookies=cookie)
    call(CALLBACK, {"state": spoiled[0], "auth_code": "canary-spent"}, cookies=spoiled[1])

    output = written()
    assert "business_connection.connected" in output
    assert "business_connection.refused" in output
    for secret in ("canary", state, spoiled[0], cookie.partition("=")[2]):
        assert secret not in output
