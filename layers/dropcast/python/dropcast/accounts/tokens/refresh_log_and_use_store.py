"""Stores data about an account's tokens: the log of refreshes, the last use, and whether `account.expiring` was
sent.
"""

from dataclasses import replace

from dropcast import clock
from dropcast.accounts.account_store import account_key, get_account
from dropcast.accounts.tokens import refresh_log
from dropcast.accounts.tokens.expiring_rows import expiring_write
from dropcast.accounts.tokens.token_store import StoredTokens, get_tokens
from dropcast.accounts.tokens.token_versions import tokens_key
from dropcast.aws import dynamo
from dropcast.aws.tables import ACCOUNTS
from dropcast.events.outbox.outbox import event_write

# The log of dead tokens shows why the connection was lost. A slower refresh must not replace it.
_REFRESHABLE = "version = :version AND attribute_not_exists(dead)"


def note_attempt(tokens: StoredTokens) -> StoredTokens | None:
    """Store, before the call to TikTok, that `tokens` are being refreshed.

    Returns None if different tokens are stored now, or if `tokens` are dead. The journal of the returned tokens
    contains the attempt. Their `next_version` is the version that is reserved for the next pair.
    """
    asked = replace(tokens, journal=refresh_log.with_attempt(tokens.journal, tokens.version))
    if tokens.next_version:
        return asked if write_refresh_log(asked) else None
    row = ACCOUNTS.update_and_get(
        tokens_key(tokens.account_id),
        "SET journal = :journal, last_version = last_version + :one",
        _REFRESHABLE,
        {"journal": list(asked.journal), "version": tokens.version, "one": 1},
    )
    return replace(asked, next_version=row["last_version"]) if row else None


def write_refresh_log(tokens: StoredTokens) -> bool:
    """Store the journal of `tokens`, and keep the entries of other refreshes.

    False if different tokens are stored now, or if `tokens` are dead.
    """
    stored = get_tokens(tokens.account_id)
    journal = refresh_log.merged(stored.journal if stored else (), tokens.journal)
    values = {"journal": list(journal), "version": tokens.version}
    return ACCOUNTS.update_if(tokens_key(tokens.account_id), "SET journal = :journal", _REFRESHABLE, values)


def send_expiring_event(tokens: StoredTokens) -> None:
    """Send the event that the connection of `tokens` expires soon.

    It is sent once. Only after a renewal has extended the connection can it be sent again.
    """
    if tokens.told_expiring:
        return
    noted = ACCOUNTS.update_entry(
        tokens_key(tokens.account_id),
        "SET told_expiring = :told",
        "version = :version AND attribute_not_exists(told_expiring)",
        {"told": True, "version": tokens.version},
    )
    told = {
        "account_id": tokens.account_id,
        "open_id": tokens.open_id,
        "expires_at": clock.iso(tokens.refresh_expires_at),
    }
    account = get_account(tokens.account_id)
    listed = [expiring_write(account.account_id, account.user_id, tokens.refresh_expires_at)] if account else []
    dynamo.write_all([noted, *listed, event_write("account.expiring", told)])


def extend_use(tokens: StoredTokens, until: int) -> None:
    """Count the account as in use until `until` (seconds since the epoch). An idle account is then due earlier."""
    key = tokens_key(tokens.account_id)
    if not ACCOUNTS.update_if(key, "SET in_use_until = :until", "in_use_until < :until", {"until": until}):
        return
    warm = tokens.due_by(in_use=True)
    if warm < tokens.due_at:
        update, values = "SET due_at = :due", {"due": warm, "version": tokens.version}
        of_tokens = ACCOUNTS.update_entry(key, update, "version = :version", values)
        of_account = ACCOUNTS.update_entry(account_key(tokens.account_id), update, "attribute_exists(due_at)", values)
        dynamo.write_all([of_tokens, of_account])
