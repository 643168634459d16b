"""/v1/console-links: one-time links that sign a browser in to the console."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from dropcast.access.sign_in_links import make_link
from dropcast.clock import iso
from dropcast.idempotency import Claim
from dropcast.log import logger

from .answers import Answer, caller, documented, needs, view
from .create_once import IdempotencyKey, create_once

router = APIGatewayHttpRouter()


class ConsoleLinkView(BaseModel):
    """A link for one use. It signs a browser in to the console with the request's API key."""

    sign_in_url: str
    expires_at: str


@router.post(
    "/v1/console-links",
    middlewares=needs("read", "publish", "draft"),
    responses=documented(201, "A link that works once, within five minutes", ConsoleLinkView, "idempotency_conflict"),
)
def make_console_link(idempotency_key: IdempotencyKey = None) -> Answer:
    """Create a one-time link that signs a browser in to the console with the API key of this request.

    The session has the rights of the key. The same Idempotency-Key returns the same link.
    """

    def make(claim: Claim) -> Answer:
        link = make_link(caller(), claim.made, claim.at)
        logger.info("console_link.created", key_id=caller().key_id)
        return view(201, ConsoleLinkView(sign_in_url=link.url, expires_at=iso(link.expires_at)))

    return create_once(idempotency_key, "lnk", make)
