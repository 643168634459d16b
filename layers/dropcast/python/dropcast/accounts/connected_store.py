"""The writing of a new or renewed connection: account, tokens, the open_id's pointer and the event, all or none."""

from typing import Any

from dropcast import clock, dynamo, ids
from dropcast.accounts import due
from dropcast.accounts.account_store import account_key, get_account, read_item
from dropcast.accounts.models import Account
from dropcast.accounts.token_store import StoredTokens, get_tokens, put_tokens, seal_grant
from dropcast.errors import Problem, problem
from dropcast.events.outbox import event_write
from dropcast.settings import settings
from dropcast.tiktok.models import TokenGrant

_TRIES = 4


def save_connection(user_id: str, grant: TokenGrant) -> Account | Problem:
    """The account of `grant`'s open_id, connected for `user_id` with these tokens; the same account_id as before.

    Problems: `account_taken` (another user_id has it and has not disconnected it).
    """
    for _ in range(_TRIES):
        known = _known(grant.open_id)
        if known and known.user_id != user_id and known.status != "disconnected":
            return problem("account_taken")
        if known and known.user_id == user_id:
            written = _reconnect(known, grant)
        else:
            # Another user's history stays with that user: a new owner begins a new account.
            written = _connect(user_id, grant, instead_of=known)
        if written:
            return written
    raise RuntimeError("the account kept changing while it was being connected")


def _known(open_id: str) -> Account | None:
    pointer = read_item(_pointer_key(open_id))
    return get_account(pointer["account_id"]) if pointer else None


def _connect(user_id: str, grant: TokenGrant, *, instead_of: Account | None) -> Account | None:
    account = Account(
        account_id=ids.new_id("acc"),
        user_id=user_id,
        open_id=grant.open_id,
        status="active",
        scopes=grant.scopes,
        connected_at=clock.now(),
    )
    tokens = seal_grant(account.account_id, 1, grant)
    entries = [
        _put_pointer(account, instead_of),
        _put_account(account, tokens),
        put_tokens(tokens, over_version=0),
        _told(account, reconnected=False),
    ]
    return account if dynamo.write_all(entries) else None


def _reconnect(known: Account, grant: TokenGrant) -> Account | None:
    stored = get_tokens(known.account_id)
    version = stored.version if stored else 0
    tokens = seal_grant(known.account_id, version + 1, grant)
    entries = [
        _renew_account(known, grant, tokens),
        put_tokens(tokens, over_version=version),
        _told(known, reconnected=True),
    ]
    return get_account(known.account_id) if dynamo.write_all(entries) else None


def _put_pointer(account: Account, instead_of: Account | None) -> dict[str, Any]:
    put: dict[str, Any] = {
        "TableName": settings().accounts_table,
        "Item": dynamo.to_item(_pointer_key(account.open_id) | {"account_id": account.account_id}),
    }
    if instead_of is None:
        return {"Put": put | {"ConditionExpression": "attribute_not_exists(pk)"}}
    return {
        "Put": put
        | {
            "ConditionExpression": "account_id = :old",
            "ExpressionAttributeValues": dynamo.to_item({":old": instead_of.account_id}),
        }
    }


def _put_account(account: Account, tokens: StoredTokens) -> dict[str, Any]:
    item = account_key(account.account_id) | {
        "account_id": account.account_id,
        "user_id": account.user_id,
        "open_id": account.open_id,
        "status": account.status,
        "scopes": sorted(account.scopes),
        "connected_at": account.connected_at,
        "due_shard": due.shard_of(account.account_id),
        "due_at": tokens.due_at,
    }
    return {
        "Put": {
            "TableName": settings().accounts_table,
            "Item": dynamo.to_item(item),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def _renew_account(known: Account, grant: TokenGrant, tokens: StoredTokens) -> dict[str, Any]:
    values = {
        ":user": known.user_id,
        ":active": "active",
        ":scopes": sorted(grant.scopes),
        ":now": clock.now(),
        ":shard": due.shard_of(known.account_id),
        ":due": tokens.due_at,
    }
    return {
        "Update": {
            "TableName": settings().accounts_table,
            "Key": dynamo.to_item(account_key(known.account_id)),
            "UpdateExpression": "SET #status = :active, scopes = :scopes, connected_at = :now,"
            " due_shard = :shard, due_at = :due",
            "ConditionExpression": "user_id = :user",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": dynamo.to_item(values),
        }
    }


def _told(account: Account, *, reconnected: bool) -> dict[str, Any]:
    return event_write(
        "account.connected",
        {
            "account_id": account.account_id,
            "user_id": account.user_id,
            "open_id": account.open_id,
            "reconnected": reconnected,
        },
    )


def _pointer_key(open_id: str) -> dynamo.Item:
    return {"pk": f"open_id#{open_id}", "sk": "open_id"}
