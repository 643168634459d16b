import regex
from hypothesis import given
from hypothesis import strategies as st

from dropcast.media.limits import utf16_length
from dropcast.publishing.model.compose_caption import TooLong, compose

FAMILY = "👨‍👩‍👧"
tags = st.text(st.characters(exclude_categories=["Z", "C", "P"], exclude_characters="#@"), min_size=1, max_size=12)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=120) | st.lists(
    st.sampled_from(["#cat", "#Cat!", "@ana", "word", " ", "\n", FAMILY, "é", "🇩🇪", "#über", "#"]), max_size=30
).map("".join)


def test_hashtags_follow_the_text_once():
    assert compose("Hi #Cat, @ana", ["cat", "dog", "DOG"], 100, clamp=False) == "Hi #Cat, @ana #dog"


def test_without_a_text_the_caption_is_the_hashtags():
    assert compose("", ["a", "b"], 100, clamp=False) == "#a #b"


def test_no_second_space_follows_a_line_break():
    assert compose("Hi\n", ["a"], 100, clamp=False) == "Hi\n#a"


def test_the_length_is_that_of_the_whole_text_in_utf16_units():
    assert compose("😀" * 5, ["cat"], 14, clamp=False) == TooLong(15, 14)
    assert compose("😀" * 5, ["cat"], 15, clamp=False) == "😀😀😀😀😀 #cat"


def test_a_cut_splits_no_visible_character():
    assert compose(FAMILY * 3, [], 20, clamp=True) == FAMILY * 2
    assert compose("cafe\u0301s", [], 4, clamp=True) == "caf"


def test_a_cut_splits_no_hashtag_and_no_mention():
    assert compose("look at @anabel now", [], 12, clamp=True) == "look at"
    assert compose("look #caturday now", [], 10, clamp=True) == "look"
    assert compose("look #cat now", [], 9, clamp=True) == "look #cat"


def test_a_hashtag_cut_out_of_the_text_is_appended_to_it():
    assert compose("a long way to go until #cat", ["cat"], 20, clamp=True) == "a long way to g #cat"


def test_hashtags_that_are_too_long_themselves_cannot_be_clamped():
    assert compose("Hi", ["a" * 50], 20, clamp=True) == TooLong(51, 20)


@given(texts, st.lists(tags, max_size=6), st.integers(1, 90))
def test_a_clamped_caption_fits_and_contains_every_hashtag(text, hashtags, limit):
    whole = compose(text, hashtags, limit, clamp=True)

    if isinstance(whole, TooLong):
        assert utf16_length(" ".join(f"#{tag}" for tag in hashtags)) > limit
        return
    assert utf16_length(whole) <= limit
    held = whole.casefold()
    for tag in hashtags:
        assert f"#{tag}".casefold() in held or compose(whole, [tag], 10_000, clamp=False) == whole


@given(texts, st.integers(1, 90))
def test_a_cut_text_is_a_prefix_that_ends_with_a_whole_character(text, limit):
    cut = compose(text, [], limit, clamp=True)

    assert isinstance(cut, str)
    assert text.startswith(cut)
    ends = {0, *(found.end() for found in regex.finditer(r"\X", text))}
    assert len(cut) in ends or text[len(cut)].isspace()


@given(texts, st.lists(tags, max_size=6))
def test_composing_again_changes_nothing(text, hashtags):
    once = compose(text, hashtags, 10_000, clamp=False)

    assert isinstance(once, str)
    assert once.startswith(text)
    assert compose(once, hashtags, 10_000, clamp=False) == once


@given(texts, st.lists(tags, max_size=6), st.integers(1, 90))
def test_clamping_does_not_change_a_text_that_fits(text, hashtags, limit):
    refused = compose(text, hashtags, limit, clamp=False)

    assert isinstance(refused, TooLong) or compose(text, hashtags, limit, clamp=True) == refused
