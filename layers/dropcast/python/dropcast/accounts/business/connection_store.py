"""Business connections in DynamoDB: one row each, all in one partition. An account has a pointer to its connection."""

import hashlib
from dataclasses import asdict, dataclass, replace

from dropcast import clock, ids
from dropcast.accounts.account_store import get_account
from dropcast.accounts.business.account_pointer import pointer_key, pointer_writes
from dropcast.accounts.business.models import BusinessConnection, BusinessKind
from dropcast.accounts.business.token_store import business_key, sealed_access_token, sealed_tokens
from dropcast.accounts.models import inactivity
from dropcast.aws import clients, dynamo
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.aws.tables import ACCOUNTS, NEW, Item, Query
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.business.oauth import AdvertiserGrant, HolderGrant

_ADVERTISERS = {"pk": "advertisers", "sk": "advertisers"}


@dataclass(frozen=True)
class BusinessConsent:
    """A consent that `user_id` gave to `app_id` at `at` (epoch seconds).

    `account_id`: the account whose comments the consent covers.
    """

    user_id: str
    app_id: str
    at: int
    account_id: str | None = None


def get_business(connection_id: str) -> BusinessConnection | None:
    """The connection, read consistently, or None."""
    row = ACCOUNTS.get(business_key(connection_id))
    return from_row(row) if row else None


def visible_connection(connection_id: str, caller: Caller) -> BusinessConnection | Problem:
    """The connection if the caller may see it. Problem: not_found."""
    found = get_business(connection_id)
    if found is None or not caller.sees(found.user_id, found.account_id):
        return problem("not_found", what="business connection", connection_id=connection_id)
    return found


def all_business() -> list[BusinessConnection]:
    """Every connection, including disconnected ones, read consistently by one query."""
    query = Query("pk = :business", {"business": "business"}, consistent=True)
    return [from_row(row) for row in ACCOUNTS.items(query)]


def active_connections(kind: BusinessKind) -> list[BusinessConnection]:
    """The active connections of `kind`, the newest consent first."""
    found = [one for one in all_business() if one.kind == kind and one.status == "active"]
    return sorted(found, key=lambda one: -one.connected_at)


def connection_of_account(account_id: str) -> BusinessConnection | None:
    """The connection that serves the account's comments, in any status, or None."""
    pointer = ACCOUNTS.get(pointer_key(account_id))
    return get_business(pointer["connection_id"]) if pointer else None


def connections_for(account_id: str) -> list[BusinessConnection]:
    """The account's connections that are not disconnected, including those that no longer serve it."""
    return [one for one in all_business() if one.made_for == account_id and one.status != "disconnected"]


def save_business(consent: BusinessConsent, grant: AdvertiserGrant | HolderGrant) -> BusinessConnection | Problem:
    """Store the connection that `grant` creates or renews. A renewed connection keeps its connection_id.

    A renewed connection continues to serve its account, unless the consent is for another account. An advertiser's
    grant renews a connection if the two have an advertiser account in common. Problems: `account_taken` (the TikTok
    account is still connected for another user_id), `account_disconnected`.
    """
    return clients.persist(lambda: _saved(consent, grant), dynamo.LONG_PATIENCE_S)


@retry_on_conflict(tries=4)
def _saved(consent: BusinessConsent, grant: AdvertiserGrant | HolderGrant) -> BusinessConnection | Problem | Conflict:
    if why := _ended_meanwhile(consent):
        return why
    place = _place_of(grant)
    known = place.known
    if known and known.kind == "account" and known.user_id != consent.user_id and not _is_free(known):
        return problem("account_taken")
    if known and known.status == "active" and known.connected_at > consent.at:
        return known
    served = known.account_id if known and not _is_free(known) else None
    connection = _connected(consent, grant, place, consent.account_id or served)
    before = connection_of_account(connection.account_id) if connection.account_id else None
    entries = [
        _put(connection, consent.app_id, place.version, grant),
        *pointer_writes(connection, known, before),
        *place.guard,
    ]
    return connection if dynamo.write_all(entries, patience_s=dynamo.LONG_PATIENCE_S) else CONFLICT


def _ended_meanwhile(consent: BusinessConsent) -> Problem | None:
    account = get_account(consent.account_id) if consent.account_id else None
    return inactivity(account) if account and account.status == "disconnected" else None


@dataclass(frozen=True)
class _Place:
    """The id under which a grant is stored, and the existing connection with this id, if there is one.

    `version`: the version of the connection's row, or 0 without a row. `guard`: writes that fail if another grant was
    stored first.
    """

    connection_id: str
    known: BusinessConnection | None
    version: int
    guard: list[Item]


def _place_of(grant: AdvertiserGrant | HolderGrant) -> _Place:
    if isinstance(grant, AdvertiserGrant):
        return _place_of_advertisers(grant.advertiser_ids)
    connection_id = _id_of_holder(grant.open_id)
    row = ACCOUNTS.get(business_key(connection_id))
    return _Place(connection_id, from_row(row) if row else None, row["version"] if row else 0, [])


