"""Forms that act once: each form that a page shows has an idempotency key of its own, as a request of /v1 may have.

So a second press, or a reload of the answer, does nothing again.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from dropcast import idempotency, ids
from dropcast.browser_requests import fields_of
from dropcast.errors.problem import Problem, problem
from dropcast.idempotency import Claim

from .request_session import caller

Made = TypeVar("Made")

_FORM_KEY = re.compile(r"[\w-]{20,40}", re.ASCII)


def new_form_key() -> str:
    """The idempotency key of a form that a page shows, for its field `once`."""
    return ids.new_secret(16)


def act_once(prefix: str, make: Callable[[Claim], Made | Problem]) -> Made | Problem:
    """Call `make` with the claim of the form that the browser sent, and return what it returns.

    `prefix`: of the id that the claim holds for what `make` makes. A refusal leaves the form's key unused. Problems:
    form_expired (the form has no key), idempotency_conflict (the same form was sent with other values).
    """
    fields = fields_of(BaseRouter.current_event.raw_event)
    form_key = fields.get("once", [""])[-1]
    if not _FORM_KEY.fullmatch(form_key):
        return problem("form_expired")
    event = BaseRouter.current_event
    name = f"made#{event.http_method} {event.path}#{caller().key_id}#{form_key}"
    body = json.dumps({name: values for name, values in fields.items() if name != "csrf"}, sort_keys=True)
    claim = idempotency.claim(name, body, ids.new_id(prefix))
    if isinstance(claim, Problem):
        return claim
    made = make(claim)
    if isinstance(made, Problem) and claim.first:
        idempotency.release(name, claim)
    return made
