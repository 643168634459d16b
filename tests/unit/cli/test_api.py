"""The key and the address in the environment, and requests made from a person's input."""

import httpx
import pytest
import typer

from cli.api import KEY_VARIABLE, URL_VARIABLE, open_api, request_of
from cli.expected_errors import explain
from dropcast_client import DropcastError, PublishRequest
from tests.unit.support.api_examples import client


def test_without_a_key_the_command_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)

    with pytest.raises(DropcastError) as refused:
        open_api("dev")

    assert "dropcast keys create --name me --bootstrap" in refused.value.fix


@pytest.mark.parametrize("url", ["no address", "http://[::1", "http://a:b", "ftp://a", "/v1", "deployed.example"])
def test_an_invalid_address_is_explained(monkeypatch, url):
    monkeypatch.setenv(KEY_VARIABLE, "dk_1")
    monkeypatch.setenv(URL_VARIABLE, url)

    with pytest.raises(DropcastError, match="valid address") as refused:
        open_api("dev")

    assert URL_VARIABLE in refused.value.fix


@pytest.mark.parametrize("key", ["schlüssel", "dk\n1"])
def test_a_key_that_fits_no_header_is_explained(monkeypatch, key):
    monkeypatch.setenv(KEY_VARIABLE, key)
    monkeypatch.setenv(URL_VARIABLE, "https://deployed.example")

    with pytest.raises(DropcastError, match="API key"):
        open_api("dev")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"privacy_level": "EVERYONE"}, "privacy_level"),
        ({"colour": "red"}, "colour"),
        ({"allow_duet": []}, "allow_duet"),
    ],
)
def test_a_field_that_a_request_cannot_have_is_named(given, words):
    source = {"source": {"type": "url", "url": "https://a.example/v.mp4"}}

    with pytest.raises(typer.BadParameter, match=words):
        request_of(PublishRequest, source | given)


def test_what_is_empty_is_not_sent():
    given = {"source": {"type": "url", "url": "https://a.example/v.mp4"}, "title": "", "account_id": None}

    assert request_of(PublishRequest, given).model_fields_set == {"source"}


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, {"json": {"message": "Forbidden"}}, "HTTP 403: The gateway answered: Forbidden."),
        (404, {"html": "<html>"}, "This is not Dropcast's API."),
    ],
)
def test_a_refusal_is_explained_in_one_line_and_a_fix(status, body, words):
    with pytest.raises(DropcastError) as refused:
        client(lambda _: httpx.Response(status, **body)).show_publish("pub_1")

    explained = explain(refused.value)

    assert explained is not None
    said, fix = explained
    assert said.endswith(words)
    assert "\n" not in said
    assert fix.startswith("Check")
