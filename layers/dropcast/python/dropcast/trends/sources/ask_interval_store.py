"""Limits how often Dropcast calls a source. A conditional write stores each query before the call."""

from dropcast.aws.tables import TRENDS, Item

_KEPT_S = 24 * 3600


def take(source: str, what: str, now: int, after_s: int) -> bool:
    """Store that the query `what` is sent at `now`. Returns False if it was sent less than `after_s` seconds ago."""
    return TRENDS.update_if(
        _key(source, what),
        "SET asked_at = :now, expires_at = :until",
        "attribute_not_exists(asked_at) OR asked_at <= :then",
        {"now": now, "until": now + _KEPT_S, "then": now - after_s},
    )


def give_back(source: str, what: str) -> None:
    """Delete the entry that `take` stored, because the query was not sent."""
    TRENDS.delete(_key(source, what))


def next_turn(source: str, what: str, now: int, after_s: int) -> int:
    """When the query `what` may be sent again, in seconds since the epoch."""
    row = TRENDS.get(_key(source, what))
    return row["asked_at"] + after_s if row else now


def _key(source: str, what: str) -> Item:
    return {"pk": f"pace#{source}", "sk": what}
