import pytest


def code(response):
    return response.status_code, response.json()["error"]["code"]


def info(app, token):
    return app.call("post/publish/creator_info/query/", token)


def init(app, token, post_info=None, source_info=None, path="post/publish/video/init/"):
    plan = {"source": "FILE_UPLOAD", "video_size": 1000, "chunk_size": 1000, "total_chunk_count": 1}
    body = {"post_info": post_info or {"privacy_level": "SELF_ONLY"}, "source_info": source_info or plan}
    return app.call(path, token, body)


@pytest.fixture
def token(app):
    return app.connect()["access_token"]


def test_creator_info_of_a_private_account(app, token):
    data = info(app, token).json()["data"]

    assert data["privacy_level_options"] == ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    assert data["duet_disabled"] is data["stitch_disabled"] is True
    assert data["comment_disabled"] is False
    assert data["max_video_post_duration_sec"] == 600


def test_creator_info_of_a_public_account(app):
    data = info(app, app.connect("lena.public")["access_token"]).json()["data"]

    assert data["privacy_level_options"] == ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    assert data["creator_nickname"] == "Lena (public account)"
    assert app.http.get(data["creator_avatar_url"]).headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("change", "expected", "on_init"),
    [
        ({"capped": True}, "spam_risk_too_many_posts", 403),
        ({"banned": True}, "spam_risk_user_banned_from_posting", 403),
        ({"active_user_cap": True}, "reached_active_user_cap", 403),
    ],
)
def test_quota_refusals_have_status_200_only_on_creator_info(app, token, change, expected, on_init):
    app.admin("PATCH", "creators/tom.private", change)

    assert code(info(app, token)) == (200, expected)
    assert code(init(app, token)) == (on_init, expected)


def test_init_returns_ids_of_the_documented_form(app, token):
    reply = init(app, token).json()

    assert reply["error"]["code"] == "ok"
    assert reply["data"]["publish_id"].startswith("v_pub_file~")
    assert len(reply["data"]["publish_id"]) <= 64
    assert len(reply["data"]["upload_url"]) <= 256


@pytest.mark.parametrize(
    "post_info",
    [
        {"privacy_level": "SELF_ONLY", "title": "x" * 2201},
        {"privacy_level": "SELF_ONLY", "title": "😀" * 1101},
        {"privacy_level": "SELF_ONLY", "title": 5},
        {"privacy_level": "SELF_ONLY", "disable_duet": "true"},
        {"privacy_level": "SELF_ONLY", "brand_content_toggle": None},
        {"privacy_level": "SELF_ONLY", "video_cover_timestamp_ms": 2**31},
        {"privacy_level": "SELF_ONLY", "video_cover_timestamp_ms": True},
    ],
)
def test_an_invalid_post_info_is_refused(app, token, post_info):
    assert code(init(app, token, post_info)) == (400, "invalid_params")


def test_the_longest_title_is_2200_utf16_units(app, token):
    assert code(init(app, token, {"privacy_level": "SELF_ONLY", "title": "😀" * 1100})) == (200, "ok")


def test_the_documented_spelling_of_invalid_params_can_be_set(app, token):
    app.settings(invalid_params_code="invalid_param")

    assert code(init(app, token, {"privacy_level": "SELF_ONLY", "title": 5})) == (400, "invalid_param")


@pytest.mark.parametrize(
    ("size", "chunk", "count"),
    [
        (50_000_123, 10_000_000, 6),
        (64_000_001, 64_000_000, 1),
        (66_260_000, 66_260_000, 1),
        (15_000_000, 10_000_000, 1),
        (20_000_000, 5_000_000, 4),
        (4_000_000_001, 32_000_000, 125),
        (0, 0, 1),
        (1000, 1000, "1"),
        (1000, 1000, True),
    ],
)
def test_an_invalid_plan_is_refused(app, token, size, chunk, count):
    plan = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk, "total_chunk_count": count}

    assert code(init(app, token, source_info=plan)) == (400, "invalid_params")


@pytest.mark.parametrize("body", ["[]", "{", '"x"', "", r'{"post_info": {"title": "\ud83d"}}'])
def test_a_body_that_is_no_object_is_refused(app, token, body):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=UTF-8"}

    assert code(app.http.post("/v2/post/publish/video/init/", content=body, headers=headers)) == (400, "invalid_params")


def test_an_unaudited_app_needs_a_private_account_and_self_only(app, token):
    lena = app.connect("lena.public")["access_token"]
    unaudited = (403, "unaudited_client_can_only_post_to_private_accounts")

    assert code(init(app, lena, {"privacy_level": "SELF_ONLY"})) == unaudited
    assert code(init(app, token, {"privacy_level": "FOLLOWER_OF_CREATOR"})) == unaudited
    assert code(init(app, token, {"privacy_level": "SELF_ONLY"})) == (200, "ok")
    app.settings(audited=True)
    assert code(init(app, lena, {"privacy_level": "PUBLIC_TO_EVERYONE"})) == (200, "ok")


def test_each_endpoint_needs_its_scope(app):
    draft_only = app.connect(scopes=["video.upload"])["access_token"]
    direct_only = app.connect(scopes=["video.publish"])["access_token"]
    missing = (401, "scope_not_authorized")

    assert code(info(app, draft_only)) == missing
    assert code(init(app, draft_only)) == missing
    assert code(init(app, direct_only, path="post/publish/inbox/video/init/")) == missing
    assert code(init(app, draft_only, path="post/publish/inbox/video/init/")) == (200, "ok")


