"""Reads the metrics of deployed functions from their logs, as CloudWatch does. The emulator leaves them there."""

import time
from collections.abc import Iterator

from local.stack import LocalStack
from tests.alarm_metrics import Metric, in_embedded_format


class EmittedMetrics:
    """The metrics that `functions` ("workflow-start") emitted since this object was made."""

    def __init__(self, stack: LocalStack, *functions: str) -> None:
        self._logs = stack.client("logs")
        self._groups = [f"/aws/lambda/{stack.function_name(name)}" for name in functions]
        # The lines of an earlier call have at most the time of now.
        self._since_ms = int(time.time() * 1000) + 1

    def all(self) -> list[tuple[Metric, list[float]]]:
        """Each metric with its values, oldest first for each function."""
        return list(in_embedded_format(self._lines()))

    def values(self, metric: Metric) -> list[float]:
        """All values of one metric."""
        return [value for found, values in self.all() if found == metric for value in values]

    def _lines(self) -> Iterator[str]:
        for group in self._groups:
            pages = self._logs.get_paginator("filter_log_events")
            for page in pages.paginate(logGroupName=group, startTime=self._since_ms):
                yield from (event["message"] for event in page["events"])
