import hashlib
import socket
import time
from itertools import pairwise

import httpx
import pytest

CHUNK = 10_000_000


@pytest.fixture
def token(app):
    return app.connect()["access_token"]


def started(app, token, size, chunk=None):
    data = app.init(token, size, chunk=chunk)["data"]
    return data["publish_id"], data["upload_url"]


def test_one_chunk_is_received_unchanged(app, token, video):
    publish_id, url = started(app, token, len(video))

    answer = app.put(url, video, 0, len(video))

    seen = app.post(publish_id)
    assert answer.status_code == 201
    assert answer.headers["content-range"] == f"bytes 0-{len(video)}/{len(video)}"
    assert (seen["received_bytes"], seen["sha256"]) == (len(video), hashlib.sha256(video).hexdigest())
    assert seen["is_video"] is True
    assert seen["puts"] == [{"first": 0, "last": len(video) - 1, "status": 201, "bytes": len(video)}]


def test_several_chunks_of_70_mb_arrive_fast(app, token, video_of):
    video = video_of(70_000_123)
    publish_id, url = started(app, token, len(video), CHUNK)
    began = time.monotonic()

    cuts = [*range(0, 7 * CHUNK, CHUNK), len(video)]
    answers = [app.put(url, video[first:end], first, len(video)) for first, end in pairwise(cuts)]

    took = time.monotonic() - began
    assert [answer.status_code for answer in answers] == [206] * 6 + [201]
    assert answers[0].headers["content-range"] == f"bytes 0-{CHUNK}/{len(video)}"
    assert app.post(publish_id)["sha256"] == hashlib.sha256(video).hexdigest()
    assert app.post(publish_id)["is_video"]
    assert took < 8, f"70 MB took {took:.1f} s"


def test_the_content_range_may_be_a_last_index(app, token, video):
    app.settings(content_range_end="last_index")
    _, url = started(app, token, len(video))

    assert app.put(url, video, 0, len(video)).headers["content-range"] == f"bytes 0-{len(video) - 1}/{len(video)}"


def test_a_repeated_or_early_chunk_gets_416_with_the_progress(app, token, video_of):
    video = video_of(2 * CHUNK)
    _, url = started(app, token, len(video), CHUNK)

    early = app.put(url, video[CHUNK:], CHUNK, len(video))
    first = app.put(url, video[:CHUNK], 0, len(video))
    repeated = app.put(url, video[:CHUNK], 0, len(video))
    last = app.put(url, video[CHUNK:], CHUNK, len(video))
    after = app.put(url, video[CHUNK:], CHUNK, len(video))

    assert [one.status_code for one in (early, first, repeated, last, after)] == [416, 206, 416, 201, 416]
    assert early.headers["content-range"] == f"bytes 0-0/{len(video)}"
    assert repeated.headers["content-range"] == f"bytes 0-{CHUNK}/{len(video)}"
    assert after.headers["content-range"] == f"bytes 0-{len(video)}/{len(video)}"


def test_a_chunk_of_another_length_than_the_plan_s_gets_416(app, token, video_of):
    video = video_of(2 * CHUNK)
    publish_id, url = started(app, token, len(video), CHUNK)

    assert app.put(url, video[: CHUNK - 1], 0, len(video)).status_code == 416
    assert app.put(url, video, 0, len(video)).status_code == 416
    assert app.post(publish_id)["received_bytes"] == 0


@pytest.mark.parametrize("headers", [{"Content-Range": ""}, {"Content-Range": "bytes 0-3999/5000"}])
def test_a_put_without_content_range_or_of_another_total_gets_416(app, token, video, headers):
    publish_id, url = started(app, token, len(video))

    answer = app.put(url, video, 0, len(video), **headers)

    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes 0-0/{len(video)}")
    assert app.post(publish_id)["received_bytes"] == 0


def test_the_body_of_every_answer_to_a_put_is_null(app, token, video):
    _, url = started(app, token, len(video))

    answers = [app.put(url, video, first, len(video)) for first in (1, 0)]

    assert [(one.status_code, one.text) for one in answers] == [(400, "null"), (201, "null")]
    assert answers[1].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/octet-stream"},
        {"Content-Range": "bytes 0-3998/4000"},
        {"Content-Range": "0-3999/4000"},
        {"Content-Range": "bytes 0-4000/4000"},
    ],
)
def test_bad_headers_are_refused(app, token, video, headers):
    publish_id, url = started(app, token, len(video))

    assert app.put(url, video, 0, len(video), **headers).status_code == 400
    assert app.post(publish_id)["received_bytes"] == 0


def test_chunked_transfer_encoding_is_refused(app, token, video):
    _, url = started(app, token, len(video))
    headers = {"Content-Type": "video/mp4", "Content-Range": f"bytes 0-{len(video) - 1}/{len(video)}"}

    assert app.http.put(url, content=iter([video]), headers=headers).status_code == 400


def test_unknown_expired_and_forged_urls_are_refused(app, token, video):
    _, url = started(app, token, len(video))
    unknown = httpx.URL(url).copy_set_param("upload_id", "1")
    forged = httpx.URL(url).copy_set_param("upload_token", "x")

    assert app.put(str(unknown), video, 0, len(video)).status_code == 404
    assert app.put(str(forged), video, 0, len(video)).status_code == 403
    app.admin("POST", "clock", {"advance": 3600})
    assert app.put(url, video, 0, len(video)).status_code == 403


