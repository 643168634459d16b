"""/v1/business-connections: consents to TikTok API for Business, for comments and trends."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.accounts.business.connect_business import begin_business
from dropcast.accounts.business.connection_list_store import get_business_page
from dropcast.accounts.business.connection_store import visible_connection
from dropcast.accounts.business.disconnect_business import disconnect_business
from dropcast.accounts.business.models import BusinessConnection, BusinessKind, BusinessStatus
from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.log import logger

from .answers import Answer, Id, caller, documented, needs, refused, view, view_or_refusal
from .connections import UserId
from .create_link_once import ConnectionView, create_link_once
from .create_once import IdempotencyKey
from .error_code_groups import ACTIVE_ACCOUNT

router = APIGatewayHttpRouter()

_ALL = "/v1/business-connections"
_ONE = f"{_ALL}/<connection_id>"

AccountId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        description="The account whose comments the connection serves. Only for kind account.",
    ),
]


class BusinessConnectionRequest(BaseModel, extra="forbid"):
    """The purpose of a connection, and the person to connect."""

    kind: BusinessKind = Field(
        description="`advertiser`: for trends. `account`: for one account's comments and some trends."
    )
    user_id: UserId
    account_id: AccountId | None = None
    return_to: str | None = Field(
        default=None,
        max_length=2048,
        description="The address to which the browser returns. Its origin must be in RETURN_TO_ORIGINS.",
    )


class BusinessConnectionView(BaseModel):
    """One consent to TikTok API for Business.

    `business_id` is the Business portal's id of the TikTok account. A connection of kind advertiser has
    `advertiser_ids` instead.
    """

    connection_id: str
    kind: BusinessKind
    user_id: str
    status: BusinessStatus
    account_id: str | None
    business_id: str | None
    advertiser_ids: list[str]
    scopes: list[str]
    connected_at: str
    ended_at: str | None
    revoked_at_tiktok: bool | None


class BusinessConnectionsView(BaseModel):
    """A page of connections. A page may be short or empty although there is a next page."""

    items: list[BusinessConnectionView]
    next: str | None


@router.post(
    _ALL,
    middlewares=needs("admin"),
    responses=documented(
        201,
        "A link that works once, within ten minutes",
        ConnectionView,
        *ACTIVE_ACCOUNT,
        "business_not_set",
        "idempotency_conflict",
        "return_to_refused",
    ),
)
def connect_business(request: BusinessConnectionRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Create a one-time link with which a person consents to TikTok API for Business. The same Idempotency-Key with the
    same body returns the same link."""

    def make(link_id: str | None) -> ConnectLink | Problem:
        return begin_business(
            request.kind, request.user_id, request.return_to, account_id=request.account_id, link_id=link_id
        )

    return create_link_once(idempotency_key, "/oauth/business/start", make)


@router.get(
    _ALL, middlewares=needs("read"), responses=documented(200, "A page of connections", BusinessConnectionsView)
)
def list_business_connections(
    after: Annotated[str | None, Query(alias="next", min_length=1, max_length=100)] = None,
) -> Answer:
    """List business connections, including ended ones. Pass a page's `next` to get the following page."""
    page = get_business_page(caller(), after)
    return view(200, BusinessConnectionsView(items=[_view(one) for one in page.connections], next=page.next))


@router.get(
    _ONE, middlewares=needs("read"), responses=documented(200, "The connection", BusinessConnectionView, "not_found")
)
def show_business_connection(connection_id: Id) -> Answer:
    """Show one business connection."""
    return view_or_refusal(200, visible_connection(connection_id, caller()), _view)


@router.delete(
    _ONE,
    middlewares=needs("admin"),
    responses=documented(200, "The ended connection", BusinessConnectionView, "not_found"),
)
def disconnect_business_connection(connection_id: Id) -> Answer:
    """End a business connection. Dropcast erases the tokens. If the kind is account, Dropcast also revokes the grant at
    TikTok.

    `revoked_at_tiktok` is false if TikTok did not confirm the revocation. It is always false for an advertiser, because
    TikTok offers no revocation for advertisers.
    """
    ended = disconnect_business(connection_id)
    if isinstance(ended, Problem):
        return refused(ended)
    logger.info("business_connection.disconnected", connection_id=connection_id, by_key_id=caller().key_id)
    return view(200, _view(ended))


def _view(connection: BusinessConnection) -> BusinessConnectionView:
    return BusinessConnectionView(
        connection_id=connection.connection_id,
        kind=connection.kind,
        user_id=connection.user_id,
        status=connection.status,
        account_id=connection.account_id,
        business_id=connection.business_id,
        advertiser_ids=list(connection.advertiser_ids),
        scopes=sorted(connection.scopes),
        connected_at=iso(connection.connected_at),
        ended_at=iso(connection.ended_at) if connection.ended_at else None,
        revoked_at_tiktok=connection.revoked,
    )
