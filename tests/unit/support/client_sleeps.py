"""Replaces the pauses of the Python client. Other threads of the process keep theirs."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from dropcast_client import runners


def replace_sleep(monkeypatch: pytest.MonkeyPatch, sleep: Callable[[float], object]) -> None:
    """Let the blocking client call `sleep` instead of time.sleep."""
    monkeypatch.setattr(runners, "time", SimpleNamespace(sleep=sleep))
