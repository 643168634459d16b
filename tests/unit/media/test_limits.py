import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.media.limits import utf16_length


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("é", 1), ("漢字", 2), ("😀😀😀", 6), ("👨‍👩‍👧", 8), ("\ud83d", 1)]
)
def test_a_text_is_measured_in_utf16_units(text, units):
    assert utf16_length(text) == units


@given(st.text(), st.text())
def test_lengths_add_up(one, other):
    assert utf16_length(one + other) == utf16_length(one) + utf16_length(other)


@given(st.text())
def test_only_characters_outside_the_first_plane_count_twice(text):
    assert utf16_length(text) == len(text) + sum(ord(character) > 0xFFFF for character in text)
