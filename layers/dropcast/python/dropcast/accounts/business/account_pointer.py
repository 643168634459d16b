"""Which business connection serves an account's comments: one for each account, and one account for each."""

from dropcast.accounts.account_store import account_key
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.business.token_store import business_key
from dropcast.aws import dynamo
from dropcast.settings import settings


def pointer_key(account_id: str) -> dynamo.Item:
    """The key of the item that names the connection which serves the account."""
    return {"pk": f"account#{account_id}", "sk": "business"}


def pointer_writes(
    connection: BusinessConnection, known: BusinessConnection | None, before: BusinessConnection | None
) -> list[dynamo.Item]:
    """Entries of TransactWriteItems that make `connection` serve its account.

    An account has one connection and a connection serves one account. So `before`, which served the account, no longer
    does, and what the connection (`known`) served goes without. They fail if another consent for the account came
    first, or the account was disconnected.
    """
    entries: list[dynamo.Item] = []
    if account_id := connection.account_id:
        entries += [_point_at(account_id, connection, before), _is_connected(account_id)]
        if before and before.connection_id != connection.connection_id:
            entries.append(_no_longer_serves(before, account_id))
    if known and known.account_id and known.account_id != connection.account_id:
        key = dynamo.to_item(pointer_key(known.account_id))
        own = {
            "ConditionExpression": "connection_id = :own",
            "ExpressionAttributeValues": dynamo.to_item({":own": known.connection_id}),
        }
        entries.append({"Delete": {"TableName": settings().accounts_table, "Key": key, **own}})
    return entries


def _point_at(account_id: str, connection: BusinessConnection, before: BusinessConnection | None) -> dynamo.Item:
    item = pointer_key(account_id) | {"connection_id": connection.connection_id}
    put: dynamo.Item = {"TableName": settings().accounts_table, "Item": dynamo.to_item(item)}
    if before is None:
        return {"Put": put | {"ConditionExpression": "attribute_not_exists(pk)"}}
    values = dynamo.to_item({":before": before.connection_id})
    return {"Put": put | {"ConditionExpression": "connection_id = :before", "ExpressionAttributeValues": values}}


def _is_connected(account_id: str) -> dynamo.Item:
    check: dynamo.Item = {
        "TableName": settings().accounts_table,
        "Key": dynamo.to_item(account_key(account_id)),
        "ConditionExpression": "#status <> :disconnected",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": dynamo.to_item({":disconnected": "disconnected"}),
    }
    return {"ConditionCheck": check}


def _no_longer_serves(before: BusinessConnection, account_id: str) -> dynamo.Item:
    update: dynamo.Item = {
        "TableName": settings().accounts_table,
        "Key": dynamo.to_item(business_key(before.connection_id)),
        "UpdateExpression": "REMOVE serves",
        "ConditionExpression": "serves = :account",
        "ExpressionAttributeValues": dynamo.to_item({":account": account_id}),
    }
    return {"Update": update}
