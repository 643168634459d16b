"""The sandbox's behaviour where TikTok's pages are silent or unclear, and the settings that change it."""

import pytest

PLAN = {"source": "FILE_UPLOAD", "video_size": 1000, "chunk_size": 1000, "total_chunk_count": 1}
CEIL_PLAN = {"source": "FILE_UPLOAD", "video_size": 50_000_123, "chunk_size": 10_000_000, "total_chunk_count": 6}
PHOTOS = {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": ["https://a.example/1.jpg"]}
CREATOR_INFO = "/v2/post/publish/creator_info/query/"


def code(response):
    return response.status_code, response.json()["error"]["code"]


@pytest.fixture
def token(app):
    return app.connect()["access_token"]


@pytest.mark.parametrize("level", [{}, {"privacy_level": "EVERYONE"}, {"privacy_level": "PUBLIC_TO_EVERYONE"}])
def test_a_privacy_level_that_is_missing_unknown_or_no_option_is_a_403(app, token, level):
    app.settings(audited=True)
    photo = {"media_type": "PHOTO", "post_mode": "DIRECT_POST", "post_info": level, "source_info": PHOTOS}

    video = app.call("post/publish/video/init/", token, {"post_info": level, "source_info": PLAN})
    photos = app.call("post/publish/content/init/", token, photo)

    assert code(video) == code(photos) == (403, "privacy_level_option_mismatch")


def test_the_privacy_level_is_checked_before_the_chunk_plan(app, token):
    wrong = app.call("post/publish/video/init/", token, {"post_info": {}, "source_info": CEIL_PLAN})
    right = app.call(
        "post/publish/video/init/", token, {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": CEIL_PLAN}
    )

    assert code(wrong) == (403, "privacy_level_option_mismatch")
    assert code(right) == (400, "invalid_params")


def test_creator_info_needs_a_content_type_only_if_set(app, token):
    def answers():
        return [
            code(app.http.post(CREATOR_INFO, content=body, headers={"Authorization": f"Bearer {token}"}))
            for body in (b"", b"{}")
        ]

    lenient = answers()
    app.settings(creator_info_needs_content_type=True)
    strict = answers()

    assert lenient == [(200, "ok")] * 2
    assert strict == [(400, "invalid_params")] * 2


def test_creator_info_refuses_another_content_type(app, token):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}

    assert code(app.http.post(CREATOR_INFO, content=b"{}", headers=headers)) == (400, "invalid_params")


def test_an_undocumented_status_and_a_single_post_id_can_be_set(app, video):
    app.settings(audited=True, processing_seconds=10, publicly_available_seconds=10)
    app.settings(single_post_id=True, status_names={"PROCESSING_UPLOAD": "PROCESSING", "PUBLISH_COMPLETE": "PUBLISHED"})
    token = app.connect("lena.public")["access_token"]
    publish_id = app.upload(token, video, privacy_level="PUBLIC_TO_EVERYONE")

    seen = [app.status(token, publish_id)]
    for _ in range(2):
        app.admin("POST", "clock", {"advance": 10})
        seen.append(app.status(token, publish_id))

    assert [one["status"] for one in seen] == ["PROCESSING", "PUBLISHED", "PUBLISHED"]
    assert [one["publicaly_available_post_id"] for one in seen[:2]] == [[], []]
    assert [str(seen[2]["publicaly_available_post_id"])] == app.post(publish_id)["post_ids"]
    assert app.post(publish_id)["status"] == "PUBLISH_COMPLETE"


def test_the_addresses_of_a_creator_s_posts_carry_the_name_and_lead_to_the_sandbox(app, video):
    app.settings(audited=True, processing_seconds=0, publicly_available_seconds=0)
    scope = "user.info.basic,user.info.profile,video.list,video.publish"
    token = app.connect("lena.public", authorize_url=app.authorize_url(scope=scope))["access_token"]
    app.upload(token, video, privacy_level="PUBLIC_TO_EVERYONE")

    names = "id,share_url,embed_link,cover_image_url,embed_html"
    (row,) = app.call(f"video/list/?fields={names}", token).json()["data"]["videos"]
    query = "fields=profile_deep_link,avatar_url"
    user = app.http.get(f"/v2/user/info/?{query}", headers={"Authorization": f"Bearer {token}"}).json()["data"]["user"]

    assert row["share_url"] == f"{app.url}/@lena.public/video/{row['id']}"
    assert row["embed_html"] == f'<blockquote cite="{row["share_url"]}"></blockquote>'
    assert user["profile_deep_link"] == f"{app.url}/@lena.public"
    addresses = [row["share_url"], row["embed_link"], row["cover_image_url"], *user.values()]
    assert [app.http.get(url).status_code for url in addresses if url.startswith(app.url)] == [200] * 5
