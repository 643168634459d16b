"""The rules on the text of a comment."""

import unicodedata


def comment_text_fault(text: str) -> str | None:
    """The reason why TikTok would refuse the text, apart from its length. None if it can be sent."""
    if all(unicodedata.category(character)[0] in "CZ" for character in text):
        return "it has no visible character"
    if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
        return "it contains a control character"
    return None
