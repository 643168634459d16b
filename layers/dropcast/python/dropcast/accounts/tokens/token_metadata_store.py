"""What is noted beside an account's tokens while they stay the same: refreshes asked for, use, and their coming end."""

from dataclasses import replace

from dropcast import clock
from dropcast.accounts.account_store import account_key
from dropcast.accounts.tokens import refresh_log
from dropcast.accounts.tokens.token_store import StoredTokens, change, tokens_key
from dropcast.aws import dynamo
from dropcast.events.outbox.outbox import event_write


def note_attempt(tokens: StoredTokens) -> StoredTokens | None:
    """Note, before TikTok is asked, that `tokens` are being refreshed; None if they are no longer the stored ones.

    The returned tokens carry the note in their journal and the number of their successor (`next_version`).
    """
    asked = replace(tokens, journal=refresh_log.with_attempt(tokens.journal, tokens.version))
    if tokens.next_version:
        return asked if write_refresh_log(asked) else None
    entry = change(
        tokens_key(tokens.account_id),
        "SET journal = :journal, last_version = last_version + :one",
        "version = :version",
        {":journal": list(asked.journal), ":version": tokens.version, ":one": 1},
    )
    answer = dynamo.write_if("update_item", **entry["Update"], ReturnValues="UPDATED_NEW")
    if answer is None:
        return None
    return replace(asked, next_version=dynamo.from_item(answer["Attributes"])["last_version"])


def write_refresh_log(tokens: StoredTokens) -> bool:
    """Write the journal of `tokens` as it is now; False if they are no longer the stored ones."""
    entry = change(
        tokens_key(tokens.account_id),
        "SET journal = :journal",
        "version = :version",
        {":journal": list(tokens.journal), ":version": tokens.version},
    )
    return dynamo.write_if("update_item", **entry["Update"]) is not None


def send_expiring_event(tokens: StoredTokens) -> None:
    """Send the event that this connection ends soon, once until it is renewed for longer."""
    if tokens.told_expiring:
        return
    noted = change(
        tokens_key(tokens.account_id),
        "SET told_expiring = :told",
        "version = :version AND attribute_not_exists(told_expiring)",
        {":told": True, ":version": tokens.version},
    )
    told = {
        "account_id": tokens.account_id,
        "open_id": tokens.open_id,
        "expires_at": clock.iso(tokens.refresh_expires_at),
    }
    dynamo.write_all([noted, event_write("account.expiring", told)])


def extend_use(tokens: StoredTokens, until: int) -> None:
    """Count the account as in use until `until` (seconds since the epoch). If it stood idle it is due sooner."""
    key = tokens_key(tokens.account_id)
    noted = change(key, "SET in_use_until = :until", "in_use_until < :until", {":until": until})
    if dynamo.write_if("update_item", **noted["Update"]) is None:
        return
    warm = tokens.due_by(in_use=True)
    if warm < tokens.due_at:
        at = {":due": warm}
        of_tokens = change(key, "SET due_at = :due", "version = :version", at | {":version": tokens.version})
        of_account = change(account_key(tokens.account_id), "SET due_at = :due", "attribute_exists(due_at)", at)
        dynamo.write_all([of_tokens, of_account])
