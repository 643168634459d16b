"""Creative Center, EnsembleData and oEmbed (sections 13.1-13.3), and the degradations of each source."""

from typing import Any

import httpx
import pytest

from tests.sandbox.business import BusinessApp

DAY = 86_400
HASHTAGS = "/CreativeOne/KnowledgeAPI/GetHashtagList"
VIDEOS = "/CreativeOne/Report/CreativeCenterGetTopContentsList"
AS_TEXTS = {"agw-js-conv": "str"}


def hashtags(app, headers: dict[str, str] | None = None, **change: Any) -> dict[str, Any]:
    asked = {"timeRange": 7, "countryCode": "DE", "page": 1, "limit": 20} | change
    return app.http.post(HASHTAGS, json=asked, headers=headers or {}).json()


def videos(app, country: str, host: str = "", **change: Any) -> dict[str, Any]:
    end = app.http.get(f"{host}/CreativeOne/Report/GetTopContentsOverview").json()["lastWeeklyEndTimestamp"]
    asked = {"periodDimension": 3, "periodEndTimestamp": end, "countryCode": country, "orderByMetric": 1, **change}
    return app.http.get(host + VIDEOS, params=asked).json()


def status(answer: dict[str, Any]) -> int:
    return answer["BaseResp"]["StatusCode"]


def ensemble(app, path: str = "tt/keyword/search", token: str = "ensemble-token", **query: Any) -> httpx.Response:
    return app.http.get(f"/apis/{path}", params={"token": token, "name": "tea", "period": 7, **query})


def test_the_top_three_hashtags_need_no_login_and_their_ids_have_the_requested_type(app):
    bare, texts = hashtags(app), hashtags(app, AS_TEXTS)

    assert [one["rankIndex"] for one in bare["items"]] == ["1", "2", "3"]
    assert isinstance(bare["items"][0]["hashtagID"], int)
    assert isinstance(texts["items"][0]["hashtagID"], str)
    assert bare["pagination"] == {"page": 1, "limit": 20, "totalCount": "100", "hasMore": True}
    assert status(hashtags(app, page=2)) == 38001001
    assert status(app.http.post("/CreativeOne/KnowledgeAPI/GetHashtagDetail", json={}).json()) == 38001001


def test_the_last_point_of_a_history_is_a_partial_today(app):
    now = app.admin("GET", "clock")["now"]
    app.admin("POST", "clock", {"advance": DAY - now % DAY})

    curve = hashtags(app)["items"][0]["popularityCurve"]

    assert len(curve) == 7
    assert int(curve[-1]["value"]) < int(curve[-2]["value"]) / 100


def test_official_and_scraped_ranks_show_the_same_trends(app):
    business = BusinessApp(app)
    token, advertiser_id = business.advertiser()
    asked = {"advertiser_id": advertiser_id, "discovery_type": "HASHTAG", "country_code": "DE"}

    official = business.get("/discovery/trending_list/", token, **asked)["data"]["list"]

    scraped = hashtags(app, AS_TEXTS)["items"]
    assert [one["hashtag_id"] for one in official[:3]] == [one["hashtagID"] for one in scraped]


@pytest.mark.parametrize("change", [{"timeRange": 1}, {"limit": 21}, {"countryCode": None}, {"page": 0}])
def test_an_invalid_query_gets_a_status_code_on_http_200(app, change):
    assert status(hashtags(app, **change)) not in (0, 38001001)


def test_videos_are_public_for_five_countries_and_the_us_has_its_own_host(app):
    answers = {
        "JP": videos(app, "JP"),
        "US": videos(app, "US", "/us"),
        "DE": videos(app, "DE"),
        "US elsewhere": videos(app, "US"),
        "JP in the US": videos(app, "JP", "/us"),
    }

    assert {name: (status(one), len(one.get("entityInfos", []))) for name, one in answers.items()} == {
        "JP": (0, 4),
        "US": (0, 4),
        "DE": (38001001, 0),
        "US elsewhere": (38001001, 0),
        "JP in the US": (38001001, 0),
    }
    assert videos(app, "JP", periodEndTimestamp=1)["entityInfos"] == []


def test_the_old_api_has_no_data_and_accepts_a_correct_signature(app):
    path = "/creative_radar_api/v1/popular_trend/hashtag/list"

    unsigned = app.http.get(path)
    signed = app.http.get(path, headers={"user-sign": "0123456789abcdef", "timestamp": "1700000000"})

    assert (unsigned.status_code, unsigned.json()["code"]) == (200, 40101)
    assert (signed.json()["code"], signed.json()["msg"], signed.json()["data"]) == (0, "deprecated", {})


def test_only_keyword_posts_are_wrapped(app):
    words, tags = ensemble(app), ensemble(app, "tt/hashtag/posts")

    assert words.headers["units_charged"] == "1"
    assert (len(words.json()["data"]["data"]), words.json()["data"]["nextCursor"]) == (20, 20)
    assert set(words.json()["data"]["data"][0]) == {"aweme_info"}
    assert {"aweme_id", "desc", "statistics", "author"} <= set(tags.json()["data"]["data"][0])
    assert ensemble(app, cursor=20).json()["data"]["data"] != words.json()["data"]["data"]


