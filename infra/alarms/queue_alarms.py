"""Alarms on dead-letter queues and work queues."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs

from infra.alarms.alarm_maker import MINUTES, AlarmMaker

# A message that keeps failing moves to its dead-letter queue after at most an hour, which sets off that queue's alarm.
# If a message is older than this, the workers do not keep up.
_LATE = Duration.hours(1)
# The next run begins after six hours.
_LATE_TRENDS = Duration.hours(6)
TRENDS_QUEUE = "TrendsQueue"


def watch_dead_letters(alarms: AlarmMaker, queues: Sequence[sqs.Queue]) -> None:
    """Create an alarm for each of these dead-letter queues. The alarm fires if its queue holds a message."""
    for queue in queues:
        alarms.make(
            f"{queue.node.id}Alarm",
            queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=MINUTES),
            f"The dead-letter queue {queue.node.id} holds messages",
            "a-dead-letter-queue-holds-messages",
        )


def watch_work(alarms: AlarmMaker, queues: Sequence[sqs.Queue]) -> None:
    """Create an alarm for each of these work queues. The alarm fires if its queue's oldest message is too old."""
    for queue in queues:
        late = _LATE_TRENDS if queue.node.id == TRENDS_QUEUE else _LATE
        alarms.make(
            f"{queue.node.id}Late",
            queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=MINUTES),
            f"The oldest message of {queue.node.id} is older than {late.to_hours():.0f} h",
            "a-work-queue-is-late",
            above=late.to_seconds(),
        )