def _place_of_advertisers(advertiser_ids: tuple[str, ...]) -> _Place:
    """Find the connection that an advertiser's grant renews.

    Such a grant may renew any of the connections. A revision ensures that only one grant is stored at a time.
    """
    revision = (ACCOUNTS.get(_ADVERTISERS) or {}).get("revision", 0)
    named = set(advertiser_ids)
    found = [one for one in all_business() if one.kind == "advertiser" and named & set(one.advertiser_ids)]
    guard = _next_revision(revision)
    if not found:
        return _Place(ids.new_id("biz"), None, 0, [guard])
    known = min(
        found, key=lambda one: (one.status == "disconnected", -len(named & set(one.advertiser_ids)), one.connected_at)
    )
    row = ACCOUNTS.get(business_key(known.connection_id))
    return _Place(known.connection_id, known, row["version"] if row else 0, [guard])


def _next_revision(revision: int) -> Item:
    condition = "revision = :seen" if revision else "attribute_not_exists(revision)"
    values = {"next": revision + 1, "seen": revision}
    return ACCOUNTS.update_entry(_ADVERTISERS, "SET revision = :next", condition, values)


def _is_free(known: BusinessConnection) -> bool:
    """Whether another user may take the connection: the connection or its account is disconnected."""
    served = get_account(known.account_id) if known.account_id else None
    return known.status == "disconnected" or (served is not None and served.status == "disconnected")


def save_business_disconnection(connection: BusinessConnection, *, revoked: bool) -> BusinessConnection | None:
    """Mark the connection as disconnected and erase its tokens. Its row stays. None if the connection was renewed
    meanwhile.
    """
    is_ours = ACCOUNTS.update_if(
        business_key(connection.connection_id),
        "SET #status = :disconnected, ended_at = :now, revoked = :revoked, version = version + :one"
        " REMOVE due_shard, due_at, access_token, refresh_token",
        "connection_number = :seen AND #status <> :disconnected",
        {
            "disconnected": "disconnected",
            "now": clock.now(),
            "revoked": revoked,
            "seen": connection.connection_number,
            "one": 1,
        },
    )
    now = get_business(connection.connection_id)
    return now if is_ours or (now and now.status == "disconnected") else None


def _connected(
    consent: BusinessConsent, grant: AdvertiserGrant | HolderGrant, place: _Place, account_id: str | None
) -> BusinessConnection:
    connection = BusinessConnection(
        connection_id=place.connection_id,
        kind="advertiser",
        user_id=consent.user_id,
        status="active",
        connected_at=consent.at,
        account_id=account_id,
        made_for=account_id,
        connection_number=place.known.connection_number + 1 if place.known else 1,
    )
    match grant:
        case AdvertiserGrant(advertiser_ids=advertiser_ids):
            return replace(connection, advertiser_ids=advertiser_ids)
        case HolderGrant(open_id=business_id, scopes=scopes):
            return replace(connection, kind="account", business_id=business_id, scopes=scopes)


def _id_of_holder(business_id: str) -> str:
    """The connection's id, derived from the business id. So no table has to map one to the other."""
    return f"biz_{hashlib.sha256(f'account {business_id}'.encode()).hexdigest()[:26]}"


def _put(connection: BusinessConnection, app_id: str, over_version: int, grant: AdvertiserGrant | HolderGrant) -> Item:
    # The row has a `user_id` but no `account_id`. With both it would be in the index by_user, which is for accounts.
    known = asdict(connection)
    item = business_key(connection.connection_id) | known | {"serves": connection.account_id, "app_id": app_id}
    item |= {"advertiser_ids": list(connection.advertiser_ids), "scopes": sorted(connection.scopes)}
    item |= _tokens(connection, over_version + 1, grant)
    del item["account_id"]
    return ACCOUNTS.put_entry(item, "version = :old" if over_version else NEW, {"old": over_version})


def _tokens(connection: BusinessConnection, version: int, grant: AdvertiserGrant | HolderGrant) -> Item:
    if isinstance(grant, AdvertiserGrant):
        return sealed_access_token(connection.connection_id, version, grant.access_token)
    return sealed_tokens(
        connection.connection_id,
        version,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        access_expires_at=connection.connected_at + grant.expires_in,
        refresh_expires_at=connection.connected_at + grant.refresh_expires_in,
        refreshed_at=connection.connected_at,
    )


def from_row(item: Item) -> BusinessConnection:
    """The connection in a row of the table."""
    return BusinessConnection(
        connection_id=item["sk"],
        kind=item["kind"],
        user_id=item["user_id"],
        status=item["status"],
        connected_at=item["connected_at"],
        account_id=item.get("serves"),
        made_for=item.get("made_for"),
        business_id=item.get("business_id"),
        advertiser_ids=tuple(item["advertiser_ids"]),
        scopes=frozenset(item["scopes"]),
        ended_at=item.get("ended_at"),
        revoked=item.get("revoked"),
        connection_number=item["connection_number"],
    )
