"""Alarms on the accounts' connections, and on TikTok's errors by class (dropcast/tiktok/http/failure_classes.py)."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_maker import HOUR, AlarmMaker, own_metric

_FAILURES = 20
_REFRESH_PERIODS = 3


def watch_accounts(alarms: AlarmMaker) -> None:
    """Create alarms that fire if refreshes keep failing, a connection ends soon, or the app has reached TikTok's limit
    of accounts per day.

    Dropcast retries a failed refresh, so the alarm on refreshes fires only after failures in three periods in a row.
    """
    failed = own_metric("RefreshesFailed", {"service": "queue-refresh"})
    means = "Refreshes of tokens have failed for a quarter of an hour"
    alarms.make("RefreshesFailing", failed, means, "token-refreshes-fail", periods=_REFRESH_PERIODS)
    expiring = own_metric("EventsForOperator", {"service": "outbox", "event": "account.expiring"})
    alarms.make("AccountExpiring", expiring, "An account's connection ends within 14 days", "an-account-expires")
    cap = own_metric("ActiveUserCapReached", {"service": "workflow-start"})
    means = "The app has reached TikTok's limit of accounts per day: request a higher cap"
    alarms.make("ActiveUserCap", cap, means, "the-app-reached-its-cap")


def watch_tiktok(alarms: AlarmMaker) -> None:
    """Create an alarm that fires if TikTok rejects any request as wrong, and alarms that fire after many failures of
    another class.
    """
    alarms.make(
        "TikTokRejects",
        tiktok_errors("request"),
        "TikTok rejects a request or the app, because of a bug or a wrong setting",
        "tiktok-rejects-requests",
    )
    alarms.make(
        "TikTokLimits",
        tiktok_errors("rate_limit"),
        f"TikTok refused more than {_FAILURES} calls in an hour because of its rate limits",
        "tiktok-limits-the-rate",
        above=_FAILURES,
    )
    alarms.make(
        "TikTokFails",
        tiktok_errors("tiktok"),
        f"TikTok gave no usable answer to more than {_FAILURES} calls in an hour",
        "tiktok-does-not-answer",
        above=_FAILURES,
    )
    alarms.make(
        "TikTokAccessLost",
        tiktok_errors("access"),
        f"TikTok refused more than {_FAILURES} calls in an hour because an account's access ended",
        "accounts-lose-their-access",
        above=_FAILURES,
    )


def tiktok_errors(failure_class: str) -> cloudwatch.Metric:
    """The number of failures of a class in an hour."""
    return own_metric("TikTokErrors", {"service": "tiktok", "error_class": failure_class}, period=HOUR)
