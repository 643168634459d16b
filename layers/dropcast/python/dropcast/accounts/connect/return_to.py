"""The address that a browser is sent back to, with the answer in it."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit

_OURS = {"connected", "error", "missing_scopes", "code"}


def with_answer(url: str, answer: dict[str, str]) -> str:
    """`url`, in ASCII, with `answer` in its query; parameters of our names that it had are dropped, all else stays."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _OURS]
    whole = parts._replace(query=urlencode([*kept, *answer.items()])).geturl()
    # Whatever sends this as a header may cut a letter to its low byte, and some of those are line breaks.
    return "".join(letter if letter.isascii() else quote(letter) for letter in whole)
