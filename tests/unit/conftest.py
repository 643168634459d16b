"""Unit tests open no socket (only a unix one, which event loops need), and read the AWS models from disk once.

Every secret in them is called a canary, and none may show in what a test prints or logs.
"""

from collections.abc import Generator, Iterator

import pytest
from pytest_socket import disable_socket, enable_socket

from tests.unit.support.quick_botocore import quick_botocore
from tests.unit.support.quick_moto import quick_moto


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


@pytest.fixture(autouse=True, scope="session")
def _quick_aws() -> Iterator[None]:
    with quick_botocore(), quick_moto():
        yield
