"""Every five minutes: relays the events that the outbox's stream did not relay."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.events.outbox.relay import relay_late
from dropcast.function_telemetry import count_metric, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes EventBridge's Scheduled Event. Raises RuntimeError, which sets off an alarm, if EventBridge still refuses
    events.
    """
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        late = relay_late()
    count_metric("EventsRelayedLate", late.relayed)
    if late.refused:
        logger.error("events.refused", refused=late.refused)
        raise RuntimeError(f"EventBridge refuses {len(late.refused)} events of the outbox")
