"""Business connections page by page, in the order of their ids, read consistently."""

from dataclasses import dataclass

from dropcast.accounts.business.connection_store import from_row
from dropcast.accounts.business.models import BusinessConnection
from dropcast.aws import clients, dynamo
from dropcast.caller import Caller
from dropcast.settings import settings

_LOOKED_AT_MAX = 300
_FIRST = "biz_"


@dataclass(frozen=True)
class BusinessPage:
    """Some connections and, where there may be more, what to ask the next page with."""

    connections: list[BusinessConnection]
    next: str | None


def get_business_page(caller: Caller, after: str | None) -> BusinessPage:
    """Those of the next 300 connections that exist for the caller, disconnected ones too; one query.

    `after` is the `next` of the page before. A page may hold fewer, even none, and yet have a next one.
    """
    answer = clients.client("dynamodb").query(
        TableName=settings().accounts_table,
        KeyConditionExpression="pk = :business AND sk >= :first",
        ExpressionAttributeValues=dynamo.to_item({":business": "business", ":first": after or _FIRST}),
        Limit=_LOOKED_AT_MAX + 1,
        ConsistentRead=True,
    )
    found = [from_row(dynamo.from_item(item)) for item in answer["Items"]]
    following = found.pop().connection_id if "LastEvaluatedKey" in answer or len(found) > _LOOKED_AT_MAX else None
    seen = [one for one in found if caller.sees(one.user_id)]
    return BusinessPage(seen, following and _between(found[-1].connection_id if found else "", following))


def _between(last: str, following: str) -> str:
    """The shortest text after `last` that is not after `following`: it tells no caller another user's id."""
    return next(text for size in range(1, len(following) + 1) if (text := following[:size]) > last)
