"""Collects lists of trends, one per message. If a source fails, this is logged and counted, but is not an error."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.function_telemetry import emit_metric, logger
from dropcast.trends.collect import Collected, collect
from dropcast.trends.run_queue import later, put_off, read

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch from SQS. Only failed messages return to the queue."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        return process_partial_response(event=event, record_handler=_process, processor=processor, context=context)


def _process(record: SQSRecord) -> None:
    task = read(record.body)
    if task.not_before > clock.now():
        return put_off(task)
    try:
        collected = collect(task)
    except Exception:
        logger.exception("list.not_collected", run_id=task.run_id, list_key=task.query.key)
        raise
    _count(collected)
    if (again := later(task, collected.again_at)) is not None:
        put_off(again)


def _count(collected: Collected) -> None:
    for failed in collected.attempts:
        if failed.asked:
            emit_metric("TrendSourceFailed", 1, source=failed.source)
        logger.info("source.failed", source=failed.source, reason=failed.reason, raw_status=failed.raw_status)
    kind, source = collected.query.kind, collected.source
    if source is None:
        logger.warning("list.without_source", list_key=collected.query.key)
        emit_metric("TrendsNotCollected", 1, kind=kind)
        return
    logger.info("list.collected", list_key=collected.query.key, source=source, items=collected.items)
    # Each success emits 0. So the metric's minimum is above zero only if the source always failed.
    if not collected.is_kept:
        emit_metric("TrendSourceFailed", 0, source=source)
        emit_metric("TrendSourceGood", 1, source=source)
    emit_metric("TrendsCollected", 1, kind=kind)
    emit_metric("TrendsNotCollected", 0, kind=kind)
