"""/v1/keys: API keys. Every route needs a key with the scope admin."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from dropcast.access.key_request import KeyRequest
from dropcast.access.key_store import ApiKey, KeyStatus
from dropcast.access.keys import create_key, list_keys, revoke_key
from dropcast.caller import Scope
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim
from dropcast.log import logger

from .answers import Answer, Id, caller, documented, operators, refused, view
from .create_once import IdempotencyKey, create_once

router = APIGatewayHttpRouter()


class KeyView(BaseModel):
    """A key without its text. `user_id` is the user to which the key is bound, or null. `expires_at` is null for a key
    that never expires. `last_used_at` may lag by a day.
    """

    key_id: str
    name: str
    scopes: list[Scope]
    user_id: str | None
    status: KeyStatus
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None


class NewKeyView(KeyView):
    """A new key. `key` is its text, which the API shows only once."""

    key: str


class KeysView(BaseModel):
    """A page of keys, oldest first."""

    items: list[KeyView]
    next: str | None


@router.post(
    "/v1/keys",
    middlewares=operators("admin"),
    responses=documented(
        201,
        "The key, shown only once",
        NewKeyView,
        "bound_key_admin",
        "idempotency_conflict",
        "not_found",
        "secret_was_shown",
    ),
)
def make_key(request: KeyRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Create an API key. The answer shows the key's text only once.

    A repeated request with the same Idempotency-Key creates no second key and does not show the text again
    (`secret_was_shown`).
    """

    def make(claim: Claim) -> Answer | Problem:
        made = create_key(
            request.name, frozenset(request.scopes), request.user_id, claim.made, expires_in=request.expires_in
        )
        if isinstance(made, Problem):
            return made
        key, text = made
        logger.info("key.created", key_id=key.key_id, by_key_id=caller().key_id)
        return view(201, NewKeyView(**_view(key).model_dump(), key=text))

    return create_once(idempotency_key, "dk", make)


@router.get(
    "/v1/keys",
    middlewares=operators("admin"),
    responses=documented(200, "Keys without their texts", KeysView, "not_found"),
)
def show_keys(
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    after: Annotated[str | None, Query(min_length=1, max_length=64, alias="next")] = None,
) -> Answer:
    """List the API keys, including revoked and expired ones."""
    found = list_keys(limit, after)
    following = found[-1].key_id if len(found) == limit else None
    return view(200, KeysView(items=[_view(key) for key in found], next=following))


@router.delete(
    "/v1/keys/<key_id>",
    middlewares=operators("admin"),
    responses=documented(200, "The key, revoked", KeyView, "not_found"),
)
def end_key(key_id: Id) -> Answer:
    """Revoke an API key permanently. The key may work for up to 60 more seconds."""
    revoked = revoke_key(key_id)
    if isinstance(revoked, Problem):
        return refused(revoked)
    logger.info("key.revoked", key_id=key_id, by_key_id=caller().key_id)
    return view(200, _view(revoked))


def _view(key: ApiKey) -> KeyView:
    return KeyView.model_validate(
        {
            "key_id": key.key_id,
            "name": key.name,
            "scopes": sorted(key.scopes),
            "user_id": key.user_id,
            "status": key.status,
            "created_at": iso(key.created_at),
            "expires_at": iso(key.expires_at) if key.expires_at else None,
            "last_used_at": iso(key.last_used_at) if key.last_used_at else None,
            "revoked_at": iso(key.revoked_at) if key.revoked_at else None,
        }
    )
