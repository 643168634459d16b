"""The sandbox's clock, and actions scheduled on it."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any


@dataclass
class Clock:
    """The machine's time, plus the seconds by which a test advanced the clock."""

    source: Callable[[], float] = time.time
    advanced: float = 0.0

    def now(self) -> float:
        return self.source() + self.advanced


class Agenda:
    """Runs actions at times of the sandbox's clock, in order. Advancing the clock makes them due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def at(self, when: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (when, next(self._numbers), action))
        self._changed.set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def wake(self) -> None:
        """Let the agenda check for due actions after the clock advanced."""
        self._changed.set()

    def run_due(self) -> None:
        while self._due and self._due[0][0] <= self._clock.now():
            heapq.heappop(self._due)[2]()

    async def run(self) -> None:
        """Run due actions until cancelled."""
        while True:
            self._changed.clear()
            self.run_due()
            wait = self._due[0][0] - self._clock.now() if self._due else None
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
            except TimeoutError:
                continue

    def clear(self) -> None:
        """Drop all scheduled actions and cancel running tasks."""
        self._due.clear()
        for task in self._tasks:
            task.cancel()
