"""When an account's tokens are due for a refresh, and in which part of the index it then stands.

Every connected account is kept warm: its token is renewed at a share of the life TikTok gave it, spread by a jitter so
that accounts which were connected together do not come due together.
"""

import zlib

SHARDS = 8

_WARM_SHARE = 0.6
_JITTER_SHARE = 0.15


def due_at(account_id: str, *, refreshed_at: int, expires_in: int) -> int:
    """When to refresh, in seconds since the epoch: after 60 % to 75 % of the `expires_in` seconds TikTok gave."""
    jitter = zlib.crc32(f"{account_id} {refreshed_at}".encode()) / 2**32
    return refreshed_at + int(expires_in * (_WARM_SHARE + _JITTER_SHARE * jitter))


def shard_of(account_id: str) -> str:
    """The part of the `due` index that holds the account: one of SHARDS, so that none is hot."""
    return str(zlib.crc32(account_id.encode()) % SHARDS)
