"""The right to refresh one open_id's tokens, held by one worker for a while.

Each worker judges by its own clock whether a lease ran out. So whoever holds one stops asking TikTok long enough before
its end that clocks may differ by that much (refresh_under_lease.CLOCKS_DIFFER_S).
"""

from dataclasses import dataclass

from aws_lambda_powertools import Logger

from dropcast import clock, ids
from dropcast.aws import dynamo
from dropcast.aws.clients import AWS_ERRORS
from dropcast.settings import settings

_logger = Logger(child=True)


@dataclass(frozen=True)
class Lease:
    """`lapsed`: it was taken over from an owner who let it run out, so who may have died on the way.

    `ends` is on our own monotonic clock, counted from before it was asked for.
    """

    open_id: str
    owner: str
    lapsed: bool
    ends: float


def take_lease(open_id: str, seconds: int) -> Lease | None:
    """The lease for `seconds`, or None while somebody else holds it."""
    now, ends = clock.now(), clock.monotonic() + seconds
    owner = ids.new_id("lease")
    answer = dynamo.write_if(
        "put_item",
        TableName=settings().accounts_table,
        Item=dynamo.to_item(_key(open_id) | {"owner": owner, "expires_at": now + seconds}),
        ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
        ExpressionAttributeValues=dynamo.to_item({":now": now}),
        ReturnValues="ALL_OLD",
    )
    return None if answer is None else Lease(open_id, owner, lapsed=bool(answer.get("Attributes")), ends=ends)


def release_lease(lease: Lease) -> None:
    """Give the lease back, unless it lapsed and somebody else holds it by now. If AWS fails it ends by itself."""
    try:
        dynamo.delete(
            TableName=settings().accounts_table,
            Key=dynamo.to_item(_key(lease.open_id)),
            ConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues=dynamo.to_item({":owner": lease.owner}),
        )
    except AWS_ERRORS as error:
        _logger.warning("lease not given back", open_id=lease.open_id, error=type(error).__name__)


def _key(open_id: str) -> dynamo.Item:
    return {"pk": f"open_id#{open_id}", "sk": "lease"}
