"""Whatever answers at DROPCAST_URL, the command reports it in one line."""

import json

import httpx
import pytest

from cli.api import Api, ApiRefusedError, open_api

ANSWERS = {
    "a page": httpx.Response(200, html="<html>Sign in</html>"),
    "a list": httpx.Response(200, json=[]),
    "null": httpx.Response(200, json=None),
    "nothing": httpx.Response(204),
    "a number": httpx.Response(200, json=7),
    "a text": httpx.Response(200, json="items"),
    "no UTF-8": httpx.Response(200, content=b"\xff\xfe\x00"),
    "a deep nest": httpx.Response(200, content=b"[" * 100_000),
    "an empty object": httpx.Response(200, json={}),
    "an object of another kind": httpx.Response(200, json={"data": {"items": []}}),
    "a page with an error": httpx.Response(500, html="<html>502</html>"),
    "an error that is a text": httpx.Response(400, json={"error": "invalid_request"}),
    "an error that is a list": httpx.Response(400, json={"error": [1]}),
    "an error without words": httpx.Response(400, json={"error": {}}),
    "a refusing list": httpx.Response(403, json=["message"]),
    "a refusing null": httpx.Response(404, json=None),
    "a login page elsewhere": httpx.Response(302, headers={"location": "https://login.example"}),
    "broken gzip": httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")),
}


def api(answer: httpx.Response) -> Api:
    return Api(httpx.Client(base_url="https://deployed.example", transport=httpx.MockTransport(lambda request: answer)))


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_of_another_server_is_explained(answer):
    with pytest.raises(ApiRefusedError) as refused:
        api(answer).ask("GET", "/v1/webhooks")["items"]

    assert str(refused.value)
    assert refused.value.fix


def test_a_missing_nested_field_is_explained():
    shown = api(httpx.Response(200, json={"items": [{"name": "one"}]})).ask("GET", "/v1/webhooks")

    with pytest.raises(ApiRefusedError, match="without the field status"):
        shown["items"][0]["status"]


def test_a_refusal_of_dropcast_keeps_its_message():
    error = {"code": "not_found", "message": "There is none.", "fix": "Look again."}

    with pytest.raises(ApiRefusedError, match=r"not_found: There is none\.") as refused:
        api(httpx.Response(404, content=json.dumps({"error": error}))).ask("GET", "/v1/webhooks")

    assert refused.value.fix == "Look again."


@pytest.mark.parametrize("url", ["no address", "http://[::1", "http://a:b", "ftp://a", "/v1"])
def test_an_invalid_address_is_explained(monkeypatch, url):
    monkeypatch.setenv("DROPCAST_API_KEY", "dk_1")
    monkeypatch.setenv("DROPCAST_URL", url)

    with pytest.raises(ApiRefusedError):
        open_api("dev").ask("GET", "/v1/webhooks")


@pytest.mark.parametrize("key", ["schlüssel", "dk\n1"])
def test_a_key_that_fits_no_header_is_explained(monkeypatch, key):
    monkeypatch.setenv("DROPCAST_API_KEY", key)
    monkeypatch.setenv("DROPCAST_URL", "https://deployed.example")

    with pytest.raises(ApiRefusedError):
        open_api("dev")
