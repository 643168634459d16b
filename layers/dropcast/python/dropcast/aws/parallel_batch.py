"""Processes the messages of a batch in parallel, so that a slow message does not delay the others."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Record = dict[str, Any]


def failures_of(records: Sequence[Record], work: Callable[[Record], None]) -> dict[str, list[dict[str, str]]]:
    """Call `work` for every SQS record in its own thread.

    Returns Lambda's partial batch response with the failed records. `work` must log its own error. This function only
    reports which records failed.
    """
    with ThreadPoolExecutor(max(1, len(records))) as pool:
        done = [(record, pool.submit(work, record)) for record in records]
    failed = [record["messageId"] for record, outcome in done if outcome.exception()]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
