"""Finds the hashtags of a caption and compares hashtags. Captions from TikTok and to TikTok follow the same rule."""

import unicodedata
from functools import lru_cache
from typing import Any


def hashtags_in(caption: str) -> list[str]:
    """The hashtags of a caption as written, without "#", in order and without repetitions.

    A hashtag is letters, digits and "_", with the marks and joiners that languages such as Hindi, Thai and Arabic need.
    """
    return list(dict.fromkeys(_hashtag().findall(caption)))


def is_hashtag(name: str) -> bool:
    """Whether TikTok reads `#name` as one hashtag."""
    return hashtags_in(f"#{name}") == [name]


def hashtag_key(name: str) -> str:
    """A key that is the same for all spellings of a hashtag. It is not for display: the key of "straße" is
    "strasse".
    """
    folded = unicodedata.normalize("NFC", name).casefold()
    return unicodedata.normalize("NFC", folded)


@lru_cache
def _hashtag() -> Any:
    import regex  # its \w includes marks and joiners; loaded only when needed

    return regex.compile(r"#(\w+)")
