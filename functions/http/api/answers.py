"""Builds the answers of all routes, and checks which keys may call a route."""

from collections.abc import Callable
from http import HTTPStatus
from types import UnionType
from typing import Annotated, Any, TypeVar, cast
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter, Route
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import OpenAPIRequestValidationMiddleware
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from pydantic import BaseModel, Field

from dropcast.caller import Caller, Scope
from dropcast.errors.problem import Next, Problem, http_status, problem
from dropcast.settings import listed, settings

from .error_code_groups import EVERY_ROUTE

Id = Annotated[str, Path(min_length=1, max_length=64)]
Answer = Response[Any]
Middleware = Callable[[APIGatewayHttpResolver, NextMiddleware], Answer]
Outcome = TypeVar("Outcome")

_VALIDATION = OpenAPIRequestValidationMiddleware()


class ErrorView(BaseModel):
    """What went wrong: a code for programs and a message for people. If a call to TikTok failed, `log_id` is TikTok's
    id of that call.
    """

    code: str
    message: str
    fix: str
    next: Next
    log_id: str | None
    details: dict[str, Any]
    doc_url: str = Field(description="The page about this code. Everyone may read it.")
    request_id: str


class GatewayAnswer(BaseModel):
    """The gateway's own error answer. Its status is 401 (no API key), 403 (a wrong key) or 429 (too many requests)."""

    message: str


class ErrorAnswer(BaseModel):
    """The body of every error answer."""

    error: ErrorView


def needs(scope: Scope, *others: Scope) -> list[Middleware]:
    """The middleware of a route. It accepts only keys with `scope` or one of `others`, then validates the request."""

    def check(resolver: APIGatewayHttpResolver, call_next: NextMiddleware) -> Answer:
        refusal = caller().refusal(scope, *others)
        return call_next(resolver) if refusal is None else refused(refusal)

    return [check, _check_query, _VALIDATION]


def _check_query(resolver: APIGatewayHttpResolver, call_next: NextMiddleware) -> Answer:
    """Refuse unknown query parameters, so that a misspelt filter is not silently ignored."""
    route: Route = resolver.context["_route"]
    known = {parameter.alias for parameter in route.dependant.query_params}
    unknown = sorted(resolver.current_event.query_string_parameters.keys() - known)
    if not unknown:
        return call_next(resolver)
    fields = [{"field": name, "reason": "this route has no such query parameter"} for name in unknown]
    return refused(invalid_request(fields))


def invalid_request(fields: list[dict[str, str]]) -> Problem:
    """The problem of a request with invalid fields. It does not quote their values."""
    reason = "; ".join(f"{field['field']}: {field['reason']}" for field in fields)
    return problem("invalid_request", reason=reason, fields=fields)


def operators(scope: Scope) -> list[Middleware]:
    """Like `needs`, for a route that answers 404 to a key bound to a user."""
    return [_hide, *needs(scope)]


def exists(route: Route) -> bool:
    """Whether the caller may see the route. A caller that may not see it gets 404."""
    return caller().user_id is None or _hide not in route.middlewares


def _hide(resolver: APIGatewayHttpResolver, call_next: NextMiddleware) -> Answer:
    return call_next(resolver) if caller().user_id is None else refused(problem("not_found", what="route"))


def caller() -> Caller:
    """The caller that the authorizer identified."""
    event = cast(APIGatewayProxyEventV2, BaseRouter.current_event)
    context = event.request_context.authorizer.get_lambda or {}
    user_id = unquote(context["user_id"]) if "user_id" in context else None
    return Caller(context.get("key_id", ""), frozenset(listed(context.get("scopes", ""))), user_id)


def json(status: int, body: dict[str, Any]) -> Answer:
    """`body` as JSON."""
    return Response(status, content_types.APPLICATION_JSON, body)


def view(status: int, body: BaseModel) -> Answer:
    """`body` as JSON."""
    return json(status, body.model_dump(mode="json"))


def view_or_refusal(status: int, outcome: Outcome | Problem, to_view: Callable[[Outcome], BaseModel]) -> Answer:
    """The view of `outcome` as JSON, or the error answer if it is a Problem."""
    return refused(outcome) if isinstance(outcome, Problem) else view(status, to_view(outcome))


def refused(why: Problem) -> Answer:
    """The error answer for `why`.

    The answer has the header Retry-After if the details of `why` have `retry_after`. If an account's budget is
    exhausted, the answer also has RateLimit headers.
    """
    request_id = BaseRouter.lambda_context.aws_request_id
    error = why.model_dump(mode="json") | {"doc_url": doc_url(why.code), "request_id": request_id}
    answer = json(http_status(why.code), {"error": error})
    if (seconds := why.details.get("retry_after")) is not None:
        answer.headers["Retry-After"] = str(seconds)
        if (limit := why.details.get("limit")) is not None and http_status(why.code) == HTTPStatus.TOO_MANY_REQUESTS:
            limits = {"RateLimit-Limit": limit, "RateLimit-Remaining": 0, "RateLimit-Reset": seconds}
            answer.headers.update({name: str(value) for name, value in limits.items()})
    return answer


def doc_url(code: str) -> str:
    """The address of the console's page about this error code."""
    return f"{settings().public_url.rstrip('/')}/errors/{code}"


def replayed(answer: Answer) -> Answer:
    """Mark `answer` as the answer to an earlier request with the same Idempotency-Key."""
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def answered(status: int, words: str, body: type[BaseModel] | UnionType) -> dict[int, Any]:
    """The OpenAPI description of one answer."""
    return {status: {"description": words, "content": {"application/json": {"model": body}}}}


def documented(status: int, words: str, body: type[BaseModel] | UnionType, *codes: str) -> dict[int, Any]:
    """The OpenAPI description of a route's answers: the success, and the error codes of each status."""
    by_status: dict[int, list[str]] = {429: []}
    for code in dict.fromkeys((*EVERY_ROUTE, *codes)):
        by_status.setdefault(http_status(code), []).append(code)
    refusals = {
        status: answered(
            status,
            f"Refused with {', '.join(f'`{code}`' for code in refused_codes)}" if refused_codes else "Refused",
            ErrorAnswer,
        )[status]
        for status, refused_codes in sorted(by_status.items())
    }
    return answered(status, words, body) | answered(401, "No API key was sent", GatewayAnswer) | refusals
