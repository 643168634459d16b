"""Ending the processes of functions that were not called for a while, as Lambda does with its environments."""

import time
from typing import Any

IDLE_S = 120


def end_idle_workers(runtime: Any, idle_s: float = IDLE_S) -> int:
    """End every process of a function that began its last call more than `idle_s` seconds ago and runs none now.

    `runtime` is MiniStack's module of function processes. Its own rule keeps the first process of each function for
    ever: two dozen processes, each with our libraries in it. A leased process is never ended, and nothing can lease
    one meanwhile: both happen under the lock. Returns how many were ended.
    """
    with runtime._lock:
        idle = [worker for pool in runtime._workers.values() for worker in pool if _is_idle(worker, idle_s)]
        for key, pool in list(runtime._workers.items()):
            runtime._workers[key] = [worker for worker in pool if worker not in idle]
    runtime.kill_workers(idle)
    return len(idle)


def _is_idle(worker: Any, idle_s: float) -> bool:
    return not worker.in_use and time.time() - worker.last_used >= idle_s
