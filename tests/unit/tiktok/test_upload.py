import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from dropcast.tiktok.upload import ChunkAnswer, origin_allowed, put_chunk
from tests.unit.support.answers import answering, failing

URL = SecretStr("https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=hidden%2B")
TIKTOKS = ["https://*.tiktokapis.com"]


def put(asked, body=(b"abc", b"de"), *, first=10, total=100):
    return put_chunk(
        asked.tiktok.http, URL, content_type="video/mp4", first=first, last=first + 4, total=total, body=body
    )


def test_a_chunk_is_sent_with_its_length_and_range_and_without_our_token():
    asked = answering(206)

    put(asked)

    request = asked.only
    assert request.method == "PUT"
    assert str(request.url) == URL.get_secret_value()
    assert request.content == b"abcde"
    assert request.headers["Content-Type"] == "video/mp4"
    assert request.headers["Content-Length"] == "5"
    assert request.headers["Content-Range"] == "bytes 10-14/100"
    assert "Transfer-Encoding" not in request.headers
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "done"),
        (201, "done"),
        (206, "continue"),
        (302, "rejected"),
        (400, "rejected"),
        (401, "rejected"),
        (403, "expired"),
        (404, "gone"),
        (408, "again"),
        (410, "gone"),
        (416, "resync"),
        (429, "again"),
        (500, "again"),
        (502, "again"),
        (503, "again"),
    ],
)
def test_each_status_has_one_meaning(status, kind):
    assert put(answering(status)) == ChunkAnswer(kind, None, status, None)


@pytest.mark.parametrize(
    ("header", "received"),
    [
        ("bytes 0-15/100", 15),
        (" bytes 0-0/100 ", 0),
        ("bytes 0-15/99", None),
        ("bytes 5-15/100", None),
        ("bytes */100", None),
        ("bytes 0--1/100", None),
        ("0-15/100", None),
        ("", None),
    ],
)
def test_reported_progress_is_used_only_for_this_file(header, received):
    assert put(answering(206, headers={"Content-Range": header})).received == received


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("0", 0), ("Sat, 21 Nov 2026 04:00:00 GMT", None)])
def test_a_wait_in_seconds_is_used(header, seconds):
    assert put(answering(503, headers={"Retry-After": header})).retry_after == seconds


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.RemoteProtocolError]
)
def test_an_interrupted_exchange_is_no_answer(error):
    assert put(failing(error("no"))) == ChunkAnswer("no_answer")


@pytest.mark.parametrize("error", [OSError("disk"), RuntimeError("s3"), httpx.ReadError("the source's own network")])
def test_an_error_of_the_source_is_passed_on_unchanged(error):
    def failing_source():
        yield b"abc"
        raise error

    with pytest.raises(type(error)) as raised:
        put(answering(206), failing_source())

    assert raised.value is error


@pytest.mark.parametrize("body", [[], [b"abcd"], [b"abc", b"def"], [b"abcde", b"f"]])
def test_a_body_of_the_wrong_length_is_an_error(body):
    with pytest.raises(ValueError, match="bytes than its chunk"):
        put(answering(206), body)


def test_more_bytes_than_the_chunk_has_are_never_sent():
    asked = answering(206)

    with pytest.raises(ValueError, match="more"):
        put(asked, [b"abc", b"def"])

    assert asked.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=2",
        "https://upload.us.tiktokapis.com/x",
        "https://a.tiktokapis.com:443/",
        "https://A.TikTokApis.COM/",
    ],
)
def test_tiktoks_hosts_are_allowed(url):
    assert origin_allowed(url, TIKTOKS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/video/",
        "//a.tiktokapis.com/",
        "a.tiktokapis.com",
        "http://a.tiktokapis.com/",
        "ftp://a.tiktokapis.com/",
        "https://tiktokapis.com/",
        "https://.tiktokapis.com/",
        "https://a..tiktokapis.com/",
        "https://a.tiktokapis.com./",
        "https://a.tiktokapis.com:8443/",
        "https://a.tiktokapis.com:99999/",
        "https://a.tiktokapis.com.evil.example/",
        "https://eviltiktokapis.com/",
        "https://a.tiktokapis.com@evil.example/",
        "https://evil.example@a.tiktokapis.com/",
        "https://u:p@a.tiktokapis.com/",
        "https://a.tiktokapis.com\\@evil.example/",
        "https://evil.example\\.tiktokapis.com/",
        "https://evil.example/.tiktokapis.com",
        "https://evil.example#.tiktokapis.com",
        "https://evil.example?.tiktokapis.com",
        "https://evil.example%2f.tiktokapis.com/",
        "https://evil.example%00.tiktokapis.com/",
        "https://evil.example\n.tiktokapis.com/",
        "https://ⓐ.tiktokapis.com/",
        "https://*.tiktokapis.com/",
        "https://[::1].tiktokapis.com/",
        "https://169.254.169.254/",
    ],
)
def test_other_hosts_are_refused(url):
    assert not origin_allowed(url, TIKTOKS)


@pytest.mark.parametrize(
    ("url", "origin", "allowed"),
    [
        ("http://127.0.0.1:9400/upload?x=1", "http://127.0.0.1:9400", True),
        ("http://127.0.0.1:9400/upload?x=1", "http://127.0.0.1:9400/", True),
        ("http://127.0.0.1:9401/upload", "http://127.0.0.1:9400", False),
        ("http://127.0.0.1:9400/upload", "http://127.0.0.1", False),
        ("https://127.0.0.1:9400/upload", "http://127.0.0.1:9400", False),
        ("https://a.b.example/", "https://a.*.example", False),
        ("https://ab.example/", "https://a*.example", False),
        ("https://anything.example/", "https://*", False),
        ("https://anything./", "https://*.", False),
        ("", "", False),
    ],
)
def test_an_origin_is_scheme_host_and_port_with_a_star_only_at_the_start(url, origin, allowed):
    assert origin_allowed(url, [origin]) is allowed


def test_without_allowed_origins_every_address_is_refused():
    assert not origin_allowed("https://a.tiktokapis.com/", [])


@given(st.text(max_size=60))
def test_an_allowed_address_connects_to_tiktok(tail):
    url = f"https://{tail}"

    if origin_allowed(url, TIKTOKS):
        assert httpx.URL(url).raw_host.endswith(b".tiktokapis.com")


NO_PATH = st.text(max_size=40).filter(lambda text: not set(text) & set("/?#"))


@given(NO_PATH, st.sampled_from(["@", "\\", ".", ":", "%", ""]))
def test_no_look_alike_is_allowed(prefix, joint):
    assert not origin_allowed(f"https://{prefix}.tiktokapis.com{joint}x.evil.example/", TIKTOKS)