def test_units_are_counted_up_to_the_daily_limit(app):
    app.settings(ensembledata_units_per_day=2)
    codes = [ensemble(app).status_code for _ in range(3)]
    app.admin("POST", "clock", {"advance": DAY})

    assert codes == [200, 200, 495]
    assert ensemble(app).status_code == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [({"token": "no"}, 491), ({"name": ""}, 422), ({"period": 8}, 422), ({"country": "Germany"}, 466)],
)
def test_an_invalid_query_gets_its_own_status_and_costs_nothing(app, change, code):
    answer = ensemble(app, **change)

    today = app.http.get("/apis/customer/get-used-units", params={"token": "ensemble-token", "date": "2026-01-01"})
    assert (answer.status_code, answer.json()) == (code, {"detail": f"error {code}"})
    assert today.json()["data"]["units"] == 0


def test_the_journal_contains_neither_token_nor_query(app):
    ensemble(app)

    [entry] = app.journal(route="ensemble_keyword")
    assert "ensemble-token" not in str(entry)
    assert entry["notes"] == ["name=tea"]


@pytest.mark.parametrize("code", ["429", "469", "492", "493", "500", "520"])
def test_faults_can_cause_the_other_statuses(app, code):
    app.fault("ensemble_keyword", "error", code=code)

    answer = ensemble(app)

    assert (answer.status_code, set(answer.json())) == (int(code), {"detail"})


def test_oembed_knows_the_returned_videos_and_the_creators_own(app):
    shown = ensemble(app).json()["data"]["data"][0]["aweme_info"]
    own = app.admin("POST", "creators/lena.public/videos", {"title": "cats"})["id"]

    found = app.http.get("/oembed", params={"url": shown["share_url"]}).json()
    mine = app.http.get("/oembed", params={"url": f"https://www.tiktok.com/@lena.public/video/{own}"}).json()

    addresses = [shown["share_url"], found["author_url"], found["thumbnail_url"]]
    assert [app.http.get(url).status_code for url in addresses if url.startswith(f"{app.url}/")] == [200] * 3
    assert (found["title"], found["author_unique_id"]) == (shown["desc"], shown["author"]["unique_id"])
    assert (mine["title"], mine["author_unique_id"]) == ("cats", "lena.public")


@pytest.mark.parametrize(
    "url", ["", "@x/video/1", "https://www.tiktok.com/@x/video/1", "https://evil.example/@x/video/1"]
)
def test_oembed_knows_no_other_address(app, url):
    assert app.http.get("/oembed", params={"url": url}).status_code == 400


def test_an_odd_source_returns_the_same_list_with_odd_texts_and_numbers(app):
    well = hashtags(app)["items"]
    app.settings(degraded={"creative_hashtags": "odd"})

    odd = hashtags(app)["items"]

    assert [row["hashtagID"] for row in odd] == [row["hashtagID"] for row in well]
    assert odd[0]["hashtagName"] == f"{well[0]['hashtagName']} \ud83c"
    assert odd[0]["vv"] == int("9" * 400)


def test_a_source_stays_degraded_until_it_is_restored(app):
    ways = {}
    for way in ("deprecated", "empty", "renamed", "moved", "login", "login_page", "region", "captcha"):
        app.settings(degraded={"creative_hashtags": way})
        ways[way] = app.http.post(HASHTAGS, json={"timeRange": 7, "countryCode": "DE"})
    app.settings(degraded={})

    assert ways["deprecated"].json()["msg"] == "deprecated"
    assert ways["empty"].json()["items"] == []
    assert set(ways["renamed"].json()["items"][0]) & {"hashtagID", "hashtagName", "rankIndex"} == set()
    assert "items" not in ways["moved"].json()
    assert status(ways["login"].json()) == 38001001
    assert ways["login_page"].status_code == 302
    assert ways["region"].status_code == 403
    assert "captcha" in ways["captcha"].text
    assert len(hashtags(app)["items"]) == 3
    assert app.journal(route="creative_hashtags")[-2]["notes"] == ["country=DE", "degraded=captcha"]


def test_discovery_and_oembed_can_be_degraded_too(app):
    business = BusinessApp(app)
    tokens = business.holder()
    own = app.admin("POST", "creators/lena.public/videos", {"title": "cats"})["id"]
    app.settings(
        degraded={
            "discovery_search": "moved",
            "discovery_related": "renamed",
            "discovery_music": "renamed",
            "oembed": "renamed",
        }
    )

    words, tracks = (
        business.get(f"/discovery/{path}/", tokens["access_token"], business_id=tokens["open_id"])["data"]
        for path in ("trending/search", "cml/trending_list")
    )
    related = business.get(
        "/discovery/trending/search/keyword/", tokens["access_token"], business_id=tokens["open_id"], query="tea"
    )
    seen = app.http.get("/oembed", params={"url": f"https://www.tiktok.com/@lena.public/video/{own}"}).json()

    assert isinstance(related["data"]["search_keywords"][0], dict)
    assert set(words) == {"search_keywords_v2"}
    assert "commercial_music_name" not in tracks["list"][0]
    assert "title" not in seen


@pytest.mark.parametrize(
    "degraded",
    [
        {"comment_list": "empty"},
        {"nowhere": "empty"},
        {"discovery_music": "login"},
        {"oembed": "empty"},
        {"oembed": "moved"},
        {"oembed": "flu"},
    ],
)
def test_not_every_route_supports_every_degradation(app, degraded):
    assert app.http.patch("/_sandbox/settings", json={"degraded": degraded}).status_code == 422
