"""Alarms on the collection of trends."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_maker import AlarmMaker, own_metric

_RUN = Duration.hours(6)
_SERVICE = "queue-trends"
_SOURCES = ("discovery", "creative_center", "ensembledata")
_KINDS = ("hashtags", "videos", "music", "keywords")


def watch_trends(alarms: AlarmMaker) -> None:
    """Create alarms that fire if, for six hours, one source answered no request, or no source returned any list of one
    kind.
    """
    for source in _SOURCES:
        alarms.make(
            f"TrendSource{source.title().replace('_', '')}",
            _only_failures("TrendSourceFailed", {"service": _SERVICE, "source": source}),
            f"The source of trends {source} fails. GET /v1/trends/sources says why",
            "a-source-of-trends-fails",
        )
    for kind in _KINDS:
        alarms.make(
            f"TrendsNotCollected{kind.title()}",
            _only_failures("TrendsNotCollected", {"service": _SERVICE, "kind": kind}),
            f"No source returns {kind}. Callers get the last lists, marked stale",
            "a-kind-of-trends-has-no-source",
        )


def _only_failures(name: str, dimensions: dict[str, str]) -> cloudwatch.Metric:
    """The minimum of the metric in the time of a run. It is 1 if the worker counted only failures, because the worker
    counts 0 for each success.

    A formula over two metrics would have the same result, but the local stack does not support such alarms.
    """
    return own_metric(name, dimensions, statistic="Minimum", period=_RUN)
