"""Creates a thing once per Idempotency-Key. A repeated request within a day gets the answer of the first request."""

import json
from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.openapi.params import Header

from dropcast import clock, idempotency, ids
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim

from .answers import Answer, caller, refused, replayed

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255, alias="Idempotency-Key")]


def create_once(key: str | None, prefix: str, make: Callable[[Claim], Answer | Problem]) -> Answer:
    """Call `make` and return its answer. `make` creates the thing with the id in the claim, unless the thing exists.

    The claim is the row that records the id for the Idempotency-Key. Without an Idempotency-Key each request gets
    a new id. A refused request leaves the Idempotency-Key unused.
    """
    made = ids.new_id(prefix)
    claim = (
        Claim(made, clock.now(), first=True)
        if key is None
        else idempotency.claim(claim_name(key), request_body(), made)
    )
    if isinstance(claim, Problem):
        return refused(claim)
    answer = make(claim)
    if not isinstance(answer, Problem):
        return answer if claim.first else replayed(answer)
    if key is not None:
        idempotency.release_refused(claim_name(key), claim, answer)
    return refused(answer)


def mark_made(key: str | None, claim: Claim) -> None:
    """Record in the claim that the created thing exists. Only things that cannot be looked up need this."""
    if key is not None:
        idempotency.note_made(claim_name(key), claim)


def claim_name(key: str) -> str:
    """The name of the claim. It contains the caller and the route, so that each caller and route has its own keys."""
    event = BaseRouter.current_event
    return f"made#{event.http_method} {event.path}#{caller().key_id}#{key}"


def request_body() -> str:
    """The request's body in a normal form, so that two requests can be compared."""
    return json.dumps(json.loads(BaseRouter.current_event.body or "null"), sort_keys=True)
