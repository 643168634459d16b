"""Connections that wait for a confirmation: the tokens, sealed, under the hash of a one-time code, in DynamoDB.

Rows carry `expires_at` for the table's TTL, which deletes late, so it is also checked here.
"""

from dataclasses import dataclass

from pydantic import SecretStr

from dropcast import aws, clock, dynamo, vault
from dropcast.accounts.connection_store import hashed
from dropcast.dynamo import LONG_PATIENCE_S
from dropcast.settings import settings
from dropcast.tiktok.models import TokenGrant

# Stands where the stored tokens have their version: these are of none yet.
_VERSION = "unconfirmed"


@dataclass(frozen=True)
class Confirmation:
    """What TikTok granted at `granted_at` (seconds since the epoch), for an account of the caller's `user_id`."""

    user_id: str
    account_id: str
    grant: TokenGrant
    granted_at: int


def put_confirmation(code: str, waiting: Confirmation, expires_at: int) -> None:
    """Keep what `code` will confirm until `expires_at` (seconds since the epoch). While AWS fails it is repeated."""
    item = aws.persist(lambda: _sealed_row(code, waiting, expires_at), LONG_PATIENCE_S)
    dynamo.write(
        "put_item",
        patience_s=LONG_PATIENCE_S,
        TableName=settings().connections_table,
        Item=dynamo.to_item(item),
    )


def _sealed_row(code: str, waiting: Confirmation, expires_at: int) -> dynamo.Item:
    grant, account_id = waiting.grant, waiting.account_id
    return _key(code) | {
        "user_id": waiting.user_id,
        "account_id": account_id,
        "open_id": grant.open_id,
        "scopes": sorted(grant.scopes),
        "access_token": vault.seal(grant.access_token, _context(account_id, "access_token")),
        "refresh_token": vault.seal(grant.refresh_token, _context(account_id, "refresh_token")),
        "expires_in": grant.expires_in,
        "refresh_expires_in": grant.refresh_expires_in,
        "granted_at": waiting.granted_at,
        "expires_at": expires_at,
    }


def get_confirmation(code: str) -> Confirmation | None:
    """What `code` confirms, unless it is spent, expired or never was."""
    answer = aws.client("dynamodb").get_item(
        TableName=settings().connections_table, Key=dynamo.to_item(_key(code)), ConsistentRead=True
    )
    item = dynamo.from_item(answer["Item"]) if "Item" in answer else None
    if not item or item["expires_at"] <= clock.now():
        return None
    return Confirmation(item["user_id"], item["account_id"], _grant(item), item["granted_at"])


def confirmation_spent(code: str) -> dynamo.Item:
    """An entry of TransactWriteItems that takes the code away, if it is still there."""
    return {
        "Delete": {
            "TableName": settings().connections_table,
            "Key": dynamo.to_item(_key(code)),
            "ConditionExpression": "attribute_exists(pk)",
        }
    }


def _grant(item: dynamo.Item) -> TokenGrant:
    def token(kind: str) -> SecretStr:
        return vault.unseal(bytes(item[kind]), _context(item["account_id"], kind))

    return TokenGrant(
        access_token=token("access_token"),
        refresh_token=token("refresh_token"),
        expires_in=item["expires_in"],
        refresh_expires_in=item["refresh_expires_in"],
        open_id=item["open_id"],
        scope=frozenset(item["scopes"]),
    )


def _key(code: str) -> dynamo.Item:
    return {"pk": f"confirm#{hashed(code)}"}


def _context(account_id: str, kind: str) -> dict[str, str]:
    return {"account": account_id, "kind": kind, "version": _VERSION}
