"""Limits how often a source is called: a conditional write stores each query before the call."""

from dropcast.aws import clients, dynamo
from dropcast.settings import settings

_KEPT_S = 24 * 3600


def take(source: str, what: str, now: int, after_s: int) -> bool:
    """Store that `what` is queried at `now`. Returns False if it was queried less than `after_s` seconds before."""
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().trends_table,
        Key=dynamo.to_item(_key(source, what)),
        UpdateExpression="SET asked_at = :now, expires_at = :until",
        ConditionExpression="attribute_not_exists(asked_at) OR asked_at <= :then",
        ExpressionAttributeValues=dynamo.to_item({":now": now, ":until": now + _KEPT_S, ":then": now - after_s}),
    )
    return answer is not None


def give_back(source: str, what: str) -> None:
    """Delete the entry, because the query was not sent."""
    dynamo.delete(TableName=settings().trends_table, Key=dynamo.to_item(_key(source, what)))


def next_turn(source: str, what: str, now: int, after_s: int) -> int:
    """When `what` may be queried again, in seconds since the epoch."""
    answer = clients.client("dynamodb").get_item(
        TableName=settings().trends_table, Key=dynamo.to_item(_key(source, what)), ConsistentRead=True
    )
    asked_at = dynamo.from_item(answer["Item"])["asked_at"] if "Item" in answer else now - after_s
    return asked_at + after_s


def _key(source: str, what: str) -> dynamo.Item:
    return {"pk": f"pace#{source}", "sk": what}
