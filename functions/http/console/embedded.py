"""Checks a request of an embedded page before its route answers. The request needs the embed's token in a header."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.access.embed_store import EmbeddedPage
from dropcast.access.embeds import current_embed
from dropcast.caller import Scope
from dropcast.errors.problem import problem

from . import request_session
from .signed_in import Middleware, answer_as, refused, signed_in

Handler = Callable[..., Response[str]]


def embedded(*pages: EmbeddedPage) -> list[Middleware]:
    """The middleware of a route below /embed/<embed_id>, for embeds whose page is one of `pages`. It reads no cookie.

    A request that changes something must repeat the session's CSRF token, as in the console.
    """

    def check(resolver: APIGatewayHttpResolver, call_next: NextMiddleware) -> Response[Any]:
        event = BaseRouter.current_event
        token = event.headers.get("authorization", "").removeprefix("Bearer ")
        found = current_embed(event.path.split("/")[2], token)
        if found is None:
            return refused(problem("embed_expired"))
        if found.embed.page not in pages:
            return refused(problem("not_found", what="page"))
        before = request_session.current_embed.set(found)
        try:
            return answer_as(found.session, ("publish",), resolver, call_next)
        finally:
            request_session.current_embed.reset(before)

    return [check]


def in_both(router: APIGatewayHttpRouter, method: str, path: str, *scopes: Scope) -> Callable[[Handler], Handler]:
    """Register a route of the posting page twice: below /console, and below /embed/<embed_id>.

    `scopes`: as for `signed_in`. An embed for one account cannot open the address of another account.
    """

    def register(handler: Handler) -> Handler:
        @wraps(handler)
        def in_embed(embed_id: str, **parameters: str) -> Response[str]:
            only = request_session.embed().embed.account_id
            if only is not None and parameters.get("account_id", only) != only:
                return refused(problem("account_not_found", account_id=parameters["account_id"]))
            return handler(**parameters)

        router.route(f"/console{path}", method, middlewares=signed_in(*scopes))(handler)
        router.route(f"/embed/<embed_id>{path}", method, middlewares=embedded("post"))(in_embed)
        return handler

    return register
