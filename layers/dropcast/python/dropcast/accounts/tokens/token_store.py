"""An account's encrypted tokens in DynamoDB.

Each pair of access token and refresh token has a version; a write replaces only the version that it read.
A version is never used twice for an account, because the row keeps the last one (`last_version`) while the account is
disconnected. Of two pairs, the pair with the higher version was requested later from TikTok.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import account_key, from_row, get_account
from dropcast.accounts.models import Account
from dropcast.accounts.tiktok_app import app_credentials
from dropcast.accounts.tokens import refresh_due_time
from dropcast.accounts.tokens.refresh_log import RefreshLog, answer_was_lost
from dropcast.accounts.tokens.token_versions import NEXT_NUMBER, reserve_version, tokens_key
from dropcast.aws import clients, dynamo, vault
from dropcast.aws.tables import ACCOUNTS, Item
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.events.outbox.outbox import event_write
from dropcast.tiktok.models import TokenGrant

TokenKind = Literal["access_token", "refresh_token"]

# The attributes of the tokens' row that belong to the pair of tokens.
_OF_A_PAIR = (
    "open_id",
    "access_token",
    "refresh_token",
    "refreshed_at",
    "access_expires_at",
    "refresh_expires_at",
    "due_at",
    "in_use_until",
    "client_key",
    "journal",
    "dead",
    "told_expiring",
    "waiting",
)

# The condition that the account is active.
_ALIVE = "#status = :active"


@dataclass(frozen=True)
class StoredTokens:
    """One version of an account's tokens. Times are in seconds since the epoch. `dead`: TikTok refused to refresh
    them.

    `client_key`: the TikTok app that got the tokens; only this app can refresh them. `next_version`: the version that a
    running refresh has reserved for the pair that replaces these.
    """

    account_id: str
    open_id: str
    version: int
    sealed_access_token: bytes
    sealed_refresh_token: bytes
    refreshed_at: int
    access_expires_at: int
    refresh_expires_at: int
    due_at: int
    in_use_until: int
    client_key: str | None = None
    journal: RefreshLog = ()
    dead: bool = False
    told_expiring: bool = False
    next_version: int | None = None

    def access_token(self) -> SecretStr:
        """The decrypted access token."""
        return vault.unseal(self.sealed_access_token, _context(self.account_id, "access_token", self.version))

    def refresh_token(self) -> SecretStr:
        """The decrypted refresh token."""
        return vault.unseal(self.sealed_refresh_token, _context(self.account_id, "refresh_token", self.version))

    def due_by(self, *, in_use: bool) -> int:
        """When these tokens are due by the policy for accounts in use, or by the policy for idle accounts."""
        return refresh_due_time.due_at(
            self.account_id,
            refreshed_at=self.refreshed_at,
            access_expires_at=self.access_expires_at,
            refresh_expires_at=self.refresh_expires_at,
            in_use=in_use,
        )

    def loss_reason(self) -> str:
        """Why TikTok refuses these tokens: its answer with the next pair was lost, or TikTok has a different reason."""
        return "answer_lost" if answer_was_lost(self.journal, self.version) else "refused"


def seal_grant(
    account_id: str, version: int, grant: TokenGrant, *, asked_at: int | None = None, in_use_until: int | None = None
) -> StoredTokens:
    """Encrypt TikTok's grant as `version` of the account's tokens. Stores nothing.

    The lifetimes count from `asked_at`, the time of the request, or else from now. A newly connected account counts as
    in use.
    """
    now = clock.now()
    begun = now if asked_at is None else asked_at
    tokens = StoredTokens(
        account_id=account_id,
        open_id=grant.open_id,
        version=version,
        sealed_access_token=vault.seal(grant.access_token, _context(account_id, "access_token", version)),
        sealed_refresh_token=vault.seal(grant.refresh_token, _context(account_id, "refresh_token", version)),
        refreshed_at=begun,
        access_expires_at=begun + grant.expires_in,
        refresh_expires_at=begun + grant.refresh_expires_in,
        due_at=0,
        in_use_until=refresh_due_time.in_use_until(now) if in_use_until is None else in_use_until,
        client_key=app_credentials().client_key,
    )
    return replace(tokens, due_at=tokens.due_by(in_use=tokens.in_use_until > now))


def get_tokens(account_id: str) -> StoredTokens | None:
    """The account's tokens, read consistently. None if the account does not exist or is disconnected."""
    return _from_item(account_id, ACCOUNTS.get(tokens_key(account_id)))


