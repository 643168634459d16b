import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.publishing.model.compose_caption import compose
from dropcast.tiktok.hashtags import hashtag_key, hashtags_in

NAMES = {
    "Hindi": "हिंदी",
    "Thai": "เพลงฮิต",
    "Tamil": "தமிழ்",
    "Bengali": "বাংলা",
    "Burmese": "မြန်မာ",
    "Arabic with vowels": "عَرَبِي",
    "Persian with a non-joiner": "می\u200cخواهم",
    "decomposed": "cafe\u0301",
    "joined": "क्\u200dष",
    "digits and _": "a_1",
    "German": "Straße",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_hashtag_is_read_completely_and_in_its_spelling(name):
    assert hashtags_in(f"look: #{name}, #{name}! and #{name}#other") == [name, "other"]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_caption_contains_a_hashtag_in_any_spelling(name):
    text = f"look #{unicodedata.normalize('NFD', name).upper()}!"

    assert compose(text, [unicodedata.normalize("NFC", name)], 100, clamp=False) == text


@pytest.mark.parametrize(("one", "other"), [("हिंदी", "हद"), ("cafe\u0301", "cafe"), ("เพลง", "เพลงฮิต"), ("में", "मे")])
def test_accents_distinguish_hashtags(one, other):
    assert hashtag_key(one) != hashtag_key(other)
    assert compose(f"#{one}", [other], 100, clamp=False) == f"#{one} #{other}"


def test_a_hashtag_ends_where_a_word_ends():
    assert compose("the #cat's, #dog", ["cat", "dog"], 100, clamp=False) == "the #cat's, #dog"


@given(st.text())
def test_all_spellings_have_the_same_key(name):
    assert hashtag_key(unicodedata.normalize("NFD", name)) == hashtag_key(unicodedata.normalize("NFC", name))
    assert hashtag_key(hashtag_key(name)) == hashtag_key(name)
