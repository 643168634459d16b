"""The Idempotency-Key of the routes that make something: the same request with the same key makes it once in a day."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import BaseModel

from dropcast import clock, idempotency, ids
from dropcast.access.key_store import pepper
from dropcast.accounts.connect.oauth_flow import LINK_LIVES_S, ConnectLink, link_at
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim

from .answers import caller, refused, replayed, view


class ConnectionView(BaseModel):
    """A link for one person and one use; it does not tell who it is for."""

    connect_url: str
    expires_at: str


IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255, alias="Idempotency-Key")]


def create_once(key: str | None, prefix: str, make: Callable[[Claim], Response[Any] | Problem]) -> Response[Any]:
    """The answer of `make`, which makes the thing with the claim's id unless it is there.

    Without a key the id is new. What is refused takes no key.
    """
    made = ids.new_id(prefix)
    claim = Claim(made, clock.now(), first=True) if key is None else idempotency.claim(_name(key), _body(), made)
    if isinstance(claim, Problem):
        return refused(claim)
    answer = make(claim)
    if not isinstance(answer, Problem):
        return answer if claim.first else replayed(answer)
    if key is not None and claim.first:
        idempotency.release(_name(key), claim)
    return refused(answer)


def create_link_once(
    key: str | None, start_path: str, make: Callable[[str | None], ConnectLink | Problem]
) -> Response[Any]:
    """The answer to a wish for a one-time link, the same for the same key.

    The link is made before its key is claimed: every claim has its link, and none that was used is made again. Its
    secret follows from the claim and the pepper, so no claim holds it.
    """
    made = ids.new_id("lnk")
    link = make(None if key is None else _link_id(made))
    if isinstance(link, Problem):
        return refused(link)
    if key is None:
        return _link_answer(link)
    claim = idempotency.claim(_name(key), _body(), made)
    if isinstance(claim, Problem):
        return refused(claim)
    answer = _link_answer(link_at(start_path, _link_id(claim.made), claim.at + LINK_LIVES_S))
    return answer if claim.first else replayed(answer)


def mark_made(key: str | None, claim: Claim) -> None:
    """Note with the claim that its thing is made: for a thing that cannot be looked up."""
    if key is not None:
        idempotency.note_made(_name(key), claim)


def _link_answer(link: ConnectLink) -> Response[Any]:
    return view(201, ConnectionView(connect_url=link.connect_url, expires_at=iso(link.expires_at)))


def _link_id(made: str) -> str:
    digest = hmac.digest(pepper().get_secret_value().encode(), f"link#{made}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _name(key: str) -> str:
    """Each caller has keys of its own on each route."""
    event = BaseRouter.current_event
    return f"made#{event.http_method} {event.path}#{caller().key_id}#{key}"


def _body() -> str:
    return json.dumps(json.loads(BaseRouter.current_event.body or "null"), sort_keys=True)
