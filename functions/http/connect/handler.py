"""/oauth/tiktok and /oauth/business: our pages before and after TikTok's consent pages, for a person's browser."""

from collections.abc import Callable
from traceback import format_tb
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.accounts.business import connect_business
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.business.pages import render_business_outcome_page, render_business_start_page
from dropcast.accounts.connect import begin_consent, connect_account, finish_in_other_browser
from dropcast.accounts.connect.confirmation_store import CONFIRMATION_LIVES_S
from dropcast.accounts.connect.finish_consent import OUTCOME_LIVES_S, ConnectResult, Shown
from dropcast.accounts.connect.finish_in_other_browser_pages import (
    recognise_headers,
    render_finish_page,
    render_recognise_page,
)
from dropcast.accounts.connect.outcome_page import render_outcome_page
from dropcast.accounts.connect.pages import HEADERS, render_start_page
from dropcast.accounts.models import Account
from dropcast.browser_requests import cookies_of, form_of, readable
from dropcast.errors.problem import Problem, http_status, problem
from dropcast.function_telemetry import count_metric, logger, metrics

app = APIGatewayHttpResolver()


@app.get("/oauth/tiktok/start")
def show_start_page() -> Response[str]:
    """The page of the one-time link in parameter `c`. It changes nothing, because link previews open the page too."""
    count_metric("ConnectionOpened")
    page = connect_account.start_page(*_link_and_key())
    return _failed(page) if isinstance(page, Problem) else _started(page, render_start_page(page))


@app.post("/oauth/tiktok/start")
def start() -> Response[str]:
    """Redirect to TikTok after the person pressed the button."""
    return _redirected(connect_account.redirect)


@app.get("/oauth/tiktok/callback")
def callback() -> Response[str]:
    """Connect the account after TikTok sent the browser back.

    If the consent began in a different browser, offer to finish it here.
    """
    result = connect_account.callback(_query(), _cookies())
    if isinstance(result, finish_in_other_browser.OtherBrowserOffer):
        cookie = _cookie(result.cookie_name, result.key, begin_consent.STATE_LIVES_S, SameSite.STRICT_MODE)
        return _html(200, render_finish_page(result), cookie)
    match result.outcome:
        case _ if result.shown == "again":
            logger.info("connection.reloaded")
        case Account() as account:
            _log_connected(account)
        case Problem() as refusal:
            count_metric("ConnectionFailed")
            _log_not_connected(refusal)
    return _finished(result, render_outcome_page(result.outcome, result.missing))


@app.post("/oauth/tiktok/callback")
def accept() -> Response[str]:
    """Continue in a different browser from the one in which the consent began: show the TikTok account."""
    recognised = finish_in_other_browser.accept(_query(), _form().get("key", ""), _cookies())
    if isinstance(recognised, Problem):
        _log_not_connected(recognised)
        return _failed(recognised)
    _log_connected(recognised.account)
    name = begin_consent.finish_cookie(recognised.state)
    cookie = _cookie(name, recognised.key, CONFIRMATION_LIVES_S, SameSite.STRICT_MODE)
    return Response(
        200, "text/html; charset=utf-8", render_recognise_page(recognised), recognise_headers(recognised), [cookie]
    )


@app.post("/oauth/tiktok/finish")
def finish() -> Response[str]:
    """After the person recognised the account, redirect to the caller's site with the code that confirms it."""
    form = _form()
    location = finish_in_other_browser.hand_over(form, _cookies())
    if isinstance(location, Problem):
        return _failed(location)
    return _redirect(303, location, _cookie(begin_consent.finish_cookie(form.get("state", "")), "", 0))


@app.get("/oauth/business/start")
def show_business_start_page() -> Response[str]:
    """The page of the one-time link in parameter `c`. It changes nothing, because link previews open the page too."""
    count_metric("ConnectionOpened")
    page = begin_consent.start_page(*_link_and_key(), *connect_business.BUSINESS_CONSENTS)
    return _failed(page) if isinstance(page, Problem) else _started(page, render_business_start_page(page))


@app.post("/oauth/business/start")
def start_business() -> Response[str]:
    """Redirect to TikTok API for Business after the person pressed the button."""
    return _redirected(connect_business.redirect)


@app.get("/oauth/business/callback")  # a proxy may drop the slash that TikTok's portal requires
@app.get("/oauth/business/callback/")
def business_callback() -> Response[str]:
    """Store the person's grant from TikTok API for Business, or show why this failed."""
    result = connect_business.callback(_query(), _cookies())
    match result.outcome:
        case _ if result.shown == "again":
            logger.info("connection.reloaded")
        case BusinessConnection(connection_id=connection_id, kind=kind):
            count_metric("BusinessConnected")
            logger.info("business_connection.connected", connection_id=connection_id, kind=kind)
        case Problem(code=code, log_id=log_id):
            count_metric("ConnectionFailed")
            logger.warning("business_connection.refused", code=code, log_id=log_id)
    return _finished(result, render_business_outcome_page(result.outcome))


