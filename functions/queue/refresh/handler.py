"""Refreshes the tokens that a batch of messages names. Only messages that may succeed later return to the queue."""

from traceback import format_tb
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.accounts.business.fresh_token import refresh_business_if_due
from dropcast.accounts.tokens.fresh_token import refresh_if_due
from dropcast.accounts.tokens.refresh_queue import parse_message
from dropcast.errors.problem import Next, Problem
from dropcast.function_telemetry import count_metric, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


class TryLaterError(Exception):
    """Raised to return one message to the queue."""


def refresh(record: SQSRecord) -> None:
    """Refresh the tokens that one message names."""
    message = parse_message(record.body)
    if message.connection_id:
        outcome, owner = refresh_business_if_due(message.connection_id), {"connection_id": message.connection_id}
    else:
        outcome, owner = (
            refresh_if_due(message.account_id, asked_at=message.asked_at),
            {"account_id": message.account_id},
        )
    match outcome:
        case None:
            count_metric("TokensFresh")
        case Problem() as problem:
            count_metric("RefreshesFailed")
            logger.warning("tokens.not_refreshed", extra=owner, code=problem.code, log_id=problem.log_id)
            if problem.next in (Next.RETRY, Next.WAIT):
                raise TryLaterError(problem.code)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        answer = process_partial_response(event, record_handler=refresh, processor=processor, context=context)
    for kind, _, trace in processor.exceptions:
        if kind is not TryLaterError:
            count_metric("RefreshesFailed")
            logger.error("refresh.failed", error=kind.__name__ if kind else None, at=format_tb(trace))
    return answer
