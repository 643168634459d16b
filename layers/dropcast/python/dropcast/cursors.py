"""Cursors of lists. A cursor is an opaque text that holds the position after which the next page begins."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from dropcast import ids


def encode(position: str) -> str:
    """The cursor for `position`."""
    return urlsafe_b64encode(position.encode()).decode()


def decode(cursor: str) -> str | None:
    """The position of `cursor`, or None if `encode` did not make this text."""
    try:
        return urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        return None


def decode_id(cursor: str, prefix: str) -> str | None:
    """The id in `cursor`. None if the cursor contains no id with `prefix`."""
    position = decode(cursor)
    try:
        ids.made_at(position or "")
    except ValueError:
        return None
    return position if position and position.startswith(f"{prefix}_") else None
