"""The only source of new ids and of secrets made up here, so that tests can hold them still."""

import secrets

from ulid import ULID


def new_id(prefix: str) -> str:
    """A new id, `{prefix}_{ulid}`; ids of one prefix sort by the time they were made."""
    return f"{prefix}_{str(ULID()).lower()}"


def new_secret(size: int = 32) -> str:
    """`size` random bytes in the URL-safe alphabet (about 4/3 `size` characters)."""
    return secrets.token_urlsafe(size)