def test_an_unknown_token_is_refused(app):
    assert code(info(app, "act.nothing")) == (401, "access_token_invalid")
    assert code(app.http.post("/v2/post/publish/creator_info/query/", json={})) == (401, "access_token_invalid")


def test_the_seventh_init_of_a_minute_is_refused_until_the_window_moves(app, token):
    answers = [code(init(app, token)) for _ in range(7)]
    app.admin("POST", "clock", {"advance": 60})

    assert answers == [(200, "ok")] * 6 + [(429, "rate_limit_exceeded")]
    assert code(init(app, token)) == (200, "ok")


def test_rate_limits_can_be_set(app, token):
    app.settings(rate_limits={"creator_info": 1})

    assert [code(info(app, token))[0] for _ in range(2)] == [200, 429]


def test_the_16th_post_of_a_day_is_refused(app, token):
    app.settings(rate_limits={"video_init": 1000})
    answers = [code(init(app, token)) for _ in range(16)]
    capped = code(info(app, token))
    app.admin("POST", "clock", {"advance": 86_400})
    renewed = app.connect()["access_token"]

    assert answers == [(200, "ok")] * 15 + [(403, "spam_risk_too_many_posts")]
    assert capped == (200, "spam_risk_too_many_posts")
    assert code(init(app, renewed)) == (200, "ok")


def test_the_sixth_pending_draft_is_refused(app, token):
    answers = [code(init(app, token, path="post/publish/inbox/video/init/")) for _ in range(6)]

    assert answers == [(200, "ok")] * 5 + [(403, "spam_risk_too_many_pending_share")]


def test_an_unaudited_app_has_five_active_creators(app):
    for number in range(6):
        app.admin("POST", "creators", {"username": f"creator{number}", "private": True})
    tokens = [app.connect(f"creator{number}")["access_token"] for number in range(6)]

    answers = [code(init(app, token)) for token in tokens]

    assert answers == [(200, "ok")] * 5 + [(403, "reached_active_user_cap")]
    assert code(info(app, tokens[5])) == (200, "reached_active_user_cap")
    assert code(init(app, tokens[0])) == (200, "ok")


def test_status_of_another_creators_publish_is_refused(app, token):
    publish_id = init(app, token).json()["data"]["publish_id"]
    lena = app.connect("lena.public")["access_token"]

    other = app.call("post/publish/status/fetch/", lena, {"publish_id": publish_id})
    unknown = app.call("post/publish/status/fetch/", lena, {"publish_id": "v_pub_file~nothing"})
    missing = app.call("post/publish/status/fetch/", lena, {})

    assert code(other) == (400, "token_not_authorized_for_specified_publish_id")
    assert code(unknown) == (400, "invalid_publish_id")
    assert code(missing) == (400, "invalid_params")


def test_an_incomplete_upload_can_be_cancelled(app, token, video):
    started = app.init(token, len(video))["data"]

    cancelled = app.call("post/publish/cancel/", token, {"publish_id": started["publish_id"]})

    assert code(cancelled) == (200, "ok")
    assert app.status(token, started["publish_id"])["fail_reason"] == "publish_cancelled"
    assert app.put(started["upload_url"], video, 0, len(video)).status_code == 404
    again = app.call("post/publish/cancel/", token, {"publish_id": started["publish_id"]})
    assert code(again) == (400, "publish_not_cancellable")


def test_a_complete_upload_cannot_be_cancelled(app, token, video):
    publish_id = app.upload(token, video)

    refused = app.call("post/publish/cancel/", token, {"publish_id": publish_id})

    assert code(refused) == (400, "publish_not_cancellable")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/video/list"),
        ("POST", "/v2/comment/"),
        ("POST", "/v2/post/publish/video/init"),
        ("GET", "/v2/oauth/token/refresh/"),
    ],
)
def test_an_unknown_path_is_a_404(app, method, path):
    assert code(app.http.request(method, path)) == (404, "not_found")


def test_user_info_returns_the_fields_of_the_granted_scopes(app):
    approved = "user.info.basic,user.info.profile"
    token = app.connect(authorize_url=app.authorize_url(scope=approved))["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    given = app.http.get("/v2/user/info/?fields=open_id,display_name,username", headers=headers)
    outside = app.http.get("/v2/user/info/?fields=open_id,follower_count", headers=headers)
    without = app.http.get("/v2/user/info/", headers=headers)

    assert set(given.json()["data"]["user"]) == {"open_id", "display_name", "username"}
    assert code(outside) == (401, "scope_not_authorized")
    assert code(without) == (400, "invalid_params")


def test_silently_ignored_fields_are_recorded(app, token):
    plan = {"source": "FILE_UPLOAD", "video_size": 9, "chunk_size": 9, "total_chunk_count": 1}
    reply = init(app, token, source_info=plan | {"video_cover_timestamp_ms": 5}).json()

    warnings = app.post(reply["data"]["publish_id"])["warnings"]

    assert any("source_info.video_cover_timestamp_ms" in text for text in warnings)
    assert any("brand_content_toggle" in text for text in warnings)
