"""Drop: creates a publish from an object under drop/. Once an hour it also creates publishes from the objects whose
event did not arrive.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import logger
from dropcast.publishing.intake.drops.drop_sweep import sweep_drops
from dropcast.publishing.intake.drops.drops import accept_drop


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes an Object Created event of S3 or a Scheduled Event, both from EventBridge."""
    if event.get("detail-type") == "Scheduled Event":
        _sweep()
        return
    dropped = event["detail"]["object"]
    publish = accept_drop(
        event["detail"]["bucket"]["name"],
        dropped["key"],
        dropped.get("version-id"),
        dropped.get("etag"),
        dropped.get("size"),
    )
    if publish is not None:
        error = publish.error and publish.error.code
        logger.info("drop.accepted", publish_id=publish.publish_id, state=publish.state.value, error=error)


def _sweep() -> None:
    """Create the publishes of the objects whose event did not arrive. Then raise an error if one of them failed."""
    swept = sweep_drops()
    if swept.taken:
        logger.warning("drop.swept", publishes=swept.taken)
    if swept.failed:
        raise RuntimeError(f"{swept.failed} drops could not be swept; the log lines before name them")
