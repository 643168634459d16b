"""Creates a thing once per Idempotency-Key. A repeated request within a day gets the answer of the first request."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import BaseModel

from dropcast import clock, idempotency, ids
from dropcast.access.pepper import pepper
from dropcast.accounts.connect.begin_consent import LINK_LIVES_S, ConnectLink, link_at
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim

from .answers import Answer, caller, refused, replayed, view


class ConnectionView(BaseModel):
    """A link for one person and one use. It does not contain the person's identity."""

    connect_url: str
    expires_at: str


IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255, alias="Idempotency-Key")]


def create_once(key: str | None, prefix: str, make: Callable[[Claim], Answer | Problem]) -> Answer:
    """Call `make`, which creates the thing with the claim's id unless it exists, and return the answer.

    Without a key the id is new. A refused request leaves the key unused.
    """
    made = ids.new_id(prefix)
    claim = Claim(made, clock.now(), first=True) if key is None else idempotency.claim(_name(key), _body(), made)
    if isinstance(claim, Problem):
        return refused(claim)
    answer = make(claim)
    if not isinstance(answer, Problem):
        return answer if claim.first else replayed(answer)
    if key is not None:
        idempotency.release_refused(_name(key), claim, answer)
    return refused(answer)


def create_link_once(key: str | None, start_path: str, make: Callable[[str | None], ConnectLink | Problem]) -> Answer:
    """Create a one-time link, or return the link that the key created before.

    The link is stored before the key is claimed. So every claim has a link, and a link that was used is not created
    again. The link's secret is derived from the claim's id and the pepper, so the claim does not contain it.
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
    """Record in the claim that the created thing exists. This is for things that cannot be looked up."""
    if key is not None:
        idempotency.note_made(_name(key), claim)


def _link_answer(link: ConnectLink) -> Answer:
    return view(201, ConnectionView(connect_url=link.connect_url, expires_at=clock.iso(link.expires_at)))


def _link_id(made: str) -> str:
    digest = hmac.digest(pepper().get_secret_value().encode(), f"link#{made}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _name(key: str) -> str:
    """The name of the claim. It contains the caller and the route, so that keys are separate for each of them."""
    event = BaseRouter.current_event
    return f"made#{event.http_method} {event.path}#{caller().key_id}#{key}"


def _body() -> str:
    return json.dumps(json.loads(BaseRouter.current_event.body or "null"), sort_keys=True)
