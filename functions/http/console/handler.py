"""Answers browsers: the public pages, and all addresses below /console, /embed, /errors and /static."""

from traceback import format_tb
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.aws.clients import ContendedError
from dropcast.browser_requests import readable
from dropcast.errors.problem import problem
from dropcast.function_telemetry import logger
from dropcast.snapshots import prepare_snapshot

from .answers import page, problem_page
from .navigation import OVERVIEW
from .routes import ROUTES

app = APIGatewayHttpResolver()
# Imported early, because Lambda gives a function more CPU before its first request than during requests.
ROUTES.include(app, OVERVIEW)
prepare_snapshot(lambda: ROUTES.include_all(app))


@app.exception_handler(NotFoundError)
def no_page(_: NotFoundError) -> Response[str]:
    """The page for an unknown address or method. This is a client's mistake, so it is not logged as an error."""
    return page("no_page.html", 404)


@app.exception_handler(ContendedError)
def busy(_: ContendedError) -> Response[str]:
    """The page for a request in which AWS refused a call until no time was left to retry."""
    logger.warning("page.contended")
    return problem_page(problem("busy", retry_after=1))


@app.exception_handler(Exception)
def unexpected(error: Exception) -> Response[str]:
    """The page after an unexpected exception. It does not show the exception's text, which may quote a secret."""
    logger.error("page.failed", error=type(error).__name__, at=format_tb(error.__traceback__))
    return problem_page(problem("internal_error"))


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        ROUTES.include(app, event["rawPath"])
        return app.resolve(readable(event), context)
