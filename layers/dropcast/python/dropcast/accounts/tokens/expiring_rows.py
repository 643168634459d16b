"""The list of accounts whose connection ends soon. One query reads its rows from one partition.

The transaction that writes the event `account.expiring` also writes a row. A renewal does not delete this row, so
readers check the account's tokens. DynamoDB deletes the row a month after the end of the connection.
"""

from dropcast.aws.tables import ACCOUNTS, Item, Query
from dropcast.caller import Caller

_PARTITION = "expiring"
_KEPT_AFTER_S = 30 * 24 * 3600


def expiring_write(account_id: str, user_id: str, ends_at: int) -> Item:
    """An entry of TransactWriteItems that adds an account to the list.

    The connection of the account ends at `ends_at` (epoch seconds).
    """
    row = {"pk": _PARTITION, "sk": account_id, "user_id": user_id, "expires_at": ends_at + _KEPT_AFTER_S}
    return ACCOUNTS.put_entry(row)


def listed_as_expiring(caller: Caller, limit: int) -> tuple[list[str], bool]:
    """Up to `limit` account_ids of the list, and whether there may be more. Makes one call.

    If the caller is bound to a user, only the ids of this user's accounts.
    """
    whose = "user_id = :user" if caller.user_id is not None else None
    rows, last = ACCOUNTS.page(Query("pk = :pk", {"pk": _PARTITION, "user": caller.user_id}, where=whose))
    return [row["sk"] for row in rows[:limit]], len(rows) > limit or last is not None
