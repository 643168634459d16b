"""Pages of business connections, in the order of their ids, read consistently."""

from dataclasses import dataclass

from dropcast.accounts.business.connection_store import from_row
from dropcast.accounts.business.models import BusinessConnection
from dropcast.aws.tables import ACCOUNTS, Query
from dropcast.caller import Caller

_LOOKED_AT_MAX = 300
_FIRST = "biz_"


@dataclass(frozen=True)
class BusinessPage:
    """Some connections, and the cursor of the next page if there may be more."""

    connections: list[BusinessConnection]
    next: str | None


def get_business_page(caller: Caller, after: str | None) -> BusinessPage:
    """Read the next 300 connections by one query, and return those that the caller may see, including disconnected
    ones.

    `after` is the `next` of the previous page. A page may contain fewer connections, or none, although there is a next
    page.
    """
    values = {"business": "business", "first": after or _FIRST}
    rows, last = ACCOUNTS.page(Query("pk = :business AND sk >= :first", values, consistent=True), _LOOKED_AT_MAX + 1)
    found = [from_row(row) for row in rows]
    following = found.pop().connection_id if last or len(found) > _LOOKED_AT_MAX else None
    seen = [one for one in found if caller.sees(one.user_id, one.account_id)]
    return BusinessPage(seen, following and _between(found[-1].connection_id if found else "", following))


def _between(last: str, following: str) -> str:
    """The shortest text that sorts after `last`, and before or at `following`.

    The cursor contains this text, because the text does not reveal the whole id of another user's connection.
    """
    return next(text for size in range(1, len(following) + 1) if (text := following[:size]) > last)