def visible_account_with_tokens(account_id: str, caller: Caller) -> tuple[Account, StoredTokens | None] | Problem:
    """The account if the caller may see it, and its tokens, read consistently by one call.

    Problem: account_not_found.
    """
    found = accounts_with_tokens([account_id])
    if not found or not caller.sees(found[0][0].user_id, account_id):
        return problem("account_not_found", account_id=account_id)
    return found[0]


def accounts_with_tokens(account_ids: Sequence[str]) -> list[tuple[Account, StoredTokens | None]]:
    """The accounts with these ids (at most 50) that exist, in this order. Each comes with its tokens, or None without
    tokens.

    One call reads them consistently.
    """
    keys = [key for account_id in account_ids for key in (account_key(account_id), tokens_key(account_id))]
    rows = {(row["pk"], row["sk"]): row for row in ACCOUNTS.get_many(keys)}

    def row_at(key: Item) -> Item | None:
        return rows.get((key["pk"], key["sk"]))

    accounts = [from_row(row) for account_id in account_ids if (row := row_at(account_key(account_id)))]
    return [(one, _from_item(one.account_id, row_at(tokens_key(one.account_id)))) for one in accounts]


def _from_item(account_id: str, item: Item | None) -> StoredTokens | None:
    if not item or "access_token" not in item:
        return None
    return StoredTokens(
        account_id=account_id,
        open_id=item["open_id"],
        version=item["version"],
        sealed_access_token=bytes(item["access_token"]),
        sealed_refresh_token=bytes(item["refresh_token"]),
        refreshed_at=item["refreshed_at"],
        access_expires_at=item["access_expires_at"],
        refresh_expires_at=item["refresh_expires_at"],
        due_at=item["due_at"],
        in_use_until=item["in_use_until"],
        client_key=item.get("client_key"),
        journal=tuple(item.get("journal", ())),
        dead=item.get("dead", False),
        told_expiring=item.get("told_expiring", False),
    )


def put_granted(tokens: StoredTokens, *, last_version: int) -> Item:
    """An entry of TransactWriteItems that stores `tokens` from a consent and replaces any others.

    The entry fails if `last_version` is no longer the last reserved version (0: none was reserved).
    """
    condition = "last_version = :last" if last_version else "attribute_not_exists(last_version)"
    return _put(tokens, condition, {"last": last_version}, "last_version = :version")


def put_confirmed(tokens: StoredTokens) -> Item:
    """An entry of TransactWriteItems that replaces older tokens by the confirmed `tokens`.

    The version of these tokens was reserved when TikTok granted them. The entry fails if newer tokens are stored, or if
    the account has been disconnected since.
    """
    return _put(tokens, "attribute_not_exists(version) OR version < :version", {})


def _put(tokens: StoredTokens, condition: str, seen: Item, *also: str) -> Item:
    """An entry that stores `tokens`. It keeps the account's `in_use_until`.

    It keeps the journal unless `tokens` have one.
    """
    values = {
        "open_id": tokens.open_id,
        "version": tokens.version,
        "access_token": tokens.sealed_access_token,
        "refresh_token": tokens.sealed_refresh_token,
        "refreshed_at": tokens.refreshed_at,
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "due_at": tokens.due_at,
        "client_key": tokens.client_key,
        "journal": list(tokens.journal) or None,
    }
    known = {name: value for name, value in values.items() if value is not None}
    sets = [*(f"#{name} = :{name}" for name in known), "in_use_until = if_not_exists(in_use_until, :in_use)", *also]
    far = tokens.refresh_expires_at - clock.now() > refresh_due_time.EXPIRING_S
    return ACCOUNTS.update_entry(
        tokens_key(tokens.account_id),
        f"SET {', '.join(sets)} REMOVE waiting, dead{', told_expiring' if far else ''}",
        condition,
        known | {"in_use": tokens.in_use_until} | seen,
    )


