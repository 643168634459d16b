"""/embed/{embed_id}: the posting page and the connect page in the site of an adopter.

The address shows a page without data. The page's script exchanges the secret in the address (after #) for a token. With
the token the script loads everything else.

The page makes one AWS call, and the exchange makes three. Each later request makes two calls, which read the embed and
its key, and further calls for the requested content: one for a publish, one for the accounts, up to seven for a posting
page. A request with a wrong secret or token makes no call.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ValidationError

from dropcast import clock
from dropcast.access.embeds import find_embed, open_embed
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger

from .answers import json, json_problem, page
from .embed_accounts import show_accounts
from .embedded import embedded
from .post_page import show_post_page
from .request_session import embed
from .signed_in import comes_from_own_site

router = APIGatewayHttpRouter()


class _Secret(BaseModel, extra="forbid", hide_input_in_errors=True):
    secret: str


@router.get("/embed/<embed_id>")
def show_shell(embed_id: str) -> Response[str]:
    """The page without data, which only the embed's site may frame. If the embed has ended, the page reports this to
    the site.
    """
    found = find_embed(embed_id)
    if found is None:
        raise NotFoundError
    return page("embed.html", bucket=True, framed_by=found.origin, embed=found)


@router.post("/embed/<embed_id>/session")
def start_embed(embed_id: str) -> Response[str]:
    """Exchange the secret for the token of the page. The answer's `expires_in` is the number of seconds after which the
    token ends.
    """
    try:
        sent = _Secret.model_validate_json(BaseRouter.current_event.body or "")
    except ValidationError:
        return json_problem(problem("embed_expired"))
    opened = open_embed(embed_id, sent.secret) if comes_from_own_site() else problem("form_expired")
    if isinstance(opened, Problem):
        return json_problem(opened)
    found, token = opened
    logger.info("embed.opened", embed_id=embed_id, key_id=found.embed.key_id)
    return json(200, {"token": token.get_secret_value(), "expires_in": found.embed.ends_at - clock.now()})


@router.get("/embed/<embed_id>/page", middlewares=embedded("post", "connect"))
def show_first_page(embed_id: str) -> Response[str]:
    """The posting page of the embed's only account, or the list of the user's accounts."""
    found = embed().embed
    if found.page == "post" and found.account_id is not None:
        return show_post_page(found.account_id)
    return show_accounts(embed_id)
