import pytest

from dropcast.tiktok.client import Unanswered
from dropcast.tiktok.display_api import user_info, video_list, video_query
from dropcast.tiktok.models import UserInfo, VideoPage
from tests.unit.support.answers import TOKEN, saying

BASIC = {"open_id", "union_id", "avatar_url", "display_name"}
PROFILE = {"username", "bio_description", "profile_deep_link", "is_verified"}
STATS = {"follower_count", "following_count", "likes_count", "video_count"}


@pytest.mark.parametrize(
    ("scopes", "fields"),
    [
        ({"user.info.basic", "video.publish"}, BASIC),
        ({"user.info.basic", "user.info.profile"}, BASIC | PROFILE),
        ({"user.info.basic", "user.info.stats"}, BASIC | STATS),
        ({"user.info.stats"}, STATS),
        ({"user.info.basic", "user.info.profile", "user.info.stats", "video.list"}, BASIC | PROFILE | STATS),
        (set(), {"open_id"}),
    ],
)
def test_only_fields_of_granted_scopes_are_requested(scopes, fields):
    asked = saying({"user": {"open_id": "open-1"}})

    user_info(asked.tiktok, TOKEN, scopes)

    assert (asked.only.method, asked.only.url.path) == ("GET", "/v2/user/info/")
    assert set(asked.only.url.params["fields"].split(",")) == fields
    assert asked.only.headers["Authorization"] == "Bearer act.secret-token"


def test_the_user_is_read_from_the_data():
    asked = saying({"user": {"open_id": "open-1", "display_name": "Ana", "username": "ana", "new_field": 1}})

    user = user_info(asked.tiktok, TOKEN, {"user.info.basic", "user.info.profile"})

    assert user == UserInfo(open_id="open-1", display_name="Ana", username="ana", log_id="log-1")


ODD = [-1, 2**63, 10**400, 1.5, True, "12 or so", None, [], {}, "x" * 2001]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:10])
def test_an_odd_value_beside_the_names_affects_only_itself(odd):
    told = dict.fromkeys(STATS, odd) | {"open_id": "open-1", "display_name": "Ana"}

    user = user_info(saying({"user": told}).tiktok, TOKEN, {"user.info.basic", "user.info.stats"})

    assert user == UserInfo(open_id="open-1", display_name="Ana", log_id="log-1")


@pytest.mark.parametrize("odd", [1, 0, None, [], {}, "x" * 2001], ids=lambda odd: str(odd)[:10])
def test_an_odd_profile_affects_only_itself(odd):
    told = {"open_id": "open-1", "display_name": "Ana", "bio_description": odd, "is_verified": odd}

    user = user_info(saying({"user": told}).tiktok, TOKEN, {"user.info.basic", "user.info.profile"})

    assert user == UserInfo(open_id="open-1", display_name="Ana", log_id="log-1")


@pytest.mark.parametrize("data", [{}, {"user": None}, {"user": []}, {"user": {"display_name": "Ana"}}])
def test_an_answer_without_a_user_is_malformed(data):
    assert user_info(saying(data).tiktok, TOKEN, {"user.info.basic"}) == Unanswered("malformed", True, 200, "log-1")


VIDEO = {"id": 7434343434343434343, "create_time": 1_700_000_000, "title": "hi", "view_count": 12, "new_field": 1}


def test_videos_are_requested_with_fields_in_the_address_and_the_page_in_the_body():
    asked = saying({"videos": [VIDEO], "cursor": 1_700_000_000_000, "has_more": True})

    page = video_list(asked.tiktok, TOKEN, cursor=1_800_000_000_000, max_count=20)

    assert (asked.only.method, asked.only.url.path) == ("POST", "/v2/video/list/")
    assert {"id", "create_time", "view_count", "share_url"} <= set(asked.only.url.params["fields"].split(","))
    assert "log_id" not in asked.only.url.params["fields"]
    assert asked.body == {"max_count": 20, "cursor": 1_800_000_000_000}
    assert isinstance(page, VideoPage)
    assert (page.cursor, page.has_more) == (1_700_000_000_000, True)
    assert (page.videos[0].id, page.videos[0].view_count) == ("7434343434343434343", 12)


def test_the_first_page_has_no_cursor():
    asked = saying({"videos": []})

    page = video_list(asked.tiktok, TOKEN, cursor=None, max_count=5)

    assert asked.body == {"max_count": 5}
    assert isinstance(page, VideoPage)
    assert not page.has_more


def test_videos_are_requested_by_their_ids():
    asked = saying({"videos": [VIDEO]})

    video_query(asked.tiktok, TOKEN, ["1", "2"])

    assert asked.only.url.path == "/v2/video/query/"
    assert asked.body == {"filters": {"video_ids": ["1", "2"]}}


@pytest.mark.parametrize("data", [{}, {"videos": None}, {"videos": [{"title": "no id"}]}])
def test_a_page_without_its_videos_is_malformed(data):
    answer = video_list(saying(data).tiktok, TOKEN, cursor=None, max_count=20)

    assert answer == Unanswered("malformed", True, 200, "log-1")
