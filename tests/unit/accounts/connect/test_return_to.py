import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.accounts.connect.begin_consent import return_url
from dropcast.url_origins import is_at

ORIGINS = ["https://app.example", "http://127.0.0.1:3000"]


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example",
        "https://app.example/done?x=1#top",
        "https://APP.example:443/done",
        "https://app.example:/done",
        "http://127.0.0.1:3000/",
    ],
)
def test_addresses_of_listed_origins_are_allowed(url):
    assert is_at(url, ORIGINS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/done",
        "//app.example/done",
        "https:app.example",
        "http://app.example/",
        "https://app.example:8443/",
        "http://127.0.0.1/",
        "https://app.example.evil.example/",
        "https://evil.example/?https://app.example/",
        "https://app.example@evil.example/",
        "https://evil.example\\@app.example/",
        "https://app.example\\.evil.example/",
        "https://app.example/\\evil",
        "https://user:pw@app.example/",
        "https://app.example\t.evil.example/",
        "https://app.example/\r\nSet-Cookie: a=b",
        " https://app.example/",
        "javascript://app.example/%0aalert(1)",
        "data:text/html,https://app.example",
        "https://app.example:port/",
        "https://[app.example/",
    ],
)
def test_every_other_address_is_refused(url):
    assert not is_at(url, ORIGINS)


def test_without_a_list_no_address_is_allowed():
    assert not is_at("https://app.example/", [])


@given(st.text(max_size=40))
def test_an_allowed_address_begins_with_a_listed_origin(tail):
    url = "https://app.example" + tail

    if is_at(url, ORIGINS):
        assert re.match(r"(:(0*443)?)?([/?#]|\Z)", tail)


def test_the_outcome_is_added_and_replaces_forged_parameters():
    url = return_url("https://app.example/done?a=1&connected=acc_forged&b=#top", {"error": "access_denied"})

    parts = urlsplit(url)
    assert parse_qs(parts.query, keep_blank_values=True) == {"a": ["1"], "b": [""], "error": ["access_denied"]}
    assert (parts.netloc, parts.path, parts.fragment) == ("app.example", "/done", "top")


def test_an_address_in_any_script_becomes_an_ascii_header():
    url = return_url("https://app.example/\u00e9/%C3%A9/\u010d\u010aX?\u00fc=1#\u2028", {"error": "x"})

    assert url == "https://app.example/%C3%A9/%C3%A9/%C4%8D%C4%8AX?%C3%BC=1&error=x#%E2%80%A8"
