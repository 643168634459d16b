import json

import pytest


def test_creators_are_created_changed_and_found(app):
    made = app.admin("POST", "creators", {"username": "ada", "private": True, "max_video_post_duration_sec": 180})

    changed = app.admin("PATCH", "creators/ada", {"private": False, "nickname": "Ada L."})

    assert (made["private"], made["max_video_post_duration_sec"]) == (True, 180)
    assert (changed["open_id"], changed["private"], changed["nickname"]) == (made["open_id"], False, "Ada L.")
    assert changed in app.admin("GET", "creators")["items"]


def test_a_username_can_be_taken_only_once(app):
    assert app.http.post("/_sandbox/creators", json={"username": "tom.private"}).status_code == 409
    assert app.http.patch("/_sandbox/creators/lena.public", json={"username": "tom.private"}).status_code == 409


@pytest.mark.parametrize("body", [{}, {"username": ""}, {"username": "x", "colour": "red"}, []])
def test_an_invalid_creator_is_refused(app, body):
    assert app.http.post("/_sandbox/creators", json=body).status_code == 422


def test_the_journal_shows_requests_and_hides_secrets(app, video):
    tokens = app.connect()
    publish_id = app.upload(tokens["access_token"], video)
    app.call("post/publish/creator_info/query/", "act.wrong")

    entries = app.journal()

    shown = json.dumps(entries)
    assert [one["route"] for one in entries] == ["token", "video_init", "upload", "creator_info"]
    assert [one["seq"] for one in entries] == [1, 2, 3, 4]
    assert [one["effect"] for one in entries] == [True, True, True, False]
    assert entries[2]["bytes_received"] == len(video)
    assert entries[2]["publish_id"] == publish_id
    assert entries[3]["error_code"] == "access_token_invalid"
    assert all(one["log_id"] for one in entries)
    assert entries[0]["secrets"]["new_access_token"] == entries[1]["secrets"]["access_token"]
    assert tokens["access_token"] not in shown
    assert tokens["refresh_token"] not in shown
    assert "upload_token=" not in shown


def test_the_journal_can_be_filtered(app):
    tokens = app.connect()
    app.call("post/publish/creator_info/query/", tokens["access_token"])

    assert [one["route"] for one in app.journal(since=1)] == ["creator_info"]
    assert [one["route"] for one in app.journal(route="token")] == ["token"]
    assert len(app.journal(open_id=tokens["open_id"])) == 2
    assert app.journal(open_id="nobody") == []


def test_every_issued_code_and_token_can_be_listed(app):
    first = app.connect()
    second = app.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()

    issued = app.admin("GET", "issued")["items"]

    assert [one["kind"] for one in issued] == ["code", *["access_token", "refresh_token"] * 2]
    assert [one["value"] for one in issued][1:] == [
        tokens[name] for tokens in (first, second) for name in ("access_token", "refresh_token")
    ]


def test_posts_show_what_was_received(app, video):
    token = app.connect()["access_token"]
    publish_id = app.upload(token, video, title="hi #cat", disable_comment=True)

    (seen,) = app.admin("GET", "posts")["items"]

    assert seen == app.post(publish_id)
    assert (seen["title"], seen["post_info"]["disable_comment"]) == ("hi #cat", True)
    assert (seen["mode"], seen["declared_size"], seen["received_bytes"]) == ("direct", len(video), len(video))


def test_the_clock_advances(app):
    before = app.admin("GET", "clock")["now"]

    after = app.admin("POST", "clock", {"advance": 5000})

    assert after["advanced"] == 5000
    assert after["now"] - before >= 5000


def test_settings_are_validated_and_hide_the_secret(app):
    assert app.http.patch("/_sandbox/settings", json={"no_such": 1}).status_code == 422
    assert app.http.patch("/_sandbox/settings", json={"processing_seconds": -1}).status_code == 422
    assert "secret" not in app.admin("GET", "settings")["client_secret"]


