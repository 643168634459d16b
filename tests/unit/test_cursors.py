"""A cursor gives back its position. A text that is not a cursor has no position."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast import cursors, ids


@given(st.text())
def test_a_cursor_decodes_to_its_position(position):
    assert cursors.decode(cursors.encode(position)) == position


@given(st.integers(0, 2**33))
def test_a_cursor_of_an_id_decodes_to_the_id(at):
    id_ = ids.lowest_id("pub", at)

    assert cursors.decode_id(cursors.encode(id_), "pub") == id_
    assert cursors.decode_id(cursors.encode(id_), "evt") is None


@given(st.text())
def test_an_unknown_text_is_no_cursor(text):
    assert cursors.decode_id(text, "pub") is None


@pytest.mark.parametrize("position", ["", "pub", "pub_", "pub_~", "_"])
def test_a_cursor_of_another_kind_has_no_id(position):
    assert cursors.decode_id(cursors.encode(position), "pub") is None


@pytest.mark.parametrize("text", ["a", "////", "pub_1~"])
def test_invalid_base64_has_no_position(text):
    assert cursors.decode(text) is None