def save_refreshed_tokens(old: StoredTokens, grant: TokenGrant, *, asked_at: int) -> StoredTokens | None:
    """Replace `old` by a refreshed pair. Returns None if `old` is no longer the stored version.

    TikTok returns a pair only once, so encryption and write are each repeated for LONG_PATIENCE_S seconds while AWS
    fails. An account that was marked `reconnect_needed` during the refresh becomes active again.
    """
    version = old.next_version or reserve_version(old.account_id)
    sealed = clients.persist(
        lambda: seal_grant(old.account_id, version, grant, asked_at=asked_at, in_use_until=old.in_use_until),
        dynamo.LONG_PATIENCE_S,
    )
    new = replace(sealed, journal=old.journal, told_expiring=old.told_expiring)
    put = _put(new, "version = :old", {"old": old.version})
    if dynamo.write_all([put, _renew_account(new, grant)], patience_s=dynamo.LONG_PATIENCE_S):
        return new
    return new if clients.persist(lambda: _revive(new, grant, put), dynamo.LONG_PATIENCE_S) else None


def _renew_account(new: StoredTokens, grant: TokenGrant) -> Item:
    return ACCOUNTS.update_entry(
        account_key(new.account_id),
        "SET scopes = :scopes, due_shard = :shard, due_at = :due",
        _ALIVE,
        {"active": "active", **_renewed(new, grant)},
    )


def _revive(new: StoredTokens, grant: TokenGrant, put: Item) -> bool:
    """Store the pair. Also make the account active if it became `reconnect_needed` or `unconfirmed` meanwhile."""
    account = get_account(new.account_id)
    if not account or account.status not in ("reconnect_needed", "unconfirmed"):
        return False
    alive = ACCOUNTS.update_entry(
        account_key(new.account_id),
        "SET #status = :active, scopes = :scopes, due_shard = :shard, due_at = :due",
        "#status = :seen",
        {"active": "active", "seen": account.status, **_renewed(new, grant)},
    )
    told = {"account_id": account.account_id, "user_id": account.user_id, "open_id": account.open_id}
    entries = [put, alive, event_write("account.connected", told | {"reconnected": True})]
    return dynamo.write_all(entries, patience_s=dynamo.LONG_PATIENCE_S)


def _renewed(new: StoredTokens, grant: TokenGrant) -> Item:
    return {"scopes": sorted(grant.scopes), "shard": refresh_due_time.shard_of(new.account_id), "due": new.due_at}


def mark_reconnect_needed(tokens: StoredTokens) -> bool:
    """Mark the account `reconnect_needed`, and store its event once. False if different tokens are stored now."""
    of_tokens = ACCOUNTS.update_entry(
        tokens_key(tokens.account_id),
        "SET dead = :dead, journal = :journal",
        "version = :version AND attribute_not_exists(dead)",
        {"dead": True, "version": tokens.version, "journal": list(tokens.journal)},
    )
    of_account = ACCOUNTS.update_entry(
        account_key(tokens.account_id),
        "SET #status = :lost REMOVE due_shard, due_at",
        _ALIVE,
        {"lost": "reconnect_needed", "active": "active"},
    )
    told = {"account_id": tokens.account_id, "open_id": tokens.open_id, "reason": tokens.loss_reason()}
    return dynamo.write_all([of_tokens, of_account, event_write("account.reconnect_needed", told)])


def erase_tokens(account_id: str) -> Item:
    """An entry of TransactWriteItems that erases the account's tokens.

    The disconnection gets its own version. So neither a refresh nor a confirmation can store a pair later.
    """
    update = f"SET version = {NEXT_NUMBER}, last_version = {NEXT_NUMBER} REMOVE {', '.join(_OF_A_PAIR)}"
    return ACCOUNTS.update_entry(tokens_key(account_id), update, None, {"none": 0, "one": 1})


def _context(account_id: str, kind: TokenKind, version: int) -> dict[str, str]:
    return {"account": account_id, "kind": kind, "version": str(version)}
