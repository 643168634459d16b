"""GET /oauth/tiktok/start and /oauth/tiktok/callback: a person's browser on its way to TikTok and back."""

from traceback import format_tb
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.accounts import connect
from dropcast.accounts.models import Account
from dropcast.accounts.page import HEADERS, outcome_page
from dropcast.errors import Problem, http_status, problem

logger = Logger()
metrics = Metrics()
app = APIGatewayHttpResolver()


@app.get("/oauth/tiktok/start")
def start() -> Response[str]:
    """Spend the one-time link in `c`."""
    departure = connect.depart(_query().get("c", ""))
    if isinstance(departure, Problem):
        _count("ConnectionFailed")
        return _page(departure)
    _count("ConnectionStarted")
    cookie = _cookie(departure.cookie_name, departure.cookie_value, connect.STATE_LIVES_S)
    return _redirect(departure.authorize_url, cookie)


@app.get("/oauth/tiktok/callback")
def callback() -> Response[str]:
    """Take the account that TikTok sends back, or the reason why not."""
    query = _query()
    arrival = connect.arrive(query, _cookies())
    if isinstance(arrival.outcome, Account):
        _count("AccountConnected")
        logger.info("account connected", account_id=arrival.outcome.account_id)
    else:
        _count("ConnectionFailed")
        logger.warning("account not connected", code=arrival.outcome.code, log_id=arrival.outcome.log_id)
    spent = _cookie(connect.cookie_name(query.get("state", "")), "", 0)
    return _redirect(arrival.location, spent) if arrival.location else _page(arrival.outcome, spent)


@app.exception_handler(Exception)
def failed(error: Exception) -> Response[str]:
    """What nobody expected: a page, and no words of the exception, which might quote what came."""
    _count("ConnectionFailed")
    logger.error("connecting failed", error=type(error).__name__, at=format_tb(error.__traceback__))
    return _page(problem("internal_error"))


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)


def _query() -> dict[str, str]:
    """As API Gateway gives it: decoded once already, so TikTok's `*` and `!` are plain."""
    return app.current_event.query_string_parameters or {}


def _cookies() -> dict[str, str]:
    event = app.current_event.raw_event
    lines: list[str] = event.get("cookies") or event.get("headers", {}).get("cookie", "").split(";")
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _cookie(name: str, value: str, lives_s: int) -> Cookie:
    return Cookie(
        name,
        value,
        path="/",
        secure=connect.cookie_is_secure(),
        http_only=True,
        max_age=lives_s,
        same_site=SameSite.LAX_MODE,
    )


def _redirect(location: str, cookie: Cookie) -> Response[str]:
    return Response(302, body="", headers=HEADERS | {"Location": location}, cookies=[cookie])


def _page(outcome: Account | Problem, *cookies: Cookie) -> Response[str]:
    status = http_status(outcome.code) if isinstance(outcome, Problem) else 200
    return Response(status, "text/html; charset=utf-8", outcome_page(outcome), HEADERS, list(cookies))


def _count(name: str) -> None:
    metrics.add_metric(name, MetricUnit.Count, 1)
