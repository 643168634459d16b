"""The writing of a connection's end: the account's status, its tokens gone, the event, all or none."""

from dropcast import clock
from dropcast.accounts.account_store import account_key, get_account
from dropcast.accounts.models import Account, EndReason
from dropcast.accounts.tokens.token_versions import erase_tokens
from dropcast.aws import dynamo
from dropcast.events.outbox.outbox import event_write
from dropcast.settings import settings


def save_disconnection(account: Account, reason: EndReason, *, revoked: bool) -> Account | None:
    """The account, disconnected: its row and its publishes stay, its tokens are erased.

    None if it was connected anew since `account` was read.
    """
    values = {
        ":disconnected": "disconnected",
        ":now": clock.now(),
        ":reason": reason,
        ":revoked": revoked,
        ":seen": account.connection_number,
    }
    ended = {
        "TableName": settings().accounts_table,
        "Key": dynamo.to_item(account_key(account.account_id)),
        "UpdateExpression": "SET #status = :disconnected, ended_at = :now, end_reason = :reason, revoked = :revoked"
        " REMOVE due_shard, due_at",
        "ConditionExpression": "connection_number = :seen AND #status <> :disconnected",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": dynamo.to_item(values),
    }
    told = event_write(
        "account.disconnected",
        {
            "account_id": account.account_id,
            "user_id": account.user_id,
            "open_id": account.open_id,
            "reason": reason,
        },
    )
    if dynamo.write_all([{"Update": ended}, erase_tokens(account.account_id), told]):
        return get_account(account.account_id)
    now = get_account(account.account_id)
    return now if now and now.status == "disconnected" else None
