"""Runs the checks of the deployment's health. They all run at the same time."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from dropcast.aws.clients import AWS_ERRORS
from dropcast.caller import Caller
from dropcast.health import backlog_checks, receiver_and_source_checks, setting_checks, tiktok_checks
from dropcast.health.finding import Finding
from dropcast.log import logger

_PATIENCE_S = 15


@dataclass(frozen=True)
class Check:
    """A check. `name` is for programs, `title` for people."""

    name: str
    title: str
    find: Callable[[], Finding]


_TIKTOK_APP = Check("tiktok_app", "TikTok app", tiktok_checks.check_tiktok_app)
_PUBLISHES = Check("publishes", "Publishes", backlog_checks.check_publishes)
_TOKEN_REFRESH = Check("token_refresh", "Token refresh", backlog_checks.check_token_refresh)
_EVENTS = Check("events", "Events", backlog_checks.check_events)
_DELIVERIES = Check("deliveries", "Webhook deliveries", backlog_checks.check_deliveries)

FOR_EVERYONE: tuple[Check, ...] = (
    _TIKTOK_APP,
    Check("app_audit", "TikTok's audit", tiktok_checks.check_app_audit),
)
"""The checks whose findings contain nothing about accounts of other users. GET /v1/health also reports whether the app
is set and audited.
"""

FOR_OPERATORS: tuple[Check, ...] = (
    _PUBLISHES,
    _TOKEN_REFRESH,
    Check("tiktok_webhooks", "TikTok's webhooks", tiktok_checks.check_tiktok_webhooks),
    _EVENTS,
    Check("webhook_endpoints", "Webhook endpoints", receiver_and_source_checks.check_webhook_endpoints),
    _DELIVERIES,
    Check("trend_sources", "Trends", receiver_and_source_checks.check_trend_sources),
    Check("media_address", "Media address", setting_checks.check_media_address),
    Check("verified_urls", "Verified addresses", setting_checks.check_verified_urls),
    Check("return_to_origins", "Your own sites", setting_checks.check_return_to_origins),
)
"""The checks of the whole deployment, for keys that are bound to no user."""

# The check of the webhook endpoints is not in this list, because the overview names each endpoint.
_CAN_NEED_A_PERSON = (_TIKTOK_APP, _PUBLISHES, _TOKEN_REFRESH, _EVENTS, _DELIVERIES)


def run_checks(caller: Caller) -> list[tuple[Check, Finding]]:
    """The findings of the checks that the caller may see.

    If a check fails or takes too long, its finding says so.
    """
    return find_all(FOR_EVERYONE + FOR_OPERATORS if caller.user_id is None else FOR_EVERYONE)


def checks_needing_a_person() -> list[tuple[Check, Finding]]:
    """The checks that found something on which a person must act now. The check of webhook endpoints is left out.

    This makes four calls, and a fifth call if this process has not read the app's secret lately.
    """
    return [(check, finding) for check, finding in find_all(_CAN_NEED_A_PERSON) if finding.status == "act"]


def find_all(checks: Sequence[Check]) -> list[tuple[Check, Finding]]:
    """The findings of the checks, in order. If a check fails or takes too long, its finding says so."""
    pool = ThreadPoolExecutor(len(checks))
    running = [(check, pool.submit(_find, check)) for check in checks]
    wait([future for _, future in running], _PATIENCE_S)
    # A thread that still waits for AWS ends later by itself.
    pool.shutdown(wait=False, cancel_futures=True)
    return [(check, _found(future)) for check, future in running]


def _find(check: Check) -> Finding:
    try:
        return check.find()
    except Exception as error:
        logger.exception("health_check.failed", check=check.name)
        return _not_checked("AWS refused the call" if isinstance(error, AWS_ERRORS) else "the check itself failed")


def _found(future: "Future[Finding]") -> Finding:
    return future.result() if future.done() else _not_checked(f"AWS did not answer within {_PATIENCE_S} seconds")


def _not_checked(reason: str) -> Finding:
    fix = "Wait a minute. If the problem persists, look at this function's log and at the state of AWS in your region."
    return Finding("look", f"This could not be checked: {reason}.", fix)
