"""Business connections in DynamoDB: one row each, all below one key, and a pointer from the account that one serves."""

import hashlib
from dataclasses import asdict, dataclass, replace

from dropcast import aws, clock, dynamo
from dropcast.accounts.account_store import get_account, read_item
from dropcast.accounts.business_models import BusinessConnection, BusinessKind
from dropcast.accounts.business_token_store import business_key, sealed_access_token, sealed_tokens
from dropcast.dynamo import LONG_PATIENCE_S
from dropcast.errors import Problem, problem
from dropcast.settings import settings
from dropcast.tiktok.business_oauth import AdvertiserGrant, HolderGrant

_TRIES = 4


@dataclass(frozen=True)
class Consent:
    """Who agreed: the caller's `user_id`, to our app `app_id`, at `at` (epoch seconds), for our account's comments."""

    user_id: str
    app_id: str
    at: int
    account_id: str | None = None


def get_business(connection_id: str) -> BusinessConnection | None:
    """The connection, read consistently, or None."""
    item = read_item(business_key(connection_id))
    return _connection(item) if item else None


def all_business() -> list[BusinessConnection]:
    """Every connection, disconnected ones too, read consistently by one query."""
    pages = (
        aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().accounts_table,
            KeyConditionExpression="pk = :business",
            ExpressionAttributeValues=dynamo.to_item({":business": "business"}),
            ConsistentRead=True,
        )
    )
    return [_connection(dynamo.from_item(item)) for page in pages for item in page["Items"]]


def active_connections(kind: BusinessKind) -> list[BusinessConnection]:
    """The connections of `kind` that can be asked, the newest consent first."""
    found = [one for one in all_business() if one.kind == kind and one.status == "active"]
    return sorted(found, key=lambda one: -one.connected_at)


def connection_of_account(account_id: str) -> BusinessConnection | None:
    """The connection that serves the account's comments, whatever its status."""
    pointer = read_item(_pointer_key(account_id))
    return get_business(pointer["connection_id"]) if pointer else None


def save_business(consent: Consent, grant: AdvertiserGrant | HolderGrant) -> BusinessConnection | Problem:
    """The connection that `grant` makes or renews: who agrees again keeps the connection_id.

    It goes on to serve the account that it serves, unless the consent is for another one.

    Problem: `account_taken` (the TikTok account is connected for another user_id that has not disconnected it).
    """
    granted = _new_connection(consent, grant)
    return aws.persist(lambda: _saved(consent, grant, granted), LONG_PATIENCE_S)


def _saved(
    consent: Consent, grant: AdvertiserGrant | HolderGrant, granted: BusinessConnection
) -> BusinessConnection | Problem:
    for _ in range(_TRIES):
        row = read_item(business_key(granted.connection_id))
        known = _connection(row) if row else None
        if known and known.kind == "account" and known.user_id != consent.user_id and not _is_free(known):
            return problem("account_taken")
        if known and known.status == "active" and known.connected_at > consent.at:
            return known
        served = known.account_id if known and not _is_free(known) else None
        connection = replace(granted, account_id=consent.account_id or served)
        version = row["version"] if row else 0
        entries = [_put(connection, consent.app_id, version, grant), *_point(connection, known)]
        if dynamo.write_all(entries, patience_s=LONG_PATIENCE_S):
            return connection
    raise RuntimeError("the connection kept changing while it was being made")


def _is_free(known: BusinessConnection) -> bool:
    """Whether another user may have it: it was let go, or the account that it serves was."""
    served = get_account(known.account_id) if known.account_id else None
    return known.status == "disconnected" or (served is not None and served.status == "disconnected")


def save_business_end(connection: BusinessConnection, *, revoked: bool) -> BusinessConnection | None:
    """The connection, disconnected: its row stays, its tokens are erased. None if it was made anew since."""
    values = {
        ":disconnected": "disconnected",
        ":now": clock.now(),
        ":revoked": revoked,
        ":seen": connection.connected_at,
    }
    ended: dynamo.Item = {
        "TableName": settings().accounts_table,
        "Key": dynamo.to_item(business_key(connection.connection_id)),
        "UpdateExpression": "SET #status = :disconnected, ended_at = :now, revoked = :revoked"
        " REMOVE due_shard, due_at, access_token, refresh_token",
        "ConditionExpression": "connected_at = :seen AND #status <> :disconnected",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": dynamo.to_item(values),
    }
    if dynamo.write_if("update_item", **ended) is not None:
        return get_business(connection.connection_id)
    now = get_business(connection.connection_id)
    return now if now and now.status == "disconnected" else None


