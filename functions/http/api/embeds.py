"""/v1/embeds: one-time links to pages of Dropcast for an iframe or a popup of another site."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.access.embed_store import EmbeddedPage
from dropcast.access.embeds import EXPIRES_IN_MAX_S, EXPIRES_IN_MIN_S, EXPIRES_IN_S, make_embed
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim
from dropcast.log import logger

from .answers import Answer, caller, documented, needs, view
from .connections import UserId
from .create_once import IdempotencyKey, create_once

router = APIGatewayHttpRouter()

_EXAMPLE = {"account_id": "acc_01jzkq3v8n6xw5t2m9r4c7yhbd", "origin": "https://app.example", "page": "post"}


class EmbedRequest(BaseModel, extra="forbid", json_schema_extra={"examples": [_EXAMPLE]}):
    """A page for one account, or for one of your users."""

    account_id: str | None = Field(
        default=None, min_length=1, max_length=64, description="The only account that the page offers."
    )
    user_id: UserId | None = Field(
        default=None,
        description="Your own reference for the person whose accounts the page offers. Required if `account_id` is "
        "absent and the API key is bound to no user. If the key is bound, the default is the key's user.",
    )
    origin: str = Field(
        max_length=2048,
        description="The origin of the site that shows the page, such as https://app.example.com. It must be in "
        "RETURN_TO_ORIGINS.",
    )
    page: EmbeddedPage = Field(
        description="post: the page on which a person posts. connect: the page on which a person connects accounts."
    )
    expires_in: int = Field(
        default=EXPIRES_IN_S,
        ge=EXPIRES_IN_MIN_S,
        le=EXPIRES_IN_MAX_S,
        description="After how many seconds the link and its page expire. If the API key ends earlier, they expire "
        "with the key.",
    )


class EmbedView(BaseModel):
    """A link for an iframe or a popup. The link works once, and also for a reload of your page within a minute."""

    embed_id: str
    url: str
    expires_at: str


@router.post(
    "/v1/embeds",
    middlewares=needs("publish"),
    responses=documented(
        201,
        "A link that works once",
        EmbedView,
        "account_not_found",
        "embed_origin_refused",
        "idempotency_conflict",
        "not_found",
    ),
)
def make_embed_link(request: EmbedRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Create a one-time link to the posting page or the connect page, for an iframe or a popup of your own site.

    The page can act only for the account or user in the request. The same Idempotency-Key with the same body returns
    the same link.
    """

    def make(claim: Claim) -> Answer | Problem:
        link = make_embed(
            caller(),
            claim.made,
            claim.at,
            origin=request.origin,
            page=request.page,
            user_id=request.user_id,
            account_id=request.account_id,
            expires_in=request.expires_in,
        )
        if isinstance(link, Problem):
            return link
        logger.info("embed.created", embed_id=link.embed_id, page=request.page, key_id=caller().key_id)
        return view(201, EmbedView(embed_id=link.embed_id, url=link.url, expires_at=iso(link.expires_at)))

    return create_once(idempotency_key, "emb", make)
