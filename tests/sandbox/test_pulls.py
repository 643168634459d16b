import hashlib
import time

import pytest


@pytest.fixture
def token(app):
    return app.connect()["access_token"]


def pulled(app, token, url):
    body = {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": {"source": "PULL_FROM_URL", "video_url": url}}
    return app.call("post/publish/video/init/", token, body).json()


def settled(app, token, publish_id):
    deadline = time.monotonic() + 10
    while (said := app.status(token, publish_id))["status"].startswith("PROCESSING"):
        assert time.monotonic() < deadline
        app.settings(rate_limits={"status_fetch": 10_000})
        time.sleep(0.02)
    return said


def test_a_verified_url_is_pulled(app, token, receiver, video):
    app.settings(verified_urls=[f"{receiver.url}/"], processing_seconds=0)
    receiver.files["/video.mp4"] = (200, video)

    reply = pulled(app, token, f"{receiver.url}/video.mp4")

    said = settled(app, token, reply["data"]["publish_id"])
    assert "upload_url" not in reply["data"]
    assert (said["status"], said["downloaded_bytes"]) == ("PUBLISH_COMPLETE", len(video))
    assert app.post(reply["data"]["publish_id"])["sha256"] == hashlib.sha256(video).hexdigest()


@pytest.mark.parametrize("path", ["/missing.mp4", "/moved.mp4"])
def test_a_missing_or_redirecting_url_fails(app, token, receiver, video, path):
    app.settings(verified_urls=[f"{receiver.url}/"], processing_seconds=0)
    receiver.files |= {"/video.mp4": (200, video), "/moved.mp4": (307, b"")}

    publish_id = pulled(app, token, receiver.url + path)["data"]["publish_id"]

    assert settled(app, token, publish_id)["fail_reason"] == "video_pull_failed"


def test_an_unverified_or_insecure_url_is_refused(app, token):
    assert pulled(app, token, "https://example.com/a.mp4")["error"]["code"] == "url_ownership_unverified"
    assert pulled(app, token, "http://example.com/a.mp4")["error"]["code"] == "invalid_params"
