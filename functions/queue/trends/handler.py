"""Collects lists of trends, one a message; a source that fails is told of, and is no error."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.trends.collect import Collected, collect
from dropcast.trends.run_queue import later, put_off, read

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch of SQS; what fails comes again, the rest does not."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        return process_partial_response(event=event, record_handler=_take, processor=processor, context=context)


def _take(record: SQSRecord) -> None:
    task = read(record.body)
    if task.not_before > clock.now():
        return put_off(task)
    try:
        collected = collect(task)
    except Exception:
        logger.exception("collecting failed", run_id=task.run_id, list_key=task.wanted.key)
        raise
    _count(collected)
    if (again := later(task, collected.again_at)) is not None:
        put_off(again)


def _count(collected: Collected) -> None:
    for failed in collected.attempts:
        if failed.asked:
            _count_of(failed.source, "TrendSourceFailed", 1)
        logger.info("source failed", source=failed.source, reason=failed.reason, raw_status=failed.raw_status)
    if collected.source is None:
        metrics.add_metric("TrendsNotCollected", MetricUnit.Count, 1)
        logger.warning("no source told it", list_key=collected.wanted.key)
        return
    # Nought beside what is good, so that an alarm on the minimum means: all of them failed.
    if not collected.is_kept:
        _count_of(collected.source, "TrendSourceFailed", 0)
        _count_of(collected.source, "TrendSourceGood", 1)
    metrics.add_metric("TrendsNotCollected", MetricUnit.Count, 0)
    metrics.add_metric("TrendsCollected", MetricUnit.Count, 1)
    logger.info("collected", list_key=collected.wanted.key, source=collected.source, items=collected.items)


def _count_of(source: str, name: str, count: int) -> None:
    with single_metric(name=name, unit=MetricUnit.Count, value=count) as metric:
        metric.add_dimension("source", source)
