"""When an account's tokens are due for a refresh, and the account's shard of the `due` index.

There are two policies. The tokens of an account in use are refreshed after a share of the access token's lifetime, so
that they are always valid. The tokens of an idle account are refreshed after a share of the refresh token's lifetime,
long after the access token has expired. TikTok states the lifetimes. A jitter spreads accounts that were connected at
the same time.
"""

import zlib

from dropcast.settings import settings

SHARDS = 8
EXPIRING_S = 14 * 24 * 3600

_JITTER_SHARE = 0.15


def due_at(account_id: str, *, refreshed_at: int, access_expires_at: int, refresh_expires_at: int, in_use: bool) -> int:
    """When to refresh, in seconds since the epoch.

    This is at least 14 days before the refresh token expires, unless that time is already over at `refreshed_at`.
    """
    share = settings().refresh_warm_share if in_use else settings().refresh_idle_share
    end = min(access_expires_at, refresh_expires_at) if in_use else refresh_expires_at
    jitter = zlib.crc32(f"{account_id} {refreshed_at}".encode()) / 2**32
    by_policy = refreshed_at + int((end - refreshed_at) * (share + _JITTER_SHARE * jitter))
    before_expiring = refresh_expires_at - EXPIRING_S
    return min(by_policy, before_expiring) if before_expiring > refreshed_at else by_policy


def in_use_until(now: int) -> int:
    """The time until which an account that is used at `now` counts as in use."""
    return now + settings().in_use_days * 24 * 3600


def shard_of(account_id: str) -> str:
    """The account's shard of the `due` index: a number below SHARDS, as text. The shards spread the load."""
    return str(zlib.crc32(account_id.encode()) % SHARDS)
