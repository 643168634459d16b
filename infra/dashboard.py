"""The dashboard: the state of all alarms, and the most important graphs."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.alarms.alarm_maker import HOUR, MINUTES, own_metric
from infra.alarms.tiktok_alarms import tiktok_errors

_WIDTH = 8
_WHOLE_WIDTH = 24
_EVENTS = ("publish.unknown", "account.expiring", "budget.exhausted")


def make_dashboard(
    scope: Construct,
    name: str,
    *,
    alarms: Sequence[cloudwatch.Alarm],
    machine: sfn.StateMachine,
    api: apigw.HttpApi,
    dead_letters: Sequence[sqs.Queue],
    work_queues: Sequence[sqs.Queue],
) -> None:
    """Create the dashboard. AWS charges nothing for an account's first three dashboards with at most 50 metrics
    each.
    """
    waiting = [queue.metric_approximate_number_of_messages_visible(label=queue.node.id) for queue in dead_letters]
    ages = [queue.metric_approximate_age_of_oldest_message(label=queue.node.id) for queue in work_queues]
    states = cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=_WHOLE_WIDTH, height=6)
    cloudwatch.Dashboard(
        scope,
        "Dashboard",
        dashboard_name=name,
        widgets=[
            [states],
            [_graph("Publishes", _executions(machine)), *_api_graphs(api)],
            [_graph("TikTok's errors in an hour", _tiktok()), _graph("Tokens", _tokens()), _graph("Events", _events())],
            [_graph("Failed for good", waiting), _graph("Seconds of the oldest message", ages), _speed()],
        ],
    )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_WIDTH)


def _executions(machine: sfn.StateMachine) -> list[cloudwatch.Metric]:
    return [
        machine.metric_started(),
        machine.metric_succeeded(),
        machine.metric_failed(),
        machine.metric_timed_out(),
        machine.metric_aborted(),
        machine.metric_throttled(),
    ]


def _api_graphs(api: apigw.HttpApi) -> list[cloudwatch.GraphWidget]:
    counts = [api.metric_count(statistic="Sum", period=MINUTES), api.metric_server_error(statistic="Sum")]
    latency = [api.metric_latency(statistic="p99", period=MINUTES)]
    return [_graph("Requests", counts), _graph("Latency", latency)]


def _tiktok() -> list[cloudwatch.Metric]:
    return [tiktok_errors(one) for one in ("request", "rate_limit", "tiktok", "access")]


def _tokens() -> list[cloudwatch.Metric]:
    return [own_metric(name, {"service": "queue-refresh"}) for name in ("TokensFresh", "RefreshesFailed")]


def _events() -> list[cloudwatch.Metric]:
    return [own_metric("EventsForOperator", {"service": "outbox", "event": name}, period=HOUR) for name in _EVENTS]


def _speed() -> cloudwatch.GraphWidget:
    metric = own_metric(
        "TransferSecondsPerGigabyte", {"service": "workflow-transfer"}, statistic="p99", period=Duration.hours(1)
    )
    return _graph("Seconds per gigabyte", [metric])
