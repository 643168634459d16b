import io
import time

import pytest
from PIL import Image

URL = "https://a.example/a"


def picture(width=200, height=300, kind="JPEG", **how):
    buffer = io.BytesIO()
    Image.new(how.pop("mode", "RGB"), (width, height)).save(buffer, kind, **how)
    return buffer.getvalue()


def moving(kind):
    later = [Image.new("RGB", (200, 300), "red")]
    return picture(kind=kind, save_all=True, append_images=later)


def noise(side):
    buffer = io.BytesIO()
    Image.merge("RGB", [Image.effect_noise((1080, side), 120)] * 3).save(buffer, "JPEG", quality=100)
    return buffer.getvalue()


def body_of(urls, mode="DIRECT_POST", **change):
    info = {"privacy_level": "SELF_ONLY", "brand_content_toggle": False, "brand_organic_toggle": False}
    body = {
        "media_type": "PHOTO",
        "post_mode": mode,
        "post_info": info if mode == "DIRECT_POST" else {"title": "t", "description": "d"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": urls},
    }
    return body | change


def init(app, token, body):
    return app.call("post/publish/content/init/", token, body)


def code(response):
    return response.status_code, response.json()["error"]["code"]


def settled(app, token, publish_id):
    deadline = time.monotonic() + 10
    app.settings(rate_limits={"status_fetch": 10_000})
    while (said := app.status(token, publish_id))["status"].startswith("PROCESSING"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return said


@pytest.fixture
def token(app):
    return app.connect()["access_token"]


@pytest.fixture
def serve(app, receiver):
    """Put files on the app's verified web server; return their URLs."""
    app.settings(verified_urls=[f"{receiver.url}/"], processing_seconds=0)

    def put(**files):
        receiver.files |= {f"/{name.replace('_', '.')}": (200, data) for name, data in files.items()}
        return [f"{receiver.url}/{name.replace('_', '.')}" for name in files]

    return put


def test_pictures_are_pulled_and_posted(app, token, serve):
    urls = serve(a_jpg=picture(), b_webp=picture(kind="WEBP"))

    reply = init(app, token, body_of(urls, is_aigc=True)).json()["data"]

    said = settled(app, token, reply["publish_id"])
    post = app.post(reply["publish_id"])
    assert reply["publish_id"].startswith("p_pub_url~")
    assert "upload_url" not in reply
    assert said["status"] == "PUBLISH_COMPLETE"
    assert said["downloaded_bytes"] == len(picture()) + len(picture(kind="WEBP"))
    assert (post["media"], post["is_aigc"], post["warnings"]) == ("photo", True, [])
    assert [(each["content_type"], each["width"], each["problem"]) for each in post["pictures"]] == [
        ("image/jpeg", 200, None),
        ("image/webp", 200, None),
    ]


def test_a_draft_arrives_in_the_inbox(app, token, serve):
    reply = init(app, token, body_of(serve(a_jpg=picture()), "MEDIA_UPLOAD")).json()["data"]

    assert settled(app, token, reply["publish_id"])["status"] == "SEND_TO_USER_INBOX"
    assert app.post(reply["publish_id"])["mode"] == "inbox"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a_jpg", picture(1081, 1081), "picture_size_check_failed"),
        ("a_jpg", picture() + bytes(20_000_000), "picture_size_check_failed"),
        ("a_png", picture(kind="PNG"), "file_format_check_failed"),
        ("a_jpg", picture(kind="PNG"), "file_format_check_failed"),
        ("a_png", picture(), "file_format_check_failed"),
        ("a_gif", moving("GIF"), "file_format_check_failed"),
        ("a_webp", moving("WEBP"), "file_format_check_failed"),
        ("a_jpg", picture(mode="CMYK"), "file_format_check_failed"),
        ("a_jpg", noise(300)[:-1000], "file_format_check_failed"),
        ("a_jpg", b"", "file_format_check_failed"),
    ],
)
def test_one_bad_picture_fails_the_post(app, token, serve, name, data, reason):
    urls = serve(good_jpg=picture(), **{name: data})

    reply = init(app, token, body_of(urls)).json()["data"]

    said = settled(app, token, reply["publish_id"])
    assert (said["status"], said["fail_reason"]) == ("FAILED", reason)
    assert [each["problem"] for each in app.post(reply["publish_id"])["pictures"]] == [None, reason]


