"""Fixtures and hooks for every test."""

import gc
import os
from pathlib import Path

import pytest

from tests import examples as examples

# Functions read these variables when they are imported, as in Lambda. Any test may be the first to import a function.
os.environ["POWERTOOLS_SERVICE_NAME"] = "tests"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Dropcast"


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of a file in one worker unless they have a group of their own.

    Otherwise xdist would distribute the tests one by one, and each worker would set up each fixture of a module.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(Path(__file__).parent))))


def pytest_collection_finish() -> None:
    """Freeze all objects that exist after collection, so that the garbage collector does not scan them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Give large values a short id: a value of megabytes would become the test's name in every worker and report."""
    return argname if isinstance(val, str | bytes) and len(val) > 100 else None
