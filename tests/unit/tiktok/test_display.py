import pytest

from dropcast.tiktok.client import Unanswered
from dropcast.tiktok.display import user_info
from dropcast.tiktok.models import UserInfo
from tests.unit.support.answers import TOKEN, saying


@pytest.mark.parametrize(
    ("scopes", "fields"),
    [
        ({"user.info.basic", "video.publish"}, {"open_id", "union_id", "avatar_url", "display_name"}),
        ({"user.info.basic", "user.info.profile"}, {"open_id", "union_id", "avatar_url", "display_name", "username"}),
        (set(), {"open_id"}),
    ],
)
def test_only_fields_of_granted_scopes_are_asked_for(scopes, fields):
    asked = saying({"user": {"open_id": "open-1"}})

    user_info(asked.tiktok, TOKEN, scopes)

    assert (asked.only.method, asked.only.url.path) == ("GET", "/v2/user/info/")
    assert set(asked.only.url.params["fields"].split(",")) == fields
    assert asked.only.headers["Authorization"] == "Bearer act.secret-token"


def test_the_user_is_read_from_inside_the_data():
    asked = saying({"user": {"open_id": "open-1", "display_name": "Ana", "username": "ana", "new_field": 1}})

    user = user_info(asked.tiktok, TOKEN, {"user.info.basic", "user.info.profile"})

    assert user == UserInfo(open_id="open-1", display_name="Ana", username="ana", log_id="log-1")


@pytest.mark.parametrize("data", [{}, {"user": None}, {"user": []}, {"user": {"display_name": "Ana"}}])
def test_an_answer_without_a_user_is_malformed(data):
    assert user_info(saying(data).tiktok, TOKEN, {"user.info.basic"}) == Unanswered("malformed", True, 200, "log-1")
