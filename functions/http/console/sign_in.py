"""Signs a person in to the console with an API key or a one-time link, and signs the person out.

Before there is a session, forms repeat the value of a cookie. So no other site can sign a browser in.
"""

import hmac

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.shared.cookies import Cookie

from dropcast import clock, ids
from dropcast.access import sessions
from dropcast.access.authentication import authenticate
from dropcast.access.key_store import ApiKey
from dropcast.access.sign_in_attempts import count_attempt
from dropcast.access.sign_in_links import read_link, spend_link
from dropcast.browser_requests import form_of
from dropcast.errors.problem import Problem, http_status, problem
from dropcast.log import logger

from . import cookies
from .answers import page, partial, problem_page, redirect, with_retry_after
from .request_session import session
from .signed_in import SIGN_IN_PATH, comes_from_own_site, own_path, signed_in

_FORM_LIVES_S = 3600
_MAY = {
    "read": "see accounts and posts",
    "draft": "send drafts",
    "publish": "connect accounts, post and send drafts",
    "admin": "do everything",
}

router = APIGatewayHttpRouter()


@router.get(SIGN_IN_PATH)
def show_key_form() -> Response[str]:
    """The form that asks for an API key."""
    return _key_form((BaseRouter.current_event.query_string_parameters or {}).get("next", ""))


@router.post(SIGN_IN_PATH)
def sign_in_with_key() -> Response[str]:
    """Start a session for the key in the form, and go to the page that required the sign-in."""
    form = form_of(BaseRouter.current_event.raw_event)
    key = _refusal(form) or authenticate(form.get("key", "").strip()) or problem("sign_in_key_wrong")
    return _key_form(form.get("next", ""), key) if isinstance(key, Problem) else _start(key, form.get("next", ""))


@router.get("/console/enter")
def open_link() -> Response[str]:
    """The page that every one-time link opens. Browsers do not send the secret after #, so the page's script sends the
    secret.
    """
    token = _token()
    return page("enter.html", cookies=[_token_cookie(token)], token=token, now=_session_now())


@router.post("/console/enter/show")
def show_link() -> Response[str]:
    """The key of a one-time link, and the button that uses the link up."""
    form = form_of(BaseRouter.current_event.raw_event)
    key = _refusal(form) or read_link(form.get("secret", ""))
    if isinstance(key, Problem):
        return with_retry_after(partial("enter.html", "refusal", http_status(key.code), problem=key), key)
    return partial("enter.html", "key", key=key, may=[words for scope, words in _MAY.items() if scope in key.scopes])


@router.post("/console/enter")
def sign_in_with_link() -> Response[str]:
    """Use the link up and start a session for its key."""
    form = form_of(BaseRouter.current_event.raw_event)
    key = _refusal(form) or spend_link(form.get("secret", ""))
    return problem_page(key) if isinstance(key, Problem) else _start(key, "")


@router.post("/console/sign-out", middlewares=signed_in())
def sign_out() -> Response[str]:
    """End the session."""
    sessions.end_session(cookies.read_cookie(cookies.SESSION))
    logger.info("session.ended", session_id=session().session_id, key_id=session().key_id)
    return redirect(SIGN_IN_PATH, cookies.cookie(cookies.SESSION, "", 0))


def _key_form(next_page: str, why: Problem | None = None) -> Response[str]:
    """The form with the problem of the last attempt. It never repeats the key."""
    token = _token()
    answer = page(
        "sign_in.html",
        http_status(why.code) if why else 200,
        cookies=[_token_cookie(token)],
        token=token,
        next_page=own_path(next_page),
        now=None if why else _session_now(),
        problem=why,
    )
    return with_retry_after(answer, why) if why else answer


def _refusal(form: dict[str, str]) -> Problem | None:
    """The reason why an attempt to sign in is refused before its secret is read, or None. Also counts the attempt."""
    known = cookies.read_cookie(cookies.SIGN_IN)
    repeats = hmac.compare_digest(form.get("token", "").encode(errors="replace"), known.encode(errors="replace"))
    if not known or not repeats or not comes_from_own_site():
        return problem("form_expired")
    return count_attempt(BaseRouter.current_event.raw_event["requestContext"]["http"]["sourceIp"])


def _start(key: ApiKey, next_page: str) -> Response[str]:
    """Start a session for `key`. It replaces an existing session of the browser."""
    sessions.end_session(cookies.read_cookie(cookies.SESSION))
    started, secret = sessions.start_session(key)
    logger.info("session.started", session_id=started.session_id, key_id=started.key_id)
    lives_s = started.expires_at - clock.now()
    return redirect(own_path(next_page), cookies.cookie(cookies.SESSION, secret.get_secret_value(), lives_s))


def _session_now() -> sessions.Session | None:
    return sessions.current_session(cookies.read_cookie(cookies.SESSION))


def _token() -> str:
    """The browser's token for forms without a session. All tabs of the browser share it."""
    return cookies.read_cookie(cookies.SIGN_IN) or ids.new_secret()


def _token_cookie(token: str) -> Cookie:
    return cookies.cookie(cookies.SIGN_IN, token, _FORM_LIVES_S)
