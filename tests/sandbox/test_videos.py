"""Section 8's lists: the caller's public videos, by pages and by ids."""

from typing import Any

import pytest

SCOPES = "user.info.basic,video.list,video.publish"
FIELDS = "id,create_time,title,view_count"


def connected(app, username: str = "lena.public", scope: str = SCOPES) -> str:
    return app.connect(username, authorize_url=app.authorize_url(scope=scope))["access_token"]


def listed(app, token: str, body: dict[str, Any] | None = None, fields: str = FIELDS) -> dict[str, Any]:
    return app.call(f"video/list/?fields={fields}", token, body).json()


def seed(app, count: int, username: str = "lena.public") -> list[str]:
    """Add public videos; return their ids, newest first."""
    made = [
        app.admin("POST", f"creators/{username}/videos", {"title": f"v{n}", "create_time": 1_700_000_000 + n})["id"]
        for n in range(count)
    ]
    return list(reversed(made))


def test_videos_are_paged_newest_first(app):
    ids = seed(app, 5)
    token = connected(app)

    first = listed(app, token, {"max_count": 2})["data"]
    second = listed(app, token, {"max_count": 2, "cursor": first["cursor"]})["data"]
    third = listed(app, token, {"max_count": 2, "cursor": second["cursor"]})["data"]

    assert [video["id"] for page in (first, second, third) for video in page["videos"]] == ids
    assert [page["has_more"] for page in (first, second, third)] == [True, True, False]
    assert first["cursor"] == 1_700_000_003_000


def test_a_page_has_ten_videos_by_default(app):
    seed(app, 12)
    token = connected(app)

    assert len(listed(app, token)["data"]["videos"]) == 10


@pytest.mark.parametrize("body", [{"max_count": 21}, {"max_count": 0}, {"cursor": "x"}, {"max_count": True}])
def test_an_invalid_page_is_refused(app, body):
    assert listed(app, connected(app), body)["error"]["code"] == "invalid_params"


def test_only_requested_fields_are_returned(app):
    seed(app, 1)

    [video] = listed(app, connected(app), fields="id,view_count")["data"]["videos"]

    assert set(video) == {"id", "view_count"}


@pytest.mark.parametrize("fields", ["", "id,reach"])
def test_fields_must_be_given_and_known(app, fields):
    assert listed(app, connected(app), fields=fields)["error"]["code"] == "invalid_params"


def test_the_scope_is_required(app):
    token = connected(app, scope="user.info.basic,video.publish")

    assert listed(app, token)["error"]["code"] == "scope_not_authorized"


def test_a_public_post_is_listed_once_it_exists(app, video):
    app.settings(audited=True)
    token = connected(app)
    publish_id = app.upload(token, video, privacy_level="PUBLIC_TO_EVERYONE", title="hello")
    app.upload(token, video, privacy_level="SELF_ONLY")
    for _ in range(2):
        app.admin("POST", "clock", {"advance": 10})

    [shown] = listed(app, token)["data"]["videos"]

    assert ([shown["id"]], shown["title"]) == (app.post(publish_id)["post_ids"], "hello")


def test_a_query_by_id_returns_only_own_videos(app):
    newest, *_, oldest = seed(app, 3)
    [foreign] = seed(app, 1, "tom.private")
    token = connected(app)

    answer = app.call(
        f"video/query/?fields={FIELDS}", token, {"filters": {"video_ids": [oldest, newest, foreign, "1"]}}
    ).json()

    assert {video["id"] for video in answer["data"]["videos"]} == {newest, oldest}


@pytest.mark.parametrize("filters", [None, {}, {"video_ids": []}, {"video_ids": ["1"] * 21}, {"video_ids": [1]}])
def test_a_query_without_ids_or_with_too_many_is_refused(app, filters):
    answer = app.call(f"video/query/?fields={FIELDS}", connected(app), {"filters": filters}).json()

    assert answer["error"]["code"] == "invalid_params"
