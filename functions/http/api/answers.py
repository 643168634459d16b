"""What every route answers with, and which key may ask it."""

from collections.abc import Callable
from typing import Annotated, Any, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from pydantic import BaseModel

from dropcast.access.scopes import Scope, require_scope
from dropcast.errors import Next, Problem, http_status
from dropcast.settings import listed

Id = Annotated[str, Path(min_length=1, max_length=64)]
Middleware = Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]


class ErrorView(BaseModel):
    """What went wrong, in words for people and a code for programs. `log_id` is TikTok's."""

    code: str
    message: str
    fix: str
    next: Next
    log_id: str | None
    details: dict[str, Any]
    request_id: str


class GatewayAnswer(BaseModel):
    """What the gateway answers by itself: to no key (401), a wrong one (403), or too many requests (429)."""

    message: str


class ErrorAnswer(BaseModel):
    """The body of every answer that is no success."""

    error: ErrorView


def needs(scope: Scope, *others: Scope) -> list[Middleware]:
    """The middleware that lets only keys with `scope` through, or with one of `others`."""

    def check(resolver: APIGatewayHttpResolver, go_on: NextMiddleware) -> Response[Any]:
        refusal = _scope_refusal(scope)
        return go_on(resolver) if refusal is None or any(map(allowed, others)) else refused(refusal)

    return [check]


def allowed(scope: Scope) -> bool:
    """Whether the caller's key has `scope`."""
    return _scope_refusal(scope) is None


def _scope_refusal(scope: Scope) -> Problem | None:
    return require_scope(frozenset(listed(caller().get("scopes", ""))), scope)


def caller() -> dict[str, Any]:
    """What the authorizer said of the key: key_id and scopes (a comma list)."""
    event = cast(APIGatewayProxyEventV2, BaseRouter.current_event)
    return event.request_context.authorizer.get_lambda or {}


def json(status: int, body: dict[str, Any]) -> Response[Any]:
    """`body` as JSON."""
    return Response(status, content_types.APPLICATION_JSON, body)


def view(status: int, body: BaseModel) -> Response[Any]:
    """`body` as JSON."""
    return json(status, body.model_dump(mode="json"))


def refused(why: Problem) -> Response[Any]:
    """`why` as the API tells it; with Retry-After where the details say after how many seconds."""
    error = why.model_dump(mode="json") | {"request_id": BaseRouter.lambda_context.aws_request_id}
    answer = json(http_status(why.code), {"error": error})
    if (seconds := why.details.get("retry_after")) is not None:
        answer.headers["Retry-After"] = str(seconds)
    return answer


def answered(status: int, words: str, body: type[BaseModel]) -> dict[int, Any]:
    """What the OpenAPI document says of one answer of a route."""
    return {status: {"description": words, "content": {"application/json": {"model": body}}}}


def documented(status: int, words: str, body: type[BaseModel]) -> dict[int, Any]:
    """What the OpenAPI document says of a route's answers: its success, and that all else is an ErrorAnswer."""
    no_key = {"description": "No API key was sent", "content": {"application/json": {"model": GatewayAnswer}}}
    failure = {
        "description": "Refused; `error.code` says why. The gateway's own refusals (403, 429) are `{message}`",
        "content": {"application/json": {"model": ErrorAnswer}},
    }
    return {
        **answered(status, words, body),
        401: no_key,
        **dict.fromkeys((400, 403, 404, 409, 410, 429, 500, 502, 503), failure),
    }
