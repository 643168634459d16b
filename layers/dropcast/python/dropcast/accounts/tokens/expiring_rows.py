"""The list of accounts whose connection ends soon and was not renewed. One query reads its rows from one partition.

The transaction that writes the event `account.expiring` also writes a row. A renewal does not delete this row, so
readers check the account's tokens. DynamoDB deletes the row a month after the end of the connection.
"""

from dropcast.aws.tables import ACCOUNTS, Item, Query
from dropcast.caller import Caller

_PARTITION = "expiring"
_KEPT_AFTER_S = 30 * 24 * 3600


def expiring_write(account_id: str, user_id: str, ends_at: int) -> Item:
    """An entry of TransactWriteItems that lists an account whose connection ends at `ends_at` (epoch seconds)."""
    row = {"pk": _PARTITION, "sk": account_id, "user_id": user_id, "expires_at": ends_at + _KEPT_AFTER_S}
    return ACCOUNTS.put_entry(row)


def listed_as_expiring(caller: Caller, limit: int) -> tuple[list[str], bool]:
    """Up to `limit` listed account_ids, only of the caller's user if the caller has one, and whether there may be more.
    Makes one call.
    """
    whose = "user_id = :user" if caller.user_id is not None else None
    rows, last = ACCOUNTS.page(Query("pk = :pk", {"pk": _PARTITION, "user": caller.user_id}, where=whose))
    return [row["sk"] for row in rows[:limit]], len(rows) > limit or last is not None
