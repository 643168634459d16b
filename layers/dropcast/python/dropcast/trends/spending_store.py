"""What asking costs: outside requests of a run, and units of EnsembleData of a day, each counted before it is spent."""

from datetime import UTC, datetime

from dropcast import clock, dynamo
from dropcast.settings import settings

_KEPT_S = 7 * 24 * 3600


def take_requests(run_id: str, count: int) -> bool:
    """Count `count` more outside requests of a run; False (and nothing counted) if it may not make so many."""
    return _take(f"run#{run_id}", "requests", count, settings().trend_requests_per_run)


def take_units(count: int) -> bool:
    """Count `count` more units of EnsembleData of this day (UTC), as `take_requests` does."""
    day = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m-%d")
    return _take(f"units#{day}", "ensembledata", count, settings().ensembledata_units_per_day)


def _take(pk: str, sk: str, count: int, limit: int) -> bool:
    if count > limit:
        return False
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().trends_table,
        Key=dynamo.to_item({"pk": pk, "sk": sk}),
        UpdateExpression="SET expires_at = :until ADD used :count",
        ConditionExpression="attribute_not_exists(used) OR used <= :most",
        ExpressionAttributeValues=dynamo.to_item(
            {":until": clock.now() + _KEPT_S, ":count": count, ":most": limit - count}
        ),
    )
    return answer is not None
