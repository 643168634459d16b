"""Idle function processes end, and running ones never do. The pool is MiniStack's own, with fake processes."""

import time
from typing import Any

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.idle_functions import IDLE_S, end_idle_workers


class Process:
    """A fake process that records that it was ended."""

    ended = False

    def poll(self) -> None:
        return None

    def terminate(self) -> None:
        self.ended = True

    def wait(self, timeout: float | None = None) -> int:
        return 0


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    pool: dict[str, list[Any]] = {}
    monkeypatch.setattr(lambda_runtime, "_workers", pool)
    return pool


def leased(name: str, began_ago_s: float, *, running: bool = False) -> Any:
    worker, _ = lambda_runtime.acquire_worker(
        name, {"FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}"}, b""
    )
    assert worker is not None
    worker._proc = Process()  # pyright: ignore[reportAttributeAccessIssue]
    worker.last_used = time.time() - began_ago_s
    return worker, running


def ended(*workers: tuple[Any, bool]) -> list[bool]:
    processes = [worker._proc for worker, _ in workers]
    for worker, running in workers:
        if not running:
            lambda_runtime.release_worker(worker)
    end_idle_workers(lambda_runtime)
    return [process.ended for process in processes]


def test_the_first_process_of_a_function_ends_too_once_it_is_idle(pool):
    assert ended(leased("a", IDLE_S + 1), leased("b", IDLE_S - 60)) == [True, False]


def test_a_running_process_is_never_ended(pool):
    assert ended(leased("a", 900, running=True)) == [False]


def test_the_next_call_of_an_ended_function_gets_a_new_process(pool):
    old = leased("a", IDLE_S + 1)
    ended(old)

    worker, how = lambda_runtime.acquire_worker("a", old[0].config, b"")

    assert (how, worker is old[0]) == ("spawn", False)


def test_ministack_calls_the_reaper_by_the_name_that_we_replace():
    assert lambda_svc.reap_idle_workers is lambda_runtime.reap_idle_workers
    [loop] = [part for part in lambda_svc._ensure_reaper_thread.__code__.co_consts if hasattr(part, "co_names")]
    assert "reap_idle_workers" in loop.co_names
