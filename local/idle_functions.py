"""Ends idle processes of functions, as Lambda ends idle environments."""

import time
from typing import Any

IDLE_S = 120


def end_idle_workers(runtime: Any, idle_s: float = IDLE_S) -> int:
    """End every function process whose last call began more than `idle_s` seconds ago and that runs no call now.

    `runtime` is MiniStack's module of function processes. MiniStack itself never ends the first process of a function.
    There are two dozen such processes, each with the libraries in memory. A lock keeps MiniStack from using a process
    that is being ended. Returns the number of ended processes.
    """
    with runtime._lock:
        idle = [worker for pool in runtime._workers.values() for worker in pool if _is_idle(worker, idle_s)]
        for key, pool in list(runtime._workers.items()):
            runtime._workers[key] = [worker for worker in pool if worker not in idle]
    runtime.kill_workers(idle)
    return len(idle)


def _is_idle(worker: Any, idle_s: float) -> bool:
    return not worker.in_use and time.time() - worker.last_used >= idle_s
