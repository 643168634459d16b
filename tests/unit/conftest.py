"""Unit tests open no socket (only a unix one, which event loops need), and read the AWS models from disk once.

Every secret in them is called a canary, and none may show in what a test prints or logs.
"""

from collections.abc import Generator
from functools import lru_cache

import botocore.loaders
import botocore.session
import pytest
from pytest_socket import disable_socket, enable_socket


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
def _models_read_once():
    """Every new session would parse megabytes of JSON: half of the time that these tests took."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lru_cache(botocore.loaders.create_loader))
        yield
