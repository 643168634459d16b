"""The API's function: answers the requests below /v1, and serves the description of the API.

Each route parses the request, checks the key's scope, calls the library and answers.
"""

import json
from base64 import b64decode
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.aws.clients import ContendedError
from dropcast.errors.problem import problem
from dropcast.function_telemetry import logger
from dropcast.publishing.model.request import option_errors
from dropcast.snapshots import prepare_snapshot

from .answers import exists, invalid_request, refused
from .description import describe
from .routes import ROUTES

_NO_JSON = "not JSON"

app = APIGatewayHttpResolver()
describe(app)
# Imported early, because most requests publish. Lambda gives a function more CPU before its first request than during
# requests.
ROUTES.include(app, "/v1/publishes")
prepare_snapshot(lambda: ROUTES.include_all(app))


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an API Gateway event (payload 2.0) that passed the authorizer."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        ROUTES.include(app, event["rawPath"])
        answer = app.resolve(_with_json_body(event), context)
    answer["headers"]["X-Request-Id"] = context.aws_request_id
    return answer


def _with_json_body(event: dict[str, Any]) -> dict[str, Any]:
    """Treat every body as JSON, because `curl -d` declares every body as a form."""
    headers = event["headers"] | {"content-type": "application/json"}
    return event | {"headers": headers, "body": _json_text(event), "isBase64Encoded": False}


def _json_text(event: dict[str, Any]) -> str | None:
    """The body as text. None if the event has no body.

    A body that cannot be decoded becomes a text that is not JSON, which the routes refuse with 400.
    """
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
    """Answer 400 and name the invalid fields without their values."""
    return refused(invalid_request(option_errors(error)))


@app.exception_handler(NotFoundError)
def no_route(_: NotFoundError) -> Response[Any]:
    """Answer in Dropcast's own error format: 405 if the path accepts other methods, otherwise 404."""
    methods = _methods_of(app.current_event.path)
    if not methods:
        return refused(problem("not_found", what="route"))
    answer = refused(problem("method_not_allowed", method=app.current_event.http_method, allowed=", ".join(methods)))
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _methods_of(path: str) -> list[str]:
    routes = [*app._static_routes, *app._dynamic_routes]  # pyright: ignore[reportPrivateUsage]
    return sorted({route.method for route in routes if route.rule.match(path) and exists(route)})


@app.exception_handler(ContendedError)
def busy(_: ContendedError) -> Response[Any]:
    """Answer 503: AWS refused each attempt of a call until the route had no time left to retry."""
    logger.warning("request.contended", exc_info=True)
    return refused(problem("busy", retry_after=1))


@app.exception_handler(Exception)
def unexpected(_: Exception) -> Response[Any]:
    """Answer 500. The log has the exception under the request_id."""
    logger.exception("request.failed")
    return refused(problem("internal_error"))
