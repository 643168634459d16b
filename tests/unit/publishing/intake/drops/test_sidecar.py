"""Sidecars as tools and editors write them, and drop names in capital letters."""

import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE
from unicodedata import normalize

import pytest

from dropcast.accounts.account_store import set_drop_defaults
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.states import State
from tests.unit.publishing.conftest import BUCKET, outbox, stored
from tests.unit.publishing.intake.drops.test_drops import drop, put

PLAIN = json.dumps({"privacy_level": "SELF_ONLY", "title": "été"}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (PLAIN.encode("utf-16"), "UTF-16"),
        (BOM_UTF16_LE + PLAIN.encode("utf-16-le"), "UTF-16"),
        (BOM_UTF16_BE + PLAIN.encode("utf-16-be"), "UTF-16"),
        (PLAIN.encode("utf-16-le"), "UTF-16"),
        (PLAIN.encode("utf-16-be"), "UTF-16"),
        (PLAIN.encode("utf-32"), "UTF-32"),
        (BOM_UTF32_BE + PLAIN.encode("utf-32-be"), "UTF-32"),
        (PLAIN.encode("utf-32-le"), "UTF-32"),
        (PLAIN.encode("utf-32-be"), "UTF-32"),
        (PLAIN.encode("cp1252"), "Windows-1252"),
        (b"", "it is empty"),
        (b"\xef\xbb\xbf\r\n", "it is empty"),
        (b"{not json", "it is not a JSON object"),
    ],
)
def test_an_unreadable_sidecar_says_why_and_names_its_encoding(account, begun, raw, named):
    publish = drop(account, sidecar=raw)

    assert publish.error is not None
    assert (publish.state, publish.error.code) == (State.FAILED, "drop_sidecar_invalid")
    assert named in publish.error.message
    assert outbox()[-1] == "publish.failed"


@pytest.mark.parametrize("text", [PLAIN, json.dumps({"privacy_level": "SELF_ONLY", "title": "été"})])
def test_utf_8_is_read_with_and_without_a_byte_order_mark(account, begun, text):
    for mark in (b"", b"\xef\xbb\xbf"):
        publish = drop(account, name=f"{len(mark)}.mp4", sidecar=mark + text.encode())

        assert publish.options is not None
        assert publish.options.title == "été"


@pytest.mark.parametrize(("name", "beside"), [("A.MP4", "A.JSON"), ("A.MP4", "A.json"), ("a.mp4", "a.JSON")])
def test_a_sidecars_name_may_have_capital_letters(account, begun, name, beside):
    folder = f"drop/{account.account_id}/"
    version = put(folder + beside, PLAIN.encode())
    assert accept_drop(BUCKET, folder + beside, version) is None

    publish = accept_drop(BUCKET, folder + name, put(folder + name))

    assert publish is not None
    assert stored(publish).error is None
    assert begun == [publish.publish_id]


@pytest.mark.parametrize(("video", "beside"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_sidecars_name_may_have_another_unicode_form(account, begun, video, beside):
    """macOS writes é as e and an accent. Defaults must not replace an existing sidecar."""
    set_drop_defaults(account.account_id, {"privacy_level": "PUBLIC_TO_EVERYONE"})
    folder = f"drop/{account.account_id}/"
    put(folder + normalize(beside, "été.json"), PLAIN.encode())
    name = folder + normalize(video, "été.mp4")

    publish = accept_drop(BUCKET, name, put(name))

    assert publish is not None
    assert publish.options is not None
    assert publish.options.privacy_level == "SELF_ONLY"


@pytest.mark.parametrize("name", ["a.Json", "A.JSON", "a.json"])
def test_a_sidecar_alone_makes_no_publish(account, begun, name):
    key = f"drop/{account.account_id}/{name}"

    assert accept_drop(BUCKET, key, put(key, PLAIN.encode())) is None
    assert "publish.failed" not in outbox()
