"""Counts a run's requests to sources, and a day's units of EnsembleData. Counts them before their use."""

from datetime import UTC, datetime

from dropcast import clock
from dropcast.aws.tables import TRENDS, Item, Query
from dropcast.settings import settings

_KEPT_S = 7 * 24 * 3600


def take_requests(run_id: str, count: int) -> bool:
    """Count `count` requests of a run. Returns False, and counts nothing, if the run may not make them."""
    return _take({"pk": f"run#{run_id}", "sk": "requests"}, count, settings().trend_requests_per_run)


def take_units(count: int) -> bool:
    """Count `count` units of EnsembleData for today (UTC). Returns False, and counts nothing, if they exceed the
    limit.
    """
    return _take(_units_key(), count, settings().ensembledata_units_per_day)


def units_used() -> int:
    """How many units of EnsembleData were used today (UTC). Makes one query."""
    rows, _ = TRENDS.page(Query("pk = :day", {"day": _units_key()["pk"]}))
    return rows[0]["used"] if rows else 0


def give_back_units(count: int) -> None:
    """Subtract `count` units, which were not used, from today's count."""
    TRENDS.update_if(_units_key(), "ADD used :back", None, {"back": -count})


def _units_key() -> Item:
    day = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m-%d")
    return {"pk": f"units#{day}", "sk": "ensembledata"}


def _take(key: Item, count: int, limit: int) -> bool:
    if count > limit:
        return False
    return TRENDS.update_if(
        key,
        "SET expires_at = :until ADD used :count",
        "attribute_not_exists(used) OR used <= :most",
        {"until": clock.now() + _KEPT_S, "count": count, "most": limit - count},
    )
