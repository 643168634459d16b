"""Finds the publishes of an account for which TikTok was not asked yet."""

from collections.abc import Iterator

from dropcast.aws import clients, dynamo
from dropcast.publishing.model.states import State
from dropcast.settings import settings


def waiting_of_account(account_id: str) -> Iterator[str]:
    """Ids of the account's publishes for which TikTok was not asked yet. Eventually consistent."""
    pages = (
        clients.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().publishes_table,
            IndexName="by_account",
            KeyConditionExpression="account_id = :account",
            FilterExpression="#state IN (:queued, :held)",
            ProjectionExpression="publish_id",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=dynamo.to_item(
                {":account": account_id, ":queued": State.QUEUED.value, ":held": State.HELD.value}
            ),
        )
    )
    for page in pages:
        for item in page["Items"]:
            yield dynamo.from_item(item)["publish_id"]
