"""Stores a disconnection in one transaction: the account's status, the erased tokens and the event."""

from dropcast import clock
from dropcast.accounts.account_store import account_key, get_account
from dropcast.accounts.models import Account, EndReason
from dropcast.accounts.tokens.token_store import erase_tokens
from dropcast.aws import dynamo
from dropcast.aws.tables import ACCOUNTS
from dropcast.events.outbox.outbox import event_write


def save_disconnection(account: Account, reason: EndReason, *, revoked: bool) -> Account | None:
    """Mark the account as disconnected and erase its tokens. Its row and its publishes stay.

    None if the account was connected again after `account` was read.
    """
    ended = ACCOUNTS.update_entry(
        account_key(account.account_id),
        "SET #status = :disconnected, ended_at = :now, end_reason = :reason, revoked = :revoked"
        " REMOVE due_shard, due_at",
        "connection_number = :seen AND #status <> :disconnected",
        {
            "disconnected": "disconnected",
            "now": clock.now(),
            "reason": reason,
            "revoked": revoked,
            "seen": account.connection_number,
        },
    )
    told = event_write(
        "account.disconnected",
        {
            "account_id": account.account_id,
            "user_id": account.user_id,
            "open_id": account.open_id,
            "reason": reason,
        },
    )
    if dynamo.write_all([ended, erase_tokens(account.account_id), told]):
        return get_account(account.account_id)
    now = get_account(account.account_id)
    return now if now and now.status == "disconnected" else None