def _new_connection(consent: Consent, grant: AdvertiserGrant | HolderGrant) -> BusinessConnection:
    match grant:
        case AdvertiserGrant(advertiser_ids=advertiser_ids):
            named = min(advertiser_ids, default="none")
            return BusinessConnection(
                connection_id=_id_of("advertiser", named),
                kind="advertiser",
                user_id=consent.user_id,
                status="active",
                connected_at=consent.at,
                advertiser_ids=advertiser_ids,
            )
        case HolderGrant(open_id=business_id):
            return BusinessConnection(
                connection_id=_id_of("account", business_id),
                kind="account",
                user_id=consent.user_id,
                status="active",
                connected_at=consent.at,
                account_id=consent.account_id,
                business_id=business_id,
                scopes=grant.scopes,
            )


def _id_of(kind: BusinessKind, theirs: str) -> str:
    """One connection for whatever TikTok names so, without a table of who is who."""
    return f"biz_{hashlib.sha256(f'{kind} {theirs}'.encode()).hexdigest()[:26]}"


def _put(
    connection: BusinessConnection, app_id: str, over_version: int, grant: AdvertiserGrant | HolderGrant
) -> dynamo.Item:
    # Not `account_id` beside `user_id`: the index by_user would take the row for an account's.
    known = asdict(connection)
    item = business_key(connection.connection_id) | known | {"serves": connection.account_id, "app_id": app_id}
    item |= {"advertiser_ids": list(connection.advertiser_ids), "scopes": sorted(connection.scopes)}
    item |= _tokens(connection, over_version + 1, grant)
    del item["account_id"]
    condition = "version = :old" if over_version else "attribute_not_exists(pk)"
    put: dynamo.Item = {
        "TableName": settings().accounts_table,
        "Item": dynamo.to_item(item),
        "ConditionExpression": condition,
    }
    return {
        "Put": put | ({"ExpressionAttributeValues": dynamo.to_item({":old": over_version})} if over_version else {})
    }


def _tokens(connection: BusinessConnection, version: int, grant: AdvertiserGrant | HolderGrant) -> dynamo.Item:
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


def _point(connection: BusinessConnection, known: BusinessConnection | None) -> list[dynamo.Item]:
    """An account has one connection and a connection serves one account: what was otherwise before goes."""
    entries: list[dynamo.Item] = []
    table = {"TableName": settings().accounts_table}
    if connection.account_id:
        before = connection_of_account(connection.account_id)
        item = _pointer_key(connection.account_id) | {"connection_id": connection.connection_id}
        entries.append({"Put": table | {"Item": dynamo.to_item(item)}})
        if before and before.connection_id != connection.connection_id:
            key = dynamo.to_item(business_key(before.connection_id))
            entries.append({"Update": table | {"Key": key, "UpdateExpression": "REMOVE serves"}})
    if known and known.account_id and known.account_id != connection.account_id:
        entries.append({"Delete": table | {"Key": dynamo.to_item(_pointer_key(known.account_id))}})
    return entries


def _pointer_key(account_id: str) -> dynamo.Item:
    return {"pk": f"account#{account_id}", "sk": "business"}


def _connection(item: dynamo.Item) -> BusinessConnection:
    return BusinessConnection(
        connection_id=item["sk"],
        kind=item["kind"],
        user_id=item["user_id"],
        status=item["status"],
        connected_at=item["connected_at"],
        account_id=item.get("serves"),
        business_id=item.get("business_id"),
        advertiser_ids=tuple(item["advertiser_ids"]),
        scopes=frozenset(item["scopes"]),
        ended_at=item.get("ended_at"),
        revoked=item.get("revoked"),
    )
