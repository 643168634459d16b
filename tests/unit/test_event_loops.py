"""A test may run a coroutine in a worker whose thread has a running event loop."""

import subprocess

from tests.event_loops import run_coroutine


def test_a_coroutine_runs_beside_a_running_event_loop():
    async def inner() -> int:
        return 7

    async def outer() -> int:
        return run_coroutine(inner())

    assert run_coroutine(outer()) == 7


def test_no_other_test_starts_an_event_loop():
    found = subprocess.run(["git", "grep", "-lE", r"asyncio\.(run|Runner)\(", "tests"], capture_output=True, text=True)

    assert found.stdout.split() == []