@pytest.mark.parametrize(("status", "path"), [(404, "/gone.jpg"), (302, "/moved.jpg"), (206, "/part.jpg")])
def test_a_missing_picture_fails_the_post(app, token, serve, receiver, status, path):
    urls = serve(good_jpg=picture())
    receiver.files[path] = (status, picture())

    reply = init(app, token, body_of([*urls, receiver.url + path])).json()["data"]

    assert settled(app, token, reply["publish_id"])["fail_reason"] == "photo_pull_failed"


def test_the_journal_has_each_pull_without_its_query(app, token, serve):
    (url,) = serve(a_jpg=picture())

    publish_id = init(app, token, body_of([f"{url}?Signature=s3cret"])).json()["data"]["publish_id"]
    settled(app, token, publish_id)

    (entry,) = app.journal(route="photo_pull")
    assert (entry["kind"], entry["path"], entry["status"]) == ("pull", url, 404)


@pytest.mark.parametrize(
    "change",
    [
        {"media_type": "VIDEO"},
        {"post_mode": "DIRECT POST"},
        {"is_aigc": "yes"},
        {"post_info": None},
        {"post_info": {"privacy_level": "SELF_ONLY", "title": "x" * 91}},
        {"post_info": {"privacy_level": "SELF_ONLY", "description": "😀" * 2001}},
        {"post_info": {"privacy_level": "SELF_ONLY", "auto_add_music": "true"}},
        {"source_info": {"source": "FILE_UPLOAD", "photo_cover_index": 0, "photo_images": [URL]}},
        {"source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": []}},
        {"source_info": {"source": "PULL_FROM_URL", "photo_images": [URL]}},
        {"source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 1, "photo_images": [URL]}},
        {"source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": ["http://a.example/a"]}},
        {"source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": [URL] * 36}},
    ],
)
def test_an_invalid_body_is_refused(app, token, change):
    app.settings(verified_urls=["a.example"])

    assert code(init(app, token, body_of([URL], **change))) == (400, "invalid_params")


def test_the_longest_texts_and_the_largest_number_of_pictures_are_accepted(app, token):
    app.settings(verified_urls=["a.example"])
    info = {"privacy_level": "SELF_ONLY", "title": "😀" * 45, "description": "😀" * 2000}

    reply = init(app, token, body_of([URL] * 35, post_info=info))

    assert code(reply) == (200, "ok")


def test_ignored_fields_cause_a_warning(app, token, serve):
    urls = serve(a_jpg=picture())
    info = {"title": "t", "privacy_level": "SELF_ONLY", "auto_add_music": True, "is_aigc": True}

    reply = init(app, token, body_of(urls, "MEDIA_UPLOAD", post_info=info)).json()["data"]

    assert app.post(reply["publish_id"])["warnings"] == [
        "post_info.is_aigc is not documented here and is ignored",
        "post_info.privacy_level is ignored: the creator chooses it in the app",
        "post_info.auto_add_music is ignored: the creator chooses it in the app",
    ]


@pytest.mark.parametrize(("mode", "scope"), [("DIRECT_POST", "video.publish"), ("MEDIA_UPLOAD", "video.upload")])
def test_each_mode_needs_its_own_scope(app, serve, mode, scope):
    other = ({"video.publish", "video.upload"} - {scope}).pop()
    urls = serve(a_jpg=picture())
    with_it, without = (app.connect(scopes=["user.info.basic", each])["access_token"] for each in (scope, other))

    assert code(init(app, with_it, body_of(urls, mode))) == (200, "ok")
    assert code(init(app, without, body_of(urls, mode))) == (401, "scope_not_authorized")


def test_every_url_must_be_verified(app, token, serve):
    (url,) = serve(a_jpg=picture())

    assert code(init(app, token, body_of([url, "https://b.example/b.jpg"]))) == (403, "url_ownership_unverified")


def test_the_creators_options_and_the_rate_limit_apply_to_photos_too(app, token):
    app.settings(verified_urls=["a.example"])
    urls = [URL]
    public = {"privacy_level": "PUBLIC_TO_EVERYONE"}

    assert code(init(app, token, body_of(urls, post_info=public))) == (403, "privacy_level_option_mismatch")
    assert [code(init(app, token, body_of(urls)))[0] for _ in range(6)] == [200] * 5 + [429]


def test_a_fault_applies_to_a_photo_init(app, token):
    app.fault("content_init", "error", code="internal_error", status=500)

    assert code(init(app, token, body_of([URL]))) == (500, "internal_error")
