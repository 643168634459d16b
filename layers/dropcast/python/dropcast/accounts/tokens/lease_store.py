"""Leases. A lease gives one worker the exclusive right to refresh one open_id's tokens for a limited time.

Each worker decides by its own clock whether a lease has expired, and clocks may differ by CLOCKS_DIFFER_S
(refresh_under_lease). So the holder stops calling TikTok CLOCKS_DIFFER_S before its lease ends.
"""

from dataclasses import dataclass

from dropcast import clock, ids
from dropcast.aws.clients import AWS_ERRORS
from dropcast.aws.tables import ACCOUNTS, NEW, Item
from dropcast.log import logger


@dataclass(frozen=True)
class Lease:
    """A lease on one open_id. `lapsed`: the previous holder let its lease expire and may have died.

    `ends` is on this process's monotonic clock, counted from the moment before the request for the lease.
    """

    open_id: str
    owner: str
    lapsed: bool
    ends: float


def take_lease(open_id: str, seconds: int) -> Lease | None:
    """Take the lease for `seconds`; None while another worker holds it."""
    now, ends = clock.now(), clock.monotonic() + seconds
    owner = ids.new_id("lease")
    item = _key(open_id) | {"owner": owner, "expires_at": now + seconds}
    before = ACCOUNTS.replace_if(item, f"{NEW} OR expires_at <= :now", {"now": now})
    return None if before is None else Lease(open_id, owner, lapsed=bool(before), ends=ends)


def release_lease(lease: Lease) -> None:
    """Release the lease. Does nothing if the lease expired and another worker holds it.

    If AWS fails, the lease stays until it expires.
    """
    try:
        ACCOUNTS.delete(_key(lease.open_id), "#owner = :owner", {"owner": lease.owner})
    except AWS_ERRORS as error:
        logger.warning("lease.release_failed", open_id=lease.open_id, error=type(error).__name__)


def _key(open_id: str) -> Item:
    return {"pk": f"open_id#{open_id}", "sk": "lease"}
