import socket
import time

import httpx
import pytest

CHUNK = 5_242_880


@pytest.fixture
def tokens(app):
    return app.connect()


@pytest.fixture
def token(tokens):
    return tokens["access_token"]


def info(app, token):
    return app.call("post/publish/creator_info/query/", token)


def until_it_ends(ask, error):
    for _ in range(100):
        try:
            return ask()
        except error:
            time.sleep(0.1)
    raise AssertionError(f"{error} without end")


def last_entry(app, route):
    return app.journal(route=route)[-1]


def test_a_status_with_html_is_returned_the_requested_number_of_times(app, token):
    app.fault("creator_info", "answer", status=502, body="<h1>Bad gateway</h1>", times=2)

    answers = [info(app, token) for _ in range(3)]

    assert [one.status_code for one in answers] == [502, 502, 200]
    assert answers[0].headers["content-type"].startswith("text/html")
    assert last_entry(app, "creator_info")["fault"] is None


def test_an_error_code_is_in_the_envelope_or_flat(app, token):
    app.fault("creator_info", "error", code="internal_error")
    app.fault("token", "error", code="server_error", status=503)

    wrapped = info(app, token)
    flat = app.token(grant_type="refresh_token", refresh_token="x")

    assert (wrapped.status_code, wrapped.json()["error"]["code"]) == (500, "internal_error")
    assert (flat.status_code, flat.json()["error"]) == (503, "server_error")


def test_a_fault_can_skip_the_first_requests(app, token):
    app.fault("creator_info", "answer", status=500, skip=1)

    assert [info(app, token).status_code for _ in range(3)] == [200, 500, 200]


def test_a_reset_before_the_effect_prevents_it(app, token):
    app.fault("video_init", "reset_before")

    with pytest.raises(httpx.TransportError):
        app.init(token, 1000)

    entry = last_entry(app, "video_init")
    assert (entry["status"], entry["effect"], entry["fault"]) == (None, False, "reset_before")
    assert app.admin("GET", "posts")["items"] == []


def test_a_reset_after_the_effect_keeps_it(app, tokens):
    app.fault("token", "reset_after")

    with pytest.raises(httpx.TransportError):
        app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    entry = last_entry(app, "token")
    assert (entry["status"], entry["effect"], entry["fault"]) == (None, True, "reset_after")
    lost = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert lost.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_a_reset_closes_the_tcp_connection_without_an_answer(app, kind):
    app.fault("user_info", kind)
    with socket.create_connection(("127.0.0.1", httpx.URL(app.url).port)) as wire:
        wire.sendall(b"GET /v2/user/info/ HTTP/1.1\r\nHost: sandbox\r\n\r\n")

        with pytest.raises(ConnectionResetError):
            wire.recv(1)


def test_a_chunk_with_a_lost_answer_counts(app, token, video):
    data = app.init(token, len(video))["data"]
    app.fault("upload", "reset_after")

    with pytest.raises(httpx.TransportError):
        app.put(data["upload_url"], video, 0, len(video))

    assert app.post(data["publish_id"])["received_bytes"] == len(video)


def test_a_gateway_error_can_hide_an_effect(app, token):
    app.fault("video_init", "answer", status=504, body="", effect=True)
    body = {
        "post_info": {"privacy_level": "SELF_ONLY"},
        "source_info": {"source": "FILE_UPLOAD", "video_size": 9, "chunk_size": 9, "total_chunk_count": 1},
    }

    answer = app.call("post/publish/video/init/", token, body)

    assert answer.status_code == 504
    assert last_entry(app, "video_init")["effect"] is True
    assert len(app.admin("GET", "posts")["items"]) == 1


def test_an_answer_can_be_slow(app, token):
    app.fault("creator_info", "slow_answer", seconds=0.3)
    began = time.monotonic()

    info(app, token)

    assert time.monotonic() - began >= 0.3


def test_a_body_can_be_read_slowly(app, token, video_of):
    video = video_of(400_000)
    data = app.init(token, len(video))["data"]
    app.fault("upload", "slow_body", bytes_per_second=1_000_000)
    began = time.monotonic()

    app.put(data["upload_url"], video, 0, len(video))

    assert time.monotonic() - began >= 0.4


def test_the_content_range_can_be_wrong_or_missing(app, token, video_of):
    video = video_of(2 * CHUNK)
    url = app.init(token, len(video), chunk=CHUNK)["data"]["upload_url"]
    app.fault("upload", "wrong_content_range", content_range="bytes 0-7/9")
    app.fault("upload", "wrong_content_range")

    wrong = app.put(url, video[:CHUNK], 0, len(video))
    absent = app.put(url, video[CHUNK:], CHUNK, len(video))

    assert wrong.headers["content-range"] == "bytes 0-7/9"
    assert "content-range" not in absent.headers
    assert (wrong.status_code, absent.status_code) == (206, 201)


def test_faults_are_listed_and_cleared(app, token):
    app.fault("upload", "reset_before", times=3)
    listed = app.admin("GET", "faults")["items"]

    app.admin("DELETE", "faults")

    assert (listed[0]["route"], listed[0]["times"]) == ("upload", 3)
    assert app.admin("GET", "faults")["items"] == []


@pytest.mark.parametrize(
    "fault",
    [
        {"route": "nowhere", "kind": "reset_before"},
        {"route": "token", "kind": "explode"},
        {"route": "token", "kind": "answer"},
        {"route": "token", "kind": "slow_answer"},
        {"route": "token", "kind": "reset_before", "time": 2},
    ],
)
def test_an_incomplete_fault_is_refused(app, fault):
    assert app.http.post("/_sandbox/faults", json=fault).status_code == 422


def test_a_fault_for_one_creator_does_not_affect_the_others(app, token):
    other = app.connect("lena.public")
    app.fault("creator_info", "answer", status=502, open_id=other["open_id"])
    app.fault("token", "error", code="server_error", status=503, open_id=other["open_id"])

    assert info(app, token).status_code == 200
    assert info(app, other["access_token"]).status_code == 502
    assert app.token(grant_type="refresh_token", refresh_token=other["refresh_token"]).status_code == 503
    assert app.token(grant_type="refresh_token", refresh_token=other["refresh_token"]).status_code == 200


def test_an_error_can_be_late(app, token):
    app.fault("creator_info", "error", code="access_token_invalid", seconds=0.3)

    began = time.monotonic()

    assert info(app, token).status_code == 401
    assert time.monotonic() - began >= 0.3


def test_an_outage_refuses_connections(app, token):
    app.admin("POST", "away", {"seconds": 2})

    with pytest.raises(httpx.ConnectError):
        until_it_ends(lambda: info(app, token), httpx.ReadError)  # an open connection is reset before that
    assert until_it_ends(lambda: info(app, token), httpx.ConnectError).status_code == 200


def test_a_creator_without_webhooks_causes_none(app, receiver, token, video):
    app.settings(webhook_url=receiver.url, processing_seconds=0)
    app.admin("PATCH", "creators/tom.private", {"webhooks": False})
    app.upload(token, video)
    app.admin("PATCH", "creators/tom.private", {"webhooks": True})
    app.upload(token, video)

    assert receiver.wait_for(1)
    assert len(receiver.got) == 1
