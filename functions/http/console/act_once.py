"""Forms that act once. Each form on a page has its own idempotency key, like a request of /v1.

So a second press of the button, or a reload of the answer, does not repeat the action.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from dropcast import idempotency, ids
from dropcast.browser_requests import fields_of, form_of
from dropcast.errors.problem import Problem, problem
from dropcast.idempotency import Claim

from .request_session import caller

Made = TypeVar("Made")

_FORM_KEY = re.compile(r"[\w-]{20,40}", re.ASCII)


def new_form_key() -> str:
    """A new idempotency key for a form, for its field `once`."""
    return ids.new_secret(16)


def sent_form_key() -> str | None:
    """The key of the form that the browser sent. None if `new_form_key` cannot have made it."""
    form_key = form_of(BaseRouter.current_event.raw_event).get("once", "")
    return form_key if _FORM_KEY.fullmatch(form_key) else None


def act_once(prefix: str, make: Callable[[Claim], Made | Problem]) -> Made | Problem:
    """Call `make` with the claim of the form that the browser sent, and return the result of `make`.

    The claim is the row that records the form's key and the id of the new thing. `prefix`: the beginning of this id. A
    refusal leaves the form's key unused.
    Problems: form_expired (the form has no key), idempotency_conflict (the same form was sent with other values).
    """
    if sent_form_key() is None:
        return problem("form_expired")
    name, fields = _name(), fields_of(BaseRouter.current_event.raw_event)
    body = json.dumps({field: values for field, values in fields.items() if field != "csrf"}, sort_keys=True)
    claim = idempotency.claim(name, body, ids.new_id(prefix))
    if isinstance(claim, Problem):
        return claim
    made = make(claim)
    if isinstance(made, Problem):
        idempotency.release_refused(name, claim, made)
    return made


def mark_made(claim: Claim) -> None:
    """Record in the form's claim that the thing exists. Only things that cannot be looked up need this."""
    idempotency.note_made(_name(), claim)


def _name() -> str:
    """The name of the form's claim. Like the name of a claim in /v1, it contains the caller and the route."""
    event = BaseRouter.current_event
    return f"made#{event.http_method} {event.path}#{caller().key_id}#{sent_form_key()}"
