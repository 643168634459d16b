"""The deployment these tests run against, and what handlers write."""

import io
import logging
from collections.abc import Callable, Iterator

import pytest

from tests.unit.support.accounts import atomic_aws as atomic_aws
from tests.unit.support.accounts import aws_calls as aws_calls
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.accounts import tiktok as tiktok
from tests.unit.support.business import business as business


@pytest.fixture
def written(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Everything written up to now: logs, metrics, stray prints."""
    [handler] = logging.getLogger("tests").handlers
    assert isinstance(handler, logging.StreamHandler)
    logs = io.StringIO()
    before = handler.setStream(logs)
    yield lambda: logs.getvalue() + "".join(capfd.readouterr())
    if before:
        handler.setStream(before)
