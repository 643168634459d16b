"""Stores a new or renewed connection in one transaction: account, tokens, the open_id's pointer and the event."""

from typing import Any

from dropcast import clock, ids
from dropcast.accounts.account_store import account_key, account_of_open_id, get_account, pointer_key
from dropcast.accounts.connect.confirmation_store import Confirmation, confirmation_spent, get_confirmation
from dropcast.accounts.models import Account
from dropcast.accounts.tokens import refresh_due_time
from dropcast.accounts.tokens.token_store import StoredTokens, put_confirmed, put_granted, seal_grant
from dropcast.accounts.tokens.token_versions import get_token_versions
from dropcast.aws import clients, dynamo
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.aws.tables import ACCOUNTS, NEW, Item
from dropcast.errors.problem import Problem, problem
from dropcast.events.outbox.outbox import event_write
from dropcast.tiktok.models import TokenGrant

# While a user's account has one of these statuses, another user may connect the same TikTok account.
_FREE = ("disconnected", "unconfirmed")

_NEXT_CONNECTION = "connection_number = connection_number + :one"


def save_connection(user_id: str, grant: TokenGrant) -> Account | Problem:
    """Connect the TikTok account of `grant` for `user_id`, with the tokens in `grant`. A known account keeps its
    account_id.

    Call this as soon as TikTok has granted the tokens. The function does not replace tokens that were granted later,
    because TikTok may accept only the newest. The write is repeated while AWS fails, because TikTok returns tokens only
    once. Problems: `account_taken` (the account is still connected for another user_id).
    """
    granted_at = clock.now()
    return clients.persist(lambda: _saved(user_id, grant, granted_at), dynamo.LONG_PATIENCE_S)


@retry_on_conflict(tries=4)
def _saved(user_id: str, grant: TokenGrant, granted_at: int) -> Account | Problem | Conflict:
    known = account_of_open_id(grant.open_id)
    if taken := _taken(known, user_id):
        return taken
    if known and known.status == "active" and known.connected_at > granted_at:
        return known
    return _connect(user_id, grant, known, granted_at) or CONFLICT


def save_unconfirmed(user_id: str, grant: TokenGrant) -> Account | Problem:
    """Store the account of `grant` as inactive until it is confirmed. confirmation_store keeps the tokens until then.

    An active account stays unchanged, because it already belongs to `user_id`. The write is repeated while AWS fails.
    Problems: `account_taken`.
    """
    return clients.persist(lambda: _saved_unconfirmed(user_id, grant), dynamo.LONG_PATIENCE_S)


@retry_on_conflict(tries=4)
def _saved_unconfirmed(user_id: str, grant: TokenGrant) -> Account | Problem | Conflict:
    known = account_of_open_id(grant.open_id)
    if taken := _taken(known, user_id):
        return taken
    if not known or known.user_id != user_id:
        return _put_unconfirmed(user_id, grant, known) or CONFLICT
    return known if known.status in ("active", "unconfirmed") else _unconfirm(known) or CONFLICT


@retry_on_conflict(tries=4)
def confirm_connection(code: str, user_id: str | None) -> Account | Problem | Conflict:
    """Activate the connection that waits for `code`. A code works once.

    `user_id`, if given, must be the user of the connection. It is required if the consent ended in a different browser
    from the one in which it began. Problems: `confirmation_expired` (also if newer tokens or a disconnection made the
    code void), `confirmation_needs_user`, `account_taken`.
    """
    waiting = get_confirmation(code)
    if not waiting or user_id not in (None, waiting.user_id):
        return problem("confirmation_expired")
    if user_id is None and waiting.other_browser:
        return problem("confirmation_needs_user")
    known = account_of_open_id(waiting.grant.open_id)
    if taken := _taken(known, waiting.user_id):
        return taken
    if not known or known.account_id != waiting.account_id:
        return problem("confirmation_expired")
    stored = get_token_versions(known.account_id)
    if stored.version > waiting.version or stored.refreshed_at > waiting.granted_at:
        return problem("confirmation_expired")
    return _confirm(known, waiting, code) or CONFLICT


def _taken(known: Account | None, user_id: str) -> Problem | None:
    if known and known.user_id != user_id and known.status not in _FREE:
        return problem("account_taken")
    return None


def _connect(user_id: str, grant: TokenGrant, known: Account | None, at: int) -> Account | None:
    if known and known.user_id == user_id:
        return _reconnect(known, grant, at)
    # The previous user keeps the history. The new owner gets a new account.
    account = _new_account(user_id, grant, at)
    tokens = seal_grant(account.account_id, 1, grant, asked_at=at)
    entries = [
        *_put_pointer(account, known),
        _put_account(account, tokens),
        put_granted(tokens, last_version=0),
        _told(account, reconnected=False),
    ]
    return account if dynamo.write_all(entries, patience_s=dynamo.LONG_PATIENCE_S) else None


