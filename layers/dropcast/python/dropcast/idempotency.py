"""Idempotency keys.

A caller may repeat a request with the same key. If the request creates a thing, both answers contain the same id.
"""

import hashlib
from dataclasses import dataclass

from dropcast import clock
from dropcast.aws.tables import NEW, PUBLISHES, Item
from dropcast.errors.problem import Problem, problem

KEPT_S = 24 * 3600
FREE = f"{NEW} OR expires_at <= :now"
"""The condition for storing a claim: the key has no claim that is still valid at `:now`."""


@dataclass(frozen=True)
class Claim:
    """A key that a request reserved at `at` (seconds since the epoch).

    `made`: the id of the thing that the request creates.
    `first`: whether this request made the claim. False if an earlier request made it.
    `noted`: whether `note_made` stored that the thing exists.
    """

    made: str
    at: int
    first: bool
    noted: bool = False


def claim_row(key: Item, body: str, *, until: int | None) -> Item:
    """The row that reserves `key` for a request with this `body` until `until` (seconds since the epoch; None: for
    ever).
    """
    return key | {"body": hashed(body), "expires_at": until}


def is_same_request(row: Item, body: str) -> bool:
    """Whether the row reserves its key for a request with this `body`."""
    return row["body"] == hashed(body)


def hashed(text: str) -> str:
    """The hash that is stored in place of a key or a body."""
    return hashlib.sha256(text.encode()).hexdigest()


def claim(name: str, body: str, made: str) -> Claim | Problem:
    """Claim the key `name` for the id `made` for one day, or return the claim of an earlier request.

    The earlier request may have stopped halfway. So a repeated request creates whatever is missing, under the id of the
    earlier request.
    Problem: idempotency_conflict (an earlier request used the key with another `body`).
    """
    now = clock.now()
    row: Item = claim_row(_key(name), body, until=now + KEPT_S) | {"made": made, "at": now}
    if PUBLISHES.put_if(row, FREE, {"now": now}):
        return Claim(made, now, first=True)
    found = PUBLISHES.get(_key(name)) or row
    if not is_same_request(found, body):
        return problem("idempotency_conflict")
    return Claim(found["made"], found["at"], first=False, noted=found.get("noted", False))


def note_made(name: str, claim: Claim) -> None:
    """Store that the thing with the id in `claim` exists. Only things without a row of their own need this."""
    _set(name, claim, "noted", value=True)


def release_refused(name: str, claim: Claim, refusal: Problem) -> None:
    """If the refused request made `claim`, end this claim. A later claim of the same key stays.

    The refusal `secret_was_shown` means that a repeated request has created the thing meanwhile. The claim then stays.
    """
    if claim.first and refusal.code != "secret_was_shown":
        _set(name, claim, "expires_at", value=clock.now())


def _set(name: str, claim: Claim, attribute: str, *, value: int) -> None:
    PUBLISHES.update_if(_key(name), f"SET {attribute} = :value", "made = :made", {"value": value, "made": claim.made})


def _key(name: str) -> Item:
    return {"pk": f"once#{hashed(name)}", "sk": "made"}
