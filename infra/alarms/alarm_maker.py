"""Creates alarms. All of them send to one topic and name their section of the runbook."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from typing import Literal

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

MINUTES = Duration.minutes(5)
HOUR = Duration.hours(1)

RUNBOOK = "docs/runbook.md"
NAMESPACE = "Dropcast"

Section = Literal[
    "a-dead-letter-queue-holds-messages",
    "a-work-queue-is-late",
    "an-http-function-raises-errors",
    "the-api-answers-5xx",
    "the-api-is-slow",
    "an-execution-failed",
    "an-execution-timed-out",
    "executions-are-throttled",
    "events-are-late",
    "transfers-are-slow",
    "a-publish-is-unknown",
    "many-budgets-are-used-up",
    "token-refreshes-fail",
    "an-account-expires",
    "tiktok-rejects-requests",
    "tiktok-limits-the-rate",
    "tiktok-does-not-answer",
    "accounts-lose-their-access",
    "the-app-reached-its-cap",
    "a-source-of-trends-fails",
    "a-kind-of-trends-has-no-source",
]


class AlarmMaker:
    """Creates alarms in one construct. `made`: the alarms that it has created."""

    def __init__(self, scope: Construct, topic: sns.Topic) -> None:
        self._scope = scope
        self._action = actions.SnsAction(topic)
        self.made: list[cloudwatch.Alarm] = []

    def make(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        means: str,
        section: Section,
        *,
        above: float = 0,
        periods: int = 1,
    ) -> None:
        """Create an alarm that fires when `metric` is above `above` in each of `periods` periods.

        Missing data sets off no alarm, because most of these metrics exist only after a failure.
        """
        alarm = cloudwatch.Alarm(
            self._scope,
            name,
            metric=metric,
            alarm_description=f"{means}. See {RUNBOOK}#{section}",
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)
        self.made.append(alarm)


def own_metric(
    name: str, dimensions: dict[str, str], *, statistic: str = "Sum", period: Duration = MINUTES
) -> cloudwatch.Metric:
    """A metric that Dropcast's functions emit (dropcast/function_telemetry.py)."""
    return cloudwatch.Metric(
        namespace=NAMESPACE, metric_name=name, dimensions_map=dimensions, statistic=statistic, period=period
    )
