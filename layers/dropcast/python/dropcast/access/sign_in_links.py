"""One-time links that sign a browser in to the console with the API key that requested them.

A link's secret is in the fragment, which a browser sends to no server. Opening the link shows the key's name. Pressing
the page's button uses the link up. Rows have `expires_at` for the table's TTL. DynamoDB deletes them late, so this
module checks the time too.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from dropcast import clock
from dropcast.access.caller_seal import is_sealed, seal
from dropcast.access.key_store import ApiKey, get_key
from dropcast.access.pepper import keyed_hash
from dropcast.accounts.connect.begin_consent import public_url
from dropcast.aws.tables import CONSOLE, EXISTING, NEW
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.idempotency import hashed

LINK_LIVES_S = 300

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class SignInLink:
    """A link for one use. `expires_at` is in seconds since the epoch."""

    url: str = field(repr=False)
    expires_at: int


def make_link(caller: Caller, link_id: str, at: int) -> SignInLink:
    """The link `link_id` for the caller's key, valid for LINK_LIVES_S seconds from `at` (seconds since the epoch).

    A second call with the same id returns the same link and does not renew it. The secret derives from the id and the
    pepper, so the id may be stored.
    """
    secret = urlsafe_b64encode(keyed_hash(f"sign_in_link#{link_id}")).decode().rstrip("=")
    row, expires_at = _row(secret), at + LINK_LIVES_S
    item = {"pk": row, "key_id": caller.key_id, "created_at": at, "expires_at": expires_at}
    CONSOLE.put_if(item | {"seal": seal(row, caller, expires_at)}, NEW)
    return SignInLink(f"{public_url()}/console/enter#{secret}", expires_at)


def read_link(secret: str) -> ApiKey | Problem:
    """The key with which the link signs in. The link stays usable.

    Problems: `sign_in_link_expired` (also for an unknown or used link), `sign_in_key_ended` (also if the key's row got
    another user or scopes).
    """
    row = _row(secret)
    link = CONSOLE.get({"pk": row}) if _SECRET.fullmatch(secret) else None
    if not link or "spent_at" in link or link["expires_at"] <= clock.now():
        return problem("sign_in_link_expired")
    found = get_key(link["key_id"])
    if not found or found[0].status != "active":
        return problem("sign_in_key_ended")
    key, _ = found
    return key if is_sealed(link["seal"], row, key.caller(), link["expires_at"]) else problem("sign_in_key_ended")


def spend_link(secret: str) -> ApiKey | Problem:
    """Use the link up and return its key. Of several simultaneous calls only one succeeds.

    Problems: as for `read_link`.
    """
    key = read_link(secret)
    if isinstance(key, Problem):
        return key
    now = clock.now()
    unspent = f"{EXISTING} AND attribute_not_exists(spent_at) AND expires_at > :now"
    spent = CONSOLE.update_if({"pk": _row(secret)}, "SET spent_at = :now", unspent, {"now": now})
    return key if spent else problem("sign_in_link_expired")


def _row(secret: str) -> str:
    return f"link#{hashed(secret)}"
