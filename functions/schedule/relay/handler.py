"""Every five minutes: relays the events that the outbox's stream gave up."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.events.outbox.relay import relay_late

_logger = Logger()
metrics = Metrics()


@_logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes nothing but the time. RuntimeError if EventBridge still refuses some, so that somebody hears of it."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        late = relay_late()
    metrics.add_metric("EventsRelayedLate", MetricUnit.Count, late.relayed)
    if late.refused:
        _logger.error("EventBridge refuses events", refused=late.refused)
        raise RuntimeError(f"EventBridge does not take {len(late.refused)} events of the outbox")
