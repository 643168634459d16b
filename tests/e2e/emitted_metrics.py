"""Reads the metrics of deployed functions from their logs, like CloudWatch. The emulator leaves them there."""

import time
from collections.abc import Callable, Iterator

from local.stack import LocalStack
from tests.alarm_metrics import Metric, in_embedded_format
from tests.e2e.road import wait_for

_LATE_S = 15


class EmittedMetrics:
    """The metrics that `functions` ("workflow-start") emitted since this object was made."""

    def __init__(self, stack: LocalStack, *functions: str) -> None:
        self._stack = stack
        self._functions = [stack.function_name(name) for name in functions]
        # The lines of an earlier call may have the present time.
        self._since_ms = int(time.time() * 1000) + 1

    def all(self) -> list[tuple[Metric, list[float]]]:
        """Each metric with its values, oldest first for each function."""
        return list(in_embedded_format(self._lines()))

    def values(self, metric: Metric) -> list[float]:
        """All values of one metric."""
        return [value for found, values in self.all() if found == metric for value in values]

    def wait(self, holds: Callable[[], object]) -> None:
        """Wait until `holds` is true.

        On a busy machine the emulator writes the last lines of a call only after the next call. So if
        the lines are late, this method calls the functions once more. The event is empty, so the functions fail.
        """
        try:
            wait_for(holds, seconds=_LATE_S)
        except AssertionError:
            for function in self._functions:
                self._stack.client("lambda").invoke(FunctionName=function, Payload=b"{}")
            wait_for(holds, seconds=_LATE_S)

    def _lines(self) -> Iterator[str]:
        pages = self._stack.client("logs").get_paginator("filter_log_events")
        for function in self._functions:
            for page in pages.paginate(logGroupName=f"/aws/lambda/{function}", startTime=self._since_ms):
                yield from (event["message"] for event in page["events"])
