"""The /v1 routes put together; each does no more than parse, check the key's scope, call the layer and answer."""

import json
from base64 import b64decode
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.aws.clients import ContendedError
from dropcast.errors.problem import problem
from dropcast.publishing.model.request import option_errors

from . import (
    accounts,
    budgets,
    business_connections,
    comments,
    connections,
    creators,
    dry_runs,
    health,
    keys,
    publish_actions,
    publishes,
    trends,
    uploads,
    webhook_endpoints,
)
from .answers import exists, invalid_request, refused
from .description import describe

_NO_JSON = "not JSON"

logger = Logger()
app = APIGatewayHttpResolver()
for part in (
    connections,
    accounts,
    budgets,
    business_connections,
    creators,
    comments,
    uploads,
    dry_runs,
    publishes,
    publish_actions,
    webhook_endpoints,
    health,
    trends,
    keys,
):
    app.include_router(part.router)
describe(app)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes API Gateway's event (payload 2.0), authorised already."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        answer = app.resolve(_with_json_body(event), context)
    answer["headers"]["X-Request-Id"] = context.aws_request_id
    return answer


def _with_json_body(event: dict[str, Any]) -> dict[str, Any]:
    """Every body here is JSON; `curl -d` calls it a form."""
    headers = event["headers"] | {"content-type": "application/json"}
    return event | {"headers": headers, "body": _json_text(event), "isBase64Encoded": False}


def _json_text(event: dict[str, Any]) -> str | None:
    """The body as text, or a text that the routes refuse as no JSON (400) where it cannot be read as JSON."""
    body = event.get("body")
    if body is None:
        return None
    try:
        text = b64decode(body).decode("utf-8-sig") if event.get("isBase64Encoded") else body
        json.loads(text)
    except (ValueError, RecursionError):
        return _NO_JSON
    return text


@app.exception_handler(RequestValidationError)
def invalid(error: RequestValidationError) -> Response[Any]:
    """400, naming the fields without their values."""
    return refused(invalid_request(option_errors(error)))


@app.exception_handler(NotFoundError)
def no_route(_: NotFoundError) -> Response[Any]:
    """405 where the path has other methods, 404 where it has none, in our own words."""
    methods = _methods_of(app.current_event.path)
    if not methods:
        return refused(problem("not_found", what="route"))
    answer = refused(problem("method_not_allowed", method=app.current_event.http_method, allowed=", ".join(methods)))
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _methods_of(path: str) -> list[str]:
    routes = [*app._static_routes, *app._dynamic_routes]  # pyright: ignore[reportPrivateUsage]
    return sorted({one.method for one in routes if one.rule.match(path) and exists(one)})


@app.exception_handler(ContendedError)
def busy(_: ContendedError) -> Response[Any]:
    """503: AWS was busy for as long as the route could wait."""
    logger.warning("request.contended", exc_info=True)
    return refused(problem("busy", retry_after=1))


@app.exception_handler(Exception)
def unexpected(_: Exception) -> Response[Any]:
    """500; what happened is in the log under the request_id."""
    logger.exception("unexpected")
    return refused(problem("internal_error"))
