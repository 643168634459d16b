"""The Discovery API (section 13.0), with made-up trends that stay the same within a day."""

import json
from typing import Any

import pytest

from tests.sandbox.business import BusinessApp

DAY = 86_400


@pytest.fixture
def business(app) -> BusinessApp:
    return BusinessApp(app)


@pytest.fixture
def ask(business):
    """Send an advertiser's query; return the answer."""
    token, advertiser_id = business.advertiser()

    def ask(path: str, **query: Any) -> dict[str, Any]:
        asked = {"advertiser_id": advertiser_id, "discovery_type": "HASHTAG", **query}
        return business.get(f"/discovery/{path}/", token, **asked)

    return ask


@pytest.fixture
def ask_as_holder(business):
    tokens = business.holder()

    def ask(path: str, **query: Any) -> dict[str, Any]:
        return business.get(path, tokens["access_token"], business_id=tokens["open_id"], **query)

    return ask


def names(answer: dict[str, Any]) -> list[str]:
    return [one["hashtag_name"] for one in answer["data"]["list"]]


def test_two_hundred_ranked_hashtags_have_texts_and_a_partial_today(app, ask):
    answer = ask("trending_list", country_code="DE", category_name="FOOD", date_range="7DAY")

    listed, data = answer["data"]["list"], answer["data"]
    assert data["filter_info"] == {"date_range": "7DAY", "country_code": "DE", "category_name": "FOOD"}
    assert [one["rank_position"] for one in listed] == [str(rank) for rank in range(1, 201)]
    assert len({one["hashtag_id"] for one in listed}) == len(set(names(answer))) == 200
    assert [one["views"] for one in listed] == sorted((one["views"] for one in listed), reverse=True)
    assert len(listed[0]["trending_history"]) == 7
    assert isinstance(listed[0]["trending_history"][0]["rank_position_daily"], str)


def test_rank_change_compares_with_the_previous_period(ask):
    listed = ask("trending_list", country_code="DE", date_range="1DAY")["data"]["list"]

    changes = [one["rank_change"] for one in listed]
    assert "NEW" in changes
    assert any(one.startswith("-") for one in changes)
    assert any(one.isdigit() and one != "0" for one in changes)


def test_trends_stay_the_same_within_a_day_and_change_from_day_to_day(app, ask):
    now = app.admin("GET", "clock")["now"]
    app.admin("POST", "clock", {"advance": DAY - now % DAY + 60})

    morning = names(ask("trending_list", country_code="DE", date_range="1DAY"))
    app.admin("POST", "clock", {"advance": DAY / 2})
    evening = names(ask("trending_list", country_code="DE", date_range="1DAY"))
    app.admin("POST", "clock", {"advance": DAY})
    tomorrow = names(ask("trending_list", country_code="DE", date_range="1DAY"))

    assert morning == evening != tomorrow


def test_countries_and_categories_have_their_own_trends(ask):
    us, de = (names(ask("trending_list", country_code=country)) for country in ("US", "DE"))
    food = names(ask("trending_list", category_name="FOOD"))

    assert us == names(ask("trending_list"))
    assert us not in (de, food)


@pytest.mark.parametrize(
    "query",
    [
        {"discovery_type": "SONG"},
        {"discovery_type": "INDUSTRY"},
        {"date_range": "90DAY"},
        {"country_code": "Germany"},
        {"advertiser_id": ""},
    ],
)
def test_an_invalid_query_is_refused(ask, query):
    assert ask("trending_list", **query)["code"] == 40002


def test_an_advertiser_without_a_grant_is_refused(ask):
    assert ask("trending_list", advertiser_id="1")["code"] == 40001


def test_a_hashtag_has_details_while_it_is_listed(ask):
    first = ask("trending_list", country_code="DE")["data"]["list"][0]

    found = ask("detail", country_code="DE", hashtag_id=first["hashtag_id"])["data"]

    assert found["hashtag_name"] == first["hashtag_name"]
    assert found["audience_insights"]["audience_ages"]
    assert ask("detail", country_code="DE", hashtag_id="1")["data"] == {}


def test_videos_of_hashtags_have_only_ids_and_addresses(app, ask):
    first, second = ask("trending_list", country_code="DE")["data"]["list"][:2]
    ids = json.dumps([first["hashtag_id"], second["hashtag_id"], "1"])

    found = ask("video_list", country_code="DE", hashtag_ids=ids)["data"]["list"]

    assert [one["hashtag_name"] for one in found] == [first["hashtag_name"], second["hashtag_name"]]
    assert [len(one["top_video_list"]) for one in found] == [20, 20]
    assert set(found[0]["top_video_list"][0]) == {"video_id", "embed_url", "share_url"}


@pytest.mark.parametrize("ids", ["", "[]", "7", json.dumps([str(n) for n in range(11)]), "[1]"])
def test_hashtag_ids_are_a_json_array_of_up_to_ten(ask, ids):
    assert ask("video_list", hashtag_ids=ids)["code"] == 40002


def test_music_has_ranks_a_history_and_videos(ask_as_holder):
    tracks = ask_as_holder("/discovery/cml/trending_list/", country_code="DE", date_range="90DAY")["data"]["list"]
    track = tracks[0]["commercial_music_id"]

    videos = ask_as_holder("/discovery/cml/video_list/", commercial_music_id=track)["data"]

    assert [one["rank_position"] for one in tracks] == [str(rank) for rank in range(1, 101)]
    assert len(tracks[0]["trending_history"]) == 30
    assert (videos["commercial_music_id"], len(videos["top_video_list"])) == (track, 20)
    assert ask_as_holder("/discovery/cml/trending_list/", date_range="120DAY")["code"] == 40002


def test_searches_and_suggestions_are_words(ask_as_holder):
    searched = ask_as_holder("/discovery/trending/search/")["data"]["search_keywords"]
    related = ask_as_holder("/discovery/trending/search/keyword/", query="tea")["data"]["search_keywords"]
    suggested = ask_as_holder("/business/hashtag/suggestion/", keyword="tea")["data"]["suggestions"]

    assert (len(searched), len(related), len(suggested)) == (20, 20, 10)
    assert all(one.startswith("tea") for one in related)
    assert set(suggested[0]) == {"name", "view_count"}
    assert ask_as_holder("/discovery/trending/search/keyword/", query="x" * 256)["code"] == 40002


def test_the_journal_shows_the_caller_and_the_country_of_each_query(app, ask):
    ask("trending_list", country_code="DE")

    [entry] = app.journal(route="discovery_hashtags")
    assert entry["notes"] == ["country=DE"]
