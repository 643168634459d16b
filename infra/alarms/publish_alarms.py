"""Alarms on executions, transfers, events and the outcomes of publishes."""

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn

from infra.alarms.alarm_maker import HOUR, MINUTES, AlarmMaker, own_metric

_LATE_MS = 10 * 60 * 1000
# At this speed the largest video (4 GB) needs 40 of the 60 minutes for which TikTok's address is valid.
_SLOW_S_PER_GB = 600
_MANY_BUDGETS = 10


def watch_publishes(alarms: AlarmMaker, machine: sfn.StateMachine, relay: lambda_.Function) -> None:
    """Create alarms that fire if executions fail, events are late, transfers are slow, a publish is unknown, or many
    budgets are used up.

    An aborted execution is no failure, because an edit or a cancellation aborts it.
    """
    _watch_executions(alarms, machine)
    lag = relay.metric("IteratorAge", statistic="Maximum", period=MINUTES)
    late = "Events leave the outbox more than 10 minutes late"
    alarms.make("EventsLate", lag, late, "events-are-late", above=_LATE_MS)
    speed = own_metric("TransferSecondsPerGigabyte", {"service": "workflow-transfer"}, statistic="p99", period=HOUR)
    slow = "The slowest transfers need more than ten minutes for a gigabyte"
    alarms.make("TransfersSlow", speed, slow, "transfers-are-slow", above=_SLOW_S_PER_GB)
    unknown = own_metric("EventsForOperator", {"service": "outbox", "event": "publish.unknown"})
    alarms.make(
        "PublishUnknown", unknown, "Dropcast does not know whether TikTok posted a publish", "a-publish-is-unknown"
    )
    budgets = own_metric("EventsForOperator", {"service": "outbox", "event": "budget.exhausted"}, period=HOUR)
    alarms.make(
        "BudgetsExhausted",
        budgets,
        f"More than {_MANY_BUDGETS} budgets were used up in an hour: publishes wait",
        "many-budgets-are-used-up",
        above=_MANY_BUDGETS,
    )


def _watch_executions(alarms: AlarmMaker, machine: sfn.StateMachine) -> None:
    failed = machine.metric_failed(period=MINUTES)
    means = "The execution of a publish failed"
    alarms.make("ExecutionsFailed", failed, means, "an-execution-failed")
    timed_out = machine.metric_timed_out(period=MINUTES)
    alarms.make("ExecutionsTimedOut", timed_out, "The execution of a publish timed out", "an-execution-timed-out")
    throttled = machine.metric_throttled(period=MINUTES)
    alarms.make("ExecutionsThrottled", throttled, "Step Functions throttles the executions", "executions-are-throttled")
