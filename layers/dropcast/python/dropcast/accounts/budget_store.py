"""How often our own callers may have TikTok asked for one account, so that they leave publishing its share."""

from dropcast import clock, dynamo
from dropcast.settings import settings

_MINUTE_S = 60


def take(open_id: str, what: str, *, per_minute: int) -> bool:
    """Take one of this minute's `per_minute` asks of `what` for `open_id`; False if none is left."""
    minute = clock.now() // _MINUTE_S
    taken = dynamo.write_if(
        "update_item",
        TableName=settings().accounts_table,
        Key=dynamo.to_item({"pk": f"open_id#{open_id}", "sk": f"budget#{what}#{minute}"}),
        UpdateExpression="ADD taken :one SET expires_at = :end",
        ConditionExpression="attribute_not_exists(taken) OR taken < :most",
        ExpressionAttributeValues=dynamo.to_item({":one": 1, ":most": per_minute, ":end": (minute + 2) * _MINUTE_S}),
    )
    return taken is not None
