"""What asking costs: outside requests of a run, and units of EnsembleData of a day, each counted before it is spent."""

from datetime import UTC, datetime

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.settings import settings

_KEPT_S = 7 * 24 * 3600


def take_requests(run_id: str, count: int) -> bool:
    """Count `count` more outside requests of a run; False (and nothing counted) if it may not make so many."""
    return _take({"pk": f"run#{run_id}", "sk": "requests"}, count, settings().trend_requests_per_run)


def take_units(count: int) -> bool:
    """Count `count` more units of EnsembleData of this day (UTC), as `take_requests` does."""
    return _take(_units_key(), count, settings().ensembledata_units_per_day)


def give_back_units(count: int) -> None:
    """Uncount `count` units of this day that were not spent."""
    dynamo.write_if(
        "update_item",
        TableName=settings().trends_table,
        Key=dynamo.to_item(_units_key()),
        UpdateExpression="ADD used :back",
        ExpressionAttributeValues=dynamo.to_item({":back": -count}),
    )


def _units_key() -> dynamo.Item:
    day = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m-%d")
    return {"pk": f"units#{day}", "sk": "ensembledata"}


def _take(key: dynamo.Item, count: int, limit: int) -> bool:
    if count > limit:
        return False
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().trends_table,
        Key=dynamo.to_item(key),
        UpdateExpression="SET expires_at = :until ADD used :count",
        ConditionExpression="attribute_not_exists(used) OR used <= :most",
        ExpressionAttributeValues=dynamo.to_item(
            {":until": clock.now() + _KEPT_S, ":count": count, ":most": limit - count}
        ),
    )
    return answer is not None
