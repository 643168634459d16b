"""An account's tokens in DynamoDB: sealed, numbered by version, replaced only by compare-and-set on that number."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import SecretStr

from dropcast import clock, dynamo
from dropcast.accounts import due, vault
from dropcast.accounts.account_store import account_key, read_item
from dropcast.events.outbox import event_write
from dropcast.settings import settings
from dropcast.tiktok.models import TokenGrant

Kind = Literal["access_token", "refresh_token"]


@dataclass(frozen=True)
class StoredTokens:
    """One version of an account's tokens; times in seconds since the epoch. `dead`: TikTok refused to refresh them."""

    account_id: str
    open_id: str
    version: int
    sealed_access_token: bytes
    sealed_refresh_token: bytes
    access_expires_at: int
    refresh_expires_at: int
    due_at: int
    dead: bool = False

    def access_token(self) -> SecretStr:
        """The access token in plain."""
        return vault.unseal(self.sealed_access_token, _context(self.account_id, "access_token", self.version))

    def refresh_token(self) -> SecretStr:
        """The refresh token in plain."""
        return vault.unseal(self.sealed_refresh_token, _context(self.account_id, "refresh_token", self.version))


def seal_grant(account_id: str, version: int, grant: TokenGrant) -> StoredTokens:
    """What TikTok just granted, sealed as `version` of the account's tokens. Nothing is written yet."""
    now = clock.now()
    return StoredTokens(
        account_id=account_id,
        open_id=grant.open_id,
        version=version,
        sealed_access_token=vault.seal(grant.access_token, _context(account_id, "access_token", version)),
        sealed_refresh_token=vault.seal(grant.refresh_token, _context(account_id, "refresh_token", version)),
        access_expires_at=now + grant.expires_in,
        refresh_expires_at=now + grant.refresh_expires_in,
        due_at=due.due_at(account_id, refreshed_at=now, expires_in=grant.expires_in),
    )


def get_tokens(account_id: str) -> StoredTokens | None:
    """The account's tokens, read consistently, or None: no such account, or a disconnected one."""
    item = read_item(_key(account_id))
    if not item:
        return None
    return StoredTokens(
        account_id=account_id,
        open_id=item["open_id"],
        version=item["version"],
        sealed_access_token=bytes(item["access_token"]),
        sealed_refresh_token=bytes(item["refresh_token"]),
        access_expires_at=item["access_expires_at"],
        refresh_expires_at=item["refresh_expires_at"],
        due_at=item["due_at"],
        dead=item.get("dead", False),
    )


def put_tokens(tokens: StoredTokens, *, over_version: int) -> dict[str, Any]:
    """An entry of TransactWriteItems: `tokens` in the place of version `over_version` (0: of none)."""
    item = _key(tokens.account_id) | {
        "open_id": tokens.open_id,
        "version": tokens.version,
        "access_token": tokens.sealed_access_token,
        "refresh_token": tokens.sealed_refresh_token,
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "due_at": tokens.due_at,
    }
    put: dict[str, Any] = {"TableName": settings().accounts_table, "Item": dynamo.to_item(item)}
    if over_version == 0:
        return {"Put": put | {"ConditionExpression": "attribute_not_exists(pk)"}}
    return {
        "Put": put
        | {
            "ConditionExpression": "version = :old",
            "ExpressionAttributeValues": dynamo.to_item({":old": over_version}),
        }
    }


def replace_tokens(tokens: StoredTokens, scopes: frozenset[str]) -> bool:
    """Write a refreshed pair over the version before it; False if that was no longer the stored one.

    `scopes` are those TikTok named with it. It also revives an account given up while this refresh was under way.
    """
    account = {
        "TableName": settings().accounts_table,
        "Key": dynamo.to_item(account_key(tokens.account_id)),
        "UpdateExpression": "SET #status = :active, scopes = :scopes, due_shard = :shard, due_at = :due",
        "ConditionExpression": "#status <> :disconnected AND attribute_exists(pk)",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": dynamo.to_item(
            {
                ":active": "active",
                ":disconnected": "disconnected",
                ":scopes": sorted(scopes),
                ":shard": due.shard_of(tokens.account_id),
                ":due": tokens.due_at,
            }
        ),
    }
    return dynamo.write_all([put_tokens(tokens, over_version=tokens.version - 1), {"Update": account}])


def give_up(tokens: StoredTokens) -> bool:
    """Mark the account `reconnect_needed` with its event, once; False if its tokens are no longer these."""
    of_tokens = {
        "TableName": settings().accounts_table,
        "Key": dynamo.to_item(_key(tokens.account_id)),
        "UpdateExpression": "SET dead = :dead",
        "ConditionExpression": "version = :version AND attribute_not_exists(dead)",
        "ExpressionAttributeValues": dynamo.to_item({":dead": True, ":version": tokens.version}),
    }
    of_account = {
        "TableName": settings().accounts_table,
        "Key": dynamo.to_item(account_key(tokens.account_id)),
        "UpdateExpression": "SET #status = :status REMOVE due_shard, due_at",
        "ConditionExpression": "#status = :active",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": dynamo.to_item({":status": "reconnect_needed", ":active": "active"}),
    }
    told = event_write("account.reconnect_needed", {"account_id": tokens.account_id, "open_id": tokens.open_id})
    return dynamo.write_all([{"Update": of_tokens}, {"Update": of_account}, told])


def _key(account_id: str) -> dynamo.Item:
    return {"pk": f"account#{account_id}", "sk": "tokens"}


def _context(account_id: str, kind: Kind, version: int) -> dict[str, str]:
    return {"account": account_id, "kind": kind, "version": str(version)}
