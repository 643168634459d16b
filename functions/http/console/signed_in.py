"""Checks a request before its page answers. The request needs a session whose key has the page's scope. A request that
changes something also needs the session's CSRF token.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from dropcast.access import sessions
from dropcast.access.sessions import Session
from dropcast.browser_requests import form_of
from dropcast.caller import Scope
from dropcast.errors.problem import Problem, problem

from . import cookies, request_session
from .answers import json_problem, problem_page, redirect

Middleware = Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]

FIRST_PAGE = "/console"
SIGN_IN_PATH = "/console/sign-in"
# The page's scripts load these addresses. People never see them.
_FOR_SCRIPTS = re.compile(r"/(console|embed/[^/]+)/(uploads|media)(/.*)?")
_ID_MAX = 64
_CHANGES_NOTHING = ("GET", "HEAD")
_OWN_SITES = ("same-origin", "none", None)


def signed_in(*scopes: Scope, unbound: bool = False) -> list[Middleware]:
    """The middleware of a route. It requires a session whose key has one of `scopes`. Without scopes any key suffices.

    unbound: a key that is bound to a user gets 404 for this page, as it does for the same route of /v1. A request that
    changes something must repeat the session's CSRF token in the field `csrf` or the header X-CSRF.
    """

    def check(resolver: APIGatewayHttpResolver, call_next: NextMiddleware) -> Response[Any]:
        found = sessions.current_session(cookies.read_cookie(cookies.SESSION))
        return _ask_to_sign_in() if found is None else answer_as(found, scopes, resolver, call_next, unbound=unbound)

    return [check]


def answer_as(
    found: Session,
    scopes: Sequence[Scope],
    resolver: APIGatewayHttpResolver,
    call_next: NextMiddleware,
    *,
    unbound: bool = False,
) -> Response[Any]:
    """Answer a request of the session `found`.

    Refuse a request that another site forged or that the session's key may not make (see `signed_in`).
    """
    is_hidden = (unbound and found.caller.user_id is not None) or _has_long_id()
    refusal = (
        _forged(found)
        or (problem("not_found", what="page") if is_hidden else None)
        or (found.caller.refusal(*scopes) if scopes else None)
    )
    token = request_session.current.set(found)
    try:
        return call_next(resolver) if refusal is None else refused(refusal)
    finally:
        request_session.current.reset(token)


def refused(why: Problem) -> Response[str]:
    """The answer to a refused request: JSON for the page's scripts, otherwise a page."""
    return json_problem(why) if _is_for_scripts() else problem_page(why)


def comes_from_own_site() -> bool:
    """Whether the browser states that no other site sent this request. An old browser states nothing, which counts as
    true.
    """
    return BaseRouter.current_event.headers.get("sec-fetch-site") in _OWN_SITES


def own_path(address: str) -> str:
    """`address` if it is a page of the console, otherwise the first page. So no link can lead a person to another
    site.
    """
    parts = urlsplit(address)
    is_path = address.isascii() and address.isprintable() and "\\" not in address
    is_own = is_path and not parts.scheme and not parts.netloc and parts.path.startswith("/console/")
    return address if is_own else FIRST_PAGE


def _forged(found: Session) -> Problem | None:
    """`form_expired` if another site, or a form of another session, sent a request that changes something."""
    event = BaseRouter.current_event
    if event.http_method in _CHANGES_NOTHING:
        return None
    token = event.headers.get("x-csrf") or form_of(event.raw_event).get("csrf", "")
    is_own = comes_from_own_site() and sessions.csrf_matches(found, token)
    return None if is_own else problem("form_expired")


def _has_long_id() -> bool:
    """Whether a part of the address is longer than every id. DynamoDB would refuse such a key."""
    return any(len(part) > _ID_MAX for part in BaseRouter.current_event.path.split("/"))


def _ask_to_sign_in() -> Response[str]:
    if _is_for_scripts():
        return json_problem(problem("signed_out"))
    event = BaseRouter.current_event
    shown = event.headers.get("hx-current-url", "") if event.headers.get("hx-request") else _requested()
    path = own_path(urlsplit(shown)._replace(scheme="", netloc="").geturl())
    return redirect(f"{SIGN_IN_PATH}?next={quote(path, safe='')}")


def _requested() -> str:
    """The page to show after the sign-in.

    A request that would change something is not repeated. Instead the page of its form is shown.
    """
    event = BaseRouter.current_event
    if event.http_method not in _CHANGES_NOTHING:
        return event.headers.get("referer", "")
    query = event.raw_event.get("rawQueryString", "")
    return f"{event.path}?{query}" if query else event.path


def _is_for_scripts() -> bool:
    return _FOR_SCRIPTS.fullmatch(BaseRouter.current_event.path) is not None
