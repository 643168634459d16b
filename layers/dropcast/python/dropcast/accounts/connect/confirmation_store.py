"""Connections that wait for a confirmation: encrypted tokens in DynamoDB, under the hash of a one-time code.

Rows have `expires_at` for the table's TTL. DynamoDB deletes them late, so this module checks the time too.
"""

from dataclasses import dataclass

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.connect.link_and_state_store import hashed
from dropcast.accounts.tokens.token_versions import reserve_version
from dropcast.aws import clients, vault
from dropcast.aws.dynamo import LONG_PATIENCE_S, Item
from dropcast.aws.tables import CONNECTIONS, EXISTING
from dropcast.tiktok.models import TokenGrant

CONFIRMATION_LIVES_S = 3600


@dataclass(frozen=True)
class Confirmation:
    """TikTok's grant at `granted_at` (seconds since the epoch) for an account of `user_id`.

    `return_to`: the address that receives the code. `missing`: the requested scopes that TikTok did not grant.
    `other_browser`: whether the consent ended in a different browser from the one in which it began. `version`: the
    version that the pair of tokens will get.
    """

    user_id: str
    account_id: str
    grant: TokenGrant
    granted_at: int
    return_to: str | None = None
    missing: tuple[str, ...] = ()
    other_browser: bool = False
    version: int = 0


@dataclass(frozen=True)
class CodeDestination:
    """The account that a code confirms, the address that receives the code, and the scopes that were not granted."""

    account_id: str
    return_to: str
    missing: tuple[str, ...]


def put_confirmation(code: str, waiting: Confirmation, expires_at: int) -> None:
    """Store the connection that `code` will confirm, and reserve the version of its tokens.

    `expires_at` is in seconds since the epoch. The write is repeated while AWS fails.
    """
    version = reserve_version(waiting.account_id, waiting=hashed(code))
    item = clients.persist(lambda: _sealed_row(code, waiting, version, expires_at), LONG_PATIENCE_S)
    CONNECTIONS.put(item, patience_s=LONG_PATIENCE_S)


def _sealed_row(code: str, waiting: Confirmation, version: int, expires_at: int) -> Item:
    grant, account_id = waiting.grant, waiting.account_id
    return _key(hashed(code)) | {
        "user_id": waiting.user_id,
        "account_id": account_id,
        "open_id": grant.open_id,
        "scopes": sorted(grant.scopes),
        "access_token": vault.seal(grant.access_token, _context(account_id, "access_token", version)),
        "refresh_token": vault.seal(grant.refresh_token, _context(account_id, "refresh_token", version)),
        "expires_in": grant.expires_in,
        "refresh_expires_in": grant.refresh_expires_in,
        "granted_at": waiting.granted_at,
        "return_to": waiting.return_to,
        "missing": list(waiting.missing),
        "other_browser": waiting.other_browser,
        "version": version,
        "expires_at": expires_at,
    }


def get_confirmation(code: str) -> Confirmation | None:
    """The connection that `code` confirms; None if the code is used, expired or unknown."""
    return get_waiting(hashed(code))


def get_waiting(code_hash: str) -> Confirmation | None:
    """Like `get_confirmation`, by the hash of the code."""
    item = _live(code_hash)
    if not item:
        return None
    return Confirmation(
        item["user_id"],
        item["account_id"],
        _grant(item),
        item["granted_at"],
        return_to=item.get("return_to"),
        missing=tuple(item["missing"]),
        other_browser=item["other_browser"],
        version=item["version"],
    )


def get_code_destination(code: str) -> CodeDestination | None:
    """The destination of a code if the consent began and ended in different browsers, else None. Decrypts no token."""
    item = _live(hashed(code))
    if not item or not item["other_browser"]:
        return None
    return CodeDestination(item["account_id"], item["return_to"], tuple(item["missing"]))


def confirmation_spent(code: str) -> Item:
    """An entry of TransactWriteItems that deletes the code. It fails if the code is gone."""
    return CONNECTIONS.delete_entry(_key(hashed(code)), EXISTING)


def _live(code_hash: str) -> Item | None:
    item = CONNECTIONS.get(_key(code_hash))
    return item if item and item["expires_at"] > clock.now() else None


def _grant(item: Item) -> TokenGrant:
    def token(kind: str) -> SecretStr:
        return vault.unseal(bytes(item[kind]), _context(item["account_id"], kind, item["version"]))

    return TokenGrant(
        access_token=token("access_token"),
        refresh_token=token("refresh_token"),
        expires_in=item["expires_in"],
        refresh_expires_in=item["refresh_expires_in"],
        open_id=item["open_id"],
        scope=frozenset(item["scopes"]),
    )


def _key(code_hash: str) -> Item:
    return {"pk": f"confirm#{code_hash}"}


def _context(account_id: str, kind: str, version: int) -> dict[str, str]:
    """The encryption context of an unconfirmed token. A confirmed token with the same version has a different one."""
    return {"account": account_id, "kind": kind, "version": f"unconfirmed {version}"}
