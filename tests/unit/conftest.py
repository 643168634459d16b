"""Unit tests open only unix sockets, which event loops need, and read the AWS models from disk only once.

Every secret in the tests is called a canary. No canary may appear in a test's output or logs.
"""

import logging
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

from dropcast.function_telemetry import logger
from tests.unit.support.quick_botocore import quick_botocore
from tests.unit.support.quick_mediainfo import quick_mediainfo
from tests.unit.support.quick_moto import quick_moto

HERE = Path(__file__).parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    shown = [name for name, text in report.sections if "canary" in text]
    if report.passed and shown:
        report.outcome, report.longrepr = "failed", f"A secret stands in: {', '.join(shown)}"
    return report


@pytest.fixture(autouse=True)
def no_network():
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True)
def _stream_of_the_log() -> Iterator[None]:
    """Restore the log's stream. The command lets the log write to stderr, which is closed after the command has
    ended.
    """
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.stream
    yield
    handler.stream = before


_quick: list[ExitStack] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Use the fast replacements of AWS and MediaInfo only in unit tests. pytest calls this hook for every test.

    A whole stack needs the real botocore.
    """
    if not item.path.is_relative_to(HERE):
        return (yield)
    if not _quick:
        _quick.append(ExitStack())
        _quick[0].enter_context(quick_botocore())
        _quick[0].enter_context(quick_moto())
        _quick[0].enter_context(quick_mediainfo())
    done = yield
    if nextitem is None or not nextitem.path.is_relative_to(HERE):
        _quick.pop().close()
    return done
