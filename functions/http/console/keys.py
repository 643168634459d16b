"""/console/keys: API keys, like /v1/keys. Only the answer to the form shows a new key's text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import ValidationError

from dropcast.access.key_request import KeyRequest
from dropcast.access.key_store import ApiKey, KeyStatus
from dropcast.access.keys import REVOCATION_LAG_S, create_key, find_key, list_keys, revoke_key
from dropcast.browser_requests import fields_of
from dropcast.errors.problem import Problem, http_status
from dropcast.log import logger

from .account_views import Tone
from .act_once import act_once, new_form_key
from .answers import page, redirect
from .field_problems import FORM_FAULT, FieldProblems, problems_by_field
from .request_session import caller, session
from .sign_in import sign_out
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

Fields = Mapping[str, Sequence[str]]

_KEYS_A_PAGE = 50
# DynamoDB refuses a longer sort key.
_CURSOR_MAX = 64
_DAY_S = 86_400
_SCOPES = {
    "read": "See accounts, publishes, budgets and trends",
    "publish": "Connect accounts and post",
    "draft": "Send drafts to the inbox of the TikTok app",
    "admin": "Everything, including keys, webhook endpoints and disconnecting accounts",
}
_EXPIRIES = {
    "": "Never",
    str(_DAY_S): "After a day",
    str(7 * _DAY_S): "After 7 days",
    str(30 * _DAY_S): "After 30 days",
    str(90 * _DAY_S): "After 90 days",
    str(365 * _DAY_S): "After a year",
}
_STATUS: dict[KeyStatus, tuple[str, Tone]] = {
    "active": ("Active", "done"),
    "expired": ("Expired", "waits"),
    "revoked": ("Revoked", "failed"),
}


@dataclass(frozen=True)
class ShownKey:
    """A key on a page. is_own: the person signed in with this key."""

    key: ApiKey
    scopes: tuple[str, ...]
    status: str
    tone: Tone
    is_own: bool


@router.get("/console/keys", middlewares=signed_in("admin", unbound=True))
def show_keys() -> Response[str]:
    """The page with the list of keys and the form for a new key."""
    return _keys_answer({"scopes": ["read"]})


@router.post("/console/keys", middlewares=signed_in("admin", unbound=True))
def make_key() -> Response[str]:
    """Create a key, like POST /v1/keys, and show its text once."""
    typed = fields_of(BaseRouter.current_event.raw_event)
    request = _read_request(typed)
    if not isinstance(request, KeyRequest):
        return _keys_answer(typed, problems=request)
    made = act_once(
        "dk",
        lambda claim: create_key(
            request.name, frozenset(request.scopes), request.user_id, claim.made, expires_in=request.expires_in
        ),
    )
    if isinstance(made, Problem):
        return _keys_answer(typed, why=made)
    key, text = made
    logger.info("key.created", key_id=key.key_id, by_key_id=caller().key_id)
    return page("key_made.html", 201, shown=_shown(key), text=text)


@router.get("/console/keys/<key_id>/revoke", middlewares=signed_in("admin", unbound=True))
def confirm_revoke(key_id: str) -> Response[str]:
    """The page that asks the person to confirm the revocation."""
    key = find_key(key_id)
    return refused(key) if isinstance(key, Problem) else page("key_revoke.html", shown=_shown(key))


@router.post("/console/keys/<key_id>/revoke", middlewares=signed_in("admin", unbound=True))
def end_key(key_id: str) -> Response[str]:
    """Revoke the key, like DELETE /v1/keys/{key_id}. A person who signed in with this key is signed out."""
    revoked = revoke_key(key_id)
    if isinstance(revoked, Problem):
        return refused(revoked)
    logger.info("key.revoked", key_id=key_id, by_key_id=caller().key_id)
    return sign_out() if key_id == session().key_id else redirect(f"/console/keys?revoked={key_id}")


def _keys_answer(typed: Fields, *, problems: FieldProblems | None = None, why: Problem | None = None) -> Response[str]:
    """The page with the list of keys. `typed`: the values of the form. `problems`: the problems of its fields.

    `why`: the reason why no key was created.
    """
    query = BaseRouter.current_event.query_string_parameters
    after = query.get("next", "")[:_CURSOR_MAX]
    found = list_keys(_KEYS_A_PAGE, after)
    return page(
        "keys.html",
        http_status(why.code) if why else FORM_FAULT if problems else 200,
        keys=[_shown(key) for key in found],
        after=after,
        next_keys=found[-1].key_id if len(found) == _KEYS_A_PAGE else None,
        is_revoked="revoked" in query,
        lag_s=REVOCATION_LAG_S,
        scopes=_SCOPES,
        expiries=_EXPIRIES,
        typed=typed,
        once=new_form_key(),
        problems=problems or {},
        problem=why,
        was_made=why.details["made"] if why and why.code == "secret_was_shown" else None,
    )


def _read_request(typed: Fields) -> KeyRequest | FieldProblems:
    """The form as a request of POST /v1/keys, or the form's problems. Empty optional fields are left out."""
    texts = {name: typed.get(name, [""])[-1].strip() for name in ("name", "user_id", "expires_in")}
    given = {name: text for name, text in texts.items() if text or name == "name"}
    try:
        return KeyRequest.model_validate({**given, "scopes": typed.get("scopes", [])})
    except ValidationError as error:
        return problems_by_field(error)


def _shown(key: ApiKey) -> ShownKey:
    status, tone = _STATUS[key.status]
    scopes = tuple(words for scope, words in _SCOPES.items() if scope in key.scopes)
    return ShownKey(key, scopes, status, tone, is_own=key.key_id == session().key_id)
