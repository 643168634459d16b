"""/v1/connections: links with which people connect their TikTok accounts."""

from typing import Annotated

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.accounts.connect.save_connection import confirm_connection
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger

from .account_views import AccountView, account_view
from .answers import Answer, caller, documented, needs, refused, view
from .create_link_once import ConnectionView, create_link_once
from .create_once import IdempotencyKey

router = APIGatewayHttpRouter()

UserId = Annotated[str, Field(min_length=1, max_length=256, description="Your own reference for the person.")]


class ConnectionRequest(BaseModel, extra="forbid"):
    """The person to connect, and options of the connection."""

    user_id: UserId | None = Field(
        default=None,
        description="Your own reference for the person. Required unless the API key is bound to a user; then the "
        "default is that user.",
    )
    return_to: str | None = Field(
        default=None,
        max_length=2048,
        description="The address to which the browser returns. Its origin must be in RETURN_TO_ORIGINS.",
    )
    scopes: list[str] | None = Field(
        default=None, min_length=1, max_length=20, description="A subset of TIKTOK_SCOPES. Default: all of them."
    )
    confirm: bool = Field(
        default=False,
        description="If true, the account stays inactive until you confirm the connection with the code that Dropcast "
        "sends to return_to. The person can then also finish the consent in a different browser.",
    )
    force_consent: bool = Field(default=True, description="Has no effect: TikTok always shows its consent page.")


class ConfirmationRequest(BaseModel, extra="forbid", hide_input_in_errors=True):
    """The code that Dropcast sent to the connection's `return_to`, and the person who is signed in to your site."""

    code: str = Field(min_length=1, max_length=200)
    user_id: UserId | None = Field(
        default=None,
        description="Your reference for the person who is signed in to your site in the browser that delivered the "
        "code. Take it from your own session. Dropcast then confirms the code only if its link was made for this "
        "person. Required if the person finished the consent in a browser other than the one that opened the link. An "
        "API key bound to a user confirms only that user's links, with or without this field.",
    )


@router.post(
    "/v1/connections",
    middlewares=needs("publish"),
    responses=documented(
        201,
        "A link that works once, within ten minutes",
        ConnectionView,
        "idempotency_conflict",
        "not_found",
        "return_to_refused",
        "scope_not_approved",
    ),
)
def connect(request: ConnectionRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Create a one-time link with which a person connects their TikTok account. The same Idempotency-Key with the same
    body returns the same link."""
    user_id = caller().asked_user(request.user_id)
    if isinstance(user_id, Problem):
        return refused(user_id)
    if user_id is None:
        field = {"field": "user_id", "reason": "Field required"}
        return refused(problem("invalid_request", reason="user_id: Field required", fields=[field]))

    def make(link_id: str | None) -> ConnectLink | Problem:
        return begin_connection(
            user_id, request.return_to, scopes=request.scopes, confirm=request.confirm, link_id=link_id
        )

    return create_link_once(idempotency_key, "/oauth/tiktok/start", make)


@router.post(
    "/v1/connections/confirm",
    middlewares=needs("publish"),
    responses=documented(
        200,
        "The account, now active",
        AccountView,
        "account_taken",
        "not_found",
        "confirmation_expired",
        "confirmation_needs_user",
    ),
)
def confirm(request: ConfirmationRequest) -> Answer:
    """Confirm that the right person connected the account. This activates the account. A code works once, within an
    hour.
    """
    user_id = caller().asked_user(request.user_id)
    confirmed = user_id if isinstance(user_id, Problem) else confirm_connection(request.code, user_id)
    if isinstance(confirmed, Problem):
        return refused(confirmed)
    logger.info("connection.confirmed", account_id=confirmed.account_id)
    return view(200, account_view(confirmed))
