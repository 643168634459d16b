"""The two consents of TikTok API for Business and their tokens (sections 12, 13.0)."""

import json

import httpx
import pytest

from tests.sandbox.business import BACK, V13, BusinessApp


@pytest.fixture
def business(app) -> BusinessApp:
    return BusinessApp(app)


def test_a_holder_gets_a_token_for_a_day_a_refresh_token_for_a_year_and_an_open_id_of_this_portal(app, business):
    back = business.consent(business.holder_url(), username="lena.public")

    answer = business.exchange(back["auth_code"])

    data = answer["data"]
    lena = next(one for one in app.admin("GET", "creators")["items"] if one["username"] == "lena.public")
    assert (answer["code"], answer["message"], back["state"]) == (0, "OK", "s")
    assert (data["expires_in"], data["refresh_token_expires_in"]) == (86_400, 31_536_000)
    assert data["open_id"] == lena["business_id"] != lena["open_id"]
    assert data["scope"] == "comment.list,comment.list.manage,discovery.search.words"


def test_an_advertiser_gets_a_token_without_expiry(app, business):
    back = business.consent(business.advertiser_url(), advertiser_ids=["7000000000000000102"])
    data = business.exchange_advertiser(back["auth_code"])["data"]
    app.admin("POST", "clock", {"advance": 400 * 86_400})

    asked = {"advertiser_id": "7000000000000000102", "discovery_type": "HASHTAG"}
    answer = business.get("/discovery/trending_list/", data["access_token"], **asked)

    assert (back["auth_code"], back["state"]) == (back["code"], "s")
    assert data["advertiser_ids"] == ["7000000000000000102"]
    assert answer["code"] == 0


def test_an_auth_code_works_once_for_ten_minutes_and_only_in_its_own_call(app, business):
    used, late = (business.consent(business.holder_url(), username="lena.public")["auth_code"] for _ in range(2))
    foreign = business.consent(business.advertiser_url())["auth_code"]
    business.exchange(used)

    again, other = business.exchange(used), business.exchange(foreign)
    app.admin("POST", "clock", {"advance": 600})

    assert again["code"] == other["code"] == business.exchange(late)["code"] == 40131


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_secret": "no"}, 40001),
        ({"client_id": "no"}, 40001),
        ({"redirect_uri": BACK + "x/"}, 40002),
        ({"grant_type": "client_credentials"}, 40002),
        ({"client_key": "77", "client_id": ""}, 40002),
    ],
)
def test_each_call_needs_its_own_field_names_and_the_correct_secret(business, change, code):
    auth_code = business.consent(business.holder_url(), username="lena.public")["auth_code"]

    assert business.exchange(auth_code, **change)["code"] == code


def test_each_call_accepts_only_its_own_field_names(business):
    code = business.consent(business.advertiser_url())["auth_code"]
    holders_words = {"client_id": "77", "client_secret": "business-secret", "auth_code": code}

    assert business.post("/oauth2/access_token/", holders_words)["code"] == 40002


def test_a_refresh_ends_the_old_refresh_token_and_leaves_the_access_token(business):
    first = business.holder()

    second = business.refresh(first["refresh_token"])["data"]

    assert second["open_id"] == first["open_id"]
    assert second["refresh_token"] != first["refresh_token"]
    assert business.refresh(first["refresh_token"])["code"] == 40105
    assert [search(business, tokens) for tokens in (first, second)] == [0, 0]


@pytest.mark.parametrize("answers", ["same", "none"])
def test_a_refresh_may_keep_the_refresh_token(app, business, answers):
    app.settings(business_refresh_answers=answers)
    first = business.holder()

    second = business.refresh(first["refresh_token"])["data"]

    assert second.get("refresh_token") == (first["refresh_token"] if answers == "same" else None)
    assert business.refresh(first["refresh_token"])["code"] == 0


def test_tokens_expire_and_lifetimes_can_be_set(app, business):
    app.settings(business_access_lifetime=100, business_refresh_lifetime=200)
    tokens = business.holder()
    app.admin("POST", "clock", {"advance": 100})

    refused = search(business, tokens)
    renewed = business.refresh(tokens["refresh_token"])["data"]
    app.admin("POST", "clock", {"advance": 200})

    assert refused == 40105
    assert renewed["expires_in"] == 100
    assert business.refresh(renewed["refresh_token"])["code"] == 40105


def test_revoking_or_withdrawing_a_grant_ends_its_tokens(app, business):
    revoked, withdrawn = business.holder(), business.holder("tom.private")
    client = {"client_id": "77", "client_secret": "business-secret", "access_token": revoked["access_token"]}

    answer = business.post("/tt_user/oauth2/revoke/", client)
    app.admin("POST", "creators/tom.private/business-withdrawal")

    assert answer["code"] == 0
    assert [search(business, tokens) for tokens in (revoked, withdrawn)] == [40105, 40105]
    assert business.refresh(revoked["refresh_token"])["code"] == 40105


