"""Builds a caption from a text and hashtags, within TikTok's limit in UTF-16 units (protocol sections 3.2 and 5).

The hashtags follow the text. Only the text is shortened, never the hashtags.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dropcast.media.limits import utf16_length
from dropcast.tiktok.hashtags import hashtag_key, hashtags_in

_WORD = r"#([^\s#@]+)"
_ENDING = r"\p{P}+$"
_CHARACTER = r"\X"
_BROKEN_WORD = r"[#@][^\s#@]*$"


@dataclass(frozen=True)
class TooLong:
    """A caption that TikTok would refuse: it has `units` UTF-16 units, more than `limit`."""

    units: int
    limit: int


def compose(text: str, hashtags: Iterable[str], limit: int, *, clamp: bool) -> str | TooLong:
    """`text`, followed by `hashtags` (given without #). A hashtag that the text contains in any spelling is left out.

    With `clamp` a text that is too long is cut. The cut is between characters as people see them, never inside a
    hashtag or a mention. TooLong: the caption does not fit. With `clamp` this means that the hashtags alone do not fit.
    """
    tags = _distinct_hashtags(hashtags)
    whole = _with_hashtags(text, tags)
    if utf16_length(whole) <= limit:
        return whole
    return _clamped(text, tags, limit) if clamp else TooLong(utf16_length(whole), limit)


def _clamped(text: str, tags: list[str], limit: int) -> str | TooLong:
    """The caption with `text` cut until the caption fits.

    If the cut removes one of `tags` from the text, the tag is added after the text. So several cuts may be needed.
    """
    room = limit
    while room > 0:
        cut = _prefix_within(text, room)
        whole = _with_hashtags(cut, tags)
        over = utf16_length(whole) - limit
        if over <= 0:
            return whole
        room = min(room, utf16_length(cut)) - over
    only_tags = _with_hashtags("", tags)
    units = utf16_length(only_tags)
    return only_tags if units <= limit else TooLong(units, limit)


def _prefix_within(text: str, room: int) -> str:
    """The start of `text` that fits into `room` units. A hashtag or mention that would be cut in two is left out."""
    taken = units = 0
    for character in _compiled(_CHARACTER).finditer(text):
        units += utf16_length(character[0])
        if units > room:
            break
        taken = character.end()
    kept, rest = text[:taken], text[taken:]
    if rest and not rest[0].isspace() and rest[0] not in "#@":
        kept = _compiled(_BROKEN_WORD).sub("", kept)
    return kept.rstrip() if rest else kept


def _with_hashtags(text: str, tags: list[str]) -> str:
    present = {_comparison_key(tag) for tag in [*_compiled(_WORD).findall(text), *hashtags_in(text)]}
    missing = [f"#{tag}" for tag in tags if _comparison_key(tag) not in present]
    if not missing:
        return text
    between = "" if not text or text[-1].isspace() else " "
    return text + between + " ".join(missing)


def _distinct_hashtags(hashtags: Iterable[str]) -> list[str]:
    return list({_comparison_key(tag): tag for tag in reversed(list(hashtags))}.values())[::-1]


def _comparison_key(tag: str) -> str:
    """A key that is the same for equal hashtags. Punctuation at the end belongs to the sentence, not to the hashtag."""
    return hashtag_key(_compiled(_ENDING).sub("", tag))


@lru_cache
def _compiled(pattern: str) -> Any:
    """`pattern`, compiled by the library `regex`, which can match characters as people see them.

    The import is here because few functions need it.
    """
    import regex

    return regex.compile(pattern)
