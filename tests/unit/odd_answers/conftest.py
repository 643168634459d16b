"""Thousands of odd answers for each call. The usual run takes a sample. ODD_ANSWERS sets their number (make faults)."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.odd_answers.mutations import Answer, mutated
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock

COUNT = int(os.environ.get("ODD_ANSWERS", "60"))

Check = Callable[[Answer], None]


@pytest.fixture
def with_odd_answers() -> Callable[[str, Any, Check], None]:
    """Run a check with odd answers that are derived from a good answer. A failure names the number of its answer."""

    def run(name: str, good: Any, check: Check) -> None:
        for number in range(COUNT):
            answer = mutated(random.Random(f"{name} {number}"), good)
            try:
                check(answer)
            except Exception as error:
                raise AssertionError(f"answer {number} of {name}: {type(error).__name__}") from error

    return run