@app.exception_handler(NotFoundError)
def no_page(_: NotFoundError) -> Response[str]:
    """The page for an unknown address or method. This is a client's mistake, so it is not logged as an error."""
    return Response(404, "text/plain; charset=utf-8", "There is no such page.", HEADERS)


@app.exception_handler(Exception)
def unexpected(error: Exception) -> Response[str]:
    """The page for an unexpected exception.

    It does not show the exception's text, which might quote a secret of the request.
    """
    logger.error("connection.failed", error=type(error).__name__, at=format_tb(error.__traceback__))
    return _failed(problem("internal_error"))


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        return app.resolve(readable(event), context)


def _started(page: begin_consent.StartPage, html: str) -> Response[str]:
    return _html(200, html, _cookie(page.cookie_name, page.key, begin_consent.LINK_LIVES_S, SameSite.STRICT_MODE))


def _redirected(redirect: Callable[[str, str], begin_consent.RedirectToTikTok | Problem]) -> Response[str]:
    form = _form()
    link_id, key = form.get("c", ""), form.get("key", "")
    if not begin_consent.was_button_pressed_here(link_id, key, _cookies()):
        return _failed(problem("connection_not_started_here"))
    target = redirect(link_id, key)
    if isinstance(target, Problem):
        return _failed(target)
    count_metric("ConnectionStarted")
    cookie = _cookie(target.cookie_name, target.cookie_value, begin_consent.STATE_LIVES_S)
    return _redirect(303, target.authorize_url, cookie)


def _finished(result: ConnectResult[Account] | ConnectResult[BusinessConnection], html: str) -> Response[str]:
    cookies = _cookies_after(result.shown)
    if result.location:
        return _redirect(302, result.location, *cookies)
    return _html(_status(result.outcome), html, *cookies)


def _cookies_after(shown: Shown) -> list[Cookie]:
    """The cookies to set. The browser keeps the consent's cookie for as long as a reload can show the outcome."""
    name = begin_consent.cookie_name(_query().get("state", ""))
    match shown:
        case "first":
            return [_cookie(name, _cookies().get(name, ""), OUTCOME_LIVES_S)]
        case "again":
            return []
        case "once":
            return [_cookie(name, "", 0)]


def _log_connected(account: Account) -> None:
    count_metric("AccountConnected" if account.status == "active" else "AccountUnconfirmed")
    logger.info("account.connected", account_id=account.account_id, status=account.status)


def _log_not_connected(refusal: Problem) -> None:
    tiktok_code = refusal.details.get("tiktok_code")
    logger.warning("account.not_connected", code=refusal.code, log_id=refusal.log_id, tiktok_code=tiktok_code)


def _link_and_key() -> tuple[str, str]:
    """The link in the address, and the key that this browser got with the link's page ("" if none)."""
    link_id = _query().get("c", "")
    return link_id, _cookies().get(begin_consent.start_cookie(link_id), "")


def _form() -> dict[str, str]:
    return form_of(app.current_event.raw_event)


def _query() -> dict[str, str]:
    """The query. API Gateway has already decoded it once, so TikTok's `*` and `!` are plain characters."""
    return app.current_event.query_string_parameters or {}


def _cookies() -> dict[str, str]:
    return cookies_of(app.current_event.raw_event)


def _cookie(name: str, value: str, lives_s: int, same_site: SameSite = SameSite.LAX_MODE) -> Cookie:
    return Cookie(
        name,
        value,
        path="/",
        secure=begin_consent.cookie_is_secure(),
        http_only=True,
        max_age=lives_s,
        same_site=same_site,
    )


def _redirect(status: int, location: str, *cookies: Cookie) -> Response[str]:
    return Response(status, body="", headers=HEADERS | {"Location": location}, cookies=list(cookies))


def _failed(refusal: Problem) -> Response[str]:
    count_metric("ConnectionFailed")
    return _html(_status(refusal), render_outcome_page(refusal))


def _html(status: int, page: str, *cookies: Cookie) -> Response[str]:
    return Response(status, "text/html; charset=utf-8", page, HEADERS, list(cookies))


def _status(outcome: Account | BusinessConnection | Problem) -> int:
    return http_status(outcome.code) if isinstance(outcome, Problem) else 200
