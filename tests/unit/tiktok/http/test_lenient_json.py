import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.tiktok.http.lenient_json import read_json

HALF = "\ufffd"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\ud83c"', HALF),
        (r'"\ude00\ud83d"', HALF + HALF),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d\ud83d\ude00"', HALF + "😀"),
        (r'"\\ud83c"', r"\ud83c"),
        (r'"\\\ud83c"', "\\" + HALF),
        (r'"\uD83C\u0041"', HALF + "A"),
        (r'{"\ud83c": ["\udfff"]}', {HALF: [HALF]}),
    ],
)
def test_a_lone_surrogate_is_replaced(text, value):
    assert read_json(text.encode()) == value


def test_a_lone_surrogate_in_the_bytes_is_replaced():
    assert read_json(b'["\xed\xa0\xbc"]') == [HALF * 3]


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a"', b"[" * 100_000, b"9" * 5_000, b"\xff\xfe\x00", b"\x00"])
def test_a_text_that_is_no_json_gives_none(body):
    assert read_json(body) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
def test_other_encodings_of_json_are_read(encoding):
    assert read_json('{"a":"é"}'.encode(encoding)) == {"a": "é"}


texts = st.text(st.characters(codec=None, exclude_categories=()))


@given(st.recursive(texts | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(texts, inner)))
def test_every_parsed_value_can_be_written(value):
    read = read_json(json.dumps(value).encode())

    json.dumps(read, ensure_ascii=False).encode()


@given(st.text())
def test_complete_characters_stay_unchanged(text):
    assert read_json(json.dumps(text).encode()) == text


@given(st.binary())
def test_no_bytes_raise_an_exception(body):
    read_json(body)
