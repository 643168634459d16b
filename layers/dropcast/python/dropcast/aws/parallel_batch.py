"""The messages of a batch at the same time, so that one that takes long does not hold up the others."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Record = dict[str, Any]


def failures_of(records: Sequence[Record], work: Callable[[Record], None]) -> dict[str, list[dict[str, str]]]:
    """Do `work` for every record of SQS, in a thread each; which of them raised, as Lambda's partial batch response.

    `work` tells of its own error: here it is only that there was one.
    """
    with ThreadPoolExecutor(max(1, len(records))) as pool:
        done = [(record, pool.submit(work, record)) for record in records]
    failed = [record["messageId"] for record, outcome in done if outcome.exception()]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
