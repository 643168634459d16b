"""The /v1 routes: parse, check the key's scope, call the layer, answer."""

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field

from dropcast.access.scopes import Scope, require_scope
from dropcast.accounts.account_store import accounts_of_user, get_account
from dropcast.accounts.connect import begin_connection
from dropcast.accounts.models import Account
from dropcast.clock import iso
from dropcast.errors import Problem, http_status, problem
from dropcast.publishing import publish_store
from dropcast.publishing.intake import accept
from dropcast.publishing.request import PublishRequest, option_errors
from dropcast.settings import listed

logger = Logger()
app = APIGatewayHttpResolver(enable_validation=True)

Id = Annotated[str, Path(min_length=1, max_length=64)]


class ConnectionRequest(BaseModel):
    """Who is to be connected: `user_id` is the caller's own reference."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = Field(min_length=1, max_length=256)
    return_to: str | None = Field(default=None, max_length=2048)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes API Gateway's event (payload 2.0), authorised already."""
    return app.resolve(_with_json_body(event), context)


def _with_json_body(event: dict[str, Any]) -> dict[str, Any]:
    """Every body here is JSON; `curl -d` calls it a form."""
    return event | {"headers": event["headers"] | {"content-type": "application/json"}}


def needs(scope: Scope) -> Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]:
    """A middleware that lets only keys with `scope` through."""

    def check(resolver: APIGatewayHttpResolver, go_on: NextMiddleware) -> Response[Any]:
        refusal = require_scope(frozenset(listed(_caller().get("scopes", ""))), scope)
        return go_on(resolver) if refusal is None else _refused(refusal)

    return check


@app.post("/v1/connections", middlewares=[needs("publish")])
def connect(request: ConnectionRequest) -> Response[Any]:
    """A one-time link under which a person connects their TikTok account."""
    connection = begin_connection(request.user_id, request.return_to)
    if isinstance(connection, Problem):
        return _refused(connection)
    return _json(201, {"connect_url": connection.connect_url, "expires_at": iso(connection.expires_at)})


@app.get("/v1/accounts", middlewares=[needs("read")])
def list_accounts(user_id: Annotated[str, Query(min_length=1, max_length=256)]) -> Response[Any]:
    """The accounts of one user."""
    return _json(200, {"items": [_account_view(account) for account in accounts_of_user(user_id)], "next": None})


@app.get("/v1/accounts/<account_id>", middlewares=[needs("read")])
def show_account(account_id: Id) -> Response[Any]:
    """One account."""
    account = get_account(account_id)
    return _refused(problem("not_found", what="account")) if account is None else _json(200, _account_view(account))


@app.post("/v1/publishes", middlewares=[needs("publish")])
def publish(
    request: PublishRequest,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, alias="Idempotency-Key")] = None,
) -> Response[Any]:
    """Take a publish in. The same Idempotency-Key with the same body gives the same publish."""
    taken = accept(request, key_id=_caller()["key_id"], idempotency_key=idempotency_key)
    if isinstance(taken, Problem):
        return _refused(taken)
    logger.info("taken in", publish_id=taken.publish_id, account_id=taken.account_id)
    return _json(202, taken.view())


@app.get("/v1/publishes/<publish_id>", middlewares=[needs("read")])
def show_publish(publish_id: Id) -> Response[Any]:
    """Where a publish stands, and how it came there."""
    found = publish_store.get(publish_id)
    return _refused(problem("not_found", what="publish")) if found is None else _json(200, found.view())


@app.get("/openapi.json", include_in_schema=False)
def openapi() -> Response[Any]:
    """This API's own description."""
    schema = app.get_openapi_json_schema(title="Dropcast", version="1", description="Publish to TikTok.")
    return Response(200, content_types.APPLICATION_JSON, schema)


@app.exception_handler(RequestValidationError)
def invalid(error: RequestValidationError) -> Response[Any]:
    """400, naming the fields without their values."""
    fields = option_errors(error)
    reason = "; ".join(f"{one['field']}: {one['reason']}" for one in fields)
    return _refused(problem("invalid_request", reason=reason, fields=fields))


@app.exception_handler(NotFoundError)
def no_route(_: NotFoundError) -> Response[Any]:
    """404 in our own words."""
    return _refused(problem("not_found", what="route"))


@app.exception_handler(Exception)
def unexpected(_: Exception) -> Response[Any]:
    """500; what happened is in the log under the request_id."""
    logger.exception("unexpected")
    return _refused(problem("internal_error"))


def _caller() -> dict[str, Any]:
    """What the authorizer said of the key: key_id and scopes (a comma list)."""
    return app.current_event.request_context.authorizer.get_lambda


def _account_view(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "user_id": account.user_id,
        "open_id": account.open_id,
        "username": account.username,
        "nickname": account.nickname,
        "avatar_url": account.avatar_url,
        "status": account.status,
        "scopes": sorted(account.scopes),
        "connected_at": iso(account.connected_at),
    }


def _refused(why: Problem) -> Response[Any]:
    error = why.model_dump(mode="json") | {"request_id": app.lambda_context.aws_request_id}
    return _json(http_status(why.code), {"error": error})


def _json(status: int, body: dict[str, Any]) -> Response[Any]:
    return Response(status, content_types.APPLICATION_JSON, body)
