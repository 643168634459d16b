"""The only source of new ids and random secrets, so that tests can control them."""

import secrets

from ulid import ULID

# A ULID begins with 48 bits of time.
_LAST_MILLISECOND = 2**48 - 1


def new_id(prefix: str) -> str:
    """A new id, `{prefix}_{ulid}`. Ids with the same prefix sort by their time of creation."""
    return f"{prefix}_{str(ULID()).lower()}"


def lowest_id(prefix: str, at: int) -> str:
    """The lowest id that could be made at `at` (seconds since the epoch). It sorts after all ids made earlier."""
    milliseconds = min(max(at, 0) * 1000, _LAST_MILLISECOND)
    return f"{prefix}_{str(ULID.from_bytes(milliseconds.to_bytes(6, 'big') + bytes(10))).lower()}"


def made_at(id_: str) -> int:
    """When `id_` was made, in seconds since the epoch. ValueError: `new_id` did not make it."""
    return int(ULID.from_str(id_.rpartition("_")[2].upper()).timestamp)


def new_secret(size: int = 32) -> str:
    """`size` random bytes in the URL-safe alphabet (about 4/3 `size` characters)."""
    return secrets.token_urlsafe(size)


def random_bytes(size: int) -> bytes:
    """`size` random bytes."""
    return secrets.token_bytes(size)