def test_a_token_shows_its_scopes(business):
    tokens = business.holder(scope="comment.list")

    answer = business.post("/tt_user/token_info/get/", {"app_id": "77", "access_token": tokens["access_token"]})

    assert answer["data"] == {"app_id": "77", "creator_id": tokens["open_id"], "scope": "comment.list"}


def test_without_a_token_of_the_right_kind_no_data_is_returned(app, business):
    advertiser, advertiser_id = business.advertiser()
    login_kit = app.connect()["access_token"]
    holder = business.holder()
    music = {"business_id": holder["open_id"]}
    hashtags = {"advertiser_id": advertiser_id, "discovery_type": "HASHTAG"}

    assert business.get("/discovery/cml/trending_list/", **music)["code"] == 40104
    assert business.get("/discovery/cml/trending_list/", login_kit, **music)["code"] == 40105
    assert business.get("/discovery/cml/trending_list/", advertiser, **music)["code"] == 40001
    assert business.get("/discovery/cml/trending_list/", holder["access_token"], business_id="x")["code"] == 40001
    assert business.get("/discovery/trending_list/", holder["access_token"], **hashtags)["code"] == 40001
    assert app.call("user/info/", holder["access_token"]).status_code in (401, 405)


def test_an_unknown_path_has_no_schema(business):
    assert business.post("/business/comment/status/update/", {})["code"] == 40006
    assert business.get("/business/mention/list/")["code"] == 40006


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:9999/business/callback",
        "https://a.example/callback/",
        "https://a.example:8443/callback/",
        "http://a.example/callback/",
        "https://a.example/callback/?x=1/",
        "/",
    ],
)
def test_a_redirect_uri_must_end_in_a_slash_and_be_registered(app, business, uri):
    registered = [BACK, *(one for one in [uri] if one != "https://a.example/callback/")]
    app.http.patch("/_sandbox/settings", json={"business_redirect_uris": registered})

    pages = [
        app.http.get(url) for url in (business.holder_url(redirect_uri=uri), business.advertiser_url(redirect_uri=uri))
    ]

    assert [page.status_code for page in pages] == [400, 400]
    assert "redirect_uri" in pages[0].text


@pytest.mark.parametrize("change", [{"client_key": "no"}, {"scope": ""}, {"response_type": "token"}])
def test_an_invalid_request_of_a_holder_gets_an_error_page(app, business, change):
    assert app.http.get(business.holder_url(**change)).status_code == 400


def test_the_pages_redirect_with_the_decision(app, business):
    lena = next(one for one in app.admin("GET", "creators")["items"] if one["username"] == "lena.public")
    holder = {"decision": "allow", "open_id": lena["open_id"], "scopes": ["comment.list"]}
    advertiser = {"decision": "allow", "advertiser_ids": ["7000000000000000101"]}

    shown = [app.http.get(url).text for url in (business.holder_url(), business.advertiser_url())]
    agreed = app.http.post(business.holder_url(), data=holder)
    paid = app.http.post(business.advertiser_url(), data=advertiser)
    refused = app.http.post(business.holder_url(), data={"decision": "deny"})

    assert "comment.list.manage" in shown[0]
    assert "7000000000000000102" in shown[1]
    assert business.exchange(callback(agreed).params["auth_code"])["data"]["scope"] == "comment.list"
    assert business.exchange_advertiser(callback(paid).params["auth_code"])["data"]["advertiser_ids"]
    assert dict(callback(refused).params)["error"] == "access_denied"


def test_the_journal_names_the_creator_and_hides_every_secret(app, business):
    tokens = business.holder()
    business.refresh(tokens["refresh_token"])
    search(business, tokens)

    entries = app.journal()

    shown = json.dumps(entries)
    issued = [one["value"] for one in app.admin("GET", "issued")["items"]]
    lena = next(one for one in app.admin("GET", "creators")["items"] if one["username"] == "lena.public")
    assert [one["route"] for one in entries] == ["business_token", "business_refresh", "discovery_search"]
    assert {one["open_id"] for one in entries} == {lena["open_id"]}
    assert entries[0]["secrets"]["new_access_token"] == entries[2]["secrets"]["access_token"]
    assert len(issued) == 5
    assert [one for one in issued if one in shown] == []


def test_faults_use_the_error_format_of_the_route(app, business):
    tokens = business.holder()
    lena = app.journal()[0]["open_id"]
    app.fault("business_refresh", "error", code="40100", open_id=lena)
    app.fault("business_token", "answer", status=502, body="<h1>Bad gateway</h1>")

    limited = business.refresh(tokens["refresh_token"])
    down = app.http.post(f"{V13}/tt_user/oauth2/token/", json={})

    assert (limited["code"], limited["data"]) == (40100, {})
    assert down.status_code == 502
    assert app.http.post("/_sandbox/faults", json={"route": "business_token", "kind": "error", "code": "no"}).is_error


def search(business: BusinessApp, tokens: dict[str, str]) -> int:
    return business.get("/discovery/trending/search/", tokens["access_token"], business_id=tokens["open_id"])["code"]


def callback(response: httpx.Response) -> httpx.URL:
    assert response.status_code == 303
    return httpx.URL(response.headers["location"])
