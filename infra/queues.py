"""Work queues, dead-letter queues, and the rules and schedules that call functions."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dropcast.setting_declaration import Setting
from infra.functions import allow, keep_failures, set_env
from infra.nag import acknowledge
from infra.stage_context import StageContext

_TRIES = 5


def make_dead_letters(scope: Construct, construct: str, context: StageContext, name: str) -> sqs.Queue:
    """Create the queue that keeps the failures of one trigger for 14 days."""
    queue = sqs.Queue(
        scope,
        construct,
        queue_name=f"{context.prefix}-{name}-failed",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    acknowledge(queue, "It is a dead-letter queue, with an alarm.", "Serverless-SQSRedrivePolicy")
    return queue


def acknowledge_no_redrive(dead_letters: sqs.Queue) -> None:
    """Accept cdk-nag's finding on a dead-letter queue that gets messages from a rule, a function or a stream."""
    acknowledge(
        dead_letters,
        "It is a dead-letter queue of a source that cdk-nag does not check.",
        "AwsSolutions-SQS3",
    )


def make_work_queue(
    scope: Construct,
    construct: str,
    context: StageContext,
    name: str,
    *,
    worker: lambda_.Function,
    dead_letters: sqs.Queue,
    batch: int,
    at_once: int = 5,
) -> sqs.Queue:
    """Create a queue. `worker` takes its messages in batches. At most `at_once` workers run.

    A message that fails five times goes to `dead_letters`.
    """
    queue = sqs.Queue(
        scope,
        construct,
        queue_name=f"{context.prefix}-{name}",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        visibility_timeout=Duration.seconds(6 * _seconds(worker)),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=_TRIES),
    )
    worker.add_event_source(
        sources.SqsEventSource(queue, batch_size=batch, report_batch_item_failures=True, max_concurrency=at_once)
    )
    acknowledge(
        worker,
        "SQS takes no failure destination here: the queue's redrive policy keeps failed messages.",
        "Serverless-LambdaEventSourceMappingDestination",
    )
    return queue


def grant_send(function: lambda_.Function, queue: sqs.Queue, setting: Setting[str]) -> None:
    """Allow sending messages to the queue. The function reads the queue's URL as `setting`."""
    set_env(function, {setting: queue.queue_url})
    allow(function, ["sqs:SendMessage"], [queue.queue_arn])


def _seconds(function: lambda_.Function) -> int:
    assert function.timeout is not None
    return int(function.timeout.to_seconds())


def make_rule(
    scope: Construct,
    construct: str,
    function: lambda_.Function,
    *,
    dead_letters: sqs.Queue,
    pattern: events.EventPattern | None = None,
    every: Duration | None = None,
    bus: events.EventBus | None = None,
) -> events.Rule:
    """Call `function` for each event that matches `pattern` (on `bus`, else on AWS's own bus), or at the interval
    `every`.

    An event that cannot be delivered, or whose call fails, goes to `dead_letters`.
    """
    keep_failures(function, dead_letters)
    acknowledge_no_redrive(dead_letters)
    return events.Rule(
        scope,
        construct,
        event_bus=bus,
        event_pattern=pattern,
        schedule=events.Schedule.rate(every) if every else None,
        targets=[
            targets.LambdaFunction(
                function, dead_letter_queue=dead_letters, max_event_age=Duration.hours(6), retry_attempts=8
            )
        ],
    )