def test_a_reset_restores_the_initial_state(app):
    app.settings(audited=True)
    app.admin("POST", "creators", {"username": "ada"})
    tokens = app.connect()
    app.admin("POST", "clock", {"advance": 5})

    app.admin("POST", "reset")

    assert app.admin("GET", "settings")["audited"] is False
    assert [one["username"] for one in app.admin("GET", "creators")["items"]] == ["lena.public", "tom.private"]
    assert app.admin("GET", "clock")["advanced"] == 0
    assert app.journal() == []
    assert app.call("post/publish/creator_info/query/", tokens["access_token"]).status_code == 401


def test_it_is_healthy(app):
    assert app.admin("GET", "health")["ok"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"direct_posts_per_day": -1},
        {"pending_drafts_per_day": -1},
        {"unaudited_active_users": -1},
        {"audited_active_users": -1},
        {"rate_limits": {"video_init": -1}},
        {"rate_limits": {"video_inits": 6}},
        {"processing_seconds": 1e999},
        {"fail_reason": "bad_luck"},
        {"scopes": ["video.create"]},
        {"scopes": []},
        {"status_names": {"PROCESSING": "PROCESSING_UPLOAD"}},
        {"status_names": {"FAILED": ""}},
        {"platform": "mobile"},
        {"webhook_url": "127.0.0.1:9000/hook"},
        {"webhook_url": "http://127.0.0.1:90000/hook"},
        {"redirect_uris": ["/callback"]},
        {"redirect_uris": ["https://a.example/callback?x=1"]},
        {"redirect_uris": ["https://*.a.example/callback"]},
        {"redirect_uris": ["https://a.example/" + "x" * 500]},
        {"business_redirect_uris": ["https://a.example/callback"]},
        {"verified_urls": ["https://"]},
        {"verified_urls": ["no domain"]},
        {"client_key": ""},
    ],
)
def test_nonsense_settings_are_refused_and_change_nothing(app, change):
    before = app.admin("GET", "settings")

    refused = app.http.patch("/_sandbox/settings", content=json.dumps(change))

    assert refused.status_code == 422
    assert refused.json()["error"][0]["msg"]
    assert app.admin("GET", "settings") == before


def test_the_settings_accept_what_they_answer(app):
    shown = {name: value for name, value in app.admin("GET", "settings").items() if "secret" not in name}

    assert app.http.patch("/_sandbox/settings", json=shown).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("creators", {"username": "two words"}),
        ("creators", {"username": "ada", "counts": {"likes": 1}}),
        ("creators", {"username": "ada", "counts": {"likes_count": -1}}),
        ("creators/lena.public/videos", {"view_count": -1}),
        ("creators/lena.public/videos", {"create_time": 1e12}),
        ("clock", {"advance": 1e999}),
        ("away", {"seconds": 1e6}),
        ("authorize", {"authorize_url": "http://a.example/elsewhere", "username": "tom.private"}),
        ("authorize", {"authorize_url": "http://[", "username": "tom.private"}),
        ("faults", {"route": "upload", "kind": "reset_before", "status": 500}),
        ("faults", {"route": "upload", "kind": "answer", "status": 500, "message": "no"}),
        ("faults", {"route": "token", "kind": "wrong_content_range"}),
        ("faults", {"route": "upload", "kind": "wrong_content_range", "content_range": "a\nb"}),
    ],
)
def test_a_nonsense_request_is_refused(app, path, body):
    assert app.http.post(f"/_sandbox/{path}", content=json.dumps(body)).status_code == 422


def test_consent_without_a_browser_gives_only_what_the_app_asked_for(app):
    wish = {"authorize_url": app.authorize_url(), "username": "tom.private"}

    refused = app.http.post("/_sandbox/authorize", json=wish | {"scopes": ["video.list"]})

    assert refused.status_code == 422
    assert "video.list" in refused.text
