"""/oauth/tiktok and /oauth/business: a person's browser on its way to one of TikTok's consent pages and back."""

import json
from base64 import b64decode
from collections.abc import Callable
from traceback import format_tb
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.accounts.business import connect_business as business_connect
from dropcast.accounts.business.connect_business import BusinessConnectResult, BusinessStartPage
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.business.pages import render_business_outcome_page, render_business_start_page
from dropcast.accounts.connect import connect_account, finish_in_other_browser, oauth_flow
from dropcast.accounts.connect.confirmation_store import CONFIRMATION_LIVES_S
from dropcast.accounts.connect.connect_account import ConnectResult, StartPage
from dropcast.accounts.connect.finish_in_other_browser import OtherBrowserOffer
from dropcast.accounts.connect.finish_in_other_browser_pages import (
    recognise_headers,
    render_finish_page,
    render_recognise_page,
)
from dropcast.accounts.connect.oauth_flow import RedirectToTikTok
from dropcast.accounts.connect.outcome_page import render_outcome_page
from dropcast.accounts.connect.outcome_replay import OUTCOME_LIVES_S
from dropcast.accounts.connect.pages import HEADERS, render_start_page
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, http_status, problem

_logger = Logger()
metrics = Metrics()
app = APIGatewayHttpResolver()


@app.get("/oauth/tiktok/start")
def greet() -> Response[str]:
    """The page of the one-time link in `c`. It changes nothing: previews open links too."""
    _count("ConnectionOpened")
    greeting = connect_account.start_page(*_link_and_key())
    return _failed(greeting) if isinstance(greeting, Problem) else _greeted(greeting, render_start_page(greeting))


@app.post("/oauth/tiktok/start")
def start() -> Response[str]:
    """The button was pressed: go to TikTok."""
    return _departed(connect_account.redirect)


@app.get("/oauth/tiktok/callback")
def callback() -> Response[str]:
    """Take the account that TikTok sends back, or the reason why not; or ask whether to go on in this browser."""
    query = _query()
    arrival = connect_account.callback(query, _cookies())
    if isinstance(arrival, OtherBrowserOffer):
        cookie = _cookie(arrival.cookie_name, arrival.key, oauth_flow.STATE_LIVES_S, SameSite.STRICT_MODE)
        return _html(200, render_finish_page(arrival), cookie)
    outcome = arrival.outcome
    match outcome:
        case _ if arrival.told == "again":
            _logger.info("connection.reloaded")
        case Account():
            _connected(outcome)
        case Problem():
            _count("ConnectionFailed")
            _not_connected(outcome)
    return _arrived(arrival, render_outcome_page(outcome, arrival.missing))


@app.post("/oauth/tiktok/callback")
def accept() -> Response[str]:
    """Go on in another browser than the one that began: show whose TikTok account it is."""
    recognised = finish_in_other_browser.accept(_query(), _form().get("key", ""), _cookies())
    if isinstance(recognised, Problem):
        _not_connected(recognised)
        return _failed(recognised)
    _connected(recognised.account)
    name = oauth_flow.finish_cookie(recognised.state)
    cookie = _cookie(name, recognised.key, CONFIRMATION_LIVES_S, SameSite.STRICT_MODE)
    return Response(
        200, "text/html; charset=utf-8", render_recognise_page(recognised), recognise_headers(recognised), [cookie]
    )


@app.post("/oauth/tiktok/finish")
def finish() -> Response[str]:
    """The person has recognised the account: go to the caller with the code that confirms it."""
    form = _form()
    location = finish_in_other_browser.hand_over(form, _cookies())
    if isinstance(location, Problem):
        return _failed(location)
    return _redirect(303, location, _cookie(oauth_flow.finish_cookie(form.get("state", "")), "", 0))


@app.get("/oauth/business/start")
def greet_business() -> Response[str]:
    """The page of the one-time link in `c`. It changes nothing: previews open links too."""
    _count("ConnectionOpened")
    greeting = business_connect.start_page(*_link_and_key())
    return (
        _failed(greeting) if isinstance(greeting, Problem) else _greeted(greeting, render_business_start_page(greeting))
    )


@app.post("/oauth/business/start")
def start_business() -> Response[str]:
    """The button was pressed: go to TikTok API for Business."""
    return _departed(business_connect.redirect)


@app.get("/oauth/business/callback")  # whatever stands in front may drop the slash that the portal asks for
@app.get("/oauth/business/callback/")
def business_callback() -> Response[str]:
    """Take what TikTok API for Business grants, or the reason why not."""
    arrival = business_connect.callback(_query(), _cookies())
    outcome = arrival.outcome
    match outcome:
        case _ if arrival.told == "again":
            _logger.info("connection.reloaded")
        case BusinessConnection():
            _count("BusinessConnected")
            _logger.info("business connected", connection_id=outcome.connection_id, kind=outcome.kind)
        case Problem():
            _count("ConnectionFailed")
            _logger.warning("business not connected", code=outcome.code, log_id=outcome.log_id)
    return _arrived(arrival, render_business_outcome_page(outcome))


