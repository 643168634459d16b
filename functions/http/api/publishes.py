"""/v1/publishes: publishing, and how it went."""

from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from answers import Id, caller, json, needs, refused
from dropcast.errors import Problem, problem
from dropcast.publishing import publish_store
from dropcast.publishing.intake import accept
from dropcast.publishing.request import PublishRequest
from preflights import reported

logger = Logger(child=True)
router = APIGatewayHttpRouter()


@router.post("/v1/publishes", middlewares=needs("publish"))
def publish(
    request: PublishRequest,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, alias="Idempotency-Key")] = None,
) -> Response[Any]:
    """Take a publish in. The same Idempotency-Key with the same body gives the same publish. With `dry_run` nothing is
    taken in: 200 and the report of /v1/preflight."""
    if request.dry_run:
        return reported(request)
    taken = accept(request, key_id=caller()["key_id"], idempotency_key=idempotency_key)
    if isinstance(taken, Problem):
        return refused(taken)
    logger.info("taken in", publish_id=taken.publish_id, account_id=taken.account_id)
    return json(202, taken.view())


@router.get("/v1/publishes/<publish_id>", middlewares=needs("read"))
def show_publish(publish_id: Id) -> Response[Any]:
    """Where a publish stands, and how it came there."""
    found = publish_store.get(publish_id)
    return refused(problem("not_found", what="publish")) if found is None else json(200, found.view())