def test_a_chunk_does_not_count_if_its_connection_breaks(app, token, video_of):
    video = video_of(2 * CHUNK)
    publish_id, url = started(app, token, len(video), CHUNK)
    app.fault("upload", "reset_in_body", after_bytes=3_000_000)

    with pytest.raises(httpx.TransportError):
        app.put(url, video[:CHUNK], 0, len(video))

    seen = app.post(publish_id)
    assert (seen["received_bytes"], seen["puts"][0]["status"]) == (0, None)
    assert 3_000_000 <= seen["puts"][0]["bytes"] < CHUNK
    assert app.journal(route="upload")[0]["status"] is None
    assert app.put(url, video[:CHUNK], 0, len(video)).status_code == 206
    assert app.put(url, video[CHUNK:], CHUNK, len(video)).status_code == 201
    assert app.post(publish_id)["sha256"] == hashlib.sha256(video).hexdigest()


def test_a_publish_is_processed_and_its_bytes_are_counted(app, token, video):
    app.settings(processing_seconds=30)
    publish_id = app.upload(token, video)

    during = app.status(token, publish_id)
    app.admin("POST", "clock", {"advance": 30})
    after = app.status(token, publish_id)

    assert during == {
        "status": "PROCESSING_UPLOAD",
        "publicaly_available_post_id": [],
        "uploaded_bytes": len(video),
    }
    assert after["status"] == "PUBLISH_COMPLETE"


def test_a_file_that_is_no_video_fails(app, token):
    app.settings(processing_seconds=0)
    publish_id = app.upload(token, b"not a video" * 100)

    assert app.status(token, publish_id)["fail_reason"] == "file_format_check_failed"


def test_any_outcome_can_be_set(app, token, video):
    app.settings(processing_seconds=0, fail_reason="frame_rate_check_failed")
    publish_id = app.upload(token, video)

    said = app.status(token, publish_id)

    assert (said["status"], said["fail_reason"]) == ("FAILED", "frame_rate_check_failed")


def test_a_public_post_gets_a_19_digit_id_later(app, video):
    app.settings(audited=True, processing_seconds=0, publicly_available_seconds=100)
    token = app.connect("lena.public")["access_token"]
    publish_id = app.upload(token, video, privacy_level="PUBLIC_TO_EVERYONE")

    before = app.status(token, publish_id)
    app.admin("POST", "clock", {"advance": 100})
    (post_id,) = app.status(token, publish_id)["publicaly_available_post_id"]

    assert (before["status"], before["publicaly_available_post_id"]) == ("PUBLISH_COMPLETE", [])
    assert isinstance(post_id, int)
    assert len(str(post_id)) == 19


def test_a_private_post_never_gets_an_id(app, token, video):
    app.settings(processing_seconds=0)
    publish_id = app.upload(token, video)
    app.admin("POST", "clock", {"advance": 1000})

    assert app.status(token, publish_id)["publicaly_available_post_id"] == []


def test_a_draft_waits_in_the_inbox_until_the_creator_posts_it(app, token, video):
    app.settings(processing_seconds=0, publicly_available_seconds=0)
    publish_id = app.upload(token, video, mode="inbox/video")

    waiting = app.status(token, publish_id)["status"]
    for _ in range(2):
        app.admin("POST", f"posts/{publish_id}/publish", {"public": True})

    posted = app.status(token, publish_id)
    assert waiting == "SEND_TO_USER_INBOX"
    assert posted["status"] == "PUBLISH_COMPLETE"
    assert len(posted["publicaly_available_post_id"]) == 2


def test_a_disconnect_fails_publishes_in_processing(app, token, video):
    app.settings(processing_seconds=100)
    publish_id = app.upload(token, video)

    app.admin("POST", "creators/tom.private/disconnect", {"reason": 1})

    assert app.post(publish_id)["fail_reason"] == "auth_removed"


def test_a_client_that_disconnects_midway_leaves_no_bytes(app, token, video):
    publish_id, url = started(app, token, len(video))

    with connected(url) as wire:
        wire.sendall(put_head(url, len(video)) + video[:1000])

    wait_until(lambda: app.post(publish_id)["puts"])
    assert app.post(publish_id)["puts"] == [{"first": 0, "last": len(video) - 1, "status": None, "bytes": 1000}]
    assert app.put(url, video, 0, len(video)).status_code == 201
    assert app.post(publish_id)["sha256"] == hashlib.sha256(video).hexdigest()


def test_the_first_complete_upload_of_a_chunk_counts(app, token, video):
    publish_id, url = started(app, token, len(video))

    with connected(url) as slow:
        slow.sendall(put_head(url, len(video)) + bytes(1000))
        wait_until(lambda: app.journal(route="upload"))
        quick = app.put(url, video, 0, len(video))
        slow.sendall(bytes(len(video) - 1000))
        late = slow.recv(100)

    assert quick.status_code == 201
    assert late.startswith(b"HTTP/1.1 416")
    assert app.post(publish_id)["sha256"] == hashlib.sha256(video).hexdigest()


def wait_until(true, seconds=10):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def connected(url):
    target = httpx.URL(url)
    return socket.create_connection((target.host, target.port))


def put_head(url, size):
    return (
        f"PUT {httpx.URL(url).raw_path.decode()} HTTP/1.1\r\nHost: sandbox\r\nContent-Type: video/mp4\r\n"
        f"Content-Length: {size}\r\nContent-Range: bytes 0-{size - 1}/{size}\r\n\r\n"
    ).encode()