@app.exception_handler(NotFoundError)
def no_page(_: NotFoundError) -> Response[str]:
    """An address, or a method of one, that is none of ours: a stranger's mistake, and no error of ours."""
    return Response(404, "text/plain; charset=utf-8", "There is no such page.", HEADERS)


@app.exception_handler(Exception)
def unexpected(error: Exception) -> Response[str]:
    """What nobody expected: a page, and no words of the exception, which might quote what came."""
    _logger.error("connecting failed", error=type(error).__name__, at=format_tb(error.__traceback__))
    return _failed(problem("internal_error"))


@_logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        return app.resolve(_readable(event), context)


def _readable(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its body as text. What is no UTF-8, wherever it stands, is replaced: it then matches nothing."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            body = b64decode(body).decode("utf-8", "replace")
        except ValueError:
            body = ""
    text = json.dumps(event | {"body": body, "isBase64Encoded": False}, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace"))


def _greeted(greeting: StartPage | BusinessStartPage, page: str) -> Response[str]:
    cookie = _cookie(greeting.cookie_name, greeting.key, oauth_flow.LINK_LIVES_S, SameSite.STRICT_MODE)
    return _html(200, page, cookie)


def _departed(depart: Callable[[str, str], RedirectToTikTok | Problem]) -> Response[str]:
    form = _form()
    link_id, key = form.get("c", ""), form.get("key", "")
    if not oauth_flow.was_button_pressed_here(link_id, key, _cookies()):
        return _failed(problem("connection_not_started_here"))
    departure = depart(link_id, key)
    if isinstance(departure, Problem):
        return _failed(departure)
    _count("ConnectionStarted")
    cookie = _cookie(departure.cookie_name, departure.cookie_value, oauth_flow.STATE_LIVES_S)
    return _redirect(303, departure.authorize_url, cookie)


def _arrived(arrival: ConnectResult | BusinessConnectResult, page: str) -> Response[str]:
    cookies = _cookies_after(arrival)
    location = arrival.location
    return _redirect(302, location, *cookies) if location else _html(_status(arrival.outcome), page, *cookies)


def _cookies_after(arrival: ConnectResult | BusinessConnectResult) -> list[Cookie]:
    """The browser keeps its cookie for as long as a reload shows the outcome."""
    name = oauth_flow.cookie_name(_query().get("state", ""))
    match arrival.told:
        case "first":
            return [_cookie(name, _cookies().get(name, ""), OUTCOME_LIVES_S)]
        case "again":
            return []
        case "once":
            return [_cookie(name, "", 0)]


def _connected(account: Account) -> None:
    _count("AccountConnected" if account.status == "active" else "AccountUnconfirmed")
    _logger.info("account connected", account_id=account.account_id, status=account.status)


def _not_connected(why: Problem) -> None:
    theirs = why.details.get("tiktok_code")
    _logger.warning("account not connected", code=why.code, log_id=why.log_id, tiktok_code=theirs)


def _link_and_key() -> tuple[str, str]:
    """The link in the address, and the key that this browser got with the link's page before, or ""."""
    link_id = _query().get("c", "")
    return link_id, _cookies().get(oauth_flow.start_cookie(link_id), "")


def _form() -> dict[str, str]:
    return dict(parse_qsl(app.current_event.decoded_body or ""))


def _query() -> dict[str, str]:
    """As API Gateway gives it: decoded once already, so TikTok's `*` and `!` are plain."""
    return app.current_event.query_string_parameters or {}


def _cookies() -> dict[str, str]:
    event = app.current_event.raw_event
    lines: list[str] = event.get("cookies") or event.get("headers", {}).get("cookie", "").split(";")
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _cookie(name: str, value: str, lives_s: int, same_site: SameSite = SameSite.LAX_MODE) -> Cookie:
    return Cookie(
        name,
        value,
        path="/",
        secure=oauth_flow.cookie_is_secure(),
        http_only=True,
        max_age=lives_s,
        same_site=same_site,
    )


def _redirect(status: int, location: str, *cookies: Cookie) -> Response[str]:
    return Response(status, body="", headers=HEADERS | {"Location": location}, cookies=list(cookies))


def _failed(why: Problem) -> Response[str]:
    _count("ConnectionFailed")
    return _html(_status(why), render_outcome_page(why))


def _html(status: int, page: str, *cookies: Cookie) -> Response[str]:
    return Response(status, "text/html; charset=utf-8", page, HEADERS, list(cookies))


def _status(outcome: Account | BusinessConnection | Problem) -> int:
    return http_status(outcome.code) if isinstance(outcome, Problem) else 200


def _count(name: str) -> None:
    metrics.add_metric(name, MetricUnit.Count, 1)