def _put_unconfirmed(user_id: str, grant: TokenGrant, known: Account | None) -> Account | None:
    account = _new_account(user_id, grant, clock.now(), confirmed=False)
    entries = [*_put_pointer(account, known), _put_account(account, None)]
    return account if dynamo.write_all(entries, patience_s=dynamo.LONG_PATIENCE_S) else None


def _new_account(user_id: str, grant: TokenGrant, at: int, *, confirmed: bool = True) -> Account:
    return Account(
        account_id=ids.new_id("acc"),
        user_id=user_id,
        open_id=grant.open_id,
        status="active" if confirmed else "unconfirmed",
        scopes=grant.scopes,
        connected_at=at,
    )


def _reconnect(known: Account, grant: TokenGrant, at: int) -> Account | None:
    last = get_token_versions(known.account_id).last
    tokens = seal_grant(known.account_id, last + 1, grant, asked_at=at)
    return _renewed(known, grant, tokens, at, put_granted(tokens, last_version=last))


def _confirm(known: Account, waiting: Confirmation, code: str) -> Account | None:
    grant, at = waiting.grant, waiting.granted_at
    tokens = seal_grant(known.account_id, waiting.version, grant, asked_at=at)
    return _renewed(known, grant, tokens, at, put_confirmed(tokens), confirmation_spent(code))


def _renewed(known: Account, grant: TokenGrant, tokens: StoredTokens, at: int, *writes: Item) -> Account | None:
    entries = [
        _renew_account(known, grant, tokens, at),
        ACCOUNTS.check_entry(pointer_key(known.open_id), "account_id = :id", {"id": known.account_id}),
        _told(known, reconnected=known.status != "unconfirmed"),
        *writes,
    ]
    return get_account(known.account_id) if dynamo.write_all(entries, patience_s=dynamo.LONG_PATIENCE_S) else None


def _unconfirm(known: Account) -> Account | None:
    update = ACCOUNTS.update_entry(
        account_key(known.account_id),
        f"SET #status = :unconfirmed, {_NEXT_CONNECTION} REMOVE due_shard, due_at",
        "user_id = :user AND #status = :seen",
        {"user": known.user_id, "seen": known.status, "unconfirmed": "unconfirmed", "one": 1},
    )
    return get_account(known.account_id) if dynamo.write_all([update], patience_s=dynamo.LONG_PATIENCE_S) else None


def _put_pointer(account: Account, instead_of: Account | None) -> list[dict[str, Any]]:
    """Entries that make the open_id's pointer name this account.

    They fail if the pointer no longer names `instead_of`, or if the status of `instead_of` has changed.
    """
    pointer = pointer_key(account.open_id) | {"account_id": account.account_id}
    if instead_of is None:
        return [ACCOUNTS.put_entry(pointer, NEW)]
    seen = {"seen": instead_of.status}
    return [
        ACCOUNTS.put_entry(pointer, "account_id = :old", {"old": instead_of.account_id}),
        ACCOUNTS.check_entry(account_key(instead_of.account_id), "#status = :seen", seen),
    ]


def _put_account(account: Account, tokens: StoredTokens | None) -> dict[str, Any]:
    item = account_key(account.account_id) | {
        "account_id": account.account_id,
        "user_id": account.user_id,
        "open_id": account.open_id,
        "status": account.status,
        "list_shard": refresh_due_time.shard_of(account.account_id),
        "scopes": sorted(account.scopes),
        "connected_at": account.connected_at,
        "connection_number": account.connection_number,
    }
    if tokens:
        item |= {"due_shard": refresh_due_time.shard_of(account.account_id), "due_at": tokens.due_at}
    return ACCOUNTS.put_entry(item, NEW)


def _renew_account(known: Account, grant: TokenGrant, tokens: StoredTokens, at: int) -> dict[str, Any]:
    return ACCOUNTS.update_entry(
        account_key(known.account_id),
        f"SET #status = :active, scopes = :scopes, connected_at = :at, {_NEXT_CONNECTION}, due_shard = :shard,"
        " due_at = :due REMOVE ended_at, end_reason, revoked",
        "user_id = :user",
        {
            "user": known.user_id,
            "active": "active",
            "scopes": sorted(grant.scopes),
            "at": at,
            "shard": refresh_due_time.shard_of(known.account_id),
            "due": tokens.due_at,
            "one": 1,
        },
    )


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
