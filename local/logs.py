"""Writes the logs of all functions and the history of all executions to a single readable file."""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from dropcast.aws.lambda_log_line import readable_message
from local.ministack import MiniStack

_INTERVAL_S = 0.5
# In each round the emulator scans its whole log. So the rounds may take at most 1/_SHARE of the emulator's time.
_SHARE = 50
# A line appears in the file within this many seconds.
_INTERVAL_MAX_S = 10
# The emulator writes all lines of a call at once, but not always in the order in which calls end. So each round reads
# this much of the log again.
_OVERLAP_MS = 10_000
_GROUP = "/aws/lambda/"
_NAME_WIDTH = 20


class LogStream:
    """Copies an emulator's logs to a file in a thread, until the context ends."""

    def __init__(self, emulator: MiniStack, prefix: str, machine_arn: str, file: Path) -> None:
        self._emulator = emulator
        self._prefix = prefix
        self._machine_arn = machine_arn
        self._file = file
        self._sizes: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._newest: dict[str, int] = {}
        self._calls: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="logs", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(10)

    def _follow(self) -> None:
        stopping, took = False, 0.0
        while not stopping:
            stopping = self._stop.wait(min(max(_INTERVAL_S, _SHARE * took), _INTERVAL_MAX_S))
            began = time.monotonic()
            self._write_new()
            took = time.monotonic() - began

    def _write_new(self) -> None:
        try:
            lines = sorted(self._function_lines() + self._execution_lines(), key=lambda dated: dated[0])
        except (BotoCoreError, ClientError):  # the emulator is busy, and the next round reads the lines
            return
        if lines:
            with self._file.open("a") as out:
                out.writelines(f"{line}\n" for _, line in lines)

    def _function_lines(self) -> list[tuple[int, str]]:
        logs = self._emulator.client("logs")
        found: list[tuple[int, str]] = []
        for group in _all_pages(logs, "describe_log_groups", "logGroups", logGroupNamePrefix=_GROUP):
            name, size = group["logGroupName"], group["storedBytes"]
            if size == self._sizes.get(name, 0):
                continue
            self._sizes[name] = size
            found += [
                (event["timestamp"], format_line)
                for event in self._fresh(logs, name)
                if (format_line := format_event(event["timestamp"], function_of(name, self._prefix), event["message"]))
            ]
        return found

    def _fresh(self, logs: Any, group: str) -> list[dict[str, Any]]:
        """The events of calls that were not read before. The emulator writes one stream for each call, and never adds
        to the stream later.
        """
        since = max(0, self._newest.get(group, 0) - _OVERLAP_MS)
        events = list(_all_pages(logs, "filter_log_events", "events", logGroupName=group, startTime=since))
        fresh = [event for event in events if event["logStreamName"] not in self._calls]
        self._calls |= {event["logStreamName"] for event in fresh}
        self._newest[group] = max([self._newest.get(group, 0), *(event["timestamp"] for event in fresh)])
        return fresh

    def _execution_lines(self) -> list[tuple[int, str]]:
        states = self._emulator.client("stepfunctions")
        found: list[tuple[int, str]] = []
        for execution in states.list_executions(stateMachineArn=self._machine_arn, maxResults=100)["executions"]:
            arn, seen = execution["executionArn"], self._seen.get(execution["executionArn"], 0)
            if seen and execution["status"] != "RUNNING" and self._sizes.get(arn):
                continue
            history = list(_all_pages(states, "get_execution_history", "events", executionArn=arn, maxResults=1000))
            self._seen[arn] = len(history)
            self._sizes[arn] = int(execution["status"] != "RUNNING")
            for event in history[seen:]:
                if words := describe_transition(event):
                    at = int(event["timestamp"].timestamp() * 1000)
                    found.append((at, format_line(at, "state machine", f"{execution['name']} {words}")))
        return found


def _all_pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterable[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def function_of(log_group: str, prefix: str) -> str:
    """The name of a log group's function: `/aws/lambda/dropcast-dev-http-api` becomes `http-api`."""
    return log_group.removeprefix(_GROUP).removeprefix(f"{prefix}-")


def describe_transition(event: dict[str, Any]) -> str | None:
    """An event of an execution's history in readable words. None for unimportant events."""
    kind: str = event["type"]
    if kind.endswith("StateEntered"):
        return f"-> {event['stateEnteredEventDetails']['name']}"
    if kind.startswith("Execution"):
        return kind.removeprefix("Execution").lower()
    if kind.endswith(("Failed", "TimedOut")):
        details = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
        return f"{kind}: {details.get('error', '')} {details.get('cause', '')[:200]}".rstrip()
    return None


def format_event(at_ms: int, name: str, message: str) -> str | None:
    """A log event as one line. None for metrics and for lines of the runtime itself."""
    words = readable_message(message)
    return None if words is None else format_line(at_ms, name, words)


def format_line(at_ms: int, name: str, text: str) -> str:
    """A line of the file: time of day (UTC), name, text."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}  {name:<{_NAME_WIDTH}} {text}"
