"""The encrypted tokens of business connections.

The tokens of a connection have a version; a write replaces only the version that it read. The tokens are in the
connection's own row, so one write changes the connection and its tokens.
"""

from dataclasses import dataclass

from pydantic import SecretStr

from dropcast.accounts.tokens import refresh_due_time
from dropcast.accounts.tokens.token_store import TokenKind
from dropcast.aws import clients, vault
from dropcast.aws.dynamo import LONG_PATIENCE_S, PATIENCE_S, Item
from dropcast.aws.tables import ACCOUNTS, set_expression
from dropcast.tiktok.business.oauth import HolderRenewal


@dataclass(frozen=True)
class BusinessTokens:
    """One version of a connection's tokens. Times are in seconds since the epoch.

    An advertiser's connection has no refresh token, and its access token does not expire. So the attributes for the
    refresh token, the expiry and the next refresh are None. `app_id`: the app that got the tokens; only this app can
    refresh them. `dead`: the connection is not active.
    """

    connection_id: str
    version: int
    app_id: str
    sealed_access_token: bytes
    sealed_refresh_token: bytes | None
    access_expires_at: int | None
    refresh_expires_at: int | None
    due_at: int | None
    business_id: str | None
    dead: bool = False

    def access_token(self) -> SecretStr:
        """The decrypted access token."""
        return vault.unseal(self.sealed_access_token, seal_context(self.connection_id, "access_token", self.version))

    def refresh_token(self) -> SecretStr:
        """The decrypted refresh token. ValueError if there is none."""
        if self.sealed_refresh_token is None:
            raise ValueError("an advertiser's token has no refresh token")
        return vault.unseal(self.sealed_refresh_token, seal_context(self.connection_id, "refresh_token", self.version))


def get_business_tokens(connection_id: str) -> BusinessTokens | None:
    """The connection's tokens, read consistently. None if the connection does not exist or is disconnected."""
    item = ACCOUNTS.get(business_key(connection_id))
    if not item or "access_token" not in item:
        return None
    sealed = item.get("refresh_token")
    return BusinessTokens(
        connection_id=connection_id,
        version=item["version"],
        app_id=item["app_id"],
        sealed_access_token=bytes(item["access_token"]),
        sealed_refresh_token=bytes(sealed) if sealed else None,
        access_expires_at=item.get("access_expires_at"),
        refresh_expires_at=item.get("refresh_expires_at"),
        due_at=item.get("refresh_at"),
        business_id=item.get("business_id"),
        dead=item["status"] != "active",
    )


def save_renewed_tokens(old: BusinessTokens, renewal: HolderRenewal, *, asked_at: int) -> bool:
    """Replace `old` by refreshed tokens. Returns False if `old` is no longer the stored version.

    The stored refresh token, its lifetime and the scopes stay if TikTok does not return new ones. TikTok returns a
    token only once, so encryption and write are each repeated for up to LONG_PATIENCE_S seconds while AWS fails.
    """
    sealed = clients.persist(lambda: _sealed(old, renewal, asked_at), LONG_PATIENCE_S)
    values = sealed | ({"scopes": sorted(renewal.scopes)} if renewal.scopes else {})
    values["status"] = "active"
    return _update(old, set_expression(values), values, patience_s=LONG_PATIENCE_S)


def _sealed(old: BusinessTokens, renewal: HolderRenewal, asked_at: int) -> Item:
    return sealed_tokens(
        old.connection_id,
        old.version + 1,
        access_token=renewal.access_token,
        refresh_token=renewal.refresh_token or old.refresh_token(),
        access_expires_at=asked_at + renewal.expires_in,
        refresh_expires_at=_end_of_refresh_token(old, renewal, asked_at),
        refreshed_at=asked_at,
    )


def _end_of_refresh_token(old: BusinessTokens, renewal: HolderRenewal, asked_at: int) -> int:
    if renewal.refresh_expires_in is not None:
        return asked_at + renewal.refresh_expires_in
    return old.refresh_expires_at or asked_at


def mark_business_reconnect_needed(tokens: BusinessTokens) -> bool:
    """Mark the connection `reconnect_needed`. False if other tokens are stored now."""
    return _update(tokens, "SET #status = :lost REMOVE due_shard, due_at", {"lost": "reconnect_needed"})


def sealed_tokens(
    connection_id: str,
    version: int,
    *,
    access_token: SecretStr,
    refresh_token: SecretStr,
    access_expires_at: int,
    refresh_expires_at: int,
    refreshed_at: int,
) -> Item:
    """An account holder's tokens, encrypted, as attributes of the connection's row.

    They are always refreshed like the tokens of an account in use. This takes one call to TikTok a day.
    """
    due_at = refresh_due_time.due_at(
        connection_id,
        refreshed_at=refreshed_at,
        access_expires_at=access_expires_at,
        refresh_expires_at=refresh_expires_at,
        in_use=True,
    )
    return {
        **sealed_access_token(connection_id, version, access_token),
        "refresh_token": vault.seal(refresh_token, seal_context(connection_id, "refresh_token", version)),
        "access_expires_at": access_expires_at,
        "refresh_expires_at": refresh_expires_at,
        "due_shard": refresh_due_time.shard_of(connection_id),
        # The function that queues the row postpones only due_at. So the worker can still see here that the row is due.
        "refresh_at": due_at,
        "due_at": due_at,
    }


def sealed_access_token(connection_id: str, version: int, access_token: SecretStr) -> Item:
    """An access token, encrypted, and its version, as attributes of the connection's row."""
    return {
        "version": version,
        "access_token": vault.seal(access_token, seal_context(connection_id, "access_token", version)),
    }


def business_key(connection_id: str) -> Item:
    """The key of the connection's row. All rows are in one partition, so that one query lists them."""
    return {"pk": "business", "sk": connection_id}


def seal_context(connection_id: str, kind: TokenKind, version: int) -> dict[str, str]:
    """The encryption context of a token. Its kind differs from the kind of an account's tokens.

    So a function that collects trends cannot decrypt the tokens of accounts.
    """
    return {"account": connection_id, "kind": f"business_{kind}", "version": str(version)}


def _update(tokens: BusinessTokens, update: str, values: Item, *, patience_s: float = PATIENCE_S) -> bool:
    condition = "version = :seen AND #status <> :disconnected"
    values = {**values, "seen": tokens.version, "disconnected": "disconnected"}
    return ACCOUNTS.update_if(business_key(tokens.connection_id), update, condition, values, patience_s=patience_s)
