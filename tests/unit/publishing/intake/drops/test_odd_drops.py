"""Odd sidecars, metadata and keys: each becomes a row with a state and a code, and a refusal has its reason."""

import json

import pytest

from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from tests.unit.publishing.conftest import BUCKET, outbox, stored
from tests.unit.publishing.intake.drops.photo_drops import code, put_pictures, take_photos
from tests.unit.publishing.intake.drops.test_drops import drop, put

OK = {"privacy_level": "SELF_ONLY"}
FAR = "9999-12-31T23:59:59-23:59"
INVALID, UNREADABLE = "drop_options_invalid", "drop_sidecar_invalid"
# For each: the sidecar, the code, and words of the message.
SIDECARS = {
    "time beyond the calendar": (OK | {"publish_at": FAR}, "publish_at_too_far", "366 days"),
    "time before the calendar": (OK | {"publish_at": "0001-01-01T00:00:00+23:59"}, "publish_at_past", "in the past"),
    "day that does not exist": (OK | {"publish_at": "2025-02-30T00:00:00Z"}, INVALID, "publish_at: "),
    "consent of a far day": (OK | {"consent": {"by": "a", "at": FAR, "text": "x"}}, None, ""),
    "list as mode": (OK | {"mode": []}, INVALID, "mode: "),
    "number as title": (OK | {"title": 1}, INVALID, "title: "),
    "deep objects": (b'{"a":' * 10000 + b"1" + b"}" * 10000, UNREADABLE, "recursion limit"),
    "deep lists": (b"[" * 60000, UNREADABLE, "recursion limit"),
    "a name twice": (b'{"privacy_level": "X", "privacy_level": "SELF_ONLY"}', None, ""),
    "a byte that is no UTF-8": (b'{"title": "\xff"}', UNREADABLE, "another encoding than UTF-8"),
    "half a character": (b'{"privacy_level": "SELF_ONLY", "title": "\\ud800"}', UNREADABLE, "hex escape"),
    "half a character as name": (b'{"privacy_level": "SELF_ONLY", "\\ud800": 1}', UNREADABLE, "hex escape"),
    "5,000 digits": (b'{"cover_timestamp_ms": ' + b"9" * 5000 + b"}", UNREADABLE, "number out of range"),
    "UTF-16": (json.dumps(OK).encode("utf-16"), UNREADABLE, "encoded in UTF-16; save it as UTF-8"),
    "no number": (b'{"privacy_level": "SELF_ONLY", "cover_timestamp_ms": NaN}', INVALID, "cover_timestamp_ms: "),
    "nothing": (b"", UNREADABLE, "it is empty"),
    "null": (b"null", UNREADABLE, "not a JSON object"),
    "a zero in the title": (b'{"privacy_level": "SELF_ONLY", "title": "\\u0000"}', None, ""),
    "zeros behind the text": (json.dumps(OK).encode() + b"\0\0", UNREADABLE, "trailing characters"),
    "4,000 unknown names": ({f"k{i}": i for i in range(4000)}, INVALID, "k0: "),
    "hashtags in one text": (OK | {"hashtags": "a b"}, INVALID, "hashtags: "),
    "line ends of Windows": (b'{\r\n"privacy_level": "SELF_ONLY"\r\n}\r\n', None, ""),
    "a comma too many": (b'{"privacy_level": "SELF_ONLY",\n}', UNREADABLE, "trailing comma at line 2 column 1"),
    "single quotes": (b"{'privacy_level': 'SELF_ONLY'}", UNREADABLE, "at line 1 column 2"),
    "a comment": (b'{"privacy_level": "SELF_ONLY"} // mine', UNREADABLE, "trailing characters"),
    "curly quotes": ('{“privacy_level”: "SELF_ONLY"}'.encode(), UNREADABLE, "at line 1 column 2"),
}
FAR_METADATA = {"privacy-level": "SELF_ONLY", "publish-at": FAR.replace(":", "%3A")}
METADATA = {
    "broken percent-encoding": ({"privacy-level": "SELF_ONLY", "title": "%ff%fe%zz"}, None),
    "commas as hashtags": ({"privacy-level": "SELF_ONLY", "hashtags": "%2C%2C"}, None),
    "time beyond the calendar": (
        {"privacy-level": "SELF_ONLY", "publish-at": FAR.replace(":", "%3A")},
        "publish_at_too_far",
    ),
    "a draft": ({"mode": "draft"}, None),
    "1,500 digits": ({"privacy-level": "SELF_ONLY", "cover-timestamp-ms": "1" * 1500}, INVALID),
}
# {A} is the account.
KEYS = {
    "drop/{A}/../x.mp4": None,
    "drop/{A}/x\n.mp4": "drop_key_invalid",
    "drop/{A}//a.mp4": None,
    "drop//a.mp4": "drop_key_invalid",
    "drop/" + "a" * 1000 + "/a.mp4": "account_not_found",
    "drop/a#b/a.mp4": "account_not_found",
    "drop/{A}/.mp4": None,
    "drop/{A}/é.mp4": None,
    "drop/{A}/a.json.mp4": None,
    "drop/x.mp4": "drop_key_invalid",
    "drop/{A}/a.b/c.mp4": None,
}


def ends(publish: Publish, expected: str | None) -> None:
    assert (publish.state, code(publish)) == (State.FAILED if expected else State.QUEUED, expected)
    assert (outbox()[-1] == "publish.failed") is (expected is not None)


@pytest.mark.parametrize("name", SIDECARS)
def test_each_odd_video_sidecar_has_the_listed_outcome(account, begun, name):
    sidecar, expected, words = SIDECARS[name]

    publish = drop(account, sidecar=sidecar)

    ends(publish, expected)
    assert words in (publish.error.message if publish.error else "")


@pytest.mark.parametrize("name", [name for name in SIDECARS if name not in ("5,000 digits", "no number", "nothing")])
def test_each_odd_photo_sidecar_has_the_listed_outcome(account, begun, name):
    sidecar, expected, words = SIDECARS[name]
    put_pictures(account, "a.jpg")

    publish = take_photos(account, sidecar)

    ends(publish, expected)
    assert words in (publish.error.message if publish.error else "")


@pytest.mark.parametrize("name", METADATA)
def test_each_odd_metadata_has_the_listed_outcome(account, begun, name):
    metadata, expected = METADATA[name]

    ends(drop(account, metadata=metadata), expected)


@pytest.mark.parametrize("key", KEYS)
def test_each_odd_key_has_the_listed_outcome(account, begun, key):
    own = key.replace("{A}", account.account_id)

    publish = accept_drop(BUCKET, own, put(own, metadata={"privacy-level": "SELF_ONLY"}))

    assert publish is not None
    ends(stored(publish), KEYS[key])
