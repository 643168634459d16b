"""Which hashtags a caption has, and when two of them are one: the same rule for captions that are read and written."""

import unicodedata
from functools import lru_cache
from typing import Any


def hashtags_in(caption: str) -> list[str]:
    """The hashtags of a caption as they are written, without "#", in their order, each once.

    A hashtag is letters, digits and "_", with the marks and joiners that scripts such as Hindi, Thai and Arabic need.
    """
    return list(dict.fromkeys(_hashtag().findall(caption)))


def hashtag_key(name: str) -> str:
    """What is the same for two spellings of one hashtag. It is no name to show: "straße" has "strasse" for its key."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return unicodedata.normalize("NFC", folded)


@lru_cache
def _hashtag() -> Any:
    import regex  # whose \w has marks and joiners; loaded by those who look for hashtags

    return regex.compile(r"#(\w+)")
