"""Lists accounts in pages: those of one user, those with one status, or all.

The index `by_status` has shards, which are read one after the other. It contains only keys, so a token refresh does not
write to it. Its list of accounts is eventually consistent; the accounts themselves are read consistently.
"""

from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from dropcast import cursors
from dropcast.accounts.account_store import account_key, from_row, get_accounts
from dropcast.accounts.models import Account, AccountStatus
from dropcast.accounts.tokens.refresh_due_time import SHARDS
from dropcast.aws.tables import ACCOUNTS, Item, Query
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem


@dataclass(frozen=True)
class AccountPage:
    """Some accounts, and the cursor of the next page if there may be more."""

    accounts: list[Account]
    next: str | None


class _Cursor(BaseModel, extra="forbid"):
    """Where the next page begins: after an account, or at the start of a shard."""

    shard: int = Field(default=0, ge=0, lt=SHARDS)
    account_id: str | None = Field(default=None, min_length=1, max_length=64)
    user_id: str | None = Field(default=None, min_length=1, max_length=256)
    status: AccountStatus | None = None


def get_accounts_page(
    caller: Caller, *, user_id: str | None, status: AccountStatus | None, after: str | None, limit: int
) -> AccountPage | Problem:
    """Up to `limit` matching accounts. `after` is the `next` of the previous page of the same list.

    A page may contain fewer accounts, or none, although there is a next page.
    Problems: `invalid_request` (`after` is not a cursor of this list), and the problems of `asked_user`.
    """
    whose = caller.asked_user(user_id)
    if isinstance(whose, Problem):
        return whose
    cursor = _Cursor() if after is None else _read(after)
    if cursor is None:
        return problem("invalid_request", reason="next is not from an earlier page of this list")
    if whose is not None:
        return _page_of_user(caller, whose, status, cursor, limit)
    return _page_of_status(status, cursor, limit)


def get_accounts_by_user(caller: Caller, after: str | None, limit: int) -> AccountPage | Problem:
    """Up to `limit` accounts that the caller sees, sorted by user. Makes one eventually consistent call.

    Problem: `invalid_request` (`after` is not a cursor of this list).
    """
    if caller.user_id is not None:
        return get_accounts_page(caller, user_id=None, status=None, after=after, limit=limit)
    cursor = _Cursor() if after is None else _read(after)
    if cursor is None:
        return problem("invalid_request", reason="next is not from an earlier page of this list")
    start = _after(cursor.account_id, {"user_id": cursor.user_id, "account_id": cursor.account_id})
    items, last = ACCOUNTS.index_page("by_user", limit, after=start if cursor.user_id else None)
    following = _Cursor(account_id=last["account_id"], user_id=last["user_id"]) if last else None
    return AccountPage([from_row(item) for item in items], _written(following))


def _page_of_user(
    caller: Caller, user_id: str, status: AccountStatus | None, cursor: _Cursor, limit: int
) -> AccountPage:
    values = {"user": user_id, "status": status}
    query = Query("user_id = :user", values, index="by_user", where="#status = :status" if status else None)
    start = {"user_id": user_id, "account_id": cursor.account_id}
    items, last = ACCOUNTS.page(query, limit, after=_after(cursor.account_id, start))
    following = _Cursor(account_id=last["account_id"]) if last else None
    seen = [account for account in map(from_row, items) if caller.sees(account.user_id, account.account_id)]
    return AccountPage(seen, _written(following))


def _page_of_status(status: AccountStatus | None, cursor: _Cursor | None, limit: int) -> AccountPage:
    found: list[str] = []
    while cursor and len(found) < limit:
        start = {"list_shard": str(cursor.shard), "status": status or cursor.status or "active"}
        after = _after(cursor.account_id, start)
        items, last = ACCOUNTS.page(_of_shard(cursor.shard, status), limit - len(found), after=after)
        found += [item["pk"].removeprefix("account#") for item in items]
        cursor = _following(cursor, last)
    return AccountPage([one for one in _read_rows(found) if status in (None, one.status)], _written(cursor))


def _of_shard(shard: int, status: AccountStatus | None) -> Query:
    condition = "list_shard = :shard" + (" AND #status = :status" if status else "")
    return Query(condition, {"shard": str(shard), "status": status}, index="by_status")


def _following(cursor: _Cursor, last: Item | None) -> _Cursor | None:
    if last:
        return _Cursor(shard=cursor.shard, account_id=last["pk"].removeprefix("account#"), status=last["status"])
    return _Cursor(shard=cursor.shard + 1) if cursor.shard + 1 < SHARDS else None


def _after(account_id: str | None, index_key: Item) -> Item | None:
    """The key of the account `account_id` in an index, or None without an account. `index_key`: the attributes of the
    index's own key.
    """
    return account_key(account_id) | index_key if account_id else None


def _read_rows(account_ids: list[str]) -> list[Account]:
    """The accounts with these ids (at most 100), in this order."""
    rows = get_accounts(account_ids)
    return [rows[account_id] for account_id in account_ids if account_id in rows]


def _written(cursor: _Cursor | None) -> str | None:
    return cursors.encode(cursor.model_dump_json(exclude_defaults=True)) if cursor else None


def _read(text: str) -> _Cursor | None:
    try:
        return _Cursor.model_validate_json(cursors.decode(text) or "")
    except ValidationError:
        return None
