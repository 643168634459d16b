"""What holds for every test."""

import gc
import os

from tests import examples as examples

# Functions read these when they are imported, as in Lambda, whichever test is the first to import one.
os.environ["POWERTOOLS_SERVICE_NAME"] = "tests"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Dropcast"


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A value of megabytes would be the name of its test, for every worker and in every report."""
    return argname if isinstance(val, str | bytes) and len(val) > 100 else None
