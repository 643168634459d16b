"""The pointer from an account to the business connection for its comments. A connection serves at most one account."""

from dropcast.accounts.account_store import account_key
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.business.token_store import business_key
from dropcast.aws.tables import ACCOUNTS, NEW, Item


def pointer_key(account_id: str) -> Item:
    """The key of the item that names the connection which serves the account."""
    return {"pk": f"account#{account_id}", "sk": "business"}


def pointer_writes(
    connection: BusinessConnection, known: BusinessConnection | None, before: BusinessConnection | None
) -> list[Item]:
    """Entries of TransactWriteItems that make `connection` serve its account.

    An account has one connection, and a connection serves one account. So `before`, the account's previous connection,
    stops serving the account. `known` is `connection` as it was stored until now. If `known` serves another account,
    that account loses its connection.
    The entries fail if another consent for the account was stored first, or if the account was disconnected.
    """
    entries: list[Item] = []
    if account_id := connection.account_id:
        entries += [_point_at(account_id, connection, before), _is_connected(account_id)]
        if before and before.connection_id != connection.connection_id:
            entries.append(_no_longer_serves(before, account_id))
    if known and known.account_id and known.account_id != connection.account_id:
        own = {"own": known.connection_id}
        entries.append(ACCOUNTS.delete_entry(pointer_key(known.account_id), "connection_id = :own", own))
    return entries


def _point_at(account_id: str, connection: BusinessConnection, before: BusinessConnection | None) -> Item:
    item = pointer_key(account_id) | {"connection_id": connection.connection_id}
    if before is None:
        return ACCOUNTS.put_entry(item, NEW)
    return ACCOUNTS.put_entry(item, "connection_id = :before", {"before": before.connection_id})


def _is_connected(account_id: str) -> Item:
    values = {"disconnected": "disconnected"}
    return ACCOUNTS.check_entry(account_key(account_id), "#status <> :disconnected", values)


def _no_longer_serves(before: BusinessConnection, account_id: str) -> Item:
    key, values = business_key(before.connection_id), {"account": account_id}
    return ACCOUNTS.update_entry(key, "REMOVE serves", "serves = :account", values)
