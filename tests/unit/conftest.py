"""Unit tests open no socket (only a unix one, which event loops need), and read the AWS models from disk once.

Every secret in them is called a canary, and none may show in what a test prints or logs.
"""

from collections.abc import Generator
from functools import lru_cache
from typing import Any

import botocore.loaders
import botocore.session
import moto.kms.models
import pytest
from moto.core.serialize import AttributePicker, AttributePickerContext
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
def _dear_things_done_once():
    """New sessions parse megabytes of JSON, and moto's new KMS keys, even symmetric ones, make RSA keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lru_cache(botocore.loaders.create_loader))
        patch.setattr(moto.kms.models, "generate_private_key", lru_cache(moto.kms.models.generate_private_key))
        patch.setattr(AttributePicker, "__call__", _picked)
        yield


_TAGS = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}
_pick = AttributePicker.__call__


def _picked(picker: AttributePicker, context: AttributePickerContext) -> Any:
    """For each of the tags of each DynamoDB value, moto would try its names in every spelling."""
    if context.key in _TAGS and isinstance(context.obj, dict):
        return context.obj.get(context.key)
    return _pick(picker, context)
